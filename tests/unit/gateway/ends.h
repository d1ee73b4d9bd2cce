/*
 * Both ends of a connection: the gateway's, and the front server's, which the test plays itself.
 */
#ifndef POSTERN_TESTS_GATEWAY_ENDS_H
#define POSTERN_TESTS_GATEWAY_ENDS_H

#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/clock.h"
#include "gateway/fcgi_record.h"
#include "gateway/gateway.h"

#include "front.h"

#define HELLO "Status: 200 OK\r\n\r\nhello"

static struct front front;
static char text[FRONT_SIZE];

/* --- both ends ------------------------------------------------------------------------------- */

struct ends {
	int front; /* the front server's end; non-blocking where it must not wait */
	struct gateway_connection *connection;
	struct params params;
	struct body_source body;
};

static inline int64_t
in_ms(int64_t ms)
{
	return clock_mono_us() + ms * 1000;
}

static inline struct ends
connect_ends(void)
{
	struct ends ends = { 0 };
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	ends.front = fds[0];
	ends.connection = gateway_connection_new(fds[1]);
	assert_non_null(ends.connection);
	assert_int_equal(gateway_connection_fd(ends.connection), fds[1]);
	return ends;
}

static inline void
connect_tcp(int fds[2])
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(listener >= 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &len), 0);
	fds[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fds[0], (struct sockaddr *)&address, sizeof(address)), 0);
	fds[1] = accept(listener, NULL, NULL);
	assert_true(fds[1] >= 0);
	close(listener);
}

static inline void
assert_param(const struct ends *ends, size_t i, const char *expected)
{
	const struct param *param = &ends->params.items[i];
	static char found[FRONT_SIZE];

	assert_true(i < ends->params.count);
	/* The NUL behind the value ends it. */
	(void)snprintf(found, sizeof(found), "%.*s=%s", SLICE_ARGS(param->name), param->value.data);
	assert_string_equal(found, expected);
	assert_int_equal(strlen(found), param->name.len + 1 + param->value.len);
}

static inline void
write_bytes(const struct ends *ends, const void *bytes, size_t len)
{
	assert_int_equal(send(ends->front, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT), len);
}

static inline void
write_front(const struct ends *ends)
{
	write_bytes(ends, front.bytes, front.len);
	front.len = 0;
}

static inline enum gateway_state
receive(struct ends *ends)
{
	return gateway_receive(ends->connection, in_ms(5000), &ends->params, &ends->body);
}

static inline enum gateway_state
finish(struct ends *ends, bool keep)
{
	bool sent = false;
	enum gateway_state state = gateway_finish(ends->connection, SLICE_OF(HELLO), keep, &sent);

	assert_true(sent);
	return state;
}

/* Reads the front's end until `size` bytes, the end or 5 s; returns bytes. */
static inline size_t
read_front(const struct ends *ends, unsigned char *room, size_t size)
{
	struct pollfd pollfd = { .fd = ends->front, .events = POLLIN };
	size_t len = 0;
	ssize_t got;

	while (len < size) {
		assert_int_equal(poll(&pollfd, 1, 5000), 1);
		if ((got = recv(ends->front, room + len, size - len, 0)) <= 0)
			break;
		len += (size_t)got;
	}
	return len;
}

struct answer {
	char out[1024 * 1024 + 1];
	size_t out_len;
	int status; /* protocolStatus of END_REQUEST; -1: the connection ended before */
};
static struct answer answer;

/* Reads records of `id` up to END_REQUEST into `answer`. */
static inline void
read_answer(const struct ends *ends, uint16_t id)
{
	unsigned char head[FCGI_HEADER_LEN], content[FCGI_MAX_LENGTH + UINT8_MAX];
	struct fcgi_record record = { 0 };

	answer.out_len = 0;
	answer.status = -1;
	while (read_front(ends, head, sizeof(head)) == sizeof(head)) {
		assert_true(fcgi_record_parse(head, &record));
		assert_int_equal(record.request_id, id);
		if (record.content_len + record.padding_len > 0)
			assert_int_equal(
			    read_front(ends, content, record.content_len + record.padding_len),
			    record.content_len + record.padding_len);
		if (record.type == FCGI_END_REQUEST) {
			answer.status = content[4];
			break;
		}
		assert_int_equal(record.type, FCGI_STDOUT);
		assert_true(record.content_len < sizeof(answer.out) - answer.out_len);
		memcpy(answer.out + answer.out_len, content, record.content_len);
		answer.out_len += record.content_len;
	}
	answer.out[answer.out_len] = '\0';
}

static inline void
assert_hello(const struct ends *ends, uint16_t id)
{
	read_answer(ends, id);
	assert_int_equal(answer.status, FCGI_REQUEST_COMPLETE);
	assert_string_equal(answer.out, HELLO);
}

/* The front sees an orderly end, not a reset. */
static inline void
assert_end(const struct ends *ends)
{
	struct pollfd pollfd = { .fd = ends->front, .events = POLLIN };
	char byte;

	assert_int_equal(poll(&pollfd, 1, 5000), 1);
	assert_int_equal(recv(ends->front, &byte, 1, 0), 0);
}

/*
 * All of the body, in reads of `size` bytes, into `text`. Returns its length, or -1 when it broke
 * off.
 */
static inline ssize_t
read_body(struct ends *ends, size_t size)
{
	size_t len = 0;
	ssize_t got;

	while ((got = ends->body.read(ends->body.context, text + len, size)) > 0) {
		len += (size_t)got;
		assert_true(len + size <= sizeof(text));
	}
	return got < 0 ? -1 : (ssize_t)len;
}

static inline void
close_ends(struct ends *ends)
{
	gateway_connection_close(ends->connection);
	close(ends->front);
}

static inline void
close_front(struct ends *ends)
{
	close(ends->front);
}

static inline void
fill(char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		bytes[i] = (char)(i * 7 + i / 251);
}

struct writer {
	int fd;
	const unsigned char *bytes;
	size_t len;
};

static inline void *
write_all(void *argument)
{
	struct writer *writer = argument;

	while (writer->len > 0) {
		ssize_t put = send(writer->fd, writer->bytes, writer->len, MSG_NOSIGNAL);

		if (put < 0)
			break;
		writer->bytes += put;
		writer->len -= (size_t)put;
	}
	return NULL;
}

#endif
