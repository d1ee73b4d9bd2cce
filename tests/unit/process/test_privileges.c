/* Who the service runs as. What changes the process is tried in a child. */
#include "check.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "process/names.h"
#include "process/oom.h"
#include "process/privileges.h"
#include "sandbox/capabilities.h"

static struct arena arena;
static struct config_faults faults;

static int
set_up(void **state UNUSED)
{
	arena_init(&arena, 4096, 65536);
	memset(&faults, 0, sizeof(faults));
	return 0;
}

static int
tear_down(void **state UNUSED)
{
	arena_done(&arena);
	return 0;
}

static bool
find(struct privileges *privileges, const char *user, const char *group, const char *service)
{
	const struct config config = { .service_user = user, .service_group = group };

	return privileges_find(privileges, &arena, &config, service, &faults);
}

/* Runs `test` in a child; true when it returns 0 there. */
static bool
is_so_in_child(int (*test)(void))
{
	pid_t pid;
	int status = 0;

	fflush(NULL);
	pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		exit(test());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		print_error("child ended with %#x\n", (unsigned)status);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void
names_are_found(void **state UNUSED)
{
	uid_t uid = 99;
	gid_t gid = 99;
	char long_name[64];

	memset(long_name, 'a', sizeof(long_name));
	assert_true(names_find_user(SLICE_OF("root"), &uid, &gid));
	assert_int_equal(uid, 0);
	assert_int_equal(gid, 0);
	assert_true(names_find_group(SLICE_OF("root"), &gid));
	assert_false(names_find_user(SLICE_OF("no-such-user"), &uid, NULL));
	assert_false(names_find_group(SLICE_OF("no-such-group"), &gid));
	assert_false(names_find_user(slice_make(long_name, sizeof(long_name)), &uid, NULL));
	assert_false(names_find_user(slice_make("ro\0ot", 5), &uid, NULL));
	assert_false(names_find_group(SLICE_OF(""), &gid));
}

static void
root_needs_a_user_to_become(void **state UNUSED)
{
	struct privileges privileges;

	if (geteuid() != 0)
		skip();
	assert_false(find(&privileges, NULL, NULL, "no-such-service"));
	assert_non_null(strstr(faults.texts[0], "SERVICE_USER"));
	assert_false(find(&privileges, "no-such-user", "no-such-group", "svc"));
	assert_int_equal(faults.count, 3);
	assert_null(strstr(faults.texts[1], "no-such-user")); /* never the value */
	assert_non_null(strstr(faults.texts[2], "SERVICE_GROUP"));
}

/* A service that is named "root" is no permission to be it. */
static void
root_stays_root_only_when_told(void **state UNUSED)
{
	struct privileges privileges;

	if (geteuid() != 0)
		skip();
	assert_false(find(&privileges, NULL, NULL, "root"));
	memset(&faults, 0, sizeof(faults));
	assert_true(find(&privileges, "root", NULL, "svc"));
	assert_true(privileges.stays_root);
	assert_false(privileges.drops);
	assert_null(privileges_drop(&privileges));
}

static void
the_group_may_be_another(void **state UNUSED)
{
	struct privileges privileges;
	gid_t daemon_group;

	if (geteuid() != 0)
		skip();
	assert_true(names_find_group(SLICE_OF("daemon"), &daemon_group));
	assert_true(find(&privileges, "nobody", "daemon", "svc"));
	assert_true(privileges.drops);
	assert_int_equal(privileges.gid, daemon_group);
	assert_true(find(&privileges, NULL, NULL, "nobody")); /* the user named as the service */
	assert_true(privileges.drops);
}

static int
drop_and_look(void)
{
	struct privileges privileges;
	gid_t groups[64], root_group = 0;
	uid_t real, effective, saved;
	int count, i;

	if (setgroups(1, &root_group) != 0 || !find(&privileges, "nobody", NULL, "svc"))
		return 1;
	if (privileges_drop(&privileges) != NULL)
		return 2;
	if (getresuid(&real, &effective, &saved) != 0 || real == 0 || effective != real ||
	    saved != real)
		return 3;
	if (setuid(0) == 0 || seteuid(0) == 0)
		return 4;
	count = getgroups(64, groups);
	for (i = 0; i < count; i++)
		if (groups[i] == 0)
			return 5;
	return getegid() == privileges.gid ? 0 : 6;
}

static void
after_the_drop_there_is_no_way_back(void **state UNUSED)
{
	if (geteuid() != 0)
		skip();
	assert_true(is_so_in_child(drop_and_look));
}

/* Without the right to change ids the drop must say so, not go on. */
static int
fail_to_drop(void)
{
	struct privileges privileges = { .drops = true, .user = "root", .uid = 0, .gid = 0 };

	if (geteuid() == 0 &&
	    (setresgid(65534, 65534, 65534) != 0 || setresuid(65534, 65534, 65534) != 0))
		return 1;
	return privileges_drop(&privileges) != NULL ? 0 : 2;
}

static void
a_drop_that_fails_is_told(void **state UNUSED)
{
	assert_true(is_so_in_child(fail_to_drop));
}

/* "Dropping" to root itself leaves a way back: the last check finds it. */
static int
drop_to_root(void)
{
	struct privileges privileges = { .drops = true, .user = "root", .uid = 0, .gid = 0 };
	const char *failed = privileges_drop(&privileges);

	return failed != NULL && strstr(failed, "still be had") != NULL ? 0 : 1;
}

static void
a_way_back_is_found(void **state UNUSED)
{
	if (geteuid() != 0)
		skip();
	assert_true(is_so_in_child(drop_to_root));
}

static int
find_as_plain_user(void)
{
	struct privileges privileges;

	if (geteuid() == 0 &&
	    (setresgid(65534, 65534, 65534) != 0 || setresuid(65534, 65534, 65534) != 0))
		return 1;
	if (!find(&privileges, NULL, NULL, "svc") || privileges.drops ||
	    privileges.uid != geteuid())
		return 2;
	if (find(&privileges, "root", "root", "svc") || faults.count != 2)
		return 3;
	return privileges_drop(&privileges) == NULL ? 0 : 4;
}

static void
others_stay_who_they_are(void **state UNUSED)
{
	assert_true(is_so_in_child(find_as_plain_user));
}

static int
harden_production(void)
{
	const struct config config = { .is_hardened = true };
	struct rlimit core;

	if (privileges_harden(&config) != NULL)
		return 1;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 || prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
		return 2;
	if (getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_cur != 0 || core.rlim_max != 0)
		return 3;
	return umask(0) == 077 ? 0 : 4;
}

static int
harden_development(void)
{
	const struct config config = { .is_hardened = false };
	struct rlimit core;

	if (privileges_harden(&config) != NULL)
		return 1;
	if (getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_max != 0)
		return 3;
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 &&
		       prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 1
		   ? 0
		   : 2;
}

static int
dump_by_order(void)
{
	const struct config config = { .is_hardened = true, .core_dumps = true };
	struct rlimit before, core;

	if (getrlimit(RLIMIT_CORE, &before) != 0 || privileges_harden(&config) != NULL)
		return 1;
	if (getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_cur != before.rlim_max)
		return 2;
	return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 1 ? 0 : 3;
}

static int
go_to_a_directory(void)
{
	struct config config = { .service_directory = "/proc" };
	char path[64];

	if (privileges_harden(&config) != NULL || getcwd(path, sizeof(path)) == NULL ||
	    strcmp(path, "/proc") != 0)
		return 1;
	config.service_directory = "/dev/null";
	return strstr(privileges_harden(&config), "SERVICE_DIRECTORY") != NULL ? 0 : 2;
}

/* Ends by itself: a leak checker at exit(3) would not find its way in there. */
static int
live_in_a_jail(void)
{
	const struct config config = { .service_user = "nobody",
		.service_chroot = "/proc",
		.sandbox = CONFIG_SANDBOX_STRICT };
	struct privileges privileges;

	if (!privileges_find(&privileges, &arena, &config, "svc", &faults))
		_exit(1);
	if (privileges_drop(&privileges) != NULL || privileges_harden(&config) != NULL)
		_exit(2);
	/* /proc is the root now, and root's group was looked up before. */
	if (access("/self/status", F_OK) != 0 || access("/etc", F_OK) == 0 || geteuid() == 0)
		_exit(3);
	_exit(capabilities_bounding() == 0 && chroot("/self") != 0 ? 0 : 4);
}

static int
fail_to_change_the_root(void)
{
	const struct privileges privileges = { .root = "/dev/null" };
	const char *failed = privileges_drop(&privileges);

	return failed != NULL && strstr(failed, "SERVICE_CHROOT") != NULL ? 0 : 1;
}

static int
ask_for_a_jail_as_plain_user(void)
{
	const struct config config = { .service_chroot = "/proc" };
	struct privileges privileges;

	if (geteuid() == 0 &&
	    (setresgid(65534, 65534, 65534) != 0 || setresuid(65534, 65534, 65534) != 0))
		return 1;
	return !privileges_find(&privileges, &arena, &config, "svc", &faults) &&
		       faults.count == 1 && strstr(faults.texts[0], "SERVICE_CHROOT") != NULL
		   ? 0
		   : 2;
}

static void
core_dumps_come_by_order_alone(void **state UNUSED)
{
	assert_true(is_so_in_child(dump_by_order));
}

static void
a_working_directory_is_entered(void **state UNUSED)
{
	assert_true(is_so_in_child(go_to_a_directory));
}

static void
root_can_lock_itself_in(void **state UNUSED)
{
	if (geteuid() != 0)
		skip();
	assert_true(is_so_in_child(live_in_a_jail));
}

static void
a_jail_that_cannot_be_is_told(void **state UNUSED)
{
	assert_true(is_so_in_child(fail_to_change_the_root));
	assert_true(is_so_in_child(ask_for_a_jail_as_plain_user));
}

/* --- who ends first when memory is out --- */

static int
own_score(void)
{
	char text[16] = "";
	int fd = open("/proc/self/oom_score_adj", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		return -10000;
	close(fd);
	return atoi(text);
}

static int
raise_scores(void)
{
	const struct config config = { .is_hardened = true,
		.oom_score_adj = { true, own_score() + 1 },
		.worker_oom_score_adj = { true, own_score() + 2 } };

	if (!oom_prepare(&arena, &config, &faults) || own_score() != config.oom_score_adj.value)
		return 1;
	if (privileges_harden(&config) != NULL || !oom_adjust_worker(&config))
		return 2;
	if (own_score() != config.worker_oom_score_adj.value)
		return 3;
	return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : 4;
}

static int
lower_scores_as_plain_user(void)
{
	const struct config config = { .oom_score_adj = { true, -1000 },
		.worker_oom_score_adj = { true, own_score() - 1 } };

	if (geteuid() == 0 &&
	    (setresgid(65534, 65534, 65534) != 0 || setresuid(65534, 65534, 65534) != 0))
		return 1;
	if (oom_prepare(&arena, &config, &faults) || faults.count != 2)
		return 2;
	return strstr(faults.texts[0], "OOM_SCORE_ADJ") == faults.texts[0] &&
		       strstr(faults.texts[1], "WORKER_OOM_SCORE_ADJ") == faults.texts[1]
		   ? 0
		   : 3;
}

static void
scores_are_taken_on(void **state UNUSED)
{
	if (own_score() > 998)
		skip();
	assert_true(is_so_in_child(raise_scores));
}

static void
scores_that_cannot_be_had_are_told(void **state UNUSED)
{
	if (own_score() == -1000)
		skip();
	assert_true(is_so_in_child(lower_scores_as_plain_user));
}

static void
production_cannot_be_traced_or_dumped(void **state UNUSED)
{
	assert_true(is_so_in_child(harden_production));
}

static void
development_can_be_debugged(void **state UNUSED)
{
	assert_true(is_so_in_child(harden_development));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(names_are_found),
		TEST(root_needs_a_user_to_become),
		TEST(root_stays_root_only_when_told),
		TEST(the_group_may_be_another),
		TEST(after_the_drop_there_is_no_way_back),
		TEST(a_drop_that_fails_is_told),
		TEST(a_way_back_is_found),
		TEST(others_stay_who_they_are),
		TEST(production_cannot_be_traced_or_dumped),
		TEST(development_can_be_debugged),
		TEST(core_dumps_come_by_order_alone),
		TEST(a_working_directory_is_entered),
		TEST(root_can_lock_itself_in),
		TEST(a_jail_that_cannot_be_is_told),
		TEST(scores_are_taken_on),
		TEST(scores_that_cannot_be_had_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
