#include "gateway/fcgi_arrival.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/fcgi_check.h"
#include "gateway/wait.h"

/* Only the pages that requests fill are ever touched. */
static unsigned char window[FCGI_CHECK_WINDOW];
static size_t filled; /* of the window, at most, since it was wiped */

unsigned char *
fcgi_arrival_window(void)
{
	return window;
}

/* What is held is always less than a window: a full one is never "more". */
ssize_t
fcgi_arrival_look(struct fcgi_arrival *arrival)
{
	const size_t held = arrival->held_len;
	ssize_t got;

	if (held > 0)
		memcpy(window, arrival->held, held);
	got = receive_now(arrival->fd, window + held, sizeof(window) - held);
	if (got > 0) {
		if (filled < held + (size_t)got)
			filled = held + (size_t)got;
		return (ssize_t)held + got;
	}
	return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? FCGI_ARRIVAL_AGAIN
								    : FCGI_ARRIVAL_CLOSED;
}

void
fcgi_arrival_wipe(void)
{
	explicit_bzero(window, filled);
	filled = 0;
}

/* Wiped as the window is: a part of a request may hold its token. */
static void
forget_held(struct fcgi_arrival *arrival)
{
	if (arrival->held != NULL)
		explicit_bzero(arrival->held, arrival->held_len);
	free(arrival->held);
	arrival->held = NULL;
	arrival->held_len = 0;
}

bool
fcgi_arrival_hold(struct fcgi_arrival *arrival, size_t len)
{
	unsigned char *held;

	if (++arrival->pieces > FCGI_ARRIVAL_MAX_PIECES)
		return false;
	if ((held = malloc(len)) == NULL)
		return false;
	memcpy(held, window, len);
	forget_held(arrival);
	arrival->held = held;
	arrival->held_len = len;
	return true;
}

size_t
fcgi_arrival_drop(struct fcgi_arrival *arrival, size_t len, size_t done)
{
	fcgi_arrival_done(arrival);
	memmove(window, window + done, len - done);
	return len - done;
}

void
fcgi_arrival_done(struct fcgi_arrival *arrival)
{
	forget_held(arrival);
	arrival->pieces = 0;
}
