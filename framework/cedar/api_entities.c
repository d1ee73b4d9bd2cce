/* <postern/cedar.h>: entities, from JSON or call by call. */
#include "cedar/api.h"

#include <stdlib.h>

#include "cedar/entities_check.h"
#include "cedar/entities_json.h"
#include "cedar/entity_store.h"

struct parent {
	struct cedar_uid uid;
	struct parent *next;
};

struct postern_cedar_entity {
	struct postern_cedar_entities *entities;
	struct cedar_uid uid;
	struct postern_cedar_record attributes, tags;
	struct parent *parents;
	size_t parent_count;
	struct postern_cedar_entity *next;
};

static void
open_store(struct postern_cedar_entities *entities)
{
	entities->owner = (struct value_owner) { .arena = &entities->arena };
	entities->first = NULL;
	entities->last = &entities->first;
	entities->store = NULL;
}

struct postern_cedar_entities *
postern_cedar_entities_new(void)
{
	struct postern_cedar_entities *entities = calloc(1, sizeof(*entities));

	if (entities == NULL)
		return NULL;
	entities->lost = calloc(1, sizeof(*entities->lost));
	if (entities->lost == NULL) {
		free(entities);
		return NULL;
	}
	arena_init(&entities->arena, API_BLOCK, API_MEMORY);
	open_store(entities);
	return entities;
}

void
postern_cedar_entities_free(struct postern_cedar_entities *entities)
{
	if (entities == NULL)
		return;
	arena_done(&entities->arena);
	free(entities->lost);
	free(entities);
}

void
postern_cedar_entities_reset(struct postern_cedar_entities *entities)
{
	arena_reset(&entities->arena);
	open_store(entities);
}

static struct cedar_entities *
read_json(struct arena *arena, const char *file, struct slice json,
    const struct postern_cedar_schema *schema, struct cedar_complaints *complaints)
{
	struct cedar_json_document document;

	if (!cedar_json_read(arena, file, json, CEDAR_MAX_JSON_DEPTH, complaints, &document))
		return NULL;
	return entities_json_read(&document, document.root, schema == NULL ? NULL : schema->schema);
}

struct postern_cedar_entities *
postern_cedar_entities_parse(const char *file, struct postern_cedar_text json,
    const struct postern_cedar_schema *schema, struct postern_cedar_problems *problems)
{
	struct postern_cedar_entities *entities = postern_cedar_entities_new();
	struct cedar_complaints complaints = { .count = 0 };

	problems_clear(problems);
	if (entities == NULL) {
		(void)problems_say(problems, "out of memory", true);
		return NULL;
	}
	entities->store =
	    read_json(&entities->arena, file, slice_of_text(json), schema, &complaints);
	entities->owner.is_closed = true;
	if (entities->store != NULL)
		return entities;
	(void)problems_take(problems, &complaints);
	postern_cedar_entities_free(entities);
	return NULL;
}

static void
init_entity(struct postern_cedar_entity *entity, struct postern_cedar_entities *entities)
{
	*entity = (struct postern_cedar_entity) { .entities = entities };
	value_container_init(&entity->attributes.container, &entities->owner);
	value_container_init(&entity->tags.container, &entities->owner);
}

struct postern_cedar_entity *
postern_cedar_entities_add(struct postern_cedar_entities *entities, struct postern_cedar_uid uid)
{
	struct postern_cedar_entity *entity = NULL;

	if (entities->owner.is_closed)
		(void)value_fail(
		    &entities->owner, "an entity was added after the store had been closed", false);
	if (entities->owner.fault == NULL)
		entity = arena_alloc(&entities->arena, sizeof(*entity));
	if (entity == NULL) {
		(void)value_fail(&entities->owner, "out of memory", true);
		init_entity(entities->lost, entities);
		return entities->lost;
	}
	init_entity(entity, entities);
	(void)value_uid(&entities->owner, uid, &entity->uid);
	*entities->last = entity;
	entities->last = &entity->next;
	return entity;
}

struct postern_cedar_record *
postern_cedar_entity_attributes(struct postern_cedar_entity *entity)
{
	return &entity->attributes;
}

struct postern_cedar_record *
postern_cedar_entity_tags(struct postern_cedar_entity *entity)
{
	return &entity->tags;
}

void
postern_cedar_entity_parent(struct postern_cedar_entity *entity, struct postern_cedar_uid uid)
{
	struct value_owner *owner = &entity->entities->owner;
	struct parent *parent;

	if (owner->is_closed)
		(void)value_fail(
		    owner, "a parent was added after the store had been closed", false);
	if (owner->fault != NULL)
		return;
	parent = arena_alloc(owner->arena, sizeof(*parent));
	if (parent == NULL) {
		(void)value_fail(owner, "out of memory", true);
		return;
	}
	if (!value_uid(owner, uid, &parent->uid))
		return;
	parent->next = entity->parents;
	entity->parents = parent;
	entity->parent_count++;
}

/* Puts one entity into the store. */
static bool
put(struct cedar_entities *store, struct postern_cedar_entity *entity)
{
	struct value_owner *owner = &entity->entities->owner;
	struct cedar_value *values = arena_calloc(owner->arena, 2, sizeof(*values));
	struct cedar_uid *parents =
	    arena_calloc(owner->arena, entity->parent_count, sizeof(*parents));
	const struct entity *present = entity_find(store, &entity->uid);
	size_t count = 0;

	if (values == NULL || parents == NULL)
		return value_fail(owner, "out of memory", true);
	if (present != NULL && present->is_present)
		return value_fail(owner, "an entity was added twice", false);
	if (!value_record_close(&entity->attributes, &values[0]) ||
	    !value_record_close(&entity->tags, &values[1]))
		return false;
	for (const struct parent *parent = entity->parents; parent != NULL; parent = parent->next)
		parents[count++] = parent->uid;
	return cedar_entities_add(store, &(const struct cedar_entity) { &entity->uid, &values[0],
					     &values[1], parents, count }) ||
	       value_fail(owner, "there are too many entities, or memory is out", true);
}

static bool
close_store(struct postern_cedar_entities *entities)
{
	struct cedar_entities *store = cedar_entities_new(&entities->arena);
	const struct cedar_uid *cycle;

	if (store == NULL)
		return value_fail(&entities->owner, "out of memory", true);
	for (struct postern_cedar_entity *at = entities->first; at != NULL; at = at->next)
		if (!put(store, at))
			return false;
	switch (entities_close(store, &cycle)) {
	case ENTITIES_OK:
		entities->store = store;
		return true;
	case ENTITIES_CYCLE:
		return value_fail(
		    &entities->owner, "the parents of entities go round in a circle", false);
	case ENTITIES_TOO_RELATED:
		return value_fail(
		    &entities->owner, "the hierarchy takes too many steps to close", true);
	case ENTITIES_NO_MEMORY:
	case ENTITIES_TOO_MANY:
	case ENTITIES_DIFFER:
		break;
	}
	return value_fail(&entities->owner, "out of memory", true);
}

bool
postern_cedar_entities_close(
    struct postern_cedar_entities *entities, struct postern_cedar_problems *problems)
{
	problems_clear(problems);
	if (!entities->owner.is_closed && entities->owner.fault == NULL)
		(void)close_store(entities);
	entities->owner.is_closed = true;
	if (entities->owner.fault == NULL)
		return true;
	entities->store = NULL;
	return problems_say(problems, entities->owner.fault, entities->owner.is_limit);
}

bool
postern_cedar_entities_check(struct postern_cedar_entities *entities,
    const struct postern_cedar_schema *schema, struct postern_cedar_problems *problems)
{
	struct value_owner *owner = &entities->owner;
	const char *message = NULL;

	problems_clear(problems);
	if (entities->store == NULL)
		(void)value_fail(owner, "the store was not closed", false);
	if (owner->fault == NULL)
		message = entities_check(&entities->arena, entities->store, schema->schema);
	if (message != NULL)
		(void)value_fail(owner, message, false);
	else if (owner->fault == NULL && entities_add_actions(entities->store, schema->schema,
					     &entities->arena) != ENTITIES_OK)
		(void)value_fail(owner, "there are too many entities, or memory is out", true);
	if (owner->fault == NULL)
		return true;
	entities->store = NULL;
	return problems_say(problems, owner->fault, owner->is_limit);
}
