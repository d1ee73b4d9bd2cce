/* The scoreboard's memory and the names of its states. See shared.h for who writes what. */
#include "process/shared.h"

#include <stddef.h>
#include <string.h>
#include <sys/mman.h>

static const char *const state_names[WORKER_STATE_COUNT] = {
	[WORKER_EMPTY] = "empty",
	[WORKER_STARTING] = "starting",
	[WORKER_IDLE] = "idle",
	[WORKER_BUSY] = "busy",
	[WORKER_DRAINING] = "draining",
};

static const char *const cause_names[DEATH_CAUSE_COUNT] = {
	[DEATH_NONE] = "none",
	[DEATH_SIGNAL] = "signal",
	[DEATH_EXIT] = "exit",
	[DEATH_TIMEOUT] = "timeout",
	[DEATH_GRACE_OVER] = "grace_over",
	[DEATH_SECCOMP] = "seccomp",
	[DEATH_OOM] = "oom",
};

static const char *const renewal_names[RENEWAL_CAUSE_COUNT] = {
	[RENEWAL_NONE] = "none",
	[RENEWAL_REQUESTS] = "requests",
	[RENEWAL_LIFETIME] = "lifetime",
	[RENEWAL_MEMORY] = "memory",
};

static const char *const phase_names[SERVICE_PHASE_COUNT] = {
	[SERVICE_STARTING] = "starting",
	[SERVICE_SERVING] = "serving",
	[SERVICE_STOPPING] = "stopping",
};

static const char *const upgrade_names[UPGRADE_STATE_COUNT] = {
	[UPGRADE_NONE] = "none",
	[UPGRADE_STARTING] = "starting",
	[UPGRADE_REPLACED] = "replaced",
	[UPGRADE_RETIRED] = "retired",
	[UPGRADE_HEIR] = "heir",
	[UPGRADE_BESIDE] = "beside",
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
shared_tell_policies(
    struct shared *shared, uint32_t number, const char *digest, uint64_t count, int64_t now_us)
{
	struct shared_policies *policies = &shared->policies[number % 2];
	uint64_t words[SHARED_DIGEST_WORDS] = { 0 };
	size_t i;

	if (digest != NULL)
		memcpy(words, digest, strnlen(digest, sizeof(words)));
	for (i = 0; i < SHARED_DIGEST_WORDS; i++)
		atomic_store(&policies->digest[i], words[i]);
	atomic_store(&policies->count, count);
	atomic_store(&policies->loaded_us, digest == NULL ? 0 : now_us);
}

bool
shared_seal(struct shared *shared)
{
	return mprotect(shared, sizeof(*shared), PROT_READ) == 0;
}

void
shared_free(struct shared *shared)
{
	if (shared != NULL)
		munmap(shared, sizeof(*shared));
}

const char *
death_cause_name(enum death_cause cause)
{
	return (unsigned)cause < DEATH_CAUSE_COUNT ? cause_names[cause] : "unknown";
}

const char *
reload_refusal_name(enum reload_refusal refusal)
{
	static const char *const names[RELOAD_REFUSAL_COUNT] = {
		[RELOAD_FINE] = "none",
		[RELOAD_SETTINGS] = "settings",
		[RELOAD_WORKERS] = "workers",
	};

	return (unsigned)refusal < RELOAD_REFUSAL_COUNT ? names[refusal] : "unknown";
}

const char *
renewal_cause_name(enum renewal_cause cause)
{
	return (unsigned)cause < RENEWAL_CAUSE_COUNT ? renewal_names[cause] : "unknown";
}

const char *
service_phase_name(enum service_phase phase)
{
	return (unsigned)phase < SERVICE_PHASE_COUNT ? phase_names[phase] : "unknown";
}

const char *
upgrade_state_name(enum upgrade_state state)
{
	return (unsigned)state < UPGRADE_STATE_COUNT ? upgrade_names[state] : "unknown";
}

bool
upgrade_state_has_others(enum upgrade_state state)
{
	switch (state) {
	case UPGRADE_REPLACED:
	case UPGRADE_RETIRED:
	case UPGRADE_BESIDE:
		return true;
	case UPGRADE_NONE:
	case UPGRADE_STARTING:
	case UPGRADE_HEIR:
	case UPGRADE_STATE_COUNT:
		break;
	}
	return false;
}

bool
shared_has_others(const struct shared *shared)
{
	return upgrade_state_has_others((enum upgrade_state)atomic_load(&shared->manager.upgrade));
}

const char *
worker_state_name(enum worker_state state)
{
	/* The state comes out of memory that any worker can write. */
	return (unsigned)state < WORKER_STATE_COUNT ? state_names[state] : "unknown";
}
