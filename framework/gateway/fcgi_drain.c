/*
 * What nobody will read: the rest of a body that a handler did not want, and requests that are
 * refused. It is taken off the socket all the same, because with bytes unread close(2) resets the
 * connection, and a front that still sends would report that instead of our answer
 * (docs/decisions/0001).
 *
 * In three steps: what is there goes before the answer. When that was all, the front has sent all,
 * and the connection is as good as any other. When it was not, the front sees our end behind the
 * answer, at the same moment where the kernel can do that, lest it keep the connection for its
 * next request; and what comes then is thrown away, a piece at a time, with an end.
 */
#include "gateway/fcgi_connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "core/clock.h"

enum {
	DRAIN_MAX = 16 * 1024 * 1024, /* declared bytes that are thrown away... */
	DRAIN_SLACK = 64 * 1024,      /* ...and how many more before a front is cut off */
};

bool
fcgi_answer(const struct gateway_connection *connection, const struct fcgi_reply *reply)
{
	return send(connection->fd, reply->data, reply->len, MSG_DONTWAIT | MSG_NOSIGNAL) ==
	       (ssize_t)reply->len;
}

/* Throws away what is there. How it ended: FCGI_BODY_END, FCGI_BODY_AGAIN or FCGI_BODY_BROKEN. */
static ssize_t
discard(struct gateway_connection *connection)
{
	static char nowhere[16 * 1024];
	ssize_t got;

	while ((got = fcgi_body_read(&connection->body, nowhere, sizeof(nowhere))) > 0) {
		explicit_bzero(nowhere, (size_t)got);
		connection->drain_left -= got;
		if (connection->drain_left < 0)
			return FCGI_BODY_BROKEN;
	}
	return got;
}

/* TCP holds the answer back until shutdown(2), so that both go out in one piece; others cannot. */
static void
cork(int fd)
{
	int on = 1;

	(void)setsockopt(fd, IPPROTO_TCP, TCP_CORK, &on, sizeof(on));
}

void
fcgi_drain_some(struct gateway_connection *connection, int64_t declared)
{
	connection->drain_left = DRAIN_SLACK + (declared < 0              ? 0
						   : declared < DRAIN_MAX ? declared
									  : DRAIN_MAX);
	connection->drained = discard(connection);
	if (connection->drained == FCGI_BODY_AGAIN)
		cork(connection->fd);
}

enum gateway_state
fcgi_drain_more(struct gateway_connection *connection)
{
	return discard(connection) == FCGI_BODY_AGAIN ? GATEWAY_WAITING
						      : fcgi_end(connection, GATEWAY_CLOSED);
}

enum gateway_state
fcgi_drain_rest(struct gateway_connection *connection)
{
	connection->state = CONNECTION_IDLE;
	connection->waiting_since_us = 0;
	if (connection->drained == FCGI_BODY_AGAIN) {
		/*
		 * Not kept: some fronts (httpd's mod_proxy_fcgi) stop sending a body once they
		 * have the answer, and would put their next request into the middle of it.
		 */
		(void)shutdown(connection->fd, SHUT_WR);
		connection->state = CONNECTION_DRAINING;
		connection->waiting_since_us = clock_mono_us();
		return fcgi_drain_more(connection);
	}
	/* Bytes ahead of the socket would be a request before the last one's answer. */
	if (connection->drained == FCGI_BODY_BROKEN || !connection->keeps ||
	    connection->body.ahead.len > 0)
		return fcgi_end(connection, GATEWAY_CLOSED);
	return GATEWAY_WAITING;
}

enum gateway_state
fcgi_refuse(
    struct gateway_connection *connection, const struct fcgi_check_result *result, size_t len)
{
	/* Of two requests at once nobody knows where the first one's answer would belong. */
	const bool is_one = result->verdict != FCGI_CHECK_MULTIPLEX;

	fcgi_arrival_done(&connection->arrival);
	if (result->reply.len == 0)
		return fcgi_end(connection, GATEWAY_REFUSED);
	connection->keeps = is_one && result->keep;
	fcgi_body_init(&connection->body, connection->fd, result->request_id,
	    slice_make((const char *)fcgi_arrival_window(), len));
	connection->body.extent = is_one ? FCGI_BODY_AND_HEAD : FCGI_BODY_AND_ALL;
	fcgi_drain_some(connection, DRAIN_MAX);
	if (!fcgi_answer(connection, &result->reply))
		return fcgi_end(connection, GATEWAY_REFUSED);
	return fcgi_drain_rest(connection) == GATEWAY_WAITING ? GATEWAY_REFUSING : GATEWAY_REFUSED;
}
