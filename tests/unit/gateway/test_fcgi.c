/*
 * Connections, from the first byte to the close, against a front server that the test plays
 * itself.
 */
#include "gateway/gateway.h"

#include <errno.h>
#include <malloc.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/clock.h"
#include "gateway/fcgi_arrival.h"
#include "gateway/fcgi_check.h"
#include "gateway/fcgi_record.h"

#include "ends.h"

/* --- requests -------------------------------------------------------------------------------- */

static void
one_request_and_the_end(void **state)
{
	struct ends ends = connect_ends();

	(void)state;
	assert_int_equal(receive(&ends), GATEWAY_WAITING);
	assert_int_equal(gateway_connection_waiting_since_us(ends.connection), 0);
	front_request(&front, 7, false, NULL, 0);
	write_front(&ends);
	assert_int_equal(receive(&ends), GATEWAY_REQUEST);
	assert_param(&ends, 0, "REQUEST_METHOD=GET");
	assert_param(&ends, 1, "REQUEST_URI=/health");
	assert_int_equal(ends.params.count, 2);
	assert_int_equal(read_body(&ends, 100), 0);
	assert_int_equal(finish(&ends, true), GATEWAY_CLOSED);
	assert_hello(&ends, 7);
	assert_end(&ends);
	close_front(&ends);
}

/* The next request on the connection sees nothing of the one before. */
static void
kept_requests_start_anew(void **state)
{
	struct ends ends = connect_ends();

	(void)state;
	for (uint16_t id = 1; id <= 3; id++) {
		front_request(&front, id, true, "hello", id == 2 ? 5 : 0);
		write_front(&ends);
		assert_int_equal(receive(&ends), GATEWAY_REQUEST);
		assert_int_equal(ends.params.count, id == 2 ? 3 : 2);
		assert_int_equal(finish(&ends, true), GATEWAY_WAITING);
		assert_int_equal(gateway_connection_waiting_since_us(ends.connection), 0);
		assert_hello(&ends, id);
	}
	assert_int_equal(receive(&ends), GATEWAY_WAITING);
	close_ends(&ends);
}

static void
the_worker_may_end_a_kept_one(void **state)
{
	struct ends ends = connect_ends();

	(void)state;
	front_request(&front, 1, true, NULL, 0);
	write_front(&ends);
	assert_int_equal(receive(&ends), GATEWAY_REQUEST);
	assert_int_equal(finish(&ends, false), GATEWAY_CLOSED);
	assert_hello(&ends, 1);
	assert_end(&ends);
	close_front(&ends);
}

static void
a_request_byte_by_byte(void **state)
{
	struct ends ends = connect_ends();
	int64_t since_us = 0;

	(void)state;
	front_request(&front, 1, true, "hello", 5);
	for (size_t i = 0; i + 1 < front.len; i++) {
		write_bytes(&ends, front.bytes + i, 1);
		assert_int_equal(receive(&ends), GATEWAY_WAITING);
		if (i == 0)
			since_us = gateway_connection_waiting_since_us(ends.connection);
		assert_true(since_us > 0);
		assert_int_equal(gateway_connection_waiting_since_us(ends.connection), since_us);
	}
	write_bytes(&ends, front.bytes + front.len - 1, 1);
	front.len = 0;
	assert_int_equal(receive(&ends), GATEWAY_REQUEST);
	assert_int_equal(gateway_connection_waiting_since_us(ends.connection), 0);
	assert_int_equal(read_body(&ends, 2), 5);
	assert_int_equal(finish(&ends, true), GATEWAY_WAITING);
	assert_hello(&ends, 1);
	close_ends(&ends);
}

static void
a_request_split_anywhere(void **state)
{
	struct ends ends = connect_ends();

	(void)state;
	front_request(&front, 1, true, "hello", 5);
	for (size_t cut = 1; cut < front.len; cut++) {
		write_bytes(&ends, front.bytes, cut);
		assert_int_equal(receive(&ends), GATEWAY_WAITING);
		write_bytes(&ends, front.bytes + cut, front.len - cut);
		assert_int_equal(receive(&ends), GATEWAY_REQUEST);
		assert_param(&ends, 2, "CONTENT_LENGTH=5");
		assert_int_equal(read_body(&ends, 100), 5);
		assert_memory_equal(text, "hello", 5);
		assert_int_equal(finish(&ends, true), GATEWAY_WAITING);
		assert_hello(&ends, 1);
	}
	front.len = 0;
	close_ends(&ends);
}

/* More pieces than a unix socket's buffer holds: left there, they would never become a request. */
static void
a_request_in_very_many_pieces(void **state)
{
	static const struct {
		size_t body_len, piece;
	} cases[] = { { 3000, 1 }, { 32768, 100 }, { 60000, 1000 } };
	static char body[60000];
	struct ends ends = connect_ends();

	(void)state;
	fill(body, sizeof(body));
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		enum gateway_state last = GATEWAY_WAITING;
		struct writer writer = { ends.front, front.bytes, 0 };
		pthread_t thread;

		front.len = 0;
		front_request(&front, 1, true, body, cases[i].body_len);
		for (; writer.len + cases[i].piece < front.len && last == GATEWAY_WAITING;
		     writer.len += cases[i].piece) {
			write_bytes(&ends, front.bytes + writer.len, cases[i].piece);
			last = receive(&ends);
		}
		writer.bytes += writer.len;
		writer.len = front.len - writer.len;
		assert_int_equal(pthread_create(&thread, NULL, write_all, &writer), 0);
		if (last == GATEWAY_WAITING) {
			assert_int_equal(pthread_join(thread, NULL), 0);
			last = receive(&ends);
			assert_int_equal(last, GATEWAY_REQUEST);
			assert_int_equal(read_body(&ends, 4096), cases[i].body_len);
		} else {
			assert_int_equal(read_body(&ends, 4096), cases[i].body_len);
			assert_int_equal(pthread_join(thread, NULL), 0);
		}
		assert_memory_equal(text, body, cases[i].body_len);
		assert_int_equal(finish(&ends, true), GATEWAY_WAITING);
		assert_int_equal(gateway_connection_waiting_since_us(ends.connection), 0);
		assert_hello(&ends, 1);
	}
	front.len = 0;
	close_ends(&ends);
}

static void
a_request_in_too_many_pieces(void **state)
{
	static char body[5000];
	struct ends ends = connect_ends();
	enum gateway_state last = GATEWAY_WAITING;
	size_t pieces;

	(void)state;
	front_request(&front, 1, true, body, sizeof(body));
	for (pieces = 0; last == GATEWAY_WAITING; pieces++) {
		write_bytes(&ends, front.bytes + pieces, 1);
		last = receive(&ends);
	}
	front.len = 0;
	assert_int_equal(last, GATEWAY_REFUSED);
	assert_int_equal(pieces, 4097);
	close_front(&ends);
}

/* Its records are odd, but legal; libfcgi takes the padding for a query of values. */
static const struct padding_row {
	const char *name;
	uint8_t begin, params, params_end, body, body_end;
} padding_rows[] = {
	{ "padding of parameters and body", 0, 255, 0, 255, 0 },
	{ "padding of BEGIN_REQUEST", 255, 0, 0, 0, 0 },
	{ "padding of the end of PARAMS", 0, 0, 255, 0, 0 },
	{ "padding of the end of STDIN", 0, 0, 0, 0, 255 },
	{ "padding everywhere", 1, 2, 3, 4, 5 },
};

static void
check_padding_row(void **state)
{
	const struct padding_row *row = *state;
	struct ends ends = connect_ends();

	for (int turn = 0; turn < 2; turn++) {
		front_padded(&front, FCGI_BEGIN_REQUEST, 1, "\0\1\1\0\0\0\0", 8, row->begin);
		front_padded(&front, FCGI_PARAMS, 1, "\1\1AB\x0e\1CONTENT_", 14, row->params);
		front_padded(&front, FCGI_PARAMS, 1, "LENGTH5", 7, row->params);
		front_padded(&front, FCGI_PARAMS, 1, NULL, 0, row->params_end);
		front_padded(&front, FCGI_STDIN, 1, "hel", 3, row->body);
		front_padded(&front, FCGI_STDIN, 1, "lo", 2, row->body);
		front_padded(&front, FCGI_STDIN, 1, NULL, 0, row->body_end);
		write_front(&ends);
		assert_int_equal(receive(&ends), GATEWAY_REQUEST);
		assert_param(&ends, 0, "A=B");
		assert_param(&ends, 1, "CONTENT_LENGTH=5");
		assert_int_equal(ends.params.count, 2);
		assert_int_equal(read_body(&ends, 100), 5);
		assert_memory_equal(text, "hello", 5);
		assert_int_equal(finish(&ends, true), GATEWAY_WAITING);
		assert_int_equal(gateway_connection_waiting_since_us(ends.connection), 0);
		assert_hello(&ends, 1);
	}
	close_ends(&ends);
}

/* --- bodies ---------------------------------------------------------------------------------- */

/* More than a window: what nobody read must not be taken for the next request. */
static void
an_unread_body(void **state)
{
	static char body[20000];
	struct ends ends = connect_ends();

	(void)state;
	for (int turn = 0; turn < 2; turn++) {
		front_request(&front, 1, true, body, sizeof(body));
		write_front(&ends);
		assert_int_equal(receive(&ends), GATEWAY_REQUEST);
		if (turn == 1)
			assert_int_equal(ends.body.read(ends.body.context, text, 100), 100);
		assert_int_equal(finish(&ends, true), GATEWAY_WAITING);
		assert_hello(&ends, 1);
	}
	assert_int_equal(receive(&ends), GATEWAY_WAITING);
	assert_int_equal(gateway_connection_waiting_since_us(ends.connection), 0);
	close_ends(&ends);
}

static void
an_unread_body_and_the_end(void **state)
{
	static char body[20000];
	struct ends ends = connect_ends();

	(void)state;
	front_request(&front, 1, false, body, sizeof(body));
	write_front(&ends);
	assert_int_equal(receive(&ends), GATEWAY_REQUEST);
	assert_int_equal(finish(&ends, true), GATEWAY_CLOSED);
	assert_hello(&ends, 1);
	assert_end(&ends);
	close_front(&ends);
}

static void
a_long_body(void **state)
{
	static char body[400 * 1000];
	struct ends ends = connect_ends();
	struct writer writer = { ends.front, front.bytes, 0 };
	pthread_t thread;

	(void)state;
	fill(body, sizeof(body));
	front_request(&front, 1, true, body, sizeof(body));
	writer.len = front.len;
	assert_int_equal(pthread_create(&thread, NULL, write_all, &writer), 0);
	while (receive(&ends) == GATEWAY_WAITING) {
		struct pollfd pollfd = { .fd = gateway_connection_fd(ends.connection),
			.events = POLLIN };

		assert_int_equal(poll(&pollfd, 1, 5000), 1);
	}
	assert_param(&ends, 2, "CONTENT_LENGTH=400000");
	assert_int_equal(read_body(&ends, 4096), sizeof(body));
	assert_memory_equal(text, body, sizeof(body));
	assert_int_equal(pthread_join(thread, NULL), 0);
	front.len = 0;
	assert_int_equal(finish(&ends, true), GATEWAY_WAITING);
	assert_int_equal(gateway_connection_waiting_since_us(ends.connection), 0);
	assert_hello(&ends, 1);
	close_ends(&ends);
}

/* It gets its answer, and when the rest comes after all, the connection is good again. */
static void
a_long_body_that_stalls(void **state)
{
	static char body[40000];
	struct ends ends = connect_ends();
	bool sent = false;

	(void)state;
	front_head(&front, 1, true, "40000");
	front_record(&front, FCGI_STDIN, 1, body, 10000);
	write_front(&ends);
	assert_int_equal(
	    gateway_receive(ends.connection, in_ms(30), &ends.params, &ends.body), GATEWAY_REQUEST);
	assert_int_equal(read_body(&ends, 4096), -1);
	assert_int_equal(
	    gateway_finish(ends.connection, SLICE_OF(HELLO), true, &sent), GATEWAY_WAITING);
	assert_true(sent);
	assert_true(gateway_connection_waiting_since_us(ends.connection) > 0);
	assert_hello(&ends, 1);
	assert_int_equal(receive(&ends), GATEWAY_WAITING);
	front_stdin(&front, 1, body, 30000);
	/* A front that stopped sending would have put this into the middle of the body. */
	front_request(&front, 2, true, NULL, 0);
	write_front(&ends);
	assert_int_equal(receive(&ends), GATEWAY_CLOSED);
	close_front(&ends);
}

/*
 * Answered without being read, on a connection that is to end: the response first, then the rest,
 * then the end.
 */
static void
a_long_body_that_nobody_reads(void **state)
{
	static char body[40000];
	struct ends ends = connect_ends();

	(void)state;
	front_head(&front, 1, false, "40000");
	write_front(&ends);
	assert_int_equal(receive(&ends), GATEWAY_REQUEST);
	assert_int_equal(finish(&ends, true), GATEWAY_WAITING);
	assert_hello(&ends, 1);
	assert_end(&ends);
	front_record(&front, FCGI_STDIN, 1, body, 20000);
	write_front(&ends);
	assert_int_equal(receive(&ends), GATEWAY_WAITING);
	front_stdin(&front, 1, body, 20000);
	write_front(&ends);
	assert_int_equal(receive(&ends), GATEWAY_CLOSED);
	close_front(&ends);
}

static void
a_body_without_end(void **state)
{
	static char body[60000];
	struct ends ends = connect_ends();
	enum gateway_state last = GATEWAY_WAITING;
	int records;

	(void)state;
	front_head(&front, 1, true, "40000");
	write_front(&ends);
	assert_int_equal(receive(&ends), GATEWAY_REQUEST);
	assert_int_equal(finish(&ends, true), GATEWAY_WAITING);
	for (records = 0; records < 100 && last == GATEWAY_WAITING; records++) {
		front_record(&front, FCGI_STDIN, 1, body, sizeof(body));
		write_front(&ends);
		last = receive(&ends);
	}
	assert_int_equal(last, GATEWAY_CLOSED);
	assert_int_equal(records, 2); /* 40 000 declared and 65 536 more */
	close_front(&ends);
}

/* What may stand in the place of a long body's record. */
static const struct broken_row {
	const char *name;
	struct slice bytes;
	bool is_closed;
} broken_rows[] = {
	{ "an abort", SLICE("\1\2\0\1\0\0\0\0"), false },
	{ "a query of values", SLICE("\1\11\0\0\0\0\0\0"), false },
	{ "another request's record", SLICE("\1\5\0\2\0\1\0\0x"), false },
	{ "garbage", SLICE("GET / HT"), false },
	{ "the end of the connection", SLICE(""), true },
	{ "the end within a header", SLICE("\1\5\0"), true },
	{ "the end within padding", SLICE("\1\5\0\1\0\1\2\0x0"), true },
};

static void
check_broken_row(void **state)
{
	const struct broken_row *row = *state;
	struct ends ends = connect_ends();
	bool sent = false;

	front_head(&front, 1, true, "40000");
	front_bytes(&front, row->bytes.data, row->bytes.len);
	write_front(&ends);
	if (row->is_closed)
		assert_int_equal(shutdown(ends.front, SHUT_WR), 0);
	assert_int_equal(receive(&ends), GATEWAY_REQUEST);
	assert_int_equal(read_body(&ends, 100), -1);
	assert_int_equal(ends.body.read(ends.body.context, text, 1), -1);
	assert_int_equal(
	    gateway_finish(ends.connection, SLICE_OF(HELLO), true, &sent), GATEWAY_CLOSED);
	assert_true(sent);
	assert_hello(&ends, 1);
	close_front(&ends);
}

/* A connection that was accepted needs no further descriptor. */
static void
served_without_a_descriptor_to_spare(void **state)
{
	struct ends ends = connect_ends();
	struct rlimit former, none;

	(void)state;
	front_head(&front, 1, true, "40000");
	write_front(&ends);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &former), 0);
	none = former;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(receive(&ends), GATEWAY_REQUEST);
	assert_int_equal(finish(&ends, true), GATEWAY_WAITING);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &former), 0);
	assert_hello(&ends, 1);
	assert_end(&ends);
	close_ends(&ends);
}

/* --- fronts that go away --------------------------------------------------------------------- */

static void
gone_before_a_request(void **state)
{
	struct ends ends = connect_ends();

	(void)state;
	close(ends.front);
	assert_int_equal(receive(&ends), GATEWAY_CLOSED);
}

static void
gone_in_the_middle(void **state)
{
	(void)state;
	front_request(&front, 1, true, "hello", 5);
	for (size_t cut = 1; cut < front.len; cut++) {
		struct ends ends = connect_ends();

		write_bytes(&ends, front.bytes, cut);
		if (cut % 2 == 0)
			assert_int_equal(receive(&ends), GATEWAY_WAITING);
		close(ends.front);
		assert_int_equal(receive(&ends), GATEWAY_CLOSED);
	}
	front.len = 0;
}

static void
half_closed_after_a_request(void **state)
{
	struct ends ends = connect_ends();

	(void)state;
	front_request(&front, 1, true, NULL, 0);
	write_front(&ends);
	assert_int_equal(shutdown(ends.front, SHUT_WR), 0);
	assert_int_equal(receive(&ends), GATEWAY_REQUEST);
	assert_int_equal(finish(&ends, true), GATEWAY_WAITING);
	assert_hello(&ends, 1);
	assert_int_equal(receive(&ends), GATEWAY_CLOSED);
	assert_end(&ends);
	close_front(&ends);
}

static void
gone_before_the_response(void **state)
{
	struct ends ends = connect_ends();
	bool sent = true;

	(void)state;
	front_request(&front, 1, true, NULL, 0);
	write_front(&ends);
	assert_int_equal(receive(&ends), GATEWAY_REQUEST);
	close(ends.front);
	assert_int_equal(
	    gateway_finish(ends.connection, SLICE_OF(HELLO), true, &sent), GATEWAY_CLOSED);
	assert_false(sent);
}

static void
closed_while_serving(void **state)
{
	struct ends ends = connect_ends();

	(void)state;
	front_request(&front, 1, true, NULL, 0);
	write_front(&ends);
	assert_int_equal(receive(&ends), GATEWAY_REQUEST);
	gateway_connection_close(ends.connection);
	gateway_connection_close(NULL);
	assert_end(&ends);
	close_front(&ends);
}

/* --- large responses ------------------------------------------------------------------------- */

static char large[1024 * 1024];

static void
a_slow_reader_is_cut_off(void **state)
{
	struct ends ends = connect_ends();
	int64_t start_us = clock_mono_us();
	bool sent = true;

	(void)state;
	front_request(&front, 1, true, NULL, 0);
	write_front(&ends);
	assert_int_equal(
	    gateway_receive(ends.connection, start_us, &ends.params, &ends.body), GATEWAY_REQUEST);
	assert_int_equal(
	    gateway_finish(ends.connection, slice_make(large, sizeof(large)), true, &sent),
	    GATEWAY_CLOSED);
	assert_false(sent);
	/* The deadline was over; the response had its second of grace. */
	assert_in_range(clock_mono_us() - start_us, 1000000, 5000000);
	close_front(&ends);
}

static void *
read_large(void *argument)
{
	const struct ends *ends = argument;

	read_answer(ends, 1);
	return NULL;
}

static void
a_large_response(void **state)
{
	static const size_t sizes[] = { 0, 1, 8159, 8160, 8161, 8168, 8176, 8184, 8192, 65536,
		300001 };

	(void)state;
	fill(large, sizeof(large));
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		struct ends ends = connect_ends();
		pthread_t thread;
		bool sent = false;

		front_request(&front, 1, true, NULL, 0);
		write_front(&ends);
		assert_int_equal(receive(&ends), GATEWAY_REQUEST);
		assert_int_equal(pthread_create(&thread, NULL, read_large, &ends), 0);
		assert_int_equal(
		    gateway_finish(ends.connection, slice_make(large, sizes[i]), true, &sent),
		    GATEWAY_WAITING);
		assert_int_equal(pthread_join(thread, NULL), 0);
		assert_true(sent);
		assert_int_equal(answer.status, FCGI_REQUEST_COMPLETE);
		assert_int_equal(answer.out_len, sizes[i]);
		assert_memory_equal(answer.out, large, sizes[i]);
		close_ends(&ends);
	}
}

/* --- management and refusals ------------------------------------------------------------------ */

static void
a_query_before_a_request(void **state)
{
	struct ends ends = connect_ends();
	unsigned char reply[8 + 18];

	(void)state;
	front_record(&front, FCGI_GET_VALUES, 0, "\x0f\0FCGI_MPXS_CONNS", 17);
	front_request(&front, 1, false, NULL, 0);
	write_front(&ends);
	assert_int_equal(receive(&ends), GATEWAY_REQUEST);
	assert_int_equal(read_front(&ends, reply, sizeof(reply)), sizeof(reply));
	assert_memory_equal(reply, "\1\12\0\0\0\x12\0\0\x0f\1FCGI_MPXS_CONNS0", sizeof(reply));
	assert_int_equal(finish(&ends, true), GATEWAY_CLOSED);
	assert_hello(&ends, 1);
	close_front(&ends);
}

/* In pieces, so that they are held, and a piece ends within the next record. */
static void
a_query_in_pieces_before_a_request(void **state)
{
	unsigned char reply[8];

	(void)state;
	front_end(&front, FCGI_GET_VALUES, 0);
	front_head(&front, 1, true, "5");
	front_end(&front, FCGI_ABORT_REQUEST, 1);
	front_request(&front, 2, false, "hello", 5);
	for (size_t cut = 1; cut < 8; cut++)
		for (size_t next = cut + 1; next < front.len; next++) {
			struct ends ends = connect_ends();

			write_bytes(&ends, front.bytes, cut);
			assert_int_equal(receive(&ends), GATEWAY_WAITING);
			write_bytes(&ends, front.bytes + cut, next - cut);
			assert_int_equal(receive(&ends), GATEWAY_WAITING);
			write_bytes(&ends, front.bytes + next, front.len - next);
			assert_int_equal(receive(&ends), GATEWAY_REQUEST);
			assert_int_equal(read_body(&ends, 100), 5);
			assert_memory_equal(text, "hello", 5);
			assert_int_equal(read_front(&ends, reply, sizeof(reply)), sizeof(reply));
			assert_memory_equal(reply, "\1\12\0\0\0\0\0\0", sizeof(reply));
			read_answer(&ends, 1);
			assert_int_equal(answer.status, FCGI_REQUEST_COMPLETE);
			assert_int_equal(finish(&ends, true), GATEWAY_CLOSED);
			assert_hello(&ends, 2);
			assert_end(&ends);
			close_front(&ends);
		}
	front.len = 0;
}

/*
 * The second of two was read ahead with the long body of the first: it is not served, and not
 * forgotten in silence.
 */
static void
a_second_request_behind_a_long_body(void **state)
{
	static char body[40000];
	struct ends ends = connect_ends();

	(void)state;
	front_request(&front, 1, true, body, sizeof(body));
	front_request(&front, 2, true, NULL, 0);
	write_bytes(&ends, front.bytes, 10);
	assert_int_equal(receive(&ends), GATEWAY_WAITING);
	write_bytes(&ends, front.bytes + 10, front.len - 10);
	front.len = 0;
	assert_int_equal(receive(&ends), GATEWAY_REQUEST);
	assert_int_equal(read_body(&ends, 4096), sizeof(body));
	assert_int_equal(finish(&ends, true), GATEWAY_CLOSED);
	assert_hello(&ends, 1);
	assert_end(&ends);
	close_front(&ends);
}

static void
queries_without_end(void **state)
{
	struct ends ends = connect_ends();

	(void)state;
	for (int i = 0; i < 100; i++)
		front_end(&front, FCGI_GET_VALUES, 0);
	write_front(&ends);
	assert_int_equal(receive(&ends), GATEWAY_CLOSED);
	close_front(&ends);
}

static void
a_query_from_who_has_gone(void **state)
{
	struct ends ends = connect_ends();

	(void)state;
	front_end(&front, FCGI_GET_VALUES, 0);
	write_front(&ends);
	close(ends.front);
	assert_int_equal(receive(&ends), GATEWAY_CLOSED);
}

static void
an_aborted_request(void **state)
{
	struct ends ends = connect_ends();

	(void)state;
	front_head(&front, 1, true, "5");
	front_end(&front, FCGI_ABORT_REQUEST, 1);
	front_request(&front, 2, true, NULL, 0);
	write_front(&ends);
	assert_int_equal(receive(&ends), GATEWAY_REQUEST);
	read_answer(&ends, 1);
	assert_int_equal(answer.status, FCGI_REQUEST_COMPLETE);
	assert_int_equal(answer.out_len, 0);
	assert_int_equal(finish(&ends, true), GATEWAY_WAITING);
	assert_hello(&ends, 2);
	front_head(&front, 3, false, "5");
	front_end(&front, FCGI_ABORT_REQUEST, 3);
	write_front(&ends);
	assert_int_equal(receive(&ends), GATEWAY_CLOSED);
	read_answer(&ends, 3);
	assert_int_equal(answer.status, FCGI_REQUEST_COMPLETE);
	assert_end(&ends);
	close_front(&ends);
}

/* A token was in it. */
static void
nothing_stays_of_a_request(void **state)
{
	struct ends ends = connect_ends();

	(void)state;
	front_head(&front, 1, true, NULL);
	front_end(&front, FCGI_STDIN, 1);
	write_bytes(&ends, front.bytes, 60);
	assert_int_equal(receive(&ends), GATEWAY_WAITING);
	assert_null(memmem(fcgi_arrival_window(), FCGI_CHECK_WINDOW, "METHOD", 6));
	write_bytes(&ends, front.bytes + 60, front.len - 60);
	front.len = 0;
	assert_int_equal(receive(&ends), GATEWAY_REQUEST);
	assert_param(&ends, 0, "REQUEST_METHOD=GET");
	assert_int_equal(finish(&ends, true), GATEWAY_WAITING);
	assert_null(memmem(fcgi_arrival_window(), FCGI_CHECK_WINDOW, "METHOD", 6));
	close_ends(&ends);
}

static void
nothing_stays_of_what_is_no_request(void **state)
{
	static const char *const secrets[] = {
		"GET / HTTP/1.1\r\nAuthorization: Bearer s3cret\r\n\r\n", "\1\1\0\1\0\7\0\0s3cret."
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(secrets); i++) {
		struct ends ends = connect_ends();

		write_bytes(&ends, secrets[i], i == 0 ? strlen(secrets[i]) : 15);
		assert_int_equal(receive(&ends), GATEWAY_REFUSED);
		assert_null(memmem(fcgi_arrival_window(), FCGI_CHECK_WINDOW, "s3cret", 6));
		close_front(&ends);
	}
}

/* --- the process ------------------------------------------------------------------------------ */

/* Each idle kept-alive connection: its own record, and nothing more. */
static void
idle_connections_are_small(void **state)
{
	enum { COUNT = 50 };
	static struct ends ends[COUNT];
	size_t before = mallinfo2().uordblks;

	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		ends[i] = connect_ends();
		front_request(&front, 1, true, NULL, 0);
		write_front(&ends[i]);
		assert_int_equal(receive(&ends[i]), GATEWAY_REQUEST);
		assert_int_equal(finish(&ends[i], true), GATEWAY_WAITING);
		assert_true(malloc_usable_size(ends[i].connection) < 1024);
	}
	assert_true(mallinfo2().uordblks - before < (size_t)COUNT * 1024);
	for (size_t i = 0; i < COUNT; i++)
		close_ends(&ends[i]);
}

/*
 * --- what the kernel does: the facts that docs/decisions/0001 builds on
 * -------------------------
 */

/* Until `fd` has `events`; they are what the peer's action brings about. */
static void
await(int fd, short events)
{
	struct pollfd pollfd = { .fd = fd, .events = events };

	assert_int_equal(poll(&pollfd, 1, 5000), 1);
}

/*
 * unix: what was written stays readable; then a reset instead of the end, and writing fails at
 * once.
 */
static void
unix_close_with_unread_bytes(void **state)
{
	char room[8];
	int fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	assert_int_equal(write(fds[0], "body", 4), 4);
	assert_int_equal(write(fds[1], "answer", 6), 6);
	close(fds[1]);
	assert_int_equal(send(fds[0], "more", 4, MSG_NOSIGNAL), -1);
	assert_int_equal(recv(fds[0], room, sizeof(room), 0), 6);
	assert_int_equal(recv(fds[0], room, sizeof(room), 0), -1);
	assert_int_equal(errno, ECONNRESET);
	close(fds[0]);
}

/* TCP: what has not yet crossed is thrown away. */
static void
tcp_close_with_unread_bytes(void **state)
{
	size_t put = 0, got = 0;
	ssize_t n;
	int fds[2];

	(void)state;
	for (int is_read = 0; is_read < 2; is_read++) {
		connect_tcp(fds);
		assert_int_equal(write(fds[0], "body", 4), 4);
		await(fds[1], POLLIN);
		if (is_read == 1)
			assert_int_equal(recv(fds[1], large, 4, 0), 4);
		for (put = got = 0; (n = send(fds[1], large, sizeof(large), MSG_DONTWAIT)) > 0;)
			put += (size_t)n;
		close(fds[1]);
		while ((n = recv(fds[0], large, sizeof(large), 0)) > 0)
			got += (size_t)n;
		if (is_read == 1) {
			assert_int_equal(n, 0);
			assert_int_equal(got, put);
		} else {
			assert_int_equal(n, -1);
			assert_int_equal(errno, ECONNRESET);
			assert_true(got < put);
		}
		close(fds[0]);
	}
}

int
main(void)
{
	static struct CMUnitTest tests[64] = {
		cmocka_unit_test(one_request_and_the_end),
		cmocka_unit_test(kept_requests_start_anew),
		cmocka_unit_test(the_worker_may_end_a_kept_one),
		cmocka_unit_test(a_request_byte_by_byte),
		cmocka_unit_test(a_request_split_anywhere),
		cmocka_unit_test(a_request_in_very_many_pieces),
		cmocka_unit_test(a_request_in_too_many_pieces),
		cmocka_unit_test(an_unread_body),
		cmocka_unit_test(an_unread_body_and_the_end),
		cmocka_unit_test(a_long_body),
		cmocka_unit_test(a_long_body_that_stalls),
		cmocka_unit_test(a_long_body_that_nobody_reads),
		cmocka_unit_test(a_body_without_end),
		cmocka_unit_test(served_without_a_descriptor_to_spare),
		cmocka_unit_test(gone_before_a_request),
		cmocka_unit_test(gone_in_the_middle),
		cmocka_unit_test(half_closed_after_a_request),
		cmocka_unit_test(gone_before_the_response),
		cmocka_unit_test(closed_while_serving),
		cmocka_unit_test(a_slow_reader_is_cut_off),
		cmocka_unit_test(a_large_response),
		cmocka_unit_test(a_query_before_a_request),
		cmocka_unit_test(a_query_in_pieces_before_a_request),
		cmocka_unit_test(a_second_request_behind_a_long_body),
		cmocka_unit_test(queries_without_end),
		cmocka_unit_test(a_query_from_who_has_gone),
		cmocka_unit_test(an_aborted_request),
		cmocka_unit_test(nothing_stays_of_a_request),
		cmocka_unit_test(nothing_stays_of_what_is_no_request),
		cmocka_unit_test(idle_connections_are_small),
		cmocka_unit_test(unix_close_with_unread_bytes),
		cmocka_unit_test(tcp_close_with_unread_bytes),
	};
	size_t count = 0;
	int failures;

	while (tests[count].test_func != NULL)
		count++;
	for (size_t i = 0; i < COUNT_OF(padding_rows); i++)
		tests[count++] = (struct CMUnitTest) { padding_rows[i].name, check_padding_row,
			NULL, NULL, (void *)(uintptr_t)&padding_rows[i] };
	for (size_t i = 0; i < COUNT_OF(broken_rows); i++)
		tests[count++] = (struct CMUnitTest) { broken_rows[i].name, check_broken_row, NULL,
			NULL, (void *)(uintptr_t)&broken_rows[i] };
	/* What cmocka_run_group_tests does, with as many entries as are filled. */
	failures = _cmocka_run_group_tests("fcgi", tests, count, NULL, NULL);
	return failures;
}
