/*
 * The two clocks. Wall time is for what crosses a restart or comes from outside (tokens, windows,
 * log lines) and can step; monotonic time is for durations and deadlines. Neither makes a system
 * call (vDSO).
 */
#ifndef POSTERN_CORE_CLOCK_H
#define POSTERN_CORE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

/* Microseconds since 1970-01-01T00:00:00Z. */
int64_t clock_wall_us(void);
/* Microseconds of CLOCK_MONOTONIC. */
int64_t clock_mono_us(void);

/* Milliseconds up to a monotonic time, as poll(2) wants them: rounded up, 0 when it has come. */
int clock_left_ms(int64_t deadline_us);
/* The same for who knows what time it is. */
int clock_left_ms_at(int64_t now_us, int64_t deadline_us);

/* Moves `*at_us` to `other_us` where that is sooner. 0 is never. */
static inline void
clock_take_sooner(int64_t *at_us, int64_t other_us)
{
	if (other_us != 0 && (*at_us == 0 || other_us < *at_us))
		*at_us = other_us;
}

/*
 * Tests: from now on clock_wall_us answers `wall_us`; a negative value gives the real clock back.
 */
void clock_wall_inject(int64_t wall_us);

enum { CLOCK_RFC3339_SIZE = sizeof("2026-11-23T14:28:29.123456Z") };

/*
 * RFC 3339 §5.6, UTC, microseconds; writes CLOCK_RFC3339_SIZE bytes with the NUL. Years 0000 to
 * 9999.
 */
void clock_rfc3339(int64_t wall_us, char ret_text[CLOCK_RFC3339_SIZE]);

#endif
