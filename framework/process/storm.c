/* The arithmetic of scores. See storm.h. */
#include "process/storm.h"

#include "core/compiler.h"

static const int64_t death_us = (int64_t)STORM_DEATH_MS * 1000;

/* Further deaths change nothing any more: the longest wait is reached, and must be forgotten in time. */
enum { DOUBLINGS = 9 };

_Static_assert(STORM_FIRST_MS << DOUBLINGS > STORM_LONGEST_MS &&
		   STORM_FIRST_MS << (DOUBLINGS - 1) < STORM_LONGEST_MS,
    "the longest wait is reached with the last doubling");

unsigned
storm_death(struct storm *storm, int64_t now_us)
{
	const int64_t ceiling_us = STORM_DEATHS * death_us;
	const int64_t most_us = ceiling_us + (1 + DOUBLINGS) * death_us;
	int64_t delay_ms;

	if (now_us > storm->since_us)
		storm->score_us -= now_us - storm->since_us;
	if (storm->score_us < 0)
		storm->score_us = 0;
	storm->score_us += death_us;
	if (storm->score_us > most_us)
		storm->score_us = most_us;
	storm->since_us = now_us;
	if (storm->score_us <= ceiling_us)
		return 0;
	/* Whole deaths above the ceiling, a part of one counted as one. */
	delay_ms = (int64_t)STORM_FIRST_MS
		   << ((storm->score_us - ceiling_us + death_us - 1) / death_us - 1);
	if (delay_ms > STORM_LONGEST_MS)
		delay_ms = STORM_LONGEST_MS;
	storm->since_us += delay_ms * 1000;
	return (unsigned)delay_ms;
}
