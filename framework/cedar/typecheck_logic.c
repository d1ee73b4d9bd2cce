/*
 * Types of &&, ||, ! and if: what is true or false from the types alone, what is known to be there
 * behind it, and what can never be reached.
 */
#include "cedar/typecheck_rules.h"

void
conjunction_add(struct checker *checker, struct conjunction *conjunction, struct answer operand)
{
	struct budget *budget = &checker->budget;
	struct answer *left = &conjunction->answer;
	struct answer both = { .has_type = true,
		.type = type_bool(SCHEMA_MAYBE),
		.has_failed = left->has_failed || operand.has_failed };

	conjunction->known = capability_union(budget, operand.gains, conjunction->known);
	if (!conjunction->is_begun) {
		both = operand;
	} else if (!left->has_type || !operand.has_type) {
		both.has_failed = true;
	} else if (type_is_truth(operand.type, SCHEMA_FALSE)) {
		both.type = operand.type;
	} else if (type_is_truth(left->type, SCHEMA_TRUE)) {
		/* What a true left side gains was known before or is required. */
		both.type = operand.type;
		both.gains = operand.gains;
	} else {
		both.gains = capability_union(budget, operand.gains, left->gains);
	}
	if (both.has_failed)
		both.gains = NULL;
	conjunction->answer = both;
	conjunction->is_begun = true;
	conjunction->is_over = both.has_type && type_is_truth(both.type, SCHEMA_FALSE);
}

struct answer
typecheck_and(struct checker *checker, const struct capability *known, const struct node *node)
{
	const struct node_list *list = &node->as.list;
	struct conjunction conjunction = { .known = known };
	struct level_node *level = level_node_new(checker, LEVEL_OTHER, node->offset, list->count);

	for (uint32_t i = 0; i < list->count && !conjunction.is_over; i++) {
		struct answer operand =
		    typecheck_expect(checker, conjunction.known, list->items[i], EXPECT_BOOL, NULL);

		level_node_add(level, &operand);
		conjunction_add(checker, &conjunction, operand);
	}
	conjunction.answer.level = level;
	return conjunction.answer;
}

/* What is known of `left || right`, where the left is not always true. */
static struct answer
either(struct checker *checker, const struct answer *left, const struct answer *right)
{
	struct answer answer = { .has_type = true,
		.type = type_bool(SCHEMA_MAYBE),
		.has_failed = left->has_failed || right->has_failed };

	if (!left->has_type || !right->has_type) {
		answer.has_failed = true;
	} else if (type_is_truth(right->type, SCHEMA_TRUE) ||
		   type_is_truth(left->type, SCHEMA_FALSE)) {
		answer.type = right->type;
		answer.gains = right->gains;
	} else if (type_is_truth(right->type, SCHEMA_FALSE)) {
		answer.type = left->type;
		answer.gains = left->gains;
	} else {
		answer.gains = capability_intersection(&checker->budget, right->gains, left->gains);
	}
	if (answer.has_failed)
		answer.gains = NULL;
	return answer;
}

struct answer
typecheck_or(struct checker *checker, const struct capability *known, const struct node *node)
{
	const struct node_list *list = &node->as.list;
	struct level_node *level = level_node_new(checker, LEVEL_OTHER, node->offset, list->count);
	struct answer all = answer_unknown();

	for (uint32_t i = 0; i < list->count; i++) {
		struct answer operand =
		    typecheck_expect(checker, known, list->items[i], EXPECT_BOOL, NULL);

		level_node_add(level, &operand);
		all = i == 0 ? operand : either(checker, &all, &operand);
		if (all.has_type && type_is_truth(all.type, SCHEMA_TRUE))
			break;
	}
	all.level = level;
	return all;
}

struct answer
typecheck_negation(struct checker *checker, struct answer operand, uint32_t offset)
{
	struct answer answer = answer_truth(SCHEMA_MAYBE);

	answer.has_failed = operand.has_failed || !operand.has_type;
	if (operand.has_type && type_is_truth(operand.type, SCHEMA_TRUE))
		answer.type = type_bool(SCHEMA_FALSE);
	else if (operand.has_type && type_is_truth(operand.type, SCHEMA_FALSE))
		answer.type = type_bool(SCHEMA_TRUE);
	answer.level = level_over(checker, LEVEL_OTHER, offset, &operand);
	return answer;
}

/* Behind a condition that is always true or never, only one branch is there. */
static struct answer
check_branch_taken(struct checker *checker, const struct capability *known, const struct node *node,
    const struct answer *test)
{
	bool is_then = type_is_truth(test->type, SCHEMA_TRUE);
	struct answer branch;

	if (!is_then)
		return typecheck(checker, known, node->as.branch.otherwise);
	branch = typecheck(
	    checker, capability_union(&checker->budget, test->gains, known), node->as.branch.then);
	branch.gains = capability_union(&checker->budget, test->gains, branch.gains);
	return branch;
}

static struct answer
check_branches(struct checker *checker, const struct capability *known, const struct node *node,
    const struct answer *test, struct level_node *level)
{
	struct budget *budget = &checker->budget;
	struct answer then =
	    typecheck(checker, capability_union(budget, test->gains, known), node->as.branch.then);
	struct answer otherwise = typecheck(checker, known, node->as.branch.otherwise);
	struct answer answer =
	    typecheck_join(checker, node->offset, "the branches of this if", &then, &otherwise);

	level_node_add(level, &then);
	level_node_add(level, &otherwise);
	if (!answer.has_failed)
		answer.gains = capability_intersection(
		    budget, otherwise.gains, capability_union(budget, test->gains, then.gains));
	return answer;
}

struct answer
typecheck_if(struct checker *checker, const struct capability *known, const struct node *node)
{
	struct answer test =
	    typecheck_expect(checker, known, node->as.branch.condition, EXPECT_BOOL, NULL);
	struct level_node *level = level_node_new(checker, LEVEL_BRANCH, node->offset, 3);
	struct answer answer;

	level_node_add(level, &test);
	if (test.has_type && test.type.truth != SCHEMA_MAYBE) {
		answer = check_branch_taken(checker, known, node, &test);
		level_node_add(level, &answer);
	} else {
		answer = check_branches(checker, known, node, &test, level);
	}
	answer.has_failed = answer.has_failed || test.has_failed;
	if (answer.has_failed)
		answer.gains = NULL;
	answer.level = level;
	return answer;
}
