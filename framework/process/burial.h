/*
 * What is known of a worker's end: the cause, told apart by name, and what it was at. The kernel says
 * with what the process ended, the crew whether it was killed by its own manager, the worker's line of
 * the scoreboard what it was doing, and the kernel again whether memory was out.
 */
#ifndef POSTERN_PROCESS_BURIAL_H
#define POSTERN_PROCESS_BURIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "log/log.h"
#include "process/shared.h"

struct postern_service;

struct death {
	enum death_cause cause;             /* DEATH_NONE: it ended of its own will with status 0 */
	int signal;                         /* 0: none */
	int exit_status;                    /* without a signal */
	uint32_t system_call;               /* number + 1 of the one that ended it; 0: none */
	uint32_t route;                     /* index + 1 of the one that it was serving; 0: none */
	char last_event[SHARED_EVENT_SIZE]; /* before it accepted; empty: none */
};

/*
 * `status` is waitpid's; `killed_for` why the manager has killed it, DEATH_NONE: it has not; `is_oom`
 * whether the kernel has since ended a process for its memory. `slot` is of `shared`.
 */
struct death burial_find(int status, enum death_cause killed_for, bool is_oom,
    const struct shared *shared, unsigned slot);

/* Cause, and signal or exit status, and what else is known, as fields of a line. */
void burial_put(
    struct log_line *line, const struct death *death, const struct postern_service *service);

enum { BURIAL_TEXT_SIZE = 256 };
/* The same in words, for an operator: "exit status 69, last event documents.store_unreadable". */
void burial_describe(const struct death *death, char ret_text[BURIAL_TEXT_SIZE]);

#endif
