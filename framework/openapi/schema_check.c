/*
 * Values against compiled schemas (openapi/schema.h): pure questions, no faults to tell. As in
 * JSON Schema, a keyword speaks about its own type of value only, and the depth of the
 * recursion is that of the schema, which was bounded when it was compiled.
 */
#include "openapi/schema.h"

static uint64_t
code_points(struct slice text)
{
	uint64_t count = 0;

	for (size_t i = 0; i < text.len; i++)
		if (((unsigned char)text.data[i] & 0xc0) != 0x80)
			count++;
	return count;
}

static bool
value_is(const struct schema_value *value, unsigned type, struct slice text, struct number number,
    bool boolean)
{
	if (value->type != type)
		return false;
	switch (type) {
	case SCHEMA_TYPE_STRING:
		return slice_equal(value->text, text);
	case SCHEMA_TYPE_NUMBER:
		return number_compare(value->number, number) == 0;
	case SCHEMA_TYPE_BOOLEAN:
		return value->boolean == boolean;
	}
	return type == SCHEMA_TYPE_NULL;
}

/* Whether the value is one of enum's; all values are where there is none. */
static bool
is_listed(const struct schema *schema, unsigned type, struct slice text, struct number number,
    bool boolean)
{
	if (schema->value_count == 0)
		return true;
	for (size_t i = 0; i < schema->value_count; i++)
		if (value_is(&schema->values[i], type, text, number, boolean))
			return true;
	return false;
}

static bool
has_type(const struct schema *schema, unsigned types)
{
	return schema->types == 0 || (schema->types & types) != 0;
}

bool
schema_check_text(const struct schema *schema, struct arena *arena, struct slice text)
{
	struct number no_number = { .integer = 0 };
	uint64_t length = code_points(text);

	return has_type(schema, SCHEMA_TYPE_STRING) &&
	       is_listed(schema, SCHEMA_TYPE_STRING, text, no_number, false) &&
	       length >= schema->min_length && length <= schema->max_length &&
	       (schema->pattern == NULL || pattern_check(schema->pattern, arena, text));
}

static bool
check_number(const struct schema *schema, struct number number)
{
	unsigned types = SCHEMA_TYPE_NUMBER | (number_is_whole(number) ? SCHEMA_TYPE_INTEGER : 0u);

	return has_type(schema, types) &&
	       is_listed(schema, SCHEMA_TYPE_NUMBER, (struct slice) { NULL, 0 }, number, false) &&
	       (!schema->has_minimum || number_compare(number, schema->minimum) >= 0) &&
	       (!schema->has_maximum || number_compare(number, schema->maximum) <= 0);
}

static bool
check_array(const struct schema *schema, struct arena *arena, const json_t *json)
{
	size_t count = json_array_size(json);

	if (!has_type(schema, SCHEMA_TYPE_ARRAY) || schema->value_count > 0 ||
	    count < schema->min_items || count > schema->max_items)
		return false;
	for (size_t i = 0; schema->items != NULL && i < count; i++)
		if (!schema_check(schema->items, arena, json_array_get(json, i)))
			return false;
	return true;
}

static const struct schema_property *
find_property(const struct schema *schema, struct slice name)
{
	size_t low = 0, high = schema->property_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = slice_compare(schema->properties[middle].name, name);

		if (order == 0)
			return &schema->properties[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static bool
check_member(
    const struct schema *schema, struct arena *arena, struct slice name, const json_t *value)
{
	const struct schema_property *property = find_property(schema, name);

	if (property != NULL)
		return schema_check(property->schema, arena, value);
	if (schema->is_closed)
		return false;
	return schema->additional == NULL || schema_check(schema->additional, arena, value);
}

static bool
check_object(const struct schema *schema, struct arena *arena, const json_t *json)
{
	json_t *object = (json_t *)(uintptr_t)json, *value;
	const char *name;

	if (!has_type(schema, SCHEMA_TYPE_OBJECT) || schema->value_count > 0)
		return false;
	for (size_t i = 0; i < schema->required_count; i++)
		if (json_object_get(json, schema->required[i].data) == NULL)
			return false;
	json_object_foreach(object, name,
	    value) if (!check_member(schema, arena, slice_from(name), value)) return false;
	return true;
}

bool
schema_check(const struct schema *schema, struct arena *arena, const json_t *json)
{
	struct slice no_text = { NULL, 0 };
	struct number no_number = { .integer = 0 };

	switch (json_typeof(json)) {
	case JSON_OBJECT:
		return check_object(schema, arena, json);
	case JSON_ARRAY:
		return check_array(schema, arena, json);
	case JSON_STRING:
		return schema_check_text(
		    schema, arena, slice_make(json_string_value(json), json_string_length(json)));
	case JSON_INTEGER:
	case JSON_REAL:
		return check_number(schema, number_from(json));
	case JSON_TRUE:
	case JSON_FALSE:
		return has_type(schema, SCHEMA_TYPE_BOOLEAN) &&
		       is_listed(
			   schema, SCHEMA_TYPE_BOOLEAN, no_text, no_number, json_is_true(json));
	case JSON_NULL:
		return has_type(schema, SCHEMA_TYPE_NULL) &&
		       is_listed(schema, SCHEMA_TYPE_NULL, no_text, no_number, false);
	}
	return false;
}
