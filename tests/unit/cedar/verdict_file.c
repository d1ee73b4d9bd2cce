/* See verdict_file.h. */
#include "verdict_file.h"

#include <stdio.h>

enum { MAX_LINE = 4096 };

/* Puts line feeds where their pictures stand. */
static struct slice
text_of(struct slice line, char room[MAX_LINE])
{
	const struct slice picture = SLICE("\xe2\x90\x8a");
	size_t len = 0;

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
agrees(const char *name, verdict_judge *judge, struct slice line, char room[MAX_LINE])
{
	size_t bar = slice_find(line, '|');
	struct slice verdict = slice_trim(slice_first(line, bar));
	struct slice text = text_of(slice_skip(line, bar + 2), room);
	const char *found;
	struct world world;
	bool result;

	assert_true(bar < line.len);
	world_init(&world);
	world_fill(&world);
	found = judge(&world, text);
	result = slice_is(verdict, found);
	if (!result)
		print_error(
		    "%s: %.*s, not %s: %.*s\n", name, SLICE_ARGS(verdict), found, SLICE_ARGS(text));
	world_done(&world);
	return result;
}

void
verdict_file_check(const char *name, size_t least, verdict_judge *judge)
{
	const char *source = getenv("srcdir");
	char path[1024], line[MAX_LINE], room[MAX_LINE];
	size_t count = 0, wrong = 0;
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/tests/unit/cedar/verdicts/%s",
	    source == NULL ? "." : source, name);
	file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		if (line[0] == '#')
			continue;
		count++;
		wrong += !agrees(name, judge, slice_make(line, strcspn(line, "\n")), room);
	}
	assert_int_equal(fclose(file), 0);
	assert_true(count >= least);
	assert_int_equal(wrong, 0);
}
