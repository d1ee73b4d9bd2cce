/*
 * How a handler answers: it adds members to one JSON object, in order, and returns a status. A
 * failure (memory, depth above 32, a begin and an end that do not match, a name twice in one object,
 * more than 4096 names in the open objects, text that is no UTF-8) sticks to the response, which
 * then becomes 500 and an event handler.failed: no call needs checking. Security headers, Content-Length and Cache-Control are the framework's and cannot be set.
 */
#ifndef POSTERN_RESPONSE_H
#define POSTERN_RESPONSE_H

#include <stdbool.h>
#include <stdint.h>

#include <postern/export.h>

POSTERN_BEGIN

struct postern_response;

/*
 * Members of the current object; `name` is NULL inside an array. A NULL `value` of
 * postern_json_string writes null.
 */
POSTERN_API void postern_json_string(
    struct postern_response *res, const char *name, const char *value);
POSTERN_API void postern_json_integer(
    struct postern_response *res, const char *name, int64_t value);
POSTERN_API void postern_json_boolean(struct postern_response *res, const char *name, bool value);
POSTERN_API void postern_json_null(struct postern_response *res, const char *name);

/* Nested values: each begin has its end. */
POSTERN_API void postern_json_object_begin(struct postern_response *res, const char *name);
POSTERN_API void postern_json_object_end(struct postern_response *res);
POSTERN_API void postern_json_array_begin(struct postern_response *res, const char *name);
POSTERN_API void postern_json_array_end(struct postern_response *res);

/*
 * A header field of the service's own ("Location", "ETag"). A name that is no token (RFC 9110
 * §5.1), a value with CR, LF or NUL, or a name that the framework keeps to itself makes the
 * response a 500.
 */
POSTERN_API void postern_set_header(
    struct postern_response *res, const char *name, const char *value);

POSTERN_END

#endif
