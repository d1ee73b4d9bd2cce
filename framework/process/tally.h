/*
 * What workers count for who inspects the service: shared memory beside the scoreboard, a part of
 * its own for each slot. A part belongs to the slot and not to the worker that sits there: the next
 * one goes on counting where a dead one stopped, so that a sum over all slots never falls. Whoever
 * reads takes no lock and stops nobody.
 *
 * Memory is mapped for all slots and routes, and taken page by page when a worker first writes it.
 */
#ifndef POSTERN_PROCESS_TALLY_H
#define POSTERN_PROCESS_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/compiler.h"
#include "core/counter.h"
#include "guard/tally.h"
#include "process/shared.h"

enum {
	TALLY_CLASSES = 4,  /* 2xx, 3xx, 4xx, 5xx */
	TALLY_BUCKETS = 11, /* of a duration; the last one has no upper bound */
};

/* Two cache lines: 512 workers and 64 routes make 4 MiB. */
struct route_tally {
	counter classes[TALLY_CLASSES];
	counter buckets[TALLY_BUCKETS]; /* each without those below it */
	counter duration_us;            /* of all together */
} __attribute__((aligned(64)));

struct slot_tally {
	counter accepted;    /* connections */
	counter refused;     /* what came and was no request */
	counter turned_away; /* connections from where none may come */
	counter lines_lost;  /* of the log */
	struct guard_tally guards;
} __attribute__((aligned(64)));

/* Not in shared memory itself: nobody follows a pointer that a worker could change. */
struct tally {
	size_t route_count;
	struct slot_tally *slots;   /* SHARED_MAX_SLOTS */
	struct route_tally *routes; /* of each slot route_count, and one for what found no route */
};

/* False: no memory. */
bool tally_init(struct tally *tally, size_t route_count) MUST_USE;
/* This process can only read it from now on. False: the kernel refuses. */
bool tally_seal(const struct tally *tally) MUST_USE;
/* Unmaps it in this process; harmless when it was never mapped. */
void tally_done(struct tally *tally);

/* `route` is the index in the service's table; route_count: none. */
struct route_tally *tally_route(const struct tally *tally, unsigned slot, size_t route);

/* A request is answered. */
void tally_request(
    const struct tally *tally, unsigned slot, size_t route, int status, int64_t duration_us);

/* The upper bound of a bucket in microseconds; INT64_MAX: none. */
int64_t tally_bucket_us(unsigned bucket);

#endif
