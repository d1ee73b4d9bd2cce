/*
 * Objects of JSON that stand for something else than a record. An object that merely looks like an
 * escape is a record.
 */
#ifndef POSTERN_CEDAR_VALUE_ESCAPE_H
#define POSTERN_CEDAR_VALUE_ESCAPE_H

#include "cedar/json.h"

/* What an object without a schema is. */
enum value_escape {
	VALUE_PLAIN, /* a record */
	VALUE_ENTITY,
	VALUE_CALL,
	VALUE_EXPRESSION /* "__expr": refused wherever it stands */
};
/* The parts of an escape. */
struct value_escaped {
	const struct json_value *type, *id; /* VALUE_ENTITY: strings */
	const struct json_value *function;  /* VALUE_CALL: a string */
	const struct json_value *arguments; /* of it: `argument_count` values */
	uint32_t argument_count;
};
enum value_escape value_escape_of(
    const struct json_value *object, struct value_escaped *ret_escaped);
/*
 * What stands behind "__extn", and where a schema expects an extension type, for itself: {"fn":
 * string, "arg": value} or {"fn": string, "args": list of values}. Other members mean nothing.
 */
bool value_escape_call(const struct json_value *json, struct value_escaped *ret_escaped);

/* A number inside that Cedar does not have, which makes it no value; NULL: there is none. */
const struct json_value *value_escape_foreign_number(const struct json_value *json);

#endif
