/*
 * When the manager looks for changed policies, and how long an old set may stand in for a new one
 * that is invalid: the cache's time to live plus a grace of five minutes, then workers answer
 * 503. Arithmetic and one shared number; the workers compare it with the clock themselves, so it
 * holds even when nobody is left to tell them.
 */
#ifndef POSTERN_PROCESS_POLICY_WATCH_H
#define POSTERN_PROCESS_POLICY_WATCH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { POLICY_WATCH_GRACE_S = 300 };

struct policy_watch {
	_Atomic(int64_t) *expire_us; /* shared; 0: the policies in force are those on disk */
	unsigned ttl_s;              /* 0: looks every second */
	int64_t look_us;             /* when to look next */
	bool is_told;                /* the log knows that they expired */
};

/* A set was loaded: it is in force and fresh. */
void policy_watch_renew(struct policy_watch *watch, unsigned ttl_s, int64_t now_us);
/*
 * The set on disk is another one and could not be loaded: the clock runs, unless it does already.
 */
void policy_watch_fail(struct policy_watch *watch, int64_t now_us);
/* Whether it is time to look; sets the next time. */
bool policy_watch_is_due(struct policy_watch *watch, int64_t now_us);
/* True once when the old set has expired. */
bool policy_watch_has_expired(struct policy_watch *watch, int64_t now_us);
/* When one of the two above may change its answer. */
int64_t policy_watch_next(const struct policy_watch *watch);

#endif
