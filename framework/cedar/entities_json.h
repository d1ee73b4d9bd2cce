/*
 * Entities, contexts and requests in their JSON formats, read with and without a schema. All
 * complain to the document's complaints; what they make lives in the document's arena.
 */
#ifndef POSTERN_CEDAR_ENTITIES_JSON_H
#define POSTERN_CEDAR_ENTITIES_JSON_H

#include "cedar/json.h"
#include "cedar/schema.h"
#include "core/buffer.h"

/*
 * A closed store. `schema` NULL: none; with one everything is checked against it and its actions
 * are added. `list` NULL: no entities but those actions.
 */
struct cedar_entities *entities_json_read(const struct cedar_json_document *document,
    const struct json_value *list, const struct cedar_schema *schema) MUST_USE;
/*
 * A context, as a record. With a schema `action` says which type it must have, and one that is
 * not declared is a complaint.
 */
bool context_json_read(const struct cedar_json_document *document, const struct json_value *object,
    const struct cedar_schema *schema, const struct cedar_uid *action,
    struct cedar_value *ret_context) MUST_USE;
/* The same two from whole texts, which are read first. */
struct cedar_entities *entities_json_read_text(struct arena *arena, const char *file,
    struct slice text, const struct cedar_schema *schema,
    struct cedar_complaints *reterr_complaints) MUST_USE;
bool context_json_read_text(struct arena *arena, const char *file, struct slice text,
    const struct cedar_schema *schema, const struct cedar_uid *action,
    struct cedar_complaints *reterr_complaints, struct cedar_value *ret_context) MUST_USE;
/* {"type","id"} or {"__entity": {...}}. */
bool uid_json_read(const struct cedar_json_document *document, const struct json_value *value,
    struct cedar_uid *ret_uid) MUST_USE;

/*
 * Whether the request is one that the schema knows: NULL, or what is wrong with it, in the arena
 * (NULL is also not returned when memory is out).
 */
const char *request_check(struct arena *arena, const struct cedar_schema *schema,
    const struct cedar_request *request) MUST_USE;
/* Its halves: action, principal and resource; then the context for that action. */
const char *request_check_roles(struct arena *arena, const struct cedar_schema *schema,
    const struct cedar_request *request) MUST_USE;
const char *request_check_context(struct arena *arena, const struct cedar_schema *schema,
    const struct cedar_request *request) MUST_USE;

/*
 * Writers into a buffer of an arena, records in the order of the alphabet; false when the buffer
 * failed. In JSON a record with a member "__entity", "__extn" or
 * "__expr" cannot be written, since it could be read back as something else; that is false too.
 */
bool value_json_write(struct buffer *out, struct cedar_value value) MUST_USE;
/* Attributes or tags: a record whose own names are never taken for an escape. */
bool value_json_write_members(struct buffer *out, const struct cedar_record *record) MUST_USE;
/* The list that entities_json_read() reads, an entity a line. */
bool entities_json_write(struct buffer *out, const struct cedar_entities *entities) MUST_USE;
/* As the language writes it. */
bool value_text_write(struct buffer *out, struct cedar_value value);

#endif
