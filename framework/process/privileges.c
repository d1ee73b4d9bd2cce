/* Giving root up, and the few process attributes that every start sets. */
#include "process/privileges.h"

#include <errno.h>
#include <grp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "process/names.h"
#include "sandbox/capabilities.h"

enum { MAX_GROUPS = 256 };

static bool
find_for_root(struct privileges *privileges, struct arena *arena, const struct config *config,
    const char *service_name, struct config_faults *faults)
{
	const char *user = config->service_user != NULL ? config->service_user : service_name;
	const char *group = config->service_group;
	bool is_found = true;

	if (!names_find_user(slice_from(user), &privileges->uid, &privileges->gid)) {
		config_fault(faults, arena,
		    config->service_user != NULL
			? "SERVICE_USER: names no user"
			: "SERVICE_USER: not given, and no user is named as the service: "
			  "root does not serve");
		is_found = false;
	}
	if (group != NULL && !names_find_group(slice_from(group), &privileges->gid)) {
		config_fault(faults, arena, "SERVICE_GROUP: names no group");
		is_found = false;
	}
	if (!is_found)
		return false;
	if (privileges->uid == 0 && config->service_user == NULL) {
		config_fault(faults, arena, "SERVICE_USER: root serves only when it is named here");
		return false;
	}
	privileges->stays_root = privileges->uid == 0;
	privileges->drops = !privileges->stays_root;
	privileges->user = user;
	return true;
}

static bool
find_for_others(struct privileges *privileges, struct arena *arena, const struct config *config,
    struct config_faults *faults)
{
	const size_t faults_before = faults->count;
	uid_t uid;
	gid_t gid;

	privileges->uid = geteuid();
	privileges->gid = getegid();
	if (config->service_user != NULL &&
	    (!names_find_user(slice_from(config->service_user), &uid, NULL) ||
		uid != privileges->uid))
		config_fault(faults, arena, "SERVICE_USER: only root can become another user");
	if (config->service_group != NULL &&
	    (!names_find_group(slice_from(config->service_group), &gid) || gid != privileges->gid))
		config_fault(faults, arena, "SERVICE_GROUP: only root can become another group");
	if (config->service_chroot != NULL)
		config_fault(faults, arena,
		    "SERVICE_CHROOT: only root can change the root of the file system");
	return faults->count == faults_before;
}

bool
privileges_find(struct privileges *ret_privileges, struct arena *arena, const struct config *config,
    const char *service_name, struct config_faults *faults)
{
	memset(ret_privileges, 0, sizeof(*ret_privileges));
	ret_privileges->root = config->service_chroot;
	ret_privileges->empties_bounds = config->sandbox != CONFIG_SANDBOX_OFF;
	if (geteuid() == 0)
		return find_for_root(ret_privileges, arena, config, service_name, faults);
	return find_for_others(ret_privileges, arena, config, faults);
}

static bool
is_changed(const struct privileges *privileges)
{
	uid_t real_uid, effective_uid, saved_uid;
	gid_t real_gid, effective_gid, saved_gid;

	if (getresuid(&real_uid, &effective_uid, &saved_uid) != 0 ||
	    getresgid(&real_gid, &effective_gid, &saved_gid) != 0)
		return false;
	return real_uid == privileges->uid && effective_uid == privileges->uid &&
	       saved_uid == privileges->uid && real_gid == privileges->gid &&
	       effective_gid == privileges->gid && saved_gid == privileges->gid;
}

/* A way back would mean that the kernel did something else than it was asked for. */
static bool
is_final(void)
{
	return setuid(0) != 0 && seteuid(0) != 0 && setresuid(0, 0, 0) != 0;
}

/* Root's group may be among the user's groups only when the system's database says so. */
static bool
has_roots_group(const gid_t *expected, int expected_count)
{
	gid_t current[MAX_GROUPS];
	int current_count = getgroups(MAX_GROUPS, current), i;

	if (current_count < 0)
		return true;
	for (i = 0; i < expected_count; i++)
		if (expected[i] == 0)
			return false;
	for (i = 0; i < current_count; i++)
		if (current[i] == 0)
			return true;
	return false;
}

static const char *
change_ids(const struct privileges *privileges, const gid_t *groups, int group_count)
{
	if (setgroups((size_t)group_count, groups) != 0)
		return "the groups of the service's user cannot be taken on";
	if (setresgid(privileges->gid, privileges->gid, privileges->gid) != 0)
		return "the service's group cannot be taken on";
	if (setresuid(privileges->uid, privileges->uid, privileges->uid) != 0)
		return "the service's user cannot be taken on";
	if (!is_changed(privileges))
		return "user or group is not as ordered after the change";
	if (has_roots_group(groups, group_count))
		return "the group of root is still there after the change";
	if (!is_final())
		return "root can still be had after the change";
	return NULL;
}

/* What libc reads of the system's files is read before they are out of reach. */
static bool
change_root(const char *root)
{
	tzset();
	return chroot(root) == 0 && chdir("/") == 0;
}

const char *
privileges_drop(const struct privileges *privileges)
{
	gid_t groups[MAX_GROUPS];
	int group_count = MAX_GROUPS;

	if (privileges->drops &&
	    getgrouplist(privileges->user, privileges->gid, groups, &group_count) < 0)
		return "the groups of the service's user cannot be taken on";
	if (privileges->root != NULL && !change_root(privileges->root))
		return "SERVICE_CHROOT: cannot become the root of the file system";
	if (privileges->empties_bounds && !capabilities_bound())
		return "capabilities cannot be ruled out";
	return privileges->drops ? change_ids(privileges, groups, group_count) : NULL;
}

static bool
raise_core_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_CORE, &limit) != 0)
		return false;
	limit.rlim_cur = limit.rlim_max;
	return setrlimit(RLIMIT_CORE, &limit) == 0;
}

/*
 * A memory dump needs a process that can be traced. The change of user made us untraceable, and a
 * developer's debugger and leak checker need the opposite.
 */
static const char *
set_core_dumps(const struct config *config)
{
	const struct rlimit no_core = { 0, 0 };

	if (config->core_dumps ? !raise_core_limit() : setrlimit(RLIMIT_CORE, &no_core) != 0)
		return "core dumps cannot be allowed or ruled out as ordered";
	if (config->core_dumps || !config->is_hardened)
		return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0 ? NULL : "tracing cannot be allowed";
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ? NULL : "tracing cannot be ruled out";
}

const char *
privileges_harden(const struct config *config)
{
	umask(077);
	if (config->service_directory != NULL && chdir(config->service_directory) != 0)
		return "SERVICE_DIRECTORY: is no folder that the service's user can enter";
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return "new privileges cannot be ruled out";
	if (config->sandbox != CONFIG_SANDBOX_OFF && !capabilities_drop())
		return "capabilities cannot be given up";
	return set_core_dumps(config);
}
