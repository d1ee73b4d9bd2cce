/*
 * The schema compiler (openapi/schema.h): one function per keyword, found through one table. A
 * keyword that is not in the table ends the start, because a check that a contract promises and
 * nobody makes is worse than none.
 */
#include "openapi/schema.h"

#include <string.h>

static const struct {
	const char *name;
	unsigned type;
} type_names[] = {
	{ "null", SCHEMA_TYPE_NULL },
	{ "boolean", SCHEMA_TYPE_BOOLEAN },
	{ "integer", SCHEMA_TYPE_INTEGER },
	{ "number", SCHEMA_TYPE_NUMBER },
	{ "string", SCHEMA_TYPE_STRING },
	{ "array", SCHEMA_TYPE_ARRAY },
	{ "object", SCHEMA_TYPE_OBJECT },
};

static void
out_of_memory(struct loader *loader)
{
	loader_fault(loader, "no memory");
}

static struct slice
text_of(struct loader *loader, const char *text, size_t len)
{
	struct slice copy = arena_dup_slice(loader->arena, slice_make(text, len));

	if (copy.data == NULL)
		out_of_memory(loader);
	return copy;
}

static unsigned
one_type(struct loader *loader, const json_t *json)
{
	const char *name = json_string_value(json);

	for (size_t i = 0; name != NULL && i < COUNT_OF(type_names); i++)
		if (strcmp(name, type_names[i].name) == 0)
			return type_names[i].type;
	loader_fault(loader, "\"type\" names no type");
	return 0;
}

static void
read_type(struct loader *loader, struct schema *schema, const json_t *json)
{
	if (!json_is_array(json)) {
		schema->types = one_type(loader, json);
		return;
	}
	if (json_array_size(json) == 0)
		loader_fault(loader, "\"type\" is empty");
	for (size_t i = 0; i < json_array_size(json); i++)
		schema->types |= one_type(loader, json_array_get(json, i));
}

static bool
read_value(struct loader *loader, struct schema_value *value, const json_t *json)
{
	if (json_is_string(json)) {
		value->type = SCHEMA_TYPE_STRING;
		value->text = text_of(loader, json_string_value(json), json_string_length(json));
		return value->text.data != NULL;
	}
	if (json_is_number(json)) {
		value->type = SCHEMA_TYPE_NUMBER;
		value->number = number_from(json);
	} else if (json_is_boolean(json)) {
		value->type = SCHEMA_TYPE_BOOLEAN;
		value->boolean = json_is_true(json);
	} else if (json_is_null(json)) {
		value->type = SCHEMA_TYPE_NULL;
	} else {
		loader_fault(
		    loader, "enum and const may name strings, numbers, booleans and null only");
		return false;
	}
	return true;
}

static void
read_enum(struct loader *loader, struct schema *schema, const json_t *json)
{
	size_t count = json_array_size(json);
	struct schema_value *values;

	if (schema->value_count != 0 || count == 0 || count > CONTRACT_MAX_PROPERTIES) {
		loader_fault(loader,
		    "\"enum\" must be an array of 1 to %d values, without \"const\"",
		    CONTRACT_MAX_PROPERTIES);
		return;
	}
	values = arena_calloc(loader->arena, count, sizeof(*values));
	if (values == NULL) {
		out_of_memory(loader);
		return;
	}
	for (size_t i = 0; i < count; i++)
		if (!read_value(loader, &values[i], json_array_get(json, i)))
			return;
	schema->values = values;
	schema->value_count = count;
}

static void
read_const(struct loader *loader, struct schema *schema, const json_t *json)
{
	struct schema_value *value = arena_calloc(loader->arena, 1, sizeof(*value));

	if (value == NULL) {
		out_of_memory(loader);
		return;
	}
	if (schema->value_count != 0) {
		loader_fault(loader, "\"const\" and \"enum\" together");
		return;
	}
	if (!read_value(loader, value, json))
		return;
	schema->values = value;
	schema->value_count = 1;
}

static uint64_t
count_of(struct loader *loader, const json_t *json, uint64_t otherwise)
{
	if (json_is_integer(json) && json_integer_value(json) >= 0)
		return (uint64_t)json_integer_value(json);
	loader_fault(loader, "a length or number of items must be an integer of at least 0");
	return otherwise;
}

static void
read_min_length(struct loader *loader, struct schema *schema, const json_t *json)
{
	schema->min_length = count_of(loader, json, 0);
}

static void
read_max_length(struct loader *loader, struct schema *schema, const json_t *json)
{
	schema->max_length = count_of(loader, json, 0);
}

static void
read_min_items(struct loader *loader, struct schema *schema, const json_t *json)
{
	schema->min_items = count_of(loader, json, 0);
}

static void
read_max_items(struct loader *loader, struct schema *schema, const json_t *json)
{
	schema->max_items = count_of(loader, json, 0);
}

static void
read_pattern(struct loader *loader, struct schema *schema, const json_t *json)
{
	const char *error = "no string";

	if (json_is_string(json))
		schema->pattern = pattern_parse(loader->arena,
		    slice_make(json_string_value(json), json_string_length(json)), &error);
	if (schema->pattern == NULL)
		loader_fault(loader, "\"pattern\" cannot be used: it has %s", error);
}

static void
at_least(struct schema *schema, struct number bound)
{
	if (!schema->has_minimum || number_compare(bound, schema->minimum) > 0)
		schema->minimum = bound;
	schema->has_minimum = true;
}

static void
at_most(struct schema *schema, struct number bound)
{
	if (!schema->has_maximum || number_compare(bound, schema->maximum) < 0)
		schema->maximum = bound;
	schema->has_maximum = true;
}

static bool
expect_number(struct loader *loader, const json_t *json)
{
	if (!json_is_number(json))
		loader_fault(loader, "\"minimum\" and \"maximum\" must be numbers");
	return json_is_number(json);
}

static void
read_minimum(struct loader *loader, struct schema *schema, const json_t *json)
{
	if (expect_number(loader, json))
		at_least(schema, number_from(json));
}

static void
read_maximum(struct loader *loader, struct schema *schema, const json_t *json)
{
	if (expect_number(loader, json))
		at_most(schema, number_from(json));
}

/*
 * Formats are annotations in JSON Schema; a reader takes them for a promise. So those that can
 * be kept are, and others are faults.
 */
static void
read_format(struct loader *loader, struct schema *schema, const json_t *json)
{
	const char *name = json_string_value(json);

	if (name != NULL && strcmp(name, "int32") == 0) {
		at_least(schema, (struct number) { .integer = INT32_MIN });
		at_most(schema, (struct number) { .integer = INT32_MAX });
	} else if (name == NULL || strcmp(name, "int64") != 0) {
		loader_fault(loader,
		    "\"format\" other than int32 and int64 is not checked; say it as a pattern");
	}
}

static void
read_items(struct loader *loader, struct schema *schema, const json_t *json)
{
	schema->items = schema_compile(loader, json);
}

static int
compare_properties(const void *a, const void *b)
{
	const struct schema_property *one = a, *other = b;

	return slice_compare(one->name, other->name);
}

static void
read_properties(struct loader *loader, struct schema *schema, const json_t *json)
{
	json_t *object = (json_t *)(uintptr_t)json, *member;
	struct schema_property *properties;
	size_t count = json_object_size(json), i = 0;
	const char *name;

	if (!json_is_object(json) || count > CONTRACT_MAX_PROPERTIES) {
		loader_fault(loader, "\"properties\" must be an object of at most %d members",
		    CONTRACT_MAX_PROPERTIES);
		return;
	}
	properties = arena_calloc(loader->arena, count, sizeof(*properties));
	if (properties == NULL) {
		out_of_memory(loader);
		return;
	}
	json_object_foreach(object, name, member)
	{
		properties[i].name = text_of(loader, name, strlen(name));
		properties[i].schema = schema_compile(loader, member);
		if (properties[i].name.data == NULL || properties[i].schema == NULL)
			return;
		i++;
	}
	qsort(properties, count, sizeof(*properties), compare_properties);
	schema->properties = properties;
	schema->property_count = count;
}

static void
read_required(struct loader *loader, struct schema *schema, const json_t *json)
{
	size_t count = json_array_size(json);
	struct slice *names;

	if (!json_is_array(json) || count > CONTRACT_MAX_PROPERTIES) {
		loader_fault(loader, "\"required\" must be an array of at most %d names",
		    CONTRACT_MAX_PROPERTIES);
		return;
	}
	names = arena_calloc(loader->arena, count, sizeof(*names));
	if (names == NULL) {
		out_of_memory(loader);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		const json_t *name = json_array_get(json, i);

		if (!json_is_string(name)) {
			loader_fault(loader, "\"required\" holds what is no name");
			return;
		}
		names[i] = text_of(loader, json_string_value(name), json_string_length(name));
	}
	schema->required = names;
	schema->required_count = count;
}

static void
read_additional(struct loader *loader, struct schema *schema, const json_t *json)
{
	if (json_is_boolean(json))
		schema->is_closed = json_is_false(json);
	else
		schema->additional = schema_compile(loader, json);
}

/*
 * Every keyword; those without a function say nothing about validity (JSON Schema 2020-12,
 * Validation §9).
 */
static const struct {
	const char *name;
	void (*read)(struct loader *loader, struct schema *schema, const json_t *json);
} keywords[] = {
	{ "type", read_type },
	{ "enum", read_enum },
	{ "const", read_const },
	{ "minLength", read_min_length },
	{ "maxLength", read_max_length },
	{ "pattern", read_pattern },
	{ "minimum", read_minimum },
	{ "maximum", read_maximum },
	{ "format", read_format },
	{ "items", read_items },
	{ "minItems", read_min_items },
	{ "maxItems", read_max_items },
	{ "properties", read_properties },
	{ "required", read_required },
	{ "additionalProperties", read_additional },
	{ "title", NULL },
	{ "description", NULL },
	{ "default", NULL },
	{ "example", NULL },
	{ "examples", NULL },
	{ "deprecated", NULL },
	{ "$comment", NULL },
};

static void
read_keyword(struct loader *loader, struct schema *schema, const char *name, const json_t *value)
{
	for (size_t i = 0; i < COUNT_OF(keywords); i++) {
		if (strcmp(keywords[i].name, name) != 0)
			continue;
		if (keywords[i].read != NULL)
			keywords[i].read(loader, schema, value);
		return;
	}
	loader_fault(loader, "the schema keyword \"%s\" is not known", name);
}

/*
 * Counts what is open around a schema, so that neither nesting nor a cycle of $ref can go on
 * for ever.
 */
static bool
enter(struct loader *loader, const json_t *json)
{
	for (unsigned i = 0; i < loader->depth; i++) {
		if (loader->open[i] == json) {
			loader_fault(loader, "a schema contains itself");
			return false;
		}
	}
	if (loader->depth == CONTRACT_MAX_DEPTH) {
		loader_fault(loader, "schemas nest deeper than %d", CONTRACT_MAX_DEPTH);
		return false;
	}
	if (++loader->schema_count > CONTRACT_MAX_SCHEMAS) {
		loader_fault(loader, "more than %d schemas", CONTRACT_MAX_SCHEMAS);
		return false;
	}
	loader->open[loader->depth++] = json;
	return true;
}

const struct schema *
schema_compile(struct loader *loader, const json_t *json)
{
	size_t fault_count = loader->fault_count;
	struct schema *schema;
	json_t *object, *value;
	const char *name;

	json = loader_resolve(loader, json);
	if (json == NULL || !enter(loader, json))
		return NULL;
	schema = arena_calloc(loader->arena, 1, sizeof(*schema));
	if (schema == NULL) {
		out_of_memory(loader);
	} else {
		schema->max_length = UINT64_MAX;
		schema->max_items = UINT64_MAX;
		object = (json_t *)(uintptr_t)json;
		json_object_foreach(object, name, value) read_keyword(loader, schema, name, value);
	}
	loader->depth--;
	return loader->fault_count == fault_count ? schema : NULL;
}
