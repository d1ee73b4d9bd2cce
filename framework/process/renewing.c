/* See renewing.h, and renewal.h for who may go. */
#include "process/renewing.h"

#include "config/config.h"
#include "core/clock.h"
#include "log/log.h"
#include "process/generation.h"

static bool
is_staying(const struct crew *crew, unsigned slot, const struct generation *generation)
{
	const struct crew_member *member = &crew->members[slot];

	return member->pid != 0 && member->generation == generation && member->kill_us == 0;
}

static int64_t
end_of_life(const struct crew_member *member)
{
	const int64_t lifetime_s = member->generation->config->worker_max_lifetime_s;

	return lifetime_s == 0 ? 0 : member->started_us + lifetime_s * 1000 * 1000;
}

static uint32_t
wish_of(const struct crew *crew, unsigned slot)
{
	return atomic_load_explicit(&crew->shared->slots[slot].leaving, memory_order_acquire);
}

/* Why it goes as soon as it may. RENEWAL_NONE: it need not. */
static enum renewal_cause
cause_of(const struct crew *crew, unsigned slot, int64_t now_us)
{
	const int64_t end_us = end_of_life(&crew->members[slot]);

	if ((wish_of(crew, slot) & WISH_DONE) != 0)
		return RENEWAL_REQUESTS;
	if ((wish_of(crew, slot) & WISH_MEMORY) != 0)
		return RENEWAL_MEMORY;
	return end_us != 0 && end_us <= now_us ? RENEWAL_LIFETIME : RENEWAL_NONE;
}

static bool
is_going(const struct crew_member *member, int64_t now_us)
{
	return member->pid != 0 && member->renewed_us != 0 &&
	       now_us - member->renewed_us < RENEWAL_PACE_US;
}

static void
see(struct renewal_view *view, const struct crew *crew, unsigned slot, int64_t now_us)
{
	const struct scoreboard_slot *line = &crew->shared->slots[slot];

	if (atomic_load_explicit(&line->state, memory_order_acquire) == WORKER_STARTING) {
		view->starting++;
		return;
	}
	switch (cause_of(crew, slot, now_us)) {
	case RENEWAL_REQUESTS:
		view->done++;
		return;
	case RENEWAL_LIFETIME:
	case RENEWAL_MEMORY:
		view->due++;
		break;
	default:
		view->near += (wish_of(crew, slot) & WISH_NEAR) != 0;
	}
	view->serving++;
}

static void
tell(struct crew *crew, unsigned slot, enum renewal_cause cause, int64_t now_us)
{
	struct crew_member *member = &crew->members[slot];
	UNINITIALIZED struct log_line line;

	counter_add(&crew->shared->manager.renewals[cause], 1);
	if (log_begin(&line, member->generation->log, LOG_WORKER_RENEWAL)) {
		log_number(&line, FIELD_WORKER, slot + 1);
		log_number(&line, FIELD_PID, member->pid);
		log_word(&line, FIELD_CAUSE, renewal_cause_name(cause));
		log_number(
		    &line, FIELD_COUNT, (int64_t)atomic_load(&crew->shared->slots[slot].requests));
		log_end(&line);
	}
	member->renewed_us = now_us;
	crew_dismiss_slot(crew, slot,
	    now_us + (int64_t)member->generation->config->graceful_timeout_s * 1000 * 1000);
}

/* Tells up to `count` of those who go for their requests, or (`is_done` false) for another reason. */
static unsigned
tell_some(struct crew *crew, const struct generation *generation, bool is_done, unsigned count,
    int64_t now_us)
{
	unsigned slot, told = 0;

	for (slot = 0; slot < SHARED_MAX_SLOTS && told < count; slot++) {
		enum renewal_cause cause;

		if (!is_staying(crew, slot, generation) ||
		    atomic_load(&crew->shared->slots[slot].state) == WORKER_STARTING)
			continue;
		cause = cause_of(crew, slot, now_us);
		if (cause == RENEWAL_NONE || (cause == RENEWAL_REQUESTS) != is_done)
			continue;
		tell(crew, slot, cause, now_us);
		told++;
	}
	return told;
}

struct renewal_step
renewing_step(struct crew *crew, struct generation *generation, unsigned wanted, int64_t now_us)
{
	struct renewal_view view = { .wanted = wanted };
	struct renewal_step step;
	unsigned slot;

	for (slot = 0; slot < SHARED_MAX_SLOTS; slot++) {
		if (is_staying(crew, slot, generation))
			see(&view, crew, slot, now_us);
		view.going += is_going(&crew->members[slot], now_us);
	}
	step = renewal_decide(&view);
	step.dismiss -= tell_some(crew, generation, true, step.dismiss, now_us);
	(void)tell_some(crew, generation, false, step.dismiss, now_us);
	return step;
}

static void
take_later_than_now(int64_t *deadline_us, int64_t other_us, int64_t now_us)
{
	if (other_us > now_us)
		clock_take_sooner(deadline_us, other_us);
}

int64_t
renewing_next(const struct crew *crew, const struct generation *generation, int64_t now_us)
{
	int64_t deadline_us = 0;
	unsigned slot;

	for (slot = 0; slot < SHARED_MAX_SLOTS; slot++) {
		const struct crew_member *member = &crew->members[slot];

		if (is_staying(crew, slot, generation))
			take_later_than_now(&deadline_us, end_of_life(member), now_us);
		else if (is_going(member, now_us))
			take_later_than_now(
			    &deadline_us, member->renewed_us + RENEWAL_PACE_US, now_us);
	}
	return deadline_us;
}
