/* The entity store: who is above whom, what is refused, and that nothing depends on its size. */
#include "world.h"

#include <stdio.h>

struct chain_row {
	const char *name;
	const char *parents[4]; /* "child>parent parent" */
	bool closes;
};

static const struct chain_row chain_rows[] = {
	{ "nobody has parents", { "a", "b" }, true },
	{ "a chain", { "a>b", "b>c", "c>d", "d" }, true },
	{ "a diamond", { "a>b c", "b>d", "c>d", "d" }, true },
	{ "the same parent twice", { "a>b b", "b" }, true },
	{ "parents that are not in the store", { "a>x", "b>x y" }, true },
	{ "a self loop", { "a>a" }, false },
	{ "a cycle of two", { "a>b", "b>a" }, false },
	{ "a cycle of three behind a chain", { "a>b", "b>c", "c>d", "d>b" }, false },
};

static void
add_row(struct world *world, const char *text)
{
	struct cedar_uid parents[4] = { 0 };
	struct cedar_uid *kept, *uid = arena_calloc(&world->arena, 1, sizeof(*uid));
	struct slice rest = slice_from(text);
	size_t count = 0;

	uid->type = SLICE_OF("T");
	uid->id = slice_cut(&rest, '>');
	while (rest.data != NULL)
		parents[count++] = (struct cedar_uid) { SLICE("T"), slice_cut(&rest, ' ') };
	kept = arena_calloc(&world->arena, 4, sizeof(*kept));
	memcpy(kept, parents, sizeof(parents));
	assert_true(cedar_entities_add(world->entities,
	    &(struct cedar_entity) { .uid = uid, .parents = kept, .parent_count = count }));
}

static void
closes_or_not(void **state)
{
	const struct chain_row *row = *state;
	struct world world;

	world_init(&world);
	for (size_t i = 0; i < COUNT_OF(row->parents) && row->parents[i] != NULL; i++)
		add_row(&world, row->parents[i]);
	assert_int_equal(cedar_entities_close(world.entities), row->closes);
	world_done(&world);
}

static bool
is_above(struct world *world, const char *low, const char *high)
{
	const struct cedar_uid a = { SLICE("T"), slice_from(low) };
	const struct cedar_uid b = { SLICE("T"), slice_from(high) };
	const struct entity *entity = entity_find(world->entities, &a);

	return entity != NULL && entity_has_ancestor(world->entities, entity, &b);
}

static void
ancestors_are_all_above_and_nobody_else(void **state)
{
	struct world world;

	(void)state;
	world_init(&world);
	add_row(&world, "a>b c");
	add_row(&world, "b>d");
	add_row(&world, "c>d x");
	add_row(&world, "d");
	assert_true(cedar_entities_close(world.entities));
	assert_true(is_above(&world, "a", "b"));
	assert_true(is_above(&world, "a", "d"));
	assert_true(is_above(&world, "a", "x"));
	assert_true(is_above(&world, "c", "x"));
	assert_false(is_above(&world, "b", "x"));
	assert_false(is_above(&world, "a", "a"));
	assert_false(is_above(&world, "d", "a"));
	assert_false(is_above(&world, "x", "a"));
	assert_false(is_above(&world, "a", "stranger"));
	assert_false(is_above(&world, "stranger", "a"));
	world_done(&world);
}

static void
what_is_refused(void **state)
{
	struct cedar_value number = { CEDAR_LONG, .as.number = 1 };
	struct world world;

	(void)state;
	world_init(&world);
	add_row(&world, "a>b");
	assert_false(cedar_entities_add(
	    world.entities, &(struct cedar_entity) { .uid = world_uid(&world, "T::\"a\"") }));
	assert_false(cedar_entities_add(
	    world.entities, &(struct cedar_entity) {
				.uid = world_uid(&world, "T::\"c\""), .attributes = &number }));
	assert_false(cedar_entities_add(
	    world.entities, &(struct cedar_entity) { .uid = world_uid(&world, "T::\"c\""),
				.parent_count = CEDAR_MAX_ENTITIES + 1 }));
	/* known as a parent so far, an entity of its own now */
	add_row(&world, "b");
	assert_true(cedar_entities_close(world.entities));
	assert_false(cedar_entities_add(
	    world.entities, &(struct cedar_entity) { .uid = world_uid(&world, "T::\"late\"") }));
	world_done(&world);
}

enum { MANY = CEDAR_MAX_ENTITIES };

/* Everybody is below the one before, in groups of 64, so that the lists of ancestors stay small. */
static void
a_store_may_be_filled_to_its_limit(void **state)
{
	struct cedar_uid *uids;
	struct world world;

	(void)state;
	world_init(&world);
	uids = arena_calloc(&world.arena, MANY + 1, sizeof(*uids));
	for (size_t i = 0; i <= MANY; i++) {
		uids[i].type = SLICE_OF("T");
		uids[i].id = slice_from(arena_printf(&world.arena, "%zu", i));
	}
	for (size_t i = 0; i < MANY; i++)
		assert_true(cedar_entities_add(
		    world.entities, &(struct cedar_entity) { .uid = &uids[i],
					.parents = i % 64 == 0 ? NULL : &uids[i - 1],
					.parent_count = i % 64 == 0 ? 0 : 1 }));
	assert_false(
	    cedar_entities_add(world.entities, &(struct cedar_entity) { .uid = &uids[MANY] }));
	assert_true(cedar_entities_close(world.entities));
	for (size_t i = 0; i < MANY; i += 997) {
		const struct entity *entity = entity_find(world.entities, &uids[i]);

		assert_non_null(entity);
		assert_int_equal(entity->ancestor_count, i % 64);
	}
	assert_true(is_above(&world, "127", "64"));
	assert_false(is_above(&world, "128", "127"));
	assert_null(entity_find(world.entities, &uids[MANY]));
	world_done(&world);
}

struct shape_row {
	const char *name;
	uint32_t count;
	uint32_t width; /* of a layer; all of it are in all of the next */
	bool lists_all; /* not only the next layer but all above */
	enum entities_fault fault;
};

static const struct shape_row shape_rows[] = {
	{ "a long chain", 5000, 1, false, ENTITIES_OK },
	{ "a chain that is too long", 6000, 1, false, ENTITIES_TOO_RELATED },
	{ "a chain whose ancestors are all listed", 3000, 1, true, ENTITIES_OK },
	{ "layers", 1000, 10, false, ENTITIES_OK },
	{ "layers whose ancestors are all listed", 1000, 10, true, ENTITIES_OK },
	{ "layers that are too many", 3000, 30, false, ENTITIES_TOO_RELATED },
};

/* Entity i is in layer i / width; the uids of all above it stand behind its own layer's. */
static void
is_closed_within_the_bound(void **state)
{
	const struct shape_row *row = *state;
	const uint32_t count =
	    row->count / (row->fault == ENTITIES_OK && is_under_valgrind() ? 10 : 1);
	const struct cedar_uid *cycle;
	struct cedar_uid *uids;
	struct world world;

	world_init(&world);
	uids = arena_calloc(&world.arena, count, sizeof(*uids));
	for (uint32_t i = 0; i < count; i++)
		uids[i] = (struct cedar_uid) { SLICE("T"),
			slice_from(arena_printf(&world.arena, "%u", i)) };
	for (uint32_t i = 0; i < count; i++) {
		uint32_t above = (i / row->width + 1) * row->width;
		uint32_t rest = above < count ? count - above : 0;

		assert_true(cedar_entities_add(world.entities,
		    &(struct cedar_entity) { .uid = &uids[i],
			.parents = &uids[rest == 0 ? 0 : above],
			.parent_count = row->lists_all || rest < row->width ? rest : row->width }));
	}
	assert_int_equal(entities_close(world.entities, &cycle), row->fault);
	for (uint32_t i = 0; i < count && row->fault == ENTITIES_OK; i += 37) {
		const struct entity *entity = entity_find(world.entities, &uids[i]);
		uint32_t above = (i / row->width + 1) * row->width;

		assert_int_equal(entity->ancestor_count, above < count ? count - above : 0);
		for (uint32_t k = 1; k < entity->ancestor_count; k++)
			assert_true(entity->ancestors[k - 1] < entity->ancestors[k]);
		assert_int_equal(
		    entity_has_ancestor(world.entities, entity, &uids[count - 1]), above < count);
		assert_false(entity_has_ancestor(world.entities, entity, &uids[i]));
	}
	world_done(&world);
}

/* Whatever step the memory ends at, the answer is no, and nothing breaks. */
static void
memory_may_end_at_any_step(void **state)
{
	static const struct cedar_uid uids[] = { { SLICE("T"), SLICE("0") },
		{ SLICE("T"), SLICE("1") }, { SLICE("T"), SLICE("2") }, { SLICE("T"), SLICE("3") },
		{ SLICE("T"), SLICE("4") }, { SLICE("T"), SLICE("5") }, { SLICE("T"), SLICE("6") },
		{ SLICE("T"), SLICE("7") }, { SLICE("T"), SLICE("8") },
		{ SLICE("T"), SLICE("9") } };
	bool done = false;

	(void)state;
	for (size_t ceiling = 0; !done; ceiling += 64) {
		struct cedar_entities *entities;
		struct arena arena;

		assert_true(ceiling < 65536);
		arena_init(&arena, 4096, ceiling);
		entities = cedar_entities_new(&arena);
		done = entities != NULL;
		for (size_t i = 0; done && i + 1 < COUNT_OF(uids); i++)
			done = cedar_entities_add(entities,
			    &(struct cedar_entity) {
				.uid = &uids[i], .parents = &uids[i + 1], .parent_count = 1 });
		done = done && cedar_entities_close(entities);
		arena_done(&arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ancestors_are_all_above_and_nobody_else),
		cmocka_unit_test(what_is_refused),
		cmocka_unit_test(a_store_may_be_filled_to_its_limit),
		cmocka_unit_test(memory_may_end_at_any_step),
	};

	return RUN_ROWS(chain_rows, closes_or_not) +
	       RUN_ROWS(shape_rows, is_closed_within_the_bound) +
	       cmocka_run_group_tests_name("entities", tests, NULL, NULL);
}
