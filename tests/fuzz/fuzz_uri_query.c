/*
 * Query strings. The first line is the name to look for, the rest the query. A value that is found
 * is UTF-8 without NUL, is no longer than the query, and ends in a NUL.
 */
#include <stdint.h>
#include <stdlib.h>

#include "core/utf8.h"
#include "http/uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice query = { (const char *)data, size };
	struct slice name = slice_cut(&query, '\n'), value;
	struct arena arena;

	arena_init(&arena, 1024, 1024 * 1024);
	value = uri_query_find(&arena, query, name);
	if (value.data != NULL &&
	    (!utf8_is_valid(value) || value.len > query.len || strlen(value.data) != value.len))
		abort();
	arena_done(&arena);
	return 0;
}
