/*
 * Who is not root may lower its nice value as far as RLIMIT_NICE says (getrlimit(2): 20 minus the
 * lowest value), which root can raise before it becomes somebody else.
 */
#include "process/resources.h"

#include <errno.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include "process/affinity.h"
#include "process/memory.h"

static rlim_t
limit_for(int nice_value)
{
	return (rlim_t)(20 - nice_value);
}

void
resources_prepare(const struct config *config)
{
	struct rlimit limit;
	const rlim_t wanted = limit_for(config->worker_nice.value);

	if (!config->worker_nice.is_given || getrlimit(RLIMIT_NICE, &limit) != 0 ||
	    limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = wanted;
	if (limit.rlim_max < wanted)
		limit.rlim_max = wanted;
	/* Whether that was allowed is seen in resources_check. */
	(void)setrlimit(RLIMIT_NICE, &limit);
}

static bool
can_be_nice(int value)
{
	struct rlimit limit;

	return value >= getpriority(PRIO_PROCESS, 0) ||
	       (getrlimit(RLIMIT_NICE, &limit) == 0 && limit.rlim_cur >= limit_for(value));
}

static bool
can_measure(const struct config *config)
{
	struct memory_meter meter;
	bool is_good = memory_meter_open(&meter, config->worker_memory_measure);

	memory_meter_close(&meter);
	return is_good;
}

void
resources_check(struct arena *arena, const struct config *config, struct config_faults *faults)
{
	affinity_check(arena, config, faults);
	if (config->worker_nice.is_given && !can_be_nice(config->worker_nice.value))
		config_fault(faults, arena,
		    "WORKER_NICE: below the manager's, which takes a start as root that may raise "
		    "limits");
	if (config->worker_memory_limit > 0 && !can_measure(config))
		config_fault(faults, arena,
		    "WORKER_MEMORY_LIMIT: /proc does not tell how large a worker is");
}

static bool
bind_to(unsigned core)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(core, &set);
	return sched_setaffinity(0, sizeof(set), &set) == 0;
}

/* And never again. */
static bool
be_nice(int value)
{
	const struct rlimit none = { 0, 0 };

	return setpriority(PRIO_PROCESS, 0, value) == 0 && setrlimit(RLIMIT_NICE, &none) == 0;
}

/*
 * A worker that wakes takes the core of nobody who runs. Only the ordinary policy is changed: whoever
 * started the manager with another one had a reason. Where a container forbids this, it is slower.
 */
static void
be_patient(void)
{
	const struct sched_param none = { .sched_priority = 0 };

	if (sched_getscheduler(0) == SCHED_OTHER)
		(void)sched_setscheduler(0, SCHED_BATCH, &none);
}

static bool
limit_data(uint64_t bytes)
{
	const struct rlimit limit = { (rlim_t)bytes, (rlim_t)bytes };

	return setrlimit(RLIMIT_DATA, &limit) == 0;
}

bool
resources_take(const struct config *config, unsigned core)
{
	/* A core that was taken away since is no reason not to serve. */
	if (core > 0 && !bind_to(core - 1) && errno != EINVAL)
		return false;
	if (config->worker_scheduling == SCHEDULING_BATCH)
		be_patient();
	return (!config->worker_nice.is_given || be_nice(config->worker_nice.value)) &&
	       (config->worker_memory_hard_limit == 0 ||
		   limit_data(config->worker_memory_hard_limit));
}
