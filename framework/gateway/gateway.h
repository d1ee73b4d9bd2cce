/*
 * The gateway: where bytes of the front server become requests. FastCGI, or one CGI request from
 * the environment.
 *
 * FastCGI (gateway/fcgi.c) works on one connection that the worker accepted. What has arrived is
 * checked (gateway/fcgi_check.c) until a request is whole and legal, and then taken apart where it
 * lies. A connection that stalls mid-request occupies memory, bounded, and no worker. A body that
 * is too long to be waited for is read by gateway/fcgi_body.c as it comes, within the deadline.
 *
 * What the process owes it: TCP listeners with TCP_NODELAY set before listen(2), which accepted
 * connections inherit.
 */
#ifndef POSTERN_GATEWAY_GATEWAY_H
#define POSTERN_GATEWAY_GATEWAY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/compiler.h"
#include "core/slice.h"
#include "http/request.h"

struct gateway_connection;

/* What became of a connection that poll reported. */
enum gateway_state {
	GATEWAY_CLOSED = 0, /* it is closed and freed: forget it */
	GATEWAY_WAITING,    /* nothing or not enough there yet; ask again when it is readable */
	GATEWAY_REQUEST,    /* a request is whole; params are given */
	GATEWAY_REFUSED,    /* no request; closed and freed: log it */
	GATEWAY_REFUSING /* no request; answered per protocol: log it, and go on as when WAITING */
};

/*
 * Takes over an accepted descriptor (blocking mode, close-on-exec). NULL: no memory; the
 * descriptor is closed.
 */
struct gateway_connection *gateway_connection_new(int fd) MUST_USE;
/* Closes at once, whatever its state. NULL is harmless. */
void gateway_connection_close(struct gateway_connection *connection);
int gateway_connection_fd(const struct gateway_connection *connection);
/*
 * Since when (monotonic) a request has begun and is not whole, or the rest of one that was answered
 * or refused has been owed; 0: neither. The worker closes connections that are like this for longer
 * than its read deadline.
 */
int64_t gateway_connection_waiting_since_us(const struct gateway_connection *connection);
/* Whether it is a request that is not whole, and not the rest of one. */
bool gateway_connection_has_begun(const struct gateway_connection *connection);

/*
 * Looks at what has arrived, without waiting. On GATEWAY_REQUEST the parameters and the body source
 * live until gateway_finish, and until then no other connection may be received from: one process has
 * one request in hand. `deadline_us` (monotonic) bounds the body's reading and the response's writing.
 * Suits edge-triggered polling: GATEWAY_WAITING means that all that is there has been looked at.
 * GATEWAY_REFUSING, too: what comes after it is thrown away, until the front closes or has sent
 * enough, since a close in the middle of its sending could cost it the answer.
 */
enum gateway_state gateway_receive(struct gateway_connection *connection, int64_t deadline_us,
    struct params *ret_params, struct body_source *ret_body);

/*
 * Sends the response (the bytes of a CGI response) and ends the request. A response that is ready
 * after the deadline still gets a second. GATEWAY_WAITING: the connection is kept, or, whatever
 * `keep` says, the front still owes the rest of a body that nobody read, which gateway_receive
 * then throws away as it comes; it was kept open because closing now could cost the front the
 * response (docs/decisions/0001). GATEWAY_CLOSED: it is gone. `*ret_sent` tells whether
 * everything was written.
 */
enum gateway_state gateway_finish(
    struct gateway_connection *connection, struct slice response, bool keep, bool *ret_sent);

/* --- CGI ------------------------------------------------------------------------------------ */

/*
 * Whether this process was started as a CGI program: GATEWAY_INTERFACE is "CGI/..." and fd 0 is
 * no listening socket.
 */
bool gateway_is_cgi(void);
/*
 * Whether a descriptor is a listening socket (SO_ACCEPTCONN), as spawn-fcgi and lighttpd hand it
 * over on fd 0.
 */
bool gateway_is_listening(int fd);
/*
 * The body on standard input, at most `length` bytes (CONTENT_LENGTH), each read waiting until
 * `deadline_us` at most.
 */
struct gateway_cgi_body {
	int fd;
	int64_t left, deadline_us;
};
void gateway_cgi_body_init(struct gateway_cgi_body *body, int fd, int64_t length,
    int64_t deadline_us, struct body_source *ret_source);
/*
 * Writes all of it to `fd`; false when the front server has gone or the time is up. SIGPIPE must
 * be ignored.
 */
bool gateway_cgi_send(int fd, struct slice response, int64_t deadline_us);
/*
 * Throws away what is left of the body, `left` bytes by declaration, until `deadline_us` at most.
 * After the answer and before exit: where input and output are one socket, a close with bytes
 * unread resets it, and the front server may lose the answer.
 */
void gateway_cgi_drain(int fd, int64_t left, int64_t deadline_us);

#endif
