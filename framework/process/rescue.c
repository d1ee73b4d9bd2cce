/*
 * Calls only what is safe here: sendmsg and getppid. A request that is half there has left the socket
 * and cannot be given; nor is the connection that is being answered.
 */
#include "process/rescue.h"

#include "gateway/gateway.h"
#include "process/leaving.h"
#include "process/worker_state.h"

static bool
give(struct worker *w, struct held *const *batch, size_t count)
{
	int fds[HANDOVER_BATCH] = { 0 };
	size_t i;

	for (i = 0; i < count; i++)
		fds[i] = gateway_connection_fd(batch[i]->gateway);
	if (!handover_give(w->seat->handover, fds, count))
		return false;
	for (i = 0; i < count; i++)
		batch[i]->is_rescued = true;
	w->has_rescued = 1;
	return true;
}

void
rescue_idle(void *worker)
{
	struct worker *w = worker;
	struct held *batch[HANDOVER_BATCH];
	size_t i, count = 0;

	if (w->has_rescued != 0 || !leaving_is_relieved(w))
		return;
	for (i = 0; i < HELD_MAX; i++) {
		struct held *held = &w->held.entries[i];

		if (held->gateway == NULL || held->partial_since_us != 0 || held == w->in_hand)
			continue;
		batch[count++] = held;
		if (count < HANDOVER_BATCH)
			continue;
		if (!give(w, batch, count))
			return; /* there is no room: the rest stays */
		count = 0;
	}
	if (count > 0)
		(void)give(w, batch, count);
}

void
rescue_end(struct worker *w)
{
	size_t i;

	if (w->has_rescued == 0)
		return;
	for (i = 0; i < HELD_MAX; i++)
		if (w->held.entries[i].is_rescued)
			worker_close_held(w, &w->held.entries[i]);
	w->has_rescued = 0;
}
