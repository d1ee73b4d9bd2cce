/*
 * Header fields of a response. Two doors: one for the framework, whose names are literals, and one
 * for handlers, whose names are checked and may not be the framework's. Invariant: no byte of a
 * value can end its line, so no value can make a field or a body of its own.
 */
#include "http/response.h"

#include <ctype.h>

#include "core/ascii.h"
#include "core/compiler.h"

/* Names that the framework sets or that tell a front server what to do. */
static const char *const kept_names[] = { "Status", "Content-Length", "Content-Type",
	"Content-Security-Policy", "Strict-Transport-Security", "Referrer-Policy",
	"X-Frame-Options", "X-Content-Type-Options", "Permissions-Policy", "Cache-Control",
	"Connection", "Transfer-Encoding", "Server", "Date", "Set-Cookie", "Allow", "Retry-After",
	"WWW-Authenticate", "Vary", "X-Sendfile", "X-Sendfile2", "Keep-Alive", "Upgrade",
	"Trailer" };
static const char *const kept_prefixes[] = { "Access-Control-", "X-Accel-", "X-LIGHTTPD-" };

static bool
is_kept(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(kept_names); i++)
		if (strcasecmp(name, kept_names[i]) == 0)
			return true;
	for (size_t i = 0; i < COUNT_OF(kept_prefixes); i++)
		if (strncasecmp(name, kept_prefixes[i], strlen(kept_prefixes[i])) == 0)
			return true;
	return false;
}

/* RFC 9110 §5.6.2. */
static bool
is_token(const char *name)
{
	for (const char *at = name; *at != '\0'; at++)
		if (!ascii_is_alnum(*at) && strchr("!#$%&'*+-.^_`|~", *at) == NULL)
			return false;
	return name[0] != '\0';
}

/* RFC 9110 §5.5. */
static bool
is_value(struct slice value)
{
	for (size_t i = 0; i < value.len; i++)
		if (value.data[i] != '\t' && iscntrl((unsigned char)value.data[i]))
			return false;
	return value.len <= RESPONSE_MAX_HEADER_VALUE;
}

static size_t
find(const struct response *res, const char *name)
{
	for (size_t i = 0; i < res->header_count; i++)
		if (strcasecmp(res->headers[i].name.data, name) == 0)
			return i;
	return res->header_count;
}

static size_t
service_header_count(const struct response *res)
{
	size_t count = 0;

	for (size_t i = 0; i < res->header_count; i++)
		count += res->headers[i].is_service;
	return count;
}

/* A value that lives as long as the response; data NULL: there is none. */
static void
put(struct response *res, size_t at, const char *name, struct slice value, bool is_service)
{
	if (at == RESPONSE_MAX_HEADERS || value.data == NULL) {
		res->failed = true;
		return;
	}
	res->headers[at].name = slice_from(name);
	res->headers[at].value = value;
	res->headers[at].is_service = is_service;
	if (at == res->header_count)
		res->header_count++;
}

static void
set(struct response *res, const char *name, struct slice value, bool is_service)
{
	struct slice copy = { NULL, 0 };

	if (is_value(value))
		copy = arena_dup_slice(res->arena, value);
	put(res, find(res, name), name, copy, is_service);
}

void
response_header(struct response *res, const char *name, struct slice value)
{
	set(res, name, value, false);
}

void
response_service_header(struct response *res, const char *name, const char *value)
{
	const char *copy;

	if (res->failed)
		return;
	if (name == NULL || value == NULL || !is_token(name) || is_kept(name) ||
	    (find(res, name) == res->header_count &&
		service_header_count(res) >= RESPONSE_MAX_SERVICE_HEADERS)) {
		res->failed = true;
		return;
	}
	copy = arena_dup(res->arena, name, strlen(name));
	if (copy == NULL)
		res->failed = true;
	else
		set(res, copy, slice_from(value), true);
}

/* Whether a comma-separated list has the member. */
static bool
list_has(struct slice list, struct slice member)
{
	while (list.data != NULL)
		if (slice_equal_nocase(slice_trim(slice_cut(&list, ',')), member))
			return true;
	return false;
}

void
response_vary(struct response *res, const char *field)
{
	size_t at = find(res, "Vary");
	char *list;

	if (at == res->header_count) {
		put(res, at, "Vary", slice_from(field), false);
		return;
	}
	if (list_has(res->headers[at].value, slice_from(field)))
		return;
	list = arena_printf(res->arena, "%.*s, %s", SLICE_ARGS(res->headers[at].value), field);
	if (list == NULL)
		res->failed = true;
	else
		response_header(res, "Vary", slice_from(list));
}
