/* Schemas: both formats in, resolved (schema.h); both formats out, as declared. */
#ifndef POSTERN_CEDAR_SCHEMA_READ_H
#define POSTERN_CEDAR_SCHEMA_READ_H

#include "cedar/json.h"
#include "cedar/schema.h"
#include "core/buffer.h"

/* NULL: the complaints say why. */
const struct cedar_schema *schema_read_text(struct arena *arena, const char *file,
    struct slice text, struct cedar_complaints *reterr_complaints) MUST_USE;
/* Complains to the document's complaints; lives in the document's arena. */
const struct cedar_schema *schema_read_json(
    const struct cedar_json_document *document, const struct json_value *value) MUST_USE;

/*
 * A schema of several texts, in either format, as if they were one; only that each may go on with
 * a namespace of another. A text that is wrong in itself is complained about and not added; names
 * are looked up when all are there. The builder is spent by taking; NULL: the complaints say why.
 */
struct schema_builder;
struct schema_builder *schema_builder_new(struct arena *arena) MUST_USE;
bool schema_builder_add_text(struct schema_builder *builder, const char *file, struct slice text,
    struct cedar_complaints *reterr_complaints) MUST_USE;
/* The document must live as long as the builder; complaints go to its own. */
bool schema_builder_add_json(struct schema_builder *builder,
    const struct cedar_json_document *document, const struct json_value *value) MUST_USE;
const struct cedar_schema *schema_builder_take(
    struct schema_builder *builder, struct cedar_complaints *reterr_complaints) MUST_USE;

/*
 * One format into the other, as the official engine prints them. What does not resolve is
 * converted all the same; what cannot be said in text (a shape that is a common type, a common
 * type and an entity type of one name in a namespace) is a complaint, as is a buffer that failed.
 */
bool schema_text_to_json(struct arena *arena, const char *file, struct slice text,
    struct cedar_complaints *reterr_complaints, struct buffer *out) MUST_USE;
/* The same with all names whole, entity types told from common types; all must be declared. */
bool schema_text_to_resolved_json(struct arena *arena, const char *file, struct slice text,
    struct cedar_complaints *reterr_complaints, struct buffer *out) MUST_USE;
bool schema_json_to_text(const struct cedar_json_document *document, const struct json_value *value,
    struct buffer *out) MUST_USE;

#endif
