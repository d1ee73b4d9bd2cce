/*
 * What has arrived of a request. Mostly it is all there at the first look, and stays in the
 * socket for libfcgi to read. A part of one is taken into memory: left in the socket, a request
 * in many small pieces would fill the kernel's buffer (278 writes of one byte fill a unix
 * socket's), and front and gateway would wait for each other.
 *
 * The bytes under inspection lie in one window that all connections of the process share, so they
 * are gone when another connection looks.
 */
#ifndef POSTERN_GATEWAY_FCGI_ARRIVAL_H
#define POSTERN_GATEWAY_FCGI_ARRIVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/slice.h"

/*
 * Pieces that one request may come in. Each is a look at all before it again, so this bounds what
 * a front can make a look cost in all.
 */
enum { FCGI_ARRIVAL_MAX_PIECES = 4096 };

struct fcgi_arrival {
	int fd;
	unsigned char *held; /* off the socket; NULL: nothing */
	size_t held_len;
	bool is_unseen; /* `held` has not been looked at by itself */
	size_t len;     /* bytes in the window at the last look */
	unsigned pieces;
};

enum { FCGI_ARRIVAL_CLOSED = 0, FCGI_ARRIVAL_AGAIN = -1 /* nothing new */ };

/*
 * Bytes (> 0) to look at in fcgi_arrival_window, or one of the above. One system call, which does
 * not wait.
 */
ssize_t fcgi_arrival_look(struct fcgi_arrival *arrival);
unsigned char *fcgi_arrival_window(void);

/* After a look: whether its bytes are still in the socket, all of them. */
bool fcgi_arrival_is_in_socket(const struct fcgi_arrival *arrival);
/* After a look: keeps its bytes until more come. False: no memory, or too many pieces. */
bool fcgi_arrival_hold(struct fcgi_arrival *arrival);
/*
 * After a look: its first `len` bytes are dealt with. The next look begins behind them. False: no
 * memory.
 */
bool fcgi_arrival_drop(struct fcgi_arrival *arrival, size_t len);
/* The bytes that are off the socket and not dealt with. They are the arrival's. */
struct slice fcgi_arrival_held(const struct fcgi_arrival *arrival);
/* Forgets what is held. */
void fcgi_arrival_done(struct fcgi_arrival *arrival);

#endif
