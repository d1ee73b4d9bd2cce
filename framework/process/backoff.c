/*
 * The arithmetic of replacing dead processes. The wait that was ordered itself is no sign of
 * health.
 */
#include "process/backoff.h"

static int64_t
quiet_us(const struct backoff *backoff, int64_t now_us)
{
	int64_t quiet = now_us - backoff->last_us - (int64_t)backoff->delay_ms * 1000;

	return quiet > 0 ? quiet : 0;
}

unsigned
backoff_death(struct backoff *backoff, unsigned workers, int64_t now_us)
{
	const int64_t room = (int64_t)BACKOFF_WINDOW_MS * 1000;
	const int64_t death =
	    room / (BACKOFF_DEATHS_PER_WORKER * (int64_t)(workers > 0 ? workers : 1));

	backoff->level_us -= quiet_us(backoff, now_us);
	if (backoff->level_us < 0 || backoff->last_us == 0)
		backoff->level_us = 0;
	backoff->level_us += death;
	backoff->last_us = now_us;

	if (backoff->level_us <= room) {
		backoff->delay_ms = 0;
		return 0;
	}
	backoff->level_us = room + death;
	if (backoff->delay_ms == 0)
		backoff->delay_ms = BACKOFF_FIRST_MS;
	else if (backoff->delay_ms < BACKOFF_LONGEST_MS / 2)
		backoff->delay_ms *= 2;
	else
		backoff->delay_ms = BACKOFF_LONGEST_MS;
	return backoff->delay_ms;
}
