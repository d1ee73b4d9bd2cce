/*
 * FastCGI connections: look, check, let libfcgi read, answer, keep or close. The states of a
 * connection:
 *
 *     IDLE ──a request is whole──▶ SERVING ──gateway_finish──▶ IDLE (kept) or closed
 *                                     └──its body was not read to the end──▶ DRAINING
 *     DRAINING ──the body's end──▶ IDLE (kept) or closed
 *     any ──what is no request for us, answered──▶ REFUSED ──the front's end──▶ closed
 *
 * Invariants: libfcgi reads a socket only while one whole, checked request lies in it, so its
 * reads never wait; it never closes a connection that it was not told to give up; every close
 * happens in one place here, with no deadline running on the descriptor.
 */
#include "gateway/gateway.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fcgiapp.h>

#include "core/clock.h"
#include "gateway/deadline.h"
#include "gateway/fcgi_arrival.h"
#include "gateway/fcgi_body.h"
#include "gateway/fcgi_check.h"
#include "gateway/fcgi_record.h"
#include "gateway/wait.h"

enum {
	MAX_ASIDES = 8,              /* management and aborted requests answered in a row */
	SEND_GRACE_US = 1000 * 1000, /* for a response that is ready after the deadline */
	DRAIN_MAX =
	    16 * 1024 * 1024,    /* bytes of an unread body, or refused, that are thrown away... */
	DRAIN_SLACK = 64 * 1024, /* ...and how many more before a front is cut off */
};

struct gateway_connection {
	int fd; /* -1: closed by libfcgi */
	enum {
		CONNECTION_IDLE = 0,
		CONNECTION_SERVING,
		CONNECTION_DRAINING,
		CONNECTION_REFUSED
	} state;
	bool keeps;        /* SERVING: the front asked for it; DRAINING: it is kept afterwards */
	bool reads_itself; /* SERVING: the body comes through `body`, not through libfcgi */
	int64_t waiting_since_us, deadline_us;
	int64_t content_length;
	int64_t drain_left; /* bytes */
	struct fcgi_arrival arrival;
	FCGX_Request request;
	struct fcgi_body body;
};

/* --- life cycle ----------------------------------------------------------------------------- */

struct gateway_connection *
gateway_connection_new(int fd)
{
	struct gateway_connection *connection = calloc(1, sizeof(*connection));

	if (connection == NULL)
		(void)close(fd);
	else
		connection->fd = connection->arrival.fd = fd;
	return connection;
}

void
gateway_connection_close(struct gateway_connection *connection)
{
	if (connection == NULL)
		return;
	if (connection->state == CONNECTION_SERVING)
		FCGX_Free(&connection->request, 0);
	if (connection->fd >= 0)
		(void)close(connection->fd);
	fcgi_arrival_done(&connection->arrival);
	free(connection);
}

int
gateway_connection_fd(const struct gateway_connection *connection)
{
	return connection->fd;
}

int64_t
gateway_connection_waiting_since_us(const struct gateway_connection *connection)
{
	return connection->waiting_since_us;
}

static enum gateway_state
end(struct gateway_connection *connection, enum gateway_state state)
{
	gateway_connection_close(connection);
	return state;
}

/* --- refusing --------------------------------------------------------------------------------- */

/* Never waits: a front that does not take these few bytes is not worth it. */
static bool
answer(int fd, const struct fcgi_reply *reply)
{
	return send(fd, reply->data, reply->len, MSG_DONTWAIT | MSG_NOSIGNAL) ==
	       (ssize_t)reply->len;
}

/* Throws away what is there of a refused connection, whatever it is, without waiting. */
static enum gateway_state
drain_refused(struct gateway_connection *connection)
{
	ssize_t got;

	while (
	    (got = receive_now(connection->fd, fcgi_arrival_window(), FCGI_CHECK_WINDOW, 0)) > 0) {
		connection->drain_left -= got;
		if (connection->drain_left < 0)
			return end(connection, GATEWAY_CLOSED);
	}
	if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return GATEWAY_WAITING;
	return end(connection, GATEWAY_CLOSED);
}

/*
 * Whom we answered may still be sending: a close would make its next write fail, or reset what it
 * has not read yet, and it would never see the answer. It sees the end of ours instead, and is
 * listened to until it closes. Who gets no answer is closed at once.
 */
static enum gateway_state
refuse(struct gateway_connection *connection, const struct fcgi_check_result *result)
{
	if (result->reply.len == 0 || !answer(connection->fd, &result->reply))
		return end(connection, GATEWAY_REFUSED);
	(void)shutdown(connection->fd, SHUT_WR);
	fcgi_arrival_done(&connection->arrival);
	connection->state = CONNECTION_REFUSED;
	connection->drain_left = DRAIN_MAX + DRAIN_SLACK;
	if (connection->waiting_since_us == 0)
		connection->waiting_since_us = clock_mono_us();
	return drain_refused(connection) == GATEWAY_WAITING ? GATEWAY_REFUSING : GATEWAY_REFUSED;
}

/* --- body ------------------------------------------------------------------------------------- */

static ssize_t
read_through_libfcgi(void *context, char *room, size_t size)
{
	struct gateway_connection *connection = context;
	FCGX_Stream *in = connection->request.in;
	int got = FCGX_GetStr(room, size < INT_MAX ? (int)size : INT_MAX, in);

	if (got > 0)
		return got;
	return FCGX_GetError(in) == 0 ? 0 : -1;
}

static ssize_t
read_itself(void *context, char *room, size_t size)
{
	struct gateway_connection *connection = context;
	ssize_t got;

	while ((got = fcgi_body_read(&connection->body, room, size)) == FCGI_BODY_AGAIN)
		if (!fcgi_body_wait(&connection->body, connection->deadline_us))
			return -1;
	return got;
}

/* Throws away what is there of an unread body, without waiting. */
static enum gateway_state
drain(struct gateway_connection *connection)
{
	char *room = (char *)fcgi_arrival_window();
	ssize_t got;

	while ((got = fcgi_body_read(&connection->body, room, FCGI_CHECK_WINDOW)) > 0) {
		connection->drain_left -= got;
		if (connection->drain_left < 0)
			return end(connection, GATEWAY_CLOSED);
	}
	if (got == FCGI_BODY_AGAIN)
		return GATEWAY_WAITING;
	/*
	 * Bytes ahead of the socket that are left over would be a request before the last one's
	 * answer.
	 */
	if (got == FCGI_BODY_BROKEN || !connection->keeps || connection->body.ahead.len > 0)
		return end(connection, GATEWAY_CLOSED);
	fcgi_arrival_done(&connection->arrival);
	connection->state = CONNECTION_IDLE;
	connection->waiting_since_us = 0;
	return GATEWAY_WAITING;
}

static enum gateway_state
begin_draining(struct gateway_connection *connection)
{
	int64_t declared = connection->content_length > 0 ? connection->content_length : 0;

	connection->state = CONNECTION_DRAINING;
	connection->waiting_since_us = clock_mono_us();
	connection->drain_left = (declared < DRAIN_MAX ? declared : DRAIN_MAX) + DRAIN_SLACK;
	/*
	 * Some fronts (httpd's mod_proxy_fcgi) stop sending a body once they have the answer, and
	 * would put their next request into the middle of it: such a connection is not kept. The
	 * front sees the end of the response, whether or not it still sends.
	 */
	if (!connection->body.at_end) {
		connection->keeps = false;
		(void)shutdown(connection->fd, SHUT_WR);
	}
	return drain(connection);
}

/* --- receiving -------------------------------------------------------------------------------- */

/*
 * Lets libfcgi read a request from `fd`. keepConnection must be set beforehand, or FCGX_Accept_r
 * would close the descriptor; without a listening socket it cannot fall back to accept(2).
 * `detached` makes the close of a request that it gives up a plain one, without its wait of 2 s.
 * False: it has closed `fd`.
 */
static bool
read_request(struct gateway_connection *connection, int fd)
{
	connection->request =
	    (FCGX_Request) { .ipcFd = fd, .listen_sock = -1, .keepConnection = 1, .detached = 1 };
	return FCGX_Accept_r(&connection->request) == 0;
}

/* Closes the gaps that padding leaves in checked records; returns what remains. */
static size_t
strip_padding(unsigned char *records, size_t len)
{
	size_t from = 0, to = 0;
	struct fcgi_record record;

	while (from < len && fcgi_record_parse(records + from, &record)) {
		memmove(records + to, records + from, FCGI_HEADER_LEN + record.content_len);
		records[to + 6] = 0;
		to += FCGI_HEADER_LEN + record.content_len;
		from += fcgi_record_len(&record);
	}
	return to;
}

/* A file in memory that holds the head, which lies in the window; -1: none to be had. */
static int
open_head(size_t len)
{
	size_t stripped = strip_padding(fcgi_arrival_window(), len);
	int head = memfd_create("fastcgi-head", MFD_CLOEXEC);

	if (head >= 0 && pwrite(head, fcgi_arrival_window(), stripped, 0) != (ssize_t)stripped) {
		(void)close(head);
		return -1;
	}
	return head;
}

/*
 * Lets libfcgi read the head alone, because its reads take whatever else is in the socket and its
 * parser must not see that. The body goes past it. Some system calls more, for requests that are
 * long or came in pieces.
 */
static bool
read_head(struct gateway_connection *connection, const struct fcgi_check_result *result)
{
	int head;

	if (!fcgi_arrival_drop(&connection->arrival, result->head_len))
		return false;
	if ((head = open_head(result->head_len)) < 0)
		return false;
	if (!read_request(connection, head))
		return false;
	(void)close(head);
	connection->request.ipcFd = connection->fd;
	fcgi_body_init(&connection->body, connection->fd, result->request_id,
	    fcgi_arrival_held(&connection->arrival));
	return true;
}

static enum gateway_state
begin_request(struct gateway_connection *connection, const struct fcgi_check_result *result,
    char *const **ret_params, struct body_source *ret_body)
{
	connection->keeps = result->keep;
	connection->content_length = result->content_length;
	connection->waiting_since_us = 0;
	connection->reads_itself =
	    result->verdict == FCGI_CHECK_HEAD || !fcgi_arrival_is_in_socket(&connection->arrival);
	if (connection->reads_itself) {
		if (!read_head(connection, result))
			return end(connection, GATEWAY_CLOSED);
		*ret_body = (struct body_source) { read_itself, connection };
	} else {
		if (!read_request(connection, connection->fd)) {
			connection->fd = -1;
			return end(connection, GATEWAY_CLOSED);
		}
		*ret_body = (struct body_source) { read_through_libfcgi, connection };
	}
	connection->state = CONNECTION_SERVING;
	*ret_params =
	    connection->request.envp + 1; /* the first is FCGI_ROLE, of libfcgi's own making */
	return GATEWAY_REQUEST;
}

/* Answers what is no request and takes it off. False: the connection cannot go on. */
static bool
answer_aside(struct gateway_connection *connection, const struct fcgi_check_result *result)
{
	connection->waiting_since_us = 0;
	return fcgi_arrival_drop(&connection->arrival, result->consumed) &&
	       answer(connection->fd, &result->reply) &&
	       (result->verdict == FCGI_CHECK_MANAGEMENT || result->keep);
}

/* Takes a part of a request off the socket, and notes since when it is one. */
static bool
hold(struct gateway_connection *connection)
{
	if (connection->waiting_since_us == 0)
		connection->waiting_since_us = clock_mono_us();
	return fcgi_arrival_hold(&connection->arrival);
}

/*
 * Looks until a request is whole or nothing more is there; the pieces of an arrival and the
 * asides are counted.
 */
static enum gateway_state
look_for_request(struct gateway_connection *connection, struct fcgi_check_result *result,
    char *const **ret_params, struct body_source *ret_body)
{
	unsigned asides = 0;
	ssize_t len;

	while ((len = fcgi_arrival_look(&connection->arrival)) > 0) {
		fcgi_check(fcgi_arrival_window(), (size_t)len, result);
		switch (result->verdict) {
		case FCGI_CHECK_WHOLE:
		case FCGI_CHECK_HEAD:
			return begin_request(connection, result, ret_params, ret_body);
		case FCGI_CHECK_MORE:
			if (!hold(connection))
				return refuse(connection, result);
			break;
		case FCGI_CHECK_MANAGEMENT:
		case FCGI_CHECK_ABORTED:
			if (!answer_aside(connection, result) || ++asides > MAX_ASIDES)
				return end(connection, GATEWAY_CLOSED);
			break;
		case FCGI_CHECK_REFUSE:
		case FCGI_CHECK_BAD_ROLE:
		case FCGI_CHECK_MULTIPLEX:
		case FCGI_CHECK_TOO_LARGE:
		case FCGI_CHECK_BAD_PARAM:
			return refuse(connection, result);
		}
	}
	return len == FCGI_ARRIVAL_AGAIN ? GATEWAY_WAITING : end(connection, GATEWAY_CLOSED);
}

enum gateway_state
gateway_receive(struct gateway_connection *connection, int64_t deadline_us,
    char *const **ret_params, struct body_source *ret_body)
{
	struct fcgi_check_result result;

	connection->deadline_us = deadline_us;
	if (connection->state == CONNECTION_REFUSED)
		return drain_refused(connection);
	if (connection->state == CONNECTION_DRAINING) {
		if (drain(connection) == GATEWAY_CLOSED)
			return GATEWAY_CLOSED;
		if (connection->state == CONNECTION_DRAINING)
			return GATEWAY_WAITING;
	}
	return look_for_request(connection, &result, ret_params, ret_body);
}

/* --- finishing -------------------------------------------------------------------------------- */

static bool
put(FCGX_Stream *out, struct slice response)
{
	while (response.len > 0) {
		int len = response.len < INT_MAX ? (int)response.len : INT_MAX;

		if (FCGX_PutStr(response.data, len, out) != len)
			return false;
		response = slice_skip(response, (size_t)len);
	}
	return true;
}

/*
 * What FCGX_Finish_r does, without its close: that would happen on any error, whatever
 * keepConnection says, and behind our back. Closing `err` first and unused writes nothing; `out`
 * ends the request.
 */
static bool
send_response(struct gateway_connection *connection, struct slice response)
{
	bool sent = put(connection->request.out, response);

	sent = FCGX_FClose(connection->request.err) == 0 && sent;
	return FCGX_FClose(connection->request.out) == 0 && sent;
}

/* The rest of a body that is all there: takes it off the socket. */
static bool
skip_body(struct gateway_connection *connection)
{
	ssize_t got;

	do
		got = read_through_libfcgi(
		    connection, (char *)fcgi_arrival_window(), FCGI_CHECK_WINDOW);
	while (got > 0);
	return got == 0;
}

enum gateway_state
gateway_finish(
    struct gateway_connection *connection, struct slice response, bool keep, bool *ret_sent)
{
	int64_t grace_us = clock_mono_us() + SEND_GRACE_US;
	bool sent, expired, skipped;

	/* Before the answer: after it the next request may lie behind the body, and libfcgi would read into it. */
	skipped = connection->reads_itself || skip_body(connection);
	deadline_start(connection->fd,
	    connection->deadline_us > grace_us ? connection->deadline_us : grace_us);
	sent = send_response(connection, response);
	expired = deadline_stop();
	FCGX_Free(&connection->request, 0);
	connection->state = CONNECTION_IDLE;
	connection->keeps = connection->keeps && keep;
	*ret_sent = sent;
	if (!sent || expired || !skipped)
		return end(connection, GATEWAY_CLOSED);
	if (connection->reads_itself)
		return begin_draining(connection);
	return connection->keeps ? GATEWAY_WAITING : end(connection, GATEWAY_CLOSED);
}
