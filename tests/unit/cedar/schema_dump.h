/*
 * A resolved schema as text, one declaration a line, so that tests can say and compare what it is:
 *
 *     entity N::A in N::B {a: Long, b?: Set<E>} tags String
 *     enum E ["x", "y"]
 *     actions Action
 *     action Action::"read" in Action::"all" for [N::A] on [N::B] {c: Bool}
 *
 * Everything is in the schema's own order; ancestors are all of them, not the direct ones.
 */
#ifndef POSTERN_TESTS_CEDAR_SCHEMA_DUMP_H
#define POSTERN_TESTS_CEDAR_SCHEMA_DUMP_H

#include "cedar/schema.h"

/* NUL-terminated. */
const char *schema_dump(struct arena *arena, const struct cedar_schema *schema);

#endif
