/*
 * Comparing shapes: each is looked at as one operator of the official tree with at most two
 * operands, and whatever else tells it from others.
 */
#include "cedar/shape.h"

#include "cedar/value.h"

/* The operators of the official tree. */
enum operator_kind {
	OPERATOR_LITERAL,
	OPERATOR_VARIABLE,
	OPERATOR_AND,
	OPERATOR_OR,
	OPERATOR_NOT,
	OPERATOR_NEGATE,
	OPERATOR_IF,
	OPERATOR_EQUAL,
	OPERATOR_LESS,
	OPERATOR_AT_MOST,
	OPERATOR_IN,
	OPERATOR_ADD,
	OPERATOR_SUBTRACT,
	OPERATOR_MULTIPLY,
	OPERATOR_HAS,
	OPERATOR_HAS_CHAIN,
	OPERATOR_LIKE,
	OPERATOR_IS,
	OPERATOR_ATTRIBUTE,
	OPERATOR_SET,
	OPERATOR_RECORD,
	OPERATOR_CALL
};

struct view {
	enum operator_kind operator;
	uint32_t count; /* of `operands`; none of those kinds that have a list */
	struct shape operands[2];
	struct slice name;      /* OPERATOR_HAS, _ATTRIBUTE, _IS */
	const struct node *own; /* whose lists and leaves tell the rest; NULL: nothing does */
};

struct shape
shape_of(const struct node *node)
{
	uint32_t count = 0;

	if (node->kind == NODE_AND || node->kind == NODE_OR)
		count = node->as.list.count;
	else if (node->kind == NODE_ARITHMETIC)
		count = node->as.chain.count;
	return (struct shape) { node, SHAPE_WHOLE, count };
}

struct shape
shape_of_path(const struct node *has, uint32_t count)
{
	if (count == 0)
		return shape_of(has->as.has.object);
	return (struct shape) { has, SHAPE_PATH, count };
}

static struct view
pair(enum operator_kind operator, struct shape left, struct shape right)
{
	return (struct view) { .operator= operator, .count = 2, .operands = { left, right } };
}

static struct view
single(enum operator_kind operator, struct shape operand)
{
	return (struct view) { .operator= operator, .count = 1, .operands = { operand } };
}

static struct view
named(enum operator_kind operator, struct shape operand, struct slice name)
{
	struct view view = single(operator, operand);

	view.name = name;
	return view;
}

static struct view
own(enum operator_kind operator, const struct node * node)
{
	return (struct view) { .operator= operator, .own = node };
}

/* The first operands of a chain: one alone is no chain. */
static struct shape
first_of(const struct shape *chain, const struct node *first)
{
	if (chain->count == 2)
		return shape_of(first);
	return (struct shape) { chain->node, SHAPE_WHOLE, chain->count - 1 };
}

static struct view
view_arithmetic(const struct shape *shape)
{
	const struct term *terms = shape->node->as.chain.terms, *last = &terms[shape->count - 1];
	struct shape left = first_of(shape, terms[0].operand), right = shape_of(last->operand);

	switch (last->operator) {
	case ARITHMETIC_ADD:
		return pair(OPERATOR_ADD, left, right);
	case ARITHMETIC_SUBTRACT:
		return pair(OPERATOR_SUBTRACT, left, right);
	case ARITHMETIC_MULTIPLY:
		break;
	}
	return pair(OPERATOR_MULTIPLY, left, right);
}

static struct view
view_compare(const struct shape *shape)
{
	const struct node *node = shape->node;
	struct shape left = shape_of(node->as.compare.left);
	struct shape right = shape_of(node->as.compare.right);
	bool is_negated = shape->part != SHAPE_POSITIVE;
	struct shape positive = { node, SHAPE_POSITIVE, 0 };

	switch (node->as.compare.operator) {
	case COMPARE_EQUAL:
		return pair(OPERATOR_EQUAL, left, right);
	case COMPARE_UNEQUAL:
		return is_negated ? single(OPERATOR_NOT, positive)
				  : pair(OPERATOR_EQUAL, left, right);
	case COMPARE_LESS:
		return pair(OPERATOR_LESS, left, right);
	case COMPARE_AT_MOST:
		return pair(OPERATOR_AT_MOST, left, right);
	case COMPARE_GREATER:
		return is_negated ? single(OPERATOR_NOT, positive)
				  : pair(OPERATOR_AT_MOST, left, right);
	case COMPARE_AT_LEAST:
		return is_negated ? single(OPERATOR_NOT, positive)
				  : pair(OPERATOR_LESS, left, right);
	case COMPARE_IN:
		break;
	}
	return pair(OPERATOR_IN, left, right);
}

/* A chain of names is a form of its own, not the && that it means. */
static struct view
view_has(const struct shape *shape)
{
	const struct node *node = shape->node;
	uint32_t last;

	if (shape->part != SHAPE_PATH && node->as.has.count > 1)
		return own(OPERATOR_HAS_CHAIN, node);
	last = shape->part == SHAPE_PATH ? shape->count - 1 : 0;
	return named(shape->part == SHAPE_PATH ? OPERATOR_ATTRIBUTE : OPERATOR_HAS,
	    shape_of_path(node, last), node->as.has.names[last]);
}

static struct view
view_is(const struct shape *shape)
{
	const struct node *node = shape->node;
	struct shape object = shape_of(node->as.is.object);

	if (shape->part == SHAPE_IN)
		return pair(OPERATOR_IN, object, shape_of(node->as.is.in));
	if (shape->part == SHAPE_IS || node->as.is.in == NULL)
		return named(OPERATOR_IS, object, node->as.is.type);
	return pair(OPERATOR_AND, (struct shape) { node, SHAPE_IS, 0 },
	    (struct shape) { node, SHAPE_IN, 0 });
}

static struct view
view_of(const struct shape *shape)
{
	const struct node *node = shape->node;

	switch (node->kind) {
	case NODE_LITERAL:
		return own(OPERATOR_LITERAL, node);
	case NODE_VARIABLE:
		return own(OPERATOR_VARIABLE, node);
	case NODE_AND:
	case NODE_OR:
		return pair(node->kind == NODE_AND ? OPERATOR_AND : OPERATOR_OR,
		    first_of(shape, node->as.list.items[0]),
		    shape_of(node->as.list.items[shape->count - 1]));
	case NODE_NOT:
		return single(OPERATOR_NOT, shape_of(node->as.operand));
	case NODE_NEGATE:
		return single(OPERATOR_NEGATE, shape_of(node->as.operand));
	case NODE_IF:
		return own(OPERATOR_IF, node);
	case NODE_COMPARE:
		return view_compare(shape);
	case NODE_ARITHMETIC:
		return view_arithmetic(shape);
	case NODE_HAS:
		return view_has(shape);
	case NODE_LIKE:
		return own(OPERATOR_LIKE, node);
	case NODE_IS:
		return view_is(shape);
	case NODE_ATTRIBUTE:
		return named(OPERATOR_ATTRIBUTE, shape_of(node->as.attribute.object),
		    node->as.attribute.name);
	case NODE_SET:
		return own(OPERATOR_SET, node);
	case NODE_RECORD:
		return own(OPERATOR_RECORD, node);
	case NODE_CALL:
		break;
	}
	return own(OPERATOR_CALL, node);
}

static bool
nodes_equal(struct budget *budget, const struct node *a, const struct node *b)
{
	return shape_equal(budget, shape_of(a), shape_of(b));
}

static bool
lists_equal(struct budget *budget, const struct node_list *a, const struct node_list *b)
{
	if (a->count != b->count)
		return false;
	for (uint32_t i = 0; i < a->count; i++)
		if (!nodes_equal(budget, a->items[i], b->items[i]))
			return false;
	return true;
}

static bool
patterns_equal(const struct pattern *a, const struct pattern *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!slice_equal(a->parts[i], b->parts[i]))
			return false;
	return true;
}

static bool
has_chains_equal(struct budget *budget, const struct node *a, const struct node *b)
{
	if (a->as.has.count != b->as.has.count)
		return false;
	for (uint32_t i = 0; i < a->as.has.count; i++)
		if (!slice_equal(a->as.has.names[i], b->as.has.names[i]))
			return false;
	return nodes_equal(budget, a->as.has.object, b->as.has.object);
}

static bool
records_equal(struct budget *budget, const struct node *a, const struct node *b)
{
	if (a->as.record.count != b->as.record.count)
		return false;
	for (uint32_t i = 0; i < a->as.record.count; i++)
		if (!slice_equal(a->as.record.fields[i].name, b->as.record.fields[i].name) ||
		    !nodes_equal(
			budget, a->as.record.fields[i].value, b->as.record.fields[i].value))
			return false;
	return true;
}

/* What tells two nodes of the same kind apart, beside the operands of a view. */
static bool
own_equal(struct budget *budget, const struct node *a, const struct node *b)
{
	switch (a->kind) {
	case NODE_LITERAL:
		return cedar_value_equal(*a->constant, *b->constant);
	case NODE_VARIABLE:
		return a->as.variable == b->as.variable;
	case NODE_IF:
		return nodes_equal(budget, a->as.branch.condition, b->as.branch.condition) &&
		       nodes_equal(budget, a->as.branch.then, b->as.branch.then) &&
		       nodes_equal(budget, a->as.branch.otherwise, b->as.branch.otherwise);
	case NODE_LIKE:
		return patterns_equal(&a->as.like.pattern, &b->as.like.pattern) &&
		       nodes_equal(budget, a->as.like.object, b->as.like.object);
	case NODE_HAS:
		return has_chains_equal(budget, a, b);
	case NODE_SET:
		return lists_equal(budget, &a->as.list, &b->as.list);
	case NODE_RECORD:
		return records_equal(budget, a, b);
	case NODE_CALL:
		return a->as.call.call == b->as.call.call &&
		       lists_equal(budget, &a->as.call.operands, &b->as.call.operands);
	case NODE_AND:
	case NODE_OR:
	case NODE_NOT:
	case NODE_NEGATE:
	case NODE_COMPARE:
	case NODE_ARITHMETIC:
	case NODE_IS:
	case NODE_ATTRIBUTE:
		break; /* have no view of their own */
	}
	return false;
}

/*
 * Goes down on the left in a loop, since that is how chains grow; recursion to the right and into
 * lists is bounded by the depth of the tree.
 */
bool
shape_equal(struct budget *budget, struct shape a, struct shape b)
{
	for (;;) {
		struct view x, y;

		if (!budget_spend(budget, 1))
			return false;
		if (a.node == b.node && a.part == b.part)
			return a.count == b.count; /* more of the same is longer */
		x = view_of(&a);
		y = view_of(&b);
		if (x.operator!= y.operator|| !slice_equal(x.name, y.name))
			return false;
		if (x.own != NULL)
			return own_equal(budget, x.own, y.own);
		if (x.count == 2 && !shape_equal(budget, x.operands[1], y.operands[1]))
			return false;
		a = x.operands[0];
		b = y.operands[0];
	}
}
