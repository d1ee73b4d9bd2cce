/* Reading the scoreboard for somebody who has more room. A stale answer costs one wake-up. */
#include "process/fair.h"

static uint32_t
look(const _Atomic(uint32_t) *number)
{
	return atomic_load_explicit(number, memory_order_relaxed);
}

int
fair_choose(const struct shared *shared, unsigned slot, uint32_t held)
{
	const uint32_t generation = look(&shared->slots[slot].generation);
	uint32_t limit = look(&shared->slot_limit), fewest, connections, i;
	int chosen = FAIR_NOBODY;

	if (held <= FAIR_MARGIN)
		return FAIR_NOBODY;
	fewest = held - FAIR_MARGIN;
	if (limit > SHARED_MAX_SLOTS)
		limit = SHARED_MAX_SLOTS;
	for (i = 0; i < limit; i++) {
		const struct scoreboard_slot *line = &shared->slots[i];

		if (i == slot || look(&line->state) != WORKER_IDLE ||
		    look(&line->generation) != generation)
			continue;
		connections = look(&line->connections);
		if (connections < fewest) {
			fewest = connections;
			chosen = (int)i;
		}
	}
	return chosen;
}
