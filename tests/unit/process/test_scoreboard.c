/*
 * The scoreboard's names, who should accept, the table of held connections, and the clock of the
 * policies.
 */
#include "../core/rows.h"
#include "check.h"

#include "process/fair.h"
#include "process/held.h"
#include "process/policy_watch.h"
#include "process/scoreboard.h"
#include "process/shared.h"

/*
 * --- shared ------------------------------------------------------------------------------------
 */

static void
shared_memory_is_zeroed_and_aligned(void **state UNUSED)
{
	struct shared *shared = shared_new();

	assert_non_null(shared);
	assert_int_equal(sizeof(struct scoreboard_slot), 64);
	assert_int_equal((uintptr_t)&shared->slots[1] % 64, 0);
	assert_int_equal(atomic_load(&shared->slots[SHARED_MAX_SLOTS - 1].state), WORKER_EMPTY);
	assert_int_equal(atomic_load(shared_policies_expire_us(shared, 1)), 0);
	shared_free(shared);
	shared_free(NULL);
}

/* A generation and the next one, whatever the number of the first. */
static void
neighbours_have_clocks_of_their_own(void **state UNUSED)
{
	struct shared *shared = shared_new();
	uint32_t number;

	assert_non_null(shared);
	for (number = UINT32_MAX - 1; number != 2; number++)
		assert_ptr_not_equal(shared_policies_expire_us(shared, number),
		    shared_policies_expire_us(shared, number + 1));
	shared_free(shared);
}

static void
a_worker_shows_what_it_does(void **state UNUSED)
{
	struct scoreboard_slot line = { 0 };

	scoreboard_show_state(&line, WORKER_IDLE);
	scoreboard_show_request(&line, 77);
	scoreboard_show_route(&line, 0);
	assert_int_equal(atomic_load(&line.state), WORKER_BUSY);
	assert_int_equal(atomic_load(&line.request_started_us), 77);
	assert_int_equal(atomic_load(&line.route), 1);
	scoreboard_show_answered(&line, WORKER_DRAINING, 80);
	assert_int_equal(atomic_load(&line.state), WORKER_DRAINING);
	assert_int_equal(atomic_load(&line.idle_since_us), 80);
	assert_int_equal(atomic_load(&line.requests), 1);
	scoreboard_show_request(&line, 88);
	assert_int_equal(atomic_load(&line.route), 0); /* not that of the request before */
	scoreboard_show_connections(&line, 9);
	assert_int_equal(atomic_load(&line.connections), 9);
	scoreboard_show_pending(&line, 3);
	assert_int_equal(atomic_load(&line.pending), 3);
}

static void
what_a_worker_has_left_it_does_not_take_again(void **state UNUSED)
{
	struct scoreboard_slot line = { 0 };

	assert_true(scoreboard_leave(&line, LEAVING_CONNECTIONS | LEAVING_BACKLOG));
	assert_false(scoreboard_leave(&line, LEAVING_CONNECTIONS));
	assert_true(scoreboard_leave(&line, LEAVING_REQUESTS));
	assert_false(scoreboard_leave(&line, LEAVING_REQUESTS));
	assert_int_equal(
	    atomic_load(&line.leaving), LEAVING_CONNECTIONS | LEAVING_BACKLOG | LEAVING_REQUESTS);
}

static void
every_state_has_a_name(void **state UNUSED)
{
	int i;

	for (i = 0; i < WORKER_STATE_COUNT; i++)
		assert_string_not_equal(worker_state_name((enum worker_state)i), "unknown");
	assert_string_equal(worker_state_name(WORKER_BUSY), "busy");
	assert_string_equal(worker_state_name((enum worker_state)99), "unknown");
	assert_string_equal(worker_state_name((enum worker_state) - 1), "unknown");
}

/*
 * --- fair --------------------------------------------------------------------------------------
 */

static const struct fair_row {
	const char *name;
	uint32_t held; /* by slot 0, who asks */
	struct {
		enum worker_state state;
		uint32_t generation, connections;
	} others[3];
	int expected;
} fair_rows[] = {
	{ "who holds nothing accepts", 0, { { WORKER_IDLE, 1, 0 } }, FAIR_NOBODY },
	{ "one more than an idle one is no reason", 1, { { WORKER_IDLE, 1, 0 } }, FAIR_NOBODY },
	{ "two more are", 2, { { WORKER_IDLE, 1, 0 } }, 1 },
	{ "a busy one is not waited for", 40, { { WORKER_BUSY, 1, 0 } }, FAIR_NOBODY },
	{ "nor one that starts", 40, { { WORKER_STARTING, 1, 0 } }, FAIR_NOBODY },
	{ "nor one that drains", 40, { { WORKER_DRAINING, 1, 0 } }, FAIR_NOBODY },
	{ "nor an empty slot", 40, { { WORKER_EMPTY, 1, 0 } }, FAIR_NOBODY },
	{ "nor another generation", 40, { { WORKER_IDLE, 2, 0 } }, FAIR_NOBODY },
	{ "the one with the fewest is chosen", 9,
	    { { WORKER_IDLE, 1, 5 }, { WORKER_IDLE, 1, 3 }, { WORKER_IDLE, 1, 4 } }, 2 },
	{ "a busy one with fewer is passed over", 9,
	    { { WORKER_IDLE, 1, 5 }, { WORKER_BUSY, 1, 0 }, { WORKER_IDLE, 1, 4 } }, 3 },
};

static void
check_fair(void **state)
{
	const struct fair_row *row = *state;
	struct shared *shared = shared_new();
	unsigned i;

	assert_non_null(shared);
	atomic_store(&shared->slot_limit, 4);
	atomic_store(&shared->slots[0].generation, 1);
	atomic_store(&shared->slots[0].state, WORKER_IDLE);
	for (i = 0; i < 3; i++) {
		atomic_store(&shared->slots[i + 1].state, row->others[i].state);
		atomic_store(&shared->slots[i + 1].generation, row->others[i].generation);
		atomic_store(&shared->slots[i + 1].connections, row->others[i].connections);
	}
	assert_int_equal(fair_choose(shared, 0, row->held), row->expected);
	shared_free(shared);
}

static void
a_wild_slot_limit_is_no_way_out_of_the_table(void **state UNUSED)
{
	struct shared *shared = shared_new();

	assert_non_null(shared);
	atomic_store(&shared->slot_limit, UINT32_MAX);
	assert_int_equal(fair_choose(shared, 0, 1000), FAIR_NOBODY);
	shared_free(shared);
}

/* The kernel wakes the first worker for each of 64 connections: both end with about half. */
static void
slow_arrivals_are_shared_out(void **state UNUSED)
{
	struct shared *shared = shared_new();
	uint32_t held[2] = { 0, 0 };
	int i, other;

	assert_non_null(shared);
	atomic_store(&shared->slot_limit, 2);
	atomic_store(&shared->slots[0].state, WORKER_IDLE);
	atomic_store(&shared->slots[1].state, WORKER_IDLE);
	for (i = 0; i < 64; i++) {
		other = fair_choose(shared, 0, held[0]);
		held[other == FAIR_NOBODY ? 0 : other]++;
		atomic_store(&shared->slots[0].connections, held[0]);
		atomic_store(&shared->slots[1].connections, held[1]);
	}
	assert_in_range(held[0], 31, 33);
	assert_in_range(held[1], 31, 33);
	shared_free(shared);
}

/*
 * --- held --------------------------------------------------------------------------------------
 */

static struct gateway_connection *
handle(int number)
{
	static char handles[HELD_MAX + 1];

	return (struct gateway_connection *)(void *)&handles[number];
}

static void
the_table_has_an_end(void **state UNUSED)
{
	struct held_table table;
	struct held *held = NULL;
	int i;

	assert_true(held_init(&table));
	for (i = 0; i < HELD_MAX; i++)
		assert_non_null(held = held_add(&table, handle(i)));
	assert_null(held_add(&table, handle(HELD_MAX)));
	held_remove(&table, held);
	assert_int_equal(table.count, HELD_MAX - 1);
	assert_ptr_equal(held_add(&table, handle(HELD_MAX)), held);
	held_done(&table);
	held_done(&table);
}

static void
partial_requests_stand_in_order_of_time(void **state UNUSED)
{
	struct held_table table;
	struct held *a, *b, *c;

	assert_true(held_init(&table));
	a = held_add(&table, handle(0));
	b = held_add(&table, handle(1));
	c = held_add(&table, handle(2));
	assert_null(held_first_partial(&table));
	held_end_partial(&table, a);

	held_begin_partial(&table, b, 10);
	held_begin_partial(&table, a, 20);
	held_begin_partial(&table, c, 30);
	held_begin_partial(&table, b, 40); /* began before: keeps its place */
	assert_ptr_equal(held_first_partial(&table), b);
	assert_int_equal(b->partial_since_us, 10);

	held_end_partial(&table, a); /* from the middle */
	held_remove(&table, b);      /* from the front */
	assert_ptr_equal(held_first_partial(&table), c);
	held_begin_partial(&table, a, 50);
	held_end_partial(&table, a); /* from the end */
	held_end_partial(&table, c);
	assert_null(held_first_partial(&table));
	assert_int_equal(table.count, 2);
	held_done(&table);
}

static void
who_has_sent_something_stands_in_order_of_time(void **state UNUSED)
{
	struct held_table table;
	struct held *a, *b, *c;

	assert_true(held_init(&table));
	a = held_add(&table, handle(0));
	b = held_add(&table, handle(1));
	c = held_add(&table, handle(2));
	assert_null(held_first_ready(&table));
	held_end_ready(&table, a);

	held_begin_ready(&table, b, 10);
	held_begin_ready(&table, a, 20);
	held_begin_ready(&table, c, 20);
	held_begin_ready(&table, b, 30);  /* seen again, and not served yet: keeps its place */
	held_begin_partial(&table, b, 5); /* another list */
	assert_ptr_equal(held_first_ready(&table), b);
	assert_int_equal(b->ready_since_us, 10);

	held_end_ready(&table, a); /* from the middle */
	held_remove(&table, b);    /* from the front */
	assert_null(held_first_partial(&table));
	assert_ptr_equal(held_first_ready(&table), c);
	held_begin_ready(&table, a, 40);
	held_end_ready(&table, a); /* from the end */
	held_end_ready(&table, c);
	assert_null(held_first_ready(&table));
	held_done(&table);
}

static void
idle_ones_stand_in_order_of_their_last_use(void **state UNUSED)
{
	struct held_table table;
	struct held *a, *b, *c;

	assert_true(held_init(&table));
	a = held_add(&table, handle(0));
	b = held_add(&table, handle(1));
	c = held_add(&table, handle(2));
	assert_null(held_first_idle(&table));

	held_rest(&table, a, 10);
	held_rest(&table, b, 20);
	held_rest(&table, c, 30);
	assert_ptr_equal(held_first_idle(&table), a);
	held_rest(&table, a, 40); /* was used: goes to the end */
	assert_ptr_equal(held_first_idle(&table), b);
	held_begin_partial(&table, b, 50); /* is in neither of two lists at once */
	assert_ptr_equal(held_first_idle(&table), c);
	assert_ptr_equal(held_first_partial(&table), b);
	held_rest(&table, b, 60); /* not in the middle of a request */
	assert_int_equal(b->idle_since_us, 0);
	held_end_partial(&table, b);
	held_rest(&table, b, 70);
	assert_null(held_first_partial(&table));
	held_remove(&table, a); /* from the middle */
	held_remove(&table, c); /* from the front */
	assert_ptr_equal(held_first_idle(&table), b);
	held_remove(&table, b);
	assert_null(held_first_idle(&table));
	assert_int_equal(table.count, 0);
	held_done(&table);
}

/*
 * --- policy watch ------------------------------------------------------------------------------
 */

enum { SECOND = 1000000 };

static void
policies_are_looked_at_every_ttl(void **state UNUSED)
{
	_Atomic(int64_t) expire_us = 0;
	struct policy_watch watch = { .expire_us = &expire_us };

	policy_watch_renew(&watch, 60, 100 * SECOND);
	assert_int_equal(policy_watch_next(&watch), (int64_t)160 * SECOND);
	assert_false(policy_watch_is_due(&watch, (int64_t)159 * SECOND));
	assert_true(policy_watch_is_due(&watch, (int64_t)160 * SECOND));
	assert_false(policy_watch_is_due(&watch, (int64_t)161 * SECOND));
	assert_int_equal(policy_watch_next(&watch), (int64_t)220 * SECOND);
}

static void
without_ttl_they_are_looked_at_every_second(void **state UNUSED)
{
	_Atomic(int64_t) expire_us = 0;
	struct policy_watch watch = { .expire_us = &expire_us };

	policy_watch_renew(&watch, 0, 100 * SECOND);
	assert_int_equal(policy_watch_next(&watch), (int64_t)101 * SECOND);
	assert_false(policy_watch_is_due(&watch, (int64_t)101 * SECOND - 1));
	assert_true(policy_watch_is_due(&watch, (int64_t)101 * SECOND));
	assert_int_equal(policy_watch_next(&watch), (int64_t)102 * SECOND);
	policy_watch_fail(&watch, 200 * SECOND);
	assert_int_equal(atomic_load(&expire_us), (int64_t)500 * SECOND);
}

static void
an_old_set_expires_after_ttl_and_grace(void **state UNUSED)
{
	_Atomic(int64_t) expire_us = 0;
	struct policy_watch watch = { .expire_us = &expire_us };

	policy_watch_renew(&watch, 60, 100 * SECOND);
	policy_watch_fail(&watch, 160 * SECOND);
	assert_int_equal(atomic_load(&expire_us), (int64_t)520 * SECOND);
	policy_watch_fail(&watch, 220 * SECOND); /* failing again does not prolong it */
	assert_int_equal(atomic_load(&expire_us), (int64_t)520 * SECOND);
	assert_int_equal(policy_watch_next(&watch), (int64_t)160 * SECOND);
	assert_false(policy_watch_has_expired(&watch, (int64_t)519 * SECOND));
	assert_true(policy_watch_has_expired(&watch, (int64_t)520 * SECOND));
	assert_false(policy_watch_has_expired(&watch, (int64_t)521 * SECOND)); /* told once */

	policy_watch_renew(&watch, 60, (int64_t)600 * SECOND);
	assert_int_equal(atomic_load(&expire_us), 0);
	assert_false(policy_watch_has_expired(&watch, (int64_t)9999 * SECOND));
}

int
main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(shared_memory_is_zeroed_and_aligned),
		cmocka_unit_test(every_state_has_a_name),
		cmocka_unit_test(neighbours_have_clocks_of_their_own),
		cmocka_unit_test(a_worker_shows_what_it_does),
		cmocka_unit_test(what_a_worker_has_left_it_does_not_take_again),
		cmocka_unit_test(a_wild_slot_limit_is_no_way_out_of_the_table),
		cmocka_unit_test(slow_arrivals_are_shared_out),
		cmocka_unit_test(the_table_has_an_end),
		cmocka_unit_test(partial_requests_stand_in_order_of_time),
		cmocka_unit_test(who_has_sent_something_stands_in_order_of_time),
		cmocka_unit_test(idle_ones_stand_in_order_of_their_last_use),
		cmocka_unit_test(policies_are_looked_at_every_ttl),
		cmocka_unit_test(without_ttl_they_are_looked_at_every_second),
		cmocka_unit_test(an_old_set_expires_after_ttl_and_grace),
	};

	return RUN_ROWS(fair_rows, check_fair) + cmocka_run_group_tests(others, NULL, NULL);
}
