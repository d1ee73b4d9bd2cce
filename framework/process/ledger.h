/*
 * The ledger: a process of its own that writes the rate counters from shared memory to their
 * SQLite file, once a second when some changed, and once more when it is told to end or the
 * manager is gone. Workers never wait for a disk. What this file offers the manager is a keeper
 * that starts, replaces and ends that one process.
 */
#ifndef POSTERN_PROCESS_LEDGER_H
#define POSTERN_PROCESS_LEDGER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/compiler.h"
#include "process/backoff.h"

struct current;
struct limit_store;
struct log;
struct sandbox;

enum {
	LEDGER_INTERVAL_MS = 1000,
	LEDGER_STOP_US = 5 * 1000 * 1000, /* what the last save may take */
};

/*
 * The life of a ledger process, up to its exit status. `stop_fd` is an eventfd that a signal
 * makes readable.
 */
int ledger_run(struct limit_store *store, struct log *log, int stop_fd) MUST_USE;

/* What the child does after the fork; ledger_life() is the real one. Returns the exit status. */
typedef int ledger_work(void *context, pid_t manager);

struct ledger_keeper {
	ledger_work *work; /* NULL: this store needs no ledger */
	void *context;
	pid_t pid;        /* 0: not alive */
	int64_t start_us; /* not before */
	int64_t kill_us;  /* when patience with its end is over; 0: not told */
	struct backoff backoff;
};

/* Starts it when it is wanted, not alive and its time has come. */
void ledger_keep(struct ledger_keeper *keeper, int64_t now_us);
/* Tells it to end. True when there is nothing left to wait for. */
bool ledger_end(struct ledger_keeper *keeper, int64_t kill_us);
/* A child was reaped: whether it was the ledger. Logs its death. */
bool ledger_bury(
    struct ledger_keeper *keeper, struct log *log, pid_t pid, int status, int64_t now_us);
/* Kills it when it is overdue. Returns when to call ledger_keep or this again; 0: never. */
int64_t ledger_watch(struct ledger_keeper *keeper, int64_t now_us);

/*
 * Child set-up, the sandbox (NULL: none) and ledger_run. The manager alone ends a ledger (SIGUSR2, and the same when the
 * manager dies): a TERM that a supervisor sends to every process of the service must not end it
 * before the workers' last hits are in.
 */
int ledger_life(struct limit_store *store, const struct current *current,
    const struct sandbox *sandbox, pid_t manager) MUST_USE;

#endif
