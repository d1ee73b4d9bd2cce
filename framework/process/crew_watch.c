/*
 * The crew's watchdog: what the scoreboard shows of each worker goes into watchdog.c, and the steps
 * that it says are taken here.
 */
#include <signal.h>

#include <postern/service.h>

#include "config/config.h"
#include "log/log.h"
#include "process/crew.h"
#include "process/generation.h"
#include "process/stack_told.h"

static void
log_timeout(const struct crew *crew, unsigned slot, int64_t since_us, int64_t now_us)
{
	const struct crew_member *member = &crew->members[slot];
	const struct postern_service *service = member->generation->service;
	const uint32_t route = atomic_load(&crew->shared->slots[slot].route);
	UNINITIALIZED struct log_line line;

	if (!log_begin(&line, member->generation->log, LOG_WORKER_TIMEOUT))
		return;
	log_number(&line, FIELD_WORKER, slot + 1);
	log_number(&line, FIELD_PID, member->pid);
	if (route > 0 && route <= service->route_count)
		log_template(&line, FIELD_ROUTE, slice_from(service->routes[route - 1].path));
	log_number(&line, FIELD_DURATION_US, now_us - since_us);
	log_end(&line);
}

/*
 * It ends behind its request, as any worker that is told to, and what it holds goes to others; the
 * next one begins in its place at once. Who was told before has no more time by this.
 */
static void
tell_to_end(struct crew *crew, unsigned slot, int64_t kill_us)
{
	struct crew_member *member = &crew->members[slot];

	if (member->kill_us == 0 || member->kill_us > kill_us)
		member->kill_us = kill_us;
	(void)kill(member->pid, SIGTERM);
}

static struct watchdog_sight
see(const struct crew *crew, unsigned slot)
{
	const struct scoreboard_slot *line = &crew->shared->slots[slot];

	/* The state first: it is stored behind the time (shared.h). */
	return (struct watchdog_sight) {
		.state = (enum worker_state)atomic_load(&line->state),
		.started_us = crew->members[slot].started_us,
		.request_us = atomic_load(&line->request_started_us),
		.kill_us = crew->members[slot].kill_us,
	};
}

static void
take_step(struct crew *crew, unsigned slot, enum watchdog_step step,
    const struct watchdog_sight *sight, int64_t now_us)
{
	struct crew_member *member = &crew->members[slot];

	switch (step) {
	case WATCHDOG_WAIT:
		break;
	case WATCHDOG_SLOW:
		stack_ask(member->pid, STACK_SLOW, sight->request_us);
		break;
	case WATCHDOG_STACK:
		log_timeout(crew, slot, watchdog_since_us(sight), now_us);
		/* Its word to end follows: others go on, unless everybody is to stop. */
		if (member->kill_us == 0)
			atomic_store(&crew->shared->slots[slot].is_relieved, 1);
		stack_ask(member->pid, STACK_OVERDUE, sight->request_us);
		break;
	case WATCHDOG_TERM:
		tell_to_end(crew, slot, now_us + WATCHDOG_GRACE_US);
		break;
	case WATCHDOG_KILL:
		member->cause = member->dog.is_told ? DEATH_TIMEOUT : DEATH_GRACE_OVER;
		(void)kill(member->pid, SIGKILL);
		break;
	}
}

/* Ends: each step but the last is taken once. */
static int64_t
watch_one(struct crew *crew, unsigned slot, int64_t now_us)
{
	struct crew_member *member = &crew->members[slot];
	const struct config *config = member->generation->config;
	const struct watchdog_limits limits = {
		.timeout_us = config->worker_timeout_s * INT64_C(1000000),
		.slow_us = config->slow_request_ms * INT64_C(1000),
	};
	enum watchdog_step step;
	int64_t next_us;

	do {
		const struct watchdog_sight sight = see(crew, slot);

		step = watchdog_look(&member->dog, &limits, &sight, now_us, &next_us);
		take_step(crew, slot, step, &sight, now_us);
	} while (step != WATCHDOG_WAIT);
	return next_us;
}

int64_t
crew_watch(struct crew *crew, int64_t now_us)
{
	int64_t next_us = 0, one_us;
	unsigned i;

	for (i = 0; i < SHARED_MAX_SLOTS; i++) {
		if (crew->members[i].pid == 0)
			continue;
		one_us = watch_one(crew, i, now_us);
		if (one_us != 0 && (next_us == 0 || one_us < next_us))
			next_us = one_us;
	}
	return next_us;
}
