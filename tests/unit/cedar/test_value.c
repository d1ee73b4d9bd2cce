/* Sets and records: canonical order, repetition, limits. */
#include "cedar/value.h"

#include "world.h"

static void
setup(struct arena *arena)
{
	arena_init(arena, 64 * 1024, 64 * 1024 * 1024);
}

static struct cedar_value
number(int64_t value)
{
	return value_long(value);
}

static void
a_set_drops_repeated_elements_and_ignores_order(void **state)
{
	struct cedar_value elements[200], a, b;
	struct arena arena;

	(void)state;
	setup(&arena);
	for (size_t i = 0; i < COUNT_OF(elements); i++)
		elements[i] = number((int64_t)(i * 7919 % 100));
	assert_true(cedar_set_make(&arena, elements, COUNT_OF(elements), &a));
	assert_int_equal(a.as.set->count, 100);
	for (size_t i = 0; i < 100; i++)
		elements[i] = number(99 - (int64_t)i);
	assert_true(cedar_set_make(&arena, elements, 100, &b));
	assert_true(cedar_value_equal(a, b));
	for (int64_t i = -1; i <= 100; i++)
		assert_int_equal(set_has(a.as.set, number(i)), i >= 0 && i < 100);
	arena_done(&arena);
}

static void
values_of_all_kinds_may_share_a_set(void **state)
{
	const struct cedar_uid uid = { SLICE("T"), SLICE("x") };
	struct cedar_value elements[7], set, inner, record;
	struct arena arena;

	(void)state;
	setup(&arena);
	assert_true(cedar_set_make(&arena, NULL, 0, &inner));
	assert_true(cedar_record_make(&arena, NULL, 0, &record));
	elements[0] = record;
	elements[1] = inner;
	elements[2] = value_entity(&uid);
	elements[3] = value_string(SLICE_OF("x"));
	elements[4] = number(1);
	elements[5] = value_boolean(true);
	elements[6] = value_boolean(false);
	assert_true(cedar_set_make(&arena, elements, 7, &set));
	assert_int_equal(set.as.set->count, 7);
	for (size_t i = 0; i < 7; i++)
		assert_true(set_has(set.as.set, elements[i]));
	assert_false(set_has(set.as.set, value_string(SLICE_OF("y"))));
	arena_done(&arena);
}

static void
a_record_finds_its_members_and_refuses_a_name_twice(void **state)
{
	struct cedar_member members[50];
	struct cedar_value record;
	struct arena arena;

	(void)state;
	setup(&arena);
	for (size_t i = 0; i < COUNT_OF(members); i++)
		members[i] =
		    (struct cedar_member) { slice_from(arena_printf(&arena, "m%zu", 49 - i)),
			    number((int64_t)i) };
	assert_true(cedar_record_make(&arena, members, COUNT_OF(members), &record));
	for (size_t i = 0; i < COUNT_OF(members); i++) {
		const struct cedar_value *found = record_find(record.as.record, members[i].name);

		assert_non_null(found);
		assert_int_equal(found->as.number, i);
	}
	assert_null(record_find(record.as.record, SLICE_OF("m50")));
	assert_null(record_find(record.as.record, SLICE_OF("")));
	members[0].name = members[33].name;
	assert_false(cedar_record_make(&arena, members, COUNT_OF(members), &record));
	arena_done(&arena);
}

static void
nesting_ends_at_its_limit(void **state)
{
	struct cedar_value value = number(1), wrapped;
	struct cedar_member member = { SLICE("m"), { CEDAR_BOOL, .as.boolean = true } };
	struct arena arena;

	(void)state;
	setup(&arena);
	for (int i = 0; i < CEDAR_MAX_VALUE_DEPTH; i++)
		assert_true(cedar_set_make(&arena, &value, 1, &value));
	assert_true(cedar_value_equal(value, value));
	assert_false(cedar_set_make(&arena, &value, 1, &wrapped));
	member.value = value;
	assert_false(cedar_record_make(&arena, &member, 1, &wrapped));
	arena_done(&arena);
}

static void
the_number_of_elements_ends_at_its_limit(void **state)
{
	struct cedar_value *elements, set;
	struct cedar_member *members;
	struct arena arena;

	(void)state;
	setup(&arena);
	elements = arena_calloc(&arena, CEDAR_MAX_SET + 1, sizeof(*elements));
	for (int64_t i = 0; i <= CEDAR_MAX_SET; i++)
		elements[i] = number(-i);
	assert_true(cedar_set_make(&arena, elements, CEDAR_MAX_SET, &set));
	assert_int_equal(set.as.set->count, CEDAR_MAX_SET);
	assert_int_equal(value_weight(set), CEDAR_MAX_SET + 1);
	assert_false(cedar_set_make(&arena, elements, CEDAR_MAX_SET + 1, &set));
	members = arena_calloc(&arena, CEDAR_MAX_SET + 1, sizeof(*members));
	assert_false(cedar_record_make(&arena, members, CEDAR_MAX_SET + 1, &set));
	arena_done(&arena);
}

static void
memory_may_end(void **state)
{
	struct cedar_value element = number(1), value;
	struct cedar_member member = { SLICE("m"), { CEDAR_LONG, .as.number = 1 } };

	(void)state;
	for (size_t ceiling = 0; ceiling < 48; ceiling += 16) {
		struct arena arena;

		arena_init(&arena, 4096, ceiling);
		assert_false(cedar_set_make(&arena, &element, 1, &value));
		arena_done(&arena);
		arena_init(&arena, 4096, ceiling);
		assert_false(cedar_record_make(&arena, &member, 1, &value));
		arena_done(&arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_set_drops_repeated_elements_and_ignores_order),
		cmocka_unit_test(values_of_all_kinds_may_share_a_set),
		cmocka_unit_test(a_record_finds_its_members_and_refuses_a_name_twice),
		cmocka_unit_test(nesting_ends_at_its_limit),
		cmocka_unit_test(the_number_of_elements_ends_at_its_limit),
		cmocka_unit_test(memory_may_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
