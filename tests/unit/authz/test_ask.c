/*
 * From a request to a question and back: what becomes of claims, attributes and ids, and what
 * makes an answer impossible.
 */
#include "authz/entity.h"
#include "fixture.h"

enum { READ_ROUTE, SUMMARY_ROUTE, DELETE_ROUTE, LIST_ROUTE, USER_ROUTE, HEALTH_ROUTE };

static struct authz_answer
ask(struct fixture *fixture, const struct authz *authz, int route, struct postern_entity *entity)
{
	return authz_ask(authz, &fixture->routes[route], &fixture->req, entity);
}

struct condition_row {
	const char *name; /* the condition */
	enum authz_verdict verdict;
};

/* Asked by demo::User::"u1" (see set_claims) about demo::Document::"d1" (see describe). */
static const struct condition_row condition_rows[] = {
	{ "principal == demo::User::\"u1\"", AUTHZ_ALLOWED },
	{ "resource == demo::Document::\"d1\"", AUTHZ_ALLOWED },
	{ "action == demo::Action::\"readDocument\"", AUTHZ_ALLOWED },
	{ "principal == User::\"u1\"", AUTHZ_DENIED },
	{ "principal.clinic_id == \"clinic-a\"", AUTHZ_ALLOWED },
	{ "principal.level == 7", AUTHZ_ALLOWED },
	{ "principal.verified == true", AUTHZ_ALLOWED },
	{ "principal.actors == [\"nurse\", \"teacher\"]", AUTHZ_ALLOWED },
	{ "principal.actors.contains(\"nurse\")", AUTHZ_ALLOWED },
	{ "principal has __id || principal has type || principal has sub", AUTHZ_DENIED },
	{ "principal[\"odd \\\"name\\\"\"] == \"x\\\" || true || \\\"\"", AUTHZ_ALLOWED },
	{ "resource.title == \"Care plan\"", AUTHZ_ALLOWED },
	{ "resource.pages == -3", AUTHZ_ALLOWED },
	{ "resource.signed", AUTHZ_DENIED },
	{ "resource.owner == demo::Patient::\"p1\"", AUTHZ_ALLOWED },
	{ "resource in demo::Folder::\"f1\"", AUTHZ_ALLOWED },
	{ "resource in demo::Folder::\"f3\"", AUTHZ_DENIED },
	{ "context == {secure: true, active_actor: \"nurse\"}", AUTHZ_ALLOWED },
	{ "context.nope", AUTHZ_DENIED },
};

static void
set_claims(struct fixture *fixture)
{
	static const struct slice actors[] = { SLICE("teacher"), SLICE("nurse"), SLICE("nurse") };

	fixture_principal(fixture, "User", "u1");
	fixture_claim(fixture, "clinic_id", "clinic-a");
	fixture_claim(fixture, "odd \"name\"", "x\" || true || \"");
	fixture_claim_list(fixture, "actors", actors, COUNT_OF(actors));
	fixture->claims[3] = (struct claim) { SLICE("level"), CLAIM_INTEGER, .as.integer = 7 };
	fixture->claims[4] =
	    (struct claim) { SLICE("verified"), CLAIM_BOOLEAN, .as.boolean = true };
	fixture->principal.claim_count = 5;
	fixture->req.active_actor = SLICE_OF("nurse");
}

static struct postern_entity *
describe(struct fixture *fixture, const struct authz *authz)
{
	struct postern_entity *entity = authz_resource_new(&fixture->arena, authz);

	if (entity == NULL)
		return NULL;
	postern_entity_string(entity, "title", "Care plan");
	postern_entity_integer(entity, "pages", -3);
	postern_entity_boolean(entity, "signed", false);
	postern_entity_reference(entity, "owner", "Patient", "p1");
	postern_entity_parent(entity, "Folder", "f1");
	postern_entity_parent(entity, "Folder", "f2");
	return entity;
}

static void
is_seen_by_policies(void **state)
{
	const struct condition_row *row = *state;
	const struct authz *authz;
	struct fixture fixture;

	fixture_init(&fixture);
	authz = fixture_policy(
	    &fixture, arena_printf(&fixture.arena,
			  "permit (principal, action, resource) when { %s };", row->name));
	set_claims(&fixture);
	assert_int_equal(
	    ask(&fixture, authz, READ_ROUTE, describe(&fixture, authz)).verdict, row->verdict);
	fixture_done(&fixture);
}

static void
without_active_actor_or_https_the_context_says_so(void **state)
{
	const struct authz *authz;
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture);
	authz = fixture_policy(
	    &fixture, "permit (principal, action, resource) when { context == {secure: false} };");
	fixture_principal(&fixture, "User", "u1");
	fixture.req.is_https = false;
	assert_int_equal(ask(&fixture, authz, READ_ROUTE, NULL).verdict, AUTHZ_ALLOWED);
	fixture.req.is_https = true;
	assert_int_equal(ask(&fixture, authz, READ_ROUTE, NULL).verdict, AUTHZ_DENIED);
	fixture_done(&fixture);
}

static void
a_literal_resource_needs_no_parameter(void **state)
{
	struct authz_answer answer;
	const struct authz *authz;
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture);
	authz = fixture_policy(&fixture,
	    "@id(\"list\") permit (principal, action == demo::Action::\"list\","
	    " resource == demo::Store::Shelf::\"all\");");
	fixture_principal(&fixture, "User", "u1");
	fixture.match.param_count = 0;
	answer = ask(&fixture, authz, LIST_ROUTE, NULL);
	assert_int_equal(answer.verdict, AUTHZ_ALLOWED);
	assert_true(slice_is(answer.resource_type, "demo::Store::Shelf"));
	assert_true(slice_is(answer.reasons[0], "list"));
	/* and where a parameter is needed, its absence is no id */
	assert_int_equal(ask(&fixture, authz, READ_ROUTE, NULL).verdict, AUTHZ_UNAVAILABLE);
	fixture_done(&fixture);
}

/*
 * Then principal and resource are one entity; what the service knows of it counts before the
 * token.
 */
static void
somebody_may_ask_about_themselves(void **state)
{
	struct postern_entity *entity;
	const struct authz *authz;
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture);
	authz = fixture_policy(&fixture,
	    "permit (principal, action, resource) when { principal == resource &&"
	    " resource.blocked == \"no\" && resource.name == \"u1\" && resource in "
	    "demo::Team::\"t\" };");
	fixture_principal(&fixture, "User", "u1");
	fixture_claim(&fixture, "blocked", "yes");
	fixture_claim(&fixture, "name", "u1");
	fixture_document(&fixture, "u1");
	entity = authz_resource_new(&fixture.arena, authz);
	postern_entity_string(entity, "blocked", "no");
	postern_entity_parent(entity, "Team", "t");
	assert_int_equal(ask(&fixture, authz, USER_ROUTE, entity).verdict, AUTHZ_ALLOWED);
	assert_int_equal(ask(&fixture, authz, USER_ROUTE, NULL).verdict, AUTHZ_DENIED);
	fixture_done(&fixture);
}

static void
without_namespace_types_stand_alone(void **state)
{
	const struct authz *authz;
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture);
	fixture.service.cedar_namespace = NULL;
	authz = fixture_policy(&fixture,
	    "permit (principal == User::\"u1\", action == Action::\"readDocument\","
	    " resource == Document::\"d1\") when { resource.owner == Patient::\"p1\" };");
	fixture_principal(&fixture, "User", "u1");
	assert_int_equal(
	    ask(&fixture, authz, READ_ROUTE, describe(&fixture, authz)).verdict, AUTHZ_ALLOWED);
	fixture_done(&fixture);
}

struct type_row {
	const char *name;
	enum authz_verdict verdict;
};

static const struct type_row type_rows[] = {
	{ "User", AUTHZ_ALLOWED },
	{ "_odd1", AUTHZ_ALLOWED },
	{ "Action", AUTHZ_DENIED },
	{ "in", AUTHZ_DENIED },
	{ "__cedar", AUTHZ_DENIED },
	{ "demo::User", AUTHZ_DENIED },
	{ "User\"", AUTHZ_DENIED },
	{ "", AUTHZ_DENIED },
};

static void
is_a_principal_type_or_is_denied(void **state)
{
	const struct type_row *row = *state;
	const struct authz *authz;
	struct fixture fixture;

	fixture_init(&fixture);
	authz = fixture_policy(&fixture, "permit (principal, action, resource);");
	fixture_principal(&fixture, row->name, "u1");
	assert_int_equal(ask(&fixture, authz, READ_ROUTE, NULL).verdict, row->verdict);
	fixture_done(&fixture);
}

struct failing_row {
	const char *name, *policies;
	enum config_forbid_error on_forbid_error;
	enum authz_verdict verdict;
	bool denied_by_error;
	size_t reason_count, error_count;
	const char *first_error, *first_error_name; /* NULL: none */
};

#define PERMIT "@id(\"ok\") permit (principal, action, resource);\n"
#define BAD_PERMIT "permit (principal, action, resource) when { principal.x };\n"
#define FORBID "@id(\"no\") forbid (principal, action, resource);\n"
#define BAD_FORBID "@id(\"bad\") forbid (principal, action, resource) when { 1 };\n"

static const struct failing_row failing_rows[] = {
	{ "a permit", PERMIT, FORBID_ERROR_DENY, AUTHZ_ALLOWED, false, 1, 0, NULL, NULL },
	{ "a forbid beside it", PERMIT FORBID, FORBID_ERROR_DENY, AUTHZ_DENIED, false, 1, 0, NULL,
	    NULL },
	{ "a failing permit grants nothing", BAD_PERMIT, FORBID_ERROR_DENY, AUTHZ_DENIED, false, 0,
	    1, "policy0", "missing_attribute" },
	{ "a failing permit beside another", PERMIT BAD_PERMIT, FORBID_ERROR_DENY, AUTHZ_ALLOWED,
	    false, 1, 1, "policy1", "missing_attribute" },
	{ "a failing forbid denies", PERMIT BAD_PERMIT BAD_FORBID, FORBID_ERROR_DENY, AUTHZ_DENIED,
	    true, 0, 2, "bad", "type" },
	{ "a failing forbid is passed over by Cedar's rule", PERMIT BAD_FORBID, FORBID_ERROR_SKIP,
	    AUTHZ_ALLOWED, false, 1, 1, "bad", "type" },
	{ "a failing forbid where nothing permits", BAD_FORBID, FORBID_ERROR_DENY, AUTHZ_DENIED,
	    false, 0, 1, "bad", "type" },
	{ "a failing forbid beside one that holds", PERMIT FORBID BAD_FORBID, FORBID_ERROR_DENY,
	    AUTHZ_DENIED, false, 1, 1, "bad", "type" },
	{ "more failures than are reported",
	    PERMIT BAD_PERMIT BAD_PERMIT BAD_PERMIT BAD_PERMIT BAD_PERMIT BAD_FORBID,
	    FORBID_ERROR_SKIP, AUTHZ_ALLOWED, false, 1, 6, "bad", "type" },
	{ "more reasons than are reported", PERMIT PERMIT PERMIT PERMIT PERMIT PERMIT,
	    FORBID_ERROR_DENY, AUTHZ_ALLOWED, false, 6, 0, NULL, NULL },
};

static void
fails_closed(void **state)
{
	const struct failing_row *row = *state;
	struct authz_answer answer;
	const struct authz *authz;
	struct fixture fixture;

	fixture_init(&fixture);
	fixture.config.on_forbid_error = row->on_forbid_error;
	authz = fixture_policy(&fixture, row->policies);
	fixture_principal(&fixture, "User", "u1");
	answer = ask(&fixture, authz, READ_ROUTE, NULL);
	assert_int_equal(answer.verdict, row->verdict);
	assert_int_equal(answer.denied_by_error, row->denied_by_error);
	assert_int_equal(answer.reason_count, row->reason_count);
	assert_int_equal(answer.error_count, row->error_count);
	if (row->first_error != NULL) {
		assert_true(slice_is(answer.errors[0], row->first_error));
		assert_string_equal(answer.error_names[0], row->first_error_name);
	}
	fixture_done(&fixture);
}

typedef void spoil(struct fixture *fixture, struct postern_entity *entity);

static void
no_name(struct fixture *fixture, struct postern_entity *entity)
{
	(void)fixture;
	postern_entity_string(entity, NULL, "x");
}

static void
no_value(struct fixture *fixture, struct postern_entity *entity)
{
	(void)fixture;
	postern_entity_string(entity, "x", NULL);
}

static void
no_utf8(struct fixture *fixture, struct postern_entity *entity)
{
	(void)fixture;
	postern_entity_string(entity, "x", "\xff");
}

static void
attribute_twice(struct fixture *fixture, struct postern_entity *entity)
{
	(void)fixture;
	postern_entity_integer(entity, "title", 1);
}

static void
reference_without_type(struct fixture *fixture, struct postern_entity *entity)
{
	(void)fixture;
	postern_entity_reference(entity, "x", NULL, "p1");
}

static void
reference_without_id(struct fixture *fixture, struct postern_entity *entity)
{
	(void)fixture;
	postern_entity_reference(entity, "x", "Patient", NULL);
}

static void
reference_to_no_type(struct fixture *fixture, struct postern_entity *entity)
{
	(void)fixture;
	postern_entity_reference(entity, "x", "Patient::\"p1\"", "p1");
}

static void
parent_of_no_type(struct fixture *fixture, struct postern_entity *entity)
{
	(void)fixture;
	postern_entity_parent(entity, "in", "p1");
}

static void
own_parent(struct fixture *fixture, struct postern_entity *entity)
{
	(void)fixture;
	postern_entity_parent(entity, "Document", "d1");
}

static void
too_many_attributes(struct fixture *fixture, struct postern_entity *entity)
{
	for (int i = 0; i < ENTITY_MAX_ATTRIBUTES; i++)
		postern_entity_boolean(entity, arena_printf(&fixture->arena, "a%d", i), true);
}

static void
too_many_parents(struct fixture *fixture, struct postern_entity *entity)
{
	for (int i = 0; i < ENTITY_MAX_PARENTS; i++)
		postern_entity_parent(entity, "Folder", arena_printf(&fixture->arena, "g%d", i));
}

static void
nobody_asks(struct fixture *fixture, struct postern_entity *entity)
{
	(void)entity;
	fixture->req.principal = NULL;
}

static void
claim_twice(struct fixture *fixture, struct postern_entity *entity)
{
	(void)entity;
	fixture_claim(fixture, "level", "8");
}

static void
too_many_items(struct fixture *fixture, struct postern_entity *entity)
{
	static const struct slice items[PRINCIPAL_MAX_ITEMS + 1];

	(void)entity;
	fixture_claim_list(fixture, "many", items, COUNT_OF(items));
}

static void
no_memory_left(struct fixture *fixture, struct postern_entity *entity)
{
	(void)entity;
	fixture->arena.ceiling = fixture->arena.used;
}

struct spoiled_row {
	const char *name;
	spoil *spoil;
};

static const struct spoiled_row spoiled_rows[] = {
	{ "an attribute without name", no_name },
	{ "a string that is NULL", no_value },
	{ "a string that is no UTF-8", no_utf8 },
	{ "an attribute given twice", attribute_twice },
	{ "a reference without type", reference_without_type },
	{ "a reference without id", reference_without_id },
	{ "a reference to what is no type", reference_to_no_type },
	{ "a parent of a reserved type", parent_of_no_type },
	{ "a resource that is its own parent", own_parent },
	{ "too many attributes", too_many_attributes },
	{ "too many parents", too_many_parents },
	{ "nobody who asks", nobody_asks },
	{ "a claim given twice", claim_twice },
	{ "a claim of too many items", too_many_items },
	{ "no memory left", no_memory_left },
};

static void
makes_an_answer_impossible(void **state)
{
	const struct spoiled_row *row = *state;
	struct postern_entity *entity;
	const struct authz *authz;
	struct fixture fixture;

	fixture_init(&fixture);
	authz = fixture_policy(&fixture, "permit (principal, action, resource);");
	set_claims(&fixture);
	entity = describe(&fixture, authz);
	assert_int_equal(ask(&fixture, authz, READ_ROUTE, entity).verdict, AUTHZ_ALLOWED);
	row->spoil(&fixture, entity);
	assert_int_equal(ask(&fixture, authz, READ_ROUTE, entity).verdict, AUTHZ_UNAVAILABLE);
	fixture_done(&fixture);
}

static void
memory_may_end_at_any_step(void **state)
{
	const struct authz *authz;
	struct fixture fixture;
	size_t ceiling = 0;
	bool done = false;

	(void)state;
	fixture_init(&fixture);
	authz = fixture_policy(&fixture, "permit (principal, action, resource);");
	set_claims(&fixture);
	for (; !done; ceiling += 32) {
		struct arena whole = fixture.arena;
		struct postern_entity *entity;

		arena_init(&fixture.arena, 4096, ceiling);
		entity = describe(&fixture, authz);
		if (entity != NULL) {
			enum authz_verdict verdict =
			    ask(&fixture, authz, READ_ROUTE, entity).verdict;

			done = verdict == AUTHZ_ALLOWED;
			assert_true(done || verdict == AUTHZ_UNAVAILABLE);
		}
		arena_done(&fixture.arena);
		fixture.arena = whole;
		assert_true(ceiling < 65536);
	}
	fixture_done(&fixture);
}

static void
a_route_that_was_not_loaded_is_not_answered(void **state)
{
	const struct postern_route stranger = { .action = "readDocument",
		.resource = "Document::x" };
	const struct authz *authz;
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture);
	authz = fixture_policy(&fixture, "permit (principal, action, resource);");
	fixture_principal(&fixture, "User", "u1");
	assert_int_equal(ask(&fixture, authz, HEALTH_ROUTE, NULL).verdict, AUTHZ_UNAVAILABLE);
	assert_int_equal(
	    authz_ask(authz, &stranger, &fixture.req, NULL).verdict, AUTHZ_UNAVAILABLE);
	fixture_done(&fixture);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_active_actor_or_https_the_context_says_so),
		cmocka_unit_test(a_literal_resource_needs_no_parameter),
		cmocka_unit_test(somebody_may_ask_about_themselves),
		cmocka_unit_test(without_namespace_types_stand_alone),
		cmocka_unit_test(a_route_that_was_not_loaded_is_not_answered),
		cmocka_unit_test(memory_may_end_at_any_step),
	};

	return RUN_ROWS(condition_rows, is_seen_by_policies) +
	       RUN_ROWS(type_rows, is_a_principal_type_or_is_denied) +
	       RUN_ROWS(failing_rows, fails_closed) +
	       RUN_ROWS(spoiled_rows, makes_an_answer_impossible) +
	       cmocka_run_group_tests_name("ask", tests, NULL, NULL);
}
