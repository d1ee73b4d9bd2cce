/*
 * A response's life: it begins undecided, becomes a success or an error, and ends as the bytes of
 * a CGI response. Invariant: whatever went wrong on the way, what leaves is a complete response
 * with a status; what was not decided or failed leaves as 500.
 */
#include "http/response.h"

#include "core/compiler.h"
#include "http/security_fields.h"

enum { BODY_FIRST = 512, NAMES_FIRST = 128, DIGITS = 20 };

/*
 * For when there is no memory even for an error. Carries the header fields that every response has
 * (SECURITY-REQUIREMENTS §5), since no guard can add them any more.
 */
#define LAST_RESORT_BODY "{\"error\":\"internal_server_error\"}"
#define LAST_RESORT_HEAD                        \
	"Status: 500 Internal Server Error\r\n" \
	"Content-Type: application/json\r\n"    \
	"Content-Length: 33\r\n" SECURITY_FIELDS SECURITY_FIELDS_PRIVATE "\r\n"

_Static_assert(sizeof(LAST_RESORT_BODY) - 1 == 33, "Content-Length of the last resort");

void
response_init(struct response *res, struct arena *arena)
{
	memset(res, 0, offsetof(struct response, headers));
	res->arena = arena;
	buffer_init(&res->body, arena, BODY_FIRST, RESPONSE_MAX_BODY);
	buffer_init(
	    &res->names, arena, NAMES_FIRST, RESPONSE_MAX_NAMES * sizeof(struct response_name));
}

/* Forgets a body that was begun, and that it failed. */
static void
body_drop(struct response *res)
{
	buffer_reset(&res->body);
	buffer_reset(&res->names);
	res->failed = false;
	res->has_body = false;
	res->is_error = false;
	res->needs_comma = false;
	res->depth = 0;
	res->text = slice_make(NULL, 0);
}

static void
service_headers_drop(struct response *res)
{
	size_t kept = 0;

	for (size_t i = 0; i < res->header_count; i++)
		if (!res->headers[i].is_service)
			res->headers[kept++] = res->headers[i];
	res->header_count = kept;
}

void
response_error(struct response *res, enum http_error error)
{
	body_drop(res);
	service_headers_drop(res);
	res->status = http_error_status(error);
	res->error = error;
	res->is_error = true;
	res->has_body = true;
}

void
response_empty(struct response *res, int status)
{
	body_drop(res);
	res->status = status;
}

void
response_text(struct response *res, const char *media_type, struct slice text)
{
	body_drop(res);
	res->status = 200;
	res->media_type = media_type;
	res->text = text;
	res->has_body = true;
}

static const char *
media_type_of(const struct response *res)
{
	return res->text.data != NULL ? res->media_type : "application/json";
}

/* Decimal digits of `number` without a NUL; returns how many. */
static size_t
digits_of(size_t number, char ret_digits[DIGITS])
{
	char reversed[DIGITS];
	size_t len = 0;

	do {
		reversed[len++] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	for (size_t i = 0; i < len; i++)
		ret_digits[i] = reversed[len - 1 - i];
	return len;
}

static char *
put(char *at, const void *data, size_t len)
{
	if (len > 0)
		memcpy(at, data, len);
	return at + len;
}

#define PUT_LITERAL(at, literal) put((at), (literal), sizeof(literal) - 1)

static char *
put_field(char *at, struct slice name, struct slice value)
{
	at = put(at, name.data, name.len);
	at = PUT_LITERAL(at, ": ");
	at = put(at, value.data, value.len);
	return PUT_LITERAL(at, "\r\n");
}

/* Enough for the head, whatever of its optional fields is written. */
static size_t
head_size(const struct response *res)
{
	size_t size = sizeof("Status: 431 Request Header Fields Too Large\r\n"
			     "Content-Type: \r\nContent-Length: \r\n\r\n") +
		      strlen(media_type_of(res)) + DIGITS + res->lines.len;

	for (size_t i = 0; i < res->header_count; i++)
		size += res->headers[i].name.len + res->headers[i].value.len + sizeof(": \r\n");
	return size;
}

/* A 204 and a 304 have no length to tell (RFC 9110 §8.6); everything else has, be it 0. */
static bool
has_length(const struct response *res)
{
	return res->has_body || (res->status != 204 && res->status != 304);
}

static char *
put_head(char *at, const struct response *res, size_t body_len)
{
	const char *status = http_status_line(res->status);
	char digits[DIGITS];

	at = PUT_LITERAL(at, "Status: ");
	at = put(at, status, strlen(status));
	at = PUT_LITERAL(at, "\r\n");
	if (res->has_body)
		at = put_field(at, SLICE_OF("Content-Type"), slice_from(media_type_of(res)));
	if (has_length(res))
		at = put_field(at, SLICE_OF("Content-Length"),
		    slice_make(digits, digits_of(body_len, digits)));
	for (size_t i = 0; i < res->header_count; i++)
		at = put_field(at, res->headers[i].name, res->headers[i].value);
	at = put(at, res->lines.data, res->lines.len);
	return PUT_LITERAL(at, "\r\n");
}

static struct slice
body_of(const struct response *res)
{
	if (!res->has_body)
		return slice_make(NULL, 0);
	if (res->is_error)
		return slice_from(http_error_body(res->error));
	return res->text.data != NULL ? res->text : buffer_content(&res->body);
}

static struct slice
last_resort(const struct response *res, size_t *ret_body_len)
{
	static const char bytes[] = LAST_RESORT_HEAD LAST_RESORT_BODY;

	*ret_body_len = res->is_head ? 0 : sizeof(LAST_RESORT_BODY) - 1;
	return slice_make(bytes, sizeof(LAST_RESORT_HEAD) - 1 + *ret_body_len);
}

struct slice
response_bytes(struct response *res, size_t *ret_body_len)
{
	struct slice body;
	size_t ignored;
	char *bytes, *end;

	if (ret_body_len == NULL)
		ret_body_len = &ignored;
	if (res->status == 0 || res->failed || res->depth > 0)
		response_error(res, HTTP_ERROR_INTERNAL);
	body = body_of(res);
	bytes = arena_alloc(res->arena, head_size(res) + body.len);
	if (bytes == NULL) {
		response_error(res, HTTP_ERROR_INTERNAL);
		return last_resort(res, ret_body_len);
	}
	end = put_head(bytes, res, body.len);
	*ret_body_len = res->is_head ? 0 : body.len;
	end = put(end, body.data, *ret_body_len);
	return slice_make(bytes, (size_t)(end - bytes));
}
