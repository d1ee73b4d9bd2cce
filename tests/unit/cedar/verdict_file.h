/*
 * A file of verdicts/: a text a line, behind what the official engine makes of it. U+240A in a text
 * stands for a line feed; lines that begin with # are comments.
 */
#ifndef POSTERN_TESTS_CEDAR_VERDICT_FILE_H
#define POSTERN_TESTS_CEDAR_VERDICT_FILE_H

#include "world.h"

/* What our engine makes of a text, in a filled world of its own. */
typedef const char *verdict_judge(struct world *world, struct slice text);

/* Judges all texts of a file, which must be `least` or more. */
void verdict_file_check(const char *name, size_t least, verdict_judge *judge);

#endif
