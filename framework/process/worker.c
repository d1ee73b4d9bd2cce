/*
 * The life of a worker. One turn of its loop: look who has sent something, and wait when nobody has;
 * serve those, who waits longest first; close what is overdue; leave (leaving.c) or accept
 * (accepting.c). Connections are watched level-triggered while they are idle, so that bytes behind a
 * request are never forgotten, and edge-triggered while one is half there, so that what was looked at
 * does not wake us again.
 */
#include "process/worker.h"

#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/clock.h"
#include "gateway/gateway.h"
#include "log/log.h"
#include "process/confine.h"
#include "process/current.h"
#include "process/leaving.h"
#include "process/overdue.h"
#include "process/rescue.h"
#include "process/retiring.h"
#include "process/scoreboard.h"
#include "process/sharing.h"
#include "process/signals.h"
#include "process/stack.h"
#include "process/stack_told.h"
#include "process/tally.h"
#include "process/title.h"
#include "process/worker_state.h"

/* For the hook, which gets a request and nothing else. */
static struct worker *self;

/* Before requests that had not come at the last look. */
static void
rest(struct worker *w)
{
	if (w->service.worker_rest != NULL)
		w->service.worker_rest(w->exchange.env.worker_data);
}

/*
 * --- scoreboard --------------------------------------------------------------------------------
 */

void
worker_tell_news(const struct worker *w)
{
	const uint64_t one = 1;

	if (write(w->seat->news_fd, &one, sizeof(one)) < 0) {
		/* The counter is full: the manager was told often enough. */
	}
}

/* The manager can say which route a worker that it had to kill was serving. */
static enum postern_status
show_route(struct postern_request *req, struct postern_response *res)
{
	const struct postern_service *own = self->seat->generation->service;

	scoreboard_show_route(self->line, req->in.match->route_index);
	return own->before == NULL ? POSTERN_OK : own->before(req, res);
}

/* Before the request is forgotten, and without asking the kernel for anything. */
static void
count_request(struct worker *w, int64_t started_us, int64_t ended_us)
{
	const struct router_match *match = w->exchange.req.in.match;
	const bool has_route = match != NULL && match->route != NULL;

	w->now_us = ended_us;
	tally_request(w->tally, w->seat->slot,
	    has_route ? match->route_index : w->tally->route_count, w->exchange.res.out.status,
	    ended_us - started_us);
}

static void
count_lines_lost(struct worker *w)
{
	uint64_t lost = log_lost(w->exchange.env.log);

	if (lost > 0)
		counter_set(&w->counts->lines_lost, w->lines_lost_before + lost);
}

/*
 * --- epoll -------------------------------------------------------------------------------------
 */

static bool
watch(struct worker *w, int operation, int fd, uint32_t events, enum source source, size_t index)
{
	struct epoll_event event = { .events = events };

	event.data.u64 = (uint64_t)source << 32 | (uint32_t)index;
	return epoll_ctl(w->epoll_fd, operation, fd, &event) == 0;
}

void
worker_set_listening(struct worker *w, bool listens)
{
	size_t i;

	if (w->is_listening == listens)
		return;
	w->is_listening = listens;
	for (i = 0; i < w->listeners->count; i++)
		if (listens)
			(void)watch(w, EPOLL_CTL_ADD, w->listeners->items[i].fd,
			    EPOLLIN | EPOLLET | EPOLLEXCLUSIVE, SOURCE_LISTENER, i);
		else
			(void)watch(
			    w, EPOLL_CTL_DEL, w->listeners->items[i].fd, 0, SOURCE_LISTENER, i);
	(void)watch(w, listens ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, w->seat->handover->take_fd,
	    EPOLLIN | EPOLLEXCLUSIVE, SOURCE_HANDED, 0);
}

/*
 * --- connections -------------------------------------------------------------------------------
 */

/* Since when a request has waited, by what is known, and where. */
struct wait {
	int64_t since_us;
	const char *where;
};

static void
forget(struct worker *w, struct held *held)
{
	held_remove(&w->held, held);
	scoreboard_show_connections(w->line, w->held.count);
	if (!w->is_draining && !w->is_retiring && w->held.count < WORKER_FULL)
		worker_set_listening(w, true);
}

/* The epoll first: one that was handed over stays open elsewhere, and would be watched for ever. */
void
worker_close_held(struct worker *w, struct held *held)
{
	(void)watch(w, EPOLL_CTL_DEL, gateway_connection_fd(held->gateway), 0, SOURCE_HELD, 0);
	gateway_connection_close(held->gateway);
	forget(w, held);
}

/* How a connection is watched while nothing can be done with it. */
static uint32_t
events_for(int64_t since_us)
{
	return since_us == 0 ? EPOLLIN : EPOLLIN | EPOLLRDHUP | EPOLLET;
}

/* Keeps a connection that was just accepted. */
static void
hold(struct worker *w, struct gateway_connection *connection)
{
	struct held *held = held_add(&w->held, connection);
	int64_t since_us = gateway_connection_waiting_since_us(connection);

	if (held == NULL) {
		gateway_connection_close(connection);
		return;
	}
	if (since_us != 0)
		held_begin_partial(&w->held, held, since_us);
	else
		overdue_begin_idle(w, held);
	if (!watch(w, EPOLL_CTL_ADD, gateway_connection_fd(connection), events_for(since_us),
		SOURCE_HELD, (size_t)(held - w->held.entries))) {
		worker_close_held(w, held);
		return;
	}
	scoreboard_show_connections(w->line, w->held.count);
	if (w->held.count >= WORKER_FULL)
		worker_set_listening(w, false);
}

/* A held connection goes on waiting; whether in the middle of a request may have changed. */
static void
hold_on(struct worker *w, struct held *held)
{
	const int64_t since_us = gateway_connection_waiting_since_us(held->gateway);
	const bool was_partial = held->partial_since_us != 0;

	if (since_us != 0) {
		held_begin_partial(&w->held, held, since_us);
	} else {
		held_end_partial(&w->held, held);
		overdue_begin_idle(w, held);
	}
	if ((since_us != 0) == was_partial)
		return;
	if (!watch(w, EPOLL_CTL_MOD, gateway_connection_fd(held->gateway), events_for(since_us),
		SOURCE_HELD, (size_t)(held - w->held.entries)))
		worker_close_held(w, held);
}

/*
 * How long the rest of a request may take that is served while it still arrives: well within the time
 * of the watchdog, so that a slow client costs itself its request and nobody a worker.
 */
static int64_t
arrival_us(const struct config *config)
{
	const int64_t patience_us = config->request_read_timeout_s * INT64_C(1000000);
	const int64_t half_us = config->worker_timeout_s * INT64_C(1000000) / 2;

	return patience_us < half_us ? patience_us : half_us;
}

/* The bytes of the answer; a request that has waited for too long gets a short one. */
static struct slice
answer(struct worker *w, const struct params *params, struct body_source body, int64_t now_us,
    const struct wait *wait)
{
	const int64_t patience_us = (int64_t)w->exchange.env.config->queue_timeout_ms * 1000;
	const int64_t waited_us = now_us - wait->since_us;

	if (patience_us == 0 || waited_us <= patience_us)
		return exchange_answer(&w->exchange, params, body, now_us);
	return exchange_turn_away(&w->exchange, params, now_us, waited_us, wait->where);
}

/* Receives, and answers when a request is whole. */
static enum gateway_state
serve(struct worker *w, struct gateway_connection *connection, const struct wait *wait)
{
	const int64_t now_us = w->now_us; /* of the look, or of the end of the request before */
	int64_t ended_us;
	enum gateway_state state;
	struct body_source body;
	struct slice response;
	struct params params;
	bool sent = false;

	state = gateway_receive(
	    connection, now_us + arrival_us(w->exchange.env.config), &params, &body);
	if (state == GATEWAY_REFUSED || state == GATEWAY_REFUSING) {
		counter_add(&w->counts->refused, 1);
		log_plain(w->exchange.env.log, LOG_PROTOCOL_REFUSED);
	}
	if (state == GATEWAY_REFUSING)
		return GATEWAY_WAITING;
	if (state != GATEWAY_REQUEST)
		return state;
	scoreboard_show_request(w->line, now_us);
	title_show_busy();
	response = answer(w, &params, body, now_us, wait);
	state =
	    gateway_finish(connection, response, !w->is_draining || leaving_is_relieved(w), &sent);
	ended_us = clock_mono_us();
	count_request(w, now_us, ended_us);
	exchange_end(&w->exchange, sent, ended_us);
	count_lines_lost(w);
	w->ended_in_row = state == GATEWAY_CLOSED ? w->ended_in_row + 1 : 0;
	scoreboard_show_answered(
	    w->line, w->is_draining || w->is_retiring ? WORKER_DRAINING : WORKER_IDLE, ended_us);
	title_show_idle();
	rescue_end(w);
	retiring_note_answer(w, ended_us);
	return state;
}

void
worker_serve_held(struct worker *w, struct held *held)
{
	const struct wait wait = { held->ready_since_us, "kept_connection" };
	enum gateway_state state;

	held_end_ready(&w->held, held);
	w->in_hand = held;
	state = serve(w, held->gateway, &wait);
	w->in_hand = NULL;
	if (state == GATEWAY_WAITING)
		hold_on(w, held);
	else
		forget(w, held);
}

bool
worker_serve_new(struct worker *w, int fd, int64_t since_us)
{
	struct gateway_connection *connection = gateway_connection_new(fd);
	const struct wait wait = { since_us, "listen_queue" };

	if (connection == NULL)
		return false;
	rest(w);
	/* What is not begun any more is held, for others. */
	if (retiring_may_begin(w) && serve(w, connection, &wait) != GATEWAY_WAITING)
		return false;
	hold(w, connection);
	return true;
}

/*
 * --- the loop ----------------------------------------------------------------------------------
 */

static int
patience_ms(const struct worker *w)
{
	int64_t deadline_us = 0;

	if ((w->is_handed && w->is_listening) || held_first_ready(&w->held) != NULL)
		return 0;
	if (w->backlog_count > 0 && w->is_listening) {
		if (w->accept_again_us == 0)
			return 0;
		deadline_us = w->accept_again_us;
	}
	clock_take_sooner(&deadline_us, overdue_next_us(w));
	if (w->is_draining)
		clock_take_sooner(&deadline_us,
		    w->now_us < w->linger_end_us ? w->linger_end_us : w->drain_end_us);
	return deadline_us == 0 ? -1 : clock_left_ms_at(w->now_us, deadline_us);
}

/* From now on, unless the manager has not decided yet: then it wakes us when it has. */
static void
listen_if_open(struct worker *w)
{
	if (!w->is_draining && w->held.count < WORKER_FULL &&
	    atomic_load(&w->seat->shared->is_open) != 0)
		worker_set_listening(w, true);
}

static void
take_log(struct worker *w)
{
	const uint32_t number = atomic_load(&w->seat->shared->log_number);

	if (atomic_load(&w->line->log_number) == number ||
	    !log_renewal_take(w->seat->log_renewal, number))
		return;
	atomic_store(&w->line->log_number, number);
	worker_tell_news(w);
}

static void
wake(struct worker *w)
{
	uint64_t count;
	size_t i;

	if (read(w->seat->wake_fds[w->seat->slot], &count, sizeof(count)) < 0)
		return;
	take_log(w);
	for (i = 0; i < w->listeners->count; i++)
		worker_note_backlog(w, i, true);
	w->is_handed = true;
	listen_if_open(w);
}

/* Asks the kernel for all that is new, and waits when there is nothing to do. */
static void
look(struct worker *w)
{
	static struct epoll_event events[WORKER_EVENTS];
	int i, count;

	rest(w);
	count = epoll_wait(w->epoll_fd, events, WORKER_EVENTS, patience_ms(w));
	w->now_us = w->looked_us = clock_mono_us();
	if (signals_child_is_told())
		leaving_begin(w);
	sharing_look(w, events, count);
	for (i = 0; i < count; i++) {
		const size_t index = (uint32_t)events[i].data.u64;

		switch ((enum source)(events[i].data.u64 >> 32)) {
		case SOURCE_STOP:
			break; /* it has woken us */
		case SOURCE_WAKE:
			wake(w);
			break;
		case SOURCE_LISTENER:
			worker_note_backlog(w, index, true);
			w->is_news = true;
			break;
		case SOURCE_HANDED:
			w->is_handed = true;
			break;
		case SOURCE_HELD:
			if (w->held.entries[index].gateway != NULL)
				held_begin_ready(&w->held, &w->held.entries[index], w->looked_us);
			break;
		}
	}
}

/* Serves those who have sent something, until others have their turn. */
static void
serve_ready(struct worker *w)
{
	const int64_t since_us = w->now_us;
	struct held *held;
	unsigned i;

	for (i = 0; i < WORKER_HELD_BATCH && worker_has_time(w, since_us); i++) {
		held = held_first_ready(&w->held);
		if (held == NULL)
			break;
		if (leaving_passes_on(w, held) || retiring_passes_on(w, held))
			held_end_ready(&w->held, held);
		else
			worker_serve_held(w, held);
	}
}

static void
turn(struct worker *w)
{
	if (held_first_ready(&w->held) == NULL || !worker_has_time(w, w->looked_us))
		look(w);
	if (signals_child_is_told())
		leaving_begin(w);
	serve_ready(w);
	overdue_close(w);
	if (w->is_handed && w->is_listening && retiring_may_begin(w))
		w->is_handed = worker_take_handed(w);
	worker_accept(w);
	retiring_step(w);
}

/*
 * --- birth and death ---------------------------------------------------------------------------
 */

static bool
is_set_up(struct worker *w)
{
	const struct crew_seat *seat = w->seat;
	const int wake_fd = seat->wake_fds[seat->slot];

	w->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	w->stop_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (w->epoll_fd < 0 || w->stop_fd < 0 || !held_init(&w->held))
		return false;
	if (!signals_child(w->stop_fd, seat->generation->config->graceful_timeout_s) ||
	    !signals_follow_parent(seat->manager, SIGTERM))
		return false;
	if (!stack_told_prepare(seat, rescue_idle, w) || !retiring_prepare(w))
		return false;
	/* The stop counter is never read: once told, always told; the edge wakes us once. */
	return watch(w, EPOLL_CTL_ADD, w->stop_fd, EPOLLIN | EPOLLET, SOURCE_STOP, 0) &&
	       (wake_fd < 0 || watch(w, EPOLL_CTL_ADD, wake_fd, EPOLLIN, SOURCE_WAKE, 0));
}

static void
tear_down(struct worker *w)
{
	held_done(&w->held);
	retiring_done(w);
	listeners_close(w->listeners);
	if (w->epoll_fd >= 0)
		close(w->epoll_fd);
	/* stop_fd stays open: its signal may still come. */
}

/* What the service has loaded is part of the process; more cannot be, in the sandbox. */
static bool
knows_itself(void)
{
	stack_look();
	return true;
}

static void
know_peers(struct worker *w)
{
	size_t i;

	peers_init(&w->peers, &w->seat->generation->config->listen_allowed_peers);
	for (i = 0; i < w->listeners->count; i++)
		w->has_peers[i] = listener_has_peers(&w->listeners->items[i]);
}

static void
begin_serving(struct worker *w)
{
	/* What is logged from here on is no longer of its start. */
	log_keep_type(w->exchange.env.log, NULL);
	listen_if_open(w);
	atomic_store(&w->line->pid, getpid());
	atomic_store(&w->line->idle_since_us, clock_mono_us());
	scoreboard_show_state(w->line, WORKER_IDLE);
	worker_tell_news(w);
}

int
worker_run(const struct crew_seat *seat, struct listeners *listeners, struct limit_store *limits,
    const struct sandbox *sandbox, const struct tally *tally)
{
	const struct postern_service *service = seat->generation->service;
	struct worker w = {
		.seat = seat,
		.listeners = listeners,
		.line = &seat->shared->slots[seat->slot],
		.tally = tally,
		.counts = &tally->slots[seat->slot],
		.service = *service,
		.memory = { .fd = -1 },
		.epoll_fd = -1,
		.stop_fd = -1,
	};
	int status = WORKER_EXIT_CANNOT_START;
	void *data = NULL;

	self = &w;
	w.service.before = show_route;
	know_peers(&w);
	if (is_set_up(&w) && (service->worker_start == NULL || service->worker_start(&data)) &&
	    knows_itself() && confine(sandbox, CONFINED_WORKER, current_get(), w.line)) {
		exchange_init(&w.exchange, seat->generation, limits,
		    shared_policies_expire_us(seat->shared, seat->generation->number), data);
		w.exchange.env.service = &w.service;
		w.exchange.env.tally = &w.counts->guards;
		w.lines_lost_before = counter_get(&w.counts->lines_lost);
		for (begin_serving(&w); !leaving_is_done(&w);)
			turn(&w);
		status = 0;
		if (service->worker_stop != NULL)
			service->worker_stop(data);
		exchange_done(&w.exchange);
	}
	tear_down(&w);
	return status;
}
