/*
 * How many workers there are. The manager asks at each turn; what is decided here is done by the
 * crew. Only the generation in force is staffed: one that comes or goes beside it is the reload's.
 */
#ifndef POSTERN_PROCESS_STAFFING_H
#define POSTERN_PROCESS_STAFFING_H

#include <stdbool.h>
#include <stdint.h>

#include "core/compiler.h"
#include "process/crew.h"

struct config;

enum { STAFFING_FORK_RETRY_US = 1000 * 1000 /* after the system refused a fork */ };

struct staffing {
	struct crew *crew;
	unsigned wanted;  /* workers that there should be */
	int64_t retry_us; /* nobody is hired before */
};

void staffing_init(struct staffing *staffing, struct crew *crew, const struct config *config);
/* A reload is complete: `config` counts from now on, and old deaths do not. */
void staffing_renew(struct staffing *staffing, const struct config *config);

/* So many workers of a new generation must accept before it is in force. */
unsigned staffing_first(const struct config *config);
/* Hires them. False: no room, or the system refuses. */
bool staffing_hire_first(
    struct staffing *staffing, struct generation *generation, int64_t now_us) MUST_USE;

/* The operator asked for that many less and, then, more. */
void staffing_change(struct staffing *staffing, unsigned fewer, unsigned more);

/* A worker of `current` has ended. */
void staffing_note_end(struct staffing *staffing, struct generation *current,
    const struct crew_leaver *leaver, int64_t now_us);
/* Hires and dismisses workers of `current`. */
void staffing_keep(struct staffing *staffing, struct generation *current, int64_t now_us);
/* When to call that again, if nothing else happens; 0: never. */
int64_t staffing_next(
    const struct staffing *staffing, const struct generation *current, int64_t now_us);

#endif
