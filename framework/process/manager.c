/*
 * The manager's loop. Each turn: wait; take the signals; bury the dead; act on what was asked
 * for; do what its time has come for. Every step is a function of the state in struct manager,
 * and none of them waits.
 */
#include "process/manager.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config/config.h"
#include "core/clock.h"
#include "log/log.h"
#include "process/generation.h"
#include "process/inheritance.h"
#include "process/ledger.h"
#include "process/manager_state.h"
#include "process/notify.h"
#include "process/oom_events.h"
#include "process/policy_watch.h"
#include "process/reload.h"
#include "process/signals.h"
#include "process/staffing.h"
#include "process/upgrade.h"

int64_t
manager_grace_us(const struct generation *generation)
{
	return (int64_t)generation->config->graceful_timeout_s * 1000 * 1000;
}

static enum notify_state
notify_state_of(const struct manager *m)
{
	if (m->phase >= STOPPING)
		return NOTIFY_STOPPING;
	if (m->phase == STARTING)
		return NOTIFY_STARTING;
	return m->next != NULL || m->is_reload_untold ? NOTIFY_RELOADING : NOTIFY_SERVING;
}

/*
 * What the inspector tells of the service as a whole. Before the log tells it: who has read there that
 * the service serves may ask whether it is ready.
 */
static void
show(const struct manager *m)
{
	struct shared_manager *shown = &m->plan->shared->manager;
	enum service_phase phase = SERVICE_STARTING;

	if (m->phase >= STOPPING)
		phase = SERVICE_STOPPING;
	else if (m->phase == SERVING)
		phase = SERVICE_SERVING;
	atomic_store(&shown->phase, phase);
	staffing_show(&m->staffing, m->current->config, shown);
	counter_set(&shown->lines_lost, log_lost(m->current->log));
	notify_follow(m->notify, notify_state_of(m), m->staffing.wanted);
}

/*
 * --- stop --------------------------------------------------------------------------------------
 */

static void
begin_stop(struct manager *m, int64_t patience_us)
{
	if (m->phase < STOPPING) {
		m->phase = STOPPING;
		upgrade_stop(m);
		show(m);
		log_plain(m->current->log, LOG_SERVICE_STOPPING);
		if (upgrade_has_others(m)) {
			crew_dismiss(&m->crew, NULL, SHARED_MAX_SLOTS, m->now_us + patience_us);
		} else {
			staffing_serve_rest(&m->staffing, m->current, m->now_us);
			crew_dismiss_all(&m->crew, m->now_us + patience_us);
		}
		m->plan->stop_listening(m->plan->context);
	}
	crew_hurry(&m->crew, m->now_us + patience_us);
}

/* Nothing of ours is to serve, and the status says so. */
static void
fail_start(struct manager *m)
{
	m->exit_status = MANAGER_EXIT_CANNOT_START;
	*m->plan->ret_death = m->crew.last_death;
	m->phase = STOPPING;
	crew_dismiss_all(&m->crew, m->now_us + MANAGER_QUICK_US);
	m->plan->stop_listening(m->plan->context);
}

/*
 * --- workers -----------------------------------------------------------------------------------
 */

static void
bury(struct manager *m, pid_t pid, int status)
{
	const bool is_oom = oom_events_is_cause(m->plan->oom_events, status);
	struct crew_leaver leaver;
	enum crew_end end;

	if (upgrade_bury(m, pid, status) ||
	    keeper_bury(&m->ledger, m->current->log, pid, status, is_oom, m->now_us) ||
	    keeper_bury(&m->inspector, m->current->log, pid, status, is_oom, m->now_us))
		return;
	if ((end = crew_bury(&m->crew, pid, status, is_oom, &leaver)) == CREW_STRANGER)
		return;
	if (end == CREW_DIED) {
		crew_wake(&m->crew, m->current);
		upgrade_tell_backlog(m);
	}
	if (m->phase == STARTING && upgrade_is_on_trial(m))
		fail_start(m);
	else if (m->phase < STOPPING && leaver.generation == m->next)
		reload_abandon(m);
	else if (m->phase == SERVING && leaver.generation == m->current)
		staffing_note_end(&m->staffing, m->current, &leaver, m->now_us);
}

static void
bury_dead(struct manager *m)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0 || (pid < 0 && errno == EINTR))
		if (pid > 0)
			bury(m, pid, status);
}

/*
 * --- one turn ----------------------------------------------------------------------------------
 */

static void
reopen_log(struct manager *m)
{
	if (m->plan->reopen_log == NULL || !m->plan->reopen_log(m->plan->context, m->current))
		return;
	crew_renew_log(&m->crew);
	keeper_renew(&m->ledger);
	keeper_renew(&m->inspector);
}

static void
obey(struct manager *m, const struct signals *signals)
{
	const bool was_stopping = m->phase >= STOPPING;

	if (signals->interrupt > 0)
		begin_stop(m, was_stopping ? 0 : MANAGER_QUICK_US);
	else if (signals->term > 0)
		begin_stop(m, was_stopping ? MANAGER_QUICK_US : manager_grace_us(m->current));
	if (signals->reload && !upgrade_recall(m))
		m->is_reload_asked = true;
	if (signals->reopen)
		reopen_log(m);
	if (signals->upgrade)
		upgrade_begin(m);
	if (signals->retire)
		upgrade_retire(m);
	staffing_change(&m->staffing, m->current->config, signals->fewer, signals->more);
}

/*
 * As long as none ever accepted, a death is not replaced: what keeps the first from starting
 * keeps all.
 */
static void
turn_starting(struct manager *m)
{
	if (upgrade_may_serve(m) && crew_count_ready(&m->crew, m->current) > 0) {
		m->phase = SERVING;
		upgrade_serve(m);
		show(m);
		policy_watch_renew(&m->policies, m->current->config->policy_cache_ttl_s, m->now_us);
		m->plan->on_start(m->plan->context, m->current);
	} else if (crew_count(&m->crew, m->current) == 0) {
		fail_start(m);
	}
}

/* What others may know nothing of: who waits in a queue that one of ours has left. */
static void
pass_backlog_on(struct manager *m)
{
	if (!crew_left_backlog(&m->crew))
		return;
	crew_wake(&m->crew, m->current);
	upgrade_tell_backlog(m);
}

static void
turn_serving(struct manager *m)
{
	reload_go_on(m);
	if (upgrade_is_retired(m))
		return;
	reload_begin_if_due(m);
	staffing_keep(&m->staffing, m->current, m->now_us);
}

static void
turn_stopping(struct manager *m)
{
	if (crew_count(&m->crew, NULL) > 0)
		return;
	m->phase = ENDING;
	(void)keeper_end(&m->ledger, m->now_us + LEDGER_STOP_US);
	(void)keeper_end(&m->inspector, m->now_us + MANAGER_QUICK_US);
}

static void
keep_others(struct manager *m)
{
	keeper_keep(&m->ledger, m->now_us);
	keeper_keep(&m->inspector, m->now_us);
}

static void
turn(struct manager *m)
{
	/* First who is told to end, because somebody else begins in that place. */
	(void)crew_watch(&m->crew, m->now_us);
	crew_go_on_renewing_log(&m->crew);
	/* A reload may be waiting for the last one to be gone. */
	reload_free_drained(m);
	if (m->phase == STARTING)
		turn_starting(m);
	if (m->phase == SERVING)
		turn_serving(m);
	if (m->phase == STOPPING)
		turn_stopping(m);
	pass_backlog_on(m);
	if (m->phase < ENDING)
		keep_others(m);
	else if (m->ledger.pid == 0 && m->inspector.pid == 0)
		m->phase = ENDED;
	show(m);
	(void)notify_live(m->notify, m->now_us);
}

/* Milliseconds up to the next deadline, rounded up lest the loop turn idly before it; -1: none. */
static int
patience_ms(struct manager *m)
{
	int64_t deadline_us = 0;

	clock_take_sooner(&deadline_us, crew_watch(&m->crew, m->now_us));
	clock_take_sooner(&deadline_us, keeper_watch(&m->ledger, m->now_us));
	clock_take_sooner(&deadline_us, keeper_watch(&m->inspector, m->now_us));
	clock_take_sooner(&deadline_us, m->notify->next_us);
	clock_take_sooner(&deadline_us, upgrade_watch(m));
	if (m->phase == SERVING && !upgrade_is_retired(m)) {
		clock_take_sooner(&deadline_us, policy_watch_next(&m->policies));
		clock_take_sooner(&deadline_us, staffing_next(&m->staffing, m->current, m->now_us));
		if (m->plan->watch_queues != NULL)
			clock_take_sooner(&deadline_us,
			    m->plan->watch_queues(m->plan->context,
				upgrade_shares_sockets(m) ? NULL : m->current, m->now_us));
	}
	return deadline_us == 0 ? -1 : clock_left_ms(deadline_us);
}

enum { FIXED_FDS = 4 }; /* signals, news, and both links */

static void
wait_and_take(struct manager *m)
{
	struct pollfd fds[FIXED_FDS + STAFFING_MAX_FDS] = {
		{ .fd = m->signal_fd, .events = POLLIN },
		{ .fd = m->crew.news_fd, .events = POLLIN },
		{ .fd = m->upgrade.own_fd, .events = POLLIN },
		{ .fd = m->upgrade.past_fd, .events = POLLIN }, /* -1 is ignored */
	};
	struct signals signals;
	nfds_t fd_count = FIXED_FDS;
	uint64_t count;

	/* Who comes may need a worker: to be looked at, not to be taken. */
	if (m->phase == SERVING && !upgrade_is_retired(m))
		fd_count += staffing_watch(&m->staffing, fds + FIXED_FDS);
	(void)poll(fds, fd_count, patience_ms(m));
	m->now_us = clock_mono_us();
	if (fds[1].revents != 0 && read(m->crew.news_fd, &count, sizeof(count)) < 0) {
		/* There is no news after all. */
	}
	upgrade_hear(m);
	signals = signals_take(m->signal_fd);
	/*
	 * First what was asked for: workers that end because everybody was told to stop are not
	 * replaced.
	 */
	obey(m, &signals);
	bury_dead(m);
}

/*
 * --- life --------------------------------------------------------------------------------------
 */

static int
work(void *context, const struct crew_seat *seat)
{
	struct manager *m = context;

	close(m->signal_fd);
	upgrade_leave(&m->upgrade, false);
	staffing_done(&m->staffing);
	return m->plan->work(m->plan->context, seat);
}

static int
keep_ledger(void *context, pid_t manager)
{
	struct manager *m = context;

	close(m->signal_fd);
	upgrade_leave(&m->upgrade, true);
	staffing_done(&m->staffing);
	crew_done(&m->crew);
	return m->plan->ledger(m->plan->context, manager);
}

static int
inspect(void *context, pid_t manager)
{
	struct manager *m = context;

	close(m->signal_fd);
	upgrade_leave(&m->upgrade, false);
	staffing_done(&m->staffing);
	crew_done(&m->crew);
	return m->plan->inspector(m->plan->context, manager);
}

static void
done(struct manager *m)
{
	reload_free_drained(m);
	staffing_done(&m->staffing);
	crew_done(&m->crew);
	upgrade_done(&m->upgrade);
	close(m->signal_fd);
	if (m->next != NULL)
		m->plan->free_generation(m->next);
	m->plan->free_generation(m->current);
}

/* What the manager has open, or got from the one before it. False: no descriptors, or no memory. */
static bool
open_all(struct manager *m)
{
	const struct manager_plan *plan = m->plan;
	struct inheritance *in = plan->inheritance;

	m->signal_fd = signals_open();
	if (!upgrade_init(&m->upgrade, in) || m->signal_fd < 0 ||
	    !crew_init(&m->crew, plan->shared, work, m))
		return false;
	m->ledger = (struct keeper) { .name = "ledger", .context = m };
	m->ledger.work = plan->ledger == NULL ? NULL : keep_ledger;
	m->inspector = (struct keeper) { .name = "inspector", .context = m };
	m->inspector.work = plan->inspector == NULL ? NULL : inspect;
	if (in == NULL)
		return true;
	crew_share_handover(&m->crew, in->handover);
	in->handover = (struct handover) { -1, -1 };
	keeper_rest(&m->ledger, true);
	keeper_rest(&m->inspector, true);
	return true;
}

int
manager_run(const struct manager_plan *plan)
{
	struct manager m = {
		.plan = plan,
		.nobody = NOTIFY_NOBODY,
		.current = plan->first,
		.now_us = clock_mono_us(),
	};

	m.policies.expire_us = shared_policies_expire_us(plan->shared, m.current->number);
	atomic_store(&plan->shared->generation, m.current->number);
	atomic_store(&plan->shared->manager.pid, getpid());
	atomic_store(&plan->shared->manager.started_us, m.now_us);
	atomic_store(&plan->shared->manager.started_wall_us, clock_wall_us());
	if (!open_all(&m)) {
		if (m.signal_fd >= 0)
			close(m.signal_fd);
		upgrade_done(&m.upgrade);
		plan->stop_listening(plan->context);
		plan->free_generation(plan->first);
		return MANAGER_EXIT_NO_RESOURCES;
	}
	staffing_init(&m.staffing, &m.crew, plan->listeners);
	upgrade_show(&m);
	keep_others(&m);
	if (!staffing_hire_first(&m.staffing, m.current, m.now_us)) {
		/* The rest comes later, if there are any at all. */
	}
	staffing_renew(&m.staffing, m.current->config);
	for (turn(&m); m.phase != ENDED; turn(&m))
		wait_and_take(&m);
	if (m.exit_status == 0)
		log_plain(m.current->log, LOG_SERVICE_SHUTDOWN);
	done(&m);
	return m.exit_status;
}
