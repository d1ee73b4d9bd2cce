/* The manager's record of its workers. See crew.h. */
#include "process/crew.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <postern/service.h>

#include "config/config.h"
#include "log/log.h"
#include "process/affinity.h"
#include "process/generation.h"
#include "process/queue_age.h"
#include "process/scoreboard.h"

bool
crew_init(struct crew *crew, struct shared *shared, crew_work *work, void *context)
{
	unsigned i;

	*crew = (struct crew) { .shared = shared, .work = work, .context = context };
	crew->members = calloc(SHARED_MAX_SLOTS, sizeof(*crew->members));
	crew->wake_fds = calloc(SHARED_MAX_SLOTS, sizeof(*crew->wake_fds));
	crew->news_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (!handover_open(&crew->handover) || !log_renewal_open(&crew->log_renewal) ||
	    crew->members == NULL || crew->wake_fds == NULL || crew->news_fd < 0) {
		free(crew->wake_fds);
		crew->wake_fds = NULL;
		crew_done(crew);
		return false;
	}
	for (i = 0; i < SHARED_MAX_SLOTS; i++)
		crew->wake_fds[i] = -1;
	return true;
}

void
crew_done(struct crew *crew)
{
	unsigned i;

	for (i = 0; crew->wake_fds != NULL && i < SHARED_MAX_SLOTS; i++)
		if (crew->wake_fds[i] >= 0)
			close(crew->wake_fds[i]);
	if (crew->news_fd >= 0)
		close(crew->news_fd);
	handover_close(&crew->handover);
	log_renewal_close(&crew->log_renewal);
	free(crew->wake_fds);
	free(crew->members);
	crew->wake_fds = NULL;
	crew->members = NULL;
	crew->news_fd = -1;
}

void
crew_share_handover(struct crew *crew, struct handover handover)
{
	handover_close(&crew->handover);
	crew->handover = handover;
}

/* The first free slot from `from` on; SHARED_MAX_SLOTS when there is none. */
static unsigned
find_free(const struct crew *crew, unsigned from, int64_t now_us)
{
	while (from < SHARED_MAX_SLOTS &&
	       (crew->members[from].pid != 0 || crew->members[from].wait_us > now_us))
		from++;
	return from;
}

bool
crew_prepare(struct crew *crew, unsigned count, int64_t now_us)
{
	unsigned slot = 0;

	for (; count > 0; count--, slot++) {
		slot = find_free(crew, slot, now_us);
		if (slot == SHARED_MAX_SLOTS)
			return false;
		if (crew->wake_fds[slot] < 0)
			crew->wake_fds[slot] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
		if (crew->wake_fds[slot] < 0)
			return false;
	}
	return true;
}

static void
log_start(const struct crew *crew, unsigned slot)
{
	const struct crew_member *member = &crew->members[slot];
	UNINITIALIZED struct log_line line;

	if (!log_begin(&line, member->generation->log, LOG_WORKER_STARTED))
		return;
	log_number(&line, FIELD_WORKER, slot + 1);
	log_number(&line, FIELD_PID, member->pid);
	log_end(&line);
}

/* In the child; does not return. */
static void
live(const struct crew *crew, unsigned slot, struct generation *generation, unsigned core,
    pid_t manager)
{
	const struct crew_seat seat = {
		.shared = crew->shared,
		.slot = slot,
		.generation = generation,
		.news_fd = crew->news_fd,
		.wake_fds = crew->wake_fds,
		.handover = &crew->handover,
		.log_renewal = &crew->log_renewal,
		.core = core,
		.manager = manager,
	};

	close(crew->log_renewal.give_fd);
	log_after_fork(generation->log);
	log_keep_type(generation->log, crew->shared->last_events[slot]);
	exit(crew->work(crew->context, &seat));
}

bool
crew_hire(struct crew *crew, struct generation *generation, int64_t now_us)
{
	unsigned slot = find_free(crew, 0, now_us);
	pid_t pid, manager = getpid();
	unsigned core;

	if (slot == SHARED_MAX_SLOTS)
		return false;
	core = affinity_choose(crew, generation);
	scoreboard_clear(&crew->shared->slots[slot], WORKER_STARTING, generation->number);
	atomic_store(&crew->shared->slots[slot].log_number, crew->log_renewal.number);
	crew->shared->last_events[slot][0] = '\0';
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		live(crew, slot, generation, core, manager);
	if (pid < 0) {
		scoreboard_clear(&crew->shared->slots[slot], WORKER_EMPTY, 0);
		return false;
	}
	crew->members[slot] = (struct crew_member) {
		.pid = pid,
		.generation = generation,
		.started_us = now_us,
		.core = core,
		.storm = crew->members[slot].storm,
	};
	if (atomic_load(&crew->shared->slot_limit) <= slot)
		atomic_store(&crew->shared->slot_limit, slot + 1);
	log_start(crew, slot);
	return true;
}

static bool
is_of(const struct crew_member *member, const struct generation *generation)
{
	return member->pid != 0 && (generation == NULL || member->generation == generation);
}

unsigned
crew_count(const struct crew *crew, const struct generation *generation)
{
	unsigned i, count = 0;

	for (i = 0; i < SHARED_MAX_SLOTS; i++)
		count += is_of(&crew->members[i], generation);
	return count;
}

unsigned
crew_count_staying(const struct crew *crew, const struct generation *generation)
{
	unsigned i, count = 0;

	for (i = 0; i < SHARED_MAX_SLOTS; i++)
		count += is_of(&crew->members[i], generation) && crew->members[i].kill_us == 0;
	return count;
}

static enum worker_state
state_of(const struct crew *crew, unsigned slot)
{
	return (enum worker_state)atomic_load_explicit(
	    &crew->shared->slots[slot].state, memory_order_acquire);
}

unsigned
crew_count_ready(struct crew *crew, const struct generation *generation)
{
	unsigned i, count = 0;

	for (i = 0; i < SHARED_MAX_SLOTS; i++) {
		struct crew_member *member = &crew->members[i];

		if (!is_of(member, generation))
			continue;
		if (!member->is_ready && state_of(crew, i) != WORKER_STARTING)
			member->is_ready = true;
		count += member->is_ready;
	}
	return count;
}

static uint32_t
leaving_of(const struct crew *crew, unsigned slot)
{
	return atomic_load_explicit(&crew->shared->slots[slot].leaving, memory_order_acquire);
}

unsigned
crew_count_taking(const struct crew *crew, const struct generation *generation)
{
	unsigned i, count = 0;

	for (i = 0; i < SHARED_MAX_SLOTS; i++)
		count += is_of(&crew->members[i], generation) &&
			 (leaving_of(crew, i) & LEAVING_REQUESTS) == 0;
	return count;
}

void
crew_wake(const struct crew *crew, const struct generation *generation)
{
	const uint64_t one = 1;
	unsigned i;

	for (i = 0; i < SHARED_MAX_SLOTS; i++)
		if (is_of(&crew->members[i], generation) && crew->members[i].kill_us == 0 &&
		    write(crew->wake_fds[i], &one, sizeof(one)) < 0) {
			/* The counter is full: it was told often enough. */
		}
}

/* Who leaves, too: it still writes. */
static void
wake_who_is_behind(const struct crew *crew)
{
	const uint64_t one = 1;
	unsigned i;

	for (i = 0; i < SHARED_MAX_SLOTS; i++)
		if (crew->members[i].pid != 0 && crew->wake_fds[i] >= 0 &&
		    write(crew->wake_fds[i], &one, sizeof(one)) < 0) {
			/* The counter is full: it was told often enough. */
		}
}

void
crew_renew_log(struct crew *crew)
{
	log_renewal_begin(&crew->log_renewal, crew_count(crew, NULL));
	atomic_store(&crew->shared->log_number, crew->log_renewal.number);
	crew_go_on_renewing_log(crew);
}

static bool
is_anybody_behind(const struct crew *crew)
{
	unsigned i;

	for (i = 0; i < SHARED_MAX_SLOTS; i++)
		if (crew->members[i].pid != 0 &&
		    atomic_load(&crew->shared->slots[i].log_number) != crew->log_renewal.number)
			return true;
	return false;
}

void
crew_go_on_renewing_log(struct crew *crew)
{
	if (!crew->log_renewal.is_pending)
		return;
	if (log_renewal_give(&crew->log_renewal))
		wake_who_is_behind(crew);
	if (!is_anybody_behind(crew))
		log_renewal_finish(&crew->log_renewal);
}

bool
crew_left_backlog(struct crew *crew)
{
	bool is_news = crew->has_backlog_of_dead;
	unsigned i;

	crew->has_backlog_of_dead = false;
	for (i = 0; i < SHARED_MAX_SLOTS; i++) {
		struct crew_member *member = &crew->members[i];

		if (member->pid == 0 || member->is_followed ||
		    (leaving_of(crew, i) & LEAVING_BACKLOG) == 0)
			continue;
		member->is_followed = true;
		is_news = true;
	}
	return is_news;
}

static void
dismiss(struct crew_member *member, int64_t kill_us)
{
	member->kill_us = kill_us;
	(void)kill(member->pid, SIGTERM);
}

void
crew_dismiss_slot(struct crew *crew, unsigned slot, int64_t kill_us)
{
	atomic_store(&crew->shared->slots[slot].is_relieved, 1);
	dismiss(&crew->members[slot], kill_us);
}

void
crew_dismiss(
    struct crew *crew, const struct generation *generation, unsigned count, int64_t kill_us)
{
	unsigned i;

	for (i = SHARED_MAX_SLOTS; i-- > 0 && count > 0;) {
		const struct crew_member *member = &crew->members[i];

		if (!is_of(member, generation) || member->kill_us != 0)
			continue;
		crew_dismiss_slot(crew, i, kill_us);
		count--;
	}
}

void
crew_dismiss_all(struct crew *crew, int64_t kill_us)
{
	unsigned i;

	for (i = 0; i < SHARED_MAX_SLOTS; i++) {
		if (crew->members[i].pid == 0)
			continue;
		atomic_store(&crew->shared->slots[i].is_relieved, 0);
		if (crew->members[i].kill_us == 0)
			dismiss(&crew->members[i], kill_us);
	}
}

void
crew_hurry(struct crew *crew, int64_t kill_us)
{
	unsigned i;

	for (i = 0; i < SHARED_MAX_SLOTS; i++) {
		struct crew_member *member = &crew->members[i];

		if (member->pid != 0 && member->kill_us > kill_us)
			member->kill_us = kill_us;
	}
}

static void
log_end_of_life(const struct crew *crew, unsigned slot, const struct death *death)
{
	const struct crew_member *member = &crew->members[slot];
	UNINITIALIZED struct log_line line;

	if (!log_begin(&line, member->generation->log,
		death->cause == DEATH_NONE ? LOG_WORKER_STOPPED : LOG_WORKER_DIED))
		return;
	log_number(&line, FIELD_WORKER, slot + 1);
	log_number(&line, FIELD_PID, member->pid);
	if (death->cause != DEATH_NONE)
		burial_put(&line, death, member->generation->service);
	log_end(&line);
}

/* Ended by status 0 it has stopped, whatever it was killed for meanwhile. */
static enum death_cause
killed_for(const struct crew_member *member, int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return DEATH_NONE;
	/* The timer that TERM starts in a worker may have been sooner than we. */
	if (member->dog.is_told && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return DEATH_TIMEOUT;
	return member->cause;
}

enum crew_end
crew_bury(struct crew *crew, pid_t pid, int status, bool is_oom, struct crew_leaver *ret_leaver)
{
	struct crew_member *member;
	struct death death;
	unsigned i;

	for (i = 0; i < SHARED_MAX_SLOTS && crew->members[i].pid != pid; i++)
		;
	if (pid <= 0 || i == SHARED_MAX_SLOTS)
		return CREW_STRANGER;
	member = &crew->members[i];
	death = burial_find(status, killed_for(member, status), is_oom, crew->shared, i);
	if (death.cause != DEATH_NONE) {
		/* Before its line is empty: it may have accepted one that it did not count. */
		queue_age_forget_all(crew->shared);
		counter_add(&crew->shared->manager.deaths[death.cause], 1);
	}
	log_end_of_life(crew, i, &death);
	*ret_leaver = (struct crew_leaver) {
		.generation = member->generation,
		.slot = i,
		.was_told = member->kill_us != 0,
	};
	crew->last_death = death;
	/* It may have left and ended since anybody looked. */
	if (!member->is_followed && (leaving_of(crew, i) & LEAVING_BACKLOG) != 0)
		crew->has_backlog_of_dead = true;
	*member = (struct crew_member) { .storm = member->storm };
	scoreboard_clear(&crew->shared->slots[i], WORKER_EMPTY, 0);
	return death.cause == DEATH_NONE ? CREW_STOPPED : CREW_DIED;
}

/* --- slots that wait ------------------------------------------------------------------------- */

unsigned
crew_mourn(struct crew *crew, unsigned slot, int64_t now_us)
{
	struct crew_member *member = &crew->members[slot];
	unsigned delay_ms = storm_death(&member->storm, now_us);

	member->wait_us = delay_ms == 0 ? 0 : now_us + (int64_t)delay_ms * 1000;
	return delay_ms;
}

unsigned
crew_count_waiting(const struct crew *crew, int64_t now_us, int64_t *ret_next_us)
{
	unsigned i, count = 0;

	*ret_next_us = 0;
	for (i = 0; i < SHARED_MAX_SLOTS; i++) {
		const int64_t wait_us = crew->members[i].wait_us;

		if (wait_us <= now_us)
			continue;
		count++;
		if (*ret_next_us == 0 || wait_us < *ret_next_us)
			*ret_next_us = wait_us;
	}
	return count;
}

void
crew_forget_deaths(struct crew *crew)
{
	unsigned i;

	for (i = 0; i < SHARED_MAX_SLOTS; i++) {
		crew->members[i].storm = (struct storm) { 0 };
		crew->members[i].wait_us = 0;
	}
}
