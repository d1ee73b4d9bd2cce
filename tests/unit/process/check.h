/* What the tests of this folder share: cmocka with what it needs, and small helpers. */
#ifndef TESTS_PROCESS_CHECK_H
#define TESTS_PROCESS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/compiler.h"

/*
 * An empty folder of its own for one test; removed, with the plain files in it, by
 * check_folder_remove.
 */
static inline void
check_folder_make(char ret_path[256])
{
	const char *base = getenv("TMPDIR");

	assert_true(snprintf(ret_path, 256, "%s/postern-process-XXXXXX",
			base != NULL ? base : "/tmp") < 200);
	assert_non_null(mkdtemp(ret_path));
}

#endif
