/* See fixture.h. */
#include "fixture.h"

#include <stdio.h>

#include "../core/rows.h"

enum { MAX_FILE = 1024 * 1024 };

struct slice
fixture_read(struct arena *arena, const char *name)
{
	const char *source = getenv("srcdir");
	const char *path =
	    arena_printf(arena, "%s/tests/unit/cedar/%s", source == NULL ? "." : source, name);
	char *room;
	FILE *file;
	long size;

	assert_non_null(path);
	file = fopen(path, "r");
	if (file == NULL)
		fail_msg("%s is not there", path);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	size = ftell(file);
	assert_in_range(size, 1, MAX_FILE);
	rewind(file);
	room = arena_alloc(arena, (size_t)size + 1);
	assert_non_null(room);
	assert_int_equal(fread(room, 1, (size_t)size, file), size);
	room[size] = '\0';
	assert_int_equal(fclose(file), 0);
	return slice_make(room, (size_t)size);
}
