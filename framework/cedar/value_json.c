/*
 * JSON values to Cedar values, one function a kind, with and without an expected type. Recursion is
 * counted and ends at CEDAR_MAX_JSON_DEPTH, however deep the document may be.
 */
#include "cedar/value_json.h"

#include "cedar/calls.h"
#include "cedar/conformance.h"
#include "cedar/entities_json.h"
#include "cedar/extension.h"
#include "cedar/uid_json.h"
#include "cedar/value.h"
#include "cedar/value_escape.h"

struct reading {
	const struct cedar_json_document *document;
	/* What is read with a type must conform to it; NULL: it is only read so. */
	const struct cedar_schema *schema;
	unsigned depth; /* of arrays and objects around what is read */
};

static bool read_plain(
    struct reading *reading, const struct json_value *json, struct cedar_value *ret_value);
static bool read_typed(struct reading *reading, const struct json_value *json,
    const struct schema_type *type, struct cedar_value *ret_value);
/* A value inside an array or object; `type` NULL: of any type. */
static bool read_deeper(struct reading *reading, const struct json_value *json,
    const struct schema_type *type, struct cedar_value *ret_value);

bool
value_json_may_go_on(const struct cedar_json_document *document)
{
	const struct cedar_complaints *complaints = document->source.complaints;

	return complaints->count == 0 || (complaints->count < CEDAR_MAX_ERRORS &&
					     !complaints->items[complaints->count - 1].is_limit);
}

bool
value_json_no_memory(const struct cedar_json_document *document, const struct json_value *json)
{
	complaint_limit(&document->source, json->offset, NULL, "out of memory");
	return false;
}

static void *
allocate(struct reading *reading, const struct json_value *json, size_t count, size_t size)
{
	void *memory = arena_calloc(reading->document->source.arena, count, size);

	if (memory == NULL)
		(void)value_json_no_memory(reading->document, json);
	return memory;
}

static bool
refuse_fault(struct reading *reading, const struct json_value *json, enum value_fault fault)
{
	switch (fault) {
	case VALUE_OK:
		return true;
	case VALUE_NO_MEMORY:
		return value_json_no_memory(reading->document, json);
	case VALUE_TOO_LARGE:
		complaint_limit(&reading->document->source, json->offset, NULL,
		    "more than %d elements", CEDAR_MAX_SET);
		return false;
	case VALUE_TOO_DEEP:
		complaint_limit(&reading->document->source, json->offset, NULL,
		    "values are nested more than %d deep", CEDAR_MAX_VALUE_DEPTH);
		return false;
	case VALUE_NAME_TWICE:
		complaint_add(&reading->document->source, json->offset, NULL,
		    "two members have the same name");
		return false;
	}
	return false;
}

/* Entities */

static bool
make_entity(struct reading *reading, const struct json_value *json,
    const struct value_escaped *escaped, struct cedar_value *ret_value)
{
	struct cedar_uid *uid = allocate(reading, json, 1, sizeof(*uid));

	if (uid == NULL || !uid_json_make(reading->document, escaped->type, escaped->id, uid))
		return false;
	*ret_value = value_entity(uid);
	return true;
}

static bool
read_entity(struct reading *reading, const struct json_value *json, struct cedar_value *ret_value)
{
	struct cedar_uid *uid = allocate(reading, json, 1, sizeof(*uid));

	if (uid == NULL || !uid_json_read(reading->document, json, uid))
		return false;
	*ret_value = value_entity(uid);
	return true;
}

/* Calls of extension functions */

/* What an operand is read as where a schema is at hand. */
static struct schema_type
operand_type(enum call call, uint32_t index)
{
	enum cedar_kind kind = extension_signature(call)->operands[index];

	if (kind == CEDAR_STRING)
		return (struct schema_type) { .kind = SCHEMA_STRING, .depth = 1 };
	return (struct schema_type) { SCHEMA_EXTENSION, .depth = 1, .as.extension = kind };
}

static const char *
literal_hint(enum call call)
{
	switch (call) {
	case CALL_IP:
		return "an ipaddr is written like 10.0.0.1, 10.0.0.0/8 or ::1";
	case CALL_DECIMAL:
		return "a decimal is written like 1.5, with one to four digits behind the point";
	case CALL_DATETIME:
		return "a datetime is written like 2024-10-15 or 2024-10-15T11:38:02.101Z";
	case CALL_DURATION:
		return "a duration is written like 1d2h3m4s5ms";
	default:
		return NULL;
	}
}

static bool
refuse_call(
    struct reading *reading, const struct json_value *json, enum call call, enum cedar_error error)
{
	const struct source *source = &reading->document->source;
	const char *name = call_traits(call)->name;

	if (error == CEDAR_ERROR_TYPE)
		complaint_add(
		    source, json->offset, NULL, "%s does not take arguments of this kind", name);
	else
		complaint_add(
		    source, json->offset, literal_hint(call), "%s has no value for this", name);
	return false;
}

static bool
apply(struct reading *reading, const struct json_value *json, enum call call,
    const struct cedar_value *operands, uint32_t count, struct cedar_value *ret_value)
{
	struct cedar_ip *room = NULL;
	enum cedar_error error;

	if (call == CALL_IP && (room = allocate(reading, json, 1, sizeof(*room))) == NULL)
		return false;
	error = extension_apply(call, operands, count, room, ret_value);
	return error == CEDAR_ERROR_NONE || refuse_call(reading, json, call, error);
}

/* The function of the extension types that is called, with as many operands as it takes. */
static bool
find_function(struct reading *reading, const struct value_escaped *escaped, enum call *ret_call)
{
	const struct source *source = &reading->document->source;
	struct slice name = escaped->function->as.string;
	enum call call = call_find(name);
	unsigned wanted;

	if (call == CALL_UNKNOWN || !call_traits(call)->is_extension) {
		complaint_add(source, escaped->function->offset, NULL,
		    "there is no extension function \"%.*s\"", COMPLAINT_NAME(name));
		return false;
	}
	wanted = call_traits(call)->operands;
	if (escaped->argument_count != wanted) {
		complaint_add(source, escaped->function->offset, NULL,
		    "%.*s takes %u argument%s, not %u", COMPLAINT_NAME(name), wanted,
		    wanted == 1 ? "" : "s", escaped->argument_count);
		return false;
	}
	*ret_call = call;
	return true;
}

/* `is_typed`: operands may be without their escapes too. */
static bool
evaluate_call(struct reading *reading, const struct json_value *json,
    const struct value_escaped *escaped, bool is_typed, struct cedar_value *ret_value)
{
	struct cedar_value operands[EXTENSION_MAX_OPERANDS];
	enum call call;

	if (!find_function(reading, escaped, &call))
		return false;
	for (uint32_t i = 0; i < escaped->argument_count; i++) {
		const struct json_value *argument = &escaped->arguments[i];
		struct schema_type type = operand_type(call, i);

		if (!read_deeper(reading, argument, is_typed ? &type : NULL, &operands[i]))
			return false;
	}
	return apply(reading, json, call, operands, escaped->argument_count, ret_value);
}

/*
 * Where an extension type is expected: an escape, a call without one, or what the constructor
 * takes.
 */
static bool
read_extension(struct reading *reading, const struct json_value *json, enum cedar_kind kind,
    struct cedar_value *ret_value)
{
	const struct json_value *expression = json_find(json, "__expr");
	const struct json_value *inner = json_find(json, "__extn");
	struct value_escaped escaped = { .function = NULL };
	struct cedar_value operand;

	if (expression != NULL && expression->kind == JSON_KIND_STRING)
		return uid_json_refuse_expression(reading->document, json);
	if ((inner != NULL && value_escape_call(inner, &escaped)) ||
	    value_escape_call(json, &escaped))
		return evaluate_call(reading, json, &escaped, true, ret_value);
	if (json->kind != JSON_KIND_STRING)
		return cedar_json_expected(reading->document, json, extension_type_name(kind));
	operand = value_string(json->as.string);
	return apply(reading, json, extension_constructor(kind), &operand, 1, ret_value);
}

/* Sets and records */

static bool
read_elements(struct reading *reading, const struct json_value *json,
    const struct schema_type *element, struct cedar_value *ret_value)
{
	struct cedar_value *elements = allocate(reading, json, json->count, sizeof(*elements));
	bool is_read = true;

	if (elements == NULL)
		return false;
	for (uint32_t i = 0; i < json->count; i++) {
		if (!is_read && !value_json_may_go_on(reading->document))
			return false;
		is_read &= read_deeper(reading, &json->as.elements[i], element, &elements[i]);
	}
	if (!is_read)
		return false;
	return refuse_fault(reading, json,
	    set_adopt(reading->document->source.arena, elements, json->count, ret_value));
}

static bool
adopt_members(struct reading *reading, const struct json_value *json, struct cedar_member *members,
    struct cedar_value *ret_value)
{
	return refuse_fault(reading, json,
	    record_adopt(reading->document->source.arena, members, json->count, ret_value));
}

/* All members of the same type; NULL: of any. */
static bool
read_members(struct reading *reading, const struct json_value *json, const struct schema_type *type,
    struct cedar_value *ret_value)
{
	struct cedar_member *members = allocate(reading, json, json->count, sizeof(*members));
	bool is_read = true;

	if (members == NULL)
		return false;
	for (uint32_t i = 0; i < json->count; i++) {
		if (!is_read && !value_json_may_go_on(reading->document))
			return false;
		members[i].name = json->as.members[i].name;
		is_read &=
		    read_deeper(reading, &json->as.members[i].value, type, &members[i].value);
	}
	return is_read && adopt_members(reading, json, members, ret_value);
}

static bool
read_attribute(struct reading *reading, const struct json_member *json,
    const struct schema_record *record, struct cedar_value *ret_value)
{
	const struct schema_attribute *attribute = schema_find_attribute(record, json->name);

	if (attribute == NULL) {
		complaint_add(&reading->document->source, json->name_offset, NULL,
		    "the schema has no attribute `%.*s` here", COMPLAINT_NAME(json->name));
		return false;
	}
	return read_deeper(reading, &json->value, &attribute->type, ret_value);
}

static bool
check_required(struct reading *reading, const struct json_value *json,
    const struct schema_record *type, const struct cedar_record *record)
{
	bool is_whole = true;

	for (uint32_t i = 0; i < type->count; i++) {
		const struct schema_attribute *attribute = &type->attributes[i];

		if (!attribute->is_required || record_find(record, attribute->name) != NULL)
			continue;
		is_whole = false;
		complaint_add(&reading->document->source, json->offset, NULL,
		    "the attribute `%.*s` is missing", COMPLAINT_NAME(attribute->name));
		if (!value_json_may_go_on(reading->document))
			break;
	}
	return is_whole;
}

static bool
read_record(struct reading *reading, const struct json_value *json,
    const struct schema_record *record, struct cedar_value *ret_value)
{
	struct cedar_member *members = allocate(reading, json, json->count, sizeof(*members));
	bool is_read = true;

	if (members == NULL)
		return false;
	for (uint32_t i = 0; i < json->count; i++) {
		if (!is_read && !value_json_may_go_on(reading->document))
			return false;
		members[i].name = json->as.members[i].name;
		is_read &= read_attribute(reading, &json->as.members[i], record, &members[i].value);
	}
	return is_read && adopt_members(reading, json, members, ret_value) &&
	       check_required(reading, json, record, ret_value->as.record);
}

/* Any value */

static bool
refuse_number(struct reading *reading, const struct json_value *json)
{
	complaint_add(&reading->document->source, json->offset,
	    "Cedar has integers of 64 bits alone; a fraction is a decimal, "
	    "{\"__extn\": {\"fn\": \"decimal\", \"arg\": \"1.5\"}}",
	    "this number is no value of Cedar");
	return false;
}

/* Members of an escape that mean nothing may still hold no numbers that are none of Cedar's. */
static bool
check_numbers(struct reading *reading, const struct json_value *json)
{
	const struct json_value *foreign = value_escape_foreign_number(json);

	return foreign == NULL || refuse_number(reading, foreign);
}

static bool
read_object(struct reading *reading, const struct json_value *json, struct cedar_value *ret_value)
{
	struct value_escaped escaped = { .function = NULL };

	switch (value_escape_of(json, &escaped)) {
	case VALUE_PLAIN:
		return read_members(reading, json, NULL, ret_value);
	case VALUE_ENTITY:
		return check_numbers(reading, json) &&
		       make_entity(reading, json, &escaped, ret_value);
	case VALUE_CALL:
		return check_numbers(reading, json) &&
		       evaluate_call(reading, json, &escaped, false, ret_value);
	case VALUE_EXPRESSION:
		break;
	}
	return uid_json_refuse_expression(reading->document, json);
}

static bool
read_plain(struct reading *reading, const struct json_value *json, struct cedar_value *ret_value)
{
	switch (json->kind) {
	case JSON_KIND_BOOL:
		*ret_value = value_boolean(json->as.boolean);
		return true;
	case JSON_KIND_INTEGER:
		*ret_value = value_long(json->as.integer);
		return true;
	case JSON_KIND_STRING:
		*ret_value = value_string(json->as.string);
		return true;
	case JSON_KIND_ARRAY:
		return read_elements(reading, json, NULL, ret_value);
	case JSON_KIND_OBJECT:
		return read_object(reading, json, ret_value);
	case JSON_KIND_NUMBER:
		return refuse_number(reading, json);
	case JSON_KIND_NULL:
		break;
	}
	complaint_add(
	    &reading->document->source, json->offset, "leave it out", "null is no value of Cedar");
	return false;
}

/* A value that holds no others with a type of their own: what it is now is all there is to check. */
static bool
check_leaf(struct reading *reading, const struct json_value *json, const struct schema_type *type,
    struct cedar_value value)
{
	const struct source *source = &reading->document->source;
	const char *message;

	if (reading->schema == NULL)
		return true;
	message = conformance_value(source->arena, reading->schema, value, type);
	if (message != NULL)
		complaint_add(source, json->offset, NULL, "%s", message);
	return message == NULL;
}

static bool
read_typed(struct reading *reading, const struct json_value *json, const struct schema_type *type,
    struct cedar_value *ret_value)
{
	bool is_read = false;

	switch (type->kind) {
	case SCHEMA_SET:
		if (json->kind == JSON_KIND_ARRAY)
			return read_elements(reading, json, type->as.element, ret_value);
		return cedar_json_expected(reading->document, json, "a set, which is an array");
	case SCHEMA_RECORD:
		if (json->kind == JSON_KIND_OBJECT)
			return read_record(reading, json, type->as.record, ret_value);
		return cedar_json_expected(reading->document, json, "a record, which is an object");
	case SCHEMA_ENTITY:
		is_read = read_entity(reading, json, ret_value);
		break;
	case SCHEMA_EXTENSION:
		is_read = read_extension(reading, json, type->as.extension, ret_value);
		break;
	case SCHEMA_BOOL:
	case SCHEMA_LONG:
	case SCHEMA_STRING:
		is_read = read_plain(reading, json, ret_value);
		break;
	}
	return is_read && check_leaf(reading, json, type, *ret_value);
}

static bool
read_deeper(struct reading *reading, const struct json_value *json, const struct schema_type *type,
    struct cedar_value *ret_value)
{
	bool is_read;

	if (reading->depth == CEDAR_MAX_JSON_DEPTH) {
		complaint_limit(&reading->document->source, json->offset, NULL,
		    "arrays and objects are nested more than %d deep", CEDAR_MAX_JSON_DEPTH);
		return false;
	}
	reading->depth++;
	is_read = type == NULL ? read_plain(reading, json, ret_value)
			       : read_typed(reading, json, type, ret_value);
	reading->depth--;
	return is_read;
}

bool
value_json_read(const struct cedar_json_document *document, const struct json_value *json,
    struct cedar_value *ret_value)
{
	return read_plain(&(struct reading) { document, NULL, 0 }, json, ret_value);
}

bool
value_json_read_record(const struct cedar_json_document *document, const struct json_value *object,
    const struct schema_record *record, const struct cedar_schema *schema,
    struct cedar_value *ret_record)
{
	if (object->kind != JSON_KIND_OBJECT)
		return cedar_json_expected(document, object, "an object");
	return read_record(&(struct reading) { document, schema, 0 }, object, record, ret_record);
}

bool
value_json_read_members(const struct cedar_json_document *document, const struct json_value *object,
    const struct schema_type *type, const struct cedar_schema *schema,
    struct cedar_value *ret_record)
{
	if (object->kind != JSON_KIND_OBJECT)
		return cedar_json_expected(document, object, "an object");
	return read_members(&(struct reading) { document, schema, 0 }, object, type, ret_record);
}
