/*
 * Whether there should be more workers, or fewer: php-fpm's dynamic and ondemand, with the queues
 * of the sockets beside the idle workers as what is looked at. Pure arithmetic over what was seen;
 * the caller brings the clock, hires and dismisses.
 *
 *     dynamic     at least WORKER_MIN_SPARE are idle, at most WORKER_MAX_SPARE
 *     ondemand    as many as there are connections that nobody takes; each until it has been idle
 *                 for WORKER_IDLE_TIMEOUT
 */
#ifndef POSTERN_PROCESS_SCALE_H
#define POSTERN_PROCESS_SCALE_H

#include <stdbool.h>
#include <stdint.h>

struct config;

enum {
	SCALE_LOOK_US = 100 * 1000,    /* between two looks while there is work */
	SCALE_QUIET_US = 1000 * 1000,  /* without any, until nobody looks any more */
	SCALE_SHRINK_US = 1000 * 1000, /* dynamic: between two that go, as with php-fpm */
};

/* What was seen. */
struct scale_view {
	unsigned total; /* workers that there should be */
	unsigned limit; /* and that there may be */
	unsigned spare; /* idle, or on their way */
	unsigned busy;
	unsigned waiting;      /* connections that nobody has taken yet */
	int64_t idle_since_us; /* of the first that may go; 0: none may */
};

/* What to do. */
struct scale_step {
	unsigned more;     /* workers to hire */
	bool one_less;     /* the first that may go */
	bool is_exhausted; /* more are needed than there may be, and were not a moment ago */
};

struct scale {
	unsigned rate; /* dynamic: the most that the next step hires; doubles from step to step */
	int64_t active_us; /* when there was last something to do; 0: never */
	int64_t shrink_us; /* dynamic: nobody goes before */
	bool was_exhausted;
	/* What to wait for before the next look. */
	int64_t look_us;  /* 0: nothing */
	bool is_watching; /* for somebody who comes */
};

struct scale_step scale_decide(struct scale *scale, const struct config *config,
    const struct scale_view *view, int64_t now_us);

#endif
