/*
 * JSON schemas: whatever the bytes, the reader ends and complains with places inside the text, or
 * makes a schema. Where it can be printed as text, the text is taken too, with as many types and
 * actions.
 */
#include <stdlib.h>

#include "cedar/schema_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_OUTPUT = 32 * 1024 * 1024 };

static void
check_complaints(struct arena *arena, const struct cedar_complaints *complaints)
{
	size_t shown = complaints->count < CEDAR_MAX_ERRORS ? complaints->count : CEDAR_MAX_ERRORS;

	if (complaints->count == 0)
		abort();
	for (size_t i = 0; i < shown; i++)
		if (complaints->items[i].line == 0 || complaints->items[i].column == 0 ||
		    cedar_complaint_text(arena, &complaints->items[i]) == NULL)
			abort();
}

/*
 * In text a name that has a common type stands for that: in the empty namespace, where the official
 * engine prints it all the same, and for the type of actions this may be another schema or none.
 */
static bool
has_hidden_types(const struct cedar_json_document *document)
{
	for (uint32_t i = 0; i < document->root->count; i++) {
		const struct json_member *member = &document->root->as.members[i];
		const struct json_value *commons = member->value.kind == JSON_KIND_ARRAY
						       ? &member->value.as.elements[0]
						       : json_find(&member->value, "commonTypes");

		if (commons != NULL &&
		    (member->name.len == 0 || json_find(commons, "Action") != NULL))
			return true;
	}
	return false;
}

static void
check_text(struct arena *arena, const struct cedar_json_document *document,
    const struct cedar_schema *schema)
{
	struct cedar_complaints complaints;
	const struct cedar_schema *again;
	struct buffer text;

	buffer_init(&text, arena, 4096, MAX_OUTPUT);
	if (!schema_json_to_text(document, document->root, &text) || has_hidden_types(document))
		return;
	again = schema_read_text(arena, "text", buffer_content(&text), &complaints);
	if (again == NULL) {
		if (!complaints.items[0].is_limit)
			abort();
		return;
	}
	if (again->type_count != schema->type_count || again->action_count != schema->action_count)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_make((const char *)data, size);
	struct cedar_json_document document;
	struct cedar_complaints complaints;
	const struct cedar_schema *schema;
	struct arena arena;

	arena_init(&arena, 16 * 1024, 128 * 1024 * 1024);
	if (cedar_json_read(&arena, "fuzz", text, CEDAR_MAX_JSON_DEPTH, &complaints, &document)) {
		schema = schema_read_json(&document, document.root);
		if (schema == NULL)
			check_complaints(&arena, &complaints);
		else
			check_text(&arena, &document, schema);
	}
	arena_done(&arena);
	return 0;
}
