/* Files beside the tests of the language: cases/, format/, verdicts/. */
#ifndef POSTERN_TESTS_CEDAR_FIXTURE_H
#define POSTERN_TESTS_CEDAR_FIXTURE_H

#include "core/arena.h"
#include "core/slice.h"

/* What a file holds, `name` being "cases/has.cedar"; it must be there. Ends with a NUL that is not counted. */
struct slice fixture_read(struct arena *arena, const char *name);

#endif
