/* What one program leaves to the next: the words, and that nothing but the truth is believed. */
#include "check.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "process/inheritance.h"

static const struct row {
	const char *name, *value;
	bool is_good;
} rows[] = {
	{ "all of it", "1:4711:0:5:6:7:8:9:10:11,12,13", true },
	{ "no lock and no pid file", "1:4711:0:5:6:7:8:-:-:11", true },
	{ "descriptor 0 listens", "1:4711:0:5:6:7:8:9:-:0", true },
	{ "changed root", "1:4711:18446744073709551615:5:6:7:8:9:-:11", true },

	{ "nothing", "", false },
	{ "another version", "2:4711:0:5:6:7:8:9:10:11", false },
	{ "no version", "0:4711:0:5:6:7:8:9:10:11", false },
	{ "nobody", "1:0:0:5:6:7:8:9:10:11", false },
	{ "a negative process", "1:-1:0:5:6:7:8:9:10:11", false },
	{ "standard error as the link", "1:4711:0:2:6:7:8:9:10:11", false },
	{ "standard input as the table", "1:4711:0:5:6:7:0:9:10:11", false },
	{ "no sockets", "1:4711:0:5:6:7:8:9:10:", false },
	{ "not even their place", "1:4711:0:5:6:7:8:9:10", false },
	{ "a missing number", "1:4711:0:5::7:8:9:10:11", false },
	{ "a socket without a number", "1:4711:0:5:6:7:8:9:10:11,,12", false },
	{ "a comma at the end", "1:4711:0:5:6:7:8:9:10:11,", false },
	{ "something behind", "1:4711:0:5:6:7:8:9:10:11:12", false },
	{ "spaces", "1:4711:0:5:6:7:8:9:10: 11", false },
	{ "hexadecimal", "1:4711:0:5:6:7:8:9:10:0xb", false },
	{ "a descriptor above all bounds", "1:4711:0:5:6:7:8:9:10:1048577", false },
	{ "a number above all bounds", "1:4711:0:5:6:7:8:9:10:18446744073709551616", false },
	{ "the optional in a place that is not", "1:4711:0:-:6:7:8:9:10:11", false },
	{ "33 sockets",
	    "1:4711:0:5:6:7:8:9:10:11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,"
	    "32,"
	    "33,34,35,36,37,38,39,40,41,42,43",
	    false },
};

static void
check_row(void **state)
{
	const struct row *row = *state;
	struct inheritance in;
	char text[INHERITANCE_TEXT];

	assert_int_equal(inheritance_parse(slice_from(row->value), &in), row->is_good);
	if (!row->is_good)
		return;
	assert_true(inheritance_write(&in, text, sizeof(text)));
	assert_string_equal(text + strlen(INHERITANCE_VARIABLE "="), row->value);
	assert_int_equal(in.predecessor, 4711);
}

static void
the_longest_fits(void **state UNUSED)
{
	struct inheritance in = { .predecessor = 0x3fffffff,
		.chroot = UINT64_MAX,
		.link_fd = 1048576,
		.handover = { 1048576, 1048576 },
		.table_fd = 1048576,
		.lock_fd = 1048576,
		.pidfile_fd = 1048576,
		.socket_count = INHERITANCE_SOCKETS };
	char text[INHERITANCE_TEXT];
	size_t i;

	for (i = 0; i < INHERITANCE_SOCKETS; i++)
		in.sockets[i] = 1048576;
	assert_true(inheritance_write(&in, text, sizeof(text)));
	assert_false(inheritance_write(&in, text, strlen(text)));
}

static void
a_mark_tells_paths_apart(void **state UNUSED)
{
	assert_int_equal(inheritance_mark(NULL), 0);
	assert_int_not_equal(inheritance_mark(""), 0);
	assert_int_not_equal(inheritance_mark("/srv/a"), inheritance_mark("/srv/b"));
	assert_true(inheritance_mark("/srv/a") == inheritance_mark("/srv/a"));
}

/*
 * --- what is taken: by a child, whose parent the variable names ---------------------------------
 */

struct estate {
	int link[2], table_fd, listener_fd;
	struct handover handover;
	char text[INHERITANCE_TEXT];
};

static int
listen_somewhere(void)
{
	struct sockaddr_un nowhere = { .sun_family = AF_UNIX }; /* the kernel gives it a name */
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&nowhere, sizeof(sa_family_t)), 0);
	assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static int
set_up(void **state)
{
	static struct estate estate;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, estate.link), 0);
	assert_true(handover_open(&estate.handover));
	estate.table_fd = open("/dev/null", O_RDWR);
	estate.listener_fd = listen_somewhere();
	*state = &estate;
	return 0;
}

static int
tear_down(void **state)
{
	struct estate *estate = *state;

	close(estate->link[0]);
	close(estate->link[1]);
	close(estate->table_fd);
	close(estate->listener_fd);
	handover_close(&estate->handover);
	return 0;
}

static struct inheritance
inheritance_of(const struct estate *estate)
{
	return (struct inheritance) { .predecessor = getpid(),
		.link_fd = estate->link[1],
		.handover = estate->handover,
		.table_fd = estate->table_fd,
		.lock_fd = -1,
		.pidfile_fd = -1,
		.sockets = { estate->listener_fd },
		.socket_count = 1 };
}

/* 0: it was taken; 1: it was not; 2: the variable is still there; 3: a descriptor would outlive an exec. */
static int
take(void)
{
	struct inheritance in;
	bool is_good = inheritance_take(&in);

	if (getenv(INHERITANCE_VARIABLE) != NULL)
		return 2;
	if (!is_good)
		return in.predecessor == 0 && in.link_fd == -1 ? 1 : 2;
	return fcntl(in.link_fd, F_GETFD) == FD_CLOEXEC &&
		       fcntl(in.table_fd, F_GETFD) == FD_CLOEXEC &&
		       fcntl(in.sockets[0], F_GETFD) == FD_CLOEXEC &&
		       fcntl(in.handover.give_fd, F_GETFD) == FD_CLOEXEC
		   ? 0
		   : 3;
}

static int
leave(const struct inheritance *in, unsigned generations)
{
	char text[INHERITANCE_TEXT];
	int status;
	pid_t pid;

	assert_true(inheritance_write(in, text, sizeof(text)));
	pid = fork();
	if (pid == 0) {
		(void)putenv(text);
		if (generations > 1 && (pid = fork()) != 0)
			_exit(waitpid(pid, &status, 0) == pid ? WEXITSTATUS(status) : 9);
		_exit(take());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WEXITSTATUS(status);
}

static void
a_child_takes_what_it_was_left(void **state)
{
	const struct inheritance in = inheritance_of(*state);

	assert_int_equal(leave(&in, 1), 0);
}

static void
a_grandchild_does_not(void **state)
{
	const struct inheritance in = inheritance_of(*state);

	assert_int_equal(leave(&in, 2), 1);
}

static void
what_is_something_else_is_refused(void **state)
{
	const struct estate *estate = *state;
	const struct inheritance good = inheritance_of(estate);
	struct inheritance in = good;

	in.link_fd = estate->table_fd;
	assert_int_equal(leave(&in, 1), 1);
	in = good;
	in.link_fd = estate->handover.give_fd;
	assert_int_equal(leave(&in, 1), 1);
	in = good;
	in.handover.take_fd = estate->link[0];
	assert_int_equal(leave(&in, 1), 1);
	in = good;
	in.sockets[0] = estate->link[0]; /* does not listen */
	assert_int_equal(leave(&in, 1), 1);
	in = good;
	in.sockets[0] = estate->table_fd; /* is no socket */
	assert_int_equal(leave(&in, 1), 1);
	in = good;
	in.sockets[in.socket_count++] = estate->listener_fd; /* twice */
	assert_int_equal(leave(&in, 1), 1);
	in = good;
	in.lock_fd = 1048576; /* is not open */
	assert_int_equal(leave(&in, 1), 1);
	in = good;
	in.predecessor = 1;
	assert_int_equal(leave(&in, 1), 1);
}

static void
nothing_is_an_ordinary_start(void **state UNUSED)
{
	struct inheritance in;

	(void)unsetenv(INHERITANCE_VARIABLE);
	assert_true(inheritance_take(&in));
	assert_int_equal(in.predecessor, 0);
	inheritance_done(&in); /* closes nothing */
	assert_true(fcntl(STDOUT_FILENO, F_GETFD) >= 0);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(the_longest_fits),
		cmocka_unit_test(a_mark_tells_paths_apart),
		cmocka_unit_test_setup_teardown(a_child_takes_what_it_was_left, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_grandchild_does_not, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    what_is_something_else_is_refused, set_up, tear_down),
		cmocka_unit_test(nothing_is_an_ordinary_start),
	};
	struct CMUnitTest tests[COUNT_OF(rows) + COUNT_OF(others)];
	size_t i;

	for (i = 0; i < COUNT_OF(rows); i++)
		tests[i] = (struct CMUnitTest) { rows[i].name, check_row, NULL, NULL,
			(void *)(uintptr_t)&rows[i] };
	memcpy(tests + COUNT_OF(rows), others, sizeof(others));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
