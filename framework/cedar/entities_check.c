/*
 * One entity after the other. Ancestors need no look beyond the parents: those of the parents are
 * checked with them, and what the schema says is closed.
 */
#include "cedar/entities_check.h"

#include "cedar/complaint.h"
#include "cedar/conformance.h"
#include "cedar/value.h"

struct check {
	struct arena *arena;
	const struct cedar_entities *entities;
	const struct cedar_schema *schema;
};

static const char *
check_parents(
    const struct check *check, const struct entity *entity, const struct schema_entity_type *type)
{
	for (uint32_t i = 0; i < entity->parent_count; i++) {
		const char *message = conformance_parent(check->arena, check->schema, type,
		    entities_at(check->entities, entity->parents[i])->uid);

		if (message != NULL)
			return message;
	}
	return NULL;
}

static const char *
check_tags(
    const struct check *check, const struct entity *entity, const struct schema_entity_type *type)
{
	if (type->tags == NULL && entity->tags->count > 0)
		return conformance_message(check->arena, "the schema gives the type %.*s no tags",
		    COMPLAINT_NAME(entity->uid->type));
	for (uint32_t i = 0; i < entity->tags->count; i++) {
		const char *message = conformance_value(
		    check->arena, check->schema, entity->tags->members[i].value, type->tags);

		if (message != NULL)
			return message;
	}
	return NULL;
}

static const char *
check_entity(const struct check *check, const struct entity *entity)
{
	const struct schema_entity_type *type = schema_find_type(check->schema, entity->uid->type);
	const char *message = conformance_uid(check->arena, check->schema, entity->uid);

	if (message == NULL && uid_is_action(entity->uid))
		return entities_check_action(check->entities, entity, check->schema)
			   ? NULL
			   : "this action is not as the schema declares it";
	if (message == NULL && type == NULL)
		return "the schema does not declare its type";
	if (message == NULL)
		message = conformance_record(
		    check->arena, check->schema, entity->attributes, type->attributes);
	if (message == NULL)
		message = check_tags(check, entity, type);
	if (message == NULL)
		message = check_parents(check, entity, type);
	return message;
}

const char *
entities_check(
    struct arena *arena, const struct cedar_entities *entities, const struct cedar_schema *schema)
{
	const struct check check = { arena, entities, schema };

	for (uint32_t i = 0; i < entities_count(entities); i++) {
		const struct entity *entity = entities_at(entities, i);
		const char *message = entity->is_present ? check_entity(&check, entity) : NULL;

		if (message != NULL)
			return conformance_message(arena, "%.*s::\"%.*s\": %s",
			    COMPLAINT_NAME(entity->uid->type), COMPLAINT_NAME(entity->uid->id),
			    message);
	}
	return NULL;
}

bool
entities_check_action(const struct cedar_entities *entities, const struct entity *action,
    const struct cedar_schema *schema)
{
	const struct schema_action *declared = schema_find_action(schema, action->uid);

	if (declared == NULL || action->attributes->count > 0 || action->tags->count > 0 ||
	    action->ancestor_count != declared->ancestor_count)
		return false;
	for (uint32_t i = 0; i < declared->ancestor_count; i++)
		if (!entity_has_ancestor(
			entities, action, &schema->actions[declared->ancestors[i]].uid))
			return false;
	return true;
}

/* The uids of all actions, so that the store does not depend on how long the schema lives. */
static struct cedar_uid *
copy_uids(const struct cedar_schema *schema, struct arena *arena)
{
	struct cedar_uid *uids = arena_alloc(arena, schema->action_count * sizeof(*uids));

	for (uint32_t i = 0; i < schema->action_count && uids != NULL; i++) {
		uids[i].type = arena_dup_slice(arena, schema->actions[i].uid.type);
		uids[i].id = arena_dup_slice(arena, schema->actions[i].uid.id);
		if (uids[i].type.data == NULL || uids[i].id.data == NULL)
			return NULL;
	}
	return uids;
}

enum entities_fault
entities_add_actions(
    struct cedar_entities *entities, const struct cedar_schema *schema, struct arena *arena)
{
	struct cedar_uid *uids = copy_uids(schema, arena), *ancestors;
	enum entities_fault fault = uids == NULL ? ENTITIES_NO_MEMORY : ENTITIES_OK;

	for (uint32_t i = 0; i < schema->action_count && fault == ENTITIES_OK; i++) {
		const struct schema_action *action = &schema->actions[i];

		ancestors = arena_alloc(arena, action->ancestor_count * sizeof(*ancestors));
		if (ancestors == NULL)
			return ENTITIES_NO_MEMORY;
		for (uint32_t k = 0; k < action->ancestor_count; k++)
			ancestors[k] = uids[action->ancestors[k]];
		fault = entities_put_closed(entities, &uids[i], ancestors, action->ancestor_count);
	}
	return fault;
}
