/*
 * The ledger: a process of its own that writes the rate counters from shared memory to their
 * SQLite file, once a second when some changed, and once more when it is told to end or the
 * manager is gone. Workers never wait for a disk.
 */
#ifndef POSTERN_PROCESS_LEDGER_H
#define POSTERN_PROCESS_LEDGER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/compiler.h"

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

/*
 * Child set-up, the sandbox (NULL: none) and ledger_run. The manager alone ends a ledger (SIGUSR2, and the same when the
 * manager dies): a TERM that a supervisor sends to every process of the service must not end it
 * before the workers' last hits are in.
 */
int ledger_life(struct limit_store *store, const struct current *current,
    const struct sandbox *sandbox, pid_t manager) MUST_USE;

#endif
