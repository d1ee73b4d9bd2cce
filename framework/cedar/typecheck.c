/*
 * Types of expressions, one function a kind of node; the larger kinds have files of their own, see
 * typecheck_rules.h. `known` is what is known to be there when the expression is reached.
 *
 * Recursion follows the tree, whose depth is bounded; chains are loops. When the budget is out,
 * what is returned means nothing.
 */
#include "cedar/typecheck_rules.h"

enum { STEPS_A_NODE = 5 }; /* typing a node costs so much more than comparing two names */

static struct answer
check_variable(struct checker *checker, const struct node *node)
{
	const struct environment *environment = &checker->environment;
	struct answer answer = answer_unknown();

	switch (node->as.variable) {
	case VARIABLE_PRINCIPAL:
		answer = answer_of(type_entity(environment->principal));
		break;
	case VARIABLE_ACTION:
		answer = answer_of(type_entity(environment->action->type));
		break;
	case VARIABLE_RESOURCE:
		answer = answer_of(type_entity(environment->resource));
		break;
	case VARIABLE_CONTEXT:
		answer = answer_of(type_record(environment->action->context));
		break;
	case VARIABLE_COUNT:
		break;
	}
	answer.level = level_node_new(checker, LEVEL_VARIABLE, node->offset, 0);
	return answer;
}

static struct answer
check_negate(struct checker *checker, const struct capability *known, const struct node *node)
{
	struct answer operand =
	    typecheck_expect(checker, known, node->as.operand, EXPECT_LONG, NULL);
	struct answer answer = answer_of(type_plain(SCHEMA_LONG));

	answer.has_failed = operand.has_failed;
	answer.level = level_over(checker, LEVEL_OTHER, node->offset, &operand);
	return answer;
}

static const char *
hint_at_arithmetic(struct schema_type found)
{
	if (found.kind == SCHEMA_STRING)
		return "strings cannot be joined or calculated with";
	if (found.kind == SCHEMA_SET)
		return "sets are not calculated with; see contains, containsAll, containsAny";
	return NULL;
}

static struct answer
check_arithmetic(struct checker *checker, const struct capability *known, const struct node *node)
{
	struct answer answer = answer_of(type_plain(SCHEMA_LONG));
	struct level_node *level =
	    level_node_new(checker, LEVEL_OTHER, node->offset, node->as.chain.count);

	for (uint32_t i = 0; i < node->as.chain.count; i++) {
		struct answer operand = typecheck_expect(checker, known,
		    node->as.chain.terms[i].operand, EXPECT_LONG, hint_at_arithmetic);

		level_node_add(level, &operand);
		answer.has_failed = answer.has_failed || operand.has_failed;
	}
	answer.level = level;
	return answer;
}

static const char *
hint_at_like(struct schema_type found)
{
	return found.kind == SCHEMA_ENTITY ? "to test the type of an entity use is" : NULL;
}

static struct answer
check_like(struct checker *checker, const struct capability *known, const struct node *node)
{
	struct answer object =
	    typecheck_expect(checker, known, node->as.like.object, EXPECT_STRING, hint_at_like);
	struct answer answer = answer_truth(SCHEMA_MAYBE);

	answer.has_failed = object.has_failed;
	answer.level = level_over(checker, LEVEL_OTHER, node->offset, &object);
	return answer;
}

static struct answer
check_node(struct checker *checker, const struct capability *known, const struct node *node)
{
	switch (node->kind) {
	case NODE_LITERAL:
		return typecheck_literal(checker, node);
	case NODE_VARIABLE:
		return check_variable(checker, node);
	case NODE_AND:
		return typecheck_and(checker, known, node);
	case NODE_OR:
		return typecheck_or(checker, known, node);
	case NODE_NOT:
		return typecheck_negation(checker,
		    typecheck_expect(checker, known, node->as.operand, EXPECT_BOOL, NULL),
		    node->offset);
	case NODE_NEGATE:
		return check_negate(checker, known, node);
	case NODE_IF:
		return typecheck_if(checker, known, node);
	case NODE_COMPARE:
		return typecheck_compare(checker, known, node);
	case NODE_ARITHMETIC:
		return check_arithmetic(checker, known, node);
	case NODE_HAS:
		return typecheck_has(checker, known, node);
	case NODE_LIKE:
		return check_like(checker, known, node);
	case NODE_IS:
		return typecheck_is(checker, known, node);
	case NODE_ATTRIBUTE:
		return typecheck_attribute(checker, known, node);
	case NODE_SET:
		return typecheck_set(checker, known, node);
	case NODE_RECORD:
		return typecheck_record(checker, known, node);
	case NODE_CALL:
		return typecheck_call(checker, known, node);
	}
	return answer_unknown();
}

struct answer
typecheck(struct checker *checker, const struct capability *known, const struct node *node)
{
	struct answer answer;

	if (!budget_spend(&checker->budget, STEPS_A_NODE))
		return answer_unknown();
	answer = check_node(checker, known, node);
	if (answer.has_failed)
		answer.gains = NULL;
	return answer;
}

struct answer
typecheck_expect(struct checker *checker, const struct capability *known, const struct node *node,
    unsigned expected, hint_function *hint)
{
	struct answer answer = typecheck(checker, known, node);
	struct type_text wanted, found;
	struct buffer buffer;

	if (!answer.has_type || type_is_expected(answer.type, expected)) {
		answer.has_failed = answer.has_failed || !answer.has_type;
		return answer;
	}
	buffer_init_fixed(&buffer, wanted.text, sizeof(wanted.text) - 1);
	type_write_expected(&buffer, expected);
	wanted.text[buffer.len] = '\0';
	findings_add(&checker->findings, FINDING_ERROR, node->offset,
	    hint == NULL ? NULL : hint(answer.type), "expected %s, found %s", wanted.text,
	    type_in_words(answer.type, &found));
	answer.has_type = false;
	answer.has_failed = true;
	answer.gains = NULL;
	return answer;
}
