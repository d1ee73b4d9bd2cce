/*
 * Values against types. Recursion is as deep as the value, which the builders of values hold within
 * CEDAR_MAX_VALUE_DEPTH. What is wrong deep inside says the way there: "`a`: `b`: expected ..".
 */
#include "cedar/conformance.h"

#include "cedar/complaint.h"
#include "cedar/extension.h"
#include "cedar/value.h"
#include "core/buffer.h"

enum {
	MAX_WAY = 160,  /* bytes of a message that still gets a step of the way put before it */
	MAX_TYPE = 128, /* bytes of a type's name */
};

const char *
conformance_message(struct arena *arena, const char *format, ...)
{
	char *message;
	va_list arguments;

	va_start(arguments, format);
	message = arena_vprintf(arena, format, arguments);
	va_end(arguments);
	if (message == NULL)
		return "out of memory";
	complaint_make_printable(message);
	return message;
}

static void
write_type(struct buffer *out, const struct schema_type *type)
{
	unsigned sets = 0;

	for (; type->kind == SCHEMA_SET; type = type->as.element) {
		buffer_text(out, "Set<");
		sets++;
	}
	switch (type->kind) {
	case SCHEMA_BOOL:
		buffer_text(out, "Bool");
		break;
	case SCHEMA_LONG:
		buffer_text(out, "Long");
		break;
	case SCHEMA_STRING:
		buffer_text(out, "String");
		break;
	case SCHEMA_RECORD:
		buffer_text(out, sets > 0 ? "{..}" : "a record");
		break;
	case SCHEMA_ENTITY:
		buffer_slice(out, complaint_cut(type->as.entity->name));
		break;
	case SCHEMA_EXTENSION:
		buffer_text(out, extension_type_name(type->as.extension));
		break;
	case SCHEMA_SET:
		break; /* stepped over */
	}
	while (sets-- > 0)
		buffer_byte(out, '>');
}

const char *
conformance_type_name(struct arena *arena, const struct schema_type *type)
{
	char room[MAX_TYPE];
	struct buffer out;
	const char *name;

	buffer_init_fixed(&out, room, sizeof(room));
	write_type(&out, type);
	if (buffer_failed(&out))
		return "another type";
	name = arena_dup(arena, room, out.len);
	return name == NULL ? "another type" : name;
}

static const char *
kind_name(enum cedar_kind kind)
{
	static const char *const names[] = {
		[CEDAR_BOOL] = "a Bool",
		[CEDAR_LONG] = "a Long",
		[CEDAR_STRING] = "a String",
		[CEDAR_ENTITY] = "an entity",
		[CEDAR_SET] = "a set",
		[CEDAR_RECORD] = "a record",
		[CEDAR_DECIMAL] = "a decimal",
		[CEDAR_DATETIME] = "a datetime",
		[CEDAR_DURATION] = "a duration",
		[CEDAR_IPADDR] = "an ipaddr",
	};

	return names[kind];
}

static const char *
mismatch(struct arena *arena, struct cedar_value value, const struct schema_type *type)
{
	const char *wanted = conformance_type_name(arena, type);

	if (value.kind == CEDAR_ENTITY)
		return conformance_message(arena, "expected %s, found an entity of type %.*s",
		    wanted, COMPLAINT_NAME(value.as.entity->type));
	return conformance_message(arena, "expected %s, found %s", wanted, kind_name(value.kind));
}

const char *
conformance_uid(struct arena *arena, const struct cedar_schema *schema, const struct cedar_uid *uid)
{
	const struct schema_entity_type *type;

	if (uid_is_action(uid)) {
		if (schema_find_action(schema, uid) != NULL)
			return NULL;
		return conformance_message(arena, "the schema declares no action %.*s::\"%.*s\"",
		    COMPLAINT_NAME(uid->type), COMPLAINT_NAME(uid->id));
	}
	type = schema_find_type(schema, uid->type);
	if (type == NULL || !type->is_enum || schema_has_id(type, uid->id))
		return NULL;
	return conformance_message(arena, "\"%.*s\" is none of the ids of %.*s",
	    COMPLAINT_NAME(uid->id), COMPLAINT_NAME(uid->type));
}

const char *
conformance_parent(struct arena *arena, const struct cedar_schema *schema,
    const struct schema_entity_type *type, const struct cedar_uid *parent)
{
	const struct schema_entity_type *parent_type = schema_find_type(schema, parent->type);
	const char *message = conformance_uid(arena, schema, parent);

	if (message != NULL || (parent_type != NULL && schema_may_be_in(type, parent_type)))
		return message;
	return conformance_message(arena, "by the schema %.*s cannot be in %.*s",
	    COMPLAINT_NAME(type->name), COMPLAINT_NAME(parent->type));
}

/* Puts one step of the way before a message that is not too long for that already. */
static const char *
within(struct arena *arena, struct slice name, const char *message)
{
	if (message == NULL || strlen(message) > MAX_WAY)
		return message;
	return conformance_message(arena, "`%.*s`: %s", COMPLAINT_NAME(name), message);
}

static const char *
check_set(struct arena *arena, const struct cedar_schema *schema, const struct cedar_set *set,
    const struct schema_type *element)
{
	for (uint32_t i = 0; i < set->count; i++) {
		const char *message = conformance_value(arena, schema, set->elements[i], element);

		if (message != NULL)
			return message;
	}
	return NULL;
}

const char *
conformance_record(struct arena *arena, const struct cedar_schema *schema,
    const struct cedar_record *value, const struct schema_record *type)
{
	for (uint32_t i = 0; i < value->count; i++) {
		const struct cedar_member *member = &value->members[i];
		const struct schema_attribute *attribute =
		    schema_find_attribute(type, member->name);
		const char *message;

		if (attribute == NULL)
			return conformance_message(arena, "the schema has no attribute `%.*s` here",
			    COMPLAINT_NAME(member->name));
		message = conformance_value(arena, schema, member->value, &attribute->type);
		if (message != NULL)
			return within(arena, member->name, message);
	}
	for (uint32_t i = 0; i < type->count; i++)
		if (type->attributes[i].is_required &&
		    record_find(value, type->attributes[i].name) == NULL)
			return conformance_message(arena, "the attribute `%.*s` is missing",
			    COMPLAINT_NAME(type->attributes[i].name));
	return NULL;
}

static const char *
check_entity(struct arena *arena, const struct cedar_schema *schema, struct cedar_value value,
    const struct schema_type *type)
{
	if (!slice_equal(value.as.entity->type, type->as.entity->name))
		return mismatch(arena, value, type);
	return conformance_uid(arena, schema, value.as.entity);
}

const char *
conformance_value(struct arena *arena, const struct cedar_schema *schema, struct cedar_value value,
    const struct schema_type *type)
{
	bool fits = false;

	switch (type->kind) {
	case SCHEMA_BOOL:
		fits = value.kind == CEDAR_BOOL;
		break;
	case SCHEMA_LONG:
		fits = value.kind == CEDAR_LONG;
		break;
	case SCHEMA_STRING:
		fits = value.kind == CEDAR_STRING;
		break;
	case SCHEMA_EXTENSION:
		fits = value.kind == type->as.extension;
		break;
	case SCHEMA_ENTITY:
		if (value.kind == CEDAR_ENTITY)
			return check_entity(arena, schema, value, type);
		break;
	case SCHEMA_SET:
		if (value.kind == CEDAR_SET)
			return check_set(arena, schema, value.as.set, type->as.element);
		break;
	case SCHEMA_RECORD:
		if (value.kind == CEDAR_RECORD)
			return conformance_record(arena, schema, value.as.record, type->as.record);
		break;
	}
	return fits ? NULL : mismatch(arena, value, type);
}
