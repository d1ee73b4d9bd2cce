/* The right side of `like`: literal parts with a wildcard between each two of them. */
#ifndef POSTERN_CEDAR_PATTERN_H
#define POSTERN_CEDAR_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/slice.h"

/* "a*b" is the parts "a", "b"; "*" two empty ones; "ab" one. Never none. */
struct pattern {
	const struct slice *parts;
	size_t count;
};

/*
 * Whether the whole of `s` matches. Each part is searched for once, so the time is about linear
 * in s.len.
 */
bool pattern_matches(const struct pattern *pattern, struct slice s);

#endif
