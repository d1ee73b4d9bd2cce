/*
 * The part of ECMA-262's regular expressions that a contract may use: `^` pieces `$`, a piece
 * being an ASCII character, an escaped one, \d, \w or a class of these with ranges, and behind
 * it ?, *, +, {m}, {m,} or {m,n}. No groups, alternatives, negated classes, dots or references:
 * what is left is matched in time that grows with the text alone, whatever the text.
 */
#ifndef POSTERN_OPENAPI_PATTERN_H
#define POSTERN_OPENAPI_PATTERN_H

#include <stdbool.h>

#include "core/arena.h"
#include "core/compiler.h"
#include "core/slice.h"

enum {
	PATTERN_MAX_PIECES = 64,
	PATTERN_MAX_REPEAT = 65535, /* in {m,n} */
};

struct pattern;

/* NULL with a constant text in `*reterr_text`. Lives in `arena`. */
const struct pattern *pattern_parse(
    struct arena *arena, struct slice text, const char **reterr_text) MUST_USE;

/*
 * Whether all of `subject` matches. Takes scratch memory from `arena` and gives it back;
 * without memory nothing matches.
 */
bool pattern_check(const struct pattern *pattern, struct arena *arena, struct slice subject);

#endif
