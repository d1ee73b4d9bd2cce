/*
 * FastCGI connections: look, check, take the request apart where it lies, answer, keep or close.
 * The states of a connection:
 *
 *     IDLE ──a request is there──▶ SERVING ──gateway_finish──▶ IDLE (kept) or closed
 *     IDLE ──no request for us: refused──▶ IDLE (kept) or closed
 *     either, answered while the front still sends ──▶ DRAINING ──its end──▶ closed
 *
 * Invariants: no byte is used before it was checked; nothing here waits but the reading of a long
 * body and the writing of a response, both with an end; every close happens in one place.
 */
#include "gateway/gateway.h"

#include <stdlib.h>
#include <unistd.h>

#include "core/clock.h"
#include "gateway/fcgi_arrival.h"
#include "gateway/fcgi_body.h"
#include "gateway/fcgi_check.h"
#include "gateway/fcgi_connection.h"
#include "gateway/fcgi_output.h"
#include "gateway/fcgi_pairs.h"

enum { MAX_ASIDES = 8 /* management and aborted requests answered in a row */ };

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

bool
gateway_connection_has_begun(const struct gateway_connection *connection)
{
	return connection->waiting_since_us != 0 && connection->state != CONNECTION_DRAINING;
}

enum gateway_state
fcgi_end(struct gateway_connection *connection, enum gateway_state state)
{
	gateway_connection_close(connection);
	return state;
}

/* --- receiving -------------------------------------------------------------------------------- */

static ssize_t
read_body(void *context, char *room, size_t size)
{
	struct gateway_connection *connection = context;
	ssize_t got;

	while ((got = fcgi_body_read(&connection->body, room, size)) == FCGI_BODY_AGAIN)
		if (!fcgi_body_wait(&connection->body, connection->deadline_us))
			return -1;
	return got;
}

/* The request stays in the window, of which `len` bytes are filled, until it is answered. */
static enum gateway_state
begin_request(struct gateway_connection *connection, struct fcgi_check_result *result, size_t len,
    struct params *ret_params, struct body_source *ret_body)
{
	unsigned char *window = fcgi_arrival_window();

	fcgi_arrival_done(&connection->arrival);
	connection->state = CONNECTION_SERVING;
	connection->keeps = result->keep;
	connection->request_id = result->request_id;
	connection->content_length = result->content_length;
	connection->waiting_since_us = 0;
	fcgi_body_init(&connection->body, connection->fd, result->request_id,
	    slice_make((const char *)window + result->head_len, len - result->head_len));
	*ret_body = (struct body_source) { read_body, connection };
	fcgi_pairs_take(window, result->head_len, &result->params);
	*ret_params = (struct params) { result->params.pairs, result->params.count };
	return GATEWAY_REQUEST;
}

/* Answers what is no request. False: the connection cannot go on. */
static bool
answer_aside(struct gateway_connection *connection, const struct fcgi_check_result *result)
{
	connection->waiting_since_us = 0;
	return fcgi_answer(connection, &result->reply) &&
	       (result->verdict == FCGI_CHECK_MANAGEMENT || result->keep);
}

/* Keeps a part of a request, and notes since when it is one. */
static bool
hold(struct gateway_connection *connection, size_t len)
{
	if (connection->waiting_since_us == 0)
		connection->waiting_since_us = clock_mono_us();
	return fcgi_arrival_hold(&connection->arrival, len);
}

/*
 * Looks until a request is whole or nothing more is there; the pieces of an arrival and the
 * asides are counted.
 */
static enum gateway_state
look_for_request(struct gateway_connection *connection, struct fcgi_check_result *result,
    struct params *ret_params, struct body_source *ret_body)
{
	struct fcgi_arrival *arrival = &connection->arrival;
	ssize_t len = fcgi_arrival_look(arrival);
	unsigned asides = 0;

	while (len > 0) {
		fcgi_check(fcgi_arrival_window(), (size_t)len, result);
		switch (result->verdict) {
		case FCGI_CHECK_REQUEST:
			return begin_request(connection, result, (size_t)len, ret_params, ret_body);
		case FCGI_CHECK_MORE:
			if (!hold(connection, (size_t)len))
				return fcgi_refuse(connection, result, (size_t)len);
			len = fcgi_arrival_look(arrival);
			break;
		case FCGI_CHECK_MANAGEMENT:
		case FCGI_CHECK_ABORTED:
			if (!answer_aside(connection, result) || ++asides > MAX_ASIDES)
				return fcgi_end(connection, GATEWAY_CLOSED);
			len = (ssize_t)fcgi_arrival_drop(arrival, (size_t)len, result->consumed);
			if (len == 0)
				len = fcgi_arrival_look(arrival);
			break;
		case FCGI_CHECK_REFUSE:
		case FCGI_CHECK_BAD_ROLE:
		case FCGI_CHECK_MULTIPLEX:
		case FCGI_CHECK_TOO_LARGE:
		case FCGI_CHECK_BAD_PARAM:
			return fcgi_refuse(connection, result, (size_t)len);
		}
	}
	return len == FCGI_ARRIVAL_AGAIN ? GATEWAY_WAITING : fcgi_end(connection, GATEWAY_CLOSED);
}

enum gateway_state
gateway_receive(struct gateway_connection *connection, int64_t deadline_us,
    struct params *ret_params, struct body_source *ret_body)
{
	/* Of the last look; the request in hand has its pairs there. */
	static struct fcgi_check_result result;
	enum gateway_state state;

	connection->deadline_us = deadline_us;
	if (connection->state == CONNECTION_DRAINING)
		return fcgi_drain_more(connection);
	state = look_for_request(connection, &result, ret_params, ret_body);
	/* A part of one, which is held elsewhere, or what is none: it may have a token all the same. */
	if (state != GATEWAY_REQUEST)
		fcgi_arrival_wipe();
	return state;
}

/* --- finishing -------------------------------------------------------------------------------- */

enum gateway_state
gateway_finish(
    struct gateway_connection *connection, struct slice response, bool keep, bool *ret_sent)
{
	/* Before the answer: after it the next request may lie behind the body. */
	fcgi_drain_some(connection, connection->content_length);
	*ret_sent = fcgi_output_send(
	    connection->fd, connection->request_id, response, connection->deadline_us);
	fcgi_arrival_wipe();
	connection->keeps = connection->keeps && keep;
	if (!*ret_sent)
		return fcgi_end(connection, GATEWAY_CLOSED);
	return fcgi_drain_rest(connection);
}
