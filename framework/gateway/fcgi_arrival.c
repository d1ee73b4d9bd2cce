#include "gateway/fcgi_arrival.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "gateway/fcgi_check.h"
#include "gateway/wait.h"

/* Only the pages that requests fill are ever touched. */
static unsigned char window[FCGI_CHECK_WINDOW];

unsigned char *
fcgi_arrival_window(void)
{
	return window;
}

/* Holds exactly these bytes of the window, and nothing else. */
static bool
replace_held(struct fcgi_arrival *arrival, size_t from, size_t len)
{
	unsigned char *held;

	if (len == 0) {
		free(arrival->held);
		arrival->held = NULL;
		arrival->held_len = 0;
		return true;
	}
	if ((held = realloc(arrival->held, len)) == NULL)
		return false;
	memcpy(held, window + from, len);
	arrival->held = held;
	arrival->held_len = len;
	return true;
}

/* Takes bytes off the socket that a look has found there. */
static bool
take(int fd, size_t len)
{
	size_t taken = 0;
	ssize_t got;

	while (taken < len) {
		if ((got = receive_now(fd, window + taken, len - taken, 0)) <= 0)
			return false;
		taken += (size_t)got;
	}
	return true;
}

/* What is held is always less than a window: a full one is never "more". */
ssize_t
fcgi_arrival_look(struct fcgi_arrival *arrival)
{
	size_t held = arrival->held_len;
	ssize_t got;

	if (held > 0)
		memcpy(window, arrival->held, held);
	if (arrival->is_unseen) {
		arrival->is_unseen = false;
		arrival->len = held;
		return (ssize_t)held;
	}
	got =
	    receive_now(arrival->fd, window + held, sizeof(window) - held, held > 0 ? 0 : MSG_PEEK);
	if (got > 0) {
		arrival->len = held + (size_t)got;
		return (ssize_t)arrival->len;
	}
	return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? FCGI_ARRIVAL_AGAIN
								    : FCGI_ARRIVAL_CLOSED;
}

bool
fcgi_arrival_is_in_socket(const struct fcgi_arrival *arrival)
{
	return arrival->held_len == 0;
}

bool
fcgi_arrival_hold(struct fcgi_arrival *arrival)
{
	if (++arrival->pieces > FCGI_ARRIVAL_MAX_PIECES)
		return false;
	if (fcgi_arrival_is_in_socket(arrival) && !take(arrival->fd, arrival->len))
		return false;
	return replace_held(arrival, 0, arrival->len);
}

bool
fcgi_arrival_drop(struct fcgi_arrival *arrival, size_t len)
{
	arrival->pieces = 0;
	if (fcgi_arrival_is_in_socket(arrival))
		return take(arrival->fd, len);
	if (!replace_held(arrival, len, arrival->len - len))
		return false;
	arrival->is_unseen = arrival->held_len > 0;
	return true;
}

struct slice
fcgi_arrival_held(const struct fcgi_arrival *arrival)
{
	return slice_make((const char *)arrival->held, arrival->held_len);
}

void
fcgi_arrival_done(struct fcgi_arrival *arrival)
{
	(void)replace_held(arrival, 0, 0);
	arrival->is_unseen = false;
	arrival->pieces = 0;
}
