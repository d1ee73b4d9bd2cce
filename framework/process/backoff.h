/*
 * How long to wait before a dead process is replaced. A leaky bucket: it holds so many deaths for
 * each worker in a window, and drains while nobody dies. As long as there is room, the next
 * process starts at once; above, the wait doubles from death to death. Pure arithmetic: the
 * caller brings the clock.
 */
#ifndef POSTERN_PROCESS_BACKOFF_H
#define POSTERN_PROCESS_BACKOFF_H

#include <stdint.h>

enum {
	BACKOFF_DEATHS_PER_WORKER = 5, /* within the window, before it counts as a storm */
	BACKOFF_WINDOW_MS = 10 * 1000,
	BACKOFF_FIRST_MS = 100,
	BACKOFF_LONGEST_MS = 30 * 1000,
};

struct backoff {
	int64_t level_us;  /* what is in the bucket: a death is worth its share of the window */
	int64_t last_us;   /* when the last death was; 0: none yet */
	unsigned delay_ms; /* what the last death was answered with */
};

/*
 * A process of `workers` (at least 1) died at monotonic `now_us`. Returns the wait; 0: start it
 * now.
 */
unsigned backoff_death(struct backoff *backoff, unsigned workers, int64_t now_us);

#endif
