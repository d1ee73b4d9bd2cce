/*
 * Making the nodes of ast.h, for the readers of both policy formats: what no tree may be is refused
 * here, with a complaint at the node's place, and what depends on nothing is folded to a constant.
 *
 * Every constructor returns NULL when it complained or when an operand is NULL, which has been
 * complained about before; so calls can be nested without looking. Arrays that are passed in are
 * kept, not copied; they must live in the arena of the source.
 */
#ifndef POSTERN_CEDAR_TREE_H
#define POSTERN_CEDAR_TREE_H

#include "cedar/ast.h"
#include "cedar/complaint.h"

/* A tree in the making: where it comes from, and whether memory is out (which is said once). */
struct tree {
	const struct source *source;
	bool is_out_of_memory;
};

/* `text` only names places; JSON documents do as well. */
static inline struct tree
tree_of(const struct source *source)
{
	return (struct tree) { source, false };
}

/* Complains that memory is out, once. Always false. */
bool tree_no_memory(struct tree *tree, uint32_t offset);
/* Zeroed memory of the policy set; complains at `offset` when there is none. */
void *tree_alloc(struct tree *tree, uint32_t offset, size_t size);
/*
 * Room for one more behind `count` elements of `element` bytes, in an array that doubles; `*size`
 * is what it has room for. NULL: memory or CEDAR_MAX_SET, complained about at `offset`.
 */
void *tree_room(struct tree *tree, uint32_t offset, void *array, size_t element, uint32_t count,
    uint32_t *size);
/* Adds a node to a list that started zeroed, as did `*size`. False: no item, or no room. */
bool tree_list_add(
    struct tree *tree, struct node_list *list, uint32_t *size, const struct node *item);

const struct node *tree_literal(struct tree *tree, uint32_t offset, struct cedar_value value);
const struct node *tree_variable(struct tree *tree, uint32_t offset, enum variable variable);
/* NODE_NOT or NODE_NEGATE. */
const struct node *tree_unary(
    struct tree *tree, uint32_t offset, enum node_kind kind, const struct node *operand);
/* NODE_AND or NODE_OR over two operands or more. */
const struct node *tree_logic(
    struct tree *tree, uint32_t offset, enum node_kind kind, struct node_list operands);
const struct node *tree_if(struct tree *tree, uint32_t offset, const struct node *condition,
    const struct node *then, const struct node *otherwise);
const struct node *tree_compare(struct tree *tree, uint32_t offset, enum comparison operator,
    const struct node * left, const struct node *right);
/* Two terms or more. */
const struct node *tree_arithmetic(
    struct tree *tree, uint32_t offset, const struct term *terms, uint32_t count);
/* One name or more. */
const struct node *tree_has(struct tree *tree, uint32_t offset, const struct node *object,
    const struct slice *names, uint32_t count);
const struct node *tree_like(
    struct tree *tree, uint32_t offset, const struct node *object, struct pattern pattern);
/* `in` NULL: plain `is`. */
const struct node *tree_is(struct tree *tree, uint32_t offset, const struct node *object,
    struct slice type, const struct node *in);
const struct node *tree_attribute(
    struct tree *tree, uint32_t offset, const struct node *object, struct slice name);
const struct node *tree_set(struct tree *tree, uint32_t offset, struct node_list elements);
/* Sorts `fields`; a name that is there twice is refused. */
const struct node *tree_record(
    struct tree *tree, uint32_t offset, struct field *fields, uint32_t count);
/*
 * The receiver of a method is the first operand. The language's own methods are refused with the
 * wrong number of operands. Not for CALL_UNKNOWN, which has a name and fails when it is evaluated.
 */
const struct node *tree_call(
    struct tree *tree, uint32_t offset, enum call call, struct node_list operands);
const struct node *tree_unknown_call(
    struct tree *tree, uint32_t offset, struct slice name, struct node_list operands);

#endif
