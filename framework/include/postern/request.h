/*
 * What a handler may ask of a request. All text is NUL-terminated, belongs to the request and
 * lives as long as it; no call here fails for lack of memory. Everything has passed the guards:
 * the path is decoded once, the body is whole and within MAX_CONTENT_LENGTH, the principal is
 * authenticated.
 *
 * There is no call for the raw target, cookies or the client's address: a service that seems to
 * need one is about to log or trust what it must not.
 */
#ifndef POSTERN_REQUEST_H
#define POSTERN_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <postern/export.h>

POSTERN_BEGIN

struct postern_request;

/* The POSTERN_GET... bit of the request's method (HEAD arrives as POSTERN_HEAD). */
POSTERN_API unsigned postern_method(const struct postern_request *req);

/*
 * The value of `{name}` in the route's path. Never NULL for a name of the route's own template;
 * NULL for any other.
 */
POSTERN_API const char *postern_path_param(const struct postern_request *req, const char *name);

/*
 * The first value of `name` in the query string, decoded once ("+" is a space, WHATWG URL §5.1);
 * NULL when absent, ill-formed (a bad escape, NUL, no UTF-8) or given twice.
 */
POSTERN_API const char *postern_query_param(struct postern_request *req, const char *name);

/*
 * The value of a header field, any case; NULL when absent or sent more than once. Fields that
 * identify or authenticate the client, or tell about proxies (Authorization, Cookie, Forwarded,
 * X-Forwarded-*, X-Real-IP and relatives) are always NULL: ask for the principal.
 */
POSTERN_API const char *postern_header(const struct postern_request *req, const char *name);

/*
 * The body, which may hold NUL bytes and has one more behind it. `*ret_len` in bytes; never NULL.
 */
POSTERN_API const char *postern_body(const struct postern_request *req, size_t *ret_len);

/*
 * The authenticated principal's Cedar type without namespace ("Patient") and id; NULL on a public
 * route.
 */
POSTERN_API const char *postern_principal_type(const struct postern_request *req);
POSTERN_API const char *postern_principal_id(const struct postern_request *req);

/* A claim of the token under its short name ("clinic_id"), if it is a string; else NULL. */
POSTERN_API const char *postern_claim(const struct postern_request *req, const char *name);

/* What the service's worker_start left for this worker. */
POSTERN_API void *postern_worker_data(const struct postern_request *req);

/*
 * Memory that lives until the request ends, zeroed and aligned for any type. NULL when the
 * request's ceiling is reached; then return POSTERN_FAILED.
 */
POSTERN_API void *postern_alloc(struct postern_request *req, size_t size);
/* A copy of `text` (NULL gives NULL) that lives until the request ends. */
POSTERN_API char *postern_strdup(struct postern_request *req, const char *text);

POSTERN_END

#endif
