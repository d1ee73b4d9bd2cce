/* See retiring.h. */
#include "process/retiring.h"

#include <sys/random.h>

#include "gateway/gateway.h"
#include "process/leaving.h"
#include "process/renewal.h"
#include "process/scoreboard.h"
#include "process/worker_state.h"

static void
wish(struct worker *w, uint32_t wish)
{
	if (scoreboard_leave(w->line, wish))
		worker_tell_news(w);
}

bool
retiring_prepare(struct worker *w)
{
	const struct config *config = w->seat->generation->config;
	uint64_t chance = 0;

	if (config->worker_max_requests > 0 &&
	    getrandom(&chance, sizeof(chance), 0) != (ssize_t)sizeof(chance))
		return false;
	w->quota =
	    renewal_quota(config->worker_max_requests, config->worker_max_requests_jitter, chance);
	w->memory.fd = -1;
	return config->worker_memory_limit == 0 ||
	       memory_meter_open(&w->memory, config->worker_memory_measure);
}

void
retiring_done(struct worker *w)
{
	memory_meter_close(&w->memory);
}

/* Those requests of which a part is here. The rest of one that was answered is no new one. */
static unsigned
count_begun(const struct worker *w)
{
	const struct held *held = held_first_partial(&w->held);
	unsigned count = 0;

	for (; held != NULL; held = held->next)
		count += gateway_connection_has_begun(held->gateway);
	return count;
}

bool
retiring_may_begin(const struct worker *w)
{
	if (w->quota == 0 || w->is_draining)
		return true;
	if (w->is_retiring)
		return false;
	return w->answered + w->held.count < w->quota || w->answered + count_begun(w) < w->quota;
}

bool
retiring_passes_on(const struct worker *w, const struct held *held)
{
	return !w->is_handover_full && leaving_is_idle(held) && !retiring_may_begin(w);
}

static void
look_at_memory(struct worker *w, int64_t now_us)
{
	if (now_us - w->memory_seen_us < RETIRING_LOOK_US)
		return;
	w->memory_seen_us = now_us;
	if (memory_meter_read(&w->memory) > w->exchange.env.config->worker_memory_limit)
		wish(w, WISH_MEMORY);
}

void
retiring_note_answer(struct worker *w, int64_t now_us)
{
	w->answered++;
	if (w->quota > 0 && w->answered == renewal_notice(w->quota))
		wish(w, WISH_NEAR);
	if (w->memory.fd >= 0)
		look_at_memory(w, now_us);
}

/*
 * The last request has begun. Who waits in the sockets' queues is for others, the connections too;
 * while there are none they wait for the successor.
 */
static void
begin(struct worker *w)
{
	w->is_retiring = true;
	worker_set_listening(w, false);
	scoreboard_show_state(w->line, WORKER_DRAINING);
	leaving_tell_backlog(w);
	wish(w, WISH_DONE);
}

void
retiring_step(struct worker *w)
{
	if (w->is_draining)
		return;
	if (!w->is_retiring && !retiring_may_begin(w))
		begin(w);
	if (w->is_retiring && w->held.count > 0)
		leaving_hand_over(w);
}
