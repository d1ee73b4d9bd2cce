/* LISTEN: what is understood, what is refused, and what opening leaves on the disk. */
#include "check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "process/listener.h"

static const struct row {
	const char *name, *text;
	const char *fault; /* a piece of the report; NULL: none */
	size_t count;
} rows[] = {
	{ "a unix socket", "unix:/run/x.sock", NULL, 1 },
	{ "with a mode", "unix:/run/x.sock?mode=0600", NULL, 1 },
	{ "with three digits of mode", "unix:/run/x.sock?mode=660", NULL, 1 },
	{ "with owner and group", "unix:/run/x.sock?mode=0660&user=root&group=root", NULL, 1 },
	{ "loopback", "127.0.0.1:9000", NULL, 1 },
	{ "localhost by name", "localhost:9000", NULL, 1 },
	{ "IPv6 loopback", "[::1]:9000", NULL, 1 },
	{ "any address, for a container", "0.0.0.0:9000", NULL, 1 },
	{ "private network 10", "10.1.2.3:9000", NULL, 1 },
	{ "private network 172.31", "172.31.0.1:9000", NULL, 1 },
	{ "shared network 100.64", "100.64.0.1:9000", NULL, 1 },
	{ "unique local IPv6", "[fd00::1]:9000", NULL, 1 },
	{ "three at once, spaces between", " unix:/a.sock  127.0.0.1:1   [::1]:2 ", NULL, 3 },

	{ "nothing but spaces", "  ", "names no socket", 0 },
	{ "a relative path", "unix:run/x.sock", "absolute", 0 },
	{ "no path", "unix:", "absolute", 0 },
	{ "a directory", "unix:/run/", "not a directory", 0 },
	{ "an unknown option", "unix:/run/x.sock?backlog=5", "known options", 0 },
	{ "an empty option", "unix:/run/x.sock?", "known options", 0 },
	{ "a mode with eight", "unix:/run/x.sock?mode=0680", "octal", 0 },
	{ "a mode of two digits", "unix:/run/x.sock?mode=66", "octal", 0 },
	{ "a mode with set-user-id", "unix:/run/x.sock?mode=4660", "octal", 0 },
	{ "an unknown user", "unix:/run/x.sock?user=no-such-user", "user= names no user", 0 },
	{ "an unknown group", "unix:/run/x.sock?group=no-such-group", "group= names no group", 0 },
	{ "a user without a name", "unix:/run/x.sock?user=", "user= names no user", 0 },
	{ "port 0", "127.0.0.1:0", "expected unix:PATH", 0 },
	{ "a port too large", "127.0.0.1:65536", "expected unix:PATH", 0 },
	{ "no port", "127.0.0.1", "expected unix:PATH", 0 },
	{ "a name that a name server would know", "db.example:9000", "numeric address", 0 },
	{ "an IPv6 address without brackets", "::1:9000", "numeric address", 0 },
	{ "brackets that do not close", "[::1:9000", "between [ and ]", 0 },
	{ "no IPv6 address between them", "[127.0.0.1]:9000", "numeric address", 0 },
	{ "a public address", "8.8.8.8:9000", "public address", 0 },
	{ "a neighbour of a private network", "172.32.0.1:9000", "public address", 0 },
	{ "a public IPv6 address", "[2001:db8::1]:9000", "public address", 0 },
	{ "a descriptor that is no socket", "fd:1", "no listening socket", 0 },
	{ "a descriptor that is no number", "fd:x", "number of a descriptor", 0 },
	{ "a descriptor too large", "fd:65536", "number of a descriptor", 0 },
	{ "the same twice", "127.0.0.1:1 127.0.0.1:1", "twice", 1 },
	{ "the same file twice, in two spellings of mode", "unix:/a?mode=600 unix:/a", "twice", 1 },
	{ "seventeen sockets",
	    "127.0.0.1:1 127.0.0.1:2 127.0.0.1:3 127.0.0.1:4 127.0.0.1:5 127.0.0.1:6 127.0.0.1:7 "
	    "127.0.0.1:8 127.0.0.1:9 127.0.0.1:10 127.0.0.1:11 127.0.0.1:12 127.0.0.1:13 "
	    "127.0.0.1:14 "
	    "127.0.0.1:15 127.0.0.1:16 127.0.0.1:17",
	    "at most 16", 16 },
};

static struct arena arena;
static struct config_faults faults;
static char folder[256];

static int
set_up(void **state UNUSED)
{
	arena_init(&arena, 4096, 1024 * 1024);
	memset(&faults, 0, sizeof(faults));
	return 0;
}

static int
tear_down(void **state UNUSED)
{
	arena_done(&arena);
	return 0;
}

static bool
parse(struct listeners *listeners, const char *text)
{
	return listeners_parse(
	    listeners, &arena, "LISTEN", text, "svc", (uid_t)-1, (gid_t)-1, &faults);
}

static void
check_row(void **state)
{
	const struct row *row = *state;
	struct listeners listeners;
	bool is_good = parse(&listeners, row->text);

	assert_int_equal(is_good, row->fault == NULL);
	assert_int_equal(listeners.count, row->count);
	assert_int_equal(faults.count, row->fault == NULL ? 0 : 1);
	if (row->fault != NULL) {
		assert_non_null(strstr(faults.texts[0], "LISTEN"));
		assert_non_null(strstr(faults.texts[0], row->fault));
		/* The value itself is never repeated. */
		if (strlen(row->text) > 6)
			assert_null(strstr(faults.texts[0], row->text));
	}
}

static void
a_path_has_107_bytes_at_most(void **state UNUSED)
{
	struct listeners listeners;
	char text[200];

	memset(text, 'x', sizeof(text));
	memcpy(text, "unix:/", 6);
	text[5 + 107] = '\0';
	assert_true(parse(&listeners, text));
	text[5 + 107] = 'x';
	text[5 + 108] = '\0';
	assert_false(parse(&listeners, text));
	assert_non_null(strstr(faults.texts[0], "107"));
}

static void
unset_means_the_service_s_own_path(void **state UNUSED)
{
	struct listeners listeners;

	assert_true(parse(&listeners, NULL));
	assert_int_equal(listeners.count, 1);
	assert_string_equal(listeners.items[0].address.local.sun_path, "/run/svc/svc.sock");
	assert_int_equal(listeners.items[0].mode, 0660);
}

static void
every_fault_is_told_with_its_place(void **state UNUSED)
{
	struct listeners listeners;

	assert_false(parse(&listeners, "unix:x 127.0.0.1:1 nonsense"));
	assert_int_equal(faults.count, 2);
	assert_non_null(strstr(faults.texts[0], "entry 1"));
	assert_non_null(strstr(faults.texts[1], "entry 3"));
}

/*
 * --- opening -----------------------------------------------------------------------------------
 */

static int
set_up_folder(void **state)
{
	check_folder_make(folder);
	return set_up(state);
}

static int
tear_down_folder(void **state)
{
	assert_int_equal(rmdir(folder), 0);
	return tear_down(state);
}

static const char *
in_folder(const char *format)
{
	char *text = arena_printf(&arena, "%s", format), *at = strchr(text, '@');

	*at = '\0';
	return arena_printf(&arena, "%s%s%s", text, folder, at + 1);
}

static int
connect_to(const struct listener *listener)
{
	int fd = socket(listener->address.any.sa_family, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, &listener->address.any, listener->address_len), 0);
	return fd;
}

static void
an_open_socket_is_as_ordered(void **state UNUSED)
{
	struct listeners listeners;
	struct stat status;
	int client, accepted;

	assert_true(parse(&listeners, in_folder("unix:@/s?mode=0640")));
	assert_true(listeners_open(&listeners, &arena, &faults));
	assert_int_equal(stat(listeners.items[0].address.local.sun_path, &status), 0);
	assert_true(S_ISSOCK(status.st_mode));
	assert_int_equal(status.st_mode & 07777, 0640);
	assert_int_equal(fcntl(listeners.items[0].fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	assert_int_equal(fcntl(listeners.items[0].fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	assert_int_equal(accept4(listeners.items[0].fd, NULL, NULL, SOCK_CLOEXEC), -1);
	assert_int_equal(errno, EAGAIN);
	client = connect_to(&listeners.items[0]);
	assert_true((accepted = accept4(listeners.items[0].fd, NULL, NULL, SOCK_CLOEXEC)) >= 0);
	close(accepted);
	close(client);
	listeners_unlink(&listeners);
	listeners_close(&listeners);
	assert_int_equal(listeners.items[0].fd, -1);
}

static void
the_umask_is_the_same_afterwards(void **state UNUSED)
{
	struct listeners listeners;
	mode_t before = umask(027);

	assert_true(parse(&listeners, in_folder("unix:@/s")));
	assert_true(listeners_open(&listeners, &arena, &faults));
	assert_int_equal(umask(before), 027);
	listeners_unlink(&listeners);
	listeners_close(&listeners);
}

static void
a_stale_socket_is_replaced(void **state UNUSED)
{
	struct listeners first, second;

	assert_true(parse(&first, in_folder("unix:@/s")));
	assert_true(listeners_open(&first, &arena, &faults));
	listeners_close(&first); /* the process died; the file stays */
	assert_true(parse(&second, in_folder("unix:@/s")));
	assert_true(listeners_open(&second, &arena, &faults));
	close(connect_to(&second.items[0]));
	listeners_unlink(&second);
	listeners_close(&second);
}

static void
a_living_socket_is_left_alone(void **state UNUSED)
{
	struct listeners first, second;

	assert_true(parse(&first, in_folder("unix:@/s")));
	assert_true(listeners_open(&first, &arena, &faults));
	memset(&faults, 0, sizeof(faults));
	assert_true(parse(&second, in_folder("unix:@/s")));
	assert_false(listeners_open(&second, &arena, &faults));
	assert_non_null(strstr(faults.texts[0], "in use"));
	close(connect_to(&first.items[0]));
	listeners_unlink(&first);
	listeners_close(&first);
}

/* What another process of the service has open: same place, other program. */
static void
an_open_one_is_adopted_by_its_address(void **state UNUSED)
{
	struct listeners first, second;
	int fds[3], i;

	assert_true(parse(&first, in_folder(in_folder("unix:@/one unix:@/two"))));
	assert_true(listeners_open(&first, &arena, &faults));
	for (i = 0; i < 2; i++)
		fds[i] = first.items[i].fd;
	fds[2] = -1;
	assert_true(parse(&second, in_folder(in_folder("unix:@/three unix:@/two"))));
	listeners_adopt(&second, fds, 3);
	assert_int_equal(fds[0], first.items[0].fd); /* asked for by nobody */
	assert_int_equal(fds[1], -1);
	assert_int_equal(second.items[0].fd, -1);
	assert_int_equal(second.items[1].fd, first.items[1].fd);
	assert_true(listeners_open(&second, &arena, &faults));
	assert_true(second.items[0].fd >= 0);
	assert_int_equal(second.items[1].fd, first.items[1].fd);

	/* Its file is the other's, until it is said to be ours. */
	listeners_unlink(&second);
	assert_int_not_equal(access(second.items[0].address.local.sun_path, F_OK), 0);
	assert_int_equal(access(second.items[1].address.local.sun_path, F_OK), 0);
	listeners_own(&first, false);
	listeners_unlink(&first);
	assert_int_equal(access(first.items[0].address.local.sun_path, F_OK), 0);
	listeners_own(&first, true);
	listeners_unlink(&first);
	assert_int_not_equal(access(first.items[0].address.local.sun_path, F_OK), 0);
	assert_int_not_equal(access(first.items[1].address.local.sun_path, F_OK), 0);
	first.items[1].fd = -1;
	listeners_close(&first);
	listeners_close(&second);
}

static void
a_plain_file_is_left_alone(void **state UNUSED)
{
	struct listeners listeners;
	const char *path = in_folder("@/s");
	int fd = open(path, O_CREAT | O_WRONLY, 0600);

	assert_true(fd >= 0);
	close(fd);
	assert_true(parse(&listeners, in_folder("unix:@/s")));
	assert_false(listeners_open(&listeners, &arena, &faults));
	assert_non_null(strstr(faults.texts[0], "no socket is in the way"));
	assert_int_equal(unlink(path), 0);
}

static void
a_missing_folder_is_a_fault(void **state UNUSED)
{
	struct listeners listeners;

	assert_true(parse(&listeners, in_folder("unix:@/missing/s")));
	assert_false(listeners_open(&listeners, &arena, &faults));
	assert_int_equal(faults.count, 1);
	assert_int_equal(listeners.items[0].fd, -1);
}

/* One bad entry: the good one before it must not stay behind. */
static void
nothing_stays_open_after_a_fault(void **state UNUSED)
{
	struct listeners listeners;
	struct sockaddr_in taken = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(taken);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&taken, sizeof(taken)), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&taken, &len), 0);
	assert_true(parse(&listeners,
	    arena_printf(&arena, "%s 127.0.0.1:%u", in_folder("unix:@/s"), ntohs(taken.sin_port))));
	assert_false(listeners_open(&listeners, &arena, &faults));
	assert_int_equal(faults.count, 1);
	assert_non_null(strstr(faults.texts[0], "entry 2"));
	assert_non_null(strstr(faults.texts[0], "in use"));
	assert_int_equal(listeners.items[0].fd, -1);
	assert_int_not_equal(access(in_folder("@/s"), F_OK), 0);
	close(fd);
}

static void
only_the_own_file_is_removed(void **state UNUSED)
{
	struct listeners old, new;

	assert_true(parse(&old, in_folder("unix:@/s")));
	assert_true(listeners_open(&old, &arena, &faults));
	assert_int_equal(unlink(in_folder("@/s")), 0);
	assert_true(parse(&new, in_folder("unix:@/s")));
	assert_true(listeners_open(&new, &arena, &faults));
	listeners_unlink(&old);
	assert_int_equal(access(in_folder("@/s"), F_OK), 0);
	listeners_unlink(&new);
	assert_int_not_equal(access(in_folder("@/s"), F_OK), 0);
	listeners_close(&old);
	listeners_close(&new);
}

/* Accepted TCP connections send at once without a system call of their own. */
static void
tcp_connections_inherit_nodelay(void **state UNUSED)
{
	struct listeners listeners;
	struct sockaddr_in free_port = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(free_port);
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 0, client, accepted;

	assert_int_equal(bind(fd, (struct sockaddr *)&free_port, sizeof(free_port)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&free_port, &len), 0);
	close(fd);
	assert_true(
	    parse(&listeners, arena_printf(&arena, "127.0.0.1:%u", ntohs(free_port.sin_port))));
	assert_true(listeners_open(&listeners, &arena, &faults));
	client = connect_to(&listeners.items[0]);
	assert_true((accepted = accept4(listeners.items[0].fd, NULL, NULL, SOCK_CLOEXEC)) >= 0);
	len = sizeof(on);
	assert_int_equal(getsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, &len), 0);
	assert_int_not_equal(on, 0);
	close(accepted);
	close(client);
	listeners_close(&listeners);
}

static void
an_inherited_socket_is_taken_over(void **state UNUSED)
{
	struct listeners made, inherited;

	assert_true(parse(&made, in_folder("unix:@/s")));
	assert_true(listeners_open(&made, &arena, &faults));
	assert_int_equal(fcntl(made.items[0].fd, F_SETFL, 0), 0);
	assert_true(parse(&inherited, arena_printf(&arena, "fd:%d", made.items[0].fd)));
	assert_int_equal(inherited.items[0].kind, LISTENER_INHERITED);
	assert_true(listeners_open(&inherited, &arena, &faults));
	assert_int_equal(fcntl(inherited.items[0].fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	listeners_unlink(&inherited); /* not ours to remove */
	assert_int_equal(access(in_folder("@/s"), F_OK), 0);
	listeners_unlink(&made);
	listeners_close(&made);
}

static void
a_foreign_owner_needs_root(void **state UNUSED)
{
	struct listeners listeners;
	struct stat status;

	if (geteuid() != 0) {
		assert_true(parse(&listeners, in_folder("unix:@/s?user=root&group=root")));
		assert_false(listeners_open(&listeners, &arena, &faults));
		assert_non_null(strstr(faults.texts[0], "user or group"));
		return;
	}
	assert_true(parse(&listeners, in_folder("unix:@/s?user=nobody&group=nogroup")));
	assert_true(listeners_open(&listeners, &arena, &faults));
	assert_int_equal(stat(listeners.items[0].address.local.sun_path, &status), 0);
	assert_int_not_equal(status.st_uid, 0);
	assert_int_not_equal(status.st_gid, 0);
	listeners_unlink(&listeners);
	listeners_close(&listeners);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up_folder, tear_down_folder)

int
main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test_setup_teardown(a_path_has_107_bytes_at_most, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    unset_means_the_service_s_own_path, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    every_fault_is_told_with_its_place, set_up, tear_down),
		IN_FOLDER(an_open_socket_is_as_ordered),
		IN_FOLDER(the_umask_is_the_same_afterwards),
		IN_FOLDER(a_stale_socket_is_replaced),
		IN_FOLDER(a_living_socket_is_left_alone),
		IN_FOLDER(an_open_one_is_adopted_by_its_address),
		IN_FOLDER(a_plain_file_is_left_alone),
		IN_FOLDER(a_missing_folder_is_a_fault),
		IN_FOLDER(nothing_stays_open_after_a_fault),
		IN_FOLDER(only_the_own_file_is_removed),
		IN_FOLDER(tcp_connections_inherit_nodelay),
		IN_FOLDER(an_inherited_socket_is_taken_over),
		IN_FOLDER(a_foreign_owner_needs_root),
	};
	struct CMUnitTest tests[COUNT_OF(rows) + COUNT_OF(others)];
	size_t i;

	memset(tests, 0, sizeof(tests));
	for (i = 0; i < COUNT_OF(rows); i++) {
		tests[i].name = rows[i].name;
		tests[i].test_func = check_row;
		tests[i].setup_func = set_up;
		tests[i].teardown_func = tear_down;
		tests[i].initial_state = (void *)(uintptr_t)&rows[i];
	}
	memcpy(tests + i, others, sizeof(others));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
