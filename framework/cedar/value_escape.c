/*
 * Which objects are escapes, to the letter as the official engine takes them. Recursion is as deep
 * as the document, whose reader has a bound.
 */
#include "cedar/value_escape.h"

const struct json_value *
value_escape_foreign_number(const struct json_value *json)
{
	const struct json_value *found = json->kind == JSON_KIND_NUMBER ? json : NULL;

	for (uint32_t i = 0; i < json->count && found == NULL; i++)
		found = value_escape_foreign_number(json->kind == JSON_KIND_ARRAY
							? &json->as.elements[i]
							: &json->as.members[i].value);
	return found;
}

bool
value_escape_call(const struct json_value *json, struct value_escaped *ret_escaped)
{
	const struct json_value *function = json_find(json, "fn");
	const struct json_value *one = json_find(json, "arg");
	const struct json_value *list = json_find(json, "args");

	if (function == NULL || function->kind != JSON_KIND_STRING)
		return false;
	ret_escaped->function = function;
	if (one != NULL && value_escape_foreign_number(one) == NULL) {
		ret_escaped->arguments = one;
		ret_escaped->argument_count = 1;
		return true;
	}
	if (list == NULL || list->kind != JSON_KIND_ARRAY ||
	    value_escape_foreign_number(list) != NULL)
		return false;
	ret_escaped->arguments = list->as.elements;
	ret_escaped->argument_count = list->count;
	return true;
}

static bool
find_entity(const struct json_value *json, struct value_escaped *ret_escaped)
{
	const struct json_value *type = json_find(json, "type");
	const struct json_value *id = json_find(json, "id");

	if (type == NULL || type->kind != JSON_KIND_STRING || id == NULL ||
	    id->kind != JSON_KIND_STRING)
		return false;
	ret_escaped->type = type;
	ret_escaped->id = id;
	return true;
}

enum value_escape
value_escape_of(const struct json_value *object, struct value_escaped *ret_escaped)
{
	const struct json_value *inner;
	struct slice name;

	if (object->kind != JSON_KIND_OBJECT || object->count != 1)
		return VALUE_PLAIN;
	name = object->as.members[0].name;
	inner = &object->as.members[0].value;
	if (slice_is(name, "__entity") && find_entity(inner, ret_escaped))
		return VALUE_ENTITY;
	if (slice_is(name, "__extn") && value_escape_call(inner, ret_escaped))
		return VALUE_CALL;
	if (slice_is(name, "__expr") && inner->kind == JSON_KIND_STRING)
		return VALUE_EXPRESSION;
	return VALUE_PLAIN;
}
