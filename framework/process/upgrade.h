/*
 * The program is exchanged under way (USR2), as nginx does it. The manager starts whatever lies at
 * its own path by now, with all that it must not lose: sockets, rate counters, the pair by which
 * kept connections change hands (inheritance.h). Until the new one says that all its workers are
 * ready, nobody is served by it; so one that does not start costs nothing.
 *
 *     the one before                        the heir
 *     NONE ── USR2 ──> STARTING             HEIR        its workers start, and take nobody
 *       ^               │  <──── ready ────  │
 *       │<── it dies ───┤  ───── go ──────>  │
 *       │               v                    v
 *       │<── it dies ─ REPLACED             BESIDE      both serve
 *       │             WINCH │ ^ HUP          │
 *       │               v     │              │
 *       └<── it dies ─ RETIRED               │          our workers are gone, we stand by
 *                       │ TERM, QUIT         │
 *                       └──── main ──────> │           it owns the service's name
 *                           (link ends) ─> NONE        it serves alone
 *
 * The link is a stream of single letters. Our end is held by the manager and its ledger, so that
 * who is at the other end hears of the end of both and may begin to write to their database.
 */
#ifndef POSTERN_PROCESS_UPGRADE_H
#define POSTERN_PROCESS_UPGRADE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/compiler.h"
#include "process/shared.h"

struct inheritance;
struct manager;

struct upgrade {
	enum upgrade_state state;
	int own_fd;          /* of the link to a program that replaces us; -1: not open */
	int heir_fd;         /* its other end, which that program gets */
	int past_fd;         /* the link to whom we replace; -1: nobody */
	pid_t other;         /* the manager at the other end; 0: none */
	int64_t deadline_us; /* STARTING: patience with it */
	bool is_main;        /* to the world outside: in the pid file, to whoever supervises us */
	bool is_ready_told;  /* HEIR */
	bool is_out_of_patience; /* STARTING: it was killed for that */
};

/* False: no descriptors. Takes the link out of `inheritance`; NULL: an ordinary start. */
bool upgrade_init(struct upgrade *upgrade, struct inheritance *inheritance) MUST_USE;
void upgrade_done(struct upgrade *upgrade);
/* In a child of the manager; the ledger alone keeps our end of the link. */
void upgrade_leave(struct upgrade *upgrade, bool is_ledger);

/* Before the first worker is hired: what those and the inspector see of it. */
void upgrade_show(struct manager *m);

/* --- what the manager hears ------------------------------------------------------------------ */

/* USR2: begins one, or says why not. */
void upgrade_begin(struct manager *m);
/* WINCH: our workers make way. Without a meaning while nobody would go on for them. */
void upgrade_retire(struct manager *m);
/* HUP: our workers come back, if they are retired. False: it means something else. */
bool upgrade_recall(struct manager *m);
/* Either end of the link is readable. */
void upgrade_hear(struct manager *m);
/* A child was reaped: whether it was the new program. */
bool upgrade_bury(struct manager *m, pid_t pid, int status) MUST_USE;
/*
 * The service stops, as far as it is ours: one that is not ready goes with us, one that serves is the
 * main one from now on.
 */
void upgrade_stop(struct manager *m);

/* --- what the manager asks ------------------------------------------------------------------- */

/* Whether another manager's workers go on in place of ours. */
bool upgrade_has_others(const struct manager *m);
/* Whether another manager's workers accept from our sockets, or may soon. */
bool upgrade_shares_sockets(const struct manager *m);
/* Whether ours are not wanted now. */
bool upgrade_is_retired(const struct manager *m);
/* HEIR: whether we may begin to serve. Tells the other one when our workers are ready. */
bool upgrade_may_serve(struct manager *m);
/* HEIR: whether the first death ends the attempt. */
bool upgrade_is_on_trial(const struct manager *m);
/* We serve: our workers may take whom they get, our inspector answers. */
void upgrade_serve(struct manager *m);
/* Connections may wait in the queues of which the other's workers know nothing. */
void upgrade_tell_backlog(const struct manager *m);
/* Kills who is not ready in time. Returns when to look again; 0: never. */
int64_t upgrade_watch(struct manager *m);

#endif
