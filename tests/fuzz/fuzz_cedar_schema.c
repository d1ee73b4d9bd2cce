/*
 * Schema texts: whatever the bytes, the reader ends and complains with places inside the text, or
 * makes a schema. What it takes becomes JSON that is taken too, with as many types and actions, and
 * the text that is printed from that JSON is printed again from its own.
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

/* Memory or a bound may be out where more is made of a text than of what it says. */
static void
expect(bool is_right, const struct cedar_complaints *complaints)
{
	if (!is_right && (complaints->count == 0 || !complaints->items[0].is_limit))
		abort();
}

/* JSON to text; false: it has none, as has a common type and an entity type of one name. */
static bool
print_text(struct arena *arena, struct slice json, struct buffer *text)
{
	struct cedar_json_document document;
	struct cedar_complaints complaints;

	buffer_init(text, arena, 4096, MAX_OUTPUT);
	return cedar_json_read(arena, "json", json, 4 * CEDAR_MAX_DEPTH, &complaints, &document) &&
	       schema_json_to_text(&document, document.root, text);
}

static void
check_text(struct arena *arena, struct slice json)
{
	struct cedar_complaints complaints;
	struct buffer text, json_again, text_again;

	if (!print_text(arena, json, &text))
		return;
	buffer_init(&json_again, arena, 4096, MAX_OUTPUT);
	if (!schema_text_to_json(arena, "text", buffer_content(&text), &complaints, &json_again)) {
		expect(false, &complaints);
		return;
	}
	if (print_text(arena, buffer_content(&json_again), &text_again) &&
	    !slice_equal(buffer_content(&text), buffer_content(&text_again)))
		abort();
}

static void
check_json(struct arena *arena, struct slice text, const struct cedar_schema *schema)
{
	struct cedar_json_document document;
	struct cedar_complaints complaints;
	const struct cedar_schema *again;
	struct buffer json;

	buffer_init(&json, arena, 4096, MAX_OUTPUT);
	if (!schema_text_to_json(arena, "fuzz", text, &complaints, &json) ||
	    !cedar_json_read(arena, "json", buffer_content(&json), 4 * CEDAR_MAX_DEPTH, &complaints,
		&document)) {
		expect(false, &complaints);
		return;
	}
	again = schema_read_json(&document, document.root);
	if (again == NULL) {
		expect(false, &complaints);
		return;
	}
	if (again->type_count != schema->type_count || again->action_count != schema->action_count)
		abort();
	check_text(arena, buffer_content(&json));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_make((const char *)data, size);
	struct cedar_complaints complaints;
	const struct cedar_schema *schema;
	struct arena arena;

	arena_init(&arena, 16 * 1024, 128 * 1024 * 1024);
	schema = schema_read_text(&arena, "fuzz", text, &complaints);
	if (schema == NULL)
		check_complaints(&arena, &complaints);
	else
		check_json(&arena, text, schema);
	arena_done(&arena);
	return 0;
}
