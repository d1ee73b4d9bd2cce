/*
 * FastCGI connections: look, check, let libfcgi read, answer, keep or close. The states of a
 * connection:
 *
 *     IDLE ──a request is whole──▶ SERVING ──gateway_finish──▶ IDLE (kept) or closed
 *     IDLE ──no request for us: refused──▶ IDLE (kept) or closed
 *     either, answered while the front still sends ──▶ DRAINING ──its end──▶ closed
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
#include "gateway/fcgi_connection.h"
#include "gateway/fcgi_record.h"
#include "gateway/wait.h"

enum {
	MAX_ASIDES = 8,              /* management and aborted requests answered in a row */
	SEND_GRACE_US = 1000 * 1000, /* for a response that is ready after the deadline */
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

enum gateway_state
fcgi_end(struct gateway_connection *connection, enum gateway_state state)
{
	gateway_connection_close(connection);
	return state;
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
			return fcgi_end(connection, GATEWAY_CLOSED);
		*ret_body = (struct body_source) { read_itself, connection };
	} else {
		if (!read_request(connection, connection->fd)) {
			connection->fd = -1;
			return fcgi_end(connection, GATEWAY_CLOSED);
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
	       fcgi_answer(connection, &result->reply) &&
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
				return fcgi_refuse(connection, result);
			break;
		case FCGI_CHECK_MANAGEMENT:
		case FCGI_CHECK_ABORTED:
			if (!answer_aside(connection, result) || ++asides > MAX_ASIDES)
				return fcgi_end(connection, GATEWAY_CLOSED);
			break;
		case FCGI_CHECK_REFUSE:
		case FCGI_CHECK_BAD_ROLE:
		case FCGI_CHECK_MULTIPLEX:
		case FCGI_CHECK_TOO_LARGE:
		case FCGI_CHECK_BAD_PARAM:
			return fcgi_refuse(connection, result);
		}
	}
	return len == FCGI_ARRIVAL_AGAIN ? GATEWAY_WAITING : fcgi_end(connection, GATEWAY_CLOSED);
}

enum gateway_state
gateway_receive(struct gateway_connection *connection, int64_t deadline_us,
    char *const **ret_params, struct body_source *ret_body)
{
	struct fcgi_check_result result;

	connection->deadline_us = deadline_us;
	if (connection->state == CONNECTION_DRAINING)
		return fcgi_drain_more(connection);
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
	bool sent, expired, skipped = true;

	/* Before the answer: after it the next request may lie behind the body. */
	if (connection->reads_itself)
		fcgi_drain_some(connection, connection->content_length);
	else
		skipped = skip_body(connection);
	deadline_start(connection->fd,
	    connection->deadline_us > grace_us ? connection->deadline_us : grace_us);
	sent = send_response(connection, response);
	expired = deadline_stop();
	FCGX_Free(&connection->request, 0);
	connection->state = CONNECTION_IDLE;
	connection->keeps = connection->keeps && keep;
	*ret_sent = sent;
	if (!sent || expired || !skipped)
		return fcgi_end(connection, GATEWAY_CLOSED);
	if (connection->reads_itself)
		return fcgi_drain_rest(connection);
	return connection->keeps ? GATEWAY_WAITING : fcgi_end(connection, GATEWAY_CLOSED);
}
