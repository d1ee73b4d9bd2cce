/*
 * An idle connection is closed only when nothing is there to be read: what the front sends at that
 * very moment finds it closed all the same, and FastCGI has no word to announce that. So nobody's
 * is, unless the operator asks for it.
 */
#include "process/overdue.h"

#include <poll.h>

#include "core/clock.h"
#include "gateway/gateway.h"
#include "log/log.h"
#include "process/worker_state.h"

static int64_t
arrival_us(const struct worker *w)
{
	return w->exchange.env.config->request_read_timeout_s * INT64_C(1000000);
}

static int64_t
idle_us(const struct worker *w)
{
	return w->exchange.env.config->keepalive_timeout_s * INT64_C(1000000);
}

void
overdue_begin_idle(struct worker *w, struct held *held)
{
	if (idle_us(w) != 0)
		held_rest(&w->held, held, w->now_us);
}

/* A request that did not arrive whole in time is nobody's: there is no one to answer. */
static void
close_partial(struct worker *w, int64_t now_us)
{
	const int64_t patience_us = arrival_us(w);
	struct held *held;
	UNINITIALIZED struct log_line line;

	while ((held = held_first_partial(&w->held)) != NULL &&
	       held->partial_since_us + patience_us <= now_us) {
		/* The rest may be there, and only we were late. */
		if (held->ready_since_us != 0) {
			worker_serve_held(w, held);
			continue;
		}
		if (log_begin(&line, w->exchange.env.log, LOG_REQUEST_ABORTED)) {
			log_word(&line, FIELD_REASON, "timeout");
			log_number(&line, FIELD_DURATION_US, now_us - held->partial_since_us);
			log_end(&line);
		}
		worker_close_held(w, held);
	}
}

static bool
is_silent(const struct held *held)
{
	struct pollfd ready = { .fd = gateway_connection_fd(held->gateway), .events = POLLIN };

	return held->ready_since_us == 0 && poll(&ready, 1, 0) == 0;
}

/* Who has something to say has its turn next, and all of its time again. */
static void
close_idle(struct worker *w, int64_t now_us)
{
	const int64_t patience_us = idle_us(w);
	struct held *held;

	while ((held = held_first_idle(&w->held)) != NULL &&
	       held->idle_since_us + patience_us <= now_us) {
		if (is_silent(held))
			worker_close_held(w, held);
		else
			held_rest(&w->held, held, now_us);
	}
}

/* Of a worker that leaves, the idle ones are its successors' (leaving.c). */
static const struct held *
first_idle(const struct worker *w)
{
	return w->is_draining ? NULL : held_first_idle(&w->held);
}

void
overdue_close(struct worker *w)
{
	close_partial(w, w->now_us);
	if (first_idle(w) != NULL)
		close_idle(w, w->now_us);
}

int64_t
overdue_next_us(const struct worker *w)
{
	const struct held *partial = held_first_partial(&w->held), *idle = first_idle(w);
	const int64_t partial_us = partial == NULL ? 0 : partial->partial_since_us + arrival_us(w);
	const int64_t idle_end_us = idle == NULL ? 0 : idle->idle_since_us + idle_us(w);

	if (partial_us == 0 || (idle_end_us != 0 && idle_end_us < partial_us))
		return idle_end_us;
	return partial_us;
}
