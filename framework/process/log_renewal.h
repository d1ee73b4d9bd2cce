/*
 * The log's new file on its way to the workers. A worker has no path to it (its sandbox sees none),
 * so the manager, whose descriptor 1 it is, puts as many copies as there are workers into a queue,
 * and each that is behind takes one out when it is woken. Nobody is kept from a request, and nobody has
 * to be started anew.
 *
 * A copy carries the number of the renewal. What a worker that died has left in the queue is known by an old
 * number, and goes when all others have theirs.
 */
#ifndef POSTERN_PROCESS_LOG_RENEWAL_H
#define POSTERN_PROCESS_LOG_RENEWAL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/compiler.h"

struct log_renewal {
	int give_fd, take_fd; /* non-blocking; -1: not open. Workers close the first */
	uint32_t number;      /* of the file that is descriptor 1 here */
	unsigned left;        /* copies still to be given */
	bool is_pending;      /* somebody may be behind */
};

bool log_renewal_open(struct log_renewal *renewal) MUST_USE;
void log_renewal_close(struct log_renewal *renewal);

/* --- the manager --- */

/* Descriptor 1 is another file now, and `workers` have the old one. */
void log_renewal_begin(struct log_renewal *renewal, unsigned workers);
/* Gives as many copies as there is room for. True: there were some, and workers should look. */
bool log_renewal_give(struct log_renewal *renewal);
/* Nobody is behind any more: what is left goes. */
void log_renewal_finish(struct log_renewal *renewal);

/* --- a worker --- */

/* Makes the file of renewal `number` its descriptor 1. False: it is not there yet. */
bool log_renewal_take(const struct log_renewal *renewal, uint32_t number) MUST_USE;

#endif
