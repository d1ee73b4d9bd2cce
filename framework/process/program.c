/* Finding oneself, and starting oneself. See program.h. */
#include "process/program.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/slice.h"

enum { ADDRESSED = 2 };

static const char itself[] = "/proc/self/exe";

/* Whether the path leads to the program that runs here; where nobody can say, it does. */
static bool
is_it(const char *path)
{
	struct stat here, there;

	if (stat(path, &there) != 0 || !S_ISREG(there.st_mode) || access(path, X_OK) != 0)
		return false;
	return stat(itself, &here) != 0 ||
	       (here.st_dev == there.st_dev && here.st_ino == there.st_ino);
}

static bool
join(char *ret_path, struct slice folder, const char *name)
{
	const int len = snprintf(ret_path, PATH_MAX, "%.*s/%s", SLICE_ARGS(folder), name);

	return len > 0 && len < PATH_MAX;
}

/* An empty folder of the list means the working directory (POSIX, 8.3). */
static bool
find_in_list(char *ret_path, const char *name, const char *path_list)
{
	char here[PATH_MAX];
	struct slice rest = slice_from(path_list), folder;

	if (getcwd(here, sizeof(here)) == NULL)
		return false;
	while (rest.data != NULL) {
		folder = slice_cut(&rest, ':');
		if (folder.len == 0)
			folder = slice_from(here);
		if (folder.data[0] == '/' && join(ret_path, folder, name) && is_it(ret_path))
			return true;
	}
	return false;
}

static bool
find_by_name(char *ret_path, const char *name, const char *path_list)
{
	char here[PATH_MAX];

	if (strchr(name, '/') == NULL)
		return find_in_list(ret_path, name, path_list);
	if (name[0] == '/')
		return snprintf(ret_path, PATH_MAX, "%s", name) < PATH_MAX && is_it(ret_path);
	return getcwd(here, sizeof(here)) != NULL && join(ret_path, slice_from(here), name) &&
	       is_it(ret_path);
}

void
program_find(struct program *ret_program, char *const *arguments, const char *path_list)
{
	ssize_t len;

	ret_program->arguments = arguments;
	if (arguments[0] != NULL && find_by_name(ret_program->path, arguments[0], path_list))
		return;
	len = readlink(itself, ret_program->path, sizeof(ret_program->path) - 1);
	ret_program->path[len > 0 ? len : 0] = '\0';
}

/*
 * Some variables say for which process they are (sd_listen_fds(3), sd_watchdog_enabled(3)): what was for us is for our
 * successor.
 */
static void
readdress(const char **variables, pid_t parent)
{
	static const char *const names[ADDRESSED] = { "LISTEN_PID", "WATCHDOG_PID" };
	static char texts[ADDRESSED][48];
	char ours[48];
	size_t i, j;

	for (i = 0; i < ADDRESSED; i++) {
		snprintf(ours, sizeof(ours), "%s=%ld", names[i], (long)parent);
		snprintf(texts[i], sizeof(texts[i]), "%s=%ld", names[i], (long)getpid());
		for (j = 0; variables[j] != NULL; j++)
			if (strcmp(variables[j], ours) == 0)
				variables[j] = texts[i];
	}
}

/* In the child; does not return. */
static void
become(const struct program *program, const char **variables, const int *kept, size_t count,
    pid_t parent)
{
	sigset_t none;
	size_t i;

	/* Blocked signals stay blocked over an exec, and only a program that knows of it undoes it. */
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	for (i = 0; i < count; i++)
		if (fcntl(kept[i], F_SETFD, 0) != 0)
			_exit(PROGRAM_EXIT_NO_EXEC);
	readdress(variables, parent);
	execve(program->path, program->arguments, (char *const *)(void *)variables);
	_exit(PROGRAM_EXIT_NO_EXEC);
}

pid_t
program_start(const struct program *program, char *const *environment, const char *extra,
    const int *kept, size_t count)
{
	size_t i, variable_count = 0;
	const char **variables;
	pid_t pid = -1, self = getpid();

	while (environment[variable_count] != NULL)
		variable_count++;
	variables = calloc(variable_count + 2, sizeof(*variables));
	if (variables != NULL && program->path[0] != '\0') {
		for (i = 0; i < variable_count; i++)
			variables[i] = environment[i];
		variables[variable_count] = extra;
		fflush(NULL);
		pid = fork();
		if (pid == 0)
			become(program, variables, kept, count, self);
	}
	free(variables);
	return pid;
}
