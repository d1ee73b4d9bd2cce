/*
 * Some fifteen hundred schemas in both formats with what the official engine makes of each: the
 * files schemas*.txt of verdicts/. What is taken must also come out the same in the other format;
 * texts with characters that nobody sees are rows here.
 */
#include "cedar/schema_read.h"
#include "schema_dump.h"
#include "verdict_file.h"

enum { MAX_OUTPUT = 1024 * 1024 };

/* A complaint has a place in the text. */
static void
check_complaint(struct world *world, size_t text_len)
{
	const struct cedar_complaint *complaint = &world->complaints.items[0];

	assert_true(world->complaints.count > 0);
	assert_true(complaint->line > 0 && complaint->column > 0);
	assert_true(complaint->column <= text_len + 1);
	assert_false(complaint->is_limit);
	assert_non_null(cedar_complaint_text(&world->arena, complaint));
}

static const struct cedar_schema *
read_json(struct world *world, struct slice text, struct cedar_json_document *ret_document)
{
	if (!cedar_json_read(&world->arena, "json", text, CEDAR_MAX_JSON_DEPTH, &world->complaints,
		ret_document))
		return NULL;
	return schema_read_json(ret_document, ret_document->root);
}

static const char *
judge_text(struct world *world, struct slice text)
{
	const struct cedar_schema *schema = schema_read_text(
				      &world->arena, "text", text, &world->complaints),
				  *again;
	struct cedar_json_document document;
	struct buffer json;

	if (schema == NULL) {
		check_complaint(world, text.len);
		return "refused";
	}
	buffer_init(&json, &world->arena, 1024, MAX_OUTPUT);
	assert_true(schema_text_to_json(&world->arena, "text", text, &world->complaints, &json));
	again = read_json(world, buffer_content(&json), &document);
	assert_non_null(again);
	assert_string_equal(schema_dump(&world->arena, schema), schema_dump(&world->arena, again));
	return "taken";
}

/*
 * Whether text says the same as JSON: an action that applies to nothing has no context there, and a
 * name always stands for the common type that has it.
 */
static bool
has_equal_text(struct slice json)
{
	return strstr(json.data, "\"principalTypes\":[]") == NULL &&
	       strstr(json.data, "\"resourceTypes\":[]") == NULL &&
	       strstr(json.data, "\"commonTypes\":{\"A\":") == NULL;
}

static const char *
judge_json(struct world *world, struct slice text)
{
	struct cedar_json_document document;
	const struct cedar_schema *schema = read_json(world, text, &document), *again;
	struct buffer printed;

	if (schema == NULL) {
		check_complaint(world, text.len);
		return "refused";
	}
	buffer_init(&printed, &world->arena, 1024, MAX_OUTPUT);
	if (!schema_json_to_text(&document, document.root, &printed)) {
		check_complaint(world, text.len);
		return "taken";
	}
	again = schema_read_text(
	    &world->arena, "printed", buffer_content(&printed), &world->complaints);
	assert_non_null(again);
	if (has_equal_text(text))
		assert_string_equal(
		    schema_dump(&world->arena, schema), schema_dump(&world->arena, again));
	return "taken";
}

static const struct verdict_file file_rows[] = {
	{ "schemas.txt", judge_text, 940 },
	{ "schemas_json.txt", judge_json, 600 },
};

/* What a file of lines cannot show. */
static const struct odd_row {
	const char *name, *verdict;
	struct slice text;
} odd_rows[] = {
	{ "nothing", "taken", SLICE("") },
	{ "a byte order mark", "refused",
	    SLICE("\xef\xbb\xbf"
		  "entity A;") },
	{ "U+00A0 is white space", "taken",
	    SLICE("entity\xc2\xa0"
		  "A;") },
	{ "U+2028 is white space", "taken",
	    SLICE("entity\xe2\x80\xa8"
		  "A;") },
	{ "U+3000 is white space", "taken", SLICE("entity A;\xe3\x80\x80") },
	{ "U+200B is none", "refused",
	    SLICE("entity\xe2\x80\x8b"
		  "A;") },
	{ "a carriage return ends a comment", "taken", SLICE("// a\rentity A;") },
	{ "U+2028 does not", "taken", SLICE("// a\xe2\x80\xa8 entity A B;") },
	{ "a carriage return in a string", "refused", SLICE("entity A {\"a\rb\": Long};") },
	{ "a tab in a string", "taken", SLICE("entity A {\"a\tb\": Long};") },
	{ "a line end of Windows", "taken", SLICE("entity A;\r\nentity B;\r\n") },
	{ "NUL in a string", "taken", SLICE("entity A {\"\0\": Long};") },
	{ "NUL between", "refused", SLICE("entity A;\0") },
	{ "no UTF-8", "refused", SLICE("entity A {\"\xff\": Long};") },
	{ "no UTF-8 in a comment", "refused", SLICE("// \xc3\nentity A;") },
};

static void
an_odd_text_is_judged_as_it_says(void **state)
{
	const struct odd_row *row = *state;
	struct world world;

	world_init(&world);
	assert_string_equal(judge_text(&world, row->text), row->verdict);
	world_done(&world);
}

int
main(void)
{
	return RUN_ROWS(file_rows, a_file_is_judged_as_it_says) +
	       RUN_ROWS(odd_rows, an_odd_text_is_judged_as_it_says);
}
