/* The ledger process and its keeper: what is written, what is said when it cannot be, and who is replaced when. */
#include "play.h"

#include <sys/eventfd.h>
#include <sys/stat.h>

#include "config/config.h"
#include "limits/limits.h"
#include "log/log.h"
#include "process/keeper.h"
#include "process/ledger.h"

static const struct config config = { .service_name = "svc", .log_level = LEVEL_INFO };
static struct arena arena;
static struct log *log_to_pipe;
static char folder[256], uri[300];
static int pipe_fds[2];

static int
set_up(void **state UNUSED)
{
	arena_init(&arena, 65536, 64 * 1024 * 1024);
	check_folder_make(folder);
	(void)snprintf(uri, sizeof(uri), "sqlite:///%s/limits.db", folder);
	assert_int_equal(pipe2(pipe_fds, O_NONBLOCK | O_CLOEXEC), 0);
	log_to_pipe = log_new(&arena, pipe_fds[1], &config);
	assert_non_null(log_to_pipe);
	return 0;
}

static int
tear_down(void **state UNUSED)
{
	char command[400];

	log_done(log_to_pipe);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
	arena_done(&arena);
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	assert_int_equal(system(command), 0);
	return 0;
}

static struct limit_store *
open_store(uint32_t *ret_restored)
{
	struct limit_store *store = NULL;

	assert_int_equal(limit_store_open_shared(&arena, slice_from(uri), 1024, 1000,
			     clock_wall_us(), &store, ret_restored),
	    LIMIT_STORE_OK);
	return store;
}

static bool
has_logged(const char *text)
{
	static char room[65536];
	ssize_t len = read(pipe_fds[0], room, sizeof(room) - 1);

	room[len > 0 ? len : 0] = '\0';
	return strstr(room, text) != NULL;
}

static void
counters_are_written_once_more_at_the_end(void **state UNUSED)
{
	const struct limit limit = { .amount = 5, .window_s = 3600 };
	int stop_fd = eventfd(1, EFD_NONBLOCK); /* told to end before it began */
	struct limit_store *store;
	struct limit_key key;
	uint32_t restored = 99;

	store = open_store(&restored);
	assert_int_equal(restored, 0);
	limit_key_make(&key, 0, SLICE_OF("192.0.2.1"));
	assert_int_equal(limit_hit(store, &limit, &key, clock_wall_us()).verdict, LIMIT_PASSED);
	assert_int_equal(ledger_run(store, log_to_pipe, stop_fd), 0);
	limit_store_close(store);
	store = open_store(&restored);
	assert_int_equal(restored, 1);
	limit_store_close(store);
	close(stop_fd);
	assert_false(has_logged("rate_limit.not_saved"));
}

static void
a_store_that_cannot_be_opened_is_told(void **state UNUSED)
{
	int stop_fd = eventfd(1, EFD_NONBLOCK);
	uint32_t restored;
	struct limit_store *store = open_store(&restored);
	char command[700];

	(void)snprintf(command, sizeof(command), "rm -f '%s'/limits.db* && mkdir '%s'/limits.db",
	    folder, folder);
	assert_int_equal(system(command), 0);
	assert_int_not_equal(ledger_run(store, log_to_pipe, stop_fd), 0);
	assert_true(has_logged("rate_limit.not_saved"));
	limit_store_close(store);
	close(stop_fd);
}

/* --- the keeper -------------------------------------------------------------------------------- */

static int
end_at_once(void *context UNUSED, pid_t manager UNUSED)
{
	return 7;
}

/* SIGUSR2 ends it, as nothing is said of it. */
static int
end_when_told(void *context UNUSED, pid_t manager UNUSED)
{
	while (poll(NULL, 0, -1) <= 0)
		;
	return 0;
}

static int
never_end(void *context UNUSED, pid_t manager UNUSED)
{
	(void)signal(SIGUSR2, SIG_IGN);
	while (poll(NULL, 0, -1) <= 0)
		;
	return 0;
}

static void
wait_and_bury(struct keeper *keeper, int64_t now_us)
{
	pid_t pid = keeper->pid;
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(keeper_bury(keeper, log_to_pipe, pid, status, false, now_us));
}

static void
a_dead_ledger_is_replaced_and_a_storm_waits(void **state UNUSED)
{
	struct keeper keeper = { .name = "ledger", .work = end_at_once };
	int64_t now_us = 1000000;
	int i;

	for (i = 0; i < STORM_DEATHS; i++) {
		keeper_keep(&keeper, now_us);
		assert_true(keeper.pid > 0);
		wait_and_bury(&keeper, now_us);
		assert_int_equal(keeper_watch(&keeper, now_us), now_us);
	}
	assert_true(has_logged("\"exit_status\":7"));
	keeper_keep(&keeper, now_us);
	wait_and_bury(&keeper, now_us);
	keeper_keep(&keeper, now_us); /* too early */
	assert_int_equal(keeper.pid, 0);
	assert_int_equal(keeper_watch(&keeper, now_us), now_us + STORM_FIRST_MS * 1000);
	keeper_keep(&keeper, now_us + STORM_FIRST_MS * 1000);
	wait_and_bury(&keeper, now_us);
}

static void
a_ledger_that_does_not_end_is_killed(void **state UNUSED)
{
	struct keeper keeper = { .name = "ledger", .work = never_end };

	keeper_keep(&keeper, 1000000);
	assert_false(keeper_end(&keeper, 5000000));
	assert_int_equal(keeper_watch(&keeper, 4000000), 5000000);
	assert_int_equal(keeper_watch(&keeper, 5000000), 0);
	wait_and_bury(&keeper, 5000000);
	assert_false(has_logged("worker.died")); /* it was told to end */
	keeper_keep(&keeper, 9000000);
	assert_int_equal(keeper.pid, 0); /* and is not replaced */
	assert_true(keeper_end(&keeper, 9000000));
}

static void
a_store_without_ledger_has_none(void **state UNUSED)
{
	struct keeper keeper = { .name = "ledger", .work = NULL };

	keeper_keep(&keeper, 1000000);
	assert_int_equal(keeper.pid, 0);
	assert_int_equal(keeper_watch(&keeper, 1000000), 0);
	assert_false(keeper_bury(&keeper, log_to_pipe, 12345, 0, false, 1000000));
	assert_true(keeper_end(&keeper, 1000000));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* Another manager's keeps the file; a death that was ordered is none. */
static void
one_that_rests_ends_and_comes_back(void **state UNUSED)
{
	struct keeper keeper = { .name = "ledger", .work = end_when_told };

	keeper_keep(&keeper, 1000000);
	assert_true(keeper.pid > 0);
	keeper_rest(&keeper, true);
	keeper_rest(&keeper, true);
	wait_and_bury(&keeper, 1000000);
	keeper_keep(&keeper, 1000000);
	assert_int_equal(keeper.pid, 0);
	assert_int_equal(keeper_watch(&keeper, 1000000), 0);
	keeper_rest(&keeper, false);
	keeper_keep(&keeper, 1000000); /* at once: no storm was counted */
	assert_true(keeper.pid > 0);
	assert_false(keeper_end(&keeper, 9000000));
	wait_and_bury(&keeper, 1000000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(counters_are_written_once_more_at_the_end),
		TEST(a_store_that_cannot_be_opened_is_told),
		TEST(a_dead_ledger_is_replaced_and_a_storm_waits),
		TEST(a_ledger_that_does_not_end_is_killed),
		TEST(a_store_without_ledger_has_none),
		TEST(one_that_rests_ends_and_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
