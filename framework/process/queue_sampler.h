/*
 * The manager's clock of the listening sockets' queues: takes samples for queue_age.h, on a timer
 * that runs only while a QUEUE_TIMEOUT is set. It asks the kernel for numbers and touches no
 * connection.
 */
#ifndef POSTERN_PROCESS_QUEUE_SAMPLER_H
#define POSTERN_PROCESS_QUEUE_SAMPLER_H

#include <stdint.h>

#include "process/queue.h"
#include "process/shared.h"

enum {
	/* Samples within the patience: what the answer may be too small by is that part of it. */
	QUEUE_SAMPLER_PARTS = SHARED_QUEUE_SAMPLES / 2,
	QUEUE_SAMPLER_LEAST_US = 5 * 1000, /* between two samples */
};

struct queue_sampler {
	struct shared *shared;
	const struct listeners *listeners; /* until they are closed */
	struct queue_watch watch;          /* `fd` -1: not open */
	int64_t due_us;
};

/* Opens nothing. Both must outlive it. */
void queue_sampler_init(
    struct queue_sampler *ret_sampler, struct shared *shared, const struct listeners *listeners);
/* Also in every child: it is not theirs. */
void queue_sampler_done(struct queue_sampler *sampler);

/*
 * Takes a sample of each socket when it is time to. `patience_us` 0: nobody wants to know. Returns
 * when to ask again, 0: never.
 */
int64_t queue_sampler_turn(struct queue_sampler *sampler, int64_t patience_us, int64_t now_us);

#endif
