/*
 * How many workers there are. The manager asks at each turn; scale.c decides about their number,
 * and what is decided is done by the crew. Only the generation in force is staffed: one that comes
 * or goes beside it is the reload's.
 */
#ifndef POSTERN_PROCESS_STAFFING_H
#define POSTERN_PROCESS_STAFFING_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/compiler.h"
#include "process/crew.h"
#include "process/held.h"
#include "process/listener.h"
#include "process/queue.h"
#include "process/scale.h"

struct config;

enum {
	STAFFING_FORK_RETRY_US = 1000 * 1000, /* after the system refused a fork */
	STAFFING_TELL_US = 60 * 1000 * 1000,  /* between two words that there are too few */
	STAFFING_CONNECTIONS = HELD_MAX / 2,  /* kept ones that a worker can take over for sure */
	STAFFING_MAX_FDS = LISTENER_MAX + 1,
};

struct staffing {
	struct crew *crew;
	const struct listeners *listeners; /* NULL: there are none */
	struct queue_watch queues;
	bool has_queues;
	unsigned first;  /* workers that a new generation begins with */
	unsigned wanted; /* that there should be */
	unsigned limit;  /* and may be: WEB_CONCURRENCY, TTIN and TTOU */
	struct scale scale;
	int64_t retry_us; /* nobody is hired before */
	int64_t told_us;  /* the operator, that there are too few; 0: never */
};

void staffing_init(struct staffing *staffing, struct crew *crew, const struct listeners *listeners);
/* Closes what it looks through. Harmless twice. */
void staffing_done(struct staffing *staffing);

/*
 * Hires the workers that a new generation begins with: as many as there are now, if that is more
 * than its settings say. False: no room, or the system refuses.
 */
bool staffing_hire_first(
    struct staffing *staffing, struct generation *generation, int64_t now_us) MUST_USE;
/* Whether they all accept. */
bool staffing_has_first(struct staffing *staffing, const struct generation *generation);
/* It is in force: `config` counts from now on, and old deaths do not. */
void staffing_renew(struct staffing *staffing, const struct config *config);

/* The operator asked for that many less and, then, more. */
void staffing_change(
    struct staffing *staffing, const struct config *config, unsigned fewer, unsigned more);

/* A worker of `current` has ended. */
void staffing_note_end(struct staffing *staffing, struct generation *current,
    const struct crew_leaver *leaver, int64_t now_us);
/* Hires and dismisses workers of `current`. */
void staffing_keep(struct staffing *staffing, struct generation *current, int64_t now_us);
/* A stop begins: hires one worker if somebody waits and nobody is there. */
void staffing_serve_rest(struct staffing *staffing, struct generation *current, int64_t now_us);

/* When to call staffing_keep again, if nothing else happens; 0: never. */
int64_t staffing_next(
    const struct staffing *staffing, const struct generation *current, int64_t now_us);
/* And what else is to be waited for: how many there are of `ret_fds`, STAFFING_MAX_FDS at most. */
nfds_t staffing_watch(const struct staffing *staffing, struct pollfd *ret_fds);

/* What the inspector tells of it. */
void staffing_show(
    const struct staffing *staffing, const struct config *config, struct shared_manager *shown);

#endif
