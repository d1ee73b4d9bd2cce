/*
 * One FastCGI connection, for the files of this folder that share its life: fcgi.c serves it,
 * fcgi_drain.c deals with what of it nobody will read.
 */
#ifndef POSTERN_GATEWAY_FCGI_CONNECTION_H
#define POSTERN_GATEWAY_FCGI_CONNECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/fcgi_arrival.h"
#include "gateway/fcgi_body.h"
#include "gateway/fcgi_check.h"
#include "gateway/gateway.h"

struct gateway_connection {
	int fd;
	enum { CONNECTION_IDLE = 0, CONNECTION_SERVING, CONNECTION_DRAINING } state;
	bool keeps; /* the front asked for it, and it may still be done */
	uint16_t request_id;
	int64_t waiting_since_us, deadline_us;
	int64_t content_length;
	int64_t drain_left; /* bytes */
	ssize_t drained;    /* FCGI_BODY_END, _AGAIN or _BROKEN: how fcgi_drain_some ended */
	struct fcgi_arrival arrival;
	struct fcgi_body body;
};

/* Closes and frees; returns `state`. */
enum gateway_state fcgi_end(struct gateway_connection *connection, enum gateway_state state);

/* Writes a reply of ours. Never waits: a front that does not take these few bytes is not worth it. */
bool fcgi_answer(const struct gateway_connection *connection, const struct fcgi_reply *reply);

/*
 * Before the answer: throws away what is there of the rest of `body`, of which `declared` bytes
 * are to come in all, as far as is known. Does not wait.
 */
void fcgi_drain_some(struct gateway_connection *connection, int64_t declared);
/*
 * After the answer: keeps the connection when the rest was all there, else lets the front see our
 * end and goes on throwing away (DRAINING), or closes.
 */
enum gateway_state fcgi_drain_rest(struct gateway_connection *connection);
/* Something more has come of the rest. */
enum gateway_state fcgi_drain_more(struct gateway_connection *connection);

/*
 * What was looked at, `len` bytes, is no request for us: answers it by `result` and drains it.
 * GATEWAY_REFUSED or GATEWAY_REFUSING.
 */
enum gateway_state fcgi_refuse(
    struct gateway_connection *connection, const struct fcgi_check_result *result, size_t len);

#endif
