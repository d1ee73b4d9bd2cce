/* A schema among the policies: what is held against it, and what it adds to the questions. */
#include <stdio.h>

#include "fixture.h"

/* All that the fixture's routes ask, and groups of actions. */
#define DECLARED                                                                                \
	"namespace demo {\n"                                                                    \
	"  entity User = { clinic_id?: String };\n"                                             \
	"  entity Document = { owner?: User };\n"                                               \
	"  action reads, all;\n"                                                                \
	"  action readDocument, readSummary in [reads] appliesTo { principal: User, resource: " \
	"Document };\n"                                                                         \
	"  action deleteDocument appliesTo { principal: User, resource: Document };\n"          \
	"  action list appliesTo { principal: User, resource: demo::Store::Shelf };\n"          \
	"  action readUser in [all] appliesTo { principal: User, resource: User };\n"           \
	"}\n"                                                                                   \
	"namespace demo::Store { entity Shelf; }\n"

#define ANY "permit (principal, action, resource);\n"

struct row {
	const char *name;
	const char *files[4][2]; /* name, content */
	const char *fault;       /* NULL: accepted */
};

static const struct row rows[] = {
	{ "policies that validate",
	    { { "a.cedar",
		  "permit (principal, action, resource) when { principal has clinic_id };" },
		{ "s.cedarschema", DECLARED } },
	    NULL },
	{ "a schema of two files",
	    { { "a.cedar", ANY }, { "s.cedarschema", DECLARED },
		{ "t.cedarschema.json",
		    "{\"other\": {\"entityTypes\": {\"Robot\": {}}, \"actions\": {}}}" } },
	    NULL },
	{ "an attribute that is not declared",
	    { { "a.cedar",
		  "permit (principal, action, resource)\nwhen { principal.clinic == \"a\" };" },
		{ "s.cedarschema", DECLARED } },
	    "a.cedar:2:" },
	{ "an attribute that may be missing",
	    { { "a.cedar",
		  "permit (principal, action, resource) when { principal.clinic_id == \"a\" };" },
		{ "s.cedarschema", DECLARED } },
	    "a.cedar:1:" },
	{ "a type that is not declared",
	    { { "a.cedar", "permit (principal is demo::Robot, action, resource);" },
		{ "s.cedarschema", DECLARED } },
	    "demo::Robot" },
	{ "a schema that is none", { { "a.cedar", ANY }, { "s.cedarschema", "entity {" } },
	    "s.cedarschema:1:8: " },
	{ "a schema in JSON that is none",
	    { { "a.cedar", ANY }, { "s.cedarschema.json", "{\"\":" } }, "s.cedarschema.json:1:" },
	{ "a name that nothing declares",
	    { { "a.cedar", ANY }, { "s.cedarschema", "entity User in [Nobody];" } },
	    "s.cedarschema:1:" },
	{ "types twice, in two files",
	    { { "a.cedar", ANY }, { "s.cedarschema", "entity User;" },
		{ "t.cedarschema", "entity User;" } },
	    "t.cedarschema:1:8: " },
	{ "a route whose action is not declared",
	    { { "a.cedar", ANY }, { "s.cedarschema", "namespace demo { entity User; }" } },
	    "route /users/{user_id}: the schema declares no such action" },
	{ "a route whose action is for other resources",
	    { { "a.cedar", ANY },
		{ "s.cedarschema",
		    "namespace demo { entity User; action readUser, list, readDocument appliesTo { "
		    "principal: User, resource: User }; }" } },
	    "route /documents/{document_id}: the schema's action does not apply to this type of "
	    "resource" },
};

static void
is_held_against_the_schema(void **state)
{
	const struct row *row = *state;
	const struct authz *authz;
	struct fixture fixture;

	fixture_init(&fixture);
	for (size_t i = 0; i < COUNT_OF(row->files) && row->files[i][0] != NULL; i++)
		fixture_write(&fixture, row->files[i][0], row->files[i][1]);
	authz = authz_new(&fixture.arena, &fixture.config, &fixture.service, &fixture.faults);
	if (row->fault == NULL && fixture.faults.count > 0)
		fail_msg("%s", fixture.faults.texts[0]);
	assert_int_equal(authz == NULL, row->fault != NULL);
	if (row->fault != NULL && !fixture_has_fault(&fixture, row->fault))
		fail_msg("%s", fixture.faults.texts[0]);
	fixture_done(&fixture);
}

static void
doubts_are_told_and_do_no_harm(void **state)
{
	const struct authz *authz;
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture);
	fixture_write(&fixture, "a.cedar",
	    "@id(\"never\")\npermit (principal, action, resource) when { principal is "
	    "demo::Document };");
	fixture_write(&fixture, "s.cedarschema", DECLARED);
	authz = fixture_load(&fixture);
	assert_int_equal(authz_warning_count(authz), 1);
	assert_non_null(strstr(authz_warning(authz, 0), "a.cedar:"));
	fixture_done(&fixture);
}

static void
without_schema_there_are_no_doubts(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture);
	fixture_write(&fixture, "a.cedar", "permit (principal, action, resource) when { false };");
	assert_int_equal(authz_warning_count(fixture_load(&fixture)), 0);
	fixture_done(&fixture);
}

static enum authz_verdict
ask(struct fixture *fixture, const struct authz *authz, size_t route)
{
	return authz_ask(authz, &fixture->routes[route], &fixture->req,
	    authz_resource_new(&fixture->arena, authz))
	    .verdict;
}

/* Who is in which group only the schema says: the service has no entities of actions. */
static void
actions_are_in_their_groups(void **state)
{
	const struct authz *authz;
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture);
	fixture_write(&fixture, "a.cedar",
	    "permit (principal, action in demo::Action::\"reads\", resource);");
	fixture_principal(&fixture, "User", "u1");
	authz = fixture_load(&fixture);
	assert_int_equal(ask(&fixture, authz, 0), AUTHZ_DENIED);
	fixture_write(&fixture, "s.cedarschema", DECLARED);
	authz = fixture_load(&fixture);
	assert_int_equal(ask(&fixture, authz, 0), AUTHZ_ALLOWED);
	assert_int_equal(ask(&fixture, authz, 1), AUTHZ_ALLOWED);
	assert_int_equal(ask(&fixture, authz, 2), AUTHZ_DENIED);
	fixture_done(&fixture);
}

/* A schema is part of the version of the set. */
static void
the_digest_covers_the_schema(void **state)
{
	char before[32];
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture);
	fixture_write(&fixture, "a.cedar", ANY);
	fixture_write(&fixture, "s.cedarschema", DECLARED);
	(void)snprintf(before, sizeof(before), "%s", authz_digest(fixture_load(&fixture)));
	fixture_write(&fixture, "s.cedarschema", DECLARED "// more\n");
	assert_string_not_equal(before, authz_digest(fixture_load(&fixture)));
	fixture_done(&fixture);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(doubts_are_told_and_do_no_harm),
		cmocka_unit_test(without_schema_there_are_no_doubts),
		cmocka_unit_test(actions_are_in_their_groups),
		cmocka_unit_test(the_digest_covers_the_schema),
	};

	return RUN_ROWS(rows, is_held_against_the_schema) +
	       cmocka_run_group_tests_name("schemas", tests, NULL, NULL);
}
