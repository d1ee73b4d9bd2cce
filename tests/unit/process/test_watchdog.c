/* What the watchdog does when, by a clock of the test's own. */
#include "../core/rows.h"
#include "check.h"

#include "process/watchdog.h"

enum { S = 1000 * 1000 }; /* a second */

static const int64_t begun = INT64_C(100) * S;

/* One look: at `at`, seconds behind `begun`; what must be done, and when it must look again. */
struct look {
	double at;
	enum worker_state state;
	double request; /* when the request began that is being served; seconds behind `begun` */
	double kill;    /* 0: not told to end */
	enum watchdog_step step;
	double next; /* 0: never, or not asked because there was a step */
};

static const struct play {
	const char *name;
	double timeout, slow;
	struct look looks[10]; /* up to an `at` of 0 that is not the first */
} plays[] = {
	{ "nobody waits for an idle worker", 30, 0,
	    { { 1, WORKER_IDLE, 0, 0, WATCHDOG_WAIT, 31 } } },
	{ "idle workers are looked at as often as a request could become slow", 30, 2,
	    { { 1, WORKER_IDLE, 0, 0, WATCHDOG_WAIT, 3 } } },
	{ "but not all the time", 30, 0.001, { { 1, WORKER_IDLE, 0, 0, WATCHDOG_WAIT, 1.05 } } },
	{ "without limits never", 0, 0,
	    { { 1, WORKER_IDLE, 0, 0, WATCHDOG_WAIT, 0 },
		{ 2, WORKER_BUSY, 0, 0, WATCHDOG_WAIT, 0 },
		{ 3, WORKER_STARTING, 0, 0, WATCHDOG_WAIT, 0 } } },
	{ "a request in its time", 30, 0, { { 29, WORKER_BUSY, 1, 0, WATCHDOG_WAIT, 31 } } },
	{ "a request over its time: stack, TERM, KILL, each once", 30, 0,
	    { { 31, WORKER_BUSY, 1, 0, WATCHDOG_STACK, 0 },
		{ 31, WORKER_BUSY, 1, 0, WATCHDOG_WAIT, 31.25 },
		{ 31.25, WORKER_BUSY, 1, 0, WATCHDOG_TERM, 0 },
		{ 31.25, WORKER_BUSY, 1, 34.25, WATCHDOG_WAIT, 34.25 },
		{ 34.25, WORKER_BUSY, 1, 34.25, WATCHDOG_KILL, 0 },
		{ 34.25, WORKER_BUSY, 1, 34.25, WATCHDOG_WAIT, 0 },
		{ 60, WORKER_BUSY, 1, 34.25, WATCHDOG_WAIT, 0 } } },
	{ "who answers behind its time is renewed all the same", 30, 0,
	    { { 31, WORKER_BUSY, 1, 0, WATCHDOG_STACK, 0 },
		{ 31.1, WORKER_IDLE, 1, 0, WATCHDOG_WAIT, 31.25 },
		{ 31.25, WORKER_IDLE, 1, 0, WATCHDOG_TERM, 0 },
		{ 31.25, WORKER_DRAINING, 1, 34.25, WATCHDOG_WAIT, 34.25 } } },
	{ "a start over its time", 30, 1,
	    { { 0.5, WORKER_STARTING, 0, 0, WATCHDOG_WAIT, 30 },
		{ 30, WORKER_STARTING, 0, 0, WATCHDOG_STACK, 0 } } },
	{ "a slow request is told of once", 30, 2,
	    { { 2, WORKER_BUSY, 1, 0, WATCHDOG_WAIT, 3 },
		{ 3, WORKER_BUSY, 1, 0, WATCHDOG_SLOW, 0 },
		{ 3, WORKER_BUSY, 1, 0, WATCHDOG_WAIT, 5 },
		{ 5, WORKER_BUSY, 1, 0, WATCHDOG_WAIT, 7 },
		{ 7, WORKER_BUSY, 5.5, 0, WATCHDOG_WAIT, 7.5 },
		{ 7.5, WORKER_BUSY, 5.5, 0, WATCHDOG_SLOW, 0 },
		{ 31, WORKER_BUSY, 5.5, 0, WATCHDOG_WAIT, 33 },
		{ 35.5, WORKER_BUSY, 5.5, 0, WATCHDOG_STACK, 0 } } },
	{ "one that is overdue at the first look is not slow as well", 1, 1,
	    { { 3, WORKER_BUSY, 1, 0, WATCHDOG_STACK, 0 },
		{ 3, WORKER_BUSY, 1, 0, WATCHDOG_WAIT, 3.25 } } },
	{ "who was told to end by others has until then", 30, 0,
	    { { 1, WORKER_DRAINING, 0, 5, WATCHDOG_WAIT, 5 },
		{ 5, WORKER_DRAINING, 0, 5, WATCHDOG_KILL, 0 } } },
	{ "and its request no longer than any", 30, 0,
	    { { 29, WORKER_BUSY, 1, 60, WATCHDOG_WAIT, 31 },
		{ 31, WORKER_BUSY, 1, 60, WATCHDOG_STACK, 0 },
		{ 31.25, WORKER_BUSY, 1, 60, WATCHDOG_TERM, 0 },
		{ 31.25, WORKER_BUSY, 1, 34.25, WATCHDOG_WAIT, 34.25 } } },
	{ "a state that is none has no limit but the common one", 30, 0,
	    { { 1, (enum worker_state)99, 0, 0, WATCHDOG_WAIT, 31 } } },
};

static int64_t
instant(double seconds)
{
	return begun + (int64_t)(seconds * S + 0.5);
}

static void
check_play(void **state)
{
	const struct play *play = *state;
	const struct watchdog_limits limits = { (int64_t)(play->timeout * S),
		(int64_t)(play->slow * S) };
	struct watchdog dog = { 0 };
	int64_t next_us;
	size_t i;

	for (i = 0; i < COUNT_OF(play->looks) && play->looks[i].at > 0; i++) {
		const struct look *look = &play->looks[i];
		const struct watchdog_sight sight = { look->state, begun, instant(look->request),
			look->kill > 0 ? instant(look->kill) : 0 };

		assert_int_equal(
		    watchdog_look(&dog, &limits, &sight, instant(look->at), &next_us), look->step);
		if (look->step == WATCHDOG_WAIT)
			assert_int_equal(next_us, look->next > 0 ? instant(look->next) : 0);
	}
	assert_true(i > 0);
}

int
main(void)
{
	return RUN_ROWS(plays, check_play);
}
