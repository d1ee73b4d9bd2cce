/*
 * A queue of kept connections between workers: who leaves puts those in that nothing has begun on,
 * who stays takes them out, and the front server notices nothing. One pair of sockets for all
 * workers, made before the first fork; a connection in it is held open by the kernel alone, with
 * whatever the front has sent.
 */
#ifndef POSTERN_PROCESS_HANDOVER_H
#define POSTERN_PROCESS_HANDOVER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/compiler.h"

/*
 * At once, and so what a worker needs room for. 1,024 connections (HELD_MAX) are 128 messages, of
 * which a socket's buffer holds some 200.
 */
enum { HANDOVER_BATCH = 8 };

struct handover {
	int give_fd, take_fd; /* non-blocking; -1: not open */
};

bool handover_open(struct handover *handover) MUST_USE;
/* What is still in it is closed with the last process that holds it. */
void handover_close(struct handover *handover);

/* Up to HANDOVER_BATCH descriptors, which the caller may close then. False: no room. */
bool handover_give(const struct handover *handover, const int *fds, size_t count) MUST_USE;
/* Returns how many were taken, close-on-exec; 0: there are none. */
size_t handover_take(const struct handover *handover, int ret_fds[HANDOVER_BATCH]);

#endif
