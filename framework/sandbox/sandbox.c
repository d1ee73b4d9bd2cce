/* The order of entering: what needs the most power first, the filter of system calls last. */
#include "sandbox/sandbox.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "sandbox/capabilities.h"
#include "sandbox/filter.h"
#include "sandbox/landlock.h"
#include "sandbox/parts.h"
#include "sandbox/violation.h"

_Static_assert((int)SANDBOX_MAX_CALLS == (int)FILTER_MAX_EXTRA, "one bound of a service's calls");

const char *
sandbox_mode_name(enum config_sandbox mode)
{
	static const char *const names[] = {
		[CONFIG_SANDBOX_OFF] = "off",
		[CONFIG_SANDBOX_LOG] = "log",
		[CONFIG_SANDBOX_STRICT] = "strict",
	};

	return names[mode];
}

const char *
sandbox_role_name(enum sandbox_role role)
{
	static const char *const names[SANDBOX_ROLE_COUNT] = {
		[SANDBOX_WORKER] = "worker",
		[SANDBOX_LEDGER] = "ledger",
		[SANDBOX_INSPECTOR] = "inspector",
	};

	return names[role];
}

const char *
sandbox_refuse_call(const char *name)
{
	return filter_refuse_call(name);
}

const char *
sandbox_call_name(int number)
{
	return filter_call_name(number);
}

enum config_sandbox
sandbox_mode(const struct sandbox *sandbox)
{
	return sandbox->mode;
}

int
sandbox_landlock_abi(const struct sandbox *sandbox)
{
	return sandbox->landlock_abi;
}

void
sandbox_look(struct sandbox_kernel *ret_kernel)
{
	*ret_kernel = (struct sandbox_kernel) {
		.has_filters = filter_has(FILTER_TRAP),
		.asks = filter_has(FILTER_NOTIFY),
		.landlock_abi = landlock_abi(),
		.capabilities = capabilities_bounding(),
	};
}

/* --- making ---------------------------------------------------------------------------------- */

static unsigned
groups_of(enum sandbox_role role, const struct sandbox_needs *needs)
{
	switch (role) {
	case SANDBOX_WORKER:
		return FILTER_WORKER | (needs->reads ? FILTER_READS : 0) |
		       (needs->writes ? FILTER_WRITES : 0);
	case SANDBOX_LEDGER:
		return FILTER_LEDGER;
	case SANDBOX_INSPECTOR:
		return FILTER_INSPECTOR;
	case SANDBOX_ROLE_COUNT:
		break;
	}
	return 0;
}

static bool
compile(struct sandbox *sandbox, struct arena *arena)
{
	const struct sandbox_needs *needs = &sandbox->needs;
	int i;

	for (i = 0; i < SANDBOX_ROLE_COUNT; i++)
		if (!filter_compile(arena, groups_of((enum sandbox_role)i, needs), needs->calls,
			i == SANDBOX_WORKER ? needs->call_count : 0, &sandbox->filters[i]))
			return false;
	return true;
}

struct sandbox *
sandbox_new(struct arena *arena, enum config_sandbox mode, const struct sandbox_needs *needs)
{
	struct sandbox *sandbox = arena_calloc(arena, 1, sizeof(*sandbox));

	if (sandbox == NULL)
		return NULL;
	sandbox->mode = mode;
	sandbox->needs = *needs;
	if (mode == CONFIG_SANDBOX_OFF)
		return sandbox;
	sandbox->landlock_abi = landlock_abi();
	filter_learn_names();
	return compile(sandbox, arena) ? sandbox : NULL;
}

bool
sandbox_has_extra(const struct sandbox *sandbox, const char *name)
{
	size_t i;

	for (i = 0; i < sandbox->needs.call_count; i++)
		if (strcmp(sandbox->needs.calls[i], name) == 0)
			return true;
	return false;
}

/* --- entering -------------------------------------------------------------------------------- */

static bool
has_children(const struct sandbox *sandbox)
{
	static const char *const ways[] = { "clone", "clone3", "fork", "vfork" };
	size_t i;

	for (i = 0; i < COUNT_OF(ways); i++)
		if (sandbox_has_extra(sandbox, ways[i]))
			return true;
	return false;
}

static bool
limit(const struct sandbox *sandbox, enum sandbox_role role)
{
	const struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_MSGQUEUE, &none) != 0 || setrlimit(RLIMIT_NICE, &none) != 0 ||
	    setrlimit(RLIMIT_RTPRIO, &none) != 0)
		return false;
	if (role == SANDBOX_WORKER && has_children(sandbox))
		return true;
	return setrlimit(RLIMIT_NPROC, &none) == 0;
}

/*
 * Filters and Landlock bind the thread that asks for them. One that is there already would stay as it
 * is, in the same memory. Where there is no /proc the kernel is asked for what it grants to a
 * single thread alone.
 */
static bool
is_alone(void)
{
	enum { ENTRIES_OF_ONE = 3 }; /* links of /proc/self/task: itself, its parent, one thread */
	struct stat status;

	if (stat("/proc/self/task", &status) == 0)
		return status.st_nlink == ENTRIES_OF_ONE;
	return unshare(CLONE_VM) == 0 || errno != EINVAL;
}

static const char *
enter_files(const struct sandbox *sandbox, const struct sandbox_entry *entry)
{
	const struct landlock_network network = {
		.connects = entry->role == SANDBOX_WORKER && sandbox_has_extra(sandbox, "connect"),
		.binds = entry->role == SANDBOX_WORKER && sandbox_has_extra(sandbox, "bind"),
	};

	return landlock_enter(sandbox->landlock_abi, entry->paths, entry->path_count, &network);
}

const char *
sandbox_enter(const struct sandbox *sandbox, const struct sandbox_entry *entry)
{
	const bool is_strict = sandbox->mode == CONFIG_SANDBOX_STRICT;
	const struct filter *filter = &sandbox->filters[entry->role];
	const char *failed;

	if (sandbox->mode == CONFIG_SANDBOX_OFF)
		return NULL;
	if (!is_alone())
		return "threads";
	/* Read now what localtime(3) would read later. */
	tzset();
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return "no_new_privs";
	if (is_strict && !limit(sandbox, entry->role))
		return "limits";
	if (!capabilities_drop())
		return "capabilities";
	if (!is_strict)
		return violation_tell_by(filter, entry);
	failed = enter_files(sandbox, entry);
	return failed != NULL ? failed : violation_end_by(filter, entry);
}
