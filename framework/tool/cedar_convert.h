/* Policies and schemas from one format into the other, for `translate` and its batch. */
#ifndef POSTERN_TOOL_CEDAR_CONVERT_H
#define POSTERN_TOOL_CEDAR_CONVERT_H

#include "cedar/cedar.h"
#include "cedar/json.h"
#include "core/buffer.h"

enum cedar_subject { CEDAR_SUBJECT_POLICIES, CEDAR_SUBJECT_SCHEMA };
enum cedar_direction { CEDAR_TO_JSON, CEDAR_FROM_JSON, CEDAR_TO_RESOLVED_JSON };

/* "cedar-to-json" and the others; false: none of them. */
bool cedar_direction_find(struct slice name, enum cedar_direction *ret_direction);

struct cedar_conversion {
	struct arena *arena;
	struct cedar_complaints *complaints;
	const char *file; /* for complaints */
	bool renames;     /* policies get their @id as ids */
};

/* False: the complaints say why. */
bool cedar_convert(const struct cedar_conversion *conversion, enum cedar_subject subject,
    enum cedar_direction direction, struct slice text, struct buffer *out) MUST_USE;

/*
 * What a file of JSON policies may be: a set, or one policy or template, which gets the id
 * "JSON policy" as the official command has it. False: the document's complaints say why.
 */
bool cedar_policies_json_add(struct cedar_builder *builder,
    const struct cedar_json_document *document, const struct json_value *root) MUST_USE;

#endif
