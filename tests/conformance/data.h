/*
 * The recorded cases of the official Cedar engine, one JSON object a line, found in
 * $POSTERN_SHARED/cedar (default: ../shared beside the source tree). They are read with Cedar's own
 * JSON reader, which takes what foreign ones do not: U+0000 in names.
 */
#ifndef POSTERN_TESTS_CONFORMANCE_DATA_H
#define POSTERN_TESTS_CONFORMANCE_DATA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cedar/json.h"

enum { DATA_MAX_DEPTH = 2048 }; /* long chains of && nest deep in JSON */

struct data_file {
	FILE *file;
	bool is_compressed; /* its name ends in ".gz" */
	char *line;
	size_t size, count;
};

/* False: it is not here, which is said: `cases` have been skipped. */
bool data_open(struct data_file *file, const char *name, size_t cases);
/* The next line; NULL behind the last one. */
const struct cedar_json *data_next(struct data_file *file, struct arena *arena);
/* At its end. There must have been this number of lines. */
void data_close(struct data_file *file, size_t cases);

/* A member that must be there; its text, when it must be a string. */
const struct cedar_json *data_get(const struct cedar_json *object, const char *name);
struct slice data_text(const struct cedar_json *object, const char *name);

/* A text that must be JSON. */
const struct cedar_json *data_parse(struct arena *arena, struct slice text);
/* Equal as JSON values: the order of members says nothing. */
bool data_equal(const struct cedar_json *a, const struct cedar_json *b);

#endif
