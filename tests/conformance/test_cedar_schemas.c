/*
 * Schemas against the official engine: which texts and JSON schemas it takes, its conversions of
 * text to JSON, and that both formats of a schema come to the same thing.
 */
#include "data.h"

#include "../unit/cedar/schema_dump.h"
#include "cedar/schema_read.h"

enum {
	CORPUS_CASES = 4616,
	HANDWRITTEN_CASES = 22,
	PARSE_CASES = 168,
	PARSE_TEXTS = 66, /* of them schema texts, */
	PARSE_JSONS = 14, /* and JSON schemas */
	MAX_OUTPUT = 16 * 1024 * 1024,
	MAX_SHOWN = 5,
};

struct tally {
	size_t texts, jsons, wrong;
};

static void
is_wrong(struct tally *tally, const char *about, struct slice text, const char *got)
{
	if (tally->wrong++ < MAX_SHOWN)
		print_error("%s\n%.*s\n%s\n", about, SLICE_ARGS(text), got);
}

static const char *
first_complaint(struct arena *arena, const struct cedar_complaints *complaints)
{
	return complaints->count == 0 ? "no complaint"
				      : cedar_complaint_text(arena, &complaints->items[0]);
}

/* A text with what the official engine made of it; `recorded` NULL: it is refused. */
static void
check_text(
    struct tally *tally, struct slice text, const struct cedar_json *recorded, struct arena *arena)
{
	struct cedar_complaints complaints;
	const struct cedar_schema *schema = schema_read_text(arena, "text", text, &complaints);
	struct buffer out;

	tally->texts++;
	if ((schema != NULL) != (recorded != NULL)) {
		is_wrong(tally, "not as recorded", text, first_complaint(arena, &complaints));
		return;
	}
	buffer_init(&out, arena, 4096, MAX_OUTPUT);
	if (schema != NULL && (!schema_text_to_json(arena, "text", text, &complaints, &out) ||
				  !data_equal(data_parse(arena, buffer_content(&out)), recorded)))
		is_wrong(
		    tally, "other JSON than recorded", text, first_complaint(arena, &complaints));
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
		is_wrong(tally, "its JSON is refused", text,
		    first_complaint(arena, document->source.complaints));
		return;
	}
	again = schema_read_text(arena, "printed", buffer_content(&printed), &complaints);
	if (again == NULL)
		is_wrong(tally, "printed text is refused", buffer_content(&printed),
		    first_complaint(arena, &complaints));
	else if (strcmp(schema_dump(arena, schema), schema_dump(arena, from_json)) != 0 ||
		 strcmp(schema_dump(arena, schema), schema_dump(arena, again)) != 0)
		is_wrong(tally, "another schema", text, schema_dump(arena, from_json));
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
check_corpus_line(struct tally *tally, const struct cedar_json *line,
    const struct cedar_json *recorded, struct arena *arena)
{
	struct slice text = data_text(line, "schema");
	struct cedar_json_document document;
	struct cedar_complaints complaints;
	struct buffer json;

	assert_true(slice_equal(data_text(line, "name"), data_text(recorded, "name")));
	check_text(tally, text, data_get(recorded, "schema"), arena);
	buffer_init(&json, arena, 4096, MAX_OUTPUT);
	assert_true(schema_text_to_json(arena, "text", text, &complaints, &json));
	open_document(arena, buffer_content(&json), &complaints, &document);
	check_formats(tally, text, &document, arena);
}

static void
the_corpus_becomes_the_recorded_json(void **state)
{
	struct tally tally = { 0 };
	const struct cedar_json *line;
	struct data_file texts, jsons;
	struct arena arena;

	(void)state;
	if (!data_open(&texts, "corpus.jsonl.gz", CORPUS_CASES) ||
	    !data_open(&jsons, "corpus-json.jsonl.gz", CORPUS_CASES))
		return;
	arena_init(&arena, 256 * 1024, 512 * 1024 * 1024);
	for (; (line = data_next(&texts, &arena)) != NULL; arena_reset(&arena))
		check_corpus_line(&tally, line, data_next(&jsons, &arena), &arena);
	arena_done(&arena);
	data_close(&texts, CORPUS_CASES);
	data_close(&jsons, CORPUS_CASES);
	print_message(
	    "%zu texts, %zu in both formats, %zu wrong\n", tally.texts, tally.jsons, tally.wrong);
	assert_int_equal(tally.wrong, 0);
	assert_int_equal(tally.texts, CORPUS_CASES);
	assert_int_equal(tally.jsons, CORPUS_CASES);
}

static void
the_handwritten_schemas_are_taken(void **state)
{
	const struct cedar_json *line;
	struct data_file file;
	struct arena arena;

	(void)state;
	if (!data_open(&file, "handwritten.jsonl", HANDWRITTEN_CASES))
		return;
	arena_init(&arena, 256 * 1024, 512 * 1024 * 1024);
	for (; (line = data_next(&file, &arena)) != NULL; arena_reset(&arena)) {
		struct cedar_complaints complaints;

		if (schema_read_text(&arena, "text", data_text(line, "schema"), &complaints) ==
		    NULL)
			fail_msg("%s", first_complaint(&arena, &complaints));
	}
	arena_done(&arena);
	data_close(&file, HANDWRITTEN_CASES);
}

/* A JSON schema of the official repository. */
static void
check_json(struct tally *tally, const struct cedar_json *line, struct arena *arena)
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
		is_wrong(tally, "not as recorded", text, first_complaint(arena, &complaints));
	if (schema == NULL)
		return;
	buffer_init(&printed, arena, 4096, MAX_OUTPUT);
	if (!schema_json_to_text(&document, document.root, &printed)) {
		is_wrong(tally, "not printed", text, first_complaint(arena, &complaints));
		return;
	}
	again = schema_read_text(arena, "printed", buffer_content(&printed), &complaints);
	if (again == NULL || strcmp(schema_dump(arena, schema), schema_dump(arena, again)) != 0)
		is_wrong(tally, "printed text is another schema", buffer_content(&printed),
		    first_complaint(arena, &complaints));
}

static void
the_official_schema_files_are_taken_and_converted_as_recorded(void **state)
{
	struct tally tally = { 0 };
	const struct cedar_json *line;
	struct data_file file;
	struct arena arena;

	(void)state;
	if (!data_open(&file, "parse.jsonl", PARSE_CASES))
		return;
	arena_init(&arena, 256 * 1024, 512 * 1024 * 1024);
	for (; (line = data_next(&file, &arena)) != NULL; arena_reset(&arena)) {
		if (cedar_json_is(data_get(line, "kind"), "schema"))
			check_text(&tally, data_text(line, "text"),
			    data_get(line, "ok")->as.boolean ? data_get(line, "json") : NULL,
			    &arena);
		else if (cedar_json_is(data_get(line, "kind"), "schema-json"))
			check_json(&tally, line, &arena);
	}
	arena_done(&arena);
	data_close(&file, PARSE_CASES);
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
