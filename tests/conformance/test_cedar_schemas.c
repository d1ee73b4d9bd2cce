/*
 * Schemas against the official engine: which texts and JSON schemas it takes, its conversions of
 * text to JSON, and that both formats of a schema come to the same thing.
 */
#include "cases.h"

#include "../unit/cedar/schema_dump.h"
#include "cedar/schema_read.h"

enum {
	PARSE_TEXTS = 66, /* of them schema texts, */
	PARSE_JSONS = 14, /* and JSON schemas */
	MAX_OUTPUT = 16 * 1024 * 1024,
};

struct tally {
	size_t texts, jsons, wrong;
};

static struct slice
first_complaint(struct arena *arena, const struct cedar_complaints *complaints)
{
	return slice_from(complaints->count == 0
			      ? "no complaint"
			      : cedar_complaint_text(arena, &complaints->items[0]));
}

/* A text with what the official engine made of it; `recorded` NULL: it is refused. */
static void
check_text(
    struct tally *tally, struct slice text, const struct json_value *recorded, struct arena *arena)
{
	struct cedar_complaints complaints;
	const struct cedar_schema *schema = schema_read_text(arena, "text", text, &complaints);
	struct buffer out;

	tally->texts++;
	if ((schema != NULL) != (recorded != NULL)) {
		cases_wrong(
		    &tally->wrong, "not as recorded", text, first_complaint(arena, &complaints));
		return;
	}
	buffer_init(&out, arena, 4096, MAX_OUTPUT);
	if (schema != NULL && (!schema_text_to_json(arena, "text", text, &complaints, &out) ||
				  !data_equal(data_parse(arena, buffer_content(&out)), recorded)))
		cases_wrong(&tally->wrong, "other JSON than recorded", text,
		    first_complaint(arena, &complaints));
}

/* The recorded JSON of a text, and the text printed from that, resolve to the same schema. */
static void
check_formats(struct tally *tally, struct slice text, const struct cedar_json_document *document,
    struct arena *arena)
{
	struct cedar_complaints complaints;
	const struct cedar_schema *schema = schema_read_text(arena, "text", text, &complaints);
	const struct cedar_schema *from_json = schema_read_json(document, document->root), *again;
	struct buffer printed;

	assert_non_null(schema);
	tally->jsons++;
	buffer_init(&printed, arena, 4096, MAX_OUTPUT);
	if (from_json == NULL || !schema_json_to_text(document, document->root, &printed)) {
		cases_wrong(&tally->wrong, "its JSON is refused", text,
		    first_complaint(arena, document->source.complaints));
		return;
	}
	again = schema_read_text(arena, "printed", buffer_content(&printed), &complaints);
	if (again == NULL)
		cases_wrong(&tally->wrong, "printed text is refused", buffer_content(&printed),
		    first_complaint(arena, &complaints));
	else if (strcmp(schema_dump(arena, schema), schema_dump(arena, from_json)) != 0 ||
		 strcmp(schema_dump(arena, schema), schema_dump(arena, again)) != 0)
		cases_wrong(&tally->wrong, "another schema", text,
		    slice_from(schema_dump(arena, from_json)));
}

/* The same document, read from its own bytes. */
static void
open_document(struct arena *arena, struct slice text, struct cedar_complaints *complaints,
    struct cedar_json_document *ret_document)
{
	assert_true(
	    cedar_json_read(arena, "json", text, CEDAR_MAX_JSON_DEPTH, complaints, ret_document));
}

/* What text to JSON printed is the recorded JSON, so it serves as its bytes. */
static void
check_corpus_line(void *data, const struct recorded *recorded)
{
	struct tally *tally = data;
	struct arena *arena = recorded->arena;
	struct slice text = data_text(recorded->line, "schema");
	struct cedar_json_document document;
	struct cedar_complaints complaints;
	struct buffer json;

	check_text(tally, text, data_get(recorded->jsons, "schema"), arena);
	buffer_init(&json, arena, 4096, MAX_OUTPUT);
	assert_true(schema_text_to_json(arena, "text", text, &complaints, &json));
	open_document(arena, buffer_content(&json), &complaints, &document);
	check_formats(tally, text, &document, arena);
}

static void
the_corpus_becomes_the_recorded_json(void **state)
{
	struct tally tally = { 0 };

	(void)state;
	if (!cases_each_in_both(check_corpus_line, &tally))
		return;
	print_message(
	    "%zu texts, %zu in both formats, %zu wrong\n", tally.texts, tally.jsons, tally.wrong);
	assert_int_equal(tally.wrong, 0);
	assert_int_equal(tally.texts, corpus_file.count);
	assert_int_equal(tally.jsons, corpus_file.count);
}

static void
check_handwritten(void *data, const struct recorded *recorded)
{
	struct cedar_complaints complaints;

	(void)data;
	if (schema_read_text(
		recorded->arena, "text", data_text(recorded->line, "schema"), &complaints) == NULL)
		fail_msg("%.*s", SLICE_ARGS(first_complaint(recorded->arena, &complaints)));
}

static void
the_handwritten_schemas_are_taken(void **state)
{
	(void)state;
	(void)cases_each(&handwritten_file, check_handwritten, NULL);
}

/* A JSON schema of the official repository. */
static void
check_json(struct tally *tally, const struct json_value *line, struct arena *arena)
{
	struct slice text = data_text(line, "text");
	struct cedar_json_document document;
	struct cedar_complaints complaints;
	const struct cedar_schema *schema, *again;
	struct buffer printed;

	tally->jsons++;
	open_document(arena, text, &complaints, &document);
	schema = schema_read_json(&document, document.root);
	if ((schema != NULL) != data_get(line, "ok")->as.boolean)
		cases_wrong(
		    &tally->wrong, "not as recorded", text, first_complaint(arena, &complaints));
	if (schema == NULL)
		return;
	buffer_init(&printed, arena, 4096, MAX_OUTPUT);
	if (!schema_json_to_text(&document, document.root, &printed)) {
		cases_wrong(
		    &tally->wrong, "not printed", text, first_complaint(arena, &complaints));
		return;
	}
	again = schema_read_text(arena, "printed", buffer_content(&printed), &complaints);
	if (again == NULL || strcmp(schema_dump(arena, schema), schema_dump(arena, again)) != 0)
		cases_wrong(&tally->wrong, "printed text is another schema",
		    buffer_content(&printed), first_complaint(arena, &complaints));
}

static void
check_parse_line(void *data, const struct recorded *recorded)
{
	const struct json_value *line = recorded->line, *kind = data_get(line, "kind");

	if (json_is(kind, "schema"))
		check_text(data, data_text(line, "text"),
		    data_get(line, "ok")->as.boolean ? data_get(line, "json") : NULL,
		    recorded->arena);
	else if (json_is(kind, "schema-json"))
		check_json(data, line, recorded->arena);
}

static void
the_official_schema_files_are_taken_and_converted_as_recorded(void **state)
{
	struct tally tally = { 0 };

	(void)state;
	if (!cases_each(&parse_file, check_parse_line, &tally))
		return;
	print_message("%zu schema texts, %zu JSON schemas, %zu wrong\n", tally.texts, tally.jsons,
	    tally.wrong);
	assert_int_equal(tally.wrong, 0);
	assert_int_equal(tally.texts, PARSE_TEXTS);
	assert_int_equal(tally.jsons, PARSE_JSONS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_official_schema_files_are_taken_and_converted_as_recorded),
		cmocka_unit_test(the_handwritten_schemas_are_taken),
		cmocka_unit_test(the_corpus_becomes_the_recorded_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
