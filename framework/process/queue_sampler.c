/* When to ask, and what an answer means. See queue_sampler.h. */
#include "process/queue_sampler.h"

#include "core/clock.h"
#include "process/queue_age.h"

_Static_assert((int)LISTENER_MAX <= (int)SHARED_MAX_SOCKETS, "each socket has a queue");

void
queue_sampler_init(
    struct queue_sampler *ret_sampler, struct shared *shared, const struct listeners *listeners)
{
	*ret_sampler = (struct queue_sampler) { .shared = shared, .listeners = listeners };
	ret_sampler->watch.fd = -1;
}

void
queue_sampler_done(struct queue_sampler *sampler)
{
	queue_watch_done(&sampler->watch);
}

/*
 * When nobody waits, whoever was known to has been accepted. When the kernel does not answer, what was
 * known stays true.
 */
static void
sample(struct queue_sampler *sampler, unsigned socket)
{
	const uint64_t accepted = queue_age_accepted(sampler->shared, socket);
	const struct queue_length length = queue_watch_ask(&sampler->watch, socket);

	if (!length.is_known)
		return;
	if (length.waiting == 0)
		queue_age_forget(sampler->shared, socket);
	else
		queue_age_note(sampler->shared, socket, accepted + length.waiting, clock_mono_us());
}

int64_t
queue_sampler_turn(struct queue_sampler *sampler, int64_t patience_us, int64_t now_us)
{
	int64_t interval_us = patience_us / QUEUE_SAMPLER_PARTS;
	unsigned socket;

	if (patience_us == 0) {
		if (sampler->due_us != 0)
			queue_age_forget_all(sampler->shared);
		sampler->due_us = 0;
		return 0;
	}
	if (interval_us < QUEUE_SAMPLER_LEAST_US)
		interval_us = QUEUE_SAMPLER_LEAST_US;
	if (sampler->due_us > now_us && sampler->due_us - now_us <= interval_us)
		return sampler->due_us;
	if (sampler->watch.fd < 0)
		queue_watch_init(&sampler->watch, sampler->listeners);
	for (socket = 0; socket < sampler->watch.count; socket++)
		sample(sampler, socket);
	sampler->due_us = now_us + interval_us;
	return sampler->due_us;
}
