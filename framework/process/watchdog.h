/*
 * When a worker is slow, overdue, or out of time, and what is done about it. Pure: the caller brings
 * the clock and what the scoreboard shows, and takes the steps.
 *
 *     a request (or a start) takes longer than `timeout_us` ─▶ STACK: the worker tells where it is
 *         ─WATCHDOG_STACK_US─▶ TERM: it ends behind its request; another one begins in its place
 *         ─WATCHDOG_GRACE_US─▶ KILL
 *     a request takes longer than `slow_us` ─▶ SLOW: the worker tells where it is, once
 *     a worker was told to end, by whomever ─`kill_us`─▶ KILL
 */
#ifndef POSTERN_PROCESS_WATCHDOG_H
#define POSTERN_PROCESS_WATCHDOG_H

#include <stdbool.h>
#include <stdint.h>

#include "process/shared.h"

enum {
	WATCHDOG_STACK_US = 250 * 1000,      /* for writing the stack, before TERM */
	WATCHDOG_GRACE_US = 3 * 1000 * 1000, /* from TERM to KILL */
	WATCHDOG_SHORTEST_US = 50 * 1000,    /* idle workers are not looked at more often */
};

enum watchdog_step {
	WATCHDOG_WAIT = 0,
	WATCHDOG_SLOW,
	WATCHDOG_STACK,
	WATCHDOG_TERM,
	WATCHDOG_KILL,
};

struct watchdog_limits {
	int64_t timeout_us, slow_us; /* 0: none */
};

/* A worker as it is seen now. */
struct watchdog_sight {
	enum worker_state state;
	int64_t started_us; /* its own start */
	int64_t request_us; /* of the request being served */
	int64_t kill_us;    /* it was told to end, and has until then; 0: it was not */
};

/* What was done about a worker so far. All zero: nothing. */
struct watchdog {
	int64_t slow_us;    /* the start of the request whose slowness was told */
	int64_t overdue_us; /* when it was found overdue; 0: it was not */
	bool is_told, is_killed;
};

/*
 * The next step, which counts as taken. After WATCHDOG_WAIT `*ret_next_us` is when to look again;
 * 0: never.
 */
enum watchdog_step watchdog_look(struct watchdog *dog, const struct watchdog_limits *limits,
    const struct watchdog_sight *sight, int64_t now_us, int64_t *ret_next_us);

/* Since when what the worker is at has been going on; 0: it is at nothing that has a limit. */
int64_t watchdog_since_us(const struct watchdog_sight *sight);

#endif
