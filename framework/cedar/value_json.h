/*
 * JSON -> values. Without a schema an entity is {"__entity": {"type", "id"}} and a value of an
 * extension type {"__extn": {"fn", "arg"}}, also with a list of "args"; where a schema says what
 * comes, both may be without the escape, and what a constructor takes may stand for its call. A
 * call is evaluated here; one that fails is a complaint. An object that merely looks like an
 * escape is an ordinary record.
 */
#ifndef POSTERN_CEDAR_VALUE_JSON_H
#define POSTERN_CEDAR_VALUE_JSON_H

#include "cedar/json.h"
#include "cedar/schema.h"

/* Any value. */
bool value_json_read(const struct cedar_json_document *document, const struct json_value *json,
    struct cedar_value *ret_value) MUST_USE;

/*
 * An object as a record of these attributes. With `schema` all values must conform to their types.
 * Without, they are only read as what the types say: what the official engine does with the
 * context of a request that is not validated.
 */
bool value_json_read_record(const struct cedar_json_document *document,
    const struct json_value *object, const struct schema_record *record,
    const struct cedar_schema *schema, struct cedar_value *ret_record) MUST_USE;
/*
 * An object, never an escape, whose members are all of the same type; `type` NULL: of any.
 * `schema` as above.
 */
bool value_json_read_members(const struct cedar_json_document *document,
    const struct json_value *object, const struct schema_type *type,
    const struct cedar_schema *schema, struct cedar_value *ret_record) MUST_USE;

/* Whether to look for more that is wrong: there is room for complaints, and no bound was met. */
bool value_json_may_go_on(const struct cedar_json_document *document);
/* Complains that memory is out. Always false. */
bool value_json_no_memory(
    const struct cedar_json_document *document, const struct json_value *json);

#endif
