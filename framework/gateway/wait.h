/* Waiting for one descriptor with an end, and reading one without waiting. */
#ifndef POSTERN_GATEWAY_WAIT_H
#define POSTERN_GATEWAY_WAIT_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * True: `fd` has one of `events`, or hung up or failed, so that a call on it will tell. False:
 * time is up.
 */
bool wait_for(int fd, short events, int64_t deadline_us);
/* recv(2) with MSG_DONTWAIT, again after EINTR. */
ssize_t receive_now(int fd, void *room, size_t size);

#endif
