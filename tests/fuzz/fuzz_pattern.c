/*
 * A pattern and a subject, with a newline between. Scratch memory is given back, and a pattern
 * answers alike twice.
 */
#include <stdint.h>
#include <stdlib.h>

#include "openapi/pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice subject = slice_make((const char *)data, size),
		     text = slice_cut(&subject, '\n');
	const struct pattern *pattern;
	const char *error = NULL;
	struct arena arena;
	size_t used;
	bool matches;

	arena_init(&arena, 4096, 16u << 20);
	pattern = pattern_parse(&arena, text, &error);
	if (pattern == NULL && error == NULL)
		abort();
	if (pattern != NULL) {
		used = arena.used;
		matches = pattern_check(pattern, &arena, subject);
		if (arena.used != used || pattern_check(pattern, &arena, subject) != matches)
			abort();
	}
	arena_done(&arena);
	return 0;
}
