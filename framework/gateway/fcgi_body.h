/*
 * The STDIN stream of one request: first what has arrived with its head, then from the socket. It
 * takes exactly the request's own records, so nothing behind them is lost, and never blocks: who
 * has time waits with fcgi_body_wait. For a request that is refused, its other records are read
 * past as well.
 */
#ifndef POSTERN_GATEWAY_FCGI_BODY_H
#define POSTERN_GATEWAY_FCGI_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <fastcgi.h>

#include "core/slice.h"

struct fcgi_body {
	enum {
		FCGI_BODY_ALONE = 0, /* STDIN */
		FCGI_BODY_AND_HEAD,  /* BEGIN_REQUEST, PARAMS and STDIN */
		FCGI_BODY_AND_ALL    /* whatever comes, without end */
	} extent;
	int fd;
	struct slice ahead; /* bytes that were taken off the socket before; they come first */
	uint16_t request_id;
	unsigned char head[FCGI_HEADER_LEN];
	size_t head_have;
	size_t content_left, padding_left; /* of the present record */
	bool is_begun, has_params;         /* BEGIN_REQUEST was read; all of PARAMS were */
	bool is_last;                      /* the present record ends the stream */
	bool at_end;
	bool broken; /* the peer went away, aborted or sent another record; sticks */
};

enum { FCGI_BODY_END = 0, FCGI_BODY_BROKEN = -1, FCGI_BODY_AGAIN = -2 };

/* For the body alone; who wants more sets `extent`. `ahead` must live as long as the body. */
void fcgi_body_init(struct fcgi_body *body, int fd, uint16_t request_id, struct slice ahead);
/* Bytes (> 0), or FCGI_BODY_END, FCGI_BODY_BROKEN, FCGI_BODY_AGAIN: nothing there now. */
ssize_t fcgi_body_read(struct fcgi_body *body, char *room, size_t size);
/* Waits until there is something to read; false when `deadline_us` (monotonic) comes first. */
bool fcgi_body_wait(const struct fcgi_body *body, int64_t deadline_us);

#endif
