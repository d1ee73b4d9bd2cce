/*
 * See tree.h. Between the readers (parse_expression.c, the reader of JSON policies) and the
 * evaluator; the one place that counts depth, so that no reader can make a tree too deep to walk.
 */
#include "cedar/tree.h"

#include "cedar/calls.h"
#include "cedar/extension.h"
#include "core/sort.h"
#include "cedar/value.h"

enum { FIRST_ROOM = 4 }; /* elements of a list before it grows */

bool
tree_no_memory(struct tree *tree, uint32_t offset)
{
	if (!tree->is_out_of_memory)
		complaint_limit(tree->source, offset, NULL, "out of memory");
	tree->is_out_of_memory = true;
	return false;
}

void *
tree_alloc(struct tree *tree, uint32_t offset, size_t size)
{
	void *memory = arena_calloc(tree->source->arena, 1, size);

	if (memory == NULL)
		tree_no_memory(tree, offset);
	return memory;
}

void *
tree_room(
    struct tree *tree, uint32_t offset, void *array, size_t element, uint32_t count, uint32_t *size)
{
	uint32_t wanted = *size == 0 ? FIRST_ROOM : *size * 2;
	void *grown;

	if (count < *size)
		return array;
	if (count >= CEDAR_MAX_SET) {
		complaint_limit(tree->source, offset, NULL, "more than %d elements", CEDAR_MAX_SET);
		return NULL;
	}
	grown = tree_alloc(tree, offset, wanted * element);
	if (grown == NULL)
		return NULL;
	if (count > 0)
		memcpy(grown, array, count * element);
	*size = wanted;
	return grown;
}

bool
tree_list_add(struct tree *tree, struct node_list *list, uint32_t *size, const struct node *item)
{
	const struct node **items;

	if (item == NULL)
		return false;
	items =
	    tree_room(tree, item->offset, list->items, sizeof(struct node *), list->count, size);
	if (items == NULL)
		return false;
	list->items = items;
	list->items[list->count++] = item;
	return true;
}

static struct node *
node_new(struct tree *tree, enum node_kind kind, uint32_t offset)
{
	struct node *node = tree_alloc(tree, offset, sizeof(*node));

	if (node == NULL)
		return NULL;
	node->kind = kind;
	node->offset = offset;
	node->depth = 1;
	return node;
}

/* Notes that `child` hangs below `node`. False: too deep, or one of the two is missing. */
static bool
adopt(struct tree *tree, struct node *node, const struct node *child)
{
	if (node == NULL || child == NULL)
		return false;
	if (child->depth >= CEDAR_MAX_DEPTH) {
		complaint_limit(tree->source, node->offset, NULL,
		    "this is nested more than %d deep", CEDAR_MAX_DEPTH);
		return false;
	}
	if (node->depth <= child->depth)
		node->depth = (uint16_t)(child->depth + 1);
	return true;
}

static bool
adopt_list(struct tree *tree, struct node *node, const struct node_list *list)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (!adopt(tree, node, list->items[i]))
			return false;
	return node != NULL;
}

const struct node *
tree_literal(struct tree *tree, uint32_t offset, struct cedar_value value)
{
	struct node *node = node_new(tree, NODE_LITERAL, offset);
	struct cedar_value *constant =
	    node == NULL ? NULL : tree_alloc(tree, offset, sizeof(*constant));

	if (constant == NULL)
		return NULL;
	*constant = value;
	node->constant = constant;
	return node;
}

const struct node *
tree_variable(struct tree *tree, uint32_t offset, enum variable variable)
{
	struct node *node = node_new(tree, NODE_VARIABLE, offset);

	if (node != NULL)
		node->as.variable = variable;
	return node;
}

const struct node *
tree_unary(struct tree *tree, uint32_t offset, enum node_kind kind, const struct node *operand)
{
	struct node *node = operand == NULL ? NULL : node_new(tree, kind, offset);

	if (!adopt(tree, node, operand))
		return NULL;
	node->as.operand = operand;
	return node;
}

const struct node *
tree_logic(struct tree *tree, uint32_t offset, enum node_kind kind, struct node_list operands)
{
	struct node *node = node_new(tree, kind, offset);

	if (!adopt_list(tree, node, &operands))
		return NULL;
	node->as.list = operands;
	return node;
}

const struct node *
tree_if(struct tree *tree, uint32_t offset, const struct node *condition, const struct node *then,
    const struct node *otherwise)
{
	struct node *node = node_new(tree, NODE_IF, offset);

	if (!adopt(tree, node, condition) || !adopt(tree, node, then) ||
	    !adopt(tree, node, otherwise))
		return NULL;
	node->as.branch.condition = condition;
	node->as.branch.then = then;
	node->as.branch.otherwise = otherwise;
	return node;
}

const struct node *
tree_compare(struct tree *tree, uint32_t offset, enum comparison operator, const struct node * left,
    const struct node *right)
{
	struct node *node = node_new(tree, NODE_COMPARE, offset);

	if (!adopt(tree, node, left) || !adopt(tree, node, right))
		return NULL;
	node->as.compare.operator= operator;
	node->as.compare.left = left;
	node->as.compare.right = right;
	return node;
}

const struct node *
tree_arithmetic(struct tree *tree, uint32_t offset, const struct term *terms, uint32_t count)
{
	struct node *node = node_new(tree, NODE_ARITHMETIC, offset);

	for (uint32_t i = 0; i < count; i++)
		if (!adopt(tree, node, terms[i].operand))
			return NULL;
	if (node == NULL)
		return NULL;
	node->as.chain.terms = terms;
	node->as.chain.count = count;
	return node;
}

const struct node *
tree_has(struct tree *tree, uint32_t offset, const struct node *object, const struct slice *names,
    uint32_t count)
{
	struct node *node = node_new(tree, NODE_HAS, offset);

	if (!adopt(tree, node, object))
		return NULL;
	node->as.has.object = object;
	node->as.has.names = names;
	node->as.has.count = count;
	return node;
}

const struct node *
tree_like(struct tree *tree, uint32_t offset, const struct node *object, struct pattern pattern)
{
	struct node *node = node_new(tree, NODE_LIKE, offset);

	if (!adopt(tree, node, object))
		return NULL;
	node->as.like.object = object;
	node->as.like.pattern = pattern;
	return node;
}

const struct node *
tree_is(struct tree *tree, uint32_t offset, const struct node *object, struct slice type,
    const struct node *in)
{
	struct node *node = node_new(tree, NODE_IS, offset);

	if (!adopt(tree, node, object) || (in != NULL && !adopt(tree, node, in)))
		return NULL;
	node->as.is.object = object;
	node->as.is.type = type;
	node->as.is.in = in;
	return node;
}

const struct node *
tree_attribute(struct tree *tree, uint32_t offset, const struct node *object, struct slice name)
{
	struct node *node = node_new(tree, NODE_ATTRIBUTE, offset);

	if (!adopt(tree, node, object))
		return NULL;
	node->as.attribute.object = object;
	node->as.attribute.name = name;
	return node;
}

/* A refusal of the builders of values; those that the tree's own bounds exclude are left. */
static bool
check_folded(struct tree *tree, struct node *node, enum value_fault fault)
{
	if (fault == VALUE_TOO_DEEP || fault == VALUE_NAME_TWICE || fault == VALUE_TOO_LARGE)
		return true; /* stays an expression, and fails when it is evaluated */
	return fault == VALUE_OK || tree_no_memory(tree, node->offset);
}

/* A set whose elements are all constant is built once, here. */
static bool
fold_set(struct tree *tree, struct node *node)
{
	uint32_t count = node->as.list.count;
	struct cedar_value *constant, *elements;
	enum value_fault fault;

	for (uint32_t i = 0; i < count; i++)
		if (node->as.list.items[i]->constant == NULL)
			return true;
	constant = tree_alloc(tree, node->offset, sizeof(*constant));
	elements = tree_alloc(tree, node->offset, count * sizeof(*elements));
	if (constant == NULL || elements == NULL)
		return false;
	for (uint32_t i = 0; i < count; i++)
		elements[i] = *node->as.list.items[i]->constant;
	fault = set_adopt(tree->source->arena, elements, count, constant);
	if (fault == VALUE_OK)
		node->constant = constant;
	return check_folded(tree, node, fault);
}

const struct node *
tree_set(struct tree *tree, uint32_t offset, struct node_list elements)
{
	struct node *node = node_new(tree, NODE_SET, offset);

	if (!adopt_list(tree, node, &elements))
		return NULL;
	node->as.list = elements;
	return fold_set(tree, node) ? node : NULL;
}

static bool
fold_record(struct tree *tree, struct node *node)
{
	uint32_t count = node->as.record.count;
	struct cedar_member *members;
	struct cedar_value *constant;
	enum value_fault fault;

	for (uint32_t i = 0; i < count; i++)
		if (node->as.record.fields[i].value->constant == NULL)
			return true;
	constant = tree_alloc(tree, node->offset, sizeof(*constant));
	members = tree_alloc(tree, node->offset, count * sizeof(*members));
	if (constant == NULL || members == NULL)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		members[i].name = node->as.record.fields[i].name;
		members[i].value = *node->as.record.fields[i].value->constant;
	}
	fault = record_adopt(tree->source->arena, members, count, constant);
	if (fault == VALUE_OK)
		node->constant = constant;
	return check_folded(tree, node, fault);
}

/* By name; of the same name the one that stands first in the text. */
static int
field_order(const void *a, const void *b)
{
	const struct field *x = a, *y = b;
	int order = name_order(x->name, y->name);

	return order != 0 ? order : (x->offset > y->offset) - (x->offset < y->offset);
}

static bool
check_fields(struct tree *tree, const struct field *fields, uint32_t count)
{
	for (uint32_t i = 1; i < count; i++)
		if (slice_equal(fields[i - 1].name, fields[i].name)) {
			complaint_add(
			    tree->source, fields[i].offset, NULL, "this key stands here twice");
			return false;
		}
	return true;
}

const struct node *
tree_record(struct tree *tree, uint32_t offset, struct field *fields, uint32_t count)
{
	struct node *node = node_new(tree, NODE_RECORD, offset);

	for (uint32_t i = 0; i < count; i++)
		if (!adopt(tree, node, fields[i].value))
			return NULL;
	SORT(fields, count, field_order);
	if (node == NULL || !check_fields(tree, fields, count))
		return NULL;
	node->as.record.fields = fields;
	node->as.record.count = count;
	return fold_record(tree, node) ? node : NULL;
}

/*
 * A call of the extension types whose operands are constant and which succeeds is made once, here.
 * One that fails stays: it is an error only where it is evaluated.
 */
static bool
fold_call(struct tree *tree, struct node *node)
{
	const struct node_list *operands = &node->as.call.operands;
	struct cedar_value values[EXTENSION_MAX_OPERANDS], *constant;
	struct cedar_ip *room;

	if (operands->count > EXTENSION_MAX_OPERANDS)
		return true;
	for (uint32_t i = 0; i < operands->count; i++) {
		if (operands->items[i]->constant == NULL)
			return true;
		values[i] = *operands->items[i]->constant;
	}
	constant = tree_alloc(tree, node->offset, sizeof(*constant));
	room = tree_alloc(tree, node->offset, sizeof(*room));
	if (constant == NULL || room == NULL)
		return false;
	if (extension_apply(node->as.call.call, values, operands->count, room, constant) ==
	    CEDAR_ERROR_NONE)
		node->constant = constant;
	return true;
}

/* Whether the language's own methods have the operands they take. */
static bool
check_arity(struct tree *tree, uint32_t offset, const struct call_traits *traits, uint32_t count)
{
	if (traits->is_extension || count == traits->operands)
		return true;
	complaint_add(tree->source, offset, NULL, "%s takes %u argument%s, not %u", traits->name,
	    traits->operands - 1, traits->operands == 2 ? "" : "s", count - 1);
	return false;
}

const struct node *
tree_call(struct tree *tree, uint32_t offset, enum call call, struct node_list operands)
{
	struct node *node = node_new(tree, NODE_CALL, offset);

	if (!adopt_list(tree, node, &operands) ||
	    !check_arity(tree, offset, call_traits(call), operands.count))
		return NULL;
	node->as.call.call = call;
	node->as.call.operands = operands;
	if (!call_traits(call)->is_extension)
		return node;
	return fold_call(tree, node) ? node : NULL;
}

const struct node *
tree_unknown_call(struct tree *tree, uint32_t offset, struct slice name, struct node_list operands)
{
	struct node *node = node_new(tree, NODE_CALL, offset);

	if (!adopt_list(tree, node, &operands))
		return NULL;
	node->as.call.call = CALL_UNKNOWN;
	node->as.call.operands = operands;
	node->as.call.unknown = name;
	return node;
}
