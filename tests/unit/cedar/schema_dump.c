/* See schema_dump.h. */
#include "schema_dump.h"

#include "../core/rows.h"
#include "cedar/text_write.h"

enum { MAX_DUMP = 16 * 1024 * 1024 };

static void
dump_comma(struct buffer *out, uint32_t index)
{
	if (index > 0)
		buffer_text(out, ", ");
}

static void dump_record(struct buffer *out, const struct schema_record *record);

static void
dump_type(struct buffer *out, const struct schema_type *type)
{
	static const char *const extensions[] = {
		[CEDAR_DECIMAL] = "decimal",
		[CEDAR_DATETIME] = "datetime",
		[CEDAR_DURATION] = "duration",
		[CEDAR_IPADDR] = "ipaddr",
	};

	assert_true(type->depth >= 1 && type->depth <= CEDAR_MAX_DEPTH);
	switch (type->kind) {
	case SCHEMA_BOOL:
		assert_int_equal(type->truth, SCHEMA_MAYBE);
		buffer_text(out, "Bool");
		break;
	case SCHEMA_LONG:
		buffer_text(out, "Long");
		break;
	case SCHEMA_STRING:
		buffer_text(out, "String");
		break;
	case SCHEMA_SET:
		assert_int_equal(type->depth, type->as.element->depth + 1);
		buffer_text(out, "Set<");
		dump_type(out, type->as.element);
		buffer_byte(out, '>');
		break;
	case SCHEMA_RECORD:
		dump_record(out, type->as.record);
		break;
	case SCHEMA_ENTITY:
		buffer_slice(out, type->as.entity->name);
		break;
	case SCHEMA_EXTENSION:
		buffer_text(out, extensions[type->as.extension]);
		break;
	}
}

static void
dump_record(struct buffer *out, const struct schema_record *record)
{
	buffer_byte(out, '{');
	for (uint32_t i = 0; i < record->count; i++) {
		const struct schema_attribute *attribute = &record->attributes[i];

		assert_ptr_equal(schema_find_attribute(record, attribute->name), attribute);
		dump_comma(out, i);
		cedar_text_write_name(out, attribute->name);
		buffer_text(out, attribute->is_required ? ": " : "?: ");
		dump_type(out, &attribute->type);
	}
	buffer_byte(out, '}');
}

static void
dump_enum(struct buffer *out, const struct schema_entity_type *type)
{
	buffer_text(out, " [");
	for (uint32_t i = 0; i < type->id_count; i++) {
		assert_true(schema_has_id(type, type->ids[i]));
		dump_comma(out, i);
		cedar_text_write_string(out, type->ids[i]);
	}
	buffer_byte(out, ']');
}

static void
dump_entity_type(struct buffer *out, const struct cedar_schema *schema, uint32_t index)
{
	const struct schema_entity_type *type = schema->types[index];

	assert_int_equal(type->index, index);
	assert_ptr_equal(schema_find_type(schema, type->name), type);
	buffer_text(out, type->is_action ? "actions " : type->is_enum ? "enum " : "entity ");
	buffer_slice(out, type->name);
	for (uint32_t i = 0; i < type->ancestor_count; i++) {
		assert_true(schema_may_be_in(type, schema->types[type->ancestors[i]]));
		buffer_text(out, i == 0 ? " in " : ", ");
		buffer_slice(out, schema->types[type->ancestors[i]]->name);
	}
	if (type->is_enum)
		dump_enum(out, type);
	if (type->attributes->count > 0) {
		buffer_byte(out, ' ');
		dump_record(out, type->attributes);
	}
	if (type->tags != NULL) {
		buffer_text(out, " tags ");
		dump_type(out, type->tags);
	}
	buffer_byte(out, '\n');
}

static void
dump_types(struct buffer *out, const char *before, const struct schema_entity_type *const *types,
    uint32_t count)
{
	buffer_text(out, before);
	for (uint32_t i = 0; i < count; i++) {
		dump_comma(out, i);
		buffer_slice(out, types[i]->name);
	}
	buffer_byte(out, ']');
}

static void
dump_action(struct buffer *out, const struct cedar_schema *schema, uint32_t index)
{
	const struct schema_action *action = &schema->actions[index];

	assert_ptr_equal(schema_find_action(schema, &action->uid), action);
	assert_ptr_equal(schema_find_type(schema, action->uid.type), action->type);
	assert_true(action->type->is_action);
	buffer_text(out, "action ");
	cedar_text_write_uid(out, &action->uid);
	for (uint32_t i = 0; i < action->ancestor_count; i++) {
		buffer_text(out, i == 0 ? " in " : ", ");
		cedar_text_write_uid(out, &schema->actions[action->ancestors[i]].uid);
	}
	if (action->principal_count > 0)
		dump_types(out, " for [", action->principals, action->principal_count);
	if (action->resource_count > 0)
		dump_types(out, " on [", action->resources, action->resource_count);
	if (action->context->count > 0) {
		buffer_byte(out, ' ');
		dump_record(out, action->context);
	}
	buffer_byte(out, '\n');
}

const char *
schema_dump(struct arena *arena, const struct cedar_schema *schema)
{
	struct buffer out;

	buffer_init(&out, arena, 4096, MAX_DUMP);
	for (uint32_t i = 0; i < schema->type_count; i++)
		dump_entity_type(&out, schema, i);
	for (uint32_t i = 0; i < schema->action_count; i++)
		dump_action(&out, schema, i);
	buffer_byte(&out, '\0');
	assert_false(buffer_failed(&out));
	return out.data;
}
