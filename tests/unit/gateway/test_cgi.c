/*
 * One request as a CGI program: which mode, the body on standard input, the response to standard
 * output.
 */
#include "gateway/gateway.h"

#include <fcntl.h>
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

int
main(void)
{
	static struct CMUnitTest tests[COUNT_OF(body_rows) + 5] = {
		cmocka_unit_test(knows_listening_sockets),
		cmocka_unit_test(knows_cgi),
		cmocka_unit_test(body_of_a_bad_descriptor),
		cmocka_unit_test(sends_all),
		cmocka_unit_test(gives_up_on_who_does_not_read),
	};

	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < COUNT_OF(body_rows); i++)
		tests[5 + i] = (struct CMUnitTest) { body_rows[i].name, check_body_row, NULL, NULL,
			(void *)(uintptr_t)&body_rows[i] };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
