/* X-Active-Actor narrows what the token grants, and nothing else (SECURITY-REQUIREMENTS 1.15). */
#include "authn/authn.h"

#include "../core/rows.h"

static const struct slice operator_only[] = { SLICE("operator") };
static const struct slice two_actors[] = { SLICE("operator"), SLICE("auditor") };

struct row {
	const char *name;
	size_t actor_count; /* 0: no claim; 1: operator; 2: operator, auditor */
	struct slice header;
	unsigned count;
	enum actor_result result;
	const char *active; /* NULL: none */
};

static const struct row rows[] = {
	{ "no actors, no header", 0, SLICE(""), 0, ACTOR_OK, NULL },
	{ "no actors, a header", 0, SLICE("operator"), 1, ACTOR_REFUSED, NULL },
	{ "one actor, no header", 1, SLICE(""), 0, ACTOR_OK, "operator" },
	{ "one actor, named", 1, SLICE("operator"), 1, ACTOR_OK, "operator" },
	{ "one actor, another named", 1, SLICE("auditor"), 1, ACTOR_REFUSED, NULL },
	{ "one actor, in another case", 1, SLICE("Operator"), 1, ACTOR_REFUSED, NULL },
	{ "one actor, a prefix", 1, SLICE("oper"), 1, ACTOR_REFUSED, NULL },
	{ "several_actors_no_header", 2, SLICE(""), 0, ACTOR_INVALID, NULL },
	{ "several actors, the first", 2, SLICE("operator"), 1, ACTOR_OK, "operator" },
	{ "several actors, the second", 2, SLICE("auditor"), 1, ACTOR_OK, "auditor" },
	{ "several actors, none of them", 2, SLICE("admin"), 1, ACTOR_REFUSED, NULL },
	{ "header_twice", 2, SLICE("operator"), 2, ACTOR_INVALID, NULL },
	{ "header_twice without actors", 0, SLICE("operator"), 2, ACTOR_INVALID, NULL },
	{ "empty header", 1, SLICE(""), 1, ACTOR_INVALID, NULL },
	{ "empty header without actors", 0, SLICE(""), 1, ACTOR_INVALID, NULL },
	{ "comma_list", 2, SLICE("operator,auditor"), 1, ACTOR_INVALID, NULL },
	{ "a space", 2, SLICE("operator "), 1, ACTOR_INVALID, NULL },
	{ "a quote", 2, SLICE("operator\""), 1, ACTOR_INVALID, NULL },
	{ "nul_byte", 2, SLICE("operator\0"), 1, ACTOR_INVALID, NULL },
	{ "a byte above ASCII", 2, SLICE("operator\xc3\xa4"), 1, ACTOR_INVALID, NULL },
	{ "all characters of the alphabet", 1, SLICE("AZaz09_-"), 1, ACTOR_REFUSED, NULL },
};

static void
check_active(const struct row *row, const struct principal *principal, struct slice active)
{
	const struct claim *actors = principal_claim(principal, SLICE_OF("actors"));

	if (row->active == NULL) {
		assert_null(active.data);
		assert_null(actors);
		return;
	}
	assert_true(slice_is(active, row->active));
	assert_int_equal(actors->as.strings.count, 1);
	assert_true(slice_is(actors->as.strings.items[0], row->active));
}

static void
select_actor(void **state)
{
	const struct row *row = *state;
	const struct claim claims[] = {
		{ SLICE("clinic_id"), CLAIM_STRING, { .string = SLICE("clinic-a") } },
		{ SLICE("actors"), CLAIM_STRINGS,
		    { .strings = { row->actor_count == 1 ? operator_only : two_actors,
			  row->actor_count } } },
	};
	const struct principal principal = { SLICE("User"), SLICE("p1"), false, claims,
		row->actor_count == 0 ? 1 : 2 };
	const struct principal *narrowed = NULL;
	struct slice active = SLICE("untouched");
	struct arena arena;

	arena_init(&arena, 1024, 4096);
	assert_int_equal(
	    authn_select_actor(&principal, row->header, row->count, &arena, &narrowed, &active),
	    row->result);
	if (row->result == ACTOR_OK) {
		check_active(row, narrowed, active);
		assert_non_null(principal_claim(narrowed, SLICE_OF("clinic_id")));
		assert_true(slice_is(narrowed->id, "p1"));
	} else {
		assert_null(narrowed);
		assert_true(slice_is(active, "untouched"));
	}
	assert_int_equal(claims[1].as.strings.count, row->actor_count); /* the token's list stays */
	arena_done(&arena);
}

/* An attribute that is called actors but is no list names nobody. */
static void
actors_of_another_type(void **state)
{
	const struct claim claims[] = { { SLICE("actors"), CLAIM_STRING,
	    { .string = SLICE("operator") } } };
	const struct principal principal = { SLICE("User"), SLICE("p1"), false, claims, 1 };
	const struct principal *narrowed = NULL;
	struct slice active;
	struct arena arena;

	(void)state;
	arena_init(&arena, 1024, 4096);
	assert_int_equal(
	    authn_select_actor(&principal, SLICE_OF("operator"), 1, &arena, &narrowed, &active),
	    ACTOR_REFUSED);
	arena_done(&arena);
}

static void
a_full_arena_refuses(void **state)
{
	const struct claim claims[] = { { SLICE("actors"), CLAIM_STRINGS,
	    { .strings = { two_actors, 2 } } } };
	const struct principal principal = { SLICE("User"), SLICE("p1"), false, claims, 1 };
	const struct principal *narrowed = NULL;
	struct slice active;
	struct arena arena;

	(void)state;
	arena_init(&arena, 16, 16);
	assert_int_equal(
	    authn_select_actor(&principal, SLICE_OF("operator"), 1, &arena, &narrowed, &active),
	    ACTOR_REFUSED);
	assert_null(narrowed);
	arena_done(&arena);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(actors_of_another_type),
		cmocka_unit_test(a_full_arena_refuses),
	};

	return RUN_ROWS(rows, select_actor) + cmocka_run_group_tests(others, NULL, NULL);
}
