/* <postern/cedar.h>, as a program that knows nothing else sees it. */
#include <postern/cedar.h>

#include <stdio.h>

#include "../core/rows.h"

#define T(literal) postern_cedar_text_of(literal)
#define UID(type, id) postern_cedar_uid_of((type), (id))

static bool
text_is(struct postern_cedar_text text, const char *wanted)
{
	return text.len == strlen(wanted) && memcmp(text.data, wanted, text.len) == 0;
}

static struct postern_cedar_policies *
policies_of(const char *text)
{
	struct postern_cedar_builder *builder = postern_cedar_builder_new();
	struct postern_cedar_policies *policies;

	assert_non_null(builder);
	assert_true(postern_cedar_builder_text(builder, "test.cedar", T(text), NULL));
	policies = postern_cedar_builder_take(builder);
	assert_non_null(policies);
	return policies;
}

/* --- policies */

static void
policies_tell_what_they_are(void **state)
{
	struct postern_cedar_policies *policies =
	    policies_of("@note(\"x\") @bare\npermit (principal, action, resource);\n"
			"forbid (principal, action, resource) when { 1 == 2 };");

	(void)state;
	assert_int_equal(postern_cedar_policies_count(policies), 2);
	assert_true(text_is(postern_cedar_policy_id(policies, 1), "policy1"));
	assert_int_equal(postern_cedar_policy_effect(policies, 0), POSTERN_CEDAR_PERMIT);
	assert_int_equal(postern_cedar_policy_effect(policies, 1), POSTERN_CEDAR_FORBID);
	assert_true(text_is(postern_cedar_policy_annotation(policies, 0, T("note")), "x"));
	assert_true(text_is(postern_cedar_policy_annotation(policies, 0, T("bare")), ""));
	assert_null(postern_cedar_policy_annotation(policies, 1, T("note")).data);
	assert_true(text_is(postern_cedar_policy_place(policies, 1), "test.cedar:3"));
	postern_cedar_policies_free(policies);
}

static void
a_wrong_text_is_told_with_place_line_and_hint(void **state)
{
	struct postern_cedar_builder *builder = postern_cedar_builder_new();
	struct postern_cedar_problems *problems = postern_cedar_problems_new();
	const struct postern_cedar_problem *problem;

	(void)state;
	assert_false(postern_cedar_builder_text(builder, "wrong.cedar",
	    T("permit (principal, action, resource)\nwhen { 1 = 2 };\nforbid (principal);"),
	    problems));
	assert_int_equal(postern_cedar_problems_count(problems), 2);
	problem = postern_cedar_problems_get(problems, 0);
	assert_int_equal(problem->severity, POSTERN_CEDAR_ERROR);
	assert_string_equal(problem->file, "wrong.cedar");
	assert_int_equal(problem->line, 2);
	assert_int_equal(problem->column, 10);
	assert_string_equal(problem->hint, "write == to compare");
	assert_true(text_is(problem->source, "when { 1 = 2 };"));
	assert_null(problem->policy.data);
	assert_false(problem->is_limit);
	assert_non_null(strstr(problem->text, "wrong.cedar:2:10: "));
	assert_true(postern_cedar_builder_text(builder, "empty.cedar", T(""), problems));
	assert_int_equal(postern_cedar_problems_count(problems), 0);
	postern_cedar_builder_free(builder);
	postern_cedar_problems_free(problems);
}

static void
templates_are_linked_and_ids_renamed(void **state)
{
	const struct postern_cedar_uid alice = UID("User", "alice"), bad = UID("a b", "x");
	struct postern_cedar_builder *builder = postern_cedar_builder_new();
	struct postern_cedar_policies *policies;
	char *text;
	size_t len;

	(void)state;
	assert_true(postern_cedar_builder_text(builder, "a",
	    T("@id(\"t\") permit (principal == ?principal, action, resource);"), NULL));
	assert_true(postern_cedar_builder_rename(builder, T("id"), NULL));
	assert_true(postern_cedar_builder_policy(
	    builder, T("p"), "b", T("forbid (principal, action, resource);"), NULL));
	assert_true(postern_cedar_builder_template(
	    builder, T("u"), "c", T("permit (principal, action, resource in ?resource);"), NULL));
	assert_false(postern_cedar_builder_policy(
	    builder, T("p"), "b", T("forbid (principal, action, resource);"), NULL));
	assert_false(postern_cedar_builder_template(
	    builder, T("v"), "b", T("forbid (principal, action, resource);"), NULL));
	assert_true(postern_cedar_builder_link(builder, T("t"), T("l"), &alice, NULL, NULL));
	assert_false(postern_cedar_builder_link(builder, T("t"), T("m"), NULL, &alice, NULL));
	assert_false(postern_cedar_builder_link(builder, T("t"), T("m"), &bad, NULL, NULL));
	assert_false(postern_cedar_builder_link(builder, T("p"), T("m"), &alice, NULL, NULL));
	policies = postern_cedar_builder_take(builder);
	assert_int_equal(postern_cedar_policies_count(policies), 2);
	assert_true(text_is(postern_cedar_policy_id(policies, 1), "l"));
	text = postern_cedar_policies_print(policies, POSTERN_CEDAR_FORMAT_JSON, &len);
	assert_int_equal(strlen(text), len);
	assert_non_null(strstr(text, "\"templateLinks\":[{"));
	postern_cedar_free(text);
	text = postern_cedar_policies_print(policies, POSTERN_CEDAR_FORMAT_CEDAR, &len);
	assert_non_null(strstr(text, "principal == User::\"alice\""));
	postern_cedar_free(text);
	postern_cedar_policies_free(policies);
}

static void
a_set_in_json_is_read(void **state)
{
	static const char set[] = "{\"staticPolicies\": {\"a\": {\"effect\": \"permit\", "
				  "\"principal\": {\"op\": \"All\"},"
				  " \"action\": {\"op\": \"All\"}, \"resource\": {\"op\": "
				  "\"All\"}, \"conditions\": []}}}";
	struct postern_cedar_builder *builder = postern_cedar_builder_new();
	struct postern_cedar_problems *problems = postern_cedar_problems_new();
	struct postern_cedar_policies *policies;

	(void)state;
	assert_false(
	    postern_cedar_builder_json(builder, "x.json", T("{\"a\":1,\"a\":2}"), problems));
	assert_int_equal(postern_cedar_problems_count(problems), 1);
	assert_true(postern_cedar_builder_json(builder, "x.json", T(set), problems));
	policies = postern_cedar_builder_take(builder);
	assert_true(text_is(postern_cedar_policy_id(policies, 0), "a"));
	postern_cedar_policies_free(policies);
	postern_cedar_problems_free(problems);
}

/* --- decisions */

struct decision_row {
	const char *name, *policies;
	enum postern_cedar_decision decision;
	size_t reasons, errors;
};

static const struct decision_row decision_rows[] = {
	{ "no policy", "", POSTERN_CEDAR_DENY, 0, 0 },
	{ "a permit", "permit(principal, action, resource);", POSTERN_CEDAR_ALLOW, 1, 0 },
	{ "a forbid wins", "permit(principal,action,resource); forbid(principal,action,resource);",
	    POSTERN_CEDAR_DENY, 1, 0 },
	{ "a policy that fails",
	    "permit(principal,action,resource) when { context.nope }; "
	    "permit(principal,action,resource);",
	    POSTERN_CEDAR_ALLOW, 1, 1 },
	{ "a bool", "permit(principal,action,resource) when { context.b };", POSTERN_CEDAR_ALLOW, 1,
	    0 },
	{ "a long", "permit(principal,action,resource) when { context.l == -5 };",
	    POSTERN_CEDAR_ALLOW, 1, 0 },
	{ "a string that holds U+0000",
	    "permit(principal,action,resource) when { context.s == \"a\\0b\" };",
	    POSTERN_CEDAR_ALLOW, 1, 0 },
	{ "an entity", "permit(principal,action,resource) when { context.e == N::T::\"x\" };",
	    POSTERN_CEDAR_ALLOW, 1, 0 },
	{ "an extension value",
	    "permit(principal,action,resource) when { context.x.isInRange(ip(\"10.0.0.0/8\")) };",
	    POSTERN_CEDAR_ALLOW, 1, 0 },
	{ "a record in a record",
	    "permit(principal,action,resource) when { context.r.inner == {deep: true} };",
	    POSTERN_CEDAR_ALLOW, 1, 0 },
	{ "a set of all kinds",
	    "permit(principal,action,resource) when { context.set == "
	    "[[], {}, true, 1, \"s\", T::\"e\", decimal(\"1.5\")] };",
	    POSTERN_CEDAR_ALLOW, 1, 0 },
	{ "a parent of a parent", "permit(principal in Group::\"top\", action, resource);",
	    POSTERN_CEDAR_ALLOW, 1, 0 },
	{ "an attribute", "permit(principal,action,resource) when { principal.age > 20 };",
	    POSTERN_CEDAR_ALLOW, 1, 0 },
	{ "a tag", "permit(principal,action,resource) when { principal.getTag(\"t\") == \"v\" };",
	    POSTERN_CEDAR_ALLOW, 1, 0 },
};

static void
fill_context(struct postern_cedar_record *context)
{
	struct postern_cedar_set *set = postern_cedar_record_set(context, T("set"));
	struct postern_cedar_record *inner = postern_cedar_record_record(context, T("r"));

	postern_cedar_record_bool(context, T("b"), true);
	postern_cedar_record_long(context, T("l"), -5);
	postern_cedar_record_string(context, T("s"), (struct postern_cedar_text) { "a\0b", 3 });
	postern_cedar_record_entity(context, T("e"), UID("N::T", "x"));
	postern_cedar_record_extension(context, T("x"), "ip", T("10.1.2.3"));
	inner = postern_cedar_record_record(inner, T("inner"));
	postern_cedar_record_bool(inner, T("deep"), true);
	(void)postern_cedar_set_set(set);
	(void)postern_cedar_set_record(set);
	postern_cedar_set_bool(set, true);
	postern_cedar_set_bool(set, true);
	postern_cedar_set_long(set, 1);
	postern_cedar_set_string(set, T("s"));
	postern_cedar_set_entity(set, UID("T", "e"));
	postern_cedar_set_extension(set, "decimal", T("1.50"));
}

static struct postern_cedar_entities *
make_entities(void)
{
	struct postern_cedar_entities *entities = postern_cedar_entities_new();
	struct postern_cedar_entity *entity =
	    postern_cedar_entities_add(entities, UID("User", "alice"));

	postern_cedar_record_long(postern_cedar_entity_attributes(entity), T("age"), 30);
	postern_cedar_record_string(postern_cedar_entity_tags(entity), T("t"), T("v"));
	postern_cedar_entity_parent(entity, UID("Group", "mid"));
	entity = postern_cedar_entities_add(entities, UID("Group", "mid"));
	postern_cedar_entity_parent(entity, UID("Group", "top"));
	assert_true(postern_cedar_entities_close(entities, NULL));
	return entities;
}

static void
begin(struct postern_cedar_request *request)
{
	postern_cedar_request_begin(
	    request, UID("User", "alice"), UID("Action", "view"), UID("Photo", "p"));
}

static void
decision(void **state)
{
	const struct decision_row *row = *state;
	struct postern_cedar_policies *policies = policies_of(row->policies);
	struct postern_cedar_entities *entities = make_entities();
	struct postern_cedar_request *request = postern_cedar_request_new();
	struct postern_cedar_answer *answer = postern_cedar_answer_new();
	bool allowed = row->decision == POSTERN_CEDAR_ALLOW;

	begin(request);
	fill_context(postern_cedar_request_context(request));
	assert_int_equal(postern_cedar_authorize(policies, entities, request, answer), allowed);
	assert_int_equal(postern_cedar_answer_decision(answer), row->decision);
	assert_null(postern_cedar_answer_fault(answer));
	assert_int_equal(postern_cedar_answer_reason_count(answer), row->reasons);
	assert_int_equal(postern_cedar_answer_error_count(answer), row->errors);
	if (row->errors > 0)
		assert_string_equal(
		    postern_cedar_answer_error_name(answer, 0), "missing_attribute");
	/* The same question again, and without wanting to know more. */
	assert_int_equal(postern_cedar_authorize(policies, entities, request, answer), allowed);
	assert_int_equal(postern_cedar_authorize(policies, entities, request, NULL), allowed);
	postern_cedar_answer_free(answer);
	postern_cedar_request_free(request);
	postern_cedar_entities_free(entities);
	postern_cedar_policies_free(policies);
}

/* --- what fails sticks: no decision, and never a permit */

struct spoil_row {
	const char *name;
	void (*spoil)(struct postern_cedar_record *context);
	const char *fault;
};

static void
name_twice(struct postern_cedar_record *context)
{
	postern_cedar_record_bool(context, T("a"), true);
	postern_cedar_record_long(context, T("a"), 1);
}

static void
type_that_is_no_name(struct postern_cedar_record *context)
{
	postern_cedar_record_entity(context, T("a"), UID("no name", "x"));
}

static void
no_utf8(struct postern_cedar_record *context)
{
	postern_cedar_record_string(context, T("a"), T("\xff"));
}

static void
no_extension_value(struct postern_cedar_record *context)
{
	postern_cedar_record_extension(context, T("a"), "ip", T("10.0.0"));
}

static void
no_constructor(struct postern_cedar_record *context)
{
	postern_cedar_record_extension(context, T("a"), "isIpv4", T("10.0.0.1"));
}

static void
too_deep(struct postern_cedar_record *context)
{
	for (int i = 0; i < 2000; i++)
		context = postern_cedar_record_record(context, T("a"));
	postern_cedar_set_long(postern_cedar_record_set(context, T("s")), 1);
}

static void
too_large(struct postern_cedar_record *context)
{
	struct postern_cedar_set *set = postern_cedar_record_set(context, T("s"));

	for (int64_t i = 0; i < 70000; i++)
		postern_cedar_set_long(set, i);
}

static const struct spoil_row spoil_rows[] = {
	{ "a name twice", name_twice, "two members of one name" },
	{ "a type that is no name", type_that_is_no_name, "no name" },
	{ "a string that is not UTF-8", no_utf8, "not UTF-8" },
	{ "an extension value that is none", no_extension_value, "extension value" },
	{ "a method for a constructor", no_constructor, "no constructor" },
	{ "nesting beyond the bound", too_deep, "too deep" },
	{ "a set beyond the bound", too_large, "too large" },
};

static void
spoilt_request(void **state)
{
	const struct spoil_row *row = *state;
	struct postern_cedar_policies *policies = policies_of("permit(principal,action,resource);");
	struct postern_cedar_entities *entities = make_entities();
	struct postern_cedar_request *request = postern_cedar_request_new();
	struct postern_cedar_answer *answer = postern_cedar_answer_new();

	begin(request);
	row->spoil(postern_cedar_request_context(request));
	assert_false(postern_cedar_authorize(policies, entities, request, answer));
	assert_int_equal(postern_cedar_answer_decision(answer), POSTERN_CEDAR_UNDECIDED);
	assert_non_null(strstr(postern_cedar_answer_fault(answer), row->fault));
	/* The object is as good as new for the next request. */
	begin(request);
	assert_true(postern_cedar_authorize(policies, entities, request, answer));
	postern_cedar_answer_free(answer);
	postern_cedar_request_free(request);
	postern_cedar_entities_free(entities);
	postern_cedar_policies_free(policies);
}

static void
spoilt_entities(void **state)
{
	const struct spoil_row *row = *state;
	struct postern_cedar_policies *policies = policies_of("permit(principal,action,resource);");
	struct postern_cedar_entities *entities = postern_cedar_entities_new();
	struct postern_cedar_problems *problems = postern_cedar_problems_new();
	struct postern_cedar_request *request = postern_cedar_request_new();
	struct postern_cedar_entity *entity =
	    postern_cedar_entities_add(entities, UID("User", "alice"));

	begin(request);
	row->spoil(postern_cedar_entity_attributes(entity));
	assert_false(postern_cedar_entities_close(entities, problems));
	assert_non_null(strstr(postern_cedar_problems_get(problems, 0)->message, row->fault));
	assert_false(postern_cedar_authorize(policies, entities, request, NULL));
	postern_cedar_entities_reset(entities);
	assert_true(postern_cedar_entities_close(entities, problems));
	begin(request);
	assert_true(postern_cedar_authorize(policies, entities, request, NULL));
	postern_cedar_request_free(request);
	postern_cedar_problems_free(problems);
	postern_cedar_entities_free(entities);
	postern_cedar_policies_free(policies);
}

static void
check_closed(struct postern_cedar_entities *entities, const char *fault)
{
	struct postern_cedar_problems *problems = postern_cedar_problems_new();

	assert_false(postern_cedar_entities_close(entities, problems));
	assert_non_null(strstr(postern_cedar_problems_get(problems, 0)->message, fault));
	postern_cedar_problems_free(problems);
	postern_cedar_entities_reset(entities);
}

struct check_row {
	const char *name;
	const char *type;  /* of the one entity, "a" */
	const char *fault; /* NULL: it conforms */
	long age;
};

static const struct check_row check_rows[] = {
	{ "an entity as declared", "User", NULL, 1 },
	{ "an attribute that is missing", "User", "User::\"a\": the attribute `age` is missing",
	    -1 },
	{ "an attribute too many", "Team", "Team::\"a\": the schema has no attribute `age` here",
	    1 },
	{ "an undeclared type", "Nobody", "Nobody::\"a\": the schema does not declare its type",
	    -1 },
};

static void
a_store_is_checked_against_the_schema(void **state)
{
	const struct check_row *row = *state;
	struct postern_cedar_policies *policies =
	    policies_of("permit(principal, action in Action::\"read\", resource);");
	struct postern_cedar_schema *schema = postern_cedar_schema_parse("s",
	    T("entity User { age: Long }; entity Team; action read;"
	      "action view in [read] appliesTo { principal: [User], resource: [Team] };"),
	    POSTERN_CEDAR_FORMAT_CEDAR, NULL);
	struct postern_cedar_entities *entities = postern_cedar_entities_new();
	struct postern_cedar_problems *problems = postern_cedar_problems_new();
	struct postern_cedar_request *request = postern_cedar_request_new();
	struct postern_cedar_entity *entity =
	    postern_cedar_entities_add(entities, UID(row->type, "a"));

	assert_non_null(schema);
	if (row->age >= 0)
		postern_cedar_record_long(
		    postern_cedar_entity_attributes(entity), T("age"), row->age);
	assert_true(postern_cedar_entities_close(entities, NULL));
	begin(request);
	assert_false(postern_cedar_authorize(policies, entities, request, NULL));
	assert_int_equal(
	    postern_cedar_entities_check(entities, schema, problems), row->fault == NULL);
	if (row->fault != NULL)
		assert_string_equal(postern_cedar_problems_get(problems, 0)->message, row->fault);
	postern_cedar_schema_free(schema);
	/* the schema's actions are there, also when it is gone */
	begin(request);
	assert_int_equal(
	    postern_cedar_authorize(policies, entities, request, NULL), row->fault == NULL);
	postern_cedar_request_free(request);
	postern_cedar_problems_free(problems);
	postern_cedar_entities_free(entities);
	postern_cedar_policies_free(policies);
}

static void
stores_that_are_none_do_not_close(void **state)
{
	struct postern_cedar_entities *entities = postern_cedar_entities_new();
	struct postern_cedar_entity *entity;

	(void)state;
	(void)postern_cedar_entities_add(entities, UID("User", "a"));
	(void)postern_cedar_entities_add(entities, UID("User", "a"));
	check_closed(entities, "twice");
	entity = postern_cedar_entities_add(entities, UID("User", "a"));
	postern_cedar_entity_parent(entity, UID("User", "a"));
	check_closed(entities, "circle");
	(void)postern_cedar_entities_add(entities, UID("", "a"));
	check_closed(entities, "no name");
	entity = postern_cedar_entities_add(entities, UID("User", "a"));
	assert_true(postern_cedar_entities_close(entities, NULL));
	postern_cedar_entity_parent(entity, UID("User", "b"));
	check_closed(entities, "closed");
	assert_true(postern_cedar_entities_close(entities, NULL));
	entity = postern_cedar_entities_add(entities, UID("User", "b"));
	postern_cedar_record_bool(postern_cedar_entity_tags(entity), T("x"), true);
	check_closed(entities, "closed");
	postern_cedar_entities_free(entities);
}

static void
nothing_is_decided_without_a_request_or_a_closed_store(void **state)
{
	struct postern_cedar_policies *policies = policies_of("permit(principal,action,resource);");
	struct postern_cedar_entities *open = postern_cedar_entities_new(),
				      *closed = make_entities();
	struct postern_cedar_request *request = postern_cedar_request_new();
	struct postern_cedar_answer *answer = postern_cedar_answer_new();

	(void)state;
	assert_int_equal(postern_cedar_answer_decision(answer), POSTERN_CEDAR_UNDECIDED);
	assert_non_null(postern_cedar_answer_fault(answer));
	assert_false(postern_cedar_authorize(policies, closed, request, answer));
	begin(request);
	assert_false(postern_cedar_authorize(policies, open, request, answer));
	assert_non_null(strstr(postern_cedar_answer_fault(answer), "not closed"));
	/* A request takes nothing more once it has been asked with. */
	begin(request);
	assert_true(postern_cedar_authorize(policies, closed, request, answer));
	postern_cedar_record_bool(postern_cedar_request_context(request), T("late"), true);
	assert_false(postern_cedar_authorize(policies, closed, request, answer));
	postern_cedar_answer_free(answer);
	postern_cedar_request_free(request);
	postern_cedar_entities_free(open);
	postern_cedar_entities_free(closed);
	postern_cedar_policies_free(policies);
}

/* --- schemas */

static const char schema_text[] =
    "entity Group; entity User in Group { age: Long }; entity Photo;\n"
    "action view appliesTo { principal: User, resource: Photo, context: { n?: Long } };";

static void
a_schema_checks_policies_entities_and_requests(void **state)
{
	struct postern_cedar_problems *problems = postern_cedar_problems_new();
	struct postern_cedar_schema *schema =
	    postern_cedar_schema_parse("s", T(schema_text), POSTERN_CEDAR_FORMAT_CEDAR, problems);
	struct postern_cedar_policies *good =
	    policies_of("permit(principal,action,resource) when { principal.age > 3 };");
	struct postern_cedar_policies *bad =
	    policies_of("permit(principal,action,resource) when { principal.name == 3 };");
	struct postern_cedar_request *request = postern_cedar_request_new();
	struct postern_cedar_entities *entities;

	(void)state;
	assert_non_null(schema);
	assert_int_equal(postern_cedar_validate(good, schema, POSTERN_CEDAR_ANY_LEVEL, problems),
	    POSTERN_CEDAR_VALID);
	assert_int_equal(postern_cedar_validate(good, schema, 0, problems), POSTERN_CEDAR_INVALID);
	assert_int_equal(postern_cedar_validate(bad, schema, POSTERN_CEDAR_ANY_LEVEL, problems),
	    POSTERN_CEDAR_INVALID);
	assert_true(text_is(postern_cedar_problems_get(problems, 0)->policy, "policy0"));
	assert_null(postern_cedar_entities_parse("e",
	    T("[{\"uid\":{\"type\":\"User\",\"id\":\"a\"},\"attrs\":{},\"parents\":[]}]"), schema,
	    problems));
	assert_int_equal(postern_cedar_problems_count(problems), 1);
	entities = postern_cedar_entities_parse("e", T("[]"), schema, problems);
	assert_non_null(entities);
	begin(request);
	assert_true(
	    postern_cedar_request_context_json(request, "c", T("{\"n\": 1}"), schema, problems));
	assert_true(postern_cedar_request_check(request, schema, problems));
	assert_false(postern_cedar_authorize(good, entities, request, NULL));
	begin(request);
	assert_false(
	    postern_cedar_request_context_json(request, "c", T("{\"m\": 1}"), schema, problems));
	assert_false(postern_cedar_authorize(good, entities, request, NULL));
	postern_cedar_request_begin(
	    request, UID("Photo", "p"), UID("Action", "view"), UID("Photo", "p"));
	assert_false(postern_cedar_request_check(request, schema, problems));
	assert_null(
	    postern_cedar_schema_parse("s", T("entity"), POSTERN_CEDAR_FORMAT_CEDAR, problems));
	assert_null(postern_cedar_schema_parse("s", T("[]"), POSTERN_CEDAR_FORMAT_JSON, problems));
	postern_cedar_entities_free(entities);
	postern_cedar_request_free(request);
	postern_cedar_policies_free(bad);
	postern_cedar_policies_free(good);
	postern_cedar_schema_free(schema);
	postern_cedar_problems_free(problems);
}

static void
a_schema_that_may_surprise_is_read_with_a_warning(void **state)
{
	struct postern_cedar_problems *problems = postern_cedar_problems_new();
	struct postern_cedar_schema *schema = postern_cedar_schema_parse(
	    "s", T("entity Long;"), POSTERN_CEDAR_FORMAT_CEDAR, problems);

	(void)state;
	assert_non_null(schema);
	assert_int_equal(postern_cedar_problems_count(problems), 1);
	assert_int_equal(postern_cedar_problems_get(problems, 0)->severity, POSTERN_CEDAR_WARNING);
	postern_cedar_schema_free(schema);
	postern_cedar_problems_free(problems);
}

static void
schemas_are_converted_there_and_back(void **state)
{
	struct postern_cedar_problems *problems = postern_cedar_problems_new();
	struct postern_cedar_schema *schema;
	char *json, *text;
	size_t len;

	(void)state;
	json = postern_cedar_schema_convert(
	    "s", T(schema_text), POSTERN_CEDAR_FORMAT_CEDAR, problems, &len);
	assert_non_null(json);
	assert_int_equal(strlen(json), len);
	text =
	    postern_cedar_schema_convert("s", T(json), POSTERN_CEDAR_FORMAT_JSON, problems, &len);
	assert_non_null(text);
	schema = postern_cedar_schema_parse("s", T(text), POSTERN_CEDAR_FORMAT_CEDAR, problems);
	assert_non_null(schema);
	assert_null(postern_cedar_schema_convert(
	    "s", T("entity ;"), POSTERN_CEDAR_FORMAT_CEDAR, problems, &len));
	assert_true(postern_cedar_problems_count(problems) > 0);
	postern_cedar_schema_free(schema);
	postern_cedar_free(text);
	postern_cedar_free(json);
	postern_cedar_problems_free(problems);
}

static void
policies_are_laid_out_anew(void **state)
{
	struct postern_cedar_problems *problems = postern_cedar_problems_new();
	size_t len;
	char *text = postern_cedar_format(
	    "f", T("permit(principal,action,resource) // why\nwhen{1<2};"), 80, 2, problems, &len);

	(void)state;
	assert_non_null(text);
	assert_int_equal(strlen(text), len);
	assert_non_null(strstr(text, "// why"));
	assert_non_null(strstr(text, "when { 1 < 2 };"));
	postern_cedar_free(text);
	assert_null(postern_cedar_format("f", T("permit("), 80, 2, problems, &len));
	assert_int_equal(postern_cedar_problems_count(problems), 1);
	postern_cedar_problems_free(problems);
}

/* --- expressions */

struct value_row {
	const char *name, *expression, *value; /* NULL: there is none */
};

static const struct value_row value_rows[] = {
	{ "a number", "1 + 2 * 3", "7" },
	{ "a string", "\"a\"", "\"a\"" },
	{ "an attribute", "principal.age", "30" },
	{ "an overflow", "9223372036854775807 + 1", NULL },
	{ "no expression", "1 +", NULL },
};

static void
expression(void **state)
{
	const struct value_row *row = *state;
	struct postern_cedar_entities *entities = make_entities();
	struct postern_cedar_request *request = postern_cedar_request_new();
	struct postern_cedar_problems *problems = postern_cedar_problems_new();
	size_t len = 0;
	char *text;

	begin(request);
	text = postern_cedar_evaluate(T(row->expression), entities, request, problems, &len);
	if (row->value == NULL) {
		assert_null(text);
		assert_int_equal(postern_cedar_problems_count(problems), 1);
	} else {
		assert_string_equal(text, row->value);
		assert_int_equal(len, strlen(row->value));
	}
	postern_cedar_free(text);
	postern_cedar_problems_free(problems);
	postern_cedar_request_free(request);
	postern_cedar_entities_free(entities);
}

static void
nothing_is_freed_too_little_or_twice(void **state)
{
	(void)state;
	postern_cedar_problems_free(NULL);
	postern_cedar_builder_free(NULL);
	postern_cedar_policies_free(NULL);
	postern_cedar_schema_free(NULL);
	postern_cedar_entities_free(NULL);
	postern_cedar_request_free(NULL);
	postern_cedar_answer_free(NULL);
	postern_cedar_free(NULL);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(policies_tell_what_they_are),
		cmocka_unit_test(a_wrong_text_is_told_with_place_line_and_hint),
		cmocka_unit_test(templates_are_linked_and_ids_renamed),
		cmocka_unit_test(a_set_in_json_is_read),
		cmocka_unit_test(stores_that_are_none_do_not_close),
		cmocka_unit_test(nothing_is_decided_without_a_request_or_a_closed_store),
		cmocka_unit_test(a_schema_checks_policies_entities_and_requests),
		cmocka_unit_test(a_schema_that_may_surprise_is_read_with_a_warning),
		cmocka_unit_test(schemas_are_converted_there_and_back),
		cmocka_unit_test(policies_are_laid_out_anew),
		cmocka_unit_test(nothing_is_freed_too_little_or_twice),
	};

	return RUN_ROWS(decision_rows, decision) + RUN_ROWS(spoil_rows, spoilt_request) +
	       RUN_ROWS(spoil_rows, spoilt_entities) +
	       RUN_ROWS(check_rows, a_store_is_checked_against_the_schema) +
	       RUN_ROWS(value_rows, expression) + cmocka_run_group_tests(others, NULL, NULL);
}
