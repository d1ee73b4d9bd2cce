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
