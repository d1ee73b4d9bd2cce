/* Handing over, but by who stays. See sharing.h. */
#include "process/sharing.h"

#include "gateway/gateway.h"
#include "process/fair.h"
#include "process/scoreboard.h"
#include "process/worker_state.h"

static struct held *
held_of(const struct worker *w, const struct epoll_event *event)
{
	if ((enum source)(event->data.u64 >> 32) != SOURCE_HELD)
		return NULL;
	return &w->held.entries[(uint32_t)event->data.u64];
}

static unsigned
count_held(const struct worker *w, const struct epoll_event *events, int count)
{
	unsigned held = 0;
	int i;

	for (i = 0; i < count; i++)
		held += held_of(w, &events[i]) != NULL;
	return held;
}

/* How many the idle worker with the fewest connections should get: it has as many as we then. */
static unsigned
count_surplus(const struct worker *w)
{
	const struct shared *shared = w->seat->shared;
	const int other = fair_choose(shared, w->seat->slot, w->held.count);
	unsigned theirs;

	if (other == FAIR_NOBODY)
		return 0;
	theirs = atomic_load_explicit(&shared->slots[other].connections, memory_order_relaxed);
	return theirs < w->held.count ? (w->held.count - theirs) / 2 : 0;
}

/* Nothing of it has been taken off yet, so another can go on with it. */
static bool
can_go(const struct held *held)
{
	return held != NULL && held->gateway != NULL && held->partial_since_us == 0;
}

static void
give(struct worker *w, struct epoll_event *events, int count, unsigned most)
{
	struct epoll_event *given[HANDOVER_BATCH];
	int fds[HANDOVER_BATCH];
	unsigned i, found = 0;

	while (count-- > 0 && found < most) {
		const struct held *held = held_of(w, &events[count]);

		if (!can_go(held))
			continue;
		fds[found] = gateway_connection_fd(held->gateway);
		given[found++] = &events[count];
	}
	if (found == 0 || !handover_give(w->seat->handover, fds, found))
		return;
	for (i = 0; i < found; i++) {
		worker_close_held(w, held_of(w, given[i]));
		given[i]->data.u64 = (uint64_t)SOURCE_STOP << 32;
	}
}

void
sharing_look(struct worker *w, struct epoll_event *events, int count)
{
	const unsigned ready = count > 1 ? count_held(w, events, count) : 0;
	unsigned most;

	scoreboard_show_pending(w->line, ready > 1 ? ready - 1 : 0);
	if (ready < 2 || w->is_draining)
		return;
	most = count_surplus(w);
	if (most > ready - 1)
		most = ready - 1;
	give(w, events, count, most < HANDOVER_BATCH ? most : HANDOVER_BATCH);
}
