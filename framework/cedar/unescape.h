/* Strings and patterns as a policy spells them -> what they mean. */
#ifndef POSTERN_CEDAR_UNESCAPE_H
#define POSTERN_CEDAR_UNESCAPE_H

#include <stdbool.h>

#include "cedar/pattern.h"
#include "core/arena.h"
#include "core/compiler.h"
#include "core/slice.h"

/* Where an escape is wrong and why. `message` NULL: memory is out. */
struct unescape_fault {
	size_t offset;
	const char *message, *hint;
};

/*
 * `raw` is what stands between the quotes. Without escapes the result is `raw` itself, else it
 * lives in the arena.
 */
bool unescape_string(struct arena *arena, struct slice raw, struct slice *ret_string,
    struct unescape_fault *reterr_fault) MUST_USE;
/*
 * The right side of `like`: `\*` is a star, every other star, however it is spelled, the
 * wildcard.
 */
bool unescape_pattern(struct arena *arena, struct slice raw, struct pattern *ret_pattern,
    struct unescape_fault *reterr_fault) MUST_USE;

#endif
