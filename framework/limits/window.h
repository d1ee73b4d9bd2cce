/*
 * The fixed-window strategy, as pure functions on one 64-bit word, so that the shared table can
 * change a counter with one compare-and-swap and the database can keep it as it is:
 *
 *     63                                     20 19              0
 *     | end of the window, ms since 1970 (44)  |  hits (20)      |
 *
 * 0 is the state of a counter that was never hit: a window that ended long ago.
 */
#ifndef POSTERN_LIMITS_WINDOW_H
#define POSTERN_LIMITS_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "limits/limits.h"

enum {
	WINDOW_HITS_BITS = 20,
	WINDOW_MAX_HITS = 1000000,                     /* the largest amount of a limit */
	WINDOW_RESERVED = (1 << WINDOW_HITS_BITS) - 1, /* no number of hits: see shared_table.c */
};
#define WINDOW_MAX_MS ((UINT64_C(1) << (64 - WINDOW_HITS_BITS)) - 1) /* the year 2527 */
#define WINDOW_LONGEST_MS ((uint64_t)LIMIT_MAX_WINDOW_S * 1000)

static inline uint64_t
window_pack(uint64_t end_ms, uint32_t hits)
{
	return (end_ms > WINDOW_MAX_MS ? WINDOW_MAX_MS : end_ms) << WINDOW_HITS_BITS | hits;
}

static inline uint64_t
window_end_ms(uint64_t state)
{
	return state >> WINDOW_HITS_BITS;
}

static inline uint32_t
window_hits(uint64_t state)
{
	return (uint32_t)(state & WINDOW_RESERVED);
}

static inline bool
window_has_ended(uint64_t state, uint64_t now_ms)
{
	return window_end_ms(state) <= now_ms;
}

/*
 * The same window, but ending no later than `latest_ms`: what is left of it after the clock was set
 * back.
 */
static inline uint64_t
window_cut(uint64_t state, uint64_t latest_ms)
{
	return window_end_ms(state) <= latest_ms ? state
						 : window_pack(latest_ms, window_hits(state));
}

/* Wall time in the unit of a state; times before 1970 count as 1970. */
uint64_t window_now_ms(int64_t now_us);

/* Whole seconds from now to `end_ms`, rounded up, at least 1 and at most the limit's window. */
uint32_t window_wait_s(const struct limit *limit, uint64_t end_ms, uint64_t now_ms);

/* What a hit on a counter in `state` is answered, and the state that it leaves. */
struct limit_answer window_hit(
    const struct limit *limit, uint64_t state, uint64_t now_ms, uint64_t *ret_state);

#endif
