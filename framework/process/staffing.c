/* The number of workers, kept. See staffing.h. */
#include "process/staffing.h"

#include "config/config.h"
#include "core/clock.h"
#include "core/number.h"
#include "log/log.h"
#include "process/generation.h"
#include "process/renewing.h"

void
staffing_init(struct staffing *staffing, struct crew *crew, const struct listeners *listeners)
{
	*staffing = (struct staffing) { .crew = crew, .listeners = listeners };
}

void
staffing_done(struct staffing *staffing)
{
	if (staffing->has_queues)
		queue_watch_done(&staffing->queues);
	staffing->has_queues = false;
}

/* --- generations ----------------------------------------------------------------------------- */

/* On demand the first one proves that workers can start at all; it goes when it was idle. */
static unsigned
count_first(const struct staffing *staffing, const struct config *config)
{
	unsigned count = config->workers;

	if (config->worker_mode == WORKER_MODE_STATIC)
		return count;
	count = config->worker_mode == WORKER_MODE_DYNAMIC ? config->worker_start : 1;
	if (count < staffing->wanted)
		count = staffing->wanted;
	return number_lesser(count, config->workers);
}

static bool
hire(struct staffing *staffing, struct generation *generation, unsigned count, int64_t now_us)
{
	if (!crew_prepare(staffing->crew, count, now_us))
		return false;
	for (; count > 0; count--)
		if (!crew_hire(staffing->crew, generation, now_us))
			return false;
	return true;
}

bool
staffing_hire_first(struct staffing *staffing, struct generation *generation, int64_t now_us)
{
	staffing->first = count_first(staffing, generation->config);
	return hire(staffing, generation, staffing->first, now_us);
}

bool
staffing_has_first(struct staffing *staffing, const struct generation *generation)
{
	return crew_count_ready(staffing->crew, generation) >= staffing->first;
}

void
staffing_renew(struct staffing *staffing, const struct config *config)
{
	staffing->wanted = staffing->first;
	staffing->limit = config->workers;
	staffing->retry_us = 0;
	staffing->scale = (struct scale) { 0 };
	crew_forget_deaths(staffing->crew);
	if (config->worker_mode == WORKER_MODE_STATIC || staffing->listeners == NULL) {
		staffing_done(staffing);
	} else if (!staffing->has_queues) {
		queue_watch_init(&staffing->queues, staffing->listeners);
		staffing->has_queues = true;
	}
}

/*
 * Of a TTIN and a TTOU that were pending together nobody can say which was sent first: the kernel
 * hands out the lower number. One less comes first here, so that at the ends of the range as well
 * nobody who asked for one more is left with less than in the order that they were sent in.
 */
void
staffing_change(
    struct staffing *staffing, const struct config *config, unsigned fewer, unsigned more)
{
	staffing->limit -= number_lesser(fewer, staffing->limit - 1);
	staffing->limit += number_lesser(more, SHARED_MAX_WORKERS - staffing->limit);
	if (config->worker_mode == WORKER_MODE_STATIC)
		staffing->wanted = staffing->limit;
	else
		staffing->wanted = number_lesser(staffing->wanted, staffing->limit);
}

/* --- what is seen ---------------------------------------------------------------------------- */

static unsigned
is_somebody_waiting(int fd)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };

	return poll(&ready, 1, 0) > 0;
}

/* Where the kernel tells no number, whether there is somebody. */
static unsigned
count_waiting(const struct staffing *staffing)
{
	/* Who was handed over by somebody that has left, or is about to be taken. */
	unsigned waiting = is_somebody_waiting(staffing->crew->handover.take_fd);
	size_t i;

	for (i = 0; staffing->listeners != NULL && i < staffing->listeners->count; i++) {
		struct queue_length queue = { 0 };

		if (staffing->has_queues)
			queue = queue_watch_ask(&staffing->queues, i);
		waiting += queue.is_known ? queue.waiting
					  : is_somebody_waiting(staffing->listeners->items[i].fd);
	}
	return waiting;
}

/* Which worker goes when there should be one less. */
struct candidate {
	unsigned slot;
	int64_t idle_since_us; /* 0: there is none */
};

struct seen {
	unsigned staying, idle, starting, busy, connections, pending;
	unsigned done; /* they serve nobody any more, and will be told to go */
	struct candidate longest_idle, emptiest; /* the latter holds no connection */
};

static void
consider(struct candidate *candidate, unsigned slot, int64_t idle_since_us)
{
	if (candidate->idle_since_us == 0 || idle_since_us < candidate->idle_since_us)
		*candidate = (struct candidate) { slot, idle_since_us };
}

static void
see_idle(struct seen *seen, const struct crew *crew, unsigned slot)
{
	const struct scoreboard_slot *line = &crew->shared->slots[slot];
	int64_t idle_since_us = atomic_load(&line->idle_since_us);

	if (idle_since_us <= 0)
		idle_since_us = crew->members[slot].started_us;
	seen->idle++;
	consider(&seen->longest_idle, slot, idle_since_us);
	if (atomic_load(&line->connections) == 0)
		consider(&seen->emptiest, slot, idle_since_us);
}

static struct seen
look(const struct staffing *staffing, const struct generation *current)
{
	const struct crew *crew = staffing->crew;
	struct seen seen = { 0 };
	unsigned i;

	for (i = 0; i < SHARED_MAX_SLOTS; i++) {
		const struct scoreboard_slot *line = &crew->shared->slots[i];

		if (crew->members[i].pid == 0 || crew->members[i].generation != current ||
		    crew->members[i].kill_us != 0)
			continue;
		seen.staying++;
		if ((atomic_load(&line->leaving) & WISH_DONE) != 0) {
			seen.done++;
			continue;
		}
		seen.connections += number_lesser(atomic_load(&line->connections), HELD_MAX);
		switch (atomic_load_explicit(&line->state, memory_order_acquire)) {
		case WORKER_STARTING:
			seen.starting++;
			break;
		case WORKER_IDLE:
			see_idle(&seen, crew, i);
			break;
		default:
			seen.busy++;
			seen.pending += number_lesser(atomic_load(&line->pending), HELD_MAX);
		}
	}
	return seen;
}

/*
 * Whoever goes hands its kept connections to those that stay. Where these are none, or cannot hold
 * them, one that keeps some stays, idle or not: to close them would cost requests that are on
 * their way.
 */
static struct candidate
choose_leaver(const struct seen *seen)
{
	const unsigned others = seen->idle + seen->busy - 1;

	if (seen->idle == 0)
		return (struct candidate) { 0 };
	return others > 0 && seen->connections / others <= STAFFING_CONNECTIONS ? seen->longest_idle
										: seen->emptiest;
}

/* --- what is done ---------------------------------------------------------------------------- */

static int64_t
grace_us(const struct generation *generation)
{
	return (int64_t)generation->config->graceful_timeout_s * 1000 * 1000;
}

void
staffing_note_end(struct staffing *staffing, struct generation *current,
    const struct crew_leaver *leaver, int64_t now_us)
{
	unsigned delay_ms;
	UNINITIALIZED struct log_line line;

	if (leaver->was_told)
		return;
	delay_ms = crew_mourn(staffing->crew, leaver->slot, now_us);
	if (delay_ms == 0 || !log_begin(&line, current->log, LOG_WORKER_STORM))
		return;
	log_number(&line, FIELD_WORKER, leaver->slot + 1);
	log_number(&line, FIELD_DELAY_MS, delay_ms);
	log_number(&line, FIELD_WORKERS, crew_count(staffing->crew, current));
	log_end(&line);
}

static void
tell_exhausted(
    struct staffing *staffing, struct generation *current, unsigned waiting, int64_t now_us)
{
	UNINITIALIZED struct log_line line;

	counter_add(&staffing->crew->shared->manager.max_reached, 1);
	if (staffing->told_us != 0 && now_us - staffing->told_us < STAFFING_TELL_US)
		return;
	staffing->told_us = now_us;
	if (!log_begin(&line, current->log, LOG_WORKERS_EXHAUSTED))
		return;
	log_number(&line, FIELD_WORKERS, staffing->limit);
	log_number(&line, FIELD_COUNT, waiting);
	log_end(&line);
}

static void
scale(struct staffing *staffing, struct generation *current, int64_t now_us)
{
	const struct seen seen = look(staffing, current);
	const struct candidate leaver = choose_leaver(&seen);
	int64_t next_us;
	const unsigned held = seen.staying + crew_count_waiting(staffing->crew, now_us, &next_us);
	const struct scale_view view = {
		.total = staffing->wanted,
		.limit = staffing->limit,
		/* Those that the system refused come as soon as it does not. */
		.spare = seen.idle + seen.starting + number_above(staffing->wanted, held),
		.busy = seen.busy,
		.waiting = count_waiting(staffing) + seen.pending,
		.idle_since_us = leaver.idle_since_us,
	};
	const struct scale_step step =
	    scale_decide(&staffing->scale, current->config, &view, now_us);

	staffing->wanted += step.more;
	if (step.one_less) {
		staffing->wanted--;
		crew_dismiss_slot(staffing->crew, leaver.slot, now_us + grace_us(current));
	}
	if (step.is_exhausted)
		tell_exhausted(staffing, current, view.waiting, now_us);
}

void
staffing_keep(struct staffing *staffing, struct generation *current, int64_t now_us)
{
	struct renewal_step renewal;
	unsigned staying, open, missing;
	int64_t next_us;

	if (current->config->worker_mode != WORKER_MODE_STATIC)
		scale(staffing, current, now_us);
	/* A slot that waits keeps its place; all others are filled. */
	open = number_above(staffing->wanted, crew_count_waiting(staffing->crew, now_us, &next_us));
	renewal = renewing_step(staffing->crew, current, open, now_us);
	staying = crew_count_staying(staffing->crew, current);
	if (staying > staffing->wanted + renewal.reserve)
		crew_dismiss(staffing->crew, current, staying - staffing->wanted - renewal.reserve,
		    now_us + grace_us(current));
	missing = number_above(open, staying);
	if (missing < renewal.hire)
		missing = renewal.hire;
	if (missing > 0 && now_us >= staffing->retry_us &&
	    !hire(staffing, current, missing, now_us))
		staffing->retry_us = now_us + STAFFING_FORK_RETRY_US;
}

void
staffing_serve_rest(struct staffing *staffing, struct generation *current, int64_t now_us)
{
	/* Who cannot be hired now cannot be hired: whoever waits is told so by the close. */
	if (crew_count_staying(staffing->crew, current) == 0 && count_waiting(staffing) > 0)
		(void)!hire(staffing, current, 1, now_us);
}

/* --- when to look again ---------------------------------------------------------------------- */

int64_t
staffing_next(const struct staffing *staffing, const struct generation *current, int64_t now_us)
{
	unsigned staying = crew_count_staying(staffing->crew, current), waiting;
	int64_t deadline_us = staffing->scale.look_us, next_us;

	clock_take_sooner(&deadline_us, renewing_next(staffing->crew, current, now_us));
	if (staffing->retry_us > now_us)
		clock_take_sooner(&deadline_us, staffing->retry_us);
	if (staying >= staffing->wanted)
		return deadline_us;
	waiting = crew_count_waiting(staffing->crew, now_us, &next_us);
	clock_take_sooner(
	    &deadline_us, staying + waiting < staffing->wanted ? staffing->retry_us : next_us);
	return deadline_us;
}

nfds_t
staffing_watch(const struct staffing *staffing, struct pollfd *ret_fds)
{
	nfds_t count = 0;
	size_t i;

	if (!staffing->scale.is_watching)
		return 0;
	ret_fds[count++] =
	    (struct pollfd) { .fd = staffing->crew->handover.take_fd, .events = POLLIN };
	for (i = 0; staffing->listeners != NULL && i < staffing->listeners->count; i++)
		ret_fds[count++] = (struct pollfd) {
			.fd = staffing->listeners->items[i].fd,
			.events = POLLIN,
		};
	return count;
}

void
staffing_show(
    const struct staffing *staffing, const struct config *config, struct shared_manager *shown)
{
	atomic_store(&shown->wanted, staffing->wanted);
	atomic_store(&shown->limit, staffing->limit);
	atomic_store(&shown->mode, config->worker_mode);
}
