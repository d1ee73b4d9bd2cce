/*
 * JSON as a verifier must read it: one object, in UTF-8, nothing before or behind it (a NUL byte
 * is not an end), no duplicate member at any level, no \u0000, no NaN or Infinity, integers
 * within 64 bits, at most STRICT_JSON_MAX_DEPTH levels. What two readers could understand
 * differently is refused.
 */
#ifndef POSTERN_AUTHN_JSON_H
#define POSTERN_AUTHN_JSON_H

#include <jansson.h>

#include "core/compiler.h"
#include "core/slice.h"

enum { STRICT_JSON_MAX_DEPTH = 32 }; /* the outermost object is level 1 */

/* A new reference (json_decref), or NULL. */
json_t *strict_json_object(struct slice text) MUST_USE;

/* The bytes of a JSON string; the caller has asked json_is_string. Valid as long as `string` is. */
struct slice strict_json_string(const json_t *string);

#endif
