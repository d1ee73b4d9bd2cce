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
    const struct cedar_json_document *document, const struct cedar_json *value) MUST_USE;

/* One format into the other. What does not resolve is converted all the same. */
bool schema_text_to_json(struct arena *arena, const char *file, struct slice text,
    struct cedar_complaints *reterr_complaints, struct buffer *out) MUST_USE;
bool schema_json_to_text(const struct cedar_json_document *document, const struct cedar_json *value,
    struct buffer *out) MUST_USE;

#endif
