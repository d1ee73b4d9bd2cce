/*
 * Finding oneself and starting oneself. The program that is started is this one: told so by its argument, it
 * shows what it was given.
 */
#include "check.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "process/program.h"

static char me[PATH_MAX]; /* as the kernel says */

static const char *
found_as(const char *name, const char *path_list)
{
	static struct program program;
	char copy[PATH_MAX];
	char *arguments[] = { copy, NULL };

	snprintf(copy, sizeof(copy), "%s", name);
	memset(program.path, 'x', sizeof(program.path));
	program_find(&program, arguments, path_list);
	return program.path;
}

static const char *
base_of(const char *path)
{
	return strrchr(path, '/') + 1;
}

static const char *
folder_of(const char *path)
{
	static char folder[PATH_MAX];

	snprintf(folder, sizeof(folder), "%.*s", (int)(base_of(path) - 1 - path), path);
	return folder;
}

static void
an_absolute_path_is_kept(void **state UNUSED)
{
	assert_string_equal(found_as(me, NULL), me);
}

static void
a_relative_path_is_made_absolute(void **state UNUSED)
{
	char here[PATH_MAX], relative[PATH_MAX], expected[PATH_MAX];

	assert_non_null(getcwd(here, sizeof(here)));
	assert_int_equal(chdir(folder_of(me)), 0);
	assert_true(snprintf(relative, sizeof(relative), "./%s", base_of(me)) < PATH_MAX);
	assert_true(
	    snprintf(expected, sizeof(expected), "%s/./%s", folder_of(me), base_of(me)) < PATH_MAX);
	assert_string_equal(found_as(relative, "/nowhere"), expected);
	/* An empty folder of the list is the one where we are. */
	assert_string_equal(found_as(base_of(me), ":/nowhere"), me);
	assert_int_equal(chdir(here), 0);
}

static void
a_name_is_looked_for(void **state UNUSED)
{
	char list[2 * PATH_MAX];

	snprintf(list, sizeof(list), "relative:/nowhere:%s:/", folder_of(me));
	assert_string_equal(found_as(base_of(me), list), me);
}

static void
a_link_is_kept_so_that_it_can_be_turned(void **state UNUSED)
{
	char path[] = "/tmp/program-XXXXXX", link[64];

	assert_non_null(mkdtemp(path));
	snprintf(link, sizeof(link), "%s/current", path);
	assert_int_equal(symlink(me, link), 0);
	assert_string_equal(found_as(link, NULL), link);
	assert_int_equal(unlink(link), 0);
	assert_int_equal(rmdir(path), 0);
}

static void
what_leads_elsewhere_gives_way_to_the_truth(void **state UNUSED)
{
	assert_string_equal(found_as("a title of somebody's own", "/usr/bin"), me);
	assert_string_equal(found_as("/bin/sh", NULL), me);
	assert_string_equal(found_as("/tmp", NULL), me);
	assert_string_equal(found_as("", "/bin"), me);
	assert_string_equal(found_as(base_of(me), NULL), me);
}

/* --- starting -------------------------------------------------------------------------------- */

enum { SHOWN = 4096 };

static const char *
show(const char *path, char *const *environment, const int *kept, size_t count)
{
	static char shown[SHOWN], word[] = "show";
	char *arguments[] = { me, word, NULL };
	struct program program = { .arguments = arguments };
	int out[2], saved = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0), status;
	size_t len = 0;
	ssize_t got;
	pid_t pid;

	snprintf(program.path, sizeof(program.path), "%s", path);
	fflush(stdout);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	assert_true(dup2(out[1], STDOUT_FILENO) >= 0);
	pid = program_start(&program, environment, "EXTRA=1", kept, count);
	assert_true(dup2(saved, STDOUT_FILENO) >= 0);
	close(saved);
	close(out[1]);
	assert_true(pid > 0);
	while ((got = read(out[0], shown + len, SHOWN - 1 - len)) > 0)
		len += (size_t)got;
	close(out[0]);
	shown[len] = '\0';
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status) == 0 ? shown : NULL;
}

static int
be_shown(void)
{
	extern char **environ;
	sigset_t blocked;
	size_t i;
	int fd;

	for (i = 0; environ[i] != NULL; i++)
		puts(environ[i]);
	for (fd = 3; fd < 64; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			printf("fd %d\n", fd);
	sigprocmask(SIG_SETMASK, NULL, &blocked);
	printf("blocked %d\n", sigismember(&blocked, SIGHUP));
	printf("parent %d self %d\n", (int)getppid(), (int)getpid());
	return 0;
}

static void
it_gets_the_environment_and_the_descriptors(void **state UNUSED)
{
	char first[] = "A=1", second[] = "B=", *environment[] = { first, second, NULL };
	int kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 50);
	int other = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 50);
	sigset_t blocked, before;
	const char *shown;
	char line[64];

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGHUP);
	sigprocmask(SIG_BLOCK, &blocked, &before);
	assert_non_null(shown = show(me, environment, &kept, 1));
	sigprocmask(SIG_SETMASK, &before, NULL);
	assert_non_null(strstr(shown, "A=1\nB=\nEXTRA=1\n"));
	snprintf(line, sizeof(line), "fd %d\n", kept);
	assert_non_null(strstr(shown, line));
	snprintf(line, sizeof(line), "fd %d\n", other);
	assert_null(strstr(shown, line));
	assert_non_null(strstr(shown, "blocked 0\n"));
	/* Ours stay closed to whomever we may start afterwards. */
	assert_int_equal(fcntl(kept, F_GETFD), FD_CLOEXEC);
	close(kept);
	close(other);
}

static void
what_was_for_us_is_for_it(void **state UNUSED)
{
	char listen[48], watchdog[] = "WATCHDOG_PID=1";
	char *environment[] = { listen, watchdog, NULL };
	const char *shown;
	char line[64];

	snprintf(listen, sizeof(listen), "LISTEN_PID=%d", (int)getpid());
	assert_non_null(shown = show(me, environment, NULL, 0));
	assert_non_null(strstr(shown, "self "));
	snprintf(line, sizeof(line), "LISTEN_PID=%d\n", atoi(strstr(shown, "self ") + 5));
	assert_non_null(strstr(shown, line));
	assert_non_null(strstr(shown, "WATCHDOG_PID=1\n")); /* for somebody else */
}

static void
what_cannot_be_executed_says_so(void **state UNUSED)
{
	char *environment[] = { NULL };
	const struct program nothing = { .path = "" };

	assert_null(show("/nowhere/at/all", environment, NULL, 0));
	assert_int_equal(program_start(&nothing, environment, "EXTRA=1", NULL, 0), -1);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_absolute_path_is_kept),
		cmocka_unit_test(a_relative_path_is_made_absolute),
		cmocka_unit_test(a_name_is_looked_for),
		cmocka_unit_test(a_link_is_kept_so_that_it_can_be_turned),
		cmocka_unit_test(what_leads_elsewhere_gives_way_to_the_truth),
		cmocka_unit_test(it_gets_the_environment_and_the_descriptors),
		cmocka_unit_test(what_was_for_us_is_for_it),
		cmocka_unit_test(what_cannot_be_executed_says_so),
	};

	if (argc == 2 && strcmp(argv[1], "show") == 0)
		return be_shown();
	if (readlink("/proc/self/exe", me, sizeof(me) - 1) <= 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
