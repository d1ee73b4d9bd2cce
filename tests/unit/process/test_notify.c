/* What a service manager is told, and when. */
#include "../core/rows.h"
#include "check.h"

#include <poll.h>

#include "core/clock.h"
#include "process/notify.h"

static const struct address_row {
	const char *name, *text;
	bool is_good;
	size_t len; /* behind the family */
} addresses[] = {
	{ "a path", "/run/systemd/notify", true, sizeof("/run/systemd/notify") },
	{ "an abstract name", "@postern", true, sizeof("@postern") - 1 },
	{ "a relative path", "notify", false, 0 },
	{ "a virtual machine's", "vsock:2:1234", false, 0 },
	{ "nothing but an at sign", "@", false, 0 },
	{ "the root", "/", false, 0 },
	{ "nothing", "", false, 0 },
	{ "107 bytes",
	    "/01234567890123456789012345678901234567890123456789012345678"
	    "90123456789012345678901234567890123456789012345",
	    true, 108 },
	{ "108 bytes",
	    "/01234567890123456789012345678901234567890123456789012345678"
	    "901234567890123456789012345678901234567890123456",
	    false, 0 },
};

static void
check_address(void **state)
{
	const struct address_row *row = *state;
	struct sockaddr_un address;
	socklen_t len = 0;

	assert_int_equal(notify_parse_address(row->text, &address, &len), row->is_good);
	if (!row->is_good)
		return;
	assert_int_equal(len - offsetof(struct sockaddr_un, sun_path), row->len);
	assert_int_equal(address.sun_path[0], row->text[0] == '@' ? '\0' : '/');
	assert_memory_equal(address.sun_path + 1, row->text + 1, strlen(row->text) - 1);
}

static const struct watchdog_row {
	const char *name, *usec, *pid;
	int64_t half_us;
} watchdogs[] = {
	{ "none", NULL, NULL, 0 },
	{ "for everybody", "30000000", NULL, 15000000 },
	{ "for this process", "30000000", "42", 15000000 },
	{ "for another", "30000000", "43", 0 },
	{ "for nobody", "30000000", "", 0 },
	{ "for what is no process", "30000000", "42x", 0 },
	{ "no time", "", "42", 0 },
	{ "a negative time", "-1", "42", 0 },
	{ "too long a time", "99999999999999999999", "42", 0 },
};

static void
check_watchdog(void **state)
{
	const struct watchdog_row *row = *state;

	assert_int_equal(notify_parse_watchdog(row->usec, row->pid, 42), row->half_us);
}

/* --- what is sent ----------------------------------------------------------------------------- */

static int ear = -1;

static int
listen_in(void **state UNUSED)
{
	struct sockaddr_un address;
	char name[64], pid[32];
	socklen_t len;

	(void)snprintf(name, sizeof(name), "@postern-notify-%ld", (long)getpid());
	(void)snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	assert_true(notify_parse_address(name, &address, &len));
	ear = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(ear, (struct sockaddr *)&address, len), 0);
	(void)setenv("NOTIFY_SOCKET", name, 1);
	(void)setenv("WATCHDOG_USEC", "2000000", 1);
	(void)setenv("WATCHDOG_PID", pid, 1);
	return 0;
}

static int
stop_listening(void **state UNUSED)
{
	close(ear);
	return 0;
}

static const char *
heard(void)
{
	static char text[1024];
	ssize_t got = recv(ear, text, sizeof(text) - 1, 0);

	text[got > 0 ? got : 0] = '\0';
	return text;
}

static struct notify
open_it(void)
{
	struct notify notify;

	assert_null(notify_open(&notify));
	assert_true(notify.fd >= 0);
	assert_null(getenv("NOTIFY_SOCKET"));
	assert_null(getenv("WATCHDOG_USEC"));
	assert_null(getenv("WATCHDOG_PID"));
	return notify;
}

static void
a_life(void **state UNUSED)
{
	struct notify notify = open_it();
	const int64_t before_us = clock_mono_us();
	long long when_us = 0;

	notify_follow(&notify, NOTIFY_STARTING, 2);
	assert_string_equal(heard(), "STATUS=starts, workers: 2");
	notify_follow(&notify, NOTIFY_SERVING, 2);
	assert_string_equal(heard(), "READY=1\nSTATUS=serves, workers: 2");
	notify_follow(&notify, NOTIFY_SERVING, 2);
	assert_string_equal(heard(), "");
	notify_follow(&notify, NOTIFY_SERVING, 3);
	assert_string_equal(heard(), "STATUS=serves, workers: 3");
	notify_reload(&notify);
	assert_int_equal(
	    sscanf(heard(), "RELOADING=1\nMONOTONIC_USEC=%lld\nSTATUS=reads", &when_us), 1);
	assert_true(when_us >= before_us && when_us <= clock_mono_us());
	notify_follow(&notify, NOTIFY_RELOADING, 3);
	assert_string_equal(heard(), "");
	notify_refused(&notify);
	notify_follow(&notify, NOTIFY_SERVING, 3);
	assert_string_equal(
	    heard(), "READY=1\nSTATUS=serves; the last reload was refused, workers: 3");
	notify_reload(&notify);
	assert_non_null(strstr(heard(), "RELOADING=1\n"));
	notify_follow(&notify, NOTIFY_SERVING, 3);
	assert_string_equal(heard(), "READY=1\nSTATUS=serves, workers: 3");
	notify_main_pid(&notify, 77);
	assert_string_equal(heard(), "MAINPID=77");
	notify_follow(&notify, NOTIFY_STOPPING, 3);
	assert_string_equal(heard(), "STOPPING=1\nSTATUS=stops, workers: 3");
	notify_reload(&notify);
	notify_follow(&notify, NOTIFY_SERVING, 3);
	assert_string_equal(heard(), "");
	notify_close(&notify);
	notify_close(&notify);
	notify_follow(&notify, NOTIFY_SERVING, 3);
}

static void
signs_of_life(void **state UNUSED)
{
	struct notify notify = open_it();

	assert_int_equal(notify_live(&notify, 5000000), 6000000);
	assert_string_equal(heard(), "WATCHDOG=1");
	assert_int_equal(notify_live(&notify, 5999999), 6000000);
	assert_string_equal(heard(), "");
	assert_int_equal(notify_live(&notify, 6000007), 7000007);
	assert_string_equal(heard(), "WATCHDOG=1");
	notify_close(&notify);
	assert_int_equal(notify_live(&notify, 9000000), 0);
}

static void
nobody_there(void **state UNUSED)
{
	struct notify notify;

	(void)unsetenv("NOTIFY_SOCKET");
	assert_null(notify_open(&notify));
	assert_int_equal(notify.fd, -1);
	notify_follow(&notify, NOTIFY_SERVING, 1);
	(void)setenv("NOTIFY_SOCKET", "@postern-nobody-listens-here", 1);
	assert_string_equal(notify_open(&notify), "nobody can be reached at NOTIFY_SOCKET");
	assert_int_equal(notify.fd, -1);
	assert_null(getenv("NOTIFY_SOCKET"));
	(void)setenv("NOTIFY_SOCKET", "here", 1);
	assert_non_null(notify_open(&notify));
}

/* A manager of services that reads nothing any more does not hold ours up. */
static void
a_full_ear(void **state UNUSED)
{
	struct notify notify = open_it();

	for (int64_t i = 0; i < 2000; i++)
		assert_true(notify_live(&notify, i * 10000000) > 0);
	notify_close(&notify);
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, listen_in, stop_listening)
	const struct CMUnitTest tests[] = {
		CASE(a_life),
		CASE(signs_of_life),
		CASE(a_full_ear),
		cmocka_unit_test(nobody_there),
	};

	return RUN_ROWS(addresses, check_address) + RUN_ROWS(watchdogs, check_watchdog) +
	       cmocka_run_group_tests(tests, NULL, NULL);
}
