/*
 * A list of entities in JSON -> a closed store. With a schema every entity must conform to it; its
 * actions are added at the end, when those of the list have been compared with them. Reads on
 * behind a wrong entity, to find more that is wrong.
 */
#include "cedar/entities_json.h"

#include "cedar/conformance.h"
#include "cedar/entities_check.h"
#include "cedar/entity_store.h"
#include "cedar/value.h"
#include "cedar/value_json.h"

struct reading {
	const struct cedar_json_document *document;
	const struct cedar_schema *schema; /* NULL: none */
	struct cedar_entities *entities;
	const struct json_value *list;
};

/* One entity: its parts in the text, and what they mean. */
struct listed {
	const struct json_value *uid, *attributes, *parents, *tags; /* tags may be NULL */
	struct cedar_uid name;
	bool is_action;
	const struct schema_entity_type *type; /* NULL without a schema, and of actions */
};

/* What the store keeps of it. */
struct kept {
	struct cedar_uid uid;
	struct cedar_value attributes, tags;
};

static struct arena *
arena_of(const struct reading *reading)
{
	return reading->document->source.arena;
}

static bool
wrong_at(const struct reading *reading, const struct json_value *json, const char *message)
{
	complaint_add(&reading->document->source, json->offset, NULL, "%s", message);
	return false;
}

static bool
find_part(const struct reading *reading, const struct json_value *entity, const char *name,
    const struct json_value **ret_part)
{
	*ret_part = json_find(entity, name);
	if (*ret_part != NULL)
		return true;
	complaint_add(&reading->document->source, entity->offset,
	    "an entity has \"uid\", \"attrs\", \"parents\" and, if need be, \"tags\"",
	    "this entity has no \"%s\"", name);
	return false;
}

/* An object; or, since the official engine takes it too, a list of the parts in this order. */
static bool
find_parts(
    const struct reading *reading, const struct json_value *entity, struct listed *ret_listed)
{
	const struct json_value *elements = entity->as.elements;

	if (entity->kind == JSON_KIND_ARRAY && (entity->count == 3 || entity->count == 4)) {
		ret_listed->uid = &elements[0];
		ret_listed->attributes = &elements[1];
		ret_listed->parents = &elements[2];
		ret_listed->tags = entity->count == 4 ? &elements[3] : NULL;
		return true;
	}
	if (entity->kind != JSON_KIND_OBJECT)
		return cedar_json_expected(
		    reading->document, entity, "an entity, which is an object");
	ret_listed->tags = json_find(entity, "tags");
	return find_part(reading, entity, "uid", &ret_listed->uid) &&
	       find_part(reading, entity, "attrs", &ret_listed->attributes) &&
	       find_part(reading, entity, "parents", &ret_listed->parents);
}

/* Who it is, and with a schema, what the schema says of such. */
static bool
read_name(const struct reading *reading, struct listed *listed)
{
	const char *message;

	if (!uid_json_read(reading->document, listed->uid, &listed->name))
		return false;
	listed->is_action = uid_is_action(&listed->name);
	if (reading->schema == NULL)
		return true;
	message = conformance_uid(arena_of(reading), reading->schema, &listed->name);
	if (message != NULL)
		return wrong_at(reading, listed->uid, message);
	if (listed->is_action)
		return true;
	listed->type = schema_find_type(reading->schema, listed->name.type);
	if (listed->type != NULL)
		return true;
	complaint_add(&reading->document->source, listed->uid->offset, NULL,
	    "the schema declares no entity type %.*s", COMPLAINT_NAME(listed->name.type));
	return false;
}

static bool
read_attributes(
    const struct reading *reading, const struct listed *listed, struct cedar_value *ret_record)
{
	if (listed->type == NULL)
		return value_json_read_members(
		    reading->document, listed->attributes, NULL, NULL, ret_record);
	return value_json_read_record(reading->document, listed->attributes,
	    listed->type->attributes, reading->schema, ret_record);
}

static bool
read_tags(
    const struct reading *reading, const struct listed *listed, struct cedar_value *ret_record)
{
	const struct schema_type *type = listed->type == NULL ? NULL : listed->type->tags;

	if (listed->type != NULL && type == NULL && listed->tags->kind == JSON_KIND_OBJECT &&
	    listed->tags->count > 0) {
		complaint_add(&reading->document->source, listed->tags->offset, NULL,
		    "the schema gives the type %.*s no tags", COMPLAINT_NAME(listed->name.type));
		return false;
	}
	return value_json_read_members(
	    reading->document, listed->tags, type, reading->schema, ret_record);
}

/* Whether the entity may be in this one. */
static bool
check_parent(const struct reading *reading, const struct listed *listed,
    const struct json_value *json, const struct cedar_uid *parent)
{
	const char *message = NULL;

	if (listed->is_action && !uid_is_action(parent))
		message = "an action can only be in other actions";
	else if (listed->type != NULL)
		message =
		    conformance_parent(arena_of(reading), reading->schema, listed->type, parent);
	return message == NULL || wrong_at(reading, json, message);
}

static bool
read_parents(const struct reading *reading, const struct listed *listed,
    const struct cedar_uid **ret_parents)
{
	const struct json_value *list = listed->parents;
	struct cedar_uid *parents;
	bool is_read = true;

	if (list->kind != JSON_KIND_ARRAY)
		return cedar_json_expected(reading->document, list, "an array of entities");
	parents = arena_alloc(arena_of(reading), list->count * sizeof(*parents));
	if (parents == NULL)
		return value_json_no_memory(reading->document, list);
	for (uint32_t i = 0; i < list->count; i++) {
		const struct json_value *json = &list->as.elements[i];

		if (!is_read && !value_json_may_go_on(reading->document))
			return false;
		is_read &= uid_json_read(reading->document, json, &parents[i]) &&
			   check_parent(reading, listed, json, &parents[i]);
	}
	*ret_parents = parents;
	return is_read;
}

/* Why the store does not take something that stands at this place. */
static bool
refuse_fault(
    const struct reading *reading, const struct json_value *json, enum entities_fault fault)
{
	const struct source *source = &reading->document->source;

	switch (fault) {
	case ENTITIES_OK:
		return true;
	case ENTITIES_NO_MEMORY:
		return value_json_no_memory(reading->document, json);
	case ENTITIES_TOO_MANY:
		complaint_limit(
		    source, json->offset, NULL, "more than %d entities", CEDAR_MAX_ENTITIES);
		return false;
	case ENTITIES_TOO_RELATED:
		complaint_limit(source, json->offset, NULL,
		    "to close the hierarchy takes more than %d steps", CEDAR_MAX_HIERARCHY);
		return false;
	case ENTITIES_DIFFER:
		complaint_add(source, json->offset, NULL,
		    "this entity is in the list already, with other attributes, parents or tags");
		return false;
	case ENTITIES_CYCLE:
		complaint_add(
		    source, json->offset, NULL, "this entity is in itself by its parents");
		return false;
	}
	return false;
}

static bool
read_entity(const struct reading *reading, const struct json_value *json)
{
	struct kept *kept = arena_calloc(arena_of(reading), 1, sizeof(*kept));
	const struct cedar_uid *parents = NULL;
	struct listed listed = { .type = NULL };
	bool is_read;

	if (kept == NULL)
		return value_json_no_memory(reading->document, json);
	if (!find_parts(reading, json, &listed) || !read_name(reading, &listed))
		return false;
	kept->uid = listed.name;
	is_read = read_attributes(reading, &listed, &kept->attributes);
	if (listed.tags != NULL)
		is_read &= read_tags(reading, &listed, &kept->tags);
	is_read &= read_parents(reading, &listed, &parents);
	if (!is_read)
		return false;
	return refuse_fault(reading, listed.uid,
	    entities_put(reading->entities, &(struct cedar_entity) { .uid = &kept->uid,
						.attributes = &kept->attributes,
						.tags = listed.tags == NULL ? NULL : &kept->tags,
						.parents = parents,
						.parent_count = listed.parents->count }));
}

/* Where the list has this entity; the list itself when it does not. */
static const struct json_value *
place_of(const struct reading *reading, const struct cedar_uid *uid)
{
	for (uint32_t i = 0; i < reading->list->count; i++) {
		struct listed listed = { .type = NULL };

		if (find_parts(reading, &reading->list->as.elements[i], &listed) &&
		    uid_json_read(reading->document, listed.uid, &listed.name) &&
		    uid_equal(&listed.name, uid))
			return listed.uid;
	}
	return reading->list;
}

static bool
read_list(const struct reading *reading)
{
	const struct cedar_uid *cycle = NULL;
	enum entities_fault fault;
	bool is_read = true;

	if (reading->list->kind != JSON_KIND_ARRAY)
		return cedar_json_expected(
		    reading->document, reading->list, "an array of entities");
	for (uint32_t i = 0; i < reading->list->count; i++) {
		if (!is_read && !value_json_may_go_on(reading->document))
			return false;
		is_read &= read_entity(reading, &reading->list->as.elements[i]);
	}
	if (!is_read)
		return false;
	fault = entities_close(reading->entities, &cycle);
	return refuse_fault(
	    reading, cycle == NULL ? reading->list : place_of(reading, cycle), fault);
}

/* Those of the list; now that it is closed, what they are in is known. */
static bool
check_actions(const struct reading *reading)
{
	bool is_right = true;

	for (uint32_t i = 0; i < entities_count(reading->entities); i++) {
		const struct entity *entity = entities_at(reading->entities, i);

		if (!entity->is_present || !uid_is_action(entity->uid) ||
		    entities_check_action(reading->entities, entity, reading->schema))
			continue;
		is_right = false;
		complaint_add(&reading->document->source, place_of(reading, entity->uid)->offset,
		    "leave it out, the schema's actions are known",
		    "this action is not as the schema declares it");
		if (!value_json_may_go_on(reading->document))
			break;
	}
	return is_right;
}

struct cedar_entities *
entities_json_read(const struct cedar_json_document *document, const struct json_value *list,
    const struct cedar_schema *schema)
{
	static const struct json_value empty = { .kind = JSON_KIND_ARRAY };
	struct reading reading = {
		.document = document,
		.schema = schema,
		.entities = cedar_entities_new(document->source.arena),
		.list = list == NULL ? &empty : list,
	};

	if (reading.entities == NULL) {
		(void)value_json_no_memory(document, reading.list);
		return NULL;
	}
	if (!read_list(&reading))
		return NULL;
	if (schema != NULL &&
	    (!check_actions(&reading) ||
		!refuse_fault(&reading, reading.list,
		    entities_add_actions(reading.entities, schema, document->source.arena))))
		return NULL;
	return reading.entities;
}

struct cedar_entities *
entities_json_read_text(struct arena *arena, const char *file, struct slice text,
    const struct cedar_schema *schema, struct cedar_complaints *reterr_complaints)
{
	struct cedar_json_document document;

	if (!cedar_json_read(arena, file, text, CEDAR_MAX_JSON_DEPTH, reterr_complaints, &document))
		return NULL;
	return entities_json_read(&document, document.root, schema);
}
