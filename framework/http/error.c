/*
 * The one table of errors that a client may see. Every refusal of the framework and every failed
 * handler ends here, so that no other text can leave in an error. Invariant: a row per enum value,
 * a body that is exactly {"error":"<code>"} (a test holds it against schemas/error.json).
 */
#include "http/error.h"

#include <stddef.h>

#define ROW(status, code)                                \
	{                                                \
		status, code, "{\"error\":\"" code "\"}" \
	}

static const struct row {
	int status;
	const char *code, *body;
} rows[HTTP_ERROR_COUNT] = {
	[HTTP_ERROR_INTERNAL] = ROW(500, "internal_server_error"),
	[HTTP_ERROR_INVALID_REQUEST] = ROW(400, "invalid_request"),
	[HTTP_ERROR_LENGTH_REQUIRED] = ROW(411, "invalid_request"),
	[HTTP_ERROR_TARGET_TOO_LONG] = ROW(414, "invalid_request"),
	[HTTP_ERROR_MEDIA_TYPE] = ROW(415, "invalid_request"),
	[HTTP_ERROR_HEADERS_TOO_LARGE] = ROW(431, "invalid_request"),
	[HTTP_ERROR_UNAUTHENTICATED] = ROW(401, "unauthenticated"),
	[HTTP_ERROR_FORBIDDEN] = ROW(403, "forbidden"),
	[HTTP_ERROR_NOT_FOUND] = ROW(404, "not_found"),
	[HTTP_ERROR_METHOD_NOT_ALLOWED] = ROW(405, "method_not_allowed"),
	[HTTP_ERROR_PAYLOAD_TOO_LARGE] = ROW(413, "payload_too_large"),
	[HTTP_ERROR_RATE_LIMIT_EXCEEDED] = ROW(429, "rate_limit_exceeded"),
	[HTTP_ERROR_AUTHORIZATION_UNAVAILABLE] = ROW(503, "authorization_unavailable"),
	[HTTP_ERROR_SERVICE_UNAVAILABLE] = ROW(503, "service_unavailable"),
};

/* A value that is no error of ours can only be a bug: it is answered as one. */
static const struct row *
row_of(enum http_error error)
{
	return &rows[(size_t)error < HTTP_ERROR_COUNT ? error : HTTP_ERROR_INTERNAL];
}

int
http_error_status(enum http_error error)
{
	return row_of(error)->status;
}

const char *
http_error_code(enum http_error error)
{
	return row_of(error)->code;
}

const char *
http_error_body(enum http_error error)
{
	return row_of(error)->body;
}

/* Reason phrases: RFC 9110 §15, RFC 6585 for 429 and 431. */
const char *
http_status_line(int status)
{
	switch (status) {
	case 200:
		return "200 OK";
	case 201:
		return "201 Created";
	case 204:
		return "204 No Content";
	case 302:
		return "302 Found";
	case 303:
		return "303 See Other";
	case 304:
		return "304 Not Modified";
	case 307:
		return "307 Temporary Redirect";
	case 308:
		return "308 Permanent Redirect";
	case 400:
		return "400 Bad Request";
	case 401:
		return "401 Unauthorized";
	case 403:
		return "403 Forbidden";
	case 404:
		return "404 Not Found";
	case 405:
		return "405 Method Not Allowed";
	case 411:
		return "411 Length Required";
	case 413:
		return "413 Content Too Large";
	case 414:
		return "414 URI Too Long";
	case 415:
		return "415 Unsupported Media Type";
	case 429:
		return "429 Too Many Requests";
	case 431:
		return "431 Request Header Fields Too Large";
	case 503:
		return "503 Service Unavailable";
	default:
		return "500 Internal Server Error";
	}
}
