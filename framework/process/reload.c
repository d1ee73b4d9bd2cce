/*
 * The life of a generation: `next` (its workers are starting) → `current` (all accept) →
 * `draining` (told to stop) → freed with its last worker. A `next` of which one worker dies
 * before all accept is given up, and `current` stays as it was. A reload is told of when no
 * worker of the old generation can begin a request any more.
 */
#include "process/reload.h"

#include "config/config.h"
#include "log/log.h"
#include "process/manager_state.h"
#include "process/notify.h"
#include "process/policy_watch.h"

static void
refuse(struct manager *m, enum reload_refusal refusal)
{
	UNINITIALIZED struct log_line line;

	atomic_store(&m->plan->shared->manager.last_refusal, refusal);
	counter_add(&m->plan->shared->manager.reloads_refused, 1);
	notify_refused(m->notify);
	if (m->plan->is_stale(m->current))
		policy_watch_fail(&m->policies, m->now_us);
	if (log_begin(&line, m->current->log, LOG_RELOAD_REFUSED)) {
		log_word(&line, FIELD_REASON, reload_refusal_name(refusal));
		log_end(&line);
	}
}

static void
retire(struct manager *m, struct generation *generation)
{
	crew_dismiss(
	    &m->crew, generation, SHARED_MAX_SLOTS, m->now_us + manager_grace_us(generation));
	generation->next = m->draining;
	m->draining = generation;
}

void
reload_abandon(struct manager *m)
{
	retire(m, m->next);
	m->next = NULL;
	refuse(m, RELOAD_WORKERS);
}

/* The clock of the policies that `generation` brings. */
static _Atomic(int64_t) *
expiry_of(const struct manager *m, const struct generation *generation)
{
	return shared_policies_expire_us(m->plan->shared, generation->number);
}

static void
begin(struct manager *m)
{
	counter_add(&m->plan->shared->manager.reloads_begun, 1);
	notify_reload(m->notify);
	log_plain(m->current->log, LOG_RELOAD_STARTED);
	m->next = m->plan->reload(m->plan->context, m->current);
	if (m->next == NULL) {
		refuse(m, RELOAD_SETTINGS);
		return;
	}
	atomic_store(expiry_of(m, m->next), 0);
	if (!staffing_hire_first(&m->staffing, m->next, m->now_us))
		reload_abandon(m);
}

/* All new workers accept: now the old ones may go. */
static void
finish(struct manager *m)
{
	retire(m, m->current);
	m->current = m->next;
	m->next = NULL;
	atomic_store(&m->plan->shared->generation, m->current->number);
	m->is_reload_untold = true;
	m->plan->on_renewed(m->plan->context, m->current);
	staffing_renew(&m->staffing, m->current->config);
	m->policies.expire_us = expiry_of(m, m->current);
	policy_watch_renew(&m->policies, m->current->config->policy_cache_ttl_s, m->now_us);
}

/* Whoever reads this line may rely on it: what begins from now on is answered by the new settings. */
static void
tell(struct manager *m)
{
	UNINITIALIZED struct log_line line;

	m->is_reload_untold = false;
	counter_add(&m->plan->shared->manager.reloads_done, 1);
	if (log_begin(&line, m->current->log, LOG_RELOAD_DONE)) {
		log_number(&line, FIELD_WORKERS, m->staffing.wanted);
		log_end(&line);
	}
}

void
reload_free_drained(struct manager *m)
{
	struct generation **link = &m->draining, *generation;

	while ((generation = *link) != NULL) {
		if (crew_count(&m->crew, generation) != 0) {
			link = &generation->next;
			continue;
		}
		*link = generation->next;
		m->plan->free_generation(generation);
	}
}

/* Whether the policies on disk are others by now. */
static void
watch_policies(struct manager *m)
{
	if (policy_watch_has_expired(&m->policies, m->now_us))
		log_plain(m->current->log, LOG_POLICIES_EXPIRED);
	if (policy_watch_is_due(&m->policies, m->now_us)) {
		if (m->plan->is_stale(m->current))
			m->is_reload_asked = true;
		else
			policy_watch_renew(&m->policies, m->policies.ttl_s, m->now_us);
	}
}

void
reload_go_on(struct manager *m)
{
	if (m->next != NULL && staffing_has_first(&m->staffing, m->next))
		finish(m);
	if (m->is_reload_untold &&
	    (m->draining == NULL || crew_count_taking(&m->crew, m->draining) == 0))
		tell(m);
}

void
reload_begin_if_due(struct manager *m)
{
	watch_policies(m);
	/*
	 * One at a time: while old workers drain, there are slots for one generation more and not
	 * for two.
	 */
	if (m->is_reload_asked && m->next == NULL && m->draining == NULL) {
		m->is_reload_asked = false;
		begin(m);
	}
}
