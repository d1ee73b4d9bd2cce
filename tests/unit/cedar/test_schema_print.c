/*
 * Schemas from one format to the other: how the official engine prints them (its own output, but for
 * the order of namespaces and of members), and what it cannot.
 */
#include "cedar/schema_read.h"
#include "world.h"

enum { MAX_OUTPUT = 65536 };

struct print_row {
	const char *name, *from, *to;
};

static const struct print_row to_text_rows[] = {
	{ "no namespace", "{}", "" },
	{ "nothing in the empty one", "{\"\":{\"entityTypes\":{},\"actions\":{}}}", "" },
	{ "nothing in a named one", "{\"N\":{\"entityTypes\":{},\"actions\":{}}}",
	    "namespace N {\n}\n" },
	{ "several namespaces",
	    "{\"N\":{\"entityTypes\":{\"B\":{}},\"actions\":{}},\"\":{\"entityTypes\":{\"A\":{}},"
	    "\"actions\":{}},\"M::O\":{\"entityTypes\":{\"C\":{}},\"actions\":{},"
	    "\"annotations\":{\"b\":null,\"a\":\"x\"}}}",
	    "entity A;\n\n@a(\"x\")\n@b\nnamespace M::O {\n  entity C;\n}\n\nnamespace N {\n"
	    "  entity B;\n}\n" },
	{ "entity types",
	    "{\"\":{\"entityTypes\":{\"A\":{\"memberOfTypes\":[\"B\",\"A\"],\"shape\":{\"type\":"
	    "\"Record\",\"attributes\":{\"x\":{\"type\":\"Long\"},\"y z\":{\"type\":\"Set\","
	    "\"element\":{\"type\":\"Entity\",\"name\":\"B\"}},\"in\":{\"type\":\"Boolean\","
	    "\"required\":false},\"r\":{\"type\":\"Record\",\"attributes\":{}},\"q\":{\"type\":"
	    "\"Record\",\"attributes\":{\"s\":{\"type\":\"Extension\",\"name\":\"decimal\","
	    "\"annotations\":{\"k\":\"v\"}}}}}},\"tags\":{\"type\":\"Record\",\"attributes\":{"
	    "\"t\":{\"type\":\"String\"}}},\"annotations\":{\"doc\":\"a \\\"q\\\"\",\"z\":null}},"
	    "\"B\":{\"enum\":[\"x\",\"y\"]}},\"actions\":{}}}",
	    "@doc(\"a \\\"q\\\"\")\n@z\nentity A in [B, A] = {\n  \"in\"?: __cedar::Bool,\n"
	    "  q: {\n    @k(\"v\")\n    s: __cedar::decimal\n  },\n  r: {  },\n"
	    "  x: __cedar::Long,\n  \"y z\": Set<B>\n} tags {\n  t: __cedar::String\n};\n\n"
	    "entity B enum [\"x\", \"y\"];\n" },
	{ "common types and actions",
	    "{\"N\":{\"commonTypes\":{\"T\":{\"type\":\"Record\",\"attributes\":{\"a\":{\"type\":"
	    "\"EntityOrCommon\",\"name\":\"U\"}},\"annotations\":{\"k\":\"\"}},\"U\":{\"type\":"
	    "\"Set\",\"element\":{\"type\":\"Record\",\"attributes\":{\"b\":{\"type\":\"String\"}}"
	    "}},\"V\":{\"type\":\"T\"}},\"entityTypes\":{\"A\":{}},\"actions\":{\"read it\":{"
	    "\"appliesTo\":{\"principalTypes\":[\"A\"],\"resourceTypes\":[\"A\",\"N::A\"],"
	    "\"context\":{\"type\":\"T\"}},\"memberOf\":[{\"id\":\"g\"},{\"id\":\"h\",\"type\":"
	    "\"N::Action\"}],\"annotations\":{\"d\":\"e\"}},\"g\":{\"memberOf\":[]},\"h\":{"
	    "\"appliesTo\":{\"principalTypes\":[\"A\"],\"resourceTypes\":[\"A\"],\"context\":{"
	    "\"type\":\"Record\",\"attributes\":{\"c\":{\"type\":\"Long\"}}}}},\"i\":{"
	    "\"appliesTo\":{\"principalTypes\":[\"A\"],\"resourceTypes\":[]}},\"j\":{\"appliesTo\""
	    ":{\"principalTypes\":[\"A\"],\"resourceTypes\":[\"A\"]}}}}}",
	    "namespace N {\n  @k(\"\")\n  type T = {\n    a: U\n  };\n\n  type U = Set<{\n"
	    "    b: __cedar::String\n  }>;\n\n  type V = T;\n\n  entity A;\n\n  action \"g\";\n\n"
	    "  action \"h\" appliesTo {\n    principal: [A],\n    resource: [A],\n    context: {\n"
	    "      c: __cedar::Long\n    }\n  };\n\n  action \"i\";\n\n  action \"j\" appliesTo {\n"
	    "    principal: [A],\n    resource: [A],\n    context: {}\n  };\n\n  @d(\"e\")\n"
	    "  action \"read it\" in [Action::\"g\", N::Action::\"h\"] appliesTo {\n"
	    "    principal: [A],\n    resource: [A, N::A],\n    context: T\n  };\n}\n" },
	{ "what does not resolve",
	    "{\"\":{\"entityTypes\":{\"A\":{\"memberOfTypes\":[\"B\"]}},\"actions\":{}}}",
	    "entity A in [B];\n" },
	{ "a collision in the empty namespace",
	    "{\"\":{\"entityTypes\":{\"A\":{}},\"actions\":{},\"commonTypes\":{\"A\":{\"type\":"
	    "\"Long\"}}}}",
	    "type A = __cedar::Long;\n\nentity A;\n" },
};

static void
is_printed_as_text(void **state)
{
	const struct print_row *row = *state;
	struct cedar_json_document document;
	struct world world;
	struct buffer out;

	world_init(&world);
	buffer_init(&out, &world.arena, 64, MAX_OUTPUT);
	assert_true(cedar_json_read(&world.arena, "json", slice_from(row->from),
	    CEDAR_MAX_JSON_DEPTH, &world.complaints, &document));
	assert_true(schema_json_to_text(&document, document.root, &out));
	buffer_byte(&out, '\0');
	assert_string_equal(out.data, row->to);
	world_done(&world);
}

static const struct print_row to_json_rows[] = {
	{ "nothing", "", "{}" },
	{ "nothing in a named one", "namespace N {}",
	    "{\"N\":{\"entityTypes\":{},\"actions\":{}}}" },
	{ "all there is",
	    "@a @b(\"x\") namespace N { @c entity A in [A] { @d x?: Long } tags Set<A>; "
	    "entity E enum [\"a\",\"a\"]; @e type T = {y: ipaddr}; @f action a in "
	    "[g, N::Action::\"g\", Action::\"g\"] appliesTo {principal: A, resource: [A,E], "
	    "context: T}; action g; action \"h\" appliesTo {principal: A, resource: A, context: "
	    "{}}; }",
	    "{\"N\":{\"commonTypes\":{\"T\":{\"type\":\"Record\",\"attributes\":{\"y\":{\"type\":"
	    "\"EntityOrCommon\",\"name\":\"ipaddr\"}},\"annotations\":{\"e\":\"\"}}},"
	    "\"entityTypes\":{\"A\":{\"memberOfTypes\":[\"A\"],\"shape\":{\"type\":\"Record\","
	    "\"attributes\":{\"x\":{\"type\":\"EntityOrCommon\",\"name\":\"Long\",\"annotations\":"
	    "{\"d\":\"\"},\"required\":false}}},\"tags\":{\"type\":\"Set\",\"element\":{\"type\":"
	    "\"EntityOrCommon\",\"name\":\"A\"}},\"annotations\":{\"c\":\"\"}},\"E\":{\"enum\":"
	    "[\"a\",\"a\"]}},\"actions\":{\"a\":{\"appliesTo\":{\"resourceTypes\":[\"A\",\"E\"],"
	    "\"principalTypes\":[\"A\"],\"context\":{\"type\":\"T\"}},\"memberOf\":[{\"id\":\"g\"},"
	    "{\"id\":\"g\",\"type\":\"N::Action\"},{\"id\":\"g\",\"type\":\"Action\"}],"
	    "\"annotations\":{\"f\":\"\"}},\"g\":{\"appliesTo\":{\"resourceTypes\":[],"
	    "\"principalTypes\":[]}},\"h\":{\"appliesTo\":{\"resourceTypes\":[\"A\"],"
	    "\"principalTypes\":[\"A\"]}}},\"annotations\":{\"a\":\"\",\"b\":\"x\"}}}" },
	{ "a repeated attribute, and names as they are written",
	    "entity A = {a: __cedar::Long, b: Set<Bool>, a: String};",
	    "{\"\":{\"entityTypes\":{\"A\":{\"shape\":{\"type\":\"Record\",\"attributes\":{\"a\":{"
	    "\"type\":\"EntityOrCommon\",\"name\":\"String\"},\"b\":{\"type\":\"Set\",\"element\":"
	    "{\"type\":\"EntityOrCommon\",\"name\":\"Bool\"}}}}}},\"actions\":{}}}" },
	{ "what does not resolve", "entity A in B;",
	    "{\"\":{\"entityTypes\":{\"A\":{\"memberOfTypes\":[\"B\"]}},\"actions\":{}}}" },
	{ "strings", "action \"\\u{1}\\\"\\\\\\n\\u{1f600}\";",
	    "{\"\":{\"entityTypes\":{},\"actions\":{\"\\u0001\\\"\\\\\\n\xf0\x9f\x98\x80\":{"
	    "\"appliesTo\":{\"resourceTypes\":[],\"principalTypes\":[]}}}}}" },
};

static void
is_printed_as_json(void **state)
{
	const struct print_row *row = *state;
	struct world world;
	struct buffer out;

	world_init(&world);
	buffer_init(&out, &world.arena, 64, MAX_OUTPUT);
	assert_true(schema_text_to_json(
	    &world.arena, "text", slice_from(row->from), &world.complaints, &out));
	buffer_byte(&out, '\0');
	assert_string_equal(out.data, row->to);
	world_done(&world);
}

/* What JSON says and text cannot. */
static const struct print_row unprintable_rows[] = {
	{ "a shape by name",
	    "{\"\":{\"entityTypes\":{\"A\":{\"shape\":{\"type\":\"T\"}}},\"actions\":{},"
	    "\"commonTypes\":{\"T\":{\"type\":\"Record\",\"attributes\":{}}}}}",
	    "in text the shape of an entity type must be written as a record" },
	{ "a collision",
	    "{\"N\":{\"entityTypes\":{\"A\":{},\"B\":{}},\"actions\":{},\"commonTypes\":{\"B\":{"
	    "\"type\":\"Long\"}}}}",
	    "'B' is a common type and an entity type, which text cannot tell apart" },
};

static void
is_not_printed(void **state)
{
	const struct print_row *row = *state;
	struct cedar_json_document document;
	struct world world;
	struct buffer out;

	world_init(&world);
	buffer_init(&out, &world.arena, 64, MAX_OUTPUT);
	assert_true(cedar_json_read(&world.arena, "json", slice_from(row->from),
	    CEDAR_MAX_JSON_DEPTH, &world.complaints, &document));
	assert_false(schema_json_to_text(&document, document.root, &out));
	assert_int_equal(world.complaints.count, 1);
	assert_string_equal(world.complaints.items[0].message, row->to);
	world_done(&world);
}

/* A buffer that is too small fails with a complaint. */
static void
a_small_buffer_is_an_error(void **state)
{
	struct buffer out;
	struct world world;
	char room[16];

	(void)state;
	world_init(&world);
	buffer_init_fixed(&out, room, sizeof(room));
	assert_false(schema_text_to_json(
	    &world.arena, "text", SLICE_OF("entity A;"), &world.complaints, &out));
	assert_int_equal(world.complaints.count, 1);
	assert_true(world.complaints.items[0].is_limit);
	world_done(&world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(a_small_buffer_is_an_error) };

	return RUN_ROWS(to_text_rows, is_printed_as_text) +
	       RUN_ROWS(to_json_rows, is_printed_as_json) +
	       RUN_ROWS(unprintable_rows, is_not_printed) +
	       cmocka_run_group_tests_name("printing schemas", tests, NULL, NULL);
}
