#include "gateway/wait.h"

#include <errno.h>
#include <sys/socket.h>

#include "core/clock.h"

bool
wait_for(int fd, short events, int64_t deadline_us)
{
	struct pollfd pollfd = { .fd = fd, .events = events };
	int ready;

	do
		ready = poll(&pollfd, 1, clock_left_ms(deadline_us));
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
