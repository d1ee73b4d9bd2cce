/*
 * Every bound of schemas: what must still work, and that what lies beyond ends cleanly, in an error
 * that says it is a bound. That memory may be out at any step.
 */
#include <stdio.h>

#include "cedar/schema_read.h"
#include "schema_dump.h"
#include "world.h"

enum { MAX_GENERATED = 6 * 1024 * 1024 };

static struct slice
finish(struct buffer *text)
{
	assert_false(buffer_failed(text));
	return buffer_content(text);
}

/* `count` times `before`, `middle`, `count` times `after`, between `first` and `last`. */
static struct slice
nest(struct arena *arena, size_t count, const char *const parts[5])
{
	struct buffer text;

	buffer_init(&text, arena, 4096, MAX_GENERATED);
	buffer_text(&text, parts[0]);
	for (size_t i = 0; i < count; i++)
		buffer_text(&text, parts[1]);
	buffer_text(&text, parts[2]);
	for (size_t i = 0; i < count; i++)
		buffer_text(&text, parts[3]);
	buffer_text(&text, parts[4]);
	return finish(&text);
}

static const struct cedar_schema *
read_text(struct world *world, struct slice text)
{
	return schema_read_text(&world->arena, "text", text, &world->complaints);
}

/* The one complaint says that a bound is out. */
static void
is_beyond(const struct world *world, const char *message)
{
	world_complains(world, message);
	assert_true(world->complaints.items[0].is_limit);
}

static const struct nest_row {
	const char *name;
	const char *parts[5];
	size_t works, too_many;
} nest_rows[] = {
	{ "sets", { "entity A tags ", "Set<", "Long", ">", ";" }, 255, 256 },
	{ "far too many sets", { "entity A tags ", "Set<", "Long", ">", ";" }, 60, 200000 },
	{ "sets that never end", { "entity A tags ", "Set<", "Long", "", ";" }, 0, 200000 },
	{ "records", { "entity A tags ", "{a: ", "Long", "}", ";" }, 255, 256 },
	{ "far too many records", { "entity A tags ", "{a: ", "Long", "}", ";" }, 60, 200000 },
	{ "records of an entity type", { "entity A ", "{a: ", "Long", "}", ";" }, 255, 257 },
	{ "a common type", { "type T = ", "Set<{a: ", "Long", "}>", ";" }, 127, 128 },
};

static void
nests(void **state)
{
	const struct nest_row *row = *state;
	struct world world;

	world_init(&world);
	if (row->works > 0)
		assert_non_null(read_text(&world, nest(&world.arena, row->works, row->parts)));
	assert_null(read_text(&world, nest(&world.arena, row->too_many, row->parts)));
	is_beyond(&world, "nested more than 256 deep");
	world_done(&world);
}

/* JSON nests as deep as its reader allows. */
static void
json_nests(void **state)
{
	static const char *const parts[5] = {
		"{\"\":{\"actions\":{},\"entityTypes\":{\"A\":{\"shape\":",
		"{\"type\":\"Record\",\"attributes\":{\"a\":", "{\"type\":\"Long\"}", "}}", "}}}}"
	};
	struct cedar_json_document document;
	struct world world;

	(void)state;
	world_init(&world);
	assert_true(cedar_json_read(&world.arena, "json", nest(&world.arena, 61, parts),
	    CEDAR_MAX_JSON_DEPTH, &world.complaints, &document));
	assert_non_null(schema_read_json(&document, document.root));
	assert_false(cedar_json_read(&world.arena, "json", nest(&world.arena, 62, parts),
	    CEDAR_MAX_JSON_DEPTH, &world.complaints, &document));
	is_beyond(&world, "nested more than");
	assert_true(cedar_json_read(&world.arena, "json", nest(&world.arena, 300, parts), 1000,
	    &world.complaints, &document));
	assert_null(schema_read_json(&document, document.root));
	is_beyond(&world, "nested more than 256 deep");
	world_done(&world);
}

/* `count` declarations, each printed with its number and the one before. */
static struct slice
chain(struct arena *arena, const char *format, unsigned count, const char *end)
{
	struct buffer text;

	buffer_init(&text, arena, 65536, MAX_GENERATED);
	for (unsigned i = 1; i <= count; i++) {
		char declaration[128];

		/* the format is a row's */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		(void)snprintf(declaration, sizeof(declaration), format, i, i - 1);
#pragma GCC diagnostic pop
		buffer_text(&text, declaration);
	}
	buffer_text(&text, end);
	return finish(&text);
}

static const struct chain_row {
	const char *name, *format, *end;
	unsigned works, too_many; /* 0: no such number */
	const char *message;
} chain_rows[] = {
	{ "names of names", "type t%u = t%u;", "type t0 = Long; entity A { a: t20000 };", 20000, 0,
	    NULL },
	{ "names that go around", "type t%u = t%u;", "type t0 = t20000;", 0, 20000,
	    "contains itself" },
	{ "sets of names", "type t%u = Set<t%u>;", "type t0 = Long;", 255, 256,
	    "with its common types written out this type is nested more than 256 deep" },
	{ "types that double", "type t%u = {a: t%u, b: t%2$u};", "type t0 = Long;", 15, 16,
	    "with its common types written out this type is made of more than 65536 types" },
	{ "entity types", "entity e%u;", "", 32768, 32769, "more than 32768 types" },
	{ "common types", "type t%u = Long;", "", 32768, 32769, "more than 32768 types" },
	{ "actions", "action a%u;", "", 32768, 32769, "more than 32768 actions" },
	{ "entity types in a row", "entity e%u in e%u;", "entity e0;", 5000, 6000,
	    "to close the relation of all entity types takes more than" },
	{ "entity types in a circle", "entity e%u in e%u;", "entity e0 in e5000;", 5000, 0, NULL },
	{ "actions in a row", "action a%u in a%u;", "action a0;", 5000, 6000,
	    "to close the relation of all actions takes more than" },
	{ "ids of an enum", "\"%u\",", "\"\"];", 60000, 0, NULL },
	{ "annotations", "@a%u ", "entity A;", 256, 257, "more than 256 annotations" },
};

static struct slice
chain_of(struct arena *arena, const struct chain_row *row, unsigned count)
{
	struct slice text = chain(arena, row->format, count, row->end);
	const char *whole;

	if (row->format[0] != '"')
		return text;
	whole = arena_printf(arena, "entity E enum [%.*s", SLICE_ARGS(text));
	assert_non_null(whole);
	return slice_from(whole);
}

static void
chains(void **state)
{
	const struct chain_row *row = *state;
	struct world world;

	world_init(&world);
	if (row->works > 0)
		assert_non_null(read_text(&world, chain_of(&world.arena, row, row->works)));
	if (row->too_many > 0) {
		assert_null(read_text(&world, chain_of(&world.arena, row, row->too_many)));
		assert_true(world.complaints.count >= 1);
		assert_non_null(strstr(world.complaints.items[0].message, row->message));
	}
	world_done(&world);
}

/* Two rows of entity types, all of the one in all of the other. */
static void
a_dense_hierarchy_is_bounded(void **state)
{
	struct buffer text;
	struct world world;

	(void)state;
	world_init(&world);
	buffer_init(&text, &world.arena, 65536, MAX_GENERATED);
	for (int pass = 0; pass < 3; pass++) {
		buffer_text(&text, pass == 1 ? " in [" : pass == 2 ? "]; entity " : "entity ");
		for (unsigned i = 0; i < 4200; i++)
			buffer_printf(
			    &text, "%s%c%u", i == 0 ? "" : ", ", pass == 0 ? 'a' : 'b', i);
	}
	buffer_text(&text, ";");
	assert_null(read_text(&world, finish(&text)));
	is_beyond(&world, "to close the relation of all entity types takes more than");
	world_done(&world);
}

static void
a_text_has_a_length(void **state)
{
	struct slice text;
	struct world world;
	char *room;

	(void)state;
	world_init(&world);
	room = arena_alloc(&world.arena, CEDAR_MAX_TEXT + 1);
	assert_non_null(room);
	memset(room, ' ', CEDAR_MAX_TEXT + 1);
	text = slice_make(room, CEDAR_MAX_TEXT);
	assert_non_null(read_text(&world, text));
	text.len++;
	assert_null(read_text(&world, text));
	is_beyond(&world, "the text is larger than");
	world_done(&world);
}

/* More complaints than are kept are counted. */
static void
complaints_are_bounded(void **state)
{
	struct world world;

	(void)state;
	world_init(&world);
	assert_null(read_text(&world, chain(&world.arena, "entity e%u in x%u;", 1000, "")));
	assert_int_equal(world.complaints.count, 1000);
	assert_null(read_text(&world, chain(&world.arena, "entity %u %u;", 1000, "")));
	assert_int_equal(world.complaints.count, 1000);
	world_done(&world);
}

static const char rich_text[] =
    "@doc(\"a \\n\") namespace N { entity A, B in [B, M::C] = { a: T, \"b c\"?: Set<Action> } tags "
    "T;"
    "entity E enum [\"x\", \"\\u{79}\"]; type T = { u: U, v?: Set<U> }; type U = ipaddr;"
    "action a, \"b\" in [g, M::Action::\"h\"] appliesTo { principal: [A, B], resource: E, context: "
    "T }; action g; } namespace M { entity C; action h; }";

/* Reads with so much memory; whether it was enough. */
static bool
reads_within(size_t ceiling)
{
	const struct cedar_schema *schema;
	struct cedar_complaints complaints;
	struct arena arena;

	arena_init(&arena, 512, ceiling);
	schema = schema_read_text(&arena, "text", slice_from(rich_text), &complaints);
	assert_int_equal(complaints.count == 0, schema != NULL);
	if (schema == NULL)
		assert_true(complaints.items[complaints.count - 1].is_limit);
	arena_done(&arena);
	return schema != NULL;
}

/* Through both formats and back with so much memory; whether it was enough. */
static bool
converts_within(size_t ceiling)
{
	const struct cedar_schema *schema = NULL;
	struct cedar_json_document document;
	struct cedar_complaints complaints;
	struct buffer json, text;
	struct arena arena;
	bool is_done;

	arena_init(&arena, 512, ceiling);
	buffer_init(&json, &arena, 64, 65536);
	buffer_init(&text, &arena, 64, 65536);
	is_done = schema_text_to_json(&arena, "text", slice_from(rich_text), &complaints, &json) &&
		  cedar_json_read(&arena, "json", buffer_content(&json), CEDAR_MAX_JSON_DEPTH,
		      &complaints, &document) &&
		  (schema = schema_read_json(&document, document.root)) != NULL &&
		  schema_json_to_text(&document, document.root, &text);
	if (!is_done) {
		assert_true(complaints.count > 0);
		assert_true(complaints.items[complaints.count - 1].is_limit);
	}
	arena_done(&arena);
	return is_done;
}

static void
memory_may_be_out_at_any_step(void **state)
{
	size_t ceiling = 0;

	(void)state;
	while (!reads_within(ceiling))
		ceiling += 24;
	assert_true(ceiling > 4096);
	for (ceiling = 0; !converts_within(ceiling);)
		ceiling += 40;
	assert_true(ceiling > 8192);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_nests),
		cmocka_unit_test(a_dense_hierarchy_is_bounded),
		cmocka_unit_test(a_text_has_a_length),
		cmocka_unit_test(complaints_are_bounded),
		cmocka_unit_test(memory_may_be_out_at_any_step),
	};

	return RUN_ROWS(nest_rows, nests) + RUN_ROWS(chain_rows, chains) +
	       cmocka_run_group_tests_name("limits of schemas", tests, NULL, NULL);
}
