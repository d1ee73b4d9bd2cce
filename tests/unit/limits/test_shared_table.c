/* The shared table: one process, several at once, and processes that died at the worst moment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "limits/shared_table.h"
#include "limits/window.h"

enum { PROCESSES = 4, NOW = 1000000 };

static struct shared_table table;

static int
small_table(void **state)
{
	(void)state;
	return shared_table_init(&table, 16) ? 0 : -1;
}

static int
large_table(void **state)
{
	(void)state;
	return shared_table_init(&table, 8192) ? 0 : -1;
}

static int
no_table(void **state)
{
	(void)state;
	shared_table_done(&table);
	return 0;
}

/* Keys that look like hashes. */
static uint64_t
key_number(uint64_t n)
{
	n = (n + 1) * UINT64_C(0x9e3779b97f4a7c15);
	n = (n ^ n >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	n ^= n >> 27;
	return n == 0 ? 1 : n;
}

static enum limit_verdict
hit(uint64_t key, uint32_t amount, uint64_t now_ms)
{
	const struct limit limit = { amount, 60 };

	return shared_table_hit(&table, key, &limit, now_ms).verdict;
}

static uint32_t
live_entries(uint64_t now_ms)
{
	uint32_t live = 0;

	for (uint32_t i = 0; i < shared_table_size(&table); i++) {
		uint64_t key;
		uint64_t state;

		live += shared_table_read(&table, i, &key, &state) && key != 0 &&
			!window_has_ended(state, now_ms);
	}
	return live;
}

static void
test_sizes(void **state)
{
	struct shared_table other = { 0 };

	(void)state;
	assert_true(shared_table_init(&other, 0));
	assert_int_equal(shared_table_size(&other), TABLE_MIN_ENTRIES);
	shared_table_done(&other);
	assert_true(shared_table_init(&other, 17));
	assert_int_equal(shared_table_size(&other), 32);
	shared_table_done(&other);
	shared_table_done(&other);
	assert_false(shared_table_init(&other, TABLE_MAX_ENTRIES + 1));
	assert_int_equal(sizeof(struct table_bucket), 128);
}

static void
test_counts_apart(void **state)
{
	(void)state;
	for (uint64_t key = 0; key < 10; key++) {
		assert_int_equal(hit(key_number(key), 2, NOW), LIMIT_PASSED);
		assert_int_equal(hit(key_number(key), 2, NOW), LIMIT_PASSED);
		assert_int_equal(hit(key_number(key), 2, NOW), LIMIT_EXCEEDED);
	}
	assert_int_equal(live_entries(NOW), 10);
	assert_int_equal(hit(key_number(3), 2, NOW + 60000), LIMIT_PASSED);
}

static void
test_full_refuses_new_keys_alone(void **state)
{
	const struct limit limit = { 5, 60 };
	struct limit_answer answer;

	(void)state;
	for (uint64_t key = 0; key < 16; key++)
		assert_int_equal(hit(key_number(key), 5, NOW + key * 1000), LIMIT_PASSED);
	answer = shared_table_hit(&table, key_number(16), &limit, NOW + 20000);
	assert_int_equal(answer.verdict, LIMIT_TABLE_FULL);
	assert_int_equal(answer.retry_after_s, 40); /* the first of the others ends then */
	assert_int_equal(hit(key_number(7), 5, NOW + 20000), LIMIT_PASSED);
	assert_int_equal(hit(key_number(16), 5, NOW + 60000), LIMIT_PASSED);
	assert_int_equal(hit(key_number(17), 5, NOW + 60000), LIMIT_TABLE_FULL);
}

/* What was counted under a clock of the far future must not hold its entries until then. */
static void
test_full_after_a_step_back(void **state)
{
	const uint64_t future = NOW + 100 * WINDOW_LONGEST_MS;

	(void)state;
	for (uint64_t key = 0; key < 16; key++)
		assert_int_equal(hit(key_number(key), 5, future), LIMIT_PASSED);
	assert_int_equal(hit(key_number(16), 5, NOW), LIMIT_TABLE_FULL);
	assert_int_equal(hit(key_number(16), 5, NOW + WINDOW_LONGEST_MS), LIMIT_PASSED);
}

static void
test_step_back_gives_no_fresh_budget(void **state)
{
	const struct limit limit = { 2, 60 };
	struct limit_answer answer;

	(void)state;
	assert_int_equal(hit(key_number(0), 2, NOW), LIMIT_PASSED);
	assert_int_equal(hit(key_number(0), 2, NOW), LIMIT_PASSED);
	answer = shared_table_hit(&table, key_number(0), &limit, NOW - 500000);
	assert_int_equal(answer.verdict, LIMIT_EXCEEDED);
	assert_int_equal(answer.retry_after_s, 60);
	assert_int_equal(hit(key_number(0), 2, NOW - 500000 + 59999), LIMIT_EXCEEDED);
	assert_int_equal(hit(key_number(0), 2, NOW - 500000 + 60000), LIMIT_PASSED);
}

/* Several processes. */

struct arena_shared {
	pthread_barrier_t barrier;
	_Atomic(uint32_t) passed, exceeded, others;
};

static struct arena_shared *
shared_map(void)
{
	struct arena_shared *shared =
	    mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_barrierattr_t attributes;

	assert_true(shared != MAP_FAILED);
	pthread_barrierattr_init(&attributes);
	pthread_barrierattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	assert_int_equal(pthread_barrier_init(&shared->barrier, &attributes, PROCESSES), 0);
	pthread_barrierattr_destroy(&attributes);
	return shared;
}

static void
count(struct arena_shared *shared, enum limit_verdict verdict)
{
	if (verdict == LIMIT_PASSED)
		shared->passed++;
	else if (verdict == LIMIT_EXCEEDED)
		shared->exceeded++;
	else
		shared->others++;
}

static void
in_processes(void (*body)(struct arena_shared *shared), struct arena_shared *shared)
{
	pid_t pids[PROCESSES];

	for (int i = 0; i < PROCESSES; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0) {
			pthread_barrier_wait(&shared->barrier);
			body(shared);
			_exit(0);
		}
	}
	for (int i = 0; i < PROCESSES; i++) {
		int status;

		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
}

static void
hammer_one(struct arena_shared *shared)
{
	for (int i = 0; i < 5000; i++)
		count(shared, hit(key_number(0), 7777, NOW));
}

static void
test_one_key_counts_exactly(void **state)
{
	struct arena_shared *shared = shared_map();

	(void)state;
	in_processes(hammer_one, shared);
	assert_int_equal(shared->passed, 7777);
	assert_int_equal(shared->exceeded, PROCESSES * 5000 - 7777);
	assert_int_equal(shared->others, 0);
	assert_int_equal(live_entries(NOW), 1);
	munmap(shared, sizeof(*shared));
}

enum { FRESH_KEYS = 3000 };

static void
hit_fresh_keys(struct arena_shared *shared)
{
	for (uint64_t key = 0; key < FRESH_KEYS; key++)
		count(shared, hit(key_number(key), 1, NOW));
}

/* The race for a new key: each has one entry in the end, and one hit passed. */
static void
test_fresh_keys_pass_once_each(void **state)
{
	struct arena_shared *shared = shared_map();

	(void)state;
	in_processes(hit_fresh_keys, shared);
	assert_int_equal(shared->passed, FRESH_KEYS);
	assert_int_equal(shared->others, 0);
	assert_int_equal(live_entries(NOW), FRESH_KEYS);
	munmap(shared, sizeof(*shared));
}

enum { ROUNDS = 500, KEYS_PER_ROUND = 12 };

/* Every round's keys push the last round's, whose windows have ended, out of a table of 16. */
static void
churn(struct arena_shared *shared)
{
	for (uint64_t round = 0; round < ROUNDS; round++) {
		uint64_t now_ms = NOW + round * 60000;

		pthread_barrier_wait(&shared->barrier);
		for (uint64_t i = 0; i < KEYS_PER_ROUND; i++)
			count(shared, hit(key_number(round * KEYS_PER_ROUND + i), 1, now_ms));
	}
}

static void
test_reuse_passes_once_each(void **state)
{
	struct arena_shared *shared = shared_map();

	(void)state;
	in_processes(churn, shared);
	assert_int_equal(shared->passed, ROUNDS * KEYS_PER_ROUND);
	assert_int_equal(shared->exceeded, (PROCESSES - 1) * ROUNDS * KEYS_PER_ROUND);
	assert_int_equal(shared->others, 0);
	munmap(shared, sizeof(*shared));
}

/* Workers that died in the middle of a claim; the table's words as they left them. */

static uint32_t
home_entry(uint64_t key)
{
	return ((uint32_t)key & (table.bucket_count - 1)) * TABLE_WAYS;
}

static struct table_entry *
left_behind(uint64_t key, uint64_t state, bool committed)
{
	uint32_t index = home_entry(key);
	struct table_entry *entry = &table.buckets[index / TABLE_WAYS].entries[0];

	entry->key = key;
	entry->state = state;
	if (committed)
		table.heads[index / TABLE_WAYS] = UINT64_C(1) << 24 | (index + 1);
	return entry;
}

static void
test_died_before_commit(void **state)
{
	uint64_t key = key_number(0);
	uint64_t reserved = window_pack(NOW + 60000, WINDOW_RESERVED);
	struct table_entry *entry = left_behind(key, reserved, false);

	(void)state;
	assert_int_equal(hit(key, 1, NOW), LIMIT_PASSED);
	assert_int_equal(hit(key, 1, NOW), LIMIT_EXCEEDED);
	assert_int_equal(live_entries(NOW), 1);
	/*
	 * Its owner may be asleep: nobody else writes to the entry, not even when its window is
	 * over.
	 */
	for (uint64_t n = 1; n < 16; n++)
		(void)hit(key_number(n), 1, NOW + 120000);
	assert_int_equal(entry->state, reserved);
	assert_int_equal(hit(key_number(99), 1, NOW + 120000), LIMIT_TABLE_FULL);
	shared_table_cut(&table, home_entry(key), 0);
	assert_int_equal(entry->state, reserved);
}

static void
test_died_after_commit(void **state)
{
	uint64_t key = key_number(0);
	struct table_entry *entry =
	    left_behind(key, window_pack(NOW + 60000, WINDOW_RESERVED), true);

	(void)state;
	assert_int_equal(hit(key, 1, NOW), LIMIT_PASSED);
	assert_int_equal(hit(key, 1, NOW), LIMIT_EXCEEDED);
	assert_int_equal(entry->state, window_pack(NOW + 60000, 1)); /* the claim was used */
	assert_int_equal(live_entries(NOW), 1);
}

static void
test_died_before_clearing_the_head(void **state)
{
	uint64_t key = key_number(0);
	uint32_t bucket = home_entry(key) / TABLE_WAYS;
	struct table_entry *entry = left_behind(key, window_pack(NOW + 60000, 0), true);

	(void)state;
	/*
	 * The entry goes to another key, of the other home, after its window: its old head must not
	 * touch it.
	 */
	for (uint64_t n = 1; n < 64 && entry->key == key; n++)
		if (home_entry(key_number(n)) != home_entry(key))
			(void)hit(key_number(n), 1, NOW + 60000);
	assert_true(entry->key != key);
	assert_int_equal(table.heads[bucket] & 0xffffff, 0);
	assert_int_equal(window_hits(entry->state), 1);
}

static void
test_reads_nothing_that_changes_hands(void **state)
{
	uint64_t key = key_number(0);
	uint64_t read_key;
	uint64_t read_state;

	(void)state;
	left_behind(key, window_pack(NOW + 60000, WINDOW_RESERVED), false);
	assert_false(shared_table_read(&table, home_entry(key), &read_key, &read_state));
}

static void
test_restore(void **state)
{
	uint32_t room = 0;

	(void)state;
	assert_true(shared_table_restore(&table, key_number(0), window_pack(NOW + 1000, 2)));
	assert_int_equal(hit(key_number(0), 3, NOW), LIMIT_PASSED);
	assert_int_equal(hit(key_number(0), 3, NOW), LIMIT_EXCEEDED);
	for (uint64_t n = 1; n < 32; n++)
		room += shared_table_restore(&table, key_number(n), window_pack(NOW + 1000, 1));
	assert_int_equal(room, 15);
}

#define WITH(make, test) cmocka_unit_test_setup_teardown(test, make, no_table)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		WITH(small_table, test_counts_apart),
		WITH(small_table, test_full_refuses_new_keys_alone),
		WITH(small_table, test_full_after_a_step_back),
		WITH(small_table, test_step_back_gives_no_fresh_budget),
		WITH(large_table, test_one_key_counts_exactly),
		WITH(large_table, test_fresh_keys_pass_once_each),
		WITH(small_table, test_reuse_passes_once_each),
		WITH(small_table, test_died_before_commit),
		WITH(small_table, test_died_after_commit),
		WITH(small_table, test_died_before_clearing_the_head),
		WITH(small_table, test_reads_nothing_that_changes_hands),
		WITH(small_table, test_restore),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
