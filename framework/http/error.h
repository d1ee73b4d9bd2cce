/*
 * The errors that a client may see: one code, one status, one constant body (schemas/error.json).
 * Two tables would drift apart, so the list lives here alone and a test compares it with the
 * schema.
 */
#ifndef POSTERN_HTTP_ERROR_H
#define POSTERN_HTTP_ERROR_H

enum http_error {
	HTTP_ERROR_INTERNAL = 0,        /* 500 internal_server_error; what no decision means */
	HTTP_ERROR_INVALID_REQUEST,     /* 400 invalid_request */
	HTTP_ERROR_LENGTH_REQUIRED,     /* 411 invalid_request */
	HTTP_ERROR_TARGET_TOO_LONG,     /* 414 invalid_request */
	HTTP_ERROR_MEDIA_TYPE,          /* 415 invalid_request */
	HTTP_ERROR_HEADERS_TOO_LARGE,   /* 431 invalid_request */
	HTTP_ERROR_UNAUTHENTICATED,     /* 401 */
	HTTP_ERROR_FORBIDDEN,           /* 403 */
	HTTP_ERROR_NOT_FOUND,           /* 404 */
	HTTP_ERROR_METHOD_NOT_ALLOWED,  /* 405 */
	HTTP_ERROR_PAYLOAD_TOO_LARGE,   /* 413 */
	HTTP_ERROR_RATE_LIMIT_EXCEEDED, /* 429 */
	HTTP_ERROR_AUTHORIZATION_UNAVAILABLE, /* 503 authorization_unavailable */
	HTTP_ERROR_SERVICE_UNAVAILABLE,       /* 503 service_unavailable */
	HTTP_ERROR_COUNT
};

int http_error_status(enum http_error error);
const char *http_error_code(enum http_error error);
/* The whole body: {"error":"<code>"}. */
const char *http_error_body(enum http_error error);
/* "404 Not Found"; a status that is not listed gives "500 Internal Server Error". */
const char *http_status_line(int status);

#endif
