/* Every bound of the engine: what must still work, and that what lies beyond ends cleanly. */
#include <stdio.h>

#include "core/buffer.h"
#include "world.h"

enum { MAX_GENERATED = 6 * 1024 * 1024 };

/* `count` times `before`, then `middle`, then `count` times `after`. */
static struct slice
nest(struct arena *arena, size_t count, const char *before, const char *middle, const char *after)
{
	struct buffer text;

	buffer_init(&text, arena, 4096, MAX_GENERATED);
	for (size_t i = 0; i < count; i++)
		buffer_text(&text, before);
	buffer_text(&text, middle);
	for (size_t i = 0; i < count; i++)
		buffer_text(&text, after);
	assert_false(buffer_failed(&text));
	return buffer_content(&text);
}

struct nest_row {
	const char *name, *before, *middle, *after;
	size_t works;    /* so many are evaluated without error */
	size_t too_many; /* so many are refused; 0: only memory bounds it */
	const char *message;
};

static const struct nest_row nest_rows[] = {
	{ "parentheses", "(", "true", ")", 200, 300, "nested more than" },
	{ "far too many parentheses", "(", "true", ")", 1, 200000, "nested more than" },
	{ "parentheses that never end", "(", "true", "", 0, 200000, "nested more than" },
	{ "sets", "[", "1", "]", 200, 300, "nested more than" },
	{ "sets of what is not constant", "[", "context", "]", 200, 300, "nested more than" },
	{ "records", "{a: ", "1", "}", 200, 300, "nested more than" },
	{ "records of what is not constant", "{a: ", "context", "}", 200, 300, "nested more than" },
	{ "negations", "!(", "true", ")", 200, 300, "nested more than" },
	{ "minus signs", "-(", "1", ")", 200, 300, "nested more than" },
	{ "ifs in conditions", "if ", "true", " then true else false", 200, 300,
	    "nested more than" },
	{ "ifs in branches", "if true then true else ", "true", "", 200, 300, "nested more than" },
	{ "operands of &&", "true && ", "true", "", 20000, 70000, "more than 65536" },
	{ "operands of ||", "false || ", "true", "", 20000, 70000, "more than 65536" },
	{ "summands", "1 + ", "1", "", 20000, 70000, "more than 65536" },
	{ "factors", "1 * ", "1", "", 20000, 70000, "more than 65536" },
	{ "elements of a set", "[1].contains(1) && ", "[1].contains(1)", "", 1000, 0, NULL },
	{ "attributes of attributes", "", "context", ".a", 0, 300, "nested more than" },
	{ "methods of methods", "", "context", ".isEmpty()", 0, 300, "nested more than" },
	{ "operands in operands", "true && (false || (", "true", "))", 90, 150,
	    "nested more than" },
	{ "extension calls in operands", "ip(if ", "true",
	    " then \"::1\" else \"\") == ip(\"::1\")", 60, 200, "nested more than" },
	{ "names behind has", "", "context has a", ".a", 20000, 70000, "more than 65536" },
};

static void
nests(void **state)
{
	const struct nest_row *row = *state;
	struct cedar_value value;
	struct slice text;
	struct world world;

	world_init(&world);
	world_fill(&world);
	if (row->works > 0) {
		text = nest(&world.arena, row->works, row->before, row->middle, row->after);
		assert_int_equal(
		    world_evaluate(&world, arena_dup(&world.arena, text.data, text.len), &value),
		    CEDAR_ERROR_NONE);
	}
	if (row->too_many > 0) {
		text = nest(&world.arena, row->too_many, row->before, row->middle, row->after);
		assert_null(expression_parse(&world.arena, "text", text, &world.complaints));
		world_complains(&world, row->message);
		assert_true(world.complaints.items[0].is_limit);
	}
	world_done(&world);
}

/* Adds the text and says whether it was taken; the complaints stay in the world. */
static bool
add_text(struct world *world, struct slice text)
{
	struct cedar_builder *builder = cedar_builder_new(&world->arena);

	assert_non_null(builder);
	return cedar_builder_add_text(builder, "text", text, &world->complaints);
}

static void
a_text_too_large_is_refused(void **state)
{
	struct world world;
	char *text;

	(void)state;
	world_init(&world);
	text = arena_alloc(&world.arena, CEDAR_MAX_TEXT + 1);
	memset(text, ' ', CEDAR_MAX_TEXT + 1);
	assert_true(add_text(&world, slice_make(text, CEDAR_MAX_TEXT)));
	assert_false(add_text(&world, slice_make(text, CEDAR_MAX_TEXT + 1)));
	world_complains(&world, "larger than");
	assert_null(expression_parse(
	    &world.arena, "text", slice_make(text, CEDAR_MAX_TEXT + 1), &world.complaints));
	world_done(&world);
}

static void
too_many_policies_are_refused(void **state)
{
	const char *one = "permit(principal,action,resource);";
	struct world world;

	(void)state;
	world_init(&world);
	assert_true(add_text(&world, nest(&world.arena, CEDAR_MAX_POLICIES, one, "", "")));
	assert_false(add_text(&world, nest(&world.arena, CEDAR_MAX_POLICIES + 1, one, "", "")));
	world_complains(&world, "more than 65536 policies");
	world_done(&world);
}

static void
errors_are_counted_beyond_those_kept(void **state)
{
	struct world world;

	(void)state;
	world_init(&world);
	assert_false(add_text(&world, nest(&world.arena, 100, "permit(x);\n", "", "")));
	assert_int_equal(world.complaints.count, 100);
	assert_int_equal(world.complaints.items[CEDAR_MAX_ERRORS - 1].line, CEDAR_MAX_ERRORS);
	world_done(&world);
}

static const struct bytes_row {
	const char *name, *text;
	unsigned line, column;
} bytes_rows[] = {
	{ "a stray continuation byte", "permit\n \x80", 2, 2 },
	{ "an overlong slash", "\xc0\xaf", 1, 1 },
	{ "a surrogate in a string", "// \"\xed\xa0\x80\"", 1, 5 },
	{ "a sequence cut short", "\xc3\xa9\xe2\x82", 1, 2 },
};

static void
what_is_not_utf8_is_refused(void **state)
{
	const struct bytes_row *row = *state;
	struct world world;

	world_init(&world);
	assert_false(add_text(&world, slice_from(row->text)));
	assert_int_equal(world.complaints.count, 1);
	assert_string_equal(world.complaints.items[0].message, "this is not UTF-8");
	assert_int_equal(world.complaints.items[0].line, row->line);
	assert_int_equal(world.complaints.items[0].column, row->column);
	world_done(&world);
}

static enum cedar_outcome
decide(struct world *world, struct slice text, struct cedar_answer *ret_answer)
{
	struct cedar_builder *builder = cedar_builder_new(&world->arena);

	assert_true(cedar_builder_add_text(builder, "text", text, &world->complaints));
	return cedar_authorize(cedar_builder_take(builder), world->entities, &world->request,
	    &world->arena, ret_answer);
}

static void
steps_are_counted_over_the_whole_decision(void **state)
{
	struct cedar_answer answer = { .decision = CEDAR_DENY, .reason_count = 99 };
	struct cedar_value elements[2000], context, small;
	struct cedar_member set = { .name = SLICE("set") };
	struct world world;

	(void)state;
	world_init(&world);
	world_fill(&world);
	for (int64_t i = 0; i < (int64_t)COUNT_OF(elements); i++)
		elements[i] = (struct cedar_value) { CEDAR_LONG, .as.number = i };
	/* 6,000 policies that compare 2,000 elements each */
	assert_true(cedar_set_make(&world.arena, elements, COUNT_OF(elements), &set.value));
	assert_true(cedar_record_make(&world.arena, &set, 1, &context));
	small = world.request.context;
	world.request.context = context;
	assert_int_equal(
	    decide(&world,
		nest(&world.arena, 6000,
		    "permit(principal,action,resource)when{context.set==context.set};", "", ""),
		&answer),
	    CEDAR_NO_DECISION);
	world.request.context = small;
	assert_int_equal(answer.reason_count, 99);
	assert_int_equal(decide(&world,
			     nest(&world.arena, 20000,
				 "permit(principal,action,resource)when{context.n<6};", "", ""),
			     &answer),
	    CEDAR_DECIDED);
	assert_int_equal(answer.decision, CEDAR_ALLOW);
	assert_int_equal(answer.reason_count, 20000);
	world_done(&world);
}

struct costly_row {
	const char *name, *before, *repeated;
	size_t times;
	const char *after;
	bool decides;
};

/* context.set has 60,000 elements; each operation over it costs as many steps. */
static const struct costly_row costly_rows[] = {
	{ "comparing large sets", "true", " && context.set == context.same", 100, "", true },
	{ "comparing them too often", "true", " && context.set == context.same", 200, "", false },
	{ "comparing them with little", "[", "1,", 200, "].containsAny([context.set])", true },
	{ "looking for an element", "true", " && context.set.contains(1)", 10000, "", true },
	{ "a set of large sets", "[", "context.set,", 100, "] == []", true },
	{ "a set of too many large sets", "[", "context.set,", 200, "] == []", false },
	{ "containsAll of a large set", "true", " && context.set.containsAll(context.same)", 100,
	    "", true },
	{ "containsAll of a large set too often", "true",
	    " && context.set.containsAll(context.same)", 200, "", false },
	{ "`in` a set that holds no entity", "principal in context.set", "", 0, " || true", true },
	{ "`like` over a long text with many stars", "context.text like \"", "*a", 1000, "*b\"",
	    true },
	{ "`like` over long texts", "false", " || context.text like \"*b\"", 2000, "|| true",
	    true },
	{ "`like` over long texts too often", "false", " || context.text like \"*b\"", 3000, "",
	    false },
	{ "comparing long texts", "true", " && context.text == context.copy", 2000, "", true },
	{ "comparing long texts too often", "true", " && context.text == context.copy", 3000, "",
	    false },
	{ "looking for long texts too often", "false", " || context.set.contains(context.text)",
	    3000, "", false },
};

static struct cedar_value
large_set(struct world *world)
{
	enum { ELEMENTS = 60000 };
	struct cedar_value *elements = arena_calloc(&world->arena, ELEMENTS, sizeof(*elements));
	struct cedar_value set;

	for (int64_t i = 0; i < ELEMENTS; i++)
		elements[i] = (struct cedar_value) { CEDAR_LONG, .as.number = i };
	assert_true(cedar_set_make(&world->arena, elements, ELEMENTS, &set));
	return set;
}

static void
costs_what_it_costs(void **state)
{
	const struct costly_row *row = *state;
	struct cedar_member members[] = { { .name = SLICE("set") }, { .name = SLICE("same") },
		{ .name = SLICE("text") }, { .name = SLICE("copy") } };
	struct cedar_answer answer;
	struct world world;
	struct slice text;

	world_init(&world);
	world_fill(&world);
	members[0].value = large_set(&world);
	members[1].value = large_set(&world);
	members[2].value = (struct cedar_value) { CEDAR_STRING,
		.as.string = nest(&world.arena, 1000000, "a", "", "") };
	members[3].value = (struct cedar_value) { CEDAR_STRING,
		.as.string = nest(&world.arena, 1000000, "a", "", "") };
	assert_true(
	    cedar_record_make(&world.arena, members, COUNT_OF(members), &world.request.context));
	text = nest(&world.arena, row->times, row->repeated, row->after, "");
	text = slice_from(arena_printf(&world.arena,
	    "permit(principal,action,resource)when{%s%.*s};", row->before, SLICE_ARGS(text)));
	assert_int_equal(
	    decide(&world, text, &answer), row->decides ? CEDAR_DECIDED : CEDAR_NO_DECISION);
	world_done(&world);
}

/* A value may grow deeper than any text when text and data come together. */
static void
a_value_too_deep_is_a_policy_error(void **state)
{
	struct cedar_member member = { SLICE("deep"), { CEDAR_LONG, .as.number = 1 } };
	struct cedar_answer answer;
	struct world world;

	(void)state;
	world_init(&world);
	world_fill(&world);
	for (int i = 0; i < CEDAR_MAX_VALUE_DEPTH - 1; i++)
		assert_true(cedar_set_make(&world.arena, &member.value, 1, &member.value));
	assert_true(cedar_record_make(&world.arena, &member, 1, &world.request.context));
	assert_int_equal(
	    decide(&world,
		SLICE_OF("permit(principal,action,resource)when{[context.deep] == 1};"
			 "permit(principal,action,resource)when{{a: context} == 1};"
			 "permit(principal,action,resource)when{[context.deep] != 1};"),
		&answer),
	    CEDAR_DECIDED);
	assert_int_equal(answer.decision, CEDAR_ALLOW);
	assert_int_equal(answer.error_count, 1);
	assert_int_equal(answer.errors[0].policy, 1);
	assert_string_equal(cedar_error_name(answer.errors[0].error), "recursion");
	world_done(&world);
}

static void
a_context_that_is_no_record_is_no_question(void **state)
{
	struct cedar_answer answer;
	struct world world;

	(void)state;
	world_init(&world);
	world_fill(&world);
	world.request.context = (struct cedar_value) { CEDAR_LONG, .as.number = 1 };
	assert_int_equal(decide(&world, SLICE_OF("permit(principal,action,resource);"), &answer),
	    CEDAR_NO_DECISION);
	world_done(&world);
}

static const char busy_policies[] =
    "@id(\"a\\u{20}b\") permit (principal is A :: B in A :: B::\"x\\n\", action in [Action::\"v\","
    "Action::\"w\"], resource) when { [1, context.n].contains(5) && {a: context, b: \"c\"} has a.n "
    "}"
    "unless { \"x\" like \"*y\\*\" || -context.n > 1 + 2 * 3 || (if true then false else true) };"
    "forbid (principal, action, resource) when { context.nope };"
    "permit (principal, action, resource) when { [context.n, 2] == [2, 5] };"
    "permit (principal, action, resource == Photo::\"p\")"
    "when { ip(context.text) == 1 || decimal(\"1.0\").lessThan(decimal(\"2.0\")) };"
    "forbid (principal in ?principal, action, resource is Photo)"
    "when { principal.hasTag(\"x\") };";

static const struct cedar_policies *
build_with(struct world *world, struct arena *arena)
{
	const struct cedar_uid *staff = world_uid(world, "Group::\"staff\"");
	struct cedar_builder *builder = cedar_builder_new(arena);

	if (builder == NULL)
		return NULL;
	if (cedar_builder_add_text(
		builder, "text", slice_from(busy_policies), &world->complaints) &&
	    cedar_builder_link(builder, SLICE_OF("policy4"), SLICE_OF("link"), staff, NULL, "links",
		&world->complaints))
		return cedar_builder_take(builder);
	assert_int_equal(world->complaints.count, 1);
	assert_string_equal(world->complaints.items[0].message, "out of memory");
	assert_true(world->complaints.items[0].is_limit);
	return NULL;
}

/* One parse and one decision with little memory; true: there was enough for all of it. */
static bool
run_with(struct world *world, size_t ceiling)
{
	const struct cedar_policies *policies;
	struct cedar_answer answer;
	struct arena arena;
	bool done = false;

	arena_init(&arena, 4096, ceiling);
	policies = build_with(world, &arena);
	if (policies != NULL && cedar_authorize(policies, world->entities, &world->request, &arena,
				    &answer) == CEDAR_DECIDED) {
		assert_int_equal(answer.decision, CEDAR_ALLOW);
		assert_int_equal(answer.reason_count, 1);
		assert_int_equal(answer.error_count, 2);
		done = true;
	}
	arena_done(&arena);
	return done;
}

static void
memory_may_end_at_any_step(void **state)
{
	struct world world;
	size_t ceiling = 0;

	(void)state;
	world_init(&world);
	world_fill(&world);
	while (!run_with(&world, ceiling)) {
		ceiling += 16;
		assert_true(ceiling < 1024 * 1024);
	}
	assert_true(ceiling > 1024);
	world_done(&world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_too_large_is_refused),
		cmocka_unit_test(too_many_policies_are_refused),
		cmocka_unit_test(errors_are_counted_beyond_those_kept),
		cmocka_unit_test(steps_are_counted_over_the_whole_decision),
		cmocka_unit_test(a_value_too_deep_is_a_policy_error),
		cmocka_unit_test(a_context_that_is_no_record_is_no_question),
		cmocka_unit_test(memory_may_end_at_any_step),
	};

	return RUN_ROWS(nest_rows, nests) + RUN_ROWS(bytes_rows, what_is_not_utf8_is_refused) +
	       RUN_ROWS(costly_rows, costs_what_it_costs) +
	       cmocka_run_group_tests_name("limits", tests, NULL, NULL);
}
