/*
 * A keeper is what the manager knows of a process that is no worker and of which there is one: the
 * ledger, the inspector. Starts it, replaces it when it dies, and ends it by SIGUSR2, which nobody
 * else sends.
 */
#ifndef POSTERN_PROCESS_KEEPER_H
#define POSTERN_PROCESS_KEEPER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/compiler.h"
#include "process/storm.h"

struct log;

/* What the child does after the fork. Returns the exit status. */
typedef int keeper_work(void *context, pid_t manager);

struct keeper {
	const char *name;  /* of its process, in the log */
	keeper_work *work; /* NULL: there is none */
	void *context;
	pid_t pid;        /* 0: not alive */
	int64_t start_us; /* not before */
	int64_t kill_us;  /* when patience with its end is over; 0: not told */
	bool is_renewed;  /* told to end, and another is to follow at once */
	bool is_resting;  /* another manager has one in its place */
	bool is_sent_off; /* told to end, because it is resting */
	struct storm storm;
};

/* Starts it when it is wanted, not alive and its time has come. */
void keeper_keep(struct keeper *keeper, int64_t now_us);
/* Another manager's takes its place, or does not any more. */
void keeper_rest(struct keeper *keeper, bool rests);
/* Tells it to end. True when there is nothing left to wait for. */
bool keeper_end(struct keeper *keeper, int64_t kill_us);
/* Another process in its place, which has what the manager has by then. */
void keeper_renew(struct keeper *keeper);
/*
 * A child was reaped: whether it was this one. Logs its death; `is_oom`: for its memory, as far as the
 * kernel tells.
 */
bool keeper_bury(
    struct keeper *keeper, struct log *log, pid_t pid, int status, bool is_oom, int64_t now_us);
/* Kills it when it is overdue. Returns when to call keeper_keep or this again; 0: never. */
int64_t keeper_watch(struct keeper *keeper, int64_t now_us);

#endif
