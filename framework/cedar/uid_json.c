/*
 * Entity uids in JSON, where nothing else can stand: {"type", "id"}, the same behind "__entity",
 * and, since the official engine takes it too, a list of the two strings. Other members are
 * ignored.
 */
#include "cedar/uid_json.h"

#include "cedar/entities_json.h"

/* The two strings; false: they are not there. */
static bool
find_parts(const struct json_value *json, const struct json_value **ret_type,
    const struct json_value **ret_id)
{
	const struct json_value *type, *id;

	if (json->kind == JSON_KIND_ARRAY && json->count == 2) {
		type = &json->as.elements[0];
		id = &json->as.elements[1];
	} else {
		type = json_find(json, "type");
		id = json_find(json, "id");
	}
	if (type == NULL || type->kind != JSON_KIND_STRING || id == NULL ||
	    id->kind != JSON_KIND_STRING)
		return false;
	*ret_type = type;
	*ret_id = id;
	return true;
}

bool
uid_json_make(const struct cedar_json_document *document, const struct json_value *type,
    const struct json_value *id, struct cedar_uid *ret_uid)
{
	struct slice name = type->as.string;

	if (!cedar_is_path(name)) {
		complaint_add(&document->source, type->offset,
		    "a type is names joined by ::, without spaces and without reserved words",
		    "\"%.*s\" is no entity type", COMPLAINT_NAME(name));
		return false;
	}
	*ret_uid = (struct cedar_uid) { name, id->as.string };
	return true;
}

static bool
refuse(const struct cedar_json_document *document, const struct json_value *json)
{
	struct slice text = json->as.string;

	if (json->kind == JSON_KIND_STRING && text.len > 0 && text.data[text.len - 1] == '"') {
		complaint_add(&document->source, json->offset,
		    "in JSON User::\"a\" is {\"type\": \"User\", \"id\": \"a\"}",
		    "expected an entity, found a string");
		return false;
	}
	return cedar_json_expected(document, json, "an entity, {\"type\": .., \"id\": ..}");
}

bool
uid_json_read(const struct cedar_json_document *document, const struct json_value *value,
    struct cedar_uid *ret_uid)
{
	const struct json_value *expression = json_find(value, "__expr");
	const struct json_value *escaped = json_find(value, "__entity");
	const struct json_value *type, *id;

	if (expression != NULL && expression->kind == JSON_KIND_STRING)
		return uid_json_refuse_expression(document, value);
	if (escaped == NULL || !find_parts(escaped, &type, &id))
		if (!find_parts(value, &type, &id))
			return refuse(document, value);
	return uid_json_make(document, type, id, ret_uid);
}

bool
uid_json_refuse_expression(
    const struct cedar_json_document *document, const struct json_value *value)
{
	complaint_add(&document->source, value->offset,
	    "write the value itself, or use \"__entity\" or \"__extn\"",
	    "\"__expr\" is no longer part of the language");
	return false;
}
