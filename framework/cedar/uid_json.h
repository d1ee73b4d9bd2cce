/* What reading uids and reading values have in common; uid_json_read is in entities_json.h. */
#ifndef POSTERN_CEDAR_UID_JSON_H
#define POSTERN_CEDAR_UID_JSON_H

#include "cedar/json.h"

/* A uid of two JSON strings; complains when the type is none. */
bool uid_json_make(const struct cedar_json_document *document, const struct json_value *type,
    const struct json_value *id, struct cedar_uid *ret_uid) MUST_USE;
/* Complains about {"__expr": ".."}. Always false. */
bool uid_json_refuse_expression(
    const struct cedar_json_document *document, const struct json_value *value);

#endif
