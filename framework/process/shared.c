/* The scoreboard's memory and the names of its states. See shared.h for who writes what. */
#include "process/shared.h"

#include <stddef.h>
#include <sys/mman.h>

static const char *const state_names[WORKER_STATE_COUNT] = {
	[WORKER_EMPTY] = "empty",
	[WORKER_STARTING] = "starting",
	[WORKER_IDLE] = "idle",
	[WORKER_BUSY] = "busy",
	[WORKER_DRAINING] = "draining",
};

struct shared *
shared_new(void)
{
	void *memory = mmap(
	    NULL, sizeof(struct shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

_Atomic(int64_t) *
shared_policies_expire_us(struct shared *shared, uint32_t generation)
{
	return &shared->policies_expire_us[generation % 2];
}

void
shared_free(struct shared *shared)
{
	if (shared != NULL)
		munmap(shared, sizeof(*shared));
}

const char *
worker_state_name(enum worker_state state)
{
	/* The state comes out of memory that any worker can write. */
	return (unsigned)state < WORKER_STATE_COUNT ? state_names[state] : "unknown";
}
