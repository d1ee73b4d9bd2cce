/*
 * Policy sets: how policies are named and placed, that a text is taken whole or not at all, and
 * how complaints read.
 */
#include <stdio.h>

#include "cedar/cedar.h"
#include "world.h"

static void
policies_are_numbered_on_over_several_texts(void **state)
{
	const struct cedar_policies *policies;
	struct cedar_builder *builder;
	struct world world;

	(void)state;
	world_init(&world);
	builder = cedar_builder_new(&world.arena);
	assert_true(cedar_builder_add_text(builder, "a.cedar",
	    SLICE_OF("// one\n@id(\"first\") @empty\npermit (principal, action, resource);\n\n"
		     "forbid\n(principal, action, resource);"),
	    &world.complaints));
	assert_false(cedar_builder_add_text(builder, "b.cedar",
	    SLICE_OF("permit (principal, action, resource); permit;"), &world.complaints));
	assert_int_equal(world.complaints.count, 1);
	assert_true(cedar_builder_add_text(builder, "c/c.cedar",
	    SLICE_OF("permit (principal, action, resource);"), &world.complaints));
	assert_int_equal(world.complaints.count, 0);
	policies = cedar_builder_take(builder);
	assert_int_equal(cedar_policies_count(policies), 3);
	assert_int_equal(cedar_policy_effect(policies, 0), CEDAR_PERMIT);
	assert_int_equal(cedar_policy_effect(policies, 1), CEDAR_FORBID);
	assert_true(slice_is(cedar_policy_id(policies, 0), "policy0"));
	assert_true(slice_is(cedar_policy_id(policies, 2), "policy2"));
	assert_true(slice_is(cedar_policy_place(policies, 0), "a.cedar:3"));
	assert_true(slice_is(cedar_policy_place(policies, 1), "a.cedar:5"));
	assert_true(slice_is(cedar_policy_place(policies, 2), "c/c.cedar:1"));
	assert_true(slice_is(cedar_policy_annotation(policies, 0, SLICE_OF("id")), "first"));
	assert_non_null(cedar_policy_annotation(policies, 0, SLICE_OF("empty")).data);
	assert_int_equal(cedar_policy_annotation(policies, 0, SLICE_OF("empty")).len, 0);
	assert_null(cedar_policy_annotation(policies, 1, SLICE_OF("id")).data);
	world_done(&world);
}

/* The caller's text may go as soon as it has been added. */
static void
a_set_does_not_need_the_text_it_came_from(void **state)
{
	char text[] = "permit (principal == User::\"alice\", action, resource);";
	const struct cedar_policies *policies;
	struct world world;

	(void)state;
	world_init(&world);
	world_fill(&world);
	policies = world_policies(&world, text);
	memset(text, 'x', sizeof(text));
	assert_int_equal(world_ask(&world, policies).decision, CEDAR_ALLOW);
	world_done(&world);
}

struct complaint_row {
	const char *name, *text, *shown;
};

static const struct complaint_row complaint_rows[] = {
	{ "a hint under the place", "permit (principal, action, resource)\n  when { 1 = 2 };",
	    "x.cedar:2:12: expected '}' behind the condition, found '='\n"
	    "    when { 1 = 2 };\n"
	    "             ^ write == to compare" },
	{ "no hint", "permitt (principal, action, resource);",
	    "x.cedar:1:1: expected 'permit' or 'forbid', found 'permitt'\n"
	    "  permitt (principal, action, resource);\n"
	    "  ^" },
	{ "tabs and control characters are blanks", "\tpermit\x1b (x);\r\n",
	    "x.cedar:1:8: this character has no place outside strings and comments\n"
	    "   permit  (x);\n"
	    "         ^" },
	{ "a long line is shown around the place",
	    "// 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 "
	    "012345678\n"
	    "permit (principal in Group::\"0123456789 0123456789 0123456789 0123456789 "
	    "0123456789\", action,"
	    " resource) when { 'a' } unless { \"0123456789 0123456789 0123456789 0123456789 "
	    "0123456789\" };",
	    "x.cedar:2:112: single quotes do not begin a string\n"
	    "  0123456789 0123456789 0123456789\", action, resource) when { 'a' } unless { "
	    "\"0123456789"
	    " 0123456789 0123456789 0123456789 \n"
	    "                                                              ^ write \"double "
	    "quotes\"" },
	{ "a long name is cut",
	    "permit (principal, action, resource) when {\n"
	    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz == 1 "
	    "};",
	    "x.cedar:2:1: abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl is none "
	    "of "
	    "principal, action, resource, context\n"
	    "  abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz == 1 "
	    "};\n"
	    "  ^ an entity is Type::\"id\", a string is in double quotes" },
};

static void
reads_like_this(void **state)
{
	const struct complaint_row *row = *state;
	struct world world;

	world_init(&world);
	assert_false(cedar_builder_add_text(
	    cedar_builder_new(&world.arena), "x.cedar", slice_from(row->text), &world.complaints));
	assert_int_equal(world.complaints.count, 1);
	assert_string_equal(
	    cedar_complaint_text(&world.arena, &world.complaints.items[0]), row->shown);
	world_done(&world);
}

static const struct path_row {
	const char *name;
	bool is_path;
} path_rows[] = {
	{ "User", true },
	{ "demo::Patient", true },
	{ "_a1::B::c_2", true },
	{ "permit", true },
	{ "principal::User", true },
	{ "", false },
	{ "::User", false },
	{ "User::", false },
	{ "a:b", false },
	{ "a::::b", false },
	{ " User", false },
	{ "User ", false },
	{ "a :: b", false },
	{ "a:: // c\nb", false },
	{ "1User", false },
	{ "in", false },
	{ "a::is::b", false },
	{ "__cedar", false },
	{ "a::__cedar", false },
	{ "Us\xc3\xa9r", false },
	{ "User\"", false },
	{ "User::\"x\"", false },
	{ "User\x80", false },
};

static void
is_a_path_or_not(void **state)
{
	const struct path_row *row = *state;

	assert_int_equal(cedar_is_path(slice_from(row->name)), row->is_path);
}

static void
every_error_has_a_name(void **state)
{
	(void)state;
	for (int error = 0; error < CEDAR_ERROR_COUNT; error++)
		assert_non_null(cedar_error_name((enum cedar_error)error));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(policies_are_numbered_on_over_several_texts),
		cmocka_unit_test(a_set_does_not_need_the_text_it_came_from),
		cmocka_unit_test(every_error_has_a_name),
	};

	return RUN_ROWS(complaint_rows, reads_like_this) + RUN_ROWS(path_rows, is_a_path_or_not) +
	       cmocka_run_group_tests_name("policies", tests, NULL, NULL);
}
