/* Types of calls: sets, tags, and the extension types by their signatures. */
#include "cedar/typecheck_rules.h"

#include "cedar/calls.h"
#include "cedar/extension.h"

static const char *
hint_at_set(struct schema_type found)
{
	if (found.kind == SCHEMA_ENTITY)
		return "to look into a group of entities use in";
	if (found.kind == SCHEMA_RECORD)
		return "to look into a record use has";
	if (found.kind == SCHEMA_STRING)
		return "to look into a string use like";
	return NULL;
}

static const char *
hint_at_argument(struct schema_type found)
{
	(void)found;
	return "for one element use .contains()";
}

static const char *
hint_at_is_empty(struct schema_type found)
{
	return found.kind == SCHEMA_STRING ? "compare with == \"\"" : NULL;
}

/* `set.contains(x)`: x and the elements have a common type. */
static struct answer
check_contains(struct checker *checker, const struct capability *known, const struct node *node)
{
	const struct node_list *operands = &node->as.call.operands;
	struct answer set =
	    typecheck_expect(checker, known, operands->items[0], EXPECT_SET, hint_at_set);
	struct answer wanted = typecheck(checker, known, operands->items[1]);
	struct level_node *level = level_node_new(checker, LEVEL_OTHER, node->offset, 2);
	struct answer answer = answer_truth(SCHEMA_MAYBE);

	level_node_add(level, &set);
	level_node_add(level, &wanted);
	answer.level = level;
	answer.has_failed = set.has_failed || wanted.has_failed;
	if (set.has_type && wanted.has_type) {
		struct answer element = answer_of(*set.type.as.element);
		struct answer common = typecheck_join(checker, node->offset,
		    "the elements of this set and what is looked for", &element, &wanted);

		answer.has_failed = answer.has_failed || common.has_failed;
	}
	return answer;
}

/* containsAll, containsAny: both sets have a common type. */
static struct answer
check_contains_set(struct checker *checker, const struct capability *known, const struct node *node)
{
	const struct node_list *operands = &node->as.call.operands;
	struct answer set =
	    typecheck_expect(checker, known, operands->items[0], EXPECT_SET, hint_at_set);
	struct answer other =
	    typecheck_expect(checker, known, operands->items[1], EXPECT_SET, hint_at_argument);
	struct level_node *level = level_node_new(checker, LEVEL_OTHER, node->offset, 2);
	struct answer answer = answer_truth(SCHEMA_MAYBE);

	level_node_add(level, &set);
	level_node_add(level, &other);
	answer.level = level;
	answer.has_failed = set.has_failed || other.has_failed;
	if (set.has_type && other.has_type)
		answer.has_failed =
		    typecheck_join(checker, node->offset, "these two sets", &set, &other)
			.has_failed;
	return answer;
}

static struct answer
check_is_empty(struct checker *checker, const struct capability *known, const struct node *node)
{
	struct answer set = typecheck_expect(
	    checker, known, node->as.call.operands.items[0], EXPECT_SET, hint_at_is_empty);
	struct level_node *level = level_node_new(checker, LEVEL_OTHER, node->offset, 1);
	struct answer answer = answer_truth(SCHEMA_MAYBE);

	level_node_add(level, &set);
	answer.level = level;
	answer.has_failed = set.has_failed;
	return answer;
}

/* hasTag. What has no tags has not this one either. */
static struct answer
find_tag(struct checker *checker, const struct capability *known, const struct node *node,
    const struct answer *object)
{
	const struct node_list *operands = &node->as.call.operands;
	struct answer answer = answer_unknown();

	if (!object->has_type)
		return answer;
	answer = answer_truth(SCHEMA_MAYBE);
	if (object->type.as.entity->tags == NULL)
		answer.type = type_bool(SCHEMA_FALSE);
	else if (capability_has_tag(
		     &checker->budget, known, operands->items[0], operands->items[1]))
		answer.type = type_bool(SCHEMA_TRUE);
	answer.gains = capability_of_tag(&checker->budget, operands->items[0], operands->items[1]);
	return answer;
}

static struct answer
get_tag(struct checker *checker, const struct capability *known, const struct node *node,
    const struct answer *object)
{
	const struct node_list *operands = &node->as.call.operands;
	struct answer answer = answer_unknown();
	struct type_text owner;

	if (!object->has_type)
		return answer;
	if (object->type.as.entity->tags == NULL) {
		findings_add(&checker->findings, FINDING_ERROR, node->offset,
		    "say 'tags TYPE' in the schema", "entities of the type %s have no tags",
		    type_in_words(object->type, &owner));
		return answer;
	}
	if (!capability_has_tag(&checker->budget, known, operands->items[0], operands->items[1])) {
		findings_add(&checker->findings, FINDING_ERROR, node->offset,
		    "test for it first: x.hasTag(k) && x.getTag(k) ..",
		    "this tag of %s may not be there", type_in_words(object->type, &owner));
		return answer;
	}
	return answer_of(*object->type.as.entity->tags);
}

static struct answer
check_tag(struct checker *checker, const struct capability *known, const struct node *node)
{
	const struct node_list *operands = &node->as.call.operands;
	bool is_get = node->as.call.call == CALL_GET_TAG;
	struct answer object =
	    typecheck_expect(checker, known, operands->items[0], EXPECT_ENTITY, NULL);
	struct answer key =
	    typecheck_expect(checker, known, operands->items[1], EXPECT_STRING, NULL);
	struct level_node *level =
	    level_node_new(checker, is_get ? LEVEL_TAG : LEVEL_TEST, node->offset, 2);
	struct answer answer = is_get ? get_tag(checker, known, node, &object)
				      : find_tag(checker, known, node, &object);

	level_node_add(level, &object);
	level_node_add(level, &key);
	answer.level = level;
	answer.has_failed = answer.has_failed || object.has_failed || key.has_failed;
	return answer;
}

static bool
is_literal(const struct node *node)
{
	return node->kind == NODE_LITERAL && node->constant->kind != CEDAR_SET &&
	       node->constant->kind != CEDAR_RECORD;
}

/* What is written in a policy must be a value of the type. */
static bool
check_constructor(
    struct checker *checker, const struct node *node, const struct extension_signature *signature)
{
	const struct node_list *operands = &node->as.call.operands;
	const char *type = extension_type_name(signature->result);
	struct cedar_value made;
	struct cedar_ip room;

	for (uint32_t i = 0; i < operands->count; i++)
		if (!is_literal(operands->items[i])) {
			findings_add(&checker->findings, FINDING_ERROR, node->offset,
			    "values that are computed come as attributes of this type",
			    "a value of the type %s is made of a string literal only", type);
			return false;
		}
	if (operands->count != 1 || operands->items[0]->constant->kind != CEDAR_STRING)
		return true;
	if (extension_apply(node->as.call.call, operands->items[0]->constant, 1, &room, &made) ==
	    CEDAR_ERROR_NONE)
		return true;
	findings_add(&checker->findings, FINDING_ERROR, operands->items[0]->offset, NULL,
	    "\"%.*s\" is no value of the type %s",
	    SLICE_ARGS(slice_first(operands->items[0]->constant->as.string, 64)), type);
	return false;
}

/* Whether the call can be typed at all; complains. */
static bool
check_form(
    struct checker *checker, const struct node *node, const struct extension_signature *signature)
{
	const struct call_traits *traits = call_traits(node->as.call.call);
	unsigned count = node->as.call.operands.count, wanted = traits->operands;
	unsigned receiver = traits->is_method ? 1 : 0;
	bool is_right = count == wanted;

	if (!is_right)
		findings_add(&checker->findings, FINDING_ERROR, node->offset, NULL,
		    "%s takes %u argument%s, not %u", traits->name, wanted - receiver,
		    wanted - receiver == 1 ? "" : "s", count - receiver);
	if (!traits->is_method)
		return check_constructor(checker, node, signature) && is_right;
	return is_right;
}

static struct answer
check_extension(struct checker *checker, const struct capability *known, const struct node *node)
{
	const struct extension_signature *signature = extension_signature(node->as.call.call);
	const struct node_list *operands = &node->as.call.operands;
	bool is_right = check_form(checker, node, signature);
	struct answer answer = answer_of(type_of_kind(signature->result));
	struct level_node *level =
	    level_node_new(checker, LEVEL_OTHER, node->offset, operands->count);

	answer.has_failed = !is_right;
	for (uint32_t i = 0; i < operands->count; i++) {
		struct answer operand = is_right
					    ? typecheck_expect(checker, known, operands->items[i],
						  type_expectation(signature->operands[i]), NULL)
					    : typecheck(checker, known, operands->items[i]);

		level_node_add(level, &operand);
		answer.has_failed = answer.has_failed || operand.has_failed;
	}
	answer.level = level;
	return answer;
}

struct answer
typecheck_call(struct checker *checker, const struct capability *known, const struct node *node)
{
	switch (node->as.call.call) {
	case CALL_CONTAINS:
		return check_contains(checker, known, node);
	case CALL_CONTAINS_ALL:
	case CALL_CONTAINS_ANY:
		return check_contains_set(checker, known, node);
	case CALL_IS_EMPTY:
		return check_is_empty(checker, known, node);
	case CALL_HAS_TAG:
	case CALL_GET_TAG:
		return check_tag(checker, known, node);
	case CALL_UNKNOWN:
		findings_add(&checker->findings, FINDING_ERROR, node->offset, NULL,
		    "there is no such function");
		return answer_unknown();
	default:
		return check_extension(checker, known, node);
	}
}
