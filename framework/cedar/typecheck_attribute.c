/* Types of attributes, and of asking for them: what may be missing is tested for before it is read. */
#include "cedar/typecheck_rules.h"

#include <stdio.h>

#include "cedar/nearest.h"

/* The attributes of an entity or a record. */
static const struct schema_record *
attributes_of(struct schema_type type)
{
	return type.kind == SCHEMA_RECORD ? type.as.record : type.as.entity->attributes;
}

/* The object's attribute of this name, for levels. */
static const struct level_node *
level_of_member(
    struct checker *checker, uint32_t offset, const struct answer *object, struct slice name)
{
	bool is_record = object->type.kind == SCHEMA_RECORD;
	struct level_node *level =
	    level_node_new(checker, is_record ? LEVEL_MEMBER : LEVEL_ATTRIBUTE, offset, 1);

	level_node_add(level, object);
	if (level != NULL)
		level->name = name;
	return level;
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
	struct answer next;

	if (!object->has_type)
		return answer_unknown();
	attribute = schema_find_attribute(attributes_of(object->type), name);
	if (attribute == NULL)
		return answer_unknown();
	next = answer_of(attribute->type);
	next.has_failed = object->has_failed;
	next.level = level_of_member(checker, node->offset, object, name);
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
	return answer_unknown();
}

/* `x has a.b` is `x has a && x.a has b`. */
struct answer
typecheck_has(struct checker *checker, const struct capability *known, const struct node *node)
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

struct answer
typecheck_attribute(
    struct checker *checker, const struct capability *known, const struct node *node)
{
	const struct node *object_node = node->as.attribute.object;
	struct slice name = node->as.attribute.name;
	struct answer object =
	    typecheck_expect(checker, known, object_node, EXPECT_ENTITY | EXPECT_RECORD, NULL);
	const struct schema_attribute *attribute;
	struct type_text owner;
	struct answer answer;

	if (!object.has_type)
		return answer_unknown();
	attribute = schema_find_attribute(attributes_of(object.type), name);
	if (attribute == NULL) {
		complain_of_attribute(checker, node, object.type);
		return answer_unknown();
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
	answer.level = level_of_member(checker, node->offset, &object, name);
	return answer;
}
