/*
 * The inside of the writer of policies in JSON: policy_json_write.c knows policies and sets,
 * policy_json_write_expression.c what stands in their conditions.
 */
#ifndef POSTERN_CEDAR_POLICY_JSON_WRITER_H
#define POSTERN_CEDAR_POLICY_JSON_WRITER_H

#include "cedar/ast.h"
#include "core/buffer.h"

/* The body of a condition. A failure sticks to the buffer. */
void policy_writer_expression(struct buffer *out, const struct node *node);

#endif
