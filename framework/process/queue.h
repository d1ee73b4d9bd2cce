/*
 * How many connections wait in the queues of listening sockets. The kernel is asked by the
 * sockets' names (sock_diag(7)), so that who asks holds no descriptor of them: a socket whose last
 * owner has closed it must be gone.
 */
#ifndef POSTERN_PROCESS_QUEUE_H
#define POSTERN_PROCESS_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "process/listener.h"

struct queue_length {
	bool is_known;
	uint32_t waiting, limit; /* connections */
};

struct queue_watch {
	int fd; /* -1: the kernel has none of this */
	struct {
		union {
			struct sockaddr any;
			struct sockaddr_storage room;
		} address;
		ino_t inode;
	} sockets[LISTENER_MAX];
	size_t count;
};

/* While `listeners` are open; they may be closed afterwards. */
void queue_watch_init(struct queue_watch *ret_watch, const struct listeners *listeners);
void queue_watch_done(struct queue_watch *watch);

/* Of socket `index`, without waiting; `is_known` false where the kernel does not tell. */
struct queue_length queue_watch_ask(const struct queue_watch *watch, size_t index);

#endif
