/* Which core a new worker gets. */
#include "../core/rows.h"
#include "check.h"

#include <sched.h>

#include "process/affinity.h"
#include "process/generation.h"

static const struct row {
	const char *name;
	unsigned loads[4];
	size_t count, expected;
} rows[] = {
	{ "a single core", { 9 }, 1, 0 },
	{ "nobody anywhere: the first", { 0, 0, 0, 0 }, 4, 0 },
	{ "each in turn", { 1, 1, 0, 0 }, 4, 2 },
	{ "all have one: the first again", { 1, 1, 1, 1 }, 4, 0 },
	{ "where one has left", { 2, 2, 1, 2 }, 4, 2 },
	{ "the last one", { 3, 2, 2, 1 }, 4, 3 },
};

static void
check_row(void **state)
{
	const struct row *row = *state;

	assert_int_equal(affinity_least(row->loads, row->count), row->expected);
}

/* --- a crew on the cores of this machine ----------------------------------------------------- */

static struct config config;
static struct generation generation = { .config = &config };

static int
no_work(void *context UNUSED, const struct crew_seat *seat UNUSED)
{
	return 0;
}

static void
a_worker_that_will_go_makes_room(void **state UNUSED)
{
	struct shared *shared = shared_new();
	struct crew crew;
	unsigned first;

	assert_non_null(shared);
	assert_true(crew_init(&crew, shared, no_work, NULL));
	config.worker_cores.kind = CORES_OFF;
	assert_int_equal(affinity_choose(&crew, &generation), 0);
	config.worker_cores.kind = CORES_AUTO;
	first = affinity_choose(&crew, &generation);
	assert_int_not_equal(first, 0);
	config.worker_cores = (struct config_cores) { .kind = CORES_LIST };
	config.worker_cores.set[(first - 1) / 64] = UINT64_C(1) << (first - 1) % 64;
	assert_int_equal(affinity_choose(&crew, &generation), first);
	config.worker_cores.kind = CORES_AUTO;

	crew.members[0] =
	    (struct crew_member) { .pid = 1, .generation = &generation, .core = first };
	if (affinity_choose(&crew, &generation) != first) { /* there are several */
		atomic_store(&shared->slots[0].leaving, WISH_NEAR);
		assert_int_equal(affinity_choose(&crew, &generation), first);
		atomic_store(&shared->slots[0].leaving, 0);
		crew.members[0].kill_us = 1;
		assert_int_equal(affinity_choose(&crew, &generation), first);
	}
	crew.members[0] = (struct crew_member) { 0 };
	crew_done(&crew);
	shared_free(shared);
}

static void
a_core_that_is_not_there_is_a_fault(void **state UNUSED)
{
	struct config_faults faults = { 0 };
	struct arena arena;
	cpu_set_t allowed;
	unsigned core = 0;

	arena_init(&arena, 1024, 4096);
	assert_int_equal(sched_getaffinity(0, sizeof(allowed), &allowed), 0);
	config.worker_cores = (struct config_cores) { .kind = CORES_LIST };
	while (!CPU_ISSET(core, &allowed))
		core++;
	config.worker_cores.set[core / 64] |= UINT64_C(1) << core % 64;
	affinity_check(&arena, &config, &faults);
	assert_int_equal(faults.count, 0);
	for (core = 0; core < CONFIG_MAX_CORES && CPU_ISSET(core, &allowed);)
		core++;
	if (core < CONFIG_MAX_CORES) {
		config.worker_cores.set[core / 64] |= UINT64_C(1) << core % 64;
		affinity_check(&arena, &config, &faults);
		assert_int_equal(faults.count, 1);
	}
	arena_done(&arena);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(a_worker_that_will_go_makes_room),
		cmocka_unit_test(a_core_that_is_not_there_is_a_fault),
	};

	return RUN_ROWS(rows, check_row) + cmocka_run_group_tests(others, NULL, NULL);
}
