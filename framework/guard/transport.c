/*
 * Guard 2: the host that was asked for, and HTTPS. Every request names one well-formed host, of
 * ALLOWED_HOSTS where that is set; in production and staging it came over HTTPS.
 *
 * A plain GET or HEAD is sent to the https URL only when the host of that URL can be taken from
 * ALLOWED_HOSTS (no host of a client's ever reaches Location) and the request carried no
 * credentials: a redirect would hide from the client that it has just sent them in clear (ASVS
 * 5.0 4.1.2). All else is 403.
 *
 * Routes with allows_plain_http (health checks) are exempt from HTTPS and from the list,
 * because load balancers ask by address; from the well-formed host nobody is.
 */
#include "core/ascii.h"
#include "core/hex.h"
#include "guard/answer.h"

enum {
	MAX_LOCATION =
	    8192, /* bytes; longer targets are refused, front servers would refuse them too */
};

static bool
allows_plain_http(const struct request *req)
{
	if (req->match == NULL)
		return false;
	if (req->match->route != NULL)
		return req->match->route->allows_plain_http;
	return req->match->any != NULL && req->match->any->allows_plain_http;
}

/* The list's own spelling of the request's host; NULL when it is not in it. */
static const struct slice *
listed_host(const struct config_list *allowed, struct slice host)
{
	for (size_t i = 0; i < allowed->count; i++)
		if (slice_equal(allowed->items[i], host))
			return &allowed->items[i];
	return NULL;
}

/*
 * unreserved, sub-delims and what else may stand in a path or query as it is; "?" in a query
 * alone (RFC 3986 §3.3, §3.4).
 */
static bool
is_target_byte(char byte, bool is_query)
{
	return ascii_is_alnum(byte) || (byte == '?' && is_query) ||
	       (byte != '\0' && strchr("-._~!$&'()*+,;=:@/", byte) != NULL);
}

/*
 * Adds path or query so that only bytes of RFC 3986 remain; false when there is no way to say
 * the same.
 */
static bool
add_target(struct buffer *location, struct slice text, bool is_query)
{
	for (size_t i = 0; i < text.len; i++) {
		char byte = text.data[i];

		if (is_target_byte(byte, is_query)) {
			buffer_byte(location, byte);
		} else if (byte == '%') {
			if (i + 2 >= text.len || hex_value(text.data[i + 1]) < 0 ||
			    hex_value(text.data[i + 2]) < 0)
				return false;
			buffer_append(location, text.data + i, 3);
			i += 2;
		} else {
			/* What browsers leave unescaped in a query: a pipe, braces, UTF-8. */
			if ((unsigned char)byte <= ' ' || byte == 0x7f)
				return false;
			buffer_printf(location, "%%%02X", (unsigned)(unsigned char)byte);
		}
	}
	return !buffer_failed(location);
}

/* The https URL of the request on a host of the list. */
static bool
location_of(const struct request *req, struct slice host, struct slice *ret_location)
{
	bool is_ipv6 = slice_find(host, ':') < host.len && host.data[0] != '[';
	struct buffer location;

	/* Without a sane path there is no URL to send anybody to. */
	if (req->path_fault != URI_OK)
		return false;
	buffer_init(&location, req->arena, 512, MAX_LOCATION);
	buffer_text(&location, is_ipv6 ? "https://[" : "https://");
	buffer_slice(&location, host);
	buffer_text(&location, is_ipv6 ? "]" : "");
	if (!add_target(&location, req->prefix, false) ||
	    !add_target(&location, req->raw_path, false))
		return false;
	if (req->query.data != NULL) {
		buffer_byte(&location, '?');
		if (!add_target(&location, req->query, true))
			return false;
	}
	*ret_location = buffer_content(&location);
	return !buffer_failed(&location);
}

static enum guard_verdict
refuse(const struct guard_env *env, const struct request *req, struct response *res,
    enum http_error error, const char *reason)
{
	guard_log_reason(env, req, LOG_TRANSPORT_REFUSED, reason);
	return guard_refuse(res, error);
}

static enum guard_verdict
answer_plain(const struct guard_env *env, const struct request *req, struct response *res,
    const struct slice *host)
{
	struct slice location;

	if (req->known[HEADER_AUTHORIZATION].count > 0 || req->known[HEADER_COOKIE].count > 0)
		return refuse(env, req, res, HTTP_ERROR_FORBIDDEN, "plain_with_credentials");
	if (req->method != POSTERN_GET && req->method != POSTERN_HEAD)
		return refuse(env, req, res, HTTP_ERROR_FORBIDDEN, "plain_method");
	if (host == NULL)
		return refuse(env, req, res, HTTP_ERROR_FORBIDDEN, "plain_without_host_list");
	if (!location_of(req, *host, &location))
		return refuse(env, req, res, HTTP_ERROR_FORBIDDEN, "plain_target");
	response_empty(res, 302);
	response_header(res, "Location", location);
	return GUARD_ANSWERED;
}

enum guard_verdict
guard_transport(const struct guard_env *env, struct request *req, struct response *res)
{
	const struct config_list *allowed = &env->config->allowed_hosts;
	const struct slice *listed;
	struct slice host;

	if (req->host.data == NULL || !uri_is_authority(req->host))
		return refuse(env, req, res, HTTP_ERROR_INVALID_REQUEST, "host_malformed");
	if (allows_plain_http(req))
		return GUARD_PASSED;

	host = uri_authority_host(req->arena, req->host);
	if (host.data == NULL)
		return guard_refuse(res, HTTP_ERROR_SERVICE_UNAVAILABLE);
	listed = listed_host(allowed, host);
	if (allowed->count > 0 && listed == NULL)
		return refuse(env, req, res, HTTP_ERROR_INVALID_REQUEST, "host_foreign");
	if (req->is_https || !env->config->is_hardened)
		return GUARD_PASSED;
	return answer_plain(env, req, res, listed);
}
