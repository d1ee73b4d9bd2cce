/*
 * What stands in a recorded case. It is read with Cedar's own JSON reader, which takes what foreign
 * ones do not: U+0000 in names.
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

/* A member that must be there; its text, when it must be a string. */
const struct json_value *data_get(const struct json_value *object, const char *name);
struct slice data_text(const struct json_value *object, const char *name);

/* A text that must be JSON. */
const struct json_value *data_parse(struct arena *arena, struct slice text);
/* Equal as JSON values: the order of members says nothing. */
bool data_equal(const struct json_value *a, const struct json_value *b);

#endif
