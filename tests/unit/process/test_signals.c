/* Signals as the manager reads them, and what they do to a child. */
#include "check.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#include "process/signals.h"

/* The manager's side blocks signals for good: each test is a child of its own. */
static bool
is_so_in_child(int (*test)(void))
{
	pid_t pid;
	int status = 0;

	fflush(NULL);
	pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		exit(test());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		print_error("child ended with %#x\n", (unsigned)status);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool
raise_all(const int *numbers, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (kill(getpid(), numbers[i]) != 0)
			return false;
	return true;
}

static int
collect(void)
{
	static const int numbers[] = { SIGTERM, SIGQUIT, SIGINT, SIGHUP, SIGCHLD, SIGTTIN, SIGUSR1,
		SIGUSR2, SIGWINCH };
	int fd = signals_open();
	struct signals signals;

	if (fd < 0 || !raise_all(numbers, COUNT_OF(numbers)))
		return 1;
	signals = signals_take(fd);
	if (signals.term != 2 || signals.interrupt != 1 || !signals.reload || !signals.child ||
	    signals.more != 1 || signals.fewer != 0)
		return 2;
	signals = signals_take(fd);
	if (signals.term != 0 || signals.interrupt != 0 || signals.reload || signals.child ||
	    signals.more != 0 || signals.fewer != 0)
		return 3;
	if (kill(getpid(), SIGTTOU) != 0 || kill(getpid(), SIGTTIN) != 0)
		return 4;
	signals = signals_take(fd);
	if (signals.more != 1 || signals.fewer != 1)
		return 6;                            /* one must not hide the other */
	return kill(getpid(), SIGPIPE) == 0 ? 0 : 5; /* ignored, or we were not here */
}

static void
the_manager_reads_what_was_pending(void **state UNUSED)
{
	assert_true(is_so_in_child(collect));
}

static int
reap_although_ignored(void)
{
	pid_t pid;
	int status;

	(void)signal(SIGCHLD, SIG_IGN);
	if (signals_open() < 0)
		return 1;
	pid = fork();
	if (pid == 0)
		_exit(7);
	return waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 7 ? 0 : 2;
}

static void
an_ignored_sigchld_is_put_right(void **state UNUSED)
{
	assert_true(is_so_in_child(reap_although_ignored));
}

/* nohup ignores HUP, a shell that starts something in its background INT and QUIT. */
static int
collect_although_ignored(void)
{
	static const int numbers[] = { SIGTERM, SIGQUIT, SIGINT, SIGHUP, SIGTTIN, SIGTTOU };
	struct signals signals;
	size_t i;
	int fd;

	for (i = 0; i < COUNT_OF(numbers); i++)
		(void)signal(numbers[i], SIG_IGN);
	if ((fd = signals_open()) < 0 || !raise_all(numbers, COUNT_OF(numbers)))
		return 1;
	signals = signals_take(fd);
	return signals.term == 2 && signals.interrupt == 1 && signals.reload && signals.more == 1 &&
		       signals.fewer == 1
		   ? 0
		   : 2;
}

static void
what_our_parent_ignored_is_heard(void **state UNUSED)
{
	assert_true(is_so_in_child(collect_although_ignored));
}

static bool
is_readable(int fd)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };

	return poll(&ready, 1, 0) == 1;
}

static int
stop_by_term(void)
{
	static const int harmless[] = { SIGINT, SIGHUP, SIGTTIN, SIGTTOU, SIGUSR1, SIGUSR2,
		SIGWINCH, SIGPIPE };
	int stop_fd = eventfd(0, EFD_NONBLOCK);

	/* As a child of the manager has them: blocked. */
	if (signals_open() < 0 || kill(getpid(), SIGTERM) != 0)
		return 1;
	if (!signals_child(stop_fd, 60))
		return 2;
	if (!is_readable(stop_fd) || !signals_child_is_told())
		return 3; /* the TERM that came before was lost */
	if (!raise_all(harmless, COUNT_OF(harmless)) || kill(getpid(), SIGQUIT) != 0)
		return 4;
	return 0;
}

static void
a_child_is_told_by_term_alone(void **state UNUSED)
{
	assert_true(is_so_in_child(stop_by_term));
}

static int
stop_by_usr2(void)
{
	int stop_fd = eventfd(0, EFD_NONBLOCK);

	if (signals_open() < 0 || !signals_child_told_by(SIGUSR2, stop_fd, 60))
		return 1;
	if (kill(getpid(), SIGTERM) != 0 || kill(getpid(), SIGQUIT) != 0 || is_readable(stop_fd) ||
	    signals_child_is_told())
		return 2;
	return kill(getpid(), SIGUSR2) == 0 && is_readable(stop_fd) && signals_child_is_told() ? 0
											       : 3;
}

static void
a_ledger_is_told_by_another(void **state UNUSED)
{
	assert_true(is_so_in_child(stop_by_usr2));
}

/* A worker that is stuck when TERM comes, and that the manager cannot kill because it is gone. */
static void
a_stuck_child_ends_for_certain(void **state UNUSED)
{
	pid_t pid = fork();
	int status = 0;

	assert_true(pid >= 0);
	if (pid == 0) {
		int stop_fd = eventfd(0, EFD_NONBLOCK);

		if (!signals_child(stop_fd, 1))
			_exit(1);
		(void)kill(getpid(), SIGTERM);
		(void)kill(getpid(), SIGTERM);
		for (;;)
			(void)poll(NULL, 0, -1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
}

/* A grandchild that follows its parent gets the signal when the parent ends. */
static void
a_child_follows_its_parent(void **state UNUSED)
{
	int ready[2], ended[2];
	pid_t parent;
	char byte;

	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(ended), 0);
	parent = fork();
	assert_true(parent >= 0);
	if (parent == 0) {
		pid_t self = getpid();

		if (fork() == 0) {
			if (!signals_follow_parent(self, SIGKILL) || write(ready[1], "r", 1) != 1)
				_exit(1);
			for (;;)
				(void)poll(NULL, 0, -1);
		}
		(void)!read(ready[0], &byte, 1);
		_exit(0);
	}
	close(ended[1]);
	assert_int_equal(waitpid(parent, NULL, 0), parent);
	/* The grandchild held the last writing end: it is closed when that one has ended. */
	assert_int_equal(read(ended[0], &byte, 1), 0);
	close(ended[0]);
	close(ready[0]);
	close(ready[1]);
}

static int
look_for_a_parent_that_is_gone(void)
{
	return signals_follow_parent(1 << 21, SIGTERM) ? 1 : 0;
}

static void
a_parent_that_is_gone_is_noticed(void **state UNUSED)
{
	assert_true(is_so_in_child(look_for_a_parent_that_is_gone));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_manager_reads_what_was_pending),
		cmocka_unit_test(an_ignored_sigchld_is_put_right),
		cmocka_unit_test(what_our_parent_ignored_is_heard),
		cmocka_unit_test(a_child_is_told_by_term_alone),
		cmocka_unit_test(a_ledger_is_told_by_another),
		cmocka_unit_test(a_stuck_child_ends_for_certain),
		cmocka_unit_test(a_child_follows_its_parent),
		cmocka_unit_test(a_parent_that_is_gone_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
