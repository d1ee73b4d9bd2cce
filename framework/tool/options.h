/*
 * Options of the form `--name value` or `--name=value`, from a table. There are no short ones and
 * no abbreviations: a command line in a script keeps its meaning when options are added.
 */
#ifndef POSTERN_TOOL_OPTIONS_H
#define POSTERN_TOOL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct option_kind {
	const char *name; /* "--key" */
	bool has_value;
};

struct options {
	const struct option_kind *kinds;
	size_t kind_count;
	int argc;
	char **argv;
	int at; /* the argument that is read next; 1 at first */
};

enum { OPTION_END = -1, OPTION_BAD = -2 };

/*
 * The index in `kinds` of the next option, its value in `*ret_value` (NULL when it has none);
 * OPTION_END behind the last argument; OPTION_BAD for anything else, said on `err` by name, never
 * by value.
 */
int options_next(struct options *options, const char **ret_value, FILE *err);

#endif
