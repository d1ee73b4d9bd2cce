/* Looking things up in a resolved schema. */
#include "cedar/schema.h"

#include "cedar/schema_index.h"
#include "cedar/value.h"

const struct schema_entity_type *
schema_find_type(const struct cedar_schema *schema, struct slice name)
{
	uint32_t index =
	    schema_table_find(&schema->index->types, &(struct cedar_uid) { .type = name });

	return index == SCHEMA_NONE ? NULL : schema->types[index];
}

const struct schema_action *
schema_find_action(const struct cedar_schema *schema, const struct cedar_uid *uid)
{
	uint32_t index = schema_table_find(&schema->index->actions, uid);

	return index == SCHEMA_NONE ? NULL : &schema->actions[index];
}

const struct schema_attribute *
schema_find_attribute(const struct schema_record *record, struct slice name)
{
	uint32_t low = 0, high = record->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = name_order(record->attributes[middle].name, name);

		if (order == 0)
			return &record->attributes[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

bool
schema_has_id(const struct schema_entity_type *type, struct slice id)
{
	uint32_t low = 0, high = type->id_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = name_order(type->ids[middle], id);

		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

bool
schema_may_be_in(const struct schema_entity_type *type, const struct schema_entity_type *ancestor)
{
	uint32_t low = 0, high = type->ancestor_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (type->ancestors[middle] == ancestor->index)
			return true;
		if (type->ancestors[middle] < ancestor->index)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

const struct schema_entity_type *
schema_type_of_uid(const struct cedar_schema *schema, const struct cedar_uid *uid)
{
	const struct schema_action *action;

	if (!uid_is_action(uid))
		return schema_find_type(schema, uid->type);
	action = schema_find_action(schema, uid);
	return action == NULL ? NULL : action->type;
}

bool
schema_action_is_in(const struct cedar_schema *schema, const struct schema_action *action,
    const struct schema_action *other)
{
	if (action == other)
		return true;
	for (uint32_t i = 0; i < action->ancestor_count; i++)
		if (&schema->actions[action->ancestors[i]] == other)
			return true;
	return false;
}
