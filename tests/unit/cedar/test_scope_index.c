/*
 * Finding policies by their heads: where each form is filed, and that an answer found through the
 * index is the one that asking every policy gives.
 */
#include <stdio.h>

#include "cedar/hash.h"
#include "cedar/policies.h"
#include "world.h"

enum { SETS = 150, POLICIES = 60, REQUESTS = 40 };

/* Enough policies that one more is not among a few; they name everybody's things. */
#define CROWD                                                                                   \
	"permit (principal == User::\"x\", action == Action::\"a\", resource == Photo::\"x\");" \
	"permit (principal == User::\"y\", action == Action::\"a\", resource == Photo::\"x\");" \
	"permit (principal == User::\"z\", action == Action::\"a\", resource == Photo::\"x\");" \
	"permit (principal in Team::\"t\", action == Action::\"a\", resource in Album::\"b\");" \
	"permit (principal in Team::\"t\", action == Action::\"a\", resource is Photo);"

struct filed_row {
	const char *name; /* the head of the sixth policy */
	enum scope_key_kind kind;
	const char *uid; /* NULL: everywhere; "": nowhere */
};

static const struct filed_row filed_rows[] = {
	{ "(principal, action, resource)", 0, NULL },
	{ "(principal == User::\"p\", action, resource)", KEY_PRINCIPAL_EQUAL, "User::\"p\"" },
	{ "(principal in Team::\"p\", action, resource)", KEY_PRINCIPAL_IN, "Team::\"p\"" },
	{ "(principal is User, action, resource)", KEY_PRINCIPAL_IS, "User::\"\"" },
	{ "(principal is User in Team::\"p\", action, resource)", KEY_PRINCIPAL_IN, "Team::\"p\"" },
	{ "(principal, action == Action::\"b\", resource)", KEY_ACTION_EQUAL, "Action::\"b\"" },
	{ "(principal, action in Action::\"b\", resource)", KEY_ACTION_IN, "Action::\"b\"" },
	{ "(principal, action in [Action::\"c\", Action::\"b\"], resource)", KEY_ACTION_IN,
	    "Action::\"b\"" },
	{ "(principal, action in [], resource)", 0, "" },
	{ "(principal == User::\"p\", action in [], resource)", 0, "" },
	{ "(principal, action, resource == Photo::\"r\")", KEY_RESOURCE_EQUAL, "Photo::\"r\"" },
	{ "(principal, action, resource in Album::\"r\")", KEY_RESOURCE_IN, "Album::\"r\"" },
	{ "(principal, action, resource is Video)", KEY_RESOURCE_IS, "Video::\"\"" },
	/* what the fewest name */
	{ "(principal in Team::\"t\", action == Action::\"a\", resource == Photo::\"r\")",
	    KEY_RESOURCE_EQUAL, "Photo::\"r\"" },
	{ "(principal == User::\"p\", action == Action::\"a\", resource == Photo::\"x\")",
	    KEY_PRINCIPAL_EQUAL, "User::\"p\"" },
	{ "(principal, action in [Action::\"b\"], resource == Photo::\"x\")", KEY_ACTION_IN,
	    "Action::\"b\"" },
};

static bool
is_under(const struct scope_index *index, uint32_t first, uint32_t count, uint32_t policy)
{
	for (uint32_t i = first; i < first + count; i++)
		if (index->entries[i].policy == policy)
			return true;
	return false;
}

static uint32_t
entry_count(const struct scope_index *index, uint32_t policy)
{
	uint32_t count = is_under(index, 0, index->everywhere_count, policy);

	for (uint32_t i = 0; i < index->kind_first[KEY_KIND_COUNT]; i++)
		count += is_under(index, index->keys[i].first, index->keys[i].count, policy);
	return count;
}

static void
is_filed_there(void **state)
{
	const struct filed_row *row = *state;
	const struct cedar_policies *policies;
	const struct cedar_uid *uid;
	const struct scope_key *key;
	struct world world;
	bool is_type;

	world_init(&world);
	policies =
	    world_policies(&world, arena_printf(&world.arena, CROWD "forbid %s;", row->name));
	assert_non_null(policies->index);
	if (row->uid == NULL) {
		assert_true(is_under(policies->index, 0, policies->index->everywhere_count, 5));
	} else if (*row->uid == '\0') {
		assert_int_equal(entry_count(policies->index, 5), 0);
	} else {
		is_type = row->kind == KEY_PRINCIPAL_IS || row->kind == KEY_RESOURCE_IS;
		uid = world_uid(&world, row->uid);
		key = scope_index_find(policies->index, row->kind, uid,
		    is_type ? slice_hash(uid->type) : uid_hash(uid));
		assert_non_null(key);
		assert_true(is_under(policies->index, key->first, key->count, 5));
	}
	world_done(&world);
}

/* A list that is too long to be filed under is found everywhere, or by what else the head names. */
static void
a_long_list_is_not_filed_under(void **state)
{
	const struct cedar_policies *policies;
	const char *list = "Action::\"0\"";
	struct world world;

	(void)state;
	world_init(&world);
	for (unsigned i = 1; i < 100; i++)
		list = arena_printf(&world.arena, "%s, Action::\"%u\"", list, i);
	policies = world_policies(
	    &world, arena_printf(
			&world.arena, CROWD "permit (principal, action in [%s], resource);", list));
	assert_true(is_under(policies->index, 0, policies->index->everywhere_count, 5));
	assert_int_equal(entry_count(policies->index, 5), 1);
	world_done(&world);
}

static void
a_few_policies_are_not_indexed(void **state)
{
	struct world world;

	(void)state;
	world_init(&world);
	assert_null(world_policies(&world, "")->index);
	assert_null(
	    world_policies(&world, "permit (principal == User::\"x\", action, resource);")->index);
	world_done(&world);
}

/* xorshift (Marsaglia 2003); the same numbers each time. */
static uint32_t random_state;

static uint32_t
draw(uint32_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state % below;
}

/* One of few entities of few types, so that much is hit. */
static const char *
draw_uid(struct arena *arena, const char *type)
{
	return arena_printf(arena, "%s::\"%u\"", type, draw(6));
}

static const char *
draw_thing(struct arena *arena)
{
	static const char *const types[] = { "User", "Team", "Photo" };

	return draw_uid(arena, types[draw(COUNT_OF(types))]);
}

static const char *
draw_scope(struct arena *arena, const char *variable)
{
	static const char *const types[] = { "User", "Team", "Photo", "Nothing" };
	const char *type = types[draw(COUNT_OF(types))];

	switch (draw(5)) {
	case 0:
		return variable;
	case 1:
		return arena_printf(arena, "%s == %s", variable, draw_thing(arena));
	case 2:
		return arena_printf(arena, "%s in %s", variable, draw_thing(arena));
	case 3:
		return arena_printf(arena, "%s is %s", variable, type);
	default:
		return arena_printf(arena, "%s is %s in %s", variable, type, draw_thing(arena));
	}
}

static const char *
draw_actions(struct arena *arena)
{
	const char *list = draw_uid(arena, "Action");
	uint32_t more = draw(4);

	switch (draw(5)) {
	case 0:
		return "action";
	case 1:
		return "action in []";
	case 2:
		return arena_printf(arena, "action == %s", list);
	case 3:
		return arena_printf(arena, "action in %s", list);
	default:
		for (uint32_t i = 0; i < more; i++)
			list = arena_printf(arena, "%s, %s", list, draw_uid(arena, "Action"));
		return arena_printf(arena, "action in [%s]", list);
	}
}

static const char *
draw_policies(struct arena *arena)
{
	static const char *const ends[] = { "", "", " when { false }", " when { 1 }",
		" unless { principal.nope }" };
	const char *text = "";
	uint32_t count = draw(POLICIES);

	for (uint32_t i = 0; i < count; i++)
		text = arena_printf(arena, "%s%s (%s, %s, %s)%s;\n", text,
		    draw(4) == 0 ? "forbid" : "permit", draw_scope(arena, "principal"),
		    draw_actions(arena), draw_scope(arena, "resource"), ends[draw(COUNT_OF(ends))]);
	return text;
}

/* Everybody may be in those of a higher number, so that there are no cycles. */
static void
draw_entities(struct world *world)
{
	static const char *const types[] = { "User", "Team", "Photo", "Action" };

	for (size_t type = 0; type < COUNT_OF(types); type++)
		for (unsigned number = 0; number < 6; number++) {
			const char *parents = "";

			if (draw(4) == 0)
				continue;
			for (unsigned above = number + 1; above < 6; above++)
				if (draw(3) == 0)
					parents = arena_printf(&world->arena, "%s%s%s::\"%u\"",
					    parents, *parents == '\0' ? "" : ", ",
					    type == 3 ? "Action" : types[draw(3)], above);
			world_entity(world,
			    arena_printf(&world->arena, "%s::\"%u\"", types[type], number), "{}",
			    arena_printf(&world->arena, "[%s]", parents), NULL);
		}
	assert_true(cedar_entities_close(world->entities));
}

/* The same set, every policy of which is asked. */
static struct cedar_answer
ask(struct world *world, const struct cedar_policies *policies, bool is_indexed)
{
	struct cedar_policies copy = *policies;
	struct cedar_answer answer;

	if (!is_indexed)
		copy.index = NULL;
	assert_int_equal(
	    cedar_authorize(&copy, world->entities, &world->request, &world->arena, &answer),
	    CEDAR_DECIDED);
	return answer;
}

static void
check_request(struct world *world, const struct cedar_policies *policies)
{
	struct cedar_answer found, wanted;

	world_request(world, draw_thing(&world->arena), draw_uid(&world->arena, "Action"),
	    draw_thing(&world->arena), "{}");
	found = ask(world, policies, true);
	wanted = ask(world, policies, false);
	assert_int_equal(found.decision, wanted.decision);
	assert_int_equal(found.reason_count, wanted.reason_count);
	assert_int_equal(found.error_count, wanted.error_count);
	for (size_t i = 0; i < found.reason_count; i++)
		assert_int_equal(found.reasons[i], wanted.reasons[i]);
	for (size_t i = 0; i < found.error_count; i++) {
		assert_int_equal(found.errors[i].policy, wanted.errors[i].policy);
		assert_int_equal(found.errors[i].error, wanted.errors[i].error);
	}
}

static void
the_index_changes_no_answer(void **state)
{
	(void)state;
	random_state = 1;
	for (int set = 0; set < SETS; set++) {
		const struct cedar_policies *policies;
		struct world world;

		world_init(&world);
		draw_entities(&world);
		policies = world_policies(&world, draw_policies(&world.arena));
		for (int i = 0; i < REQUESTS; i++)
			check_request(&world, policies);
		world_done(&world);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_long_list_is_not_filed_under),
		cmocka_unit_test(a_few_policies_are_not_indexed),
		cmocka_unit_test(the_index_changes_no_answer),
	};

	return RUN_ROWS(filed_rows, is_filed_there) +
	       cmocka_run_group_tests_name("scope index", tests, NULL, NULL);
}
