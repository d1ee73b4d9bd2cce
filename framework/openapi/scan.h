/*
 * How large and how deep a JSON text is, before a parser with its own recursion and allocations
 * sees it.
 */
#ifndef POSTERN_OPENAPI_SCAN_H
#define POSTERN_OPENAPI_SCAN_H

#include <stdbool.h>

#include "core/slice.h"

struct scan_limits {
	unsigned depth; /* open objects and arrays */
	size_t values;  /* scalars, objects, arrays and member names, about */
};

/* False: outside the limits, or a NUL byte. True says nothing about well-formedness. */
bool scan_is_bounded(struct slice json, const struct scan_limits *limits);

#endif
