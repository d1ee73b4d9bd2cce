/* The order of types and their names; see type.h. */
#include "cedar/type.h"

#include "cedar/extension.h"
#include "cedar/hash.h"

enum {
	MAX_SHOWN_DEPTH = 3,      /* of types within each other */
	MAX_SHOWN_ATTRIBUTES = 6, /* of a record */
	MAX_SHOWN_NAME = 64       /* bytes of a name */
};

struct schema_type
type_of_kind(enum cedar_kind kind)
{
	switch (kind) {
	case CEDAR_BOOL:
		return type_bool(SCHEMA_MAYBE);
	case CEDAR_LONG:
		return type_plain(SCHEMA_LONG);
	case CEDAR_STRING:
		return type_plain(SCHEMA_STRING);
	case CEDAR_DECIMAL:
	case CEDAR_DATETIME:
	case CEDAR_DURATION:
	case CEDAR_IPADDR:
		break;
	case CEDAR_ENTITY:
	case CEDAR_SET:
	case CEDAR_RECORD:
		break;
	}
	return (struct schema_type) { .kind = SCHEMA_EXTENSION, .depth = 1, .as.extension = kind };
}

/* Whether nothing was gained over `a` by joining: what is inside is the very same. */
static bool
is_same(struct schema_type a, struct schema_type joined)
{
	if (a.kind == SCHEMA_BOOL)
		return a.truth == joined.truth;
	if (a.kind == SCHEMA_SET)
		return a.as.element == joined.as.element;
	return a.kind != SCHEMA_RECORD || a.as.record == joined.as.record;
}

static enum type_clash
join_attributes(struct budget *budget, const struct schema_record *a, const struct schema_record *b,
    struct schema_attribute *ret_attributes, bool *ret_is_same)
{
	for (uint32_t i = 0; i < a->count; i++)
		if (!slice_equal(a->attributes[i].name, b->attributes[i].name))
			return TYPE_ATTRIBUTES;
	*ret_is_same = true;
	for (uint32_t i = 0; i < a->count; i++) {
		const struct schema_attribute *ours = &a->attributes[i],
					      *theirs = &b->attributes[i];
		enum type_clash clash =
		    type_join(budget, ours->type, theirs->type, &ret_attributes[i].type);

		if (clash != TYPE_JOINED)
			return clash;
		if (ours->is_required != theirs->is_required)
			return TYPE_REQUIRED;
		ret_attributes[i].name = ours->name;
		ret_attributes[i].is_required = ours->is_required;
		*ret_is_same = *ret_is_same && is_same(ours->type, ret_attributes[i].type);
	}
	return TYPE_JOINED;
}

/* What was allocated in vain is given back, so that a long set of records costs one of them. */
static enum type_clash
join_records(struct budget *budget, const struct schema_record *a, const struct schema_record *b,
    struct schema_type *ret_type)
{
	struct arena_mark mark = arena_mark(budget->arena);
	struct schema_attribute *attributes;
	struct schema_record *record;
	enum type_clash clash;
	bool is_same_as_a = a == b;

	*ret_type = type_record(a);
	if (is_same_as_a)
		return TYPE_JOINED;
	if (a->count != b->count)
		return TYPE_ATTRIBUTES;
	record = budget_alloc(budget, 1, sizeof(*record));
	attributes = budget_alloc(budget, a->count, sizeof(*attributes));
	if (record == NULL || attributes == NULL || !budget_spend(budget, a->count))
		return TYPE_STOPPED;
	clash = join_attributes(budget, a, b, attributes, &is_same_as_a);
	if (clash != TYPE_JOINED)
		return clash;
	if (is_same_as_a) {
		arena_rollback(budget->arena, mark);
		return TYPE_JOINED;
	}
	*record = (struct schema_record) { attributes, a->count };
	*ret_type = type_record(record);
	return TYPE_JOINED;
}

static enum type_clash
join_sets(struct budget *budget, const struct schema_type *a, const struct schema_type *b,
    struct schema_type *ret_type)
{
	struct arena_mark mark = arena_mark(budget->arena);
	struct schema_type *element;
	enum type_clash clash;

	*ret_type = (struct schema_type) { .kind = SCHEMA_SET, .depth = 1, .as.element = a };
	if (a == b)
		return TYPE_JOINED;
	element = budget_alloc(budget, 1, sizeof(*element));
	if (element == NULL)
		return TYPE_STOPPED;
	clash = type_join(budget, *a, *b, element);
	if (clash == TYPE_JOINED && is_same(*a, *element))
		arena_rollback(budget->arena, mark);
	else
		ret_type->as.element = element;
	return clash;
}

enum type_clash
type_join(
    struct budget *budget, struct schema_type a, struct schema_type b, struct schema_type *ret_type)
{
	if (!budget_spend(budget, 1))
		return TYPE_STOPPED;
	if (a.kind != b.kind)
		return (a.kind == SCHEMA_ENTITY && b.kind == SCHEMA_RECORD) ||
			       (a.kind == SCHEMA_RECORD && b.kind == SCHEMA_ENTITY)
			   ? TYPE_ENTITY_RECORD
			   : TYPE_KINDS;
	*ret_type = a;
	switch (a.kind) {
	case SCHEMA_BOOL:
		if (a.truth != b.truth)
			*ret_type = type_bool(SCHEMA_MAYBE);
		return TYPE_JOINED;
	case SCHEMA_LONG:
	case SCHEMA_STRING:
		return TYPE_JOINED;
	case SCHEMA_SET:
		return join_sets(budget, a.as.element, b.as.element, ret_type);
	case SCHEMA_RECORD:
		return join_records(budget, a.as.record, b.as.record, ret_type);
	case SCHEMA_ENTITY:
		return a.as.entity == b.as.entity ? TYPE_JOINED : TYPE_ENTITIES;
	case SCHEMA_EXTENSION:
		return a.as.extension == b.as.extension ? TYPE_JOINED : TYPE_KINDS;
	}
	return TYPE_KINDS;
}

static bool
records_equal(struct budget *budget, const struct schema_record *a, const struct schema_record *b)
{
	if (a->count != b->count)
		return false;
	for (uint32_t i = 0; i < a->count; i++)
		if (a->attributes[i].is_required != b->attributes[i].is_required ||
		    !slice_equal(a->attributes[i].name, b->attributes[i].name) ||
		    !type_equal(budget, a->attributes[i].type, b->attributes[i].type))
			return false;
	return true;
}

bool
type_equal(struct budget *budget, struct schema_type a, struct schema_type b)
{
	if (a.kind != b.kind || !budget_spend(budget, 1))
		return false;
	switch (a.kind) {
	case SCHEMA_BOOL:
		return a.truth == b.truth;
	case SCHEMA_LONG:
	case SCHEMA_STRING:
		return true;
	case SCHEMA_SET:
		return type_equal(budget, *a.as.element, *b.as.element);
	case SCHEMA_RECORD:
		return a.as.record == b.as.record ||
		       records_equal(budget, a.as.record, b.as.record);
	case SCHEMA_ENTITY:
		return a.as.entity == b.as.entity;
	case SCHEMA_EXTENSION:
		return a.as.extension == b.as.extension;
	}
	return false;
}

static uint64_t
mix(uint64_t hash, uint64_t more)
{
	return (hash ^ more) * 0x9e3779b97f4a7c15u + (hash >> 31);
}

uint64_t
type_hash(struct budget *budget, struct schema_type type)
{
	uint64_t hash = mix(type.kind, type.truth);

	if (!budget_spend(budget, 1))
		return hash;
	switch (type.kind) {
	case SCHEMA_BOOL:
	case SCHEMA_LONG:
	case SCHEMA_STRING:
		break;
	case SCHEMA_SET:
		return mix(hash, type_hash(budget, *type.as.element));
	case SCHEMA_RECORD:
		for (uint32_t i = 0; i < type.as.record->count; i++) {
			const struct schema_attribute *attribute = &type.as.record->attributes[i];

			hash = mix(hash, slice_hash(attribute->name) + attribute->is_required);
			hash = mix(hash, type_hash(budget, attribute->type));
		}
		break;
	case SCHEMA_ENTITY:
		return mix(hash, type.as.entity->index);
	case SCHEMA_EXTENSION:
		return mix(hash, type.as.extension);
	}
	return hash;
}

unsigned
type_expectation(enum cedar_kind kind)
{
	switch (kind) {
	case CEDAR_BOOL:
		return EXPECT_BOOL;
	case CEDAR_LONG:
		return EXPECT_LONG;
	case CEDAR_STRING:
		return EXPECT_STRING;
	case CEDAR_ENTITY:
		return EXPECT_ENTITY;
	case CEDAR_SET:
		return EXPECT_SET;
	case CEDAR_RECORD:
		return EXPECT_RECORD;
	case CEDAR_DECIMAL:
		return EXPECT_DECIMAL;
	case CEDAR_DATETIME:
		return EXPECT_DATETIME;
	case CEDAR_DURATION:
		return EXPECT_DURATION;
	case CEDAR_IPADDR:
		return EXPECT_IPADDR;
	}
	return 0;
}

bool
type_is_expected(struct schema_type type, unsigned expected)
{
	switch (type.kind) {
	case SCHEMA_BOOL:
		return (expected & EXPECT_BOOL) != 0;
	case SCHEMA_LONG:
		return (expected & EXPECT_LONG) != 0;
	case SCHEMA_STRING:
		return (expected & EXPECT_STRING) != 0;
	case SCHEMA_SET:
		return (expected & EXPECT_SET) != 0 || ((expected & EXPECT_ENTITY_SET) != 0 &&
							   type.as.element->kind == SCHEMA_ENTITY);
	case SCHEMA_RECORD:
		return (expected & EXPECT_RECORD) != 0;
	case SCHEMA_ENTITY:
		return (expected & EXPECT_ENTITY) != 0;
	case SCHEMA_EXTENSION:
		return (expected & type_expectation(type.as.extension)) != 0;
	}
	return false;
}

static void
write_name(struct buffer *out, struct slice name)
{
	buffer_slice(out, slice_first(name, MAX_SHOWN_NAME));
	if (name.len > MAX_SHOWN_NAME)
		buffer_text(out, "..");
}

static void write_type(struct buffer *out, struct schema_type type, unsigned depth);

static void
write_record(struct buffer *out, const struct schema_record *record, unsigned depth)
{
	buffer_byte(out, '{');
	for (uint32_t i = 0; i < record->count; i++) {
		const struct schema_attribute *attribute = &record->attributes[i];

		if (i > 0)
			buffer_text(out, ", ");
		if (i == MAX_SHOWN_ATTRIBUTES) {
			buffer_text(out, "..");
			break;
		}
		write_name(out, attribute->name);
		buffer_text(out, attribute->is_required ? ": " : "?: ");
		write_type(out, attribute->type, depth + 1);
	}
	buffer_byte(out, '}');
}

static void
write_type(struct buffer *out, struct schema_type type, unsigned depth)
{
	if (depth > MAX_SHOWN_DEPTH) {
		buffer_text(out, "..");
		return;
	}
	switch (type.kind) {
	case SCHEMA_BOOL:
		buffer_text(out, "Bool");
		return;
	case SCHEMA_LONG:
		buffer_text(out, "Long");
		return;
	case SCHEMA_STRING:
		buffer_text(out, "String");
		return;
	case SCHEMA_SET:
		buffer_text(out, "Set<");
		write_type(out, *type.as.element, depth + 1);
		buffer_byte(out, '>');
		return;
	case SCHEMA_RECORD:
		write_record(out, type.as.record, depth);
		return;
	case SCHEMA_ENTITY:
		write_name(out, type.as.entity->name);
		return;
	case SCHEMA_EXTENSION:
		buffer_text(out, extension_type_name(type.as.extension));
		return;
	}
}

void
type_write(struct buffer *out, struct schema_type type)
{
	write_type(out, type, 1);
}

void
type_write_expected(struct buffer *out, unsigned expected)
{
	static const char *const names[] = { "Bool", "Long", "String", "a set", "an entity",
		"a record", "a set of entities", "decimal", "datetime", "duration", "ipaddr" };
	bool is_first = true;

	for (unsigned i = 0; i < COUNT_OF(names); i++) {
		if ((expected & 1u << i) == 0)
			continue;
		if (!is_first)
			buffer_text(out, expected >> (i + 1) == 0 ? " or " : ", ");
		buffer_text(out, names[i]);
		is_first = false;
	}
}
