/*
 * Types of comparisons: ==, <, `in`, `is` and their kin. Some are known to be false, or true, from the
 * types alone, or from the hierarchy of actions, which the schema knows in full.
 */
#include "cedar/typecheck_rules.h"

#include "cedar/value.h"

/* `true && false`: the official reader makes one literal of two, and so of any number. */
static bool
logic_of_literals(const struct node *node, bool *ret_truth)
{
	bool is_and = node->kind == NODE_AND, truth = is_and, operand;

	if (node->kind == NODE_LITERAL && node->constant->kind == CEDAR_BOOL) {
		*ret_truth = node->constant->as.boolean;
		return true;
	}
	if (!is_and && node->kind != NODE_OR)
		return false;
	for (uint32_t i = 0; i < node->as.list.count; i++) {
		if (!logic_of_literals(node->as.list.items[i], &operand))
			return false;
		truth = is_and ? truth && operand : truth || operand;
	}
	*ret_truth = truth;
	return true;
}

/* A literal Bool, Long, String or entity, and `action`, which is known; NULL: none of them. */
static const struct cedar_value *
literal_of(struct checker *checker, const struct node *node, struct cedar_value *room)
{
	bool truth;

	if (node->kind == NODE_VARIABLE && node->as.variable == VARIABLE_ACTION) {
		*room = value_entity(&checker->environment.action->uid);
		return room;
	}
	if (logic_of_literals(node, &truth)) {
		*room = value_boolean(truth);
		return room;
	}
	if (node->kind != NODE_LITERAL || node->constant->kind == CEDAR_SET ||
	    node->constant->kind == CEDAR_RECORD)
		return NULL;
	return node->constant;
}

static const struct cedar_uid *
uid_of(struct checker *checker, const struct node *node)
{
	struct cedar_value room;
	const struct cedar_value *literal = literal_of(checker, node, &room);

	return literal == NULL || literal->kind != CEDAR_ENTITY ? NULL : literal->as.entity;
}

static enum schema_truth
truth_of(bool is_true)
{
	return is_true ? SCHEMA_TRUE : SCHEMA_FALSE;
}

static struct answer
check_equal(struct checker *checker, const struct node *node, const struct answer *left,
    const struct answer *right)
{
	struct cedar_value left_room, right_room;
	const struct cedar_value *a = literal_of(checker, node->as.compare.left, &left_room);
	const struct cedar_value *b = literal_of(checker, node->as.compare.right, &right_room);
	struct answer answer = answer_truth(SCHEMA_MAYBE);

	if (left->has_type && right->has_type && left->type.kind == SCHEMA_ENTITY &&
	    right->type.kind == SCHEMA_ENTITY && left->type.as.entity != right->type.as.entity)
		answer = answer_truth(SCHEMA_FALSE);
	else if (a != NULL && b != NULL)
		answer = answer_truth(truth_of(cedar_value_equal(*a, *b)));
	else if (left->has_type && right->has_type)
		answer.has_failed = typecheck_join(
		    checker, node->offset, "the two sides of this comparison", left, right)
					.has_failed;
	answer.has_failed = answer.has_failed || left->has_failed || right->has_failed;
	return answer;
}

/* What the other side of a comparison must be, when this one is of `type`. */
static unsigned
expected_beside(struct schema_type type)
{
	if (type.kind == SCHEMA_LONG)
		return EXPECT_LONG;
	if (type.kind == SCHEMA_EXTENSION && type_is_expected(type, EXPECT_ORDERED))
		return type_expectation(type.as.extension);
	return EXPECT_ORDERED;
}

static void
complain_of_order(
    struct checker *checker, const struct node *operand, struct schema_type type, unsigned expected)
{
	struct type_text wanted, found;
	struct buffer buffer;
	const char *hint = NULL;

	if (type_is_expected(type, expected))
		return;
	if (type.kind == SCHEMA_EXTENSION && type.as.extension == CEDAR_DECIMAL)
		hint = "decimals are compared with .lessThan() and its kin";
	buffer_init_fixed(&buffer, wanted.text, sizeof(wanted.text) - 1);
	type_write_expected(&buffer, expected);
	wanted.text[buffer.len] = '\0';
	findings_add(&checker->findings, FINDING_ERROR, operand->offset, hint,
	    "expected %s to compare, found %s", wanted.text, type_in_words(type, &found));
}

static struct answer
check_order(struct checker *checker, const struct node *node, const struct answer *left,
    const struct answer *right)
{
	struct answer answer = answer_truth(SCHEMA_MAYBE);
	unsigned beside_left, beside_right;

	answer.has_failed = true;
	if (!left->has_type || !right->has_type)
		return answer;
	beside_left = expected_beside(left->type);
	beside_right = expected_beside(right->type);
	if (beside_left == beside_right && beside_left != EXPECT_ORDERED) {
		answer.has_failed = left->has_failed || right->has_failed;
		return answer;
	}
	if (beside_left == EXPECT_ORDERED)
		complain_of_order(checker, node->as.compare.left, left->type, beside_right);
	if (beside_right == EXPECT_ORDERED || beside_left != EXPECT_ORDERED)
		complain_of_order(checker, node->as.compare.right, right->type, beside_left);
	return answer;
}

/* Of types of actions: whether any action of the one type is in any of the other. */
static bool
actions_may_be_in(struct checker *checker, const struct schema_entity_type *type,
    const struct schema_entity_type *other)
{
	const struct cedar_schema *schema = checker->schema;

	for (uint32_t i = 0; i < schema->action_count; i++) {
		const struct schema_action *action = &schema->actions[i];

		if (!budget_spend(&checker->budget, 1 + action->ancestor_count))
			return false;
		if (action->type != type)
			continue;
		for (uint32_t k = 0; k < action->ancestor_count; k++)
			if (schema->actions[action->ancestors[k]].type == other)
				return true;
	}
	return false;
}

bool
typecheck_may_be_in(struct checker *checker, const struct schema_entity_type *type,
    const struct schema_entity_type *other)
{
	if (type == other)
		return true;
	if (type->is_action)
		return other->is_action && actions_may_be_in(checker, type, other);
	return schema_may_be_in(type, other);
}

/*
 * The entity at `index` of what stands right of `in`, when that is one literal or a set of them;
 * NULL: it is not, or there are no more.
 */
static const struct cedar_uid *
listed_uid(struct checker *checker, const struct node *node, uint32_t index)
{
	if (node->kind == NODE_SET)
		return index < node->as.list.count ? uid_of(checker, node->as.list.items[index])
						   : NULL;
	if (node->kind == NODE_LITERAL && node->constant->kind == CEDAR_SET) {
		const struct cedar_set *set = node->constant->as.set;

		return index < set->count && set->elements[index].kind == CEDAR_ENTITY
			   ? set->elements[index].as.entity
			   : NULL;
	}
	return index == 0 ? uid_of(checker, node) : NULL;
}

static uint32_t
listed_count(const struct node *node)
{
	if (node->kind == NODE_SET)
		return node->as.list.count;
	if (node->kind == NODE_LITERAL && node->constant->kind == CEDAR_SET)
		return node->constant->as.set->count;
	return 1;
}

/*
 * A known action in known entities: true or false by the schema. Entities that are no actions do
 * not count, an action is in none of them. False when there is something else among them.
 */
static bool
find_action_in(struct checker *checker, const struct cedar_uid *uid, const struct node *right,
    enum schema_truth *ret_truth)
{
	const struct schema_action *action = schema_find_action(checker->schema, uid);
	uint32_t count = listed_count(right);
	bool is_in = false;

	for (uint32_t i = 0; i < count; i++) {
		const struct cedar_uid *listed = listed_uid(checker, right, i);
		const struct schema_action *other;

		if (listed == NULL || !budget_spend(&checker->budget, 1))
			return false;
		other = schema_find_action(checker->schema, listed);
		is_in = is_in || (action != NULL && other != NULL &&
				     schema_action_is_in(checker->schema, action, other));
	}
	*ret_truth = truth_of(is_in);
	return true;
}

/* Operands whose types are right, or have been complained about. */
static struct answer
check_membership(struct checker *checker, const struct answer *left, const struct node *left_node,
    const struct answer *right, const struct node *right_node, uint32_t offset)
{
	struct level_node *level = level_node_new(checker, LEVEL_TEST, offset, 2);
	const struct cedar_uid *uid = uid_of(checker, left_node);
	struct answer answer = answer_truth(SCHEMA_MAYBE);
	struct schema_type other = right->type;

	level_node_add(level, left);
	level_node_add(level, right);
	answer.level = level;
	answer.has_failed = left->has_failed || right->has_failed;
	if (answer.has_failed || !left->has_type || !right->has_type)
		return answer;
	if (uid != NULL && uid_is_action(uid) &&
	    find_action_in(checker, uid, right_node, &answer.type.truth))
		return answer;
	if (other.kind == SCHEMA_SET)
		other = *other.as.element;
	if (!typecheck_may_be_in(checker, left->type.as.entity, other.as.entity))
		answer.type = type_bool(SCHEMA_FALSE);
	return answer;
}

static const char *
hint_left_of_in(struct schema_type found)
{
	(void)found;
	return "to look into a set use set.contains(x)";
}

static const char *
hint_right_of_in(struct schema_type found)
{
	if (found.kind == SCHEMA_SET)
		return "to look into a set of anything but entities use set.contains(x)";
	if (found.kind == SCHEMA_STRING)
		return "to look into a string use like";
	return NULL;
}

static struct answer
check_in(struct checker *checker, const struct capability *known, const struct node *node)
{
	const struct node *left_node = node->as.compare.left, *right_node = node->as.compare.right;
	struct answer left =
	    typecheck_expect(checker, known, left_node, EXPECT_ENTITY, hint_left_of_in);
	struct answer right = typecheck_expect(
	    checker, known, right_node, EXPECT_ENTITY | EXPECT_ENTITY_SET, hint_right_of_in);

	return check_membership(checker, &left, left_node, &right, right_node, node->offset);
}

struct answer
typecheck_compare(struct checker *checker, const struct capability *known, const struct node *node)
{
	struct level_node *level;
	struct answer left, right, answer;

	if (node->as.compare.operator== COMPARE_IN)
		return check_in(checker, known, node);
	left = typecheck(checker, known, node->as.compare.left);
	right = typecheck(checker, known, node->as.compare.right);
	if (node->as.compare.operator== COMPARE_EQUAL || node->as.compare.operator==
	    COMPARE_UNEQUAL)
		answer = check_equal(checker, node, &left, &right);
	else
		answer = check_order(checker, node, &left, &right);
	level = level_node_new(checker, LEVEL_OTHER, node->offset, 2);
	level_node_add(level, &left);
	level_node_add(level, &right);
	answer.level = level;
	if (node->as.compare.operator== COMPARE_UNEQUAL)
		return typecheck_negation(checker, answer, node->offset);
	return answer;
}

static const char *
hint_at_is(struct schema_type found)
{
	(void)found;
	return "only the type of entities can be tested";
}

/* `x is T in e` is `x is T && x in e`. */
struct answer
typecheck_is(struct checker *checker, const struct capability *known, const struct node *node)
{
	struct answer object =
	    typecheck_expect(checker, known, node->as.is.object, EXPECT_ENTITY, hint_at_is);
	struct answer is = answer_truth(SCHEMA_MAYBE), other, in;
	struct conjunction conjunction = { .known = known };
	struct level_node *level = level_node_new(checker, LEVEL_OTHER, node->offset, 2);

	is.has_failed = object.has_failed || !object.has_type;
	if (object.has_type)
		is.type = type_bool(slice_equal(object.type.as.entity->name, node->as.is.type)
					? SCHEMA_TRUE
					: SCHEMA_FALSE);
	level_node_add(level, &object);
	conjunction_add(checker, &conjunction, is);
	if (!conjunction.is_over && node->as.is.in != NULL) {
		other = typecheck_expect(checker, conjunction.known, node->as.is.in,
		    EXPECT_ENTITY | EXPECT_ENTITY_SET, NULL);
		in = check_membership(
		    checker, &object, node->as.is.object, &other, node->as.is.in, node->offset);
		level_node_add(level, &in);
		conjunction_add(checker, &conjunction, in);
	}
	conjunction.answer.level = level;
	return conjunction.answer;
}
