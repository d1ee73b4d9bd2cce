/*
 * How long a connection has waited in the queue of its socket by the time that it is accepted; at
 * least. The kernel dates no connection, but a queue is first in, first out: when at one moment so
 * many had been accepted and so many waited, then everybody up to the sum of both was there. The
 * manager takes such samples by a timer, and a worker that has accepted a connection counts which
 * one it was and looks for the oldest sample that knew it.
 *
 * The answer is a lower bound: it may come out too small by the time between two samples, and never
 * too large. Two things could make it so. A worker counts a moment after it has accepted, and
 * another one is not counted yet: so everybody who may be in that moment is taken to be. And one
 * that dies in that moment is never counted: so the samples are forgotten with each death. What
 * cannot be seen from here is a stranger that accepts from the same socket.
 */
#ifndef POSTERN_PROCESS_QUEUE_AGE_H
#define POSTERN_PROCESS_QUEUE_AGE_H

#include <stdbool.h>
#include <stdint.h>

#include "process/shared.h"

/* --- the manager's part ----------------------------------------------------------------------- */

/* Connections of a socket that were accepted, by what is counted. Asked before the queue is. */
uint64_t queue_age_accepted(const struct shared *shared, unsigned socket);
/* Up to `now_us`, a moment after the queue was asked, `arrived` connections had come. */
void queue_age_note(struct shared *shared, unsigned socket, uint64_t arrived, int64_t now_us);
/* Forgets the samples of a socket, or of all. */
void queue_age_forget(struct shared *shared, unsigned socket);
void queue_age_forget_all(struct shared *shared);

/* --- a worker's part -------------------------------------------------------------------------- */

/* The worker in `slot` has accepted a connection; before it shows that it is busy with it. */
void queue_age_count(struct shared *shared, unsigned slot, unsigned socket);
/* Microseconds that the connection which was counted last has waited; 0: nothing is known. */
int64_t queue_age_of(const struct shared *shared, unsigned slot, unsigned socket, int64_t now_us);

#endif
