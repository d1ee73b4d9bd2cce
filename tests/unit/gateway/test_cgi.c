/*
 * One request as a CGI program: which mode, the body on standard input, the response to standard
 * output.
 */
#include "gateway/gateway.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/clock.h"

#include "front.h"

static int64_t
in_ms(int64_t ms)
{
	return clock_mono_us() + ms * 1000;
}

/* An unnamed listening socket: Linux gives it an abstract address. */
static int
listening_socket(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(sa_family_t)), 0);
	assert_int_equal(listen(fd, 1), 0);
	return fd;
}

/*
 * --- mode --------------------------------------------------------------------------------------
 */

static void
knows_listening_sockets(void **state)
{
	int fds[2], fd = listening_socket();

	(void)state;
	assert_true(gateway_is_listening(fd));
	close(fd);
	assert_false(gateway_is_listening(fd));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_false(gateway_is_listening(fds[0]));
	close(fds[0]);
	close(fds[1]);
	assert_int_equal(pipe(fds), 0);
	assert_false(gateway_is_listening(fds[0]));
	close(fds[0]);
	close(fds[1]);
}

static void
knows_cgi(void **state)
{
	int saved = dup(STDIN_FILENO), nothing = open("/dev/null", O_RDONLY),
	    fd = listening_socket();

	(void)state;
	assert_true(saved >= 0);
	assert_int_equal(dup2(nothing, STDIN_FILENO), STDIN_FILENO);
	unsetenv("GATEWAY_INTERFACE");
	assert_false(gateway_is_cgi());
	setenv("GATEWAY_INTERFACE", "FCGI/1.0", 1);
	assert_false(gateway_is_cgi());
	setenv("GATEWAY_INTERFACE", "CGI/1.1", 1);
	assert_true(gateway_is_cgi());
	/* A web server that was itself started by CGI may leave the variable behind. */
	assert_int_equal(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	assert_false(gateway_is_cgi());
	unsetenv("GATEWAY_INTERFACE");
	assert_int_equal(dup2(saved, STDIN_FILENO), STDIN_FILENO);
	close(saved);
	close(nothing);
	close(fd);
}

/*
 * --- body --------------------------------------------------------------------------------------
 */

static const struct body_row {
	const char *name, *sent;
	int64_t length;
	bool is_closed;
	size_t room;
	const char *body;
	ssize_t last;
} body_rows[] = {
	{ "a body", "hello", 5, false, 64, "hello", 0 },
	{ "in small pieces", "hello", 5, false, 2, "hello", 0 },
	{ "not read beyond its length", "hello, world", 5, false, 64, "hello", 0 },
	{ "ends early", "hel", 5, true, 64, "hel", 0 },
	{ "does not come", "hel", 5, false, 64, "hel", -1 },
	{ "none", "hello", 0, false, 64, "", 0 },
	{ "length unknown", "hello", -1, false, 64, "", 0 },
};

static void
check_body_row(void **state)
{
	const struct body_row *row = *state;
	struct gateway_cgi_body body;
	struct body_source source;
	char text[64] = "", room[64];
	size_t len = 0;
	ssize_t got;
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], row->sent, strlen(row->sent)), strlen(row->sent));
	if (row->is_closed)
		close(fds[1]);
	gateway_cgi_body_init(&body, fds[0], row->length, in_ms(20), &source);
	while ((got = source.read(source.context, room, row->room)) > 0) {
		assert_true((size_t)got <= row->room);
		assert_true((size_t)got < sizeof(text) - len);
		memcpy(text + len, room, (size_t)got);
		len += (size_t)got;
	}
	text[len] = '\0';
	assert_string_equal(text, row->body);
	assert_int_equal(got, row->last);
	close(fds[0]);
	if (!row->is_closed)
		close(fds[1]);
}

static void
body_of_a_bad_descriptor(void **state)
{
	struct gateway_cgi_body body;
	struct body_source source;
	char byte;

	(void)state;
	gateway_cgi_body_init(&body, 1023, 1, in_ms(1000), &source);
	assert_int_equal(source.read(source.context, &byte, 1), -1);
}

/*
 * --- response ----------------------------------------------------------------------------------
 */

static char response[1024 * 1024];

static void *
read_all(void *argument)
{
	int fd = *(int *)argument;
	size_t len = 0;
	ssize_t got;
	char room[5000];

	while ((got = read(fd, room, sizeof(room))) > 0) {
		if (memcmp(room, response + len, (size_t)got) != 0)
			return NULL;
		len += (size_t)got;
	}
	return len == sizeof(response) ? response : NULL;
}

static void
sends_all(void **state)
{
	pthread_t reader;
	void *seen;
	int fds[2];

	(void)state;
	for (size_t i = 0; i < sizeof(response); i++)
		response[i] = (char)(i * 7 + i / 251);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(pthread_create(&reader, NULL, read_all, &fds[0]), 0);
	assert_true(gateway_cgi_send(fds[1], slice_make(response, sizeof(response)), in_ms(30000)));
	close(fds[1]);
	assert_int_equal(pthread_join(reader, &seen), 0);
	assert_ptr_equal(seen, response);
	close(fds[0]);
}

static void
gives_up_on_who_does_not_read(void **state)
{
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_false(gateway_cgi_send(fds[1], slice_make(response, sizeof(response)), in_ms(20)));
	close(fds[0]);
	assert_false(gateway_cgi_send(fds[1], SLICE_OF("x"), in_ms(1000)));
	close(fds[1]);
}

/*
 * --- the rest of a body ------------------------------------------------------------------------
 */

enum { LONG_MS = 10000, SHORT_MS = 20 };

static const struct drain_row {
	const char *name;
	size_t sent;
	int64_t left;
	bool is_closed;
	int64_t patience_ms;
	bool is_waited_for;
} drain_rows[] = {
	{ "what is there as declared is not waited behind", 100, 100, false, LONG_MS, false },
	{ "more than was declared goes too", 30000, 100, false, LONG_MS, false },
	{ "what ends early is not waited for", 50, 100, true, LONG_MS, false },
	{ "what does not come is waited for until the deadline", 50, 100, false, SHORT_MS, true },
	{ "nothing declared and nothing there", 0, 0, false, LONG_MS, false },
	{ "nothing declared and something there", 50, 0, false, LONG_MS, false },
	{ "after the deadline what is there goes all the same", 50, 100, false, -1, false },
};

static void
check_drain_row(void **state)
{
	const struct drain_row *row = *state;
	static const char sent[30000];
	int64_t before_us, taken_us;
	struct pollfd rest;
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(write(fds[1], sent, row->sent), row->sent);
	if (row->is_closed)
		assert_int_equal(shutdown(fds[1], SHUT_WR), 0);
	before_us = clock_mono_us();
	gateway_cgi_drain(fds[0], row->left, in_ms(row->patience_ms));
	taken_us = clock_mono_us() - before_us;
	assert_int_equal(taken_us >= (int64_t)SHORT_MS * 1000, row->is_waited_for);
	assert_true(taken_us < (int64_t)LONG_MS * 1000);
	rest = (struct pollfd) { .fd = fds[0], .events = POLLIN };
	assert_int_equal(poll(&rest, 1, 0), row->is_closed ? 1 : 0);
	close(fds[0]);
	close(fds[1]);
}

/* What it is for: with bytes unread, the close behind the answer would be a reset. */
static void
the_front_sees_the_answer_and_an_orderly_end(void **state)
{
	char room[16];
	int fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(write(fds[1], "body", 4), 4);
	assert_true(gateway_cgi_send(fds[0], SLICE_OF("answer"), in_ms(1000)));
	gateway_cgi_drain(fds[0], 4, in_ms(1000));
	close(fds[0]);
	assert_int_equal(recv(fds[1], room, sizeof(room), 0), 6);
	assert_int_equal(recv(fds[1], room, sizeof(room), 0), 0);
	close(fds[1]);
}

static void
a_rest_without_end_is_given_up(void **state)
{
	const off_t most = 16 * 1024 * 1024;
	FILE *file = tmpfile();
	off_t at;

	(void)state;
	assert_non_null(file);
	assert_int_equal(ftruncate(fileno(file), 4 * most), 0);
	gateway_cgi_drain(fileno(file), 4 * most, in_ms(30000));
	at = lseek(fileno(file), 0, SEEK_CUR);
	assert_true(at >= most && at < most + 64 * 1024);
	fclose(file);
}

static void
a_rest_of_a_bad_descriptor(void **state)
{
	(void)state;
	gateway_cgi_drain(1023, 100, in_ms(30000));
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(knows_listening_sockets),
		cmocka_unit_test(knows_cgi),
		cmocka_unit_test(body_of_a_bad_descriptor),
		cmocka_unit_test(sends_all),
		cmocka_unit_test(gives_up_on_who_does_not_read),
		cmocka_unit_test(the_front_sees_the_answer_and_an_orderly_end),
		cmocka_unit_test(a_rest_without_end_is_given_up),
		cmocka_unit_test(a_rest_of_a_bad_descriptor),
	};
	static struct CMUnitTest
	    tests[COUNT_OF(body_rows) + COUNT_OF(drain_rows) + COUNT_OF(others)];
	size_t count = COUNT_OF(others), i;

	signal(SIGPIPE, SIG_IGN);
	memcpy(tests, others, sizeof(others));
	for (i = 0; i < COUNT_OF(body_rows); i++)
		tests[count++] = (struct CMUnitTest) { body_rows[i].name, check_body_row, NULL,
			NULL, (void *)(uintptr_t)&body_rows[i] };
	for (i = 0; i < COUNT_OF(drain_rows); i++)
		tests[count++] = (struct CMUnitTest) { drain_rows[i].name, check_drain_row, NULL,
			NULL, (void *)(uintptr_t)&drain_rows[i] };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
