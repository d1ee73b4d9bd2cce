/*
 * What the system refuses: memory for a part of a request, and a response that it takes in pieces,
 * late, or not at all. The linker puts our malloc, calloc, send and sendmsg in the place of its own.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "gateway/fcgi_arrival.h"
#include "gateway/fcgi_output.h"

#include "../core/rows.h"
#include "ends.h"

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
ssize_t __real_sendmsg(int fd, const struct msghdr *message, int flags);
ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags);

ssize_t __real_send(int fd, const void *bytes, size_t len, int flags);
ssize_t __wrap_send(int fd, const void *bytes, size_t len, int flags);

/* --- memory ---------------------------------------------------------------------------------- */

static bool is_exhausted;

static void *
refuse_memory(void)
{
	errno = ENOMEM;
	return NULL;
}

void *
__wrap_malloc(size_t size)
{
	return is_exhausted ? refuse_memory() : __real_malloc(size);
}

void *
__wrap_calloc(size_t count, size_t size)
{
	return is_exhausted ? refuse_memory() : __real_calloc(count, size);
}

static enum gateway_state
receive_without_memory(struct ends *ends)
{
	enum gateway_state state;

	is_exhausted = true;
	state = receive(ends);
	is_exhausted = false;
	return state;
}

/* The next connection has nothing to suffer. */
static void
assert_serves(void)
{
	struct ends ends = connect_ends();

	front_request(&front, 1, false, NULL, 0);
	write_front(&ends);
	assert_int_equal(receive(&ends), GATEWAY_REQUEST);
	assert_int_equal(finish(&ends, false), GATEWAY_CLOSED);
	assert_hello(&ends, 1);
	close_front(&ends);
}

static void
a_connection_that_cannot_be_kept_in_mind(void **state UNUSED)
{
	struct ends ends = { 0 };
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	ends.front = fds[0];
	is_exhausted = true;
	assert_null(gateway_connection_new(fds[1]));
	is_exhausted = false;
	assert_end(&ends);
	close_front(&ends);
	assert_serves();
}

/* `held` bytes of a request are kept in mind, and more of it cannot be. */
static void
refuse_more_than(size_t held)
{
	struct ends ends = connect_ends();

	front_request(&front, 1, true, NULL, 0);
	if (held > 0) {
		write_bytes(&ends, front.bytes, held);
		assert_int_equal(receive(&ends), GATEWAY_WAITING);
	}
	write_bytes(&ends, front.bytes + held, 10);
	front.len = 0;
	assert_int_equal(receive_without_memory(&ends), GATEWAY_REFUSED);
	assert_end(&ends);
	close_front(&ends);
	assert_serves();
}

static void
a_part_that_cannot_be_held(void **state UNUSED)
{
	refuse_more_than(0);
}

/* What was held before is given back: the leak checkers look. */
static void
more_that_cannot_be_held(void **state UNUSED)
{
	refuse_more_than(60);
}

/* The rest of a request that is held, and any that comes in one piece, need none. */
static void
a_whole_request_needs_none(void **state UNUSED)
{
	struct ends ends = connect_ends();

	front_request(&front, 1, true, NULL, 0);
	write_bytes(&ends, front.bytes, 60);
	assert_int_equal(receive(&ends), GATEWAY_WAITING);
	write_bytes(&ends, front.bytes + 60, front.len - 60);
	front.len = 0;
	for (uint16_t id = 1; id <= 2; id++) {
		assert_int_equal(receive_without_memory(&ends), GATEWAY_REQUEST);
		is_exhausted = true;
		assert_int_equal(finish(&ends, true), GATEWAY_WAITING);
		is_exhausted = false;
		assert_hello(&ends, id);
		front_request(&front, id + 1, true, NULL, 0);
		write_front(&ends);
	}
	close_ends(&ends);
}

static void
what_is_held_stays_when_more_cannot_be(void **state UNUSED)
{
	struct fcgi_arrival arrival = { .fd = -1 };
	bool is_held;

	memcpy(fcgi_arrival_window(), "first", 5);
	assert_true(fcgi_arrival_hold(&arrival, 5));
	memcpy(fcgi_arrival_window(), "first and second", 16);
	is_exhausted = true;
	is_held = fcgi_arrival_hold(&arrival, 16);
	is_exhausted = false;
	assert_false(is_held);
	assert_int_equal(arrival.held_len, 5);
	assert_memory_equal(arrival.held, "first", 5);
	fcgi_arrival_done(&arrival);
	assert_null(arrival.held);
}

/* --- a response ------------------------------------------------------------------------------ */

enum { ALL = 0, STEPS = 8, LONG = 0xffff + 1000 /* two records */, OUT_ROOM = LONG + 100 };

/* Of one call: an error, or the bytes that are taken at most. */
struct step {
	int error;
	size_t most;
};

static struct {
	const struct step *steps; /* NULL: the system's own call */
	unsigned calls;
	unsigned char out[OUT_ROOM];
	size_t len;
} kernel;

static size_t
take(const struct iovec *part, size_t most)
{
	size_t len = part->iov_len < most ? part->iov_len : most;

	assert_true(len <= sizeof(kernel.out) - kernel.len);
	if (len > 0)
		memcpy(kernel.out + kernel.len, part->iov_base, len);
	kernel.len += len;
	return len;
}

/* Behind the steps that are said everything is taken at once. */
static ssize_t
take_all(const struct iovec *parts, size_t count, int flags)
{
	struct step step = { 0 };
	size_t most, sent = 0;

	assert_int_equal(flags, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (kernel.calls < STEPS)
		step = kernel.steps[kernel.calls];
	kernel.calls++;
	if (step.error != 0) {
		errno = step.error;
		return -1;
	}
	most = step.most == ALL ? SIZE_MAX : step.most;
	for (size_t i = 0; i < count; i++)
		sent += take(&parts[i], most - sent);
	return (ssize_t)sent;
}

ssize_t
__wrap_sendmsg(int fd, const struct msghdr *message, int flags)
{
	if (kernel.steps == NULL)
		return __real_sendmsg(fd, message, flags);
	return take_all(message->msg_iov, message->msg_iovlen, flags);
}

ssize_t
__wrap_send(int fd, const void *bytes, size_t len, int flags)
{
	const struct iovec part = { .iov_base = (void *)(uintptr_t)bytes, .iov_len = len };

	if (kernel.steps == NULL)
		return __real_send(fd, bytes, len, flags);
	return take_all(&part, 1, flags);
}

static const struct row {
	const char *name;
	struct step steps[STEPS]; /* what is not said is sent at once */
	bool is_lost;
	unsigned calls; /* of a response of one record, at least */
} rows[] = {
	{ "all at once", { { 0 } }, false, 1 },
	{ "interrupted", { { EINTR, 0 } }, false, 2 },
	{ "interrupted again and again",
	    { { EINTR, 0 }, { EINTR, 0 }, { EINTR, 0 }, { EINTR, 0 }, { EINTR, 0 } }, false, 6 },
	{ "in the middle of the head", { { 0, 3 } }, false, 2 },
	{ "up to the end of the head", { { 0, 8 } }, false, 2 },
	{ "in the middle of the content", { { 0, 10 } }, false, 2 },
	{ "up to the end of the content", { { 0, 13 } }, false, 2 },
	{ "in the middle of the end", { { 0, 14 } }, false, 2 },
	{ "up to the last byte", { { 0, 36 } }, false, 2 },
	{ "a byte at a time", { { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } }, false,
	    7 },
	{ "no room for a moment", { { EAGAIN, 0 } }, false, 2 },
	{ "no room after a part", { { 0, 5 }, { EAGAIN, 0 } }, false, 3 },
	{ "everything in turn",
	    { { EINTR, 0 }, { 0, 9 }, { EAGAIN, 0 }, { EINTR, 0 }, { 0, 2 }, { EINTR, 0 } }, false,
	    7 },
	{ "the front has gone", { { EPIPE, 0 } }, true, 1 },
	{ "the front goes in the middle", { { 0, 10 }, { ECONNRESET, 0 } }, true, 2 },
	{ "gone when there is room again", { { EAGAIN, 0 }, { EPIPE, 0 } }, true, 2 },
	{ "the kernel has no memory", { { ENOBUFS, 0 } }, true, 1 },
};

/* Reads the records that were taken: the content of STDOUT, its end, END_REQUEST. */
static void
assert_whole(struct slice response)
{
	struct fcgi_record record = { 0 };
	size_t at = 0, content = 0;

	while (at + FCGI_HEADER_LEN <= kernel.len) {
		assert_true(fcgi_record_parse(kernel.out + at, &record));
		assert_int_equal(record.request_id, 7);
		at += FCGI_HEADER_LEN;
		if (record.type == FCGI_END_REQUEST)
			break;
		assert_int_equal(record.type, FCGI_STDOUT);
		assert_true(content + record.content_len <= response.len);
		if (record.content_len > 0)
			assert_memory_equal(
			    kernel.out + at, response.data + content, record.content_len);
		content += record.content_len;
		at += (size_t)record.content_len + record.padding_len;
	}
	assert_int_equal(content, response.len);
	assert_int_equal(record.type, FCGI_END_REQUEST);
	assert_int_equal(at + sizeof(FCGI_EndRequestBody), kernel.len);
}

static void
send_response(const struct row *row, struct slice response)
{
	int fds[2];
	bool is_sent;

	/* There is always room, whatever was said of it. */
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	kernel.calls = 0;
	kernel.len = 0;
	kernel.steps = row->steps;
	is_sent = fcgi_output_send(fds[1], 7, response, in_ms(5000));
	kernel.steps = NULL;
	assert_int_equal(is_sent, !row->is_lost);
	if (is_sent)
		assert_whole(response);
	close(fds[0]);
	close(fds[1]);
}

static void
is_sent_as_far_as_it_can_be(void **state)
{
	static char bytes[LONG];
	const struct row *row = *state;
	size_t before_the_end = 0;

	fill(bytes, sizeof(bytes));
	send_response(row, SLICE_OF("hello"));
	assert_int_equal(kernel.calls, row->calls);
	/* Nothing is tried again behind what cannot be mended. */
	for (size_t i = 0; row->is_lost && i < row->calls; i++)
		before_the_end += row->steps[i].most;
	if (row->is_lost)
		assert_int_equal(kernel.len, before_the_end);
	send_response(row, slice_make(bytes, 0));
	/* The longest that is sent from one place, and the shortest that is not. */
	send_response(row, slice_make(bytes, 4096 - 32));
	send_response(row, slice_make(bytes, 4096 - 31));
	send_response(row, slice_make(bytes, sizeof(bytes)));
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(a_connection_that_cannot_be_kept_in_mind),
		cmocka_unit_test(a_part_that_cannot_be_held),
		cmocka_unit_test(more_that_cannot_be_held),
		cmocka_unit_test(a_whole_request_needs_none),
		cmocka_unit_test(what_is_held_stays_when_more_cannot_be),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("fcgi_faults_of_memory", others, NULL, NULL) +
	       RUN_ROWS(rows, is_sent_as_far_as_it_can_be);
}
