/* The reader's verdicts as complaints. What it refuses stands in one place: there is one complaint. */
#include "cedar/json.h"

bool
cedar_json_read(struct arena *arena, const char *file, struct slice text, unsigned max_depth,
    struct cedar_complaints *reterr_complaints, struct cedar_json_document *ret_document)
{
	const struct json_rules rules = { .max_depth = max_depth, .max_elements = CEDAR_MAX_SET };
	struct source source = { .arena = arena, .complaints = reterr_complaints };
	const struct json_value *root;
	struct json_fault fault;

	reterr_complaints->count = 0;
	if (!source_open(&source, file, text))
		return false;
	if (json_read(arena, source.text, &rules, &fault, &root)) {
		*ret_document = (struct cedar_json_document) { source, root };
		return true;
	}
	if (fault.is_limit)
		complaint_limit(&source, fault.offset, fault.hint, "%s", fault.message);
	else
		complaint_add(&source, fault.offset, fault.hint, "%s", fault.message);
	return false;
}

bool
cedar_json_expected(
    const struct cedar_json_document *document, const struct json_value *value, const char *what)
{
	static const char *const names[] = {
		[JSON_KIND_NULL] = "null",
		[JSON_KIND_BOOL] = "a boolean",
		[JSON_KIND_INTEGER] = "a number",
		[JSON_KIND_NUMBER] = "a number that is no 64-bit integer",
		[JSON_KIND_STRING] = "a string",
		[JSON_KIND_ARRAY] = "an array",
		[JSON_KIND_OBJECT] = "an object",
	};

	complaint_add(&document->source, value->offset, NULL, "expected %s, found %s", what,
	    names[value->kind]);
	return false;
}
