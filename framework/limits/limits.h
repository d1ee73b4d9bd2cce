/*
 * Rate limits, usable alone: a limit's grammar, the fixed-window strategy of flask-limiter, and
 * stores that count. A window begins with the first hit of a key and lasts the limit's length; the
 * hit that would exceed the amount is refused until the window ends (limits 3.x,
 * FixedWindowRateLimiter).
 *
 * Stores: `shared` counts in memory that all workers share (made before the fork, lock-free) and is
 * kept in SQLite by the ledger process; `sqlite` counts in the database itself, for a CGI process
 * that shares no memory; `memory` is `shared` without a ledger (memory://). Nothing here logs:
 * errors go up.
 */
#ifndef POSTERN_LIMITS_LIMITS_H
#define POSTERN_LIMITS_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/compiler.h"
#include "core/slice.h"

enum { LIMIT_MAX_WINDOW_S = 31 * 86400 };

struct limit {
	uint32_t amount;   /* hits per window: 1 to 1,000,000 */
	uint32_t window_s; /* 1, 60, 3600 or 86400, times the multiple: at most 31 days */
};

/*
 * "60 per minute", "60/minute", "10 per 5 minutes", "1 per day" (second, minute, hour, day; plural
 * allowed; any case). False on anything else. One limit only: "10/minute;100/hour" is refused.
 */
bool limit_parse(struct slice text, struct limit *ret_limit);

enum limit_verdict {
	LIMIT_UNAVAILABLE = 0, /* the store failed: refuse */
	LIMIT_PASSED,
	LIMIT_EXCEEDED,
	LIMIT_TABLE_FULL /* no room for a new key: refuse */
};

struct limit_answer {
	enum limit_verdict verdict;
	uint32_t remaining;     /* hits left in the window */
	uint32_t retry_after_s; /* until the window ends, at least 1; if exceeded or full */
};

struct limit_store;

/*
 * What identifies a counter: the route and who calls. Hashed under the store's key, never kept in
 * clear.
 */
struct limit_key {
	uint32_t route;
	unsigned char client[17]; /* family (4, 6, 0 unknown) and address; IPv6 cut to its /64 */
};

/*
 * Builds a key from a resolved client address (text); text that is no address counts as one client,
 * "unknown".
 */
void limit_key_make(struct limit_key *ret_key, uint32_t route, struct slice client);

/*
 * Counts one hit at wall time `now_us` and says whether it is within the limit. A hit that is
 * refused is not counted. Read the clock for this call: an old time looks like a clock that was set
 * back, and cuts the window by as much.
 */
struct limit_answer limit_hit(struct limit_store *store, const struct limit *limit,
    const struct limit_key *key, int64_t now_us);

/* The life of a store, called by process/. */

enum limit_store_error {
	LIMIT_STORE_OK = 0,
	LIMIT_STORE_BAD_URI,     /* not understood */
	LIMIT_STORE_NOT_OFFERED, /* redis and relatives: a later version */
	LIMIT_STORE_NO_MEMORY,
	LIMIT_STORE_CANNOT_OPEN, /* file, directory, permission, not a database, foreign schema */
	LIMIT_STORE_LOCKED,      /* another service holds it */
	LIMIT_STORE_OTHER        /* what was inherited is not what is asked for */
};
const char *limit_store_error_text(enum limit_store_error error);

/* Checks a RATE_LIMIT_STORAGE_URI without opening anything. */
enum limit_store_error limit_uri_check(struct slice uri);

/*
 * Manager, before the first fork and after privileges are dropped: makes the shared table of
 * `entries` counters. For sqlite:// it takes the database's lock (waiting up to `wait_ms` for a
 * former ledger that is still saving), creates the file 0600 where there is none and restores the
 * counters of windows that have not ended. The SQLite handle is closed again before return.
 * `*ret_restored` is the number of counters.
 */
enum limit_store_error limit_store_open_shared(struct arena *arena, struct slice uri,
    uint32_t entries, unsigned wait_ms, int64_t now_us, struct limit_store **ret_store,
    uint32_t *ret_restored);
/*
 * What another process of the same service needs to count in the same table and under the same lock, beside this
 * one or after it: descriptors, both still the store's. -1: there is none, as of a memory:// store's lock.
 */
void limit_store_lend(const struct limit_store *store, int *ret_table_fd, int *ret_lock_fd);
/*
 * The other side. The descriptors are the store's on success and the caller's still when it fails. LIMIT_STORE_OTHER:
 * the table has another size or layout, or the lock is not that of the database which `uri` names. Counters are never
 * begun anew beside those that somebody is still counting in.
 */
enum limit_store_error limit_store_open_inherited(struct arena *arena, struct slice uri,
    uint32_t entries, int table_fd, int lock_fd, struct limit_store **ret_store) MUST_USE;
/* CGI: counts in the database directly; with memory:// every request starts anew. */
enum limit_store_error limit_store_open_direct(
    struct arena *arena, struct slice uri, struct limit_store **ret_store);
/*
 * Harmless on NULL. What was counted since the ledger last saved is lost; shared memory goes with
 * the last process.
 */
void limit_store_close(struct limit_store *store);
/*
 * In each worker, after the fork: gives up the database's lock, which the manager and the ledger
 * alone hold, and what only a successor of the manager needs.
 */
void limit_store_after_fork_worker(struct limit_store *store);

/* Whether the store wants a ledger process. */
bool limit_store_has_ledger(const struct limit_store *store);

/* The ledger's own open handle; made in the ledger process, after the fork. */
struct limit_ledger;
enum limit_store_error limit_ledger_open(
    struct limit_store *store, struct limit_ledger **ret_ledger);
/*
 * Writes the counters that changed since the last call and removes ended ones, in one transaction.
 * False: not written, tried again next time.
 */
bool limit_ledger_save(struct limit_ledger *ledger, int64_t now_us, uint32_t *ret_written);
void limit_ledger_close(struct limit_ledger *ledger);

#endif
