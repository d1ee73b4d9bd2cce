/*
 * Guard 1: who is really calling, and through what. Fills client, is_https, host and prefix of
 * the request, which every later guard uses in place of what the front server said.
 *
 * X-Forwarded-* count only in production and staging, only as far as TRUSTED_PROXY_HOPS
 * reaches, and only from a peer in TRUSTED_PROXIES where that is set. Forwarded, X-Real-IP and
 * X-Forwarded-Port are never read. What comes in is the client's until it has passed a check
 * here: an address that is none leaves the peer's, any scheme but "https" is plain, a host that
 * is none leaves no host at all (which the transport guard refuses).
 */
#include "guard/answer.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include "core/ascii.h"
#include "guard/forwarded.h"

/* "192.0.2.1": what inet_ntop(3) does through printf(3), at a tenth of the time. */
static size_t
spell_v4(const unsigned char bytes[4], char ret_text[INET_ADDRSTRLEN])
{
	char *at = ret_text;

	for (int i = 0; i < 4; i++) {
		if (i > 0)
			*at++ = '.';
		if (bytes[i] >= 100)
			*at++ = (char)('0' + bytes[i] / 100);
		if (bytes[i] >= 10)
			*at++ = (char)('0' + bytes[i] / 10 % 10);
		*at++ = (char)('0' + bytes[i] % 10);
	}
	return (size_t)(at - ret_text);
}

/* Bytes of `ret_text`; 0: there is no such family. */
static size_t
spell(const struct uri_address *address, char ret_text[INET6_ADDRSTRLEN])
{
	if (address->family == AF_INET)
		return spell_v4(address->bytes, ret_text);
	/* An IPv6 address that carries an IPv4 one is the same client: one counter, one pseudonym. */
	if (address->family == AF_INET6 && address_is_mapped(address->bytes))
		return spell_v4(address->bytes + ADDRESS_MAPPED_AT, ret_text);
	if (inet_ntop(address->family, address->bytes, ret_text, INET6_ADDRSTRLEN) == NULL)
		return 0;
	return strlen(ret_text);
}

/*
 * The one spelling of an address, without port and brackets; false when it is no address or
 * memory is out.
 */
static bool
address_text(struct arena *arena, struct slice text, struct slice *ret_text)
{
	struct uri_address address;
	char spelled[INET6_ADDRSTRLEN];
	struct slice copy;
	size_t len;

	if (!uri_address_parse(text, &address) || (len = spell(&address, spelled)) == 0)
		return false;
	copy = arena_dup_slice(arena, slice_make(spelled, len));
	if (copy.data == NULL)
		return false;
	*ret_text = copy;
	return true;
}

/* A unix peer has no address and so lies in no network. */
static bool
peer_is_trusted(const struct config *config, struct slice peer)
{
	struct uri_address address;

	if (config->trusted_proxies.count == 0)
		return true;
	if (!uri_address_parse(peer, &address))
		return false;
	for (size_t i = 0; i < config->trusted_proxies.count; i++)
		if (uri_address_in(&address, config->trusted_proxies.items[i]))
			return true;
	return false;
}

static bool
is_prefix_byte(char byte)
{
	return ascii_is_alnum(byte) || (byte != '\0' && strchr("-._~!$&'()*+,;=:@", byte) != NULL);
}

/* "/api/v2": one slash before each segment, plain bytes (no escapes), no dot segment. */
static bool
prefix_is_plain(struct slice prefix)
{
	struct slice rest, segment;

	if (prefix.len == 0 || prefix.data[0] != '/')
		return false;
	for (rest = slice_skip(prefix, 1); rest.data != NULL;) {
		segment = slice_cut(&rest, '/');
		if (segment.len == 0 || slice_is(segment, ".") || slice_is(segment, ".."))
			return false;
		for (size_t i = 0; i < segment.len; i++)
			if (!is_prefix_byte(segment.data[i]))
				return false;
	}
	return true;
}

static void
take_prefix(struct request *req, struct slice value)
{
	/* "/api/" means the same as "/api", and "/" the same as nothing. */
	if (value.len > 0 && value.data[value.len - 1] == '/')
		value.len--;
	if (prefix_is_plain(value))
		req->prefix = value;
}

static void
take_host(struct request *req, struct slice value)
{
	req->host = uri_is_authority(value) ? value : (struct slice) { NULL, 0 };
}

static void
take_proto(struct request *req, struct slice value)
{
	req->is_https = slice_is(value, "https");
}

static void
take_for(struct request *req, struct slice value)
{
	(void)address_text(req->arena, value, &req->client);
}

/* What the front server itself said. */
static void
as_said(struct request *req)
{
	/* What is no address (a unix peer) is nobody in particular; it lives no longer than the parameters. */
	if (!address_text(req->arena, req->peer, &req->client))
		req->client = (struct slice) { "", 0 };
	req->is_https = req->peer_is_https;
	req->host = req->known[HEADER_HOST].first;
	req->prefix = (struct slice) { "", 0 };
}

/* False when memory is out: what the proxies said must not be lost in silence. */
static bool
as_forwarded(struct request *req, unsigned hops)
{
	static const struct {
		enum header_id id;
		void (*take)(struct request *req, struct slice value);
	} fields[] = {
		{ HEADER_X_FORWARDED_FOR, take_for },
		{ HEADER_X_FORWARDED_PROTO, take_proto },
		{ HEADER_X_FORWARDED_HOST, take_host },
		{ HEADER_X_FORWARDED_PREFIX, take_prefix },
	};

	for (size_t i = 0; i < COUNT_OF(fields); i++) {
		struct slice list, value;

		if (req->known[fields[i].id].count == 0)
			continue;
		list = request_header_list(req, fields[i].id);
		if (list.data == NULL)
			return false;
		switch (forwarded_find(req->arena, list, hops, &value)) {
		case FORWARDED_NONE:
			break;
		case FORWARDED_VALUE:
			fields[i].take(req, value);
			break;
		case FORWARDED_NO_MEMORY:
			return false;
		}
	}
	return true;
}

enum guard_verdict
guard_proxy(const struct guard_env *env, struct request *req, struct response *res)
{
	const struct config *config = env->config;

	as_said(req);
	if (!config->is_hardened || config->trusted_proxy_hops == 0 ||
	    !peer_is_trusted(config, req->peer))
		return GUARD_PASSED;
	if (!as_forwarded(req, config->trusted_proxy_hops))
		return guard_refuse(res, HTTP_ERROR_SERVICE_UNAVAILABLE);
	return GUARD_PASSED;
}
