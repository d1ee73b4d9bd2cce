/*
 * What has arrived of a request. Mostly it is all there at the first look. A part of one is kept
 * in memory, for left in the socket a request in many small pieces would fill the kernel's buffer
 * (278 writes of one byte fill a unix socket's), and front and gateway would wait for each other.
 *
 * The bytes under inspection lie in one window that all connections of the process share: they are
 * gone when another connection looks. A request that is being answered lies there too, so nobody
 * looks meanwhile.
 */
#ifndef POSTERN_GATEWAY_FCGI_ARRIVAL_H
#define POSTERN_GATEWAY_FCGI_ARRIVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Pieces that one request may come in. Each is a look at all before it again, so this bounds what
 * a front can make a look cost in all.
 */
enum { FCGI_ARRIVAL_MAX_PIECES = 4096 };

struct fcgi_arrival {
	int fd;
	unsigned char *held; /* of a request that is not all there; NULL: nothing */
	size_t held_len;
	unsigned pieces;
};

enum { FCGI_ARRIVAL_CLOSED = 0, FCGI_ARRIVAL_AGAIN = -1 /* nothing new */ };

/*
 * Bytes (> 0) to look at in fcgi_arrival_window, what was held first, or one of the above. One
 * system call, which does not wait.
 */
ssize_t fcgi_arrival_look(struct fcgi_arrival *arrival);
unsigned char *fcgi_arrival_window(void);

/* A request is answered, or there is none: wipes the window, in which its token and its body lie. */
void fcgi_arrival_wipe(void);

/* Holds the `len` bytes of the window until more come. False: no memory, or too many pieces. */
bool fcgi_arrival_hold(struct fcgi_arrival *arrival, size_t len);
/*
 * Of the `len` bytes of the window the first `done` are dealt with: the others move to its start.
 * Returns how many there are.
 */
size_t fcgi_arrival_drop(struct fcgi_arrival *arrival, size_t len, size_t done);
/* Forgets what is held. */
void fcgi_arrival_done(struct fcgi_arrival *arrival);

#endif
