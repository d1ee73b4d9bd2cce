/*
 * Templates: which texts are one, one policy or template under an id of the caller's, linking with
 * all its refusals, and that only links are asked.
 */
#include "world.h"

/* A builder with a policy "policy0", a template of both slots "policy1" and one of each slot. */
static struct cedar_builder *
filled_builder(struct world *world)
{
	struct cedar_builder *builder = cedar_builder_new(&world->arena);

	assert_non_null(builder);
	assert_true(cedar_builder_add_text(builder, "t.cedar",
	    SLICE_OF(
		"permit (principal == User::\"bob\", action, resource);\n"
		"@id(\"both\") permit (principal == ?principal, action, resource in ?resource)\n"
		"when { principal has age };\n"
		"forbid (principal is User in ?principal, action, resource);\n"
		"forbid (principal, action, resource == ?resource);\n"),
	    &world->complaints));
	return builder;
}

struct one_row {
	const char *name;
	enum cedar_form form;
	const char *text, *message; /* message NULL: taken */
};

static const struct one_row one_rows[] = {
	{ "a policy", CEDAR_STATIC, "permit (principal, action, resource);", NULL },
	{ "a template", CEDAR_TEMPLATE, "permit (principal == ?principal, action, resource);",
	    NULL },
	{ "a slot of resource", CEDAR_TEMPLATE,
	    "permit (principal, action, resource in ?resource);", NULL },
	{ "a slot behind is", CEDAR_TEMPLATE,
	    "permit (principal is A::B in ?principal, action, resource is C in ?resource);", NULL },
	{ "a slot in parentheses", CEDAR_TEMPLATE,
	    "permit (principal == ((?principal)), action, resource);", NULL },
	{ "comments around it", CEDAR_STATIC, "//a\npermit (principal, action, resource); // b",
	    NULL },
	{ "a template for a policy", CEDAR_STATIC,
	    "permit (principal == ?principal, action, resource);", "found a template" },
	{ "a policy for a template", CEDAR_TEMPLATE, "permit (principal, action, resource);",
	    "found a policy without slots" },
	{ "none", CEDAR_STATIC, "", "expected 'permit' or 'forbid'" },
	{ "two", CEDAR_STATIC,
	    "permit (principal, action, resource); permit (principal, action, resource);",
	    "expected one policy alone" },
	{ "two of two forms", CEDAR_TEMPLATE,
	    "permit (principal == ?principal, action, resource); forbid (principal, action, "
	    "resource);",
	    "expected one policy alone" },
	{ "a wrong one", CEDAR_STATIC, "permit (principal, action);", "expected ','" },
};

static void
one_is_taken_or_not(void **state)
{
	const struct one_row *row = *state;
	const struct cedar_policies *policies;
	struct cedar_builder *builder;
	struct world world;
	bool is_taken;

	world_init(&world);
	builder = filled_builder(&world);
	is_taken = cedar_builder_add_one(builder, row->form, SLICE_OF("an id \0 of mine"), "one",
	    slice_from(row->text), &world.complaints);
	assert_int_equal(is_taken, row->message == NULL);
	if (is_taken) {
		assert_int_equal(world.complaints.count, 0);
	} else {
		world_complains(&world, row->message);
	}
	policies = cedar_builder_take(builder);
	assert_int_equal(
	    cedar_policies_count(policies), 1 + (is_taken && row->form == CEDAR_STATIC ? 1 : 0));
	assert_int_equal(
	    cedar_templates_count(policies), 3 + (is_taken && row->form == CEDAR_TEMPLATE ? 1 : 0));
	if (is_taken && row->form == CEDAR_STATIC)
		assert_true(
		    slice_equal(cedar_policy_id(policies, 1), SLICE_OF("an id \0 of mine")));
	world_done(&world);
}

struct link_row {
	const char *name, *template, *id, *principal, *resource;
	const char *message; /* NULL: linked */
};

static const struct link_row link_rows[] = {
	{ "both slots", "policy1", "link", "User::\"alice\"", "Photo::\"p\"", NULL },
	{ "the slot of principal", "policy2", "link", "Group::\"staff\"", NULL, NULL },
	{ "the slot of resource", "policy3", "link", NULL, "Photo::\"p\"", NULL },
	{ "the empty id", "policy1", "", "User::\"a\"", "Photo::\"p\"", NULL },
	{ "no principal", "policy1", "link", NULL, "Photo::\"p\"",
	    "no value is given for the slot ?principal" },
	{ "no resource", "policy1", "link", "User::\"a\"", NULL,
	    "no value is given for the slot ?resource" },
	{ "no value at all", "policy1", "link", NULL, NULL, "no value is given" },
	{ "a resource too much", "policy2", "link", "User::\"a\"", "Photo::\"p\"",
	    "a value is given for ?resource, which the template has not" },
	{ "a principal too much", "policy3", "link", "User::\"a\"", "Photo::\"p\"",
	    "a value is given for ?principal, which the template has not" },
	{ "a policy for a template", "policy0", "link", NULL, NULL, "there is no template" },
	{ "no such template", "nope", "link", NULL, NULL,
	    "there is no template with the id 'nope'" },
	{ "a link for a template", "first", "link", "Group::\"x\"", NULL, "there is no template" },
	{ "the id of a policy", "policy2", "policy0", "User::\"a\"", NULL,
	    "there is already a policy with the id 'policy0'" },
	{ "the id of a template", "policy2", "policy1", "User::\"a\"", NULL, "already" },
	{ "its own template's id", "policy2", "policy2", "User::\"a\"", NULL, "already" },
	{ "the id of a link", "policy2", "first", "User::\"a\"", NULL, "already" },
};

static void
links_or_not(void **state)
{
	const struct link_row *row = *state;
	const struct cedar_policies *policies;
	struct cedar_builder *builder;
	struct world world;
	bool is_linked;

	world_init(&world);
	builder = filled_builder(&world);
	assert_true(cedar_builder_link(builder, SLICE_OF("policy2"), SLICE_OF("first"),
	    world_uid(&world, "Group::\"g\""), NULL, "links", &world.complaints));
	is_linked = cedar_builder_link(builder, slice_from(row->template), slice_from(row->id),
	    row->principal == NULL ? NULL : world_uid(&world, row->principal),
	    row->resource == NULL ? NULL : world_uid(&world, row->resource), "links",
	    &world.complaints);
	assert_int_equal(is_linked, row->message == NULL);
	if (!is_linked) {
		world_complains(&world, row->message);
		assert_string_equal(world.complaints.items[0].file, "links");
	}
	policies = cedar_builder_take(builder);
	assert_int_equal(cedar_policies_count(policies), is_linked ? 3 : 2);
	assert_int_equal(cedar_templates_count(policies), 3);
	assert_null(cedar_policy_template_id(policies, 0).data);
	assert_true(slice_is(cedar_policy_template_id(policies, 1), "policy2"));
	if (is_linked) {
		assert_true(slice_is(cedar_policy_id(policies, 2), row->id));
		assert_true(slice_is(cedar_policy_template_id(policies, 2), row->template));
	}
	world_done(&world);
}

static void
templates_tell_about_themselves(void **state)
{
	const struct cedar_policies *policies;
	bool has_principal, has_resource;
	struct world world;

	(void)state;
	world_init(&world);
	policies = cedar_builder_take(filled_builder(&world));
	assert_int_equal(cedar_policies_count(policies), 1);
	assert_int_equal(cedar_templates_count(policies), 3);
	assert_true(slice_is(cedar_template_id(policies, 0), "policy1"));
	assert_true(slice_is(cedar_template_annotation(policies, 0, SLICE_OF("id")), "both"));
	assert_null(cedar_template_annotation(policies, 1, SLICE_OF("id")).data);
	cedar_template_slots(policies, 0, &has_principal, &has_resource);
	assert_true(has_principal && has_resource);
	cedar_template_slots(policies, 1, &has_principal, &has_resource);
	assert_true(has_principal && !has_resource);
	cedar_template_slots(policies, 2, &has_principal, &has_resource);
	assert_true(!has_principal && has_resource);
	world_done(&world);
}

static void
link_text(struct world *world, struct cedar_builder *builder, const char *template, const char *id,
    const char *principal, const char *resource)
{
	assert_true(cedar_builder_link(builder, slice_from(template), slice_from(id),
	    principal == NULL ? NULL : world_uid(world, principal),
	    resource == NULL ? NULL : world_uid(world, resource), "links", &world->complaints));
}

/* The request is alice's, who is in Group "staff", for Photo "p". */
static void
a_link_is_asked_under_its_own_id(void **state)
{
	const struct cedar_policies *policies;
	struct cedar_builder *builder;
	struct cedar_answer answer;
	struct world world;

	(void)state;
	world_init(&world);
	world_fill(&world);
	builder = filled_builder(&world);
	link_text(&world, builder, "policy1", "of bob", "User::\"bob\"", "Photo::\"p\"");
	link_text(&world, builder, "policy1", "of alice", "User::\"alice\"", "Photo::\"p\"");
	link_text(&world, builder, "policy2", "of nobody", "Group::\"nobody\"", NULL);
	policies = cedar_builder_take(builder);
	answer = world_ask(&world, policies);
	assert_int_equal(answer.decision, CEDAR_ALLOW);
	assert_int_equal(answer.reason_count, 1);
	assert_true(slice_is(cedar_policy_id(policies, answer.reasons[0]), "of alice"));
	world_done(&world);
}

static void
templates_are_not_asked(void **state)
{
	struct cedar_answer answer;
	struct world world;

	(void)state;
	world_init(&world);
	world_fill(&world);
	answer = world_ask(&world, cedar_builder_take(filled_builder(&world)));
	assert_int_equal(answer.decision, CEDAR_DENY);
	assert_int_equal(answer.reason_count, 0);
	assert_int_equal(answer.error_count, 0);
	world_done(&world);
}

/* A link keeps nothing of the caller's. */
static void
a_link_does_not_need_the_values_it_came_from(void **state)
{
	char type[] = "User", id[] = "alice", name[] = "link";
	struct cedar_uid alice = { slice_from(type), slice_from(id) };
	const struct cedar_policies *policies;
	struct cedar_builder *builder;
	struct cedar_answer answer;
	struct world world;

	(void)state;
	world_init(&world);
	world_fill(&world);
	builder = filled_builder(&world);
	assert_true(cedar_builder_link(builder, SLICE_OF("policy1"), slice_from(name), &alice,
	    world_uid(&world, "Photo::\"p\""), "links", &world.complaints));
	memset(type, 'x', sizeof(type));
	memset(id, 'x', sizeof(id));
	memset(name, 'x', sizeof(name));
	policies = cedar_builder_take(builder);
	answer = world_ask(&world, policies);
	assert_int_equal(answer.decision, CEDAR_ALLOW);
	assert_true(slice_is(cedar_policy_id(policies, answer.reasons[0]), "link"));
	world_done(&world);
}

/* Numbers of a text count templates too; an id of the caller's may be in their way. */
static void
ids_are_used_once(void **state)
{
	struct cedar_builder *builder;
	struct world world;

	(void)state;
	world_init(&world);
	builder = cedar_builder_new(&world.arena);
	assert_true(cedar_builder_add_one(builder, CEDAR_STATIC, SLICE_OF("policy1"), "a",
	    SLICE_OF("permit (principal, action, resource);"), &world.complaints));
	assert_false(cedar_builder_add_one(builder, CEDAR_STATIC, SLICE_OF("policy1"), "b",
	    SLICE_OF("permit (principal, action, resource);"), &world.complaints));
	assert_false(cedar_builder_add_text(builder, "c",
	    SLICE_OF("permit (principal, action, resource);\n"
		     "permit (principal, action, resource);"),
	    &world.complaints));
	assert_int_equal(world.complaints.items[0].line, 2);
	world_complains(&world, "the id 'policy1'");
	assert_true(cedar_builder_add_text(
	    builder, "d", SLICE_OF("permit (principal, action, resource);"), &world.complaints));
	assert_int_equal(cedar_policies_count(cedar_builder_take(builder)), 2);
	world_done(&world);
}

static const struct uid_row {
	const char *name;
	const char *type, *id; /* type NULL: no uid */
} uid_rows[] = {
	{ "User::\"alice\"", "User", "alice" },
	{ "A::B::\"\"", "A::B", "" },
	{ "A::\"\\u{61}\\n\"", "A", "a\n" },
	{ " A::\"a\"", NULL, NULL },
	{ "A::\"a\" ", NULL, NULL },
	{ "A ::\"a\"", NULL, NULL },
	{ "A:: \"a\"", NULL, NULL },
	{ "A:: B::\"a\"", NULL, NULL },
	{ "A::\"a\"//", NULL, NULL },
	{ "A::\"\\q\"", NULL, NULL },
	{ "A::B", NULL, NULL },
	{ "\"a\"", NULL, NULL },
	{ "in::\"a\"", NULL, NULL },
	{ "__cedar::\"a\"", NULL, NULL },
	{ "", NULL, NULL },
	{ "A::\"a\"::\"b\"", NULL, NULL },
	{ "A::\"\xff\"", NULL, NULL },
};

static void
is_a_uid_or_not(void **state)
{
	const struct uid_row *row = *state;
	struct cedar_uid uid = { SLICE("untouched"), SLICE("untouched") };
	struct world world;
	bool is_uid;

	world_init(&world);
	is_uid = cedar_uid_parse(&world.arena, slice_from(row->name), &uid);
	assert_int_equal(is_uid, row->type != NULL);
	assert_true(slice_is(uid.type, is_uid ? row->type : "untouched"));
	assert_true(slice_is(uid.id, is_uid ? row->id : "untouched"));
	world_done(&world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(templates_tell_about_themselves),
		cmocka_unit_test(a_link_is_asked_under_its_own_id),
		cmocka_unit_test(templates_are_not_asked),
		cmocka_unit_test(a_link_does_not_need_the_values_it_came_from),
		cmocka_unit_test(ids_are_used_once),
	};

	return RUN_ROWS(one_rows, one_is_taken_or_not) + RUN_ROWS(link_rows, links_or_not) +
	       RUN_ROWS(uid_rows, is_a_uid_or_not) +
	       cmocka_run_group_tests_name("templates", tests, NULL, NULL);
}
