/* The steps in their order; the first one that is due is taken. */
#include "process/watchdog.h"

#include "core/clock.h"

int64_t
watchdog_since_us(const struct watchdog_sight *sight)
{
	if (sight->state == WORKER_BUSY)
		return sight->request_us;
	return sight->state == WORKER_STARTING ? sight->started_us : 0;
}

/* When something that began at `since_us` reaches a limit; 0: there is none. */
static int64_t
due_us(int64_t since_us, int64_t limit_us)
{
	return since_us == 0 || limit_us == 0 ? 0 : since_us + limit_us;
}

static bool
is_due(int64_t at_us, int64_t now_us)
{
	return at_us != 0 && at_us <= now_us;
}

/* A request that begins right behind this look is overdue, or slow, no sooner than that. */
static int64_t
soonest_us(int64_t now_us, int64_t limit_us)
{
	if (limit_us == 0)
		return 0;
	return now_us + (limit_us > WATCHDOG_SHORTEST_US ? limit_us : WATCHDOG_SHORTEST_US);
}

/* Slowness is a request's: a worker's start has the one limit only. */
static int64_t
slow_at_us(const struct watchdog *dog, const struct watchdog_limits *limits,
    const struct watchdog_sight *sight)
{
	if (sight->state != WORKER_BUSY || dog->slow_us == sight->request_us)
		return 0;
	return due_us(sight->request_us, limits->slow_us);
}

static int64_t
next_look_us(const struct watchdog *dog, const struct watchdog_limits *limits,
    const struct watchdog_sight *sight, int64_t now_us)
{
	const int64_t since_us = watchdog_since_us(sight);
	const int64_t slow_us = slow_at_us(dog, limits, sight);
	int64_t next_us = sight->kill_us;

	if (dog->overdue_us != 0) {
		clock_take_sooner(&next_us, dog->is_told ? 0 : dog->overdue_us + WATCHDOG_STACK_US);
		return next_us;
	}
	if (sight->state != WORKER_STARTING)
		clock_take_sooner(
		    &next_us, slow_us != 0 ? slow_us : soonest_us(now_us, limits->slow_us));
	clock_take_sooner(&next_us, since_us != 0 ? due_us(since_us, limits->timeout_us)
						  : soonest_us(now_us, limits->timeout_us));
	return next_us;
}

enum watchdog_step
watchdog_look(struct watchdog *dog, const struct watchdog_limits *limits,
    const struct watchdog_sight *sight, int64_t now_us, int64_t *ret_next_us)
{
	*ret_next_us = 0;
	if (dog->is_killed)
		return WATCHDOG_WAIT; /* the kernel tells when it is gone */
	if (is_due(sight->kill_us, now_us)) {
		dog->is_killed = true;
		return WATCHDOG_KILL;
	}
	if (dog->overdue_us == 0) {
		if (is_due(due_us(watchdog_since_us(sight), limits->timeout_us), now_us)) {
			dog->overdue_us = now_us;
			return WATCHDOG_STACK;
		}
		if (is_due(slow_at_us(dog, limits, sight), now_us)) {
			dog->slow_us = sight->request_us;
			return WATCHDOG_SLOW;
		}
	} else if (!dog->is_told && is_due(dog->overdue_us + WATCHDOG_STACK_US, now_us)) {
		dog->is_told = true;
		return WATCHDOG_TERM;
	}
	*ret_next_us = next_look_us(dog, limits, sight, now_us);
	return WATCHDOG_WAIT;
}
