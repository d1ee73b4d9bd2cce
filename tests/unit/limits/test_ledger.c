/* The ledger: what a start finds after a stop, a kill or a full disk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "core/compiler.h"
#include "limits/limits.h"
#include "scratch.h"

#define NOW INT64_C(1700000000000000)
#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)

static struct scratch scratch;
static struct arena arena;
static struct limit_store *store;
static struct limit_ledger *ledger;

/* A service starts at `now_us`; returns how many counters it found. */
static uint32_t
start(int64_t now_us)
{
	uint32_t restored = 0;

	assert_int_equal(limit_store_open_shared(
			     &arena, slice_from(scratch.uri), 64, 0, now_us, &store, &restored),
	    LIMIT_STORE_OK);
	assert_int_equal(limit_ledger_open(store, &ledger), LIMIT_STORE_OK);
	return restored;
}

static void
stop(void)
{
	limit_ledger_close(ledger);
	ledger = NULL;
	limit_store_close(store);
	store = NULL;
}

static int
make_scratch(void **state)
{
	(void)state;
	arena_init(&arena, 4096, 1 << 20);
	return scratch_make(&scratch);
}

static int
remove_scratch(void **state)
{
	(void)state;
	stop();
	limit_ledger_close(NULL);
	arena_done(&arena);
	scratch_remove(&scratch);
	return 0;
}

static struct limit_answer
hit(unsigned client, uint32_t amount, int64_t now_us)
{
	const struct limit limit = { amount, 60 };
	struct limit_key key;
	char text[32];

	snprintf(text, sizeof(text), "192.0.2.%u", client);
	limit_key_make(&key, 1, slice_from(text));
	return limit_hit(store, &limit, &key, now_us);
}

static uint32_t
save(int64_t now_us)
{
	uint32_t written = 99;

	assert_true(limit_ledger_save(ledger, now_us, &written));
	return written;
}

static int
rows(void)
{
	sqlite3 *db;
	sqlite3_stmt *statement;
	int count;

	assert_int_equal(sqlite3_open(scratch.file, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(db, "SELECT count(*) FROM counters", -1, &statement, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	count = sqlite3_column_int(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return count;
}

static void
test_counters_survive_a_restart(void **state)
{
	(void)state;
	assert_int_equal(start(NOW), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(hit(1, 3, NOW).verdict, LIMIT_PASSED);
	assert_int_equal(hit(2, 3, NOW).verdict, LIMIT_PASSED);
	assert_int_equal(save(NOW), 2);
	stop();
	assert_int_equal(start(NOW + SECOND), 2);
	assert_int_equal(hit(1, 3, NOW + SECOND).verdict, LIMIT_EXCEEDED);
	assert_int_equal(hit(1, 3, NOW + SECOND).retry_after_s, 59);
	assert_int_equal(hit(2, 3, NOW + SECOND).remaining, 1);
}

static void
test_a_lowered_limit_meets_the_old_count(void **state)
{
	(void)state;
	start(NOW);
	for (int i = 0; i < 3; i++)
		hit(1, 10, NOW);
	save(NOW);
	stop();
	start(NOW);
	assert_int_equal(hit(1, 3, NOW).verdict, LIMIT_EXCEEDED);
	assert_int_equal(hit(1, 4, NOW).verdict, LIMIT_PASSED);
}

static void
test_ended_windows_do_not_come_back(void **state)
{
	(void)state;
	start(NOW);
	hit(1, 3, NOW);
	save(NOW);
	stop();
	assert_int_equal(start(NOW + MINUTE), 0);
	assert_int_equal(hit(1, 3, NOW + MINUTE).remaining, 2);
}

static void
test_writes_what_changed_alone(void **state)
{
	(void)state;
	start(NOW);
	assert_int_equal(save(NOW), 0);
	for (unsigned client = 0; client < 10; client++)
		hit(client, 3, NOW);
	assert_int_equal(save(NOW), 10);
	assert_int_equal(save(NOW), 0);
	hit(4, 3, NOW);
	assert_int_equal(save(NOW), 1);
	hit(5, 1, NOW); /* refused: nothing changed */
	assert_int_equal(save(NOW), 0);
}

static void
test_removes_what_ended(void **state)
{
	(void)state;
	start(NOW);
	for (unsigned client = 0; client < 10; client++)
		hit(client, 3, NOW);
	save(NOW);
	assert_int_equal(rows(), 10);
	hit(20, 3, NOW + 30 * SECOND);
	assert_int_equal(save(NOW + MINUTE), 1);
	assert_int_equal(rows(), 1);
	/* And a key that returns is written anew, wherever it sits now. */
	hit(3, 3, NOW + MINUTE);
	assert_int_equal(save(NOW + MINUTE), 1);
	assert_int_equal(rows(), 2);
}

/*
 * Entries that other keys took over between two saves: the former keys' rows go, though the clock
 * went back. The table is about full, and where keys lie is random: a few may find no entry, at
 * their hit or at the next start.
 */
static void
test_follows_entries_that_change_hands(void **state)
{
	bool has_passed[40];
	int saved, lost = 0;
	uint32_t restored;

	(void)state;
	start(NOW);
	for (unsigned client = 0; client < 64; client++)
		hit(client, 3, NOW);
	save(NOW);
	for (unsigned i = 0; i < COUNT_OF(has_passed); i++)
		has_passed[i] = hit(100 + i, 3, NOW + MINUTE).verdict == LIMIT_PASSED;
	save(NOW + MINUTE - 10 * SECOND);
	saved = rows();
	assert_true(saved <= 64);
	stop();
	restored = start(NOW + MINUTE - 10 * SECOND);
	assert_true((int)restored <= saved && restored >= 40);
	for (unsigned i = 0; i < COUNT_OF(has_passed); i++)
		lost += has_passed[i] && hit(100 + i, 3, NOW + MINUTE).remaining != 1;
	assert_true(lost <= saved - (int)restored);
}

/* SIGKILL in the middle of its life: a start finds the last save. */
static void
test_killed_loses_what_was_not_saved(void **state)
{
	int ready[2];
	char byte;
	pid_t child;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	assert_int_equal(limit_store_open_shared(&arena, slice_from(scratch.uri), 64, 0, NOW,
			     &store, &(uint32_t) { 0 }),
	    LIMIT_STORE_OK);
	child = fork();
	if (child == 0) {
		uint32_t written;

		if (limit_ledger_open(store, &ledger) != LIMIT_STORE_OK)
			_exit(1);
		hit(1, 10, NOW);
		hit(1, 10, NOW);
		if (!limit_ledger_save(ledger, NOW, &written) || written != 1)
			_exit(1);
		hit(1, 10, NOW);
		if (write(ready[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	/* The table lives on in the manager: a new ledger saves the third hit, too. */
	assert_int_equal(limit_ledger_open(store, &ledger), LIMIT_STORE_OK);
	assert_int_equal(hit(1, 10, NOW).remaining, 6);
	stop();
	assert_int_equal(start(NOW), 1);
	assert_int_equal(hit(1, 10, NOW).remaining, 7);
}

static void
test_a_full_disk_is_tried_again(void **state)
{
	struct rlimit old;
	struct rlimit none;
	uint32_t written = 99;

	(void)state;
	start(NOW);
	hit(1, 3, NOW);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	none = old;
	none.rlim_cur = 1;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	assert_false(limit_ledger_save(ledger, NOW, &written));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(written, 99);
	assert_int_equal(save(NOW), 1);
	stop();
	assert_int_equal(start(NOW), 1);
}

static void
test_a_replaced_file_is_refused(void **state)
{
	struct limit_ledger *other = NULL;

	(void)state;
	start(NOW);
	assert_int_equal(unlink(scratch.file), 0);
	assert_int_equal(limit_ledger_open(store, &other), LIMIT_STORE_CANNOT_OPEN);
	assert_null(other);
}

/* The clock was set back by a year: rows must not block their clients for a year. */
static void
test_a_step_back_is_bounded(void **state)
{
	const int64_t year = 365 * 24 * 60 * MINUTE;

	(void)state;
	start(NOW);
	hit(1, 1, NOW + year);
	assert_int_equal(save(NOW), 1);
	stop();
	assert_int_equal(start(NOW), 1);
	assert_int_equal(hit(1, 1, NOW).verdict, LIMIT_EXCEEDED);
	assert_int_equal(hit(1, 1, NOW).retry_after_s, 60);
	assert_int_equal(hit(1, 1, NOW + MINUTE).verdict, LIMIT_PASSED);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, make_scratch, remove_scratch)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(test_counters_survive_a_restart),
		IN_SCRATCH(test_a_lowered_limit_meets_the_old_count),
		IN_SCRATCH(test_ended_windows_do_not_come_back),
		IN_SCRATCH(test_writes_what_changed_alone),
		IN_SCRATCH(test_removes_what_ended),
		IN_SCRATCH(test_follows_entries_that_change_hands),
		IN_SCRATCH(test_killed_loses_what_was_not_saved),
		IN_SCRATCH(test_a_full_disk_is_tried_again),
		IN_SCRATCH(test_a_replaced_file_is_refused),
		IN_SCRATCH(test_a_step_back_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
