/* What the writers of both policy formats share: how operators, calls and variables are spelled. */
#ifndef POSTERN_CEDAR_PRINTER_H
#define POSTERN_CEDAR_PRINTER_H

#include "cedar/ast.h"
#include "core/buffer.h"

const char *printer_variable(enum variable variable);       /* "principal" */
const char *printer_comparison(enum comparison comparison); /* "<=" */
const char *printer_arithmetic(enum arithmetic arithmetic); /* "-" */

/* What a NODE_CALL calls, CALL_UNKNOWN too. */
struct slice printer_call_name(const struct node *call);

/*
 * The fields of a record in the order of the alphabet (the tree has the short ones first). Lives in
 * `out->arena`, which must be there; NULL and a failed buffer when memory is out.
 */
const struct field *const *printer_fields(struct buffer *out, const struct node *record);

#endif
