/*
 * The end of a worker. What it shows of it in the scoreboard (enum worker_leaving) is what the
 * manager's word that a reload is complete is built on.
 */
#include "process/leaving.h"

#include <poll.h>
#include <unistd.h>

#include "core/clock.h"
#include "gateway/gateway.h"
#include "process/scoreboard.h"
#include "process/title.h"
#include "process/worker_state.h"

/* Adds to how far this worker has come, and tells the manager what is new. */
static void
show_leaving(struct worker *w, uint32_t bits)
{
	if (scoreboard_leave(w->line, bits))
		worker_tell_news(w);
}

/* The manager's word holds only as long as there is a manager, who would replace the others. */
static bool
is_relieved_by_ours(const struct worker *w)
{
	return atomic_load(&w->line->is_relieved) != 0 && getppid() == w->seat->manager;
}

bool
leaving_is_relieved(const struct worker *w)
{
	return is_relieved_by_ours(w) ||
	       (getppid() != w->seat->manager && shared_has_others(w->seat->shared));
}

/* --- who waits ------------------------------------------------------------------------------- */

/* Who is in the backlog by now was promised an answer by the kernel, and may find nobody else. */
static void
take_backlog(struct worker *w, size_t index)
{
	unsigned i;
	enum taken taken;

	for (i = 0; i <= LISTENER_BACKLOG && clock_mono_us() < w->drain_end_us; i++) {
		taken = worker_take_next(w, index);
		if (taken == TAKEN_NOBODY || taken == TAKEN_FAILED)
			return;
	}
}

static void
take_handed(struct worker *w)
{
	while (w->held.count <= WORKER_FULL && worker_take_handed(w))
		continue;
}

static bool
is_somebody_waiting(int fd)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };

	return poll(&ready, 1, 0) > 0;
}

static bool
has_backlog(const struct worker *w)
{
	size_t i;

	for (i = 0; i < w->listeners->count; i++)
		if (is_somebody_waiting(w->listeners->items[i].fd))
			return true;
	return is_somebody_waiting(w->seat->handover->take_fd);
}

void
leaving_tell_backlog(struct worker *w)
{
	if (has_backlog(w))
		show_leaving(w, LEAVING_BACKLOG);
}

/*
 * Gives up the sockets; first of all its place among those whom the kernel wakes for them, so
 * that from then on who comes wakes somebody else.
 */
static void
leave_sockets(struct worker *w)
{
	/*
	 * The workers of another manager do not know of us: nobody would wake them for who waits. And
	 * while it is not decided whether we are to serve at all, somebody else does.
	 */
	const bool is_relieved =
	    is_relieved_by_ours(w) || atomic_load(&w->seat->shared->is_open) == 0;
	uint32_t leaving = LEAVING_CONNECTIONS;
	size_t i;

	worker_set_listening(w, false);
	for (i = 0; i < w->listeners->count; i++) {
		if (!is_relieved)
			take_backlog(w, i);
		if (is_somebody_waiting(w->listeners->items[i].fd))
			leaving |= LEAVING_BACKLOG;
	}
	if (!is_relieved)
		take_handed(w);
	if (is_somebody_waiting(w->seat->handover->take_fd))
		leaving |= LEAVING_BACKLOG;
	listeners_close(w->listeners);
	show_leaving(w, leaving);
}

void
leaving_begin(struct worker *w)
{
	const int64_t now_us = clock_mono_us();

	if (w->is_draining)
		return;
	w->is_draining = true;
	scoreboard_show_state(w->line, WORKER_DRAINING);
	title_show_leaving();
	/* A little before the manager, and the timer that TERM started, lose their patience. */
	w->drain_end_us = now_us - WORKER_LINGER_US +
			  (int64_t)w->exchange.env.config->graceful_timeout_s * 1000000;
	leave_sockets(w);
	w->linger_end_us = clock_mono_us() + WORKER_LINGER_US;
	if (w->linger_end_us > w->drain_end_us)
		w->linger_end_us = w->drain_end_us;
}

/* --- whom it holds --------------------------------------------------------------------------- */

/* Nothing has begun on it: not a byte has been taken off it, so another can go on with it. */
bool
leaving_is_idle(const struct held *held)
{
	return held->gateway != NULL && held->partial_since_us == 0;
}

bool
leaving_passes_on(const struct worker *w, const struct held *held)
{
	return w->is_draining && !w->is_handover_full && leaving_is_idle(held) &&
	       leaving_is_relieved(w);
}

static void
give_batch(struct worker *w, struct held *const *batch, size_t count)
{
	int fds[HANDOVER_BATCH];
	size_t i;

	for (i = 0; i < count; i++)
		fds[i] = gateway_connection_fd(batch[i]->gateway);
	w->is_handover_full = !handover_give(w->seat->handover, fds, count);
	for (i = 0; i < count && !w->is_handover_full; i++)
		worker_close_held(w, batch[i]);
}

void
leaving_hand_over(struct worker *w)
{
	struct held *batch[HANDOVER_BATCH];
	size_t i, count = 0;

	w->is_handover_full = false;
	for (i = 0; i < HELD_MAX && !w->is_handover_full; i++) {
		if (leaving_is_idle(&w->held.entries[i]))
			batch[count++] = &w->held.entries[i];
		if (count == HANDOVER_BATCH || (count > 0 && i == HELD_MAX - 1)) {
			give_batch(w, batch, count);
			count = 0;
		}
	}
}

static void
close_idle(struct worker *w, bool with_partial)
{
	size_t i;

	for (i = 0; i < HELD_MAX; i++) {
		struct held *held = &w->held.entries[i];

		if (leaving_is_idle(held) || (held->gateway != NULL && with_partial))
			worker_close_held(w, held);
	}
}

static bool
has_idle(const struct worker *w)
{
	size_t i;

	for (i = 0; i < HELD_MAX; i++)
		if (leaving_is_idle(&w->held.entries[i]))
			return true;
	return false;
}

/* Idle connections go first; what is left then had begun before, and may be finished. */
bool
leaving_is_done(struct worker *w)
{
	int64_t now_us;

	if (!w->is_draining)
		return false;
	if (w->held.count > 0 && leaving_is_relieved(w))
		leaving_hand_over(w);
	if (w->held.count > 0) {
		now_us = clock_mono_us();
		if (now_us >= w->linger_end_us)
			close_idle(w, now_us >= w->drain_end_us);
	}
	if (!has_idle(w))
		show_leaving(w, LEAVING_REQUESTS);
	return w->held.count == 0;
}
