/*
 * Policies in JSON: what is taken and what is refused (verdicts/policies_json.txt, the official
 * engine's verdicts), what they mean as text, places of complaints, sets, links, bounds.
 */
#include "cedar/policy_json.h"

#include "cedar/builder.h"
#include "fixture.h"
#include "world.h"

enum { VERDICTS = 690 };

struct reading {
	struct arena arena;
	struct cedar_builder *builder;
	struct cedar_complaints complaints;
	struct cedar_json_document document;
};

static void
reading_init(struct reading *reading)
{
	*reading = (struct reading) { .complaints.count = 0 };
	arena_init(&reading->arena, 64 * 1024, 256 * 1024 * 1024);
	reading->builder = cedar_builder_new(&reading->arena);
	assert_non_null(reading->builder);
}

static void
reading_done(struct reading *reading)
{
	arena_done(&reading->arena);
}

static bool
read_json(struct reading *reading, struct slice text)
{
	return cedar_json_read(&reading->arena, "x.json", text, CEDAR_MAX_JSON_DEPTH,
	    &reading->complaints, &reading->document);
}

/* A policy, or a template, named "a". */
static bool
add(struct reading *reading, enum cedar_form form, struct slice text)
{
	return read_json(reading, text) && policy_json_add(reading->builder, form, SLICE_OF("a"),
					       &reading->document, reading->document.root);
}

static bool
add_set(struct reading *reading, enum policy_json_set takes, struct slice text)
{
	return read_json(reading, text) && policy_json_add_set(reading->builder, takes,
					       &reading->document, reading->document.root);
}

/* Where a part of a policy stands in one: %s is the part. */
static const struct frame {
	const char *kind;
	enum cedar_form form;
	const char *before, *behind;
} frames[] = {
	{ "policy", CEDAR_STATIC, "", "" },
	{ "template", CEDAR_TEMPLATE, "", "" },
	{ "principal", CEDAR_STATIC, "{\"effect\":\"permit\",\"principal\":",
	    ",\"action\":{\"op\":\"All\"},\"resource\":{\"op\":\"All\"},\"conditions\":[]}" },
	{ "action", CEDAR_STATIC,
	    "{\"effect\":\"permit\",\"principal\":{\"op\":\"All\"},\"action\":",
	    ",\"resource\":{\"op\":\"All\"},\"conditions\":[]}" },
	{ "resource", CEDAR_STATIC,
	    "{\"effect\":\"permit\",\"principal\":{\"op\":\"All\"},\"action\":{\"op\":\"All\"},"
	    "\"resource\":",
	    ",\"conditions\":[]}" },
	{ "template principal", CEDAR_TEMPLATE, "{\"effect\":\"permit\",\"principal\":",
	    ",\"action\":{\"op\":\"All\"},\"resource\":{\"op\":\"All\"},\"conditions\":[]}" },
	{ "template action", CEDAR_TEMPLATE,
	    "{\"effect\":\"permit\",\"principal\":{\"op\":\"All\"},\"action\":",
	    ",\"resource\":{\"op\":\"All\"},\"conditions\":[]}" },
	{ "template resource", CEDAR_TEMPLATE,
	    "{\"effect\":\"permit\",\"principal\":{\"op\":\"All\"},\"action\":{\"op\":\"All\"},"
	    "\"resource\":",
	    ",\"conditions\":[]}" },
	{ "entity", CEDAR_STATIC, "{\"effect\":\"permit\",\"principal\":{\"op\":\"==\",\"entity\":",
	    "},\"action\":{\"op\":\"All\"},\"resource\":{\"op\":\"All\"},\"conditions\":[]}" },
	{ "conditions", CEDAR_STATIC,
	    "{\"effect\":\"permit\",\"principal\":{\"op\":\"All\"},\"action\":{\"op\":\"All\"},"
	    "\"resource\":{\"op\":\"All\"},\"conditions\":",
	    "}" },
	{ "annotations", CEDAR_STATIC,
	    "{\"effect\":\"permit\",\"principal\":{\"op\":\"All\"},\"action\":{\"op\":\"All\"},"
	    "\"resource\":{\"op\":\"All\"},\"conditions\":[],\"annotations\":",
	    "}" },
	{ "expression", CEDAR_STATIC,
	    "{\"effect\":\"permit\",\"principal\":{\"op\":\"All\"},\"action\":{\"op\":\"All\"},"
	    "\"resource\":{\"op\":\"All\"},\"conditions\":[{\"kind\":\"when\",\"body\":",
	    "}]}" },
};

static struct slice
framed(struct arena *arena, const struct frame *frame, struct slice part)
{
	const char *text =
	    arena_printf(arena, "%s%.*s%s", frame->before, SLICE_ARGS(part), frame->behind);

	assert_non_null(text);
	return slice_from(text);
}

static const struct frame *
frame_of(struct slice kind)
{
	for (size_t i = 0; i < COUNT_OF(frames); i++)
		if (slice_is(kind, frames[i].kind))
			return &frames[i];
	return NULL;
}

/*
 * What was taken can be written in both formats, and what the JSON writer makes of it is taken
 * again.
 */
static void
check_written(struct reading *reading)
{
	const struct cedar_policies *policies = cedar_builder_take(reading->builder);
	struct buffer json, text;
	struct reading again;

	assert_non_null(policies);
	buffer_init(&json, &reading->arena, 256, CEDAR_MAX_TEXT);
	buffer_init(&text, &reading->arena, 256, CEDAR_MAX_TEXT);
	assert_true(policy_json_write_set(&json, policies));
	for (size_t i = 0; i < policies->count; i++)
		assert_true(policy_text_write(&text, policies->items[i]));
	reading_init(&again);
	if (!add_set(&again, POLICY_JSON_STRICT, buffer_content(&json)))
		fail_msg("%s\n%.*s", again.complaints.items[0].message,
		    SLICE_ARGS(buffer_content(&json)));
	reading_done(&again);
}

static bool
is_taken(struct reading *reading, struct slice kind, struct slice text)
{
	const struct frame *frame = frame_of(kind);

	if (frame == NULL) {
		assert_true(slice_is(kind, "set"));
		return add_set(reading, POLICY_JSON_TEXTS_TOO, text);
	}
	return add(reading, frame->form, framed(&reading->arena, frame, text));
}

static bool
agrees(struct slice line)
{
	struct slice verdict = slice_trim(slice_cut(&line, '|'));
	struct slice kind = slice_trim(slice_cut(&line, '|')), text = slice_trim(line);
	struct reading reading;
	bool taken, result;

	reading_init(&reading);
	taken = is_taken(&reading, kind, text);
	assert_int_equal(reading.complaints.count > 0, !taken);
	if (taken)
		check_written(&reading);
	else
		assert_true(reading.complaints.items[0].line > 0);
	result = slice_is(verdict, "taken") == taken;
	if (!result)
		print_error("not %.*s: %.*s: %s\n", SLICE_ARGS(verdict), SLICE_ARGS(text),
		    taken ? "taken" : reading.complaints.items[0].message);
	reading_done(&reading);
	return result;
}

static void
the_verdicts_are_those_of_the_official_engine(void **state)
{
	size_t count = 0, wrong = 0;
	struct slice lines, line;
	struct arena arena;

	(void)state;
	arena_init(&arena, 64 * 1024, 4 * 1024 * 1024);
	lines = fixture_read(&arena, "verdicts/policies_json.txt");
	while (lines.len > 0) {
		line = slice_cut(&lines, '\n');
		if (slice_starts(line, SLICE_OF("#")))
			continue;
		count++;
		wrong += !agrees(line);
	}
	arena_done(&arena);
	assert_int_equal(wrong, 0);
	assert_true(count >= VERDICTS);
}

/* What an expression in JSON is as text, and whether that reads back as the same. */
struct meaning {
	const char *name;
	struct slice json;
	const char *text;
};

static void
check_meaning(void **state)
{
	const struct meaning *row = *state;
	const struct cedar_policies *policies, *again;
	struct buffer text, second;
	struct reading reading;

	reading_init(&reading);
	if (!is_taken(&reading, SLICE_OF("expression"), row->json))
		fail_msg("%s", reading.complaints.items[0].message);
	policies = cedar_builder_take(reading.builder);
	buffer_init(&text, &reading.arena, 256, CEDAR_MAX_TEXT);
	assert_true(policy_text_write(&text, policies->items[0]));
	buffer_byte(&text, '\0');
	assert_string_equal(
	    text.data, arena_printf(&reading.arena,
			   "permit(principal, action, resource) when { %s };", row->text));
	reading.builder = cedar_builder_new(&reading.arena);
	if (!cedar_builder_add_text(
		reading.builder, "text", slice_from(text.data), &reading.complaints))
		fail_msg("%s", reading.complaints.items[0].message);
	again = cedar_builder_take(reading.builder);
	buffer_init(&second, &reading.arena, 256, CEDAR_MAX_TEXT);
	assert_true(policy_text_write(&second, again->items[0]));
	assert_true(slice_equal(buffer_content(&second), slice_from(text.data)));
	reading_done(&reading);
}

#define LONG(number) "{\"Value\":" #number "}"
#define PAIR(op, left, right) "{\"" op "\":{\"left\":" left ",\"right\":" right "}}"
#define ARG(op, operand) "{\"" op "\":{\"arg\":" operand "}}"
#define PRINCIPAL "{\"Var\":\"principal\"}"
#define TRUE_VALUE "{\"Value\":true}"

static const struct meaning meanings[] = {
	{ "booleans", SLICE("{\"Value\":false}"), "false" },
	{ "a negative number", SLICE("{\"Value\":-1}"), "(-1)" },
	{ "the least number", SLICE("{\"Value\":-9223372036854775808}"), "(-9223372036854775808)" },
	{ "a string of everything",
	    SLICE("{\"Value\":\"\\u0000\\u0001\\n\\r\\t\\\"\\\\'*"
		  "\\u007f\\u00e9\\u200b\\ud83d\\ude00\"}"),
	    "\"\\0\\u{1}\\n\\r\\t\\\"\\\\'*\\u{7f}\xc3\xa9\\u{200b}\xf0\x9f\x98\x80\"" },
	{ "a string of directions", SLICE("{\"Value\":\"\\u202e\\u2066\\ufeff\\udb40\\udc41\"}"),
	    "\"\\u{202e}\\u{2066}\\u{feff}\\u{e0041}\"" },
	{ "an entity", SLICE("{\"Value\":{\"__entity\":{\"type\":\"A::B\",\"id\":\"\\\"\"}}}"),
	    "A::B::\"\\\"\"" },
	{ "a set and a record in a value",
	    SLICE("{\"Value\":{\"bb\":[1,\"x\",{}],\"a\":true,\"if\":[],\"\":0}}"),
	    "{\"\": 0, a: true, bb: [1, \"x\", {}], \"if\": []}" },
	{ "a record in a value that looks like an escape",
	    SLICE("{\"Value\":{\"__entity\":{\"type\":\"A\"}}}"), "{__entity: {type: \"A\"}}" },
	{ "a call in a value", SLICE("{\"Value\":{\"__extn\":{\"fn\":\"ip\",\"arg\":\"::1\"}}}"),
	    "ip(\"::1\")" },
	{ "a method in a value",
	    SLICE("{\"Value\":{\"__extn\":{\"fn\":\"isInRange\",\"args\":["
		  "{\"__extn\":{\"fn\":\"ip\",\"arg\":\"::1\"}},\"x\"]}}}"),
	    "ip(\"::1\").isInRange(\"x\")" },
	{ "a call of nobody", SLICE("{\"Value\":{\"__extn\":{\"fn\":\"f\",\"arg\":1}}}"), "ip()" },
	{ "a method of nothing", SLICE("{\"isIpv4\":[]}"), "ip()" },
	{ "a method without its argument", SLICE("{\"isInRange\":[" LONG(1) "]}"),
	    "1.isInRange()" },
	{ "a function of two", SLICE("{\"ip\":[" LONG(1) "," LONG(-2) "]}"), "ip(1, (-2))" },
	{ "a chain on the left", SLICE(PAIR("&&", PAIR("&&", LONG(1), LONG(2)), LONG(3))),
	    "1 && 2 && 3" },
	{ "a chain on the right", SLICE(PAIR("&&", LONG(1), PAIR("&&", LONG(2), LONG(3)))),
	    "1 && (2 && 3)" },
	{ "or within and", SLICE(PAIR("&&", PAIR("||", LONG(1), LONG(2)), LONG(3))),
	    "(1 || 2) && 3" },
	{ "and within or", SLICE(PAIR("||", PAIR("&&", LONG(1), LONG(2)), LONG(3))),
	    "(1 && 2) || 3" },
	{ "minus on the left", SLICE(PAIR("-", PAIR("-", LONG(1), LONG(2)), LONG(3))),
	    "1 - 2 - 3" },
	{ "minus on the right", SLICE(PAIR("-", LONG(1), PAIR("-", LONG(2), LONG(3)))),
	    "1 - (2 - 3)" },
	{ "plus and minus by turns",
	    SLICE(PAIR(
		"+", PAIR("-", PAIR("+", PAIR("+", LONG(1), LONG(2)), LONG(3)), LONG(4)), LONG(5))),
	    "((1 + 2 + 3) - 4) + 5" },
	{ "times within plus", SLICE(PAIR("+", PAIR("*", LONG(1), LONG(2)), LONG(3))),
	    "(1 * 2) + 3" },
	{ "plus within times", SLICE(PAIR("*", PAIR("+", LONG(1), LONG(2)), LONG(3))),
	    "(1 + 2) * 3" },
	{ "comparisons do not chain", SLICE(PAIR("<", PAIR("==", LONG(1), LONG(2)), LONG(3))),
	    "(1 == 2) < 3" },
	{ "five nots", SLICE(ARG("!", ARG("!", ARG("!", ARG("!", ARG("!", TRUE_VALUE)))))),
	    "!(!(!(!(!true))))" },
	{ "minus of a number", SLICE(ARG("neg", LONG(1))), "-(1)" },
	{ "minus of a negative number", SLICE(ARG("neg", LONG(-1))), "-((-1))" },
	{ "minus of the least number", SLICE(ARG("neg", LONG(-9223372036854775808))),
	    "-((-9223372036854775808))" },
	{ "an attribute of not",
	    SLICE("{\".\":{\"left\":" ARG("!", TRUE_VALUE) ",\"attr\":\"a\"}}"), "(!true).a" },
	{ "an attribute of a negative number",
	    SLICE("{\".\":{\"left\":" LONG(-1) ",\"attr\":\"a\"}}"), "(-1).a" },
	{ "a reserved attribute", SLICE("{\".\":{\"left\":" PRINCIPAL ",\"attr\":\"if\"}}"),
	    "principal[\"if\"]" },
	{ "__cedar as an attribute", SLICE("{\".\":{\"left\":" PRINCIPAL ",\"attr\":\"__cedar\"}}"),
	    "principal[\"__cedar\"]" },
	{ "an empty attribute", SLICE("{\".\":{\"left\":" PRINCIPAL ",\"attr\":\"\"}}"),
	    "principal[\"\"]" },
	{ "an attribute that looks like a path",
	    SLICE("{\".\":{\"left\":" PRINCIPAL ",\"attr\":\"a::b\"}}"), "principal[\"a::b\"]" },
	{ "an attribute named as a variable",
	    SLICE("{\".\":{\"left\":" PRINCIPAL ",\"attr\":\"principal\"}}"),
	    "principal.principal" },
	{ "has of one in a list", SLICE("{\"has\":{\"left\":" PRINCIPAL ",\"attr\":[\"a\"]}}"),
	    "principal has a" },
	{ "has of an odd name", SLICE("{\"has\":{\"left\":" PRINCIPAL ",\"attr\":\"a.b\"}}"),
	    "principal has \"a.b\"" },
	{ "has of a chain",
	    SLICE("{\"has\":{\"left\":" PRINCIPAL ",\"attr\":[\"a\",\"b\",\"c\"]}}"),
	    "principal has a.b.c" },
	{ "has of a chain with odd names",
	    SLICE("{\"has\":{\"left\":" PRINCIPAL ",\"attr\":[\"a\",\"if\",\"b c\"]}}"),
	    "(principal has a) && (principal.a has \"if\") && (principal.a[\"if\"] has \"b c\")" },
	{ "a pattern of everything",
	    SLICE("{\"like\":{\"left\":{\"Value\":\"x\"},\"pattern\":[\"Wildcard\",{\"Literal\":"
		  "\"a*\"},"
		  "{\"Literal\":\"b\\\"\"},\"Wildcard\",\"Wildcard\",{\"Literal\":\"\\u0000\"}]}}"),
	    "\"x\" like \"*a\\*b\\\"**\\0\"" },
	{ "an empty pattern", SLICE("{\"like\":{\"left\":{\"Value\":\"x\"},\"pattern\":[]}}"),
	    "\"x\" like \"\"" },
	{ "is in",
	    SLICE("{\"is\":{\"left\":" PRINCIPAL
		  ",\"entity_type\":\"A::B\",\"in\":" PAIR("==", LONG(1), LONG(2)) "}}"),
	    "principal is A::B in (1 == 2)" },
	{ "if within if",
	    SLICE("{\"if-then-else\":{\"if\":" TRUE_VALUE
		  ",\"then\":{\"if-then-else\":{\"if\":" TRUE_VALUE
		  ",\"then\":" LONG(1) ",\"else\":" LONG(2) "}},\"else\":" LONG(3) "}}"),
	    "if true then if true then 1 else 2 else 3" },
	{ "if as an operand",
	    SLICE(PAIR("==",
		"{\"if-then-else\":{\"if\":" TRUE_VALUE
		",\"then\":" LONG(1) ",\"else\":" LONG(2) "}}",
		LONG(3))),
	    "(if true then 1 else 2) == 3" },
	{ "methods",
	    SLICE(PAIR("contains", "{\"Set\":[" LONG(1) "]}", PAIR("+", LONG(1), LONG(2)))),
	    "[1].contains(1 + 2)" },
	{ "a method of a comparison", SLICE(ARG("isEmpty", PAIR("==", LONG(1), LONG(2)))),
	    "(1 == 2).isEmpty()" },
	{ "tags", SLICE(PAIR("getTag", PRINCIPAL, "{\"Value\":\"t\"}")),
	    "principal.getTag(\"t\")" },
	{ "a record", SLICE("{\"Record\":{\"b\":" LONG(1) ",\"a b\":" LONG(2) "}}"),
	    "{\"a b\": 2, b: 1}" },
};

static void
the_head_of_a_policy_is_printed(void **state)
{
	struct reading reading;
	struct buffer text;

	(void)state;
	reading_init(&reading);
	assert_true(add(&reading, CEDAR_TEMPLATE,
	    SLICE_OF("{\"effect\":\"forbid\","
		     "\"principal\":{\"op\":\"is\",\"entity_type\":\"A::B\",\"in\":"
		     "{\"slot\":\"?principal\"}},"
		     "\"action\":{\"op\":\"in\",\"entities\":[{\"type\":\"Action\",\"id\":\"x\"},"
		     "{\"type\":\"N::Action\",\"id\":\"\\n\"}]},"
		     "\"resource\":{\"op\":\"==\",\"slot\":\"?resource\"},"
		     "\"conditions\":[{\"kind\":\"unless\",\"body\":" TRUE_VALUE "},"
		     "{\"kind\":\"when\",\"body\":" LONG(
			 1) "}],"
			    "\"annotations\":{\"id\":\"the "
			    "\\\"first\\\"\",\"if\":null,\"empty\":\"\"}}")));
	buffer_init(&text, &reading.arena, 256, 4096);
	assert_true(policy_text_write(&text, cedar_builder_take(reading.builder)->templates[0]));
	buffer_byte(&text, '\0');
	assert_string_equal(text.data,
	    "@id(\"the \\\"first\\\"\")\n@if\n@empty(\"\")\n"
	    "forbid(principal is A::B in ?principal, "
	    "action in [Action::\"x\", N::Action::\"\\n\"], resource == ?resource) "
	    "unless { true } when { 1 };");
	reading_done(&reading);
}

/* Sets */

#define ALL "{\"op\":\"All\"}"
#define STATIC(effect)                                                                          \
	"{\"effect\":\"" effect "\",\"principal\":" ALL ",\"action\":" ALL ",\"resource\":" ALL \
	",\"conditions\":[]}"
#define TEMPLATE                                                                        \
	"{\"effect\":\"permit\",\"principal\":{\"op\":\"==\",\"slot\":\"?principal\"}," \
	"\"action\":" ALL                                                               \
	",\"resource\":{\"op\":\"in\",\"slot\":\"?resource\"},\"conditions\":[]}"

static void
a_set_with_links_comes_back_as_it_was(void **state)
{
	const struct slice set = SLICE(
	    "{\"templates\":{\"t\":" TEMPLATE
	    "},\"staticPolicies\":{\"b\":" STATIC("forbid") ",\"\":" STATIC(
		"permit") "},\"templateLinks\":[{\"templateId\":\"t\",\"newId\":\"l\","
			  "\"values\":{\"?principal\":{\"__entity\":{\"type\":\"U\",\"id\":"
			  "\"\\u0000\"}},"
			  "\"?resource\":{\"__entity\":{\"type\":\"N::F\",\"id\":\"x\"}}}}]}");
	const struct cedar_policies *policies;
	struct reading reading;
	struct buffer json;

	(void)state;
	reading_init(&reading);
	assert_true(add_set(&reading, POLICY_JSON_STRICT, set));
	policies = cedar_builder_take(reading.builder);
	assert_int_equal(policies->count, 3);
	assert_int_equal(policies->template_count, 1);
	assert_true(slice_is(policies->items[2]->id, "l"));
	assert_true(slice_is(policies->items[2]->template->id, "t"));
	assert_true(slice_is(policies->items[0]->place, "x.json:1"));
	buffer_init(&json, &reading.arena, 256, 4096);
	assert_true(policy_json_write_set(&json, policies));
	assert_true(slice_equal(buffer_content(&json), set));
	buffer_reset(&json);
	assert_true(policy_text_write(&json, policies->items[2]));
	buffer_byte(&json, '\0');
	assert_string_equal(
	    json.data, "permit(principal == U::\"\\0\", action, resource in N::F::\"x\");");
	reading_done(&reading);
}

static void
static_policies_may_be_texts_where_they_are_asked_for(void **state)
{
	static const struct {
		struct slice set;
		const char *ids[2];
	} rows[] = {
		{ SLICE("{\"staticPolicies\":\"permit(principal,action,resource);"
			"forbid(principal,action,resource);\"}"),
		    { "policy0", "policy1" } },
		{ SLICE("{\"staticPolicies\":[\"permit(principal,action,resource);\"," STATIC(
		      "forbid") "]}"),
		    { "policy0", "policy1" } },
		{ SLICE("{\"staticPolicies\":{\"x\":\"permit(principal,action,resource);\","
			"\"y\":" STATIC("forbid") "}}"),
		    { "x", "y" } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct cedar_policies *policies;
		struct reading reading;

		reading_init(&reading);
		assert_true(add_set(&reading, POLICY_JSON_TEXTS_TOO, rows[i].set));
		policies = cedar_builder_take(reading.builder);
		assert_int_equal(policies->count, 2);
		for (size_t j = 0; j < 2; j++)
			assert_true(slice_is(policies->items[j]->id, rows[i].ids[j]));
		assert_int_equal(policies->items[1]->effect, CEDAR_FORBID);
		reading_done(&reading);
		reading_init(&reading);
		assert_false(add_set(&reading, POLICY_JSON_STRICT, rows[i].set));
		reading_done(&reading);
	}
}

static void
a_wrong_set_adds_nothing_and_tells_of_every_policy(void **state)
{
	static const char *const expected[] = {
		"x.json:2:5: a policy needs a member \"effect\"",
		("x.json:3:51: expected a boolean, 64-bit integer, string, array or object, found "
		 "null"),
		"x.json:4, text:1:8: expected 'principal', found ')'",
	};
	struct reading reading;

	(void)state;
	reading_init(&reading);
	assert_true(add(&reading, CEDAR_STATIC, SLICE_OF(STATIC("permit"))));
	assert_false(add_set(&reading, POLICY_JSON_TEXTS_TOO,
	    SLICE_OF("{\"staticPolicies\":{\"fine\":" STATIC(
		"permit") ",\n"
			  "\"b\":{},\n"
			  "\"c\":{\"conditions\":[{\"kind\":\"when\",\"body\":{\"Value\":null}}],"
			  "\"effect\":\"permit\",\"principal\":" ALL ",\"action\":" ALL
			  ",\"resource\":" ALL "},\n"
			  "\"d\":\"permit();\"},\"templateLinks\":[{}]}")));
	assert_int_equal(reading.complaints.count, COUNT_OF(expected));
	for (size_t i = 0; i < COUNT_OF(expected); i++)
		assert_memory_equal(
		    cedar_complaint_text(&reading.arena, &reading.complaints.items[i]), expected[i],
		    strlen(expected[i]));
	assert_int_equal(cedar_builder_take(reading.builder)->count, 1);
	reading_done(&reading);
}

static void
nesting_ends_at_the_bound_of_json(void **state)
{
	struct reading reading;
	struct buffer text;

	(void)state;
	/* Three levels lie around an expression, two are of each `!`, one of the value. */
	for (unsigned count = 61; count <= 62; count++) {
		reading_init(&reading);
		buffer_init(&text, &reading.arena, 4096, CEDAR_MAX_TEXT);
		for (unsigned i = 0; i < count; i++)
			buffer_text(&text, "{\"!\":{\"arg\":");
		buffer_text(&text, TRUE_VALUE);
		for (unsigned i = 0; i < count; i++)
			buffer_text(&text, "}}");
		assert_int_equal(
		    is_taken(&reading, SLICE_OF("expression"), buffer_content(&text)), count == 61);
		if (count > 61)
			assert_true(reading.complaints.items[0].is_limit);
		reading_done(&reading);
	}
}

/* A reader of JSON that allows more leaves it to the tree to end. */
static void
nesting_ends_at_the_bound_of_expressions(void **state)
{
	static const char *const kinds[][3] = {
		{ "{\"!\":{\"arg\":", TRUE_VALUE, "}}" },
		{ "{\"Set\":[", TRUE_VALUE, "]}" },
		{ "{\"&&\":{\"right\":" TRUE_VALUE ",\"left\":", TRUE_VALUE, "}}" },
		{ "[", "1", "]" },
		{ "{\"__entity\":{\"type\":\"A\",\"id\":\"b\",\"x\":", "1", "}}" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		struct reading reading;
		struct buffer text;
		struct slice policy;

		reading_init(&reading);
		buffer_init(&text, &reading.arena, 4096, CEDAR_MAX_TEXT);
		buffer_text(&text, i < 3 ? "" : "{\"Value\":");
		for (unsigned j = 0; j < 5000; j++)
			buffer_text(&text, kinds[i][0]);
		buffer_text(&text, kinds[i][1]);
		for (unsigned j = 0; j < 5000; j++)
			buffer_text(&text, kinds[i][2]);
		buffer_text(&text, i < 3 ? "" : "}");
		policy =
		    framed(&reading.arena, frame_of(SLICE_OF("expression")), buffer_content(&text));
		assert_true(cedar_json_read(
		    &reading.arena, "x", policy, 20000, &reading.complaints, &reading.document));
		assert_false(policy_json_add(reading.builder, CEDAR_STATIC, SLICE_OF("a"),
		    &reading.document, reading.document.root));
		assert_string_equal(
		    reading.complaints.items[0].message, "this is nested more than 256 deep");
		assert_true(reading.complaints.items[0].is_limit);
		reading_done(&reading);
	}
}

static void
memory_may_end_anywhere(void **state)
{
	const struct slice set = SLICE(
	    "{\"staticPolicies\":{\"a\":{\"effect\":\"permit\",\"principal\":" ALL ",\"action\":"
	    "{\"op\":\"in\",\"entities\":[{\"type\":\"Action\",\"id\":\"x\"}]},\"resource\":" ALL
	    ",\"conditions\":[{\"kind\":\"when\",\"body\":" PAIR("&&",
		PAIR("==", PAIR("+", LONG(1), LONG(2)),
		    "{\"Value\":[{\"a\":1},{\"__extn\":"
		    "{\"fn\":\"ip\",\"arg\":\"::1\"}},{\"__entity\":{\"type\":\"A\",\"id\":\"b\"}}]"
		    "}"),
		"{\"like\":{\"left\":{\"ip\":[{\"Value\":\"x\"}]},\"pattern\":[{\"Literal\":\"a\"}]"
		"}}") "}],\"annotations\":{\"k\":\"v\"}},\"b\":\"permit(principal,action,resource);"
		      "\"},"
		      "\"templates\":{\"t\":" TEMPLATE
		      "},\"templateLinks\":[{\"templateId\":\"t\",\"newId\":\"l\","
		      "\"values\":{\"?principal\":{\"type\":\"U\",\"id\":\"x\"},"
		      "\"?resource\":{\"type\":\"U\",\"id\":\"y\"}}}]}");
	size_t failures = 0;
	bool is_read = false;

	(void)state;
	for (size_t ceiling = 4096; !is_read; ceiling += 32) {
		struct reading reading = { .complaints.count = 0 };

		arena_init(&reading.arena, 512, ceiling);
		reading.builder = cedar_builder_new(&reading.arena);
		assert_non_null(reading.builder);
		is_read = add_set(&reading, POLICY_JSON_TEXTS_TOO, set);
		if (!is_read) {
			assert_int_equal(reading.complaints.count, 1);
			assert_true(reading.complaints.items[0].is_limit);
			failures++;
		}
		reading_done(&reading);
	}
	assert_true(failures > 50);
}

static void
many_policies_cost_a_walk_over_the_text(void **state)
{
	struct reading reading;
	struct buffer text;

	(void)state;
	reading_init(&reading);
	buffer_init(&text, &reading.arena, 4096, CEDAR_MAX_TEXT);
	buffer_text(&text, "{\"staticPolicies\":{");
	for (unsigned i = 0; i < 20000; i++)
		buffer_printf(&text, "%s\n\"p%u\":" STATIC("permit"), i == 0 ? "" : ",", i);
	buffer_text(&text, "}}");
	assert_false(buffer_failed(&text));
	assert_true(add_set(&reading, POLICY_JSON_STRICT, buffer_content(&text)));
	assert_true(
	    slice_is(cedar_builder_take(reading.builder)->items[19999]->place, "x.json:20001"));
	reading_done(&reading);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_verdicts_are_those_of_the_official_engine),
		cmocka_unit_test(the_head_of_a_policy_is_printed),
		cmocka_unit_test(a_set_with_links_comes_back_as_it_was),
		cmocka_unit_test(static_policies_may_be_texts_where_they_are_asked_for),
		cmocka_unit_test(a_wrong_set_adds_nothing_and_tells_of_every_policy),
		cmocka_unit_test(nesting_ends_at_the_bound_of_json),
		cmocka_unit_test(nesting_ends_at_the_bound_of_expressions),
		cmocka_unit_test(memory_may_end_anywhere),
		cmocka_unit_test(many_policies_cost_a_walk_over_the_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) + RUN_ROWS(meanings, check_meaning);
}
