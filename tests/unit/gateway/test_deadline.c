/* The deadline timer: blocked calls end when they must, and nothing else is touched. */
#include "gateway/deadline.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/clock.h"

#include "front.h"

enum { MS = 1000 };

static void
open_pair(int fds[2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
}

static void
close_pair(const int fds[2])
{
	close(fds[0]);
	close(fds[1]);
}

static int
setup(void **state)
{
	(void)state;
	return deadline_open() ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	deadline_close();
	return 0;
}

static void
ends_a_blocked_read(void **state)
{
	int fds[2];
	char byte;
	int64_t at_us = clock_mono_us() + 20 * MS;

	(void)state;
	open_pair(fds);
	deadline_start(fds[0], at_us);
	assert_int_equal(read(fds[0], &byte, 1), 0);
	assert_true(deadline_stop());
	assert_true(clock_mono_us() >= at_us);
	close_pair(fds);
}

static void
ends_a_blocked_write(void **state)
{
	static char bytes[1024 * 1024];
	int fds[2];
	ssize_t put, all = 0;

	(void)state;
	open_pair(fds);
	deadline_start(fds[0], clock_mono_us() + 20 * MS);
	while ((put = send(fds[0], bytes, sizeof(bytes), MSG_NOSIGNAL)) > 0)
		all += put;
	assert_true(deadline_stop());
	assert_true(all > 0);
	close_pair(fds);
}

static void
ends_at_once_when_late(void **state)
{
	int fds[2];
	char byte;

	(void)state;
	open_pair(fds);
	deadline_start(fds[0], 0);
	assert_int_equal(read(fds[0], &byte, 1), 0);
	assert_true(deadline_stop());
	close_pair(fds);
}

/* The timer that the first operation armed goes off during the second, and must not harm either. */
static void
leaves_a_finished_operation_alone(void **state)
{
	int first[2], second[2];
	int64_t at_us = clock_mono_us() + 60 * MS;
	char byte;

	(void)state;
	open_pair(first);
	open_pair(second);
	deadline_start(first[0], clock_mono_us() + 20 * MS);
	assert_false(deadline_stop());
	deadline_start(second[0], at_us);
	assert_int_equal(read(second[0], &byte, 1), 0);
	assert_true(clock_mono_us() >= at_us);
	assert_true(deadline_stop());
	assert_int_equal(send(first[0], "x", 1, MSG_NOSIGNAL), 1);
	assert_int_equal(read(first[1], &byte, 1), 1);
	close_pair(first);
	close_pair(second);
}

/* The timer goes off with no operation running, and rests. */
static void
goes_off_without_work(void **state)
{
	int fds[2];
	char byte;
	sigset_t blocked, former;

	(void)state;
	open_pair(fds);
	sigemptyset(&blocked);
	sigaddset(&blocked, DEADLINE_SIGNAL);
	assert_int_equal(sigprocmask(SIG_BLOCK, &blocked, &former), 0);
	deadline_start(fds[0], clock_mono_us() + 1 * MS);
	assert_false(deadline_stop());
	assert_int_equal(ppoll(NULL, 0, NULL, &former), -1);
	assert_int_equal(sigprocmask(SIG_SETMASK, &former, NULL), 0);
	assert_int_equal(send(fds[0], "x", 1, MSG_NOSIGNAL), 1);
	assert_int_equal(read(fds[1], &byte, 1), 1);
	close_pair(fds);
}

static void
moves_to_an_earlier_time(void **state)
{
	int fds[2];
	char byte;

	(void)state;
	open_pair(fds);
	deadline_start(fds[0], clock_mono_us() + INT64_C(3600) * 1000 * MS);
	assert_false(deadline_stop());
	deadline_start(fds[0], clock_mono_us() + 20 * MS);
	assert_int_equal(read(fds[0], &byte, 1), 0);
	assert_true(deadline_stop());
	close_pair(fds);
}

/* When it has gone off without work, the next operation arms it again. */
static void
wakes_up_from_rest(void **state)
{
	int fds[2];
	char byte;

	(void)state;
	for (int i = 0; i < 2; i++) {
		open_pair(fds);
		deadline_start(fds[0], 1);
		assert_int_equal(read(fds[0], &byte, 1), 0);
		assert_true(deadline_stop());
		close_pair(fds);
	}
}

static void
works_after_a_fork(void **state)
{
	int status;
	pid_t child = fork();

	(void)state;
	assert_true(child >= 0);
	if (child == 0) {
		int fds[2];
		char byte;

		if (!deadline_open() || socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0)
			_exit(1);
		deadline_start(fds[0], clock_mono_us() + 20 * MS);
		_exit(read(fds[0], &byte, 1) == 0 && deadline_stop() ? 0 : 2);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void
ignore(int signo)
{
	(void)signo;
}

static void
gives_the_signal_back(void **state)
{
	struct sigaction mine = { .sa_handler = ignore }, found;

	(void)state;
	deadline_close();
	assert_int_equal(sigaction(DEADLINE_SIGNAL, &mine, NULL), 0);
	assert_true(deadline_open());
	assert_true(deadline_open()); /* once more changes nothing */
	assert_int_equal(sigaction(DEADLINE_SIGNAL, NULL, &found), 0);
	assert_ptr_not_equal(found.sa_handler, ignore);
	assert_true((found.sa_flags & SA_RESTART) != 0);
	deadline_close();
	deadline_close();
	assert_int_equal(sigaction(DEADLINE_SIGNAL, NULL, &found), 0);
	assert_ptr_equal(found.sa_handler, ignore);
	signal(DEADLINE_SIGNAL, SIG_DFL);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(ends_a_blocked_read, setup, teardown),
		cmocka_unit_test_setup_teardown(ends_a_blocked_write, setup, teardown),
		cmocka_unit_test_setup_teardown(ends_at_once_when_late, setup, teardown),
		cmocka_unit_test_setup_teardown(leaves_a_finished_operation_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(goes_off_without_work, setup, teardown),
		cmocka_unit_test_setup_teardown(moves_to_an_earlier_time, setup, teardown),
		cmocka_unit_test_setup_teardown(wakes_up_from_rest, setup, teardown),
		cmocka_unit_test_setup_teardown(works_after_a_fork, setup, teardown),
		cmocka_unit_test_setup_teardown(gives_the_signal_back, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
