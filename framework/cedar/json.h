/*
 * JSON as Cedar's formats need it: core/json_read.h with the engine's bounds, and complaints with
 * a place in the text for whoever is unhappy with a value. Strings may hold U+0000; a number that
 * is no integer of 64 bits is read, for whoever needs the value to complain: Cedar has none.
 */
#ifndef POSTERN_CEDAR_JSON_H
#define POSTERN_CEDAR_JSON_H

#include "cedar/cedar.h"
#include "cedar/complaint.h"
#include "core/json_read.h"

struct cedar_json_document {
	struct source source; /* for complaint_add(&document->source, value->offset, ...) */
	const struct json_value *root;
};

/*
 * Reads a whole text; it is copied into the arena as far as needed. False: complaints say why, one
 * at least (memory, CEDAR_MAX_TEXT, and CEDAR_MAX_SET elements of one container too). Arrays and
 * objects may stand at depth `max_depth`, the outermost at 1, and whatever they hold with them.
 */
bool cedar_json_read(struct arena *arena, const char *file, struct slice text, unsigned max_depth,
    struct cedar_complaints *reterr_complaints, struct cedar_json_document *ret_document) MUST_USE;

/*
 * "expected WHAT, found a number" at the value. Always false, to return at once.
 */
bool cedar_json_expected(
    const struct cedar_json_document *document, const struct json_value *value, const char *what);

#endif
