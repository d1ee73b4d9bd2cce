/*
 * Types of expressions, one function a kind of node; comparisons and calls have files of their
 * own. `known` is what is known to be there when the expression is reached.
 *
 * Recursion follows the tree, whose depth is bounded; chains are loops. When the budget is out,
 * what is returned means nothing.
 */
#include "cedar/typecheck.h"

#include <stdio.h>

#include "cedar/nearest.h"
#include "cedar/value.h"

enum { STEPS_A_NODE = 5 }; /* typing a node costs so much more than comparing two names */

static const struct answer nothing_known = { .has_failed = true };

const char *
type_in_words(struct schema_type type, struct type_text *room)
{
	struct buffer buffer;

	buffer_init_fixed(&buffer, room->text, sizeof(room->text) - sizeof(".."));
	type_write(&buffer, type);
	memcpy(room->text + buffer.len, "..", sizeof(".."));
	if (!buffer_failed(&buffer))
		room->text[buffer.len] = '\0';
	return room->text;
}

struct level_node *
level_node_new(struct checker *checker, enum level_role role, uint32_t offset, uint32_t room)
{
	struct level_node *node;

	if (!checker->keeps_levels)
		return NULL;
	node = budget_alloc(&checker->budget, 1, sizeof(*node));
	if (node == NULL)
		return NULL;
	*node = (struct level_node) { .role = role, .offset = offset };
	node->parts = budget_alloc(&checker->budget, room, sizeof(struct level_node *));
	return node->parts == NULL ? NULL : node;
}

/* A node over one part. */
static const struct level_node *
level_over(
    struct checker *checker, enum level_role role, uint32_t offset, const struct answer *part)
{
	struct level_node *node = level_node_new(checker, role, offset, 1);

	level_node_add(node, part);
	return node;
}

bool
typecheck_is_action_type(struct slice type)
{
	struct slice action = SLICE("Action");
	size_t before = type.len - action.len;

	if (type.len < action.len || !slice_equal(slice_skip(type, before), action))
		return false;
	return before == 0 || type.data[before - 1] == ':';
}

const struct schema_entity_type *
typecheck_type_of_uid(const struct cedar_schema *schema, const struct cedar_uid *uid)
{
	const struct schema_action *action;

	if (!typecheck_is_action_type(uid->type))
		return schema_find_type(schema, uid->type);
	action = schema_find_action(schema, uid);
	return action == NULL ? NULL : action->type;
}

/*
 * Values that a tree holds as one literal (the JSON format writes them so) have the types of the
 * literals that they are made of.
 */
static struct answer type_of_value(
    struct checker *checker, uint32_t offset, const struct cedar_value *value);

static struct answer
set_of(struct checker *checker, uint32_t offset, const struct answer *element, bool is_empty)
{
	struct schema_type *kept;
	struct answer answer = { .has_failed = element->has_failed };

	if (is_empty) {
		findings_add(&checker->findings, FINDING_ERROR, offset,
		    "compare with an attribute, or ask .isEmpty()",
		    "an empty set has no type; a policy may not hold one");
		return nothing_known;
	}
	if (!element->has_type)
		return nothing_known;
	kept = budget_alloc(&checker->budget, 1, sizeof(*kept));
	if (kept == NULL)
		return nothing_known;
	*kept = element->type;
	answer.has_type = true;
	answer.type = (struct schema_type) { .kind = SCHEMA_SET, .depth = 1, .as.element = kept };
	return answer;
}

static struct answer
type_of_set_value(struct checker *checker, uint32_t offset, const struct cedar_set *set)
{
	struct answer all = nothing_known;

	for (uint32_t i = 0; i < set->count; i++) {
		struct answer next = type_of_value(checker, offset, &set->elements[i]);

		all = i == 0 ? next
			     : typecheck_join(
				   checker, offset, "the elements of this set", &all, &next);
	}
	return set_of(checker, offset, &all, set->count == 0);
}

static struct answer
type_of_record_value(struct checker *checker, uint32_t offset, const struct cedar_record *value)
{
	struct schema_attribute *attributes =
	    budget_alloc(&checker->budget, value->count, sizeof(*attributes));
	struct schema_record *record = budget_alloc(&checker->budget, 1, sizeof(*record));
	struct answer answer = { .has_type = true };

	if (attributes == NULL || record == NULL)
		return nothing_known;
	for (uint32_t i = 0; i < value->count; i++) {
		struct answer member = type_of_value(checker, offset, &value->members[i].value);

		attributes[i] =
		    (struct schema_attribute) { value->members[i].name, true, member.type };
		answer.has_type = answer.has_type && member.has_type;
		answer.has_failed = answer.has_failed || member.has_failed;
	}
	*record = (struct schema_record) { attributes, value->count };
	answer.type = type_record(record);
	return answer;
}

static struct answer
type_of_value(struct checker *checker, uint32_t offset, const struct cedar_value *value)
{
	const struct schema_entity_type *type;

	if (!budget_spend(&checker->budget, 1))
		return nothing_known;
	switch (value->kind) {
	case CEDAR_BOOL:
		return answer_truth(value->as.boolean ? SCHEMA_TRUE : SCHEMA_FALSE);
	case CEDAR_ENTITY:
		type = typecheck_type_of_uid(checker->schema, value->as.entity);
		return type == NULL ? nothing_known : answer_of(type_entity(type));
	case CEDAR_SET:
		return type_of_set_value(checker, offset, value->as.set);
	case CEDAR_RECORD:
		return type_of_record_value(checker, offset, value->as.record);
	case CEDAR_LONG:
	case CEDAR_STRING:
	case CEDAR_DECIMAL:
	case CEDAR_DATETIME:
	case CEDAR_DURATION:
	case CEDAR_IPADDR:
		break;
	}
	return answer_of(type_of_kind(value->kind));
}

static struct answer
check_literal(struct checker *checker, const struct node *node)
{
	struct answer answer = type_of_value(checker, node->offset, node->constant);
	bool is_entity = node->constant->kind == CEDAR_ENTITY;
	struct level_node *level =
	    level_node_new(checker, is_entity ? LEVEL_ENTITY : LEVEL_OTHER, node->offset, 0);

	if (level != NULL && is_entity)
		level->is_action =
		    uid_equal(node->constant->as.entity, &checker->environment.action->uid);
	answer.level = level;
	return answer;
}

static struct answer
check_variable(struct checker *checker, const struct node *node)
{
	const struct environment *environment = &checker->environment;
	struct answer answer = nothing_known;

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

static struct answer
check_and(struct checker *checker, const struct capability *known, const struct node *node)
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

static struct answer
check_or(struct checker *checker, const struct capability *known, const struct node *node)
{
	const struct node_list *list = &node->as.list;
	struct level_node *level = level_node_new(checker, LEVEL_OTHER, node->offset, list->count);
	struct answer all = nothing_known;

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
hint_of_clash(enum type_clash clash)
{
	switch (clash) {
	case TYPE_ENTITIES:
		return "entities of different types are never equal";
	case TYPE_ENTITY_RECORD:
		return "an entity is no record, even with the same attributes";
	case TYPE_ATTRIBUTES:
		return "records must have exactly the same attributes";
	case TYPE_REQUIRED:
		return "an attribute is optional in one of the records only";
	case TYPE_JOINED:
	case TYPE_STOPPED:
	case TYPE_KINDS:
		break;
	}
	return NULL;
}

struct answer
typecheck_join(struct checker *checker, uint32_t offset, const char *what, const struct answer *a,
    const struct answer *b)
{
	struct answer answer = { .has_failed = a->has_failed || b->has_failed };
	struct type_text first, second;
	enum type_clash clash;

	if (!a->has_type || !b->has_type)
		return nothing_known;
	clash = type_join(&checker->budget, a->type, b->type, &answer.type);
	answer.has_type = clash == TYPE_JOINED;
	if (clash == TYPE_JOINED)
		return answer;
	if (clash != TYPE_STOPPED)
		findings_add(&checker->findings, FINDING_ERROR, offset, hint_of_clash(clash),
		    "%s have no common type: %s and %s", what, type_in_words(a->type, &first),
		    type_in_words(b->type, &second));
	return nothing_known;
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

static struct answer
check_if(struct checker *checker, const struct capability *known, const struct node *node)
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

/* The attributes of an entity or a record. */
static const struct schema_record *
attributes_of(struct schema_type type)
{
	return type.kind == SCHEMA_RECORD ? type.as.record : type.as.entity->attributes;
}

static const char *
hint_at_has(struct schema_type found)
{
	if (found.kind == SCHEMA_SET)
		return "to look into a set use .contains()";
	if (found.kind == SCHEMA_STRING)
		return "to look into a string use like";
	return NULL;
}

/* `x has a`, x being the object with the names before it. `known` is what is known there. */
static struct answer
check_has_step(struct checker *checker, const struct capability *known, const struct node *node,
    uint32_t step, const struct answer *object)
{
	struct slice name = node->as.has.names[step];
	struct shape path = shape_of_path(node, step);
	struct answer answer = answer_truth(SCHEMA_MAYBE);
	const struct schema_attribute *attribute;
	bool is_record;

	answer.has_failed = object->has_failed || !object->has_type;
	if (!object->has_type)
		return answer;
	is_record = object->type.kind == SCHEMA_RECORD;
	answer.level =
	    level_over(checker, is_record ? LEVEL_OTHER : LEVEL_HAS, node->offset, object);
	attribute = schema_find_attribute(attributes_of(object->type), name);
	if (attribute == NULL) {
		answer.type = type_bool(SCHEMA_FALSE);
		return answer;
	}
	/* An entity may not be there at all: then it has not even what is required. */
	if ((attribute->is_required && is_record) ||
	    capability_has_attribute(&checker->budget, known, path, name))
		answer.type = type_bool(SCHEMA_TRUE);
	answer.gains = capability_of_attribute(&checker->budget, path, name);
	return answer;
}

/* What stands before the next name of `x has a.b`: x.a, now that it is known to be there. */
static struct answer
step_on(
    struct checker *checker, const struct node *node, uint32_t step, const struct answer *object)
{
	struct slice name = node->as.has.names[step];
	const struct schema_attribute *attribute;
	struct level_node *level;
	struct answer next;

	if (!object->has_type)
		return nothing_known;
	attribute = schema_find_attribute(attributes_of(object->type), name);
	if (attribute == NULL)
		return nothing_known;
	next = answer_of(attribute->type);
	next.has_failed = object->has_failed;
	level = level_node_new(checker,
	    object->type.kind == SCHEMA_RECORD ? LEVEL_MEMBER : LEVEL_ATTRIBUTE, node->offset, 1);
	level_node_add(level, object);
	if (level != NULL)
		level->name = name;
	next.level = level;
	return next;
}

/* Whether it can be asked what this has; complains. */
static struct answer
expect_of_has(struct checker *checker, const struct node *node, struct answer object)
{
	struct type_text found;

	if (!object.has_type || type_is_expected(object.type, EXPECT_ENTITY | EXPECT_RECORD))
		return object;
	findings_add(&checker->findings, FINDING_ERROR, node->offset, hint_at_has(object.type),
	    "expected an entity or a record before the last name, found %s",
	    type_in_words(object.type, &found));
	return nothing_known;
}

/* `x has a.b` is `x has a && x.a has b`. */
static struct answer
check_has(struct checker *checker, const struct capability *known, const struct node *node)
{
	struct conjunction conjunction = { .known = known };
	struct answer object = typecheck_expect(
	    checker, known, node->as.has.object, EXPECT_ENTITY | EXPECT_RECORD, hint_at_has);
	struct level_node *level =
	    level_node_new(checker, LEVEL_OTHER, node->offset, node->as.has.count);

	for (uint32_t i = 0; i < node->as.has.count && !conjunction.is_over; i++) {
		struct answer step;

		if (i > 0) {
			object = step_on(checker, node, i - 1, &object);
			object = expect_of_has(checker, node, object);
		}
		if (!budget_spend(&checker->budget, 1))
			break;
		step = check_has_step(checker, conjunction.known, node, i, &object);
		level_node_add(level, &step);
		conjunction_add(checker, &conjunction, step);
	}
	conjunction.answer.level = level;
	return conjunction.answer;
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

static const char *
hint_at_is(struct schema_type found)
{
	(void)found;
	return "only the type of entities can be tested";
}

/* `x is T in e` is `x is T && x in e`. */
static struct answer
check_is(struct checker *checker, const struct capability *known, const struct node *node)
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
		in = typecheck_in(
		    checker, &object, node->as.is.object, &other, node->as.is.in, node->offset);
		level_node_add(level, &in);
		conjunction_add(checker, &conjunction, in);
	}
	conjunction.answer.level = level;
	return conjunction.answer;
}

/* Whose attributes these are, for messages. */
static const char *
owner_in_words(struct checker *checker, const struct node *object, struct schema_type type,
    struct type_text *room)
{
	const struct cedar_uid *action = &checker->environment.action->uid;
	int len;

	if (type.kind == SCHEMA_ENTITY)
		return type_in_words(type, room);
	if (object->kind != NODE_VARIABLE)
		return "this record";
	len = snprintf(room->text, sizeof(room->text), "the context of %.*s::\"%.*s\"",
	    SLICE_ARGS(slice_first(action->type, 64)), SLICE_ARGS(slice_first(action->id, 64)));
	return len < 0 ? "the context" : room->text;
}

static void
complain_of_attribute(struct checker *checker, const struct node *node, struct schema_type type)
{
	const struct schema_record *attributes = attributes_of(type);
	struct slice name = node->as.attribute.name;
	struct nearest nearest;
	struct type_text owner;

	nearest_init(&nearest, &checker->budget, name);
	for (uint32_t i = 0; i < attributes->count; i++)
		nearest_offer(&nearest, attributes->attributes[i].name);
	findings_add(&checker->findings, FINDING_ERROR, node->offset, nearest_hint(&nearest),
	    "%s has no attribute '%.*s'",
	    owner_in_words(checker, node->as.attribute.object, type, &owner),
	    SLICE_ARGS(slice_first(name, 64)));
}

static struct answer
check_attribute(struct checker *checker, const struct capability *known, const struct node *node)
{
	const struct node *object_node = node->as.attribute.object;
	struct slice name = node->as.attribute.name;
	struct answer object =
	    typecheck_expect(checker, known, object_node, EXPECT_ENTITY | EXPECT_RECORD, NULL);
	const struct schema_attribute *attribute;
	struct level_node *level;
	struct type_text owner;
	struct answer answer;

	if (!object.has_type)
		return nothing_known;
	attribute = schema_find_attribute(attributes_of(object.type), name);
	if (attribute == NULL) {
		complain_of_attribute(checker, node, object.type);
		return nothing_known;
	}
	answer = answer_of(attribute->type);
	answer.has_failed = object.has_failed;
	if (!attribute->is_required &&
	    !capability_has_attribute(&checker->budget, known, shape_of(object_node), name)) {
		findings_add(&checker->findings, FINDING_ERROR, node->offset,
		    "test for it first: x has name && x.name ..",
		    "the attribute '%.*s' of %s is optional and may not be there",
		    SLICE_ARGS(slice_first(name, 64)),
		    owner_in_words(checker, object_node, object.type, &owner));
		answer.has_failed = true;
	}
	level = level_node_new(checker,
	    object.type.kind == SCHEMA_RECORD ? LEVEL_MEMBER : LEVEL_ATTRIBUTE, node->offset, 1);
	level_node_add(level, &object);
	if (level != NULL)
		level->name = name;
	answer.level = level;
	return answer;
}

static struct answer
check_set(struct checker *checker, const struct capability *known, const struct node *node)
{
	const struct node_list *list = &node->as.list;
	struct level_node *level = level_node_new(checker, LEVEL_OTHER, node->offset, list->count);
	struct answer all = nothing_known, answer;

	for (uint32_t i = 0; i < list->count; i++) {
		struct answer next = typecheck(checker, known, list->items[i]);

		level_node_add(level, &next);
		all = i == 0 ? next
			     : typecheck_join(
				   checker, node->offset, "the elements of this set", &all, &next);
	}
	answer = set_of(checker, node->offset, &all, list->count == 0);
	answer.level = level;
	return answer;
}

static struct answer
check_record(struct checker *checker, const struct capability *known, const struct node *node)
{
	const struct field *fields = node->as.record.fields;
	uint32_t count = node->as.record.count;
	struct level_node *level = level_node_new(checker, LEVEL_RECORD, node->offset, count);
	struct schema_attribute *attributes =
	    budget_alloc(&checker->budget, count, sizeof(*attributes));
	struct schema_record *record = budget_alloc(&checker->budget, 1, sizeof(*record));
	struct answer answer = { .has_type = true };

	if (attributes == NULL || record == NULL)
		return nothing_known;
	for (uint32_t i = 0; i < count; i++) {
		struct answer member = typecheck(checker, known, fields[i].value);

		level_node_add(level, &member);
		attributes[i] = (struct schema_attribute) { fields[i].name, true, member.type };
		answer.has_type = answer.has_type && member.has_type;
		answer.has_failed = answer.has_failed || member.has_failed || !member.has_type;
	}
	*record = (struct schema_record) { attributes, count };
	answer.type = type_record(record);
	if (level != NULL)
		level->fields = fields;
	answer.level = level;
	return answer;
}

static struct answer
check_node(struct checker *checker, const struct capability *known, const struct node *node)
{
	switch (node->kind) {
	case NODE_LITERAL:
		return check_literal(checker, node);
	case NODE_VARIABLE:
		return check_variable(checker, node);
	case NODE_AND:
		return check_and(checker, known, node);
	case NODE_OR:
		return check_or(checker, known, node);
	case NODE_NOT:
		return typecheck_negation(checker,
		    typecheck_expect(checker, known, node->as.operand, EXPECT_BOOL, NULL),
		    node->offset);
	case NODE_NEGATE:
		return check_negate(checker, known, node);
	case NODE_IF:
		return check_if(checker, known, node);
	case NODE_COMPARE:
		return typecheck_compare(checker, known, node);
	case NODE_ARITHMETIC:
		return check_arithmetic(checker, known, node);
	case NODE_HAS:
		return check_has(checker, known, node);
	case NODE_LIKE:
		return check_like(checker, known, node);
	case NODE_IS:
		return check_is(checker, known, node);
	case NODE_ATTRIBUTE:
		return check_attribute(checker, known, node);
	case NODE_SET:
		return check_set(checker, known, node);
	case NODE_RECORD:
		return check_record(checker, known, node);
	case NODE_CALL:
		return typecheck_call(checker, known, node);
	}
	return nothing_known;
}

struct answer
typecheck(struct checker *checker, const struct capability *known, const struct node *node)
{
	struct answer answer;

	if (!budget_spend(&checker->budget, STEPS_A_NODE))
		return nothing_known;
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
