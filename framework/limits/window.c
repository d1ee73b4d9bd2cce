/*
 * One hit on one counter. No clock, no memory, no store: table and database ask here, so that they
 * cannot differ.
 *
 * The clock may be set while windows run. Forwards, windows end early, as nobody can tell the step
 * from time that passed. Backwards, a window would last for the step and itself: it is cut to one
 * whole window from now, and its hits stay. So a step back neither gives a fresh budget nor refuses
 * anybody for longer than one window.
 */
#include "limits/window.h"

uint64_t
window_now_ms(int64_t now_us)
{
	uint64_t now_ms = now_us < 0 ? 0 : (uint64_t)now_us / 1000;

	return now_ms > WINDOW_MAX_MS ? WINDOW_MAX_MS : now_ms;
}

uint32_t
window_wait_s(const struct limit *limit, uint64_t end_ms, uint64_t now_ms)
{
	uint64_t wait_s = end_ms <= now_ms ? 0 : (end_ms - now_ms + 999) / 1000;

	if (wait_s > limit->window_s)
		wait_s = limit->window_s;
	return wait_s == 0 ? 1 : (uint32_t)wait_s;
}

struct limit_answer
window_hit(const struct limit *limit, uint64_t state, uint64_t now_ms, uint64_t *ret_state)
{
	uint64_t full_end_ms = now_ms + (uint64_t)limit->window_s * 1000;
	uint32_t hits;

	if (window_has_ended(state, now_ms))
		state = window_pack(full_end_ms, 0);
	state = window_cut(state, full_end_ms);
	hits = window_hits(state);
	if (hits >= limit->amount || hits >= WINDOW_MAX_HITS) {
		*ret_state = state;
		return (struct limit_answer) { .verdict = LIMIT_EXCEEDED,
			.retry_after_s = window_wait_s(limit, window_end_ms(state), now_ms) };
	}
	*ret_state = window_pack(window_end_ms(state), hits + 1);
	return (
	    struct limit_answer) { .verdict = LIMIT_PASSED, .remaining = limit->amount - hits - 1 };
}
