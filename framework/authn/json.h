/*
 * JSON as a verifier must read it (core/json_read.h): one object, in UTF-8, nothing before or
 * behind it (a NUL byte is not an end), no duplicate member at any level, no \u0000, no NaN or
 * Infinity, integers within 64 bits, at most STRICT_JSON_MAX_DEPTH levels. What two readers could
 * understand differently is refused.
 */
#ifndef POSTERN_AUTHN_JSON_H
#define POSTERN_AUTHN_JSON_H

#include "core/json_read.h"

enum {
	STRICT_JSON_MAX_DEPTH = 32, /* the outermost object is level 1 */
	/* Of one array, members of one object. As JWT_MAX_BYTES is shipped no token has so many. */
	STRICT_JSON_MAX_ELEMENTS = 4096,
};

/*
 * NULL: it is none, or the arena is full; nothing is left in it then. The object lives in `arena`,
 * its strings there and in `text`.
 */
const struct json_value *strict_json_object(struct slice text, struct arena *arena) MUST_USE;

#endif
