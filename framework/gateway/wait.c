#include "gateway/wait.h"

#include <errno.h>
#include <limits.h>
#include <sys/socket.h>

#include "core/clock.h"

/* Rounded up, so that a wait never ends early and turns into a busy loop. */
static int
left_ms(int64_t deadline_us)
{
	int64_t left_us = deadline_us - clock_mono_us();

	if (left_us <= 0)
		return 0;
	return left_us / 1000 < INT_MAX ? (int)(left_us / 1000) + 1 : INT_MAX;
}

bool
wait_for(int fd, short events, int64_t deadline_us)
{
	struct pollfd pollfd = { .fd = fd, .events = events };
	int ready;

	do
		ready = poll(&pollfd, 1, left_ms(deadline_us));
	while (ready < 0 && errno == EINTR);
	return ready > 0;
}

ssize_t
receive_now(int fd, void *room, size_t size)
{
	ssize_t got;

	do
		got = recv(fd, room, size, MSG_DONTWAIT);
	while (got < 0 && errno == EINTR);
	return got;
}
