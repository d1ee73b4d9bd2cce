/*
 * The arithmetic of queue_age.h, on shared memory that others write meanwhile. The order of loads
 * and stores is what it stands on, and is said at each.
 */
#include "process/queue_age.h"

/* --- the manager's part ----------------------------------------------------------------------- */

static unsigned
slot_limit(const struct shared *shared)
{
	const uint32_t limit = atomic_load_explicit(&shared->slot_limit, memory_order_acquire);

	return limit < SHARED_MAX_SLOTS ? limit : SHARED_MAX_SLOTS;
}

uint64_t
queue_age_accepted(const struct shared *shared, unsigned socket)
{
	const unsigned limit = slot_limit(shared);
	uint64_t sum = 0;
	unsigned slot;

	for (slot = 0; slot < limit; slot++)
		sum += counter_get(&shared->accepted[slot].sockets[socket]);
	return sum;
}

/* A sample has no time while its number changes. */
void
queue_age_note(struct shared *shared, unsigned socket, uint64_t arrived, int64_t now_us)
{
	struct shared_queue *queue = &shared->queues[socket];
	const uint32_t next = atomic_load(&queue->next) % SHARED_QUEUE_SAMPLES;
	struct shared_queue_sample *sample = &queue->samples[next];

	atomic_store(&sample->at_us, 0);
	atomic_store(&sample->arrived, arrived);
	atomic_store(&sample->at_us, now_us);
	atomic_store(&queue->next, next + 1);
	atomic_store(&queue->has_any, 1);
}

void
queue_age_forget(struct shared *shared, unsigned socket)
{
	struct shared_queue *queue = &shared->queues[socket];
	unsigned i;

	if (atomic_load(&queue->has_any) == 0)
		return;
	atomic_store(&queue->has_any, 0);
	for (i = 0; i < SHARED_QUEUE_SAMPLES; i++)
		atomic_store(&queue->samples[i].at_us, 0);
}

void
queue_age_forget_all(struct shared *shared)
{
	unsigned socket;

	for (socket = 0; socket < SHARED_MAX_SOCKETS; socket++)
		queue_age_forget(shared, socket);
}

/* --- a worker's part -------------------------------------------------------------------------- */

void
queue_age_count(struct shared *shared, unsigned slot, unsigned socket)
{
	counter_add(&shared->accepted[slot].sockets[socket], 1);
}

/*
 * Whether the worker of this line may have accepted one that it has not counted yet. Who is busy has
 * counted, and who starts has not accepted; an empty line's count is final, and what it may lack is
 * lacking in all samples that are left.
 */
static bool
is_in_between(enum worker_state state)
{
	return state != WORKER_EMPTY && state != WORKER_STARTING && state != WORKER_BUSY;
}

/*
 * The number of the connection that was accepted last, if not more. The state is read before the
 * count: who is seen busy with a later connection has counted all before.
 */
static uint64_t
number_at_most(const struct shared *shared, unsigned own_slot, unsigned socket)
{
	const unsigned limit = slot_limit(shared);
	uint64_t number = 0;
	unsigned slot;

	for (slot = 0; slot < limit; slot++) {
		const enum worker_state state = (enum worker_state)atomic_load_explicit(
		    &shared->slots[slot].state, memory_order_acquire);

		number += counter_get(&shared->accepted[slot].sockets[socket]);
		if (slot != own_slot && is_in_between(state))
			number++;
	}
	return number;
}

int64_t
queue_age_of(const struct shared *shared, unsigned slot, unsigned socket, int64_t now_us)
{
	const struct shared_queue *queue = &shared->queues[socket];
	int64_t oldest_us = now_us;
	uint64_t number;
	unsigned i;

	if (atomic_load_explicit(&queue->has_any, memory_order_relaxed) == 0)
		return 0;
	number = number_at_most(shared, slot, socket);
	for (i = 0; i < SHARED_QUEUE_SAMPLES; i++) {
		const struct shared_queue_sample *sample = &queue->samples[i];
		const int64_t at_us = atomic_load(&sample->at_us);

		if (at_us == 0 || at_us >= oldest_us || number > atomic_load(&sample->arrived))
			continue;
		if (atomic_load(&sample->at_us) == at_us)
			oldest_us = at_us;
	}
	return now_us - oldest_us;
}
