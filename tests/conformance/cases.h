/*
 * The recorded cases of the official Cedar engine, one JSON object a line, found in
 * $POSTERN_SHARED/cedar (default: ../shared beside the source tree), each in turn. Where a file is
 * not there its cases are counted as skipped; of one that is there none is missing.
 */
#ifndef POSTERN_TESTS_CONFORMANCE_CASES_H
#define POSTERN_TESTS_CONFORMANCE_CASES_H

#include "data.h"

/* A file of cases, and how many it must have. */
struct case_file {
	const char *name;
	size_t count;
};
extern const struct case_file corpus_file, handwritten_file, parse_file;

/* A case while it is visited; nothing of it, nor of the arena, is there afterwards. */
struct recorded {
	struct arena *arena;
	struct slice text;             /* the line as it is in the file */
	const struct json_value *line; /* what it says */
	const struct json_value
	    *jsons; /* policies and schema in JSON; cases_each_in_both() alone */
};
typedef void case_visit(void *data, const struct recorded *recorded);

/* False: the file is not here, which is said. */
bool cases_each(const struct case_file *file, case_visit *visit, void *data);
/* The corpus, with policies and schemas as texts and in JSON. */
bool cases_each_in_both(case_visit *visit, void *data);

/* Counts what is wrong, and shows the first of it. */
void cases_wrong(size_t *wrong, const char *about, struct slice text, struct slice got);

#endif
