/*
 * The cores are those that the manager may use itself (sched_setaffinity(2), the cpuset of its
 * control group), or those of them that the operator named.
 */
#include "process/affinity.h"

#include <sched.h>

#include "process/generation.h"

_Static_assert(CONFIG_MAX_CORES <= CPU_SETSIZE, "every core of the setting has its bit");

static bool
is_named(const struct config_cores *cores, unsigned core)
{
	return cores->kind == CORES_AUTO || (cores->set[core / 64] >> core % 64 & 1) != 0;
}

size_t
affinity_least(const unsigned *loads, size_t count)
{
	size_t i, least = 0;

	for (i = 1; i < count; i++)
		if (loads[i] < loads[least])
			least = i;
	return least;
}

/* Who will go soon makes room. */
static unsigned
count_on(const struct crew *crew, const struct generation *generation, unsigned core)
{
	unsigned slot, count = 0;

	for (slot = 0; slot < SHARED_MAX_SLOTS; slot++) {
		const struct crew_member *member = &crew->members[slot];

		count += member->pid != 0 && member->generation == generation &&
			 member->core == core + 1 && member->kill_us == 0 &&
			 (atomic_load(&crew->shared->slots[slot].leaving) &
			     (WISH_NEAR | WISH_DONE | WISH_MEMORY)) == 0;
	}
	return count;
}

unsigned
affinity_choose(const struct crew *crew, const struct generation *generation)
{
	const struct config_cores *cores = &generation->config->worker_cores;
	unsigned core, numbers[CONFIG_MAX_CORES], loads[CONFIG_MAX_CORES];
	size_t count = 0;
	cpu_set_t allowed;

	if (cores->kind == CORES_OFF || sched_getaffinity(0, sizeof(allowed), &allowed) != 0)
		return 0;
	for (core = 0; core < CONFIG_MAX_CORES; core++) {
		if (!CPU_ISSET(core, &allowed) || !is_named(cores, core))
			continue;
		numbers[count] = core;
		loads[count++] = count_on(crew, generation, core);
	}
	return count == 0 ? 0 : numbers[affinity_least(loads, count)] + 1;
}

void
affinity_check(struct arena *arena, const struct config *config, struct config_faults *faults)
{
	unsigned core;
	cpu_set_t allowed;

	if (config->worker_cores.kind != CORES_LIST ||
	    sched_getaffinity(0, sizeof(allowed), &allowed) != 0)
		return;
	for (core = 0; core < CONFIG_MAX_CORES; core++)
		if (is_named(&config->worker_cores, core) && !CPU_ISSET(core, &allowed)) {
			config_fault(faults, arena,
			    "WORKER_CPU_AFFINITY: names a core that this process may not use");
			return;
		}
}
