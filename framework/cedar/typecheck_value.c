/* Types of literals, sets and records. */
#include "cedar/typecheck_rules.h"

#include "cedar/value.h"

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
		return answer_unknown();
	}
	if (!element->has_type)
		return answer_unknown();
	kept = budget_alloc(&checker->budget, 1, sizeof(*kept));
	if (kept == NULL)
		return answer_unknown();
	*kept = element->type;
	answer.has_type = true;
	answer.type = (struct schema_type) { .kind = SCHEMA_SET, .depth = 1, .as.element = kept };
	return answer;
}

static struct answer
type_of_set_value(struct checker *checker, uint32_t offset, const struct cedar_set *set)
{
	struct answer all = answer_unknown();

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
		return answer_unknown();
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
		return answer_unknown();
	switch (value->kind) {
	case CEDAR_BOOL:
		return answer_truth(value->as.boolean ? SCHEMA_TRUE : SCHEMA_FALSE);
	case CEDAR_ENTITY:
		type = schema_type_of_uid(checker->schema, value->as.entity);
		return type == NULL ? answer_unknown() : answer_of(type_entity(type));
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

struct answer
typecheck_literal(struct checker *checker, const struct node *node)
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

struct answer
typecheck_set(struct checker *checker, const struct capability *known, const struct node *node)
{
	const struct node_list *list = &node->as.list;
	struct level_node *level = level_node_new(checker, LEVEL_OTHER, node->offset, list->count);
	struct answer all = answer_unknown(), answer;

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

struct answer
typecheck_record(struct checker *checker, const struct capability *known, const struct node *node)
{
	const struct field *fields = node->as.record.fields;
	uint32_t count = node->as.record.count;
	struct level_node *level = level_node_new(checker, LEVEL_RECORD, node->offset, count);
	struct schema_attribute *attributes =
	    budget_alloc(&checker->budget, count, sizeof(*attributes));
	struct schema_record *record = budget_alloc(&checker->budget, 1, sizeof(*record));
	struct answer answer = { .has_type = true };

	if (attributes == NULL || record == NULL)
		return answer_unknown();
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
