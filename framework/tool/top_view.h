/*
 * What `postern top` shows: two answers of /status?full become a screen of rates. No terminal in
 * here: keys and the size come in, lines go out.
 */
#ifndef POSTERN_TOOL_TOP_VIEW_H
#define POSTERN_TOOL_TOP_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

enum top_table { TOP_WORKERS, TOP_ROUTES, TOP_TABLE_COUNT };

enum { TOP_MAX_FILTER = 32, TOP_ESCAPE = 27, TOP_MIN_LINES = 8, TOP_MIN_COLUMNS = 20 };

struct top_view {
	enum top_table table;
	size_t sort[TOP_TABLE_COUNT]; /* the column that each is sorted by */
	bool is_reversed;
	bool is_typing;              /* keys go into the filter */
	char filter[TOP_MAX_FILTER]; /* rows without it are left out */
	unsigned lines, columns;     /* of the screen; 0: as many as there are */
};

/* Busiest first. */
void top_view_init(struct top_view *ret_view);

/* A byte that was typed. False: quit. */
bool top_view_key(struct top_view *view, int key);

/*
 * Prints the screen for `now`, with rates since `before` (NULL: none yet), `elapsed_us` earlier.
 * With `clears` each line ends in the sequence that clears its rest, and the screen in the one
 * that clears what is below. Nothing is longer than the screen. False: no memory.
 */
bool top_view_draw(const struct top_view *view, const json_t *now, const json_t *before,
    int64_t elapsed_us, bool clears, FILE *out);

#endif
