/*
 * Options of the form `--name value` or `--name=value`, from a table; some have a letter too:
 * `-n value`, `-nvalue`, `-n=value`, and letters without a value may stand together, `-vt`. There
 * are no abbreviations: a command line in a script keeps its meaning when options are added.
 */
#ifndef POSTERN_TOOL_OPTIONS_H
#define POSTERN_TOOL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct option_kind {
	const char *name; /* "--key"; "": a word that is no option; NULL: an unused index */
	bool has_value;
	char letter; /* 0: none */
};

struct options {
	const struct option_kind *kinds;
	size_t kind_count;
	int argc;
	char **argv;
	int at;              /* the argument that is read next */
	const char *letters; /* what is left of an argument like `-vt`; NULL: none is begun */
	bool words_only;     /* behind `--`, in a command that takes words */
};

enum { OPTION_END = -1, OPTION_BAD = -2 };

/* Ready to read; argv[0] is the command's name. */
static inline struct options
options_of(const struct option_kind *kinds, size_t kind_count, int argc, char **argv)
{
	return (struct options) {
		.kinds = kinds,
		.kind_count = kind_count,
		.argc = argc,
		.argv = argv,
		.at = 1,
	};
}

/*
 * The index in `kinds` of the next option, its value in `*ret_value` (NULL when it has none; of a
 * word the word); OPTION_END behind the last argument; OPTION_BAD for anything else, said on `err`
 * by name, never by value.
 */
int options_next(struct options *options, const char **ret_value, FILE *err);

#endif
