/*
 * How a worker comes by its connections: which of those that wait it accepts, how many in a turn, and
 * when it leaves one to another worker.
 */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/clock.h"
#include "log/log.h"
#include "process/fair.h"
#include "process/queue_age.h"
#include "process/retiring.h"
#include "process/signals.h"
#include "process/worker_state.h"

void
worker_note_backlog(struct worker *w, size_t i, bool is_there)
{
	if (w->has_backlog[i] == is_there)
		return;
	w->has_backlog[i] = is_there;
	if (is_there)
		w->backlog_count++;
	else
		w->backlog_count--;
}

static bool
is_shortage(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

static void
turn_away(struct worker *w, int fd)
{
	uint64_t count = peers_refused(&w->peers, clock_mono_us());
	UNINITIALIZED struct log_line line;

	close(fd);
	counter_add(&w->counts->turned_away, 1);
	if (count > 0 && log_begin(&line, w->exchange.env.log, LOG_PEER_REFUSED)) {
		log_number(&line, FIELD_COUNT, (int64_t)count);
		log_end(&line);
	}
}

/* By when the connection that was just accepted had come; the future when nobody wants to know. */
static int64_t
came_us(const struct worker *w, unsigned index)
{
	int64_t now_us;

	if (w->exchange.env.config->queue_timeout_ms == 0)
		return INT64_MAX;
	now_us = clock_mono_us();
	return now_us - queue_age_of(w->seat->shared, w->seat->slot, index, now_us);
}

/* Accepts the next connection of a backlog and serves what it brings. */
enum taken
worker_take_next(struct worker *w, size_t index)
{
	const struct listener *listener = &w->listeners->items[index];
	struct sockaddr_storage peer = { .ss_family = AF_UNSPEC };
	socklen_t len = sizeof(peer);
	int fd = w->has_peers[index]
		     ? accept4(listener->fd, (struct sockaddr *)&peer, &len, SOCK_CLOEXEC)
		     : accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC);

	if (fd >= 0)
		queue_age_count(w->seat->shared, w->seat->slot, (unsigned)index);
	if (fd >= 0 && w->has_peers[index] &&
	    !peers_allow(&w->peers, (const struct sockaddr *)&peer)) {
		turn_away(w, fd);
		return TAKEN_ENDED;
	}
	if (fd >= 0) {
		counter_add(&w->counts->accepted, 1);
		return worker_serve_new(w, fd, came_us(w, (unsigned)index)) ? TAKEN_KEPT
									    : TAKEN_ENDED;
	}
	if (errno == EAGAIN || errno == EWOULDBLOCK) {
		worker_note_backlog(w, index, false);
		return TAKEN_NOBODY;
	}
	/* Anything else is about that one connection, which is gone (accept(2)). */
	return is_shortage(errno) ? TAKEN_FAILED : TAKEN_ENDED;
}

/*
 * Leaves the next connection to a worker with more room; false: there is none, or it had its
 * chance. Each newcomer wakes it again, but the patience of the first one counts. A front that
 * opens a connection for each request is served at once: its connections end with their requests
 * and cannot pile up anywhere.
 */
static bool
leave_to_other(struct worker *w)
{
	const uint64_t one = 1;
	int64_t now_us;
	int other;

	if (w->is_draining || w->ended_in_row >= FAIR_ENDED_IN_ROW)
		return false;
	if (w->accept_again_us != 0 && !w->is_news)
		return false;
	w->is_news = false;
	now_us = clock_mono_us();
	other = fair_choose(w->seat->shared, w->seat->slot, w->held.count);
	if (other == FAIR_NOBODY || w->seat->wake_fds[other] < 0 ||
	    (w->accept_again_us != 0 && w->accept_again_us <= now_us) ||
	    write(w->seat->wake_fds[other], &one, sizeof(one)) != (ssize_t)sizeof(one)) {
		w->accept_again_us = 0;
		return false;
	}
	if (w->accept_again_us == 0)
		w->accept_again_us = now_us + FAIR_PATIENCE_US;
	return true;
}

/*
 * Not when the worker was told to stop, as the rest may not be its own any more; nor for long while
 * there are others who wait for their turn.
 */
static bool
may_go_on(const struct worker *w, int64_t since_us)
{
	return !signals_child_is_told() && (w->held.count == 0 || worker_has_time(w, since_us));
}

/*
 * Takes from one backlog, a few that are kept or many that end with their request: those that are
 * held have their turn then. Of those that are kept no more at once, as other workers may take the
 * rest, and none while another one has clearly more room. False: enough for this turn.
 */
static bool
accept_from(struct worker *w, size_t index)
{
	const int64_t since_us = w->now_us;
	unsigned i, kept = 0;

	for (i = 0; i < WORKER_ACCEPT_BATCH && may_go_on(w, since_us) && retiring_may_begin(w); i++)
		switch (worker_take_next(w, index)) {
		case TAKEN_NOBODY:
			return true;
		case TAKEN_ENDED:
			break;
		case TAKEN_FAILED:
			w->accept_again_us = clock_mono_us() + WORKER_ACCEPT_RETRY_US;
			return false;
		case TAKEN_KEPT:
			if (++kept == WORKER_KEPT_BATCH || !w->is_listening || leave_to_other(w))
				return false;
			break;
		}
	return false;
}

bool
worker_take_handed(struct worker *w)
{
	int fds[HANDOVER_BATCH];
	size_t i, count = handover_take(w->seat->handover, fds);

	for (i = 0; i < count; i++)
		(void)worker_serve_new(w, fds[i], INT64_MAX); /* nobody knows since when */
	return count > 0;
}

void
worker_accept(struct worker *w)
{
	size_t i;

	if (w->backlog_count == 0 || !w->is_listening || leave_to_other(w))
		return;
	if (w->accept_again_us != 0) {
		if (clock_mono_us() < w->accept_again_us)
			return;
		w->accept_again_us = 0;
	}
	for (i = 0; i < w->listeners->count; i++)
		if (w->has_backlog[i] && !accept_from(w, i))
			return;
}
