/*
 * What is no request for us: whether the front server gets to see our answer, whatever it still
 * sends, and how long it is listened to.
 */
#include <signal.h>
#include <stdatomic.h>

#include "ends.h"

enum { ENOUGH = 16 * 1024 * 1024 + 64 * 1024 /* bytes that are thrown away */ };

/* --- what is refused ------------------------------------------------------------------------- */

static void
write_other_role(uint8_t flags)
{
	front_begin(&front, 1, FCGI_AUTHORIZER, flags);
	front_end(&front, FCGI_PARAMS, 1);
}

static void
write_two_requests(uint8_t flags)
{
	front_request(&front, 2, flags != 0, NULL, 0);
	front_request(&front, 1, flags != 0, NULL, 0);
}

/* The most that nginx can be made to send: many small header fields. */
static void
write_many_parameters(uint8_t flags)
{
	front_begin(&front, 1, FCGI_RESPONDER, flags);
	for (int i = 0; i < 300; i++)
		front_param(&front, 1, "HTTP_X", "y");
	front_end(&front, FCGI_PARAMS, 1);
}

/* Refused at its length field, long before it is all there. */
static void
write_long_parameter(uint8_t flags)
{
	static char value[70 * 1024];

	fill(value, sizeof(value));
	for (size_t i = 0; i < sizeof(value) - 1; i++)
		value[i] = value[i] == '\0' ? 'x' : value[i];
	value[sizeof(value) - 1] = '\0';
	front_begin(&front, 1, FCGI_RESPONDER, flags);
	front_record(&front, FCGI_PARAMS, 1, "\1\x80\1\x18\0X", 6);
	front_record(&front, FCGI_PARAMS, 1, value, 65000);
	front_record(&front, FCGI_PARAMS, 1, value + 65000, sizeof(value) - 65000);
	front_end(&front, FCGI_PARAMS, 1);
}

static void
write_bad_parameter(uint8_t flags)
{
	front_begin(&front, 1, FCGI_RESPONDER, flags);
	front_param(&front, 1, "HTTP_X=", "y");
	front_end(&front, FCGI_PARAMS, 1);
}

static const struct row {
	const char *name;
	void (*write)(uint8_t flags); /* without the end of STDIN, but for the two */
	int status;                   /* of END_REQUEST */
	const char *out;
} rows[] = {
	{ "a second request at once", write_two_requests, FCGI_CANT_MPX_CONN, "" },
	{ "another role", write_other_role, FCGI_UNKNOWN_ROLE, "" },
	{ "too many parameters", write_many_parameters, FCGI_REQUEST_COMPLETE, "Status: 431 " },
	{ "a parameter that is too long", write_long_parameter, FCGI_REQUEST_COMPLETE,
	    "Status: 431 " },
	{ "a parameter that is none", write_bad_parameter, FCGI_REQUEST_COMPLETE, "Status: 400 " },
};

static void
assert_answered(const struct ends *ends, const struct row *row)
{
	read_answer(ends, 1);
	assert_int_equal(answer.status, row->status);
	assert_memory_equal(answer.out, row->out, strlen(row->out));
}

/*
 * The front sees the answer and its end at once; what it sends then is nobody's, and its end is
 * the end.
 */
static void
is_listened_to(void **state)
{
	const struct row *row = *state;
	struct ends ends = connect_ends();
	int64_t since_us;

	row->write(FCGI_KEEP_CONN);
	write_front(&ends);
	assert_int_equal(receive(&ends), GATEWAY_REFUSING);
	since_us = gateway_connection_waiting_since_us(ends.connection);
	assert_true(since_us > 0);
	assert_answered(&ends, row);
	assert_end(&ends);
	assert_int_equal(receive(&ends), GATEWAY_WAITING);
	front_record(&front, FCGI_STDIN, 1, "hello", 5);
	write_front(&ends);
	assert_int_equal(receive(&ends), GATEWAY_WAITING);
	assert_int_equal(gateway_connection_waiting_since_us(ends.connection), since_us);
	if (row == rows) {
		close_front(&ends);
	} else {
		front_stdin(&front, 1, "more", 4);
		write_front(&ends);
	}
	assert_int_equal(receive(&ends), GATEWAY_CLOSED);
	if (row != rows)
		close_front(&ends);
}

/* Whoever has sent all of it may go on with another, as after any answer. */
static void
is_kept(void **state)
{
	static char body[100 * 1000];
	const struct row *row = *state;
	struct ends ends = connect_ends();

	for (size_t turn = 0; turn < 3; turn++) {
		row->write(FCGI_KEEP_CONN);
		front_stdin(&front, 1, body, turn * sizeof(body) / 2);
		write_front(&ends);
		assert_int_equal(receive(&ends), GATEWAY_REFUSING);
		assert_answered(&ends, row);
		assert_int_equal(gateway_connection_waiting_since_us(ends.connection), 0);
		front_request(&front, 2, true, NULL, 0);
		write_front(&ends);
		assert_int_equal(receive(&ends), GATEWAY_REQUEST);
		assert_int_equal(finish(&ends, true), GATEWAY_WAITING);
		assert_hello(&ends, 2);
	}
	close_ends(&ends);
}

static void
is_not_kept_unasked(void **state)
{
	const struct row *row = *state;
	struct ends ends = connect_ends();

	row->write(0);
	front_stdin(&front, 1, "hello", 5);
	write_front(&ends);
	assert_int_equal(receive(&ends), GATEWAY_REFUSED);
	assert_answered(&ends, row);
	assert_end(&ends);
	close_front(&ends);
}

/* Nothing that is hidden behind it becomes a request. */
static void
what_does_not_belong_to_it_closes(void **state)
{
	const struct row *row = *state;
	struct ends ends = connect_ends();

	row->write(FCGI_KEEP_CONN);
	front_request(&front, 1, true, NULL, 0);
	write_front(&ends);
	assert_int_equal(receive(&ends), GATEWAY_REFUSED);
	assert_answered(&ends, row);
	close_front(&ends);
}

static void
in_pieces(void **state)
{
	const struct row *row = *state;
	struct ends ends = connect_ends();
	enum gateway_state last = GATEWAY_WAITING;
	size_t at;

	row->write(FCGI_KEEP_CONN);
	for (at = 0; at < front.len && last == GATEWAY_WAITING; at += 7)
		if (at + 7 <= front.len) {
			write_bytes(&ends, front.bytes + at, 7);
			last = receive(&ends);
		}
	if (last == GATEWAY_WAITING) {
		write_bytes(&ends, front.bytes + at - 7, front.len + 7 - at);
		last = receive(&ends);
	}
	front.len = 0;
	assert_int_equal(last, GATEWAY_REFUSING);
	assert_answered(&ends, row);
	assert_end(&ends);
	close_ends(&ends);
}

/* It has closed its side already: there is nothing to wait for. */
static void
who_sends_no_more_is_closed(void **state)
{
	const struct row *row = *state;
	struct ends ends = connect_ends();

	row->write(FCGI_KEEP_CONN);
	write_front(&ends);
	assert_int_equal(shutdown(ends.front, SHUT_WR), 0);
	assert_int_equal(receive(&ends), GATEWAY_REFUSED);
	assert_answered(&ends, row);
	assert_end(&ends);
	close_front(&ends);
}

static void
who_has_gone_is_closed(void **state)
{
	const struct row *row = *state;
	struct ends ends = connect_ends();

	row->write(FCGI_KEEP_CONN);
	write_front(&ends);
	close_front(&ends);
	assert_int_equal(receive(&ends), GATEWAY_REFUSED);
}

/* --- a front that sends all it has before it reads ------------------------------------------- */

struct sender {
	int fd;
	size_t body_len;
	_Atomic(bool) is_all_sent, is_done;
};

static void *
send_body(void *argument)
{
	/* A record of STDIN. */
	static const unsigned char record[65536] = { FCGI_VERSION_1, FCGI_STDIN, 0, 1, 0xff, 0xf8 };
	struct sender *sender = argument;
	size_t sent = 0;
	ssize_t put = 1;

	for (; sent < sender->body_len && put > 0; sent += put > 0 ? (size_t)put : 0)
		put = send(sender->fd, record, sizeof(record), MSG_NOSIGNAL);
	sender->is_all_sent = sent >= sender->body_len;
	sender->is_done = true;
	return NULL;
}

/*
 * The gateway's side of it, as the worker does it: look when there is something, and never wait.
 * False: it is closed.
 */
static bool
receive_all(struct ends *ends, const struct sender *sender, bool *ret_was_refused)
{
	struct pollfd pollfd = { .fd = gateway_connection_fd(ends->connection), .events = POLLIN };
	enum gateway_state last;

	*ret_was_refused = false;
	while ((last = receive(ends)) == GATEWAY_WAITING || last == GATEWAY_REFUSING) {
		*ret_was_refused |= last == GATEWAY_REFUSING;
		if (poll(&pollfd, 1, 50) == 0 && sender->is_done)
			return true;
	}
	return false;
}

static void
check_sender(const int fds[2], size_t body_len, bool is_answered)
{
	struct ends ends = { .front = fds[0], .connection = gateway_connection_new(fds[1]) };
	struct sender sender = { .fd = fds[0], .body_len = body_len };
	bool was_refused;
	pthread_t thread;

	write_many_parameters(FCGI_KEEP_CONN);
	write_front(&ends);
	assert_int_equal(pthread_create(&thread, NULL, send_body, &sender), 0);
	assert_int_equal(receive_all(&ends, &sender, &was_refused), is_answered);
	assert_true(was_refused);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(sender.is_all_sent, is_answered);
	if (is_answered) {
		assert_answered(&ends, &rows[2]);
		assert_end(&ends);
		close_ends(&ends);
	} else {
		close_front(&ends);
	}
}

static void
a_front_that_sends_before_it_reads(void **state UNUSED)
{
	static const size_t lens[] = { 100 * 1000, 3 * 1000 * 1000, 15 * 1024 * 1024 };
	int fds[2];

	for (size_t i = 0; i < COUNT_OF(lens); i++) {
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
		check_sender(fds, lens[i], true);
		connect_tcp(fds);
		check_sender(fds, lens[i], true);
	}
}

static void
a_front_that_never_ends(void **state UNUSED)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	check_sender(fds, (size_t)2 * ENOUGH, false);
}

/* Who speaks another language is told nothing and heard no longer. */
static void
garbage(void **state UNUSED)
{
	struct ends ends = connect_ends();

	write_bytes(&ends, "GET / HTTP/1.0\r\n\r\n", 18);
	assert_int_equal(receive(&ends), GATEWAY_REFUSED);
	close_front(&ends);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(a_front_that_sends_before_it_reads),
		cmocka_unit_test(a_front_that_never_ends),
		cmocka_unit_test(garbage),
	};
	static const CMUnitTestFunction checks[] = { is_listened_to, in_pieces,
		who_sends_no_more_is_closed, who_has_gone_is_closed, is_kept, is_not_kept_unasked,
		what_does_not_belong_to_it_closes };
	enum { FOR_ALL = 4 /* of them; the others are for those that are one request */ };
	static struct CMUnitTest tests[COUNT_OF(rows) * COUNT_OF(checks) + COUNT_OF(others)];
	size_t i, k, count = 0;
	int failures;

	(void)signal(SIGPIPE, SIG_IGN);
	for (i = 0; i < COUNT_OF(rows); i++)
		for (k = 0; k < (i == 0 ? FOR_ALL : COUNT_OF(checks)); k++)
			tests[count++] = (struct CMUnitTest) { rows[i].name, checks[k], NULL, NULL,
				(void *)(uintptr_t)&rows[i] };
	memcpy(tests + count, others, sizeof(others));
	/* What cmocka_run_group_tests does, with as many entries as are filled. */
	failures =
	    _cmocka_run_group_tests("fcgi_refused", tests, count + COUNT_OF(others), NULL, NULL);
	return failures;
}
