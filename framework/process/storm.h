/*
 * Whether a place whose process died may be filled at once. Each place has a score: a death adds
 * to it, time takes away from it. Up to a ceiling the next process starts at once; above, the
 * place waits, twice as long with each further death. What one place does is nothing to the
 * others. Pure arithmetic: the caller brings the clock.
 */
#ifndef POSTERN_PROCESS_STORM_H
#define POSTERN_PROCESS_STORM_H

#include <stdint.h>

enum {
	STORM_DEATHS = 5,          /* in quick succession that are answered at once */
	STORM_DEATH_MS = 2 * 1000, /* what one adds, and so how long it takes to be forgotten */
	STORM_FIRST_MS = 100,      /* the first wait */
	STORM_LONGEST_MS = 30 * 1000,
};

struct storm {
	int64_t score_us; /* at `since_us` */
	int64_t
	    since_us; /* when it begins to decay: a wait that was ordered is no sign of health */
};

/* A death at monotonic `now_us`. Returns the milliseconds to wait; 0: start the next one now. */
unsigned storm_death(struct storm *storm, int64_t now_us);

#endif
