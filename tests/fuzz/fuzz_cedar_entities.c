/*
 * Entities and contexts in JSON, without a schema and with a fixed one: whatever the bytes, the
 * readers end, complain with a place inside the text, or make what can be written and read again.
 * What is taken with the schema conforms to it.
 */
#include <stdlib.h>

#include "cedar/conformance.h"
#include "cedar/entities_json.h"
#include "cedar/entity_store.h"
#include "cedar/schema_read.h"
#include "cedar/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_WRITTEN = 16 * 1024 * 1024 };

static const char schema_text[] =
    "entity User in [Team, Org] { n?: Long, s?: String, b?: Bool, u?: User, t?: Team,\n"
    "  ip?: ipaddr, d?: decimal, dt?: datetime, du?: duration, l?: Set<Long>, us?: Set<User>,\n"
    "  ips?: Set<ipaddr>, r?: { a: Long, b?: { c: ipaddr } }, c?: Color, x?: Action,\n"
    "  o?: { \"__entity\": User, \"__extn\"?: ipaddr } } tags Set<Long>;\n"
    "entity Team in [Org] { lead: User };\n"
    "entity Org in [Org];\n"
    "entity Color enum [\"red\", \"green\"];\n"
    "action view in [read] appliesTo { principal: [User], resource: [Team, Color],\n"
    "  context: { n: Long, ip?: ipaddr, u?: User, l?: Set<decimal>, r?: { a: Long } } };\n"
    "action read in [all];\n"
    "action all;\n";

static const struct cedar_schema *
fixed_schema(void)
{
	static const struct cedar_schema *schema;
	static struct arena arena;
	struct cedar_complaints complaints = { .count = 0 };

	if (schema != NULL)
		return schema;
	arena_init(&arena, 16 * 1024, 1024 * 1024);
	schema = schema_read_text(&arena, "schema", slice_from(schema_text), &complaints);
	if (schema == NULL)
		abort();
	return schema;
}

static void
check_complaints(struct arena *arena, const struct cedar_complaints *complaints, bool is_taken)
{
	size_t count = complaints->count < CEDAR_MAX_ERRORS ? complaints->count : CEDAR_MAX_ERRORS;

	if ((count > 0) == is_taken)
		abort();
	for (size_t i = 0; i < count; i++)
		if (complaints->items[i].line == 0 || complaints->items[i].column == 0 ||
		    cedar_complaint_text(arena, &complaints->items[i]) == NULL)
			abort();
}

static bool
is_same_record(const struct cedar_record *a, const struct cedar_record *b)
{
	return cedar_value_equal((struct cedar_value) { CEDAR_RECORD, .as.record = a },
	    (struct cedar_value) { CEDAR_RECORD, .as.record = b });
}

/* All that the store knows of an entity, the other one knows too. */
static void
check_known(const struct cedar_entities *store, const struct entity *entity,
    const struct cedar_entities *other_store)
{
	const struct entity *other = entity_find(other_store, entity->uid);

	if (other == NULL || other->is_present != entity->is_present ||
	    other->ancestor_count != entity->ancestor_count)
		abort();
	if (entity->is_present && (!is_same_record(entity->attributes, other->attributes) ||
				      !is_same_record(entity->tags, other->tags)))
		abort();
	for (uint32_t i = 0; i < entity->parent_count; i++)
		if (!entity_has_ancestor(
			other_store, other, entities_at(store, entity->parents[i])->uid))
			abort();
}

/*
 * A store that can be written is the same when it is read again, without a schema. In another order
 * perhaps: who is named as a parent is known from then on.
 */
static void
check_written(struct arena *arena, const struct cedar_entities *entities)
{
	struct cedar_complaints complaints = { .count = 0 };
	const struct cedar_entities *again;
	struct buffer written;

	buffer_init(&written, arena, 1024, MAX_WRITTEN);
	if (!entities_json_write(&written, entities))
		return;
	again =
	    entities_json_read_text(arena, "again", buffer_content(&written), NULL, &complaints);
	if (again == NULL) {
		if (!complaints.items[0].is_limit)
			abort();
		return;
	}
	if (entities_count(again) != entities_count(entities))
		abort();
	for (uint32_t i = 0; i < entities_count(entities); i++)
		check_known(entities, entities_at(entities, i), again);
}

static void
check_conformance(struct arena *arena, const struct cedar_entities *entities)
{
	const struct cedar_schema *schema = fixed_schema();

	for (uint32_t i = 0; i < entities_count(entities); i++) {
		const struct entity *entity = entities_at(entities, i);
		const struct schema_entity_type *type = schema_find_type(schema, entity->uid->type);

		if (type == NULL || conformance_uid(arena, schema, entity->uid) != NULL)
			abort();
		if (entity->is_present &&
		    conformance_record(arena, schema, entity->attributes, type->attributes) != NULL)
			abort();
	}
}

static void
read_entities(struct slice text, bool has_schema)
{
	struct cedar_complaints complaints = { .count = 0 };
	const struct cedar_entities *entities;
	struct arena arena;

	arena_init(&arena, 16 * 1024, 64 * 1024 * 1024);
	entities = entities_json_read_text(
	    &arena, "fuzz", text, has_schema ? fixed_schema() : NULL, &complaints);
	check_complaints(&arena, &complaints, entities != NULL);
	if (entities != NULL && has_schema)
		check_conformance(&arena, entities);
	if (entities != NULL)
		check_written(&arena, entities);
	arena_done(&arena);
}

static void
read_context(struct slice text, bool has_schema)
{
	struct cedar_complaints complaints = { .count = 0 };
	struct cedar_request request = { { SLICE("User"), SLICE("a") },
		{ SLICE("Action"), SLICE("view") }, { SLICE("Team"), SLICE("t") }, { 0 } };
	struct buffer out;
	struct arena arena;
	bool is_taken;

	arena_init(&arena, 16 * 1024, 64 * 1024 * 1024);
	is_taken = context_json_read_text(&arena, "fuzz", text, has_schema ? fixed_schema() : NULL,
	    &request.action, &complaints, &request.context);
	check_complaints(&arena, &complaints, is_taken);
	if (is_taken) {
		buffer_init(&out, &arena, 1024, MAX_WRITTEN);
		(void)value_text_write(&out, request.context);
		if (has_schema && request_check(&arena, fixed_schema(), &request) == NULL &&
		    conformance_record(&arena, fixed_schema(), request.context.as.record,
			schema_find_action(fixed_schema(), &request.action)->context) != NULL)
			abort();
	}
	arena_done(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_make((const char *)data, size);

	for (int has_schema = 0; has_schema < 2; has_schema++) {
		read_entities(text, has_schema);
		read_context(text, has_schema);
	}
	return 0;
}
