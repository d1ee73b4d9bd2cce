/*
 * Tables as tests: every row becomes a cmocka test of its own, named after the row's first
 * member, which is its `const char *name`. The check gets the row as its state.
 */
#ifndef POSTERN_TESTS_ROWS_H
#define POSTERN_TESTS_ROWS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/compiler.h"

/* It takes fifty times as long: where less goes through the same code, a test need not go up to every bound there. */
static inline bool
is_under_valgrind(void)
{
	return getenv("POSTERN_UNDER_VALGRIND") != NULL;
}

static inline int
run_rows(
    const char *group, const void *rows, size_t row_size, size_t count, CMUnitTestFunction check)
{
	struct CMUnitTest *tests = calloc(count, sizeof(*tests));
	int failures;

	if (tests == NULL)
		return 1;
	for (size_t i = 0; i < count; i++) {
		const char *row = (const char *)rows + i * row_size;

		memcpy(&tests[i].name, row, sizeof(tests[i].name));
		memcpy(&tests[i].initial_state, &row, sizeof(row));
		tests[i].test_func = check;
	}
	failures = _cmocka_run_group_tests(group, tests, count, NULL, NULL);
	free(tests);
	return failures;
}

/* The number of rows that failed. */
#define RUN_ROWS(rows, check) run_rows(#check, (rows), sizeof((rows)[0]), COUNT_OF(rows), (check))

#endif
