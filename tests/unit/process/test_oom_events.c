/* Control groups as Linux tells of them, in a file system of the test's own. */
#include "../core/rows.h"
#include "check.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#include "process/oom_events.h"

/* --- which file -------------------------------------------------------------------------------- */

static const struct group {
	const char *name, *text;
	unsigned version;
	const char *path; /* NULL: there is none */
} groups[] = {
	{ "version 2", "0::/system.slice/documents.service\n", 2,
	    "system.slice/documents.service/memory.events" },
	{ "version 2, of a container", "0::/\n", 2, "/memory.events" },
	{ "version 1", "9:name=systemd:/x\n4:memory:/docker/1a2b\n0::/\n", 1,
	    "memory/docker/1a2b/memory.oom_control" },
	{ "version 1 beside others", "3:cpu,memory,pids:/a\n", 1, "memory/a/memory.oom_control" },
	{ "a path with colons", "0::/a:b/c\n", 2, "a:b/c/memory.events" },
	{ "no newline at the end", "0::/a", 2, "a/memory.events" },
	{ "a controller that is called nearly so", "3:memory_recursiveprot:/a\n", 1, NULL },
	{ "version 1 alone has no version 2", "4:memory:/a\n", 2, NULL },
	{ "version 2 alone has no version 1", "0::/a\n", 1, NULL },
	{ "a path that does not begin at the root", "0::a\n", 2, NULL },
	{ "two fields", "0:\n", 2, NULL },
	{ "nothing", "", 2, NULL },
	{ "newlines", "\n\n", 1, NULL },
};

static void
check_group(void **state)
{
	const struct group *group = *state;
	char path[OOM_EVENTS_PATH_SIZE];
	bool is_found = oom_events_path(slice_from(group->text), group->version, path);

	assert_int_equal(is_found, group->path != NULL);
	if (group->path != NULL)
		assert_string_equal(path, group->path);
}

static void
a_path_without_end_is_none(void **state)
{
	static char text[2 * OOM_EVENTS_PATH_SIZE];
	char path[OOM_EVENTS_PATH_SIZE];

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	memcpy(text, "0::/", 4);
	assert_false(oom_events_path(slice_from(text), 2, path));
}

/* --- how often --------------------------------------------------------------------------------- */

static const struct count {
	const char *name, *text;
	bool is_good;
	uint64_t number;
} counts[] = {
	{ "version 2", "low 0\nhigh 0\nmax 17\noom 3\noom_kill 2\noom_group_kill 1\n", true, 2 },
	{ "version 1", "oom_kill_disable 0\nunder_oom 0\noom_kill 5\n", true, 5 },
	{ "a count of all bits", "oom_kill 18446744073709551615\n", true, UINT64_MAX },
	{ "before Linux 4.13", "oom_kill_disable 0\nunder_oom 0\n", false, 0 },
	{ "a word", "oom_kill many\n", false, 0 },
	{ "nothing behind it", "oom_kill\n", false, 0 },
	{ "an empty file", "", false, 0 },
};

static void
check_count(void **state)
{
	const struct count *count = *state;
	uint64_t number = 0;

	assert_int_equal(oom_events_count(slice_from(count->text), &number), count->is_good);
	assert_true(number == count->number);
}

/* --- a machine of the test's own --------------------------------------------------------------- */

static void
make_file(const char *root, const char *path, const char *text)
{
	char whole[1024], *slash;
	FILE *file;

	assert_true(snprintf(whole, sizeof(whole), "%s/%s", root, path) < (int)sizeof(whole));
	for (slash = whole + strlen(root) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
		*slash = '\0';
		assert_true(mkdir(whole, 0755) == 0 || access(whole, X_OK) == 0);
		*slash = '/';
	}
	file = fopen(whole, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static int
make_root(void **state)
{
	char *root = calloc(1, 256);

	assert_non_null(root);
	check_folder_make(root);
	*state = root;
	return 0;
}

static int
remove_root(void **state)
{
	char command[300];

	(void)snprintf(command, sizeof(command), "rm -rf '%s'", (const char *)*state);
	assert_int_equal(system(command), 0);
	free(*state);
	return 0;
}

static void
each_rise_is_good_for_one_death(void **state)
{
	const char *root = *state, *file = "sys/fs/cgroup/unit/memory.events";
	struct oom_events events;

	make_file(root, "proc/self/cgroup", "0::/unit\n");
	make_file(root, file, "oom 1\noom_kill 1\n");
	oom_events_open(&events, root);
	assert_true(events.fd >= 0);
	assert_false(oom_events_is_cause(&events, SIGKILL)); /* what was before is not ours */
	make_file(root, file, "oom 3\noom_kill 3\n");
	assert_false(oom_events_is_cause(&events, SIGSEGV));
	assert_false(oom_events_is_cause(&events, 1 << 8)); /* exit status 1 */
	assert_true(oom_events_is_cause(&events, SIGKILL));
	assert_true(oom_events_is_cause(&events, SIGKILL));
	assert_false(oom_events_is_cause(&events, SIGKILL));
	make_file(root, file, "gone\n");
	assert_false(oom_events_is_cause(&events, SIGKILL));
	oom_events_close(&events);
	assert_false(oom_events_is_cause(&events, SIGKILL));
	oom_events_close(&events);
}

static const struct machine {
	const char *name, *groups, *file, *text;
	bool is_found;
} machines[] = {
	{ "version 1 where version 2 has no memory", "4:memory:/a\n0::/\n",
	    "sys/fs/cgroup/memory/a/memory.oom_control", "oom_kill 0\n", true },
	{ "a container that is told the host's path", "4:memory:/docker/1a\n",
	    "sys/fs/cgroup/memory/memory.oom_control", "oom_kill 0\n", true },
	{ "the same of version 2", "0::/../../unit\n", "sys/fs/cgroup/memory.events",
	    "oom_kill 0\n", true },
	{ "no group of ours", "0::/unit\n", "sys/fs/cgroup/other/memory.events", "oom_kill 0\n",
	    false },
	{ "a file that does not tell", "0::/unit\n", "sys/fs/cgroup/unit/memory.events", "low 0\n",
	    false },
	{ "no groups at all", "", "etc/motd", "hello\n", false },
};

static void
machines_of_all_kinds(void **state)
{
	struct oom_events events;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(machines); i++) {
		void *root = NULL;

		assert_int_equal(make_root(&root), 0);
		make_file(root, "proc/self/cgroup", machines[i].groups);
		make_file(root, machines[i].file, machines[i].text);
		oom_events_open(&events, root);
		if ((events.fd >= 0) != machines[i].is_found)
			fail_msg("%s", machines[i].name);
		oom_events_close(&events);
		assert_int_equal(remove_root(&root), 0);
	}
}

static void
a_machine_without_proc_does_not_tell(void **state)
{
	struct oom_events events;

	oom_events_open(&events, *state);
	assert_int_equal(events.fd, -1);
	assert_false(oom_events_is_cause(&events, SIGKILL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_without_end_is_none),
		cmocka_unit_test_setup_teardown(
		    each_rise_is_good_for_one_death, make_root, remove_root),
		cmocka_unit_test(machines_of_all_kinds),
		cmocka_unit_test_setup_teardown(
		    a_machine_without_proc_does_not_tell, make_root, remove_root),
	};

	return RUN_ROWS(groups, check_group) + RUN_ROWS(counts, check_count) +
	       cmocka_run_group_tests(tests, NULL, NULL);
}
