/*
 * A file of verdicts/: a text a line, behind what the official engine makes of it. U+240A in a text
 * stands for a line feed; lines that begin with # are comments.
 */
#ifndef POSTERN_TESTS_CEDAR_VERDICT_FILE_H
#define POSTERN_TESTS_CEDAR_VERDICT_FILE_H

#include "world.h"

/* What our engine makes of a text, in a filled world of its own. */
typedef const char *verdict_judge(struct world *world, struct slice text);

/* A row of a table. */
struct verdict_file {
	const char *name;
	verdict_judge *judge;
	size_t least; /* texts that it has at least */
};
/* For RUN_ROWS: judges all texts of the file. */
void a_file_is_judged_as_it_says(void **state);

/* A text with line feeds where their pictures stand; ends with a NUL that is not counted. */
struct slice verdict_text(struct arena *arena, struct slice line);

#endif
