/* The stores behind scoreboard.h, in the order that readers rely on. */
#include "process/scoreboard.h"

void
scoreboard_clear(struct scoreboard_slot *line, enum worker_state state, uint32_t generation)
{
	atomic_store(&line->pid, 0);
	atomic_store(&line->generation, generation);
	atomic_store(&line->route, 0);
	atomic_store(&line->request_started_us, 0);
	atomic_store(&line->idle_since_us, 0);
	atomic_store(&line->requests, 0);
	atomic_store(&line->connections, 0);
	atomic_store(&line->pending, 0);
	atomic_store(&line->leaving, 0);
	atomic_store(&line->is_relieved, 0);
	atomic_store(&line->system_call, 0);
	scoreboard_show_state(line, state);
}

void
scoreboard_show_state(struct scoreboard_slot *line, enum worker_state state)
{
	atomic_store_explicit(&line->state, state, memory_order_release);
}

void
scoreboard_show_request(struct scoreboard_slot *line, int64_t now_us)
{
	atomic_store_explicit(&line->route, 0, memory_order_relaxed);
	atomic_store_explicit(&line->request_started_us, now_us, memory_order_relaxed);
	scoreboard_show_state(line, WORKER_BUSY);
}

void
scoreboard_show_route(struct scoreboard_slot *line, size_t route_index)
{
	atomic_store_explicit(&line->route, (uint32_t)route_index + 1, memory_order_relaxed);
}

void
scoreboard_show_answered(struct scoreboard_slot *line, enum worker_state state, int64_t now_us)
{
	uint64_t requests = atomic_load_explicit(&line->requests, memory_order_relaxed);

	atomic_store_explicit(&line->requests, requests + 1, memory_order_relaxed);
	atomic_store_explicit(&line->idle_since_us, now_us, memory_order_relaxed);
	scoreboard_show_state(line, state);
}

void
scoreboard_show_connections(struct scoreboard_slot *line, unsigned count)
{
	atomic_store_explicit(&line->connections, count, memory_order_relaxed);
}

/* Others read the line all the time: what has not changed is not written. */
void
scoreboard_show_pending(struct scoreboard_slot *line, unsigned count)
{
	if (atomic_load_explicit(&line->pending, memory_order_relaxed) != count)
		atomic_store_explicit(&line->pending, count, memory_order_relaxed);
}

bool
scoreboard_leave(struct scoreboard_slot *line, uint32_t bits)
{
	uint32_t before = atomic_fetch_or_explicit(&line->leaving, bits, memory_order_release);

	return (before & bits) != bits;
}
