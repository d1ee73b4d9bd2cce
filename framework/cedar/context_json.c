/* A context in JSON -> a record. */
#include "cedar/entities_json.h"
#include "cedar/value_json.h"

bool
context_json_read(const struct cedar_json_document *document, const struct json_value *object,
    const struct cedar_schema *schema, const struct cedar_uid *action,
    struct cedar_value *ret_context)
{
	const struct schema_action *declared;

	if (schema != NULL) {
		declared = schema_find_action(schema, action);
		if (declared != NULL)
			return value_json_read_record(
			    document, object, declared->context, NULL, ret_context);
		complaint_add(&document->source, object->offset, NULL,
		    "the schema declares no action %.*s::\"%.*s\", which would say what this is",
		    COMPLAINT_NAME(action->type), COMPLAINT_NAME(action->id));
		return false;
	}
	if (object->kind != JSON_KIND_OBJECT)
		return cedar_json_expected(document, object, "an object");
	if (!value_json_read(document, object, ret_context))
		return false;
	if (ret_context->kind == CEDAR_RECORD)
		return true;
	complaint_add(&document->source, object->offset, NULL, "a context is a record");
	return false;
}

bool
context_json_read_text(struct arena *arena, const char *file, struct slice text,
    const struct cedar_schema *schema, const struct cedar_uid *action,
    struct cedar_complaints *reterr_complaints, struct cedar_value *ret_context)
{
	struct cedar_json_document document;

	return cedar_json_read(
		   arena, file, text, CEDAR_MAX_JSON_DEPTH, reterr_complaints, &document) &&
	       context_json_read(&document, document.root, schema, action, ret_context);
}
