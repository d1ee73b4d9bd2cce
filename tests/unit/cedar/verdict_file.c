/* See verdict_file.h. */
#include "verdict_file.h"

#include "fixture.h"

struct slice
verdict_text(struct arena *arena, struct slice line)
{
	const struct slice picture = SLICE("\xe2\x90\x8a");
	char *room = arena_alloc(arena, line.len + 1);
	size_t len = 0;

	assert_non_null(room);
	while (line.len > 0) {
		bool is_feed = slice_starts(line, picture);

		room[len++] = is_feed ? '\n' : line.data[0];
		line = slice_skip(line, is_feed ? picture.len : 1);
	}
	room[len] = '\0';
	return slice_make(room, len);
}

/* False: the line has another verdict than the engine's. */
static bool
agrees(const struct verdict_file *file, struct slice line)
{
	size_t bar = slice_find(line, '|');
	struct slice verdict = slice_trim(slice_first(line, bar)), text;
	const char *found;
	struct world world;
	bool result;

	assert_true(bar < line.len);
	world_init(&world);
	world_fill(&world);
	text = verdict_text(&world.arena, slice_skip(line, bar + 2));
	found = file->judge(&world, text);
	result = slice_is(verdict, found);
	if (!result)
		print_error("%s: %.*s, not %s: %.*s\n", file->name, SLICE_ARGS(verdict), found,
		    SLICE_ARGS(text));
	world_done(&world);
	return result;
}

void
a_file_is_judged_as_it_says(void **state)
{
	const struct verdict_file *file = *state;
	size_t count = 0, wrong = 0;
	struct slice lines, line;
	struct arena arena;

	arena_init(&arena, 64 * 1024, 4 * 1024 * 1024);
	lines = fixture_read(&arena, arena_printf(&arena, "verdicts/%s", file->name));
	while (lines.len > 0) {
		line = slice_cut(&lines, '\n');
		if (slice_starts(line, SLICE_OF("#")))
			continue;
		count++;
		wrong += !agrees(file, line);
	}
	arena_done(&arena);
	assert_true(count >= file->least);
	assert_int_equal(wrong, 0);
}
