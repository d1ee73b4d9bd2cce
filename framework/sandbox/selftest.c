/*
 * Claims are tried before they are relied upon: in a child that is bound as the role will be,
 * each thing that must fail is done. A child that hangs is ended by its alarm. One that a filter of
 * somebody else's kills (systemd's, without SystemCallErrorNumber) has shown as much as ours.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox/parts.h"
#include "sandbox/violation.h"

enum { EXIT_ENTER = 100 }; /* and above: what sandbox_enter said; below: the number of a trial */

/* The call that was trapped last. */
static volatile sig_atomic_t trapped;

/* In memory that child and parent share: the trial that is under way. */
static _Atomic(unsigned) *under_way;

static void
note_trap(int number UNUSED, siginfo_t *info, void *context UNUSED)
{
	trapped = info->si_code == VIOLATION_CODE ? info->si_syscall : -1;
}

/* Each of these would do no harm. */
static bool
is_trapped(long number, long first, long second, long third)
{
	trapped = -1;
	(void)syscall(number, first, second, third, 0L, 0L, 0L);
	return trapped == (int)number;
}

static bool
holds_calls(const struct sandbox *sandbox UNUSED)
{
	return is_trapped(SYS_ptrace, 0, 0, 0) && is_trapped(SYS_unshare, 0, 0, 0) &&
	       is_trapped(SYS_mount, 0, 0, 0);
}

static bool
holds_signals(const struct sandbox *sandbox)
{
	return sandbox_has_extra(sandbox, "kill") || is_trapped(SYS_kill, getppid(), 0, 0);
}

static bool
holds_memory(const struct sandbox *sandbox)
{
	return sandbox_has_extra(sandbox, "mprotect") ||
	       is_trapped(SYS_mprotect, 0, 0, PROT_READ | PROT_EXEC);
}

/*
 * Nobody's own path: it can neither be a setting nor in a service's table. A role without files is
 * stopped by the filter already, and what the call seems to have returned means nothing.
 */
static bool
holds_files(const struct sandbox *sandbox)
{
	bool is_denied;
	int fd;

	trapped = -1;
	fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (trapped != -1)
		return true;
	is_denied = fd < 0 && errno == EACCES;
	if (fd >= 0)
		(void)close(fd);
	return is_denied || sandbox->landlock_abi == 0;
}

/* And what must go on is let through. */
static bool
lets_through(const struct sandbox *sandbox UNUSED)
{
	trapped = -1;
	return getppid() >= 0 && raise(SIGCONT) == 0 && trapped == -1;
}

/* Calls come last, as the first of them may be the end of the child. */
static const struct trial {
	const char *word;
	bool (*is_good)(const struct sandbox *sandbox);
	bool is_call;
} trials[] = {
	{ "listed_calls", lets_through, false },
	{ "files", holds_files, true },
	{ "memory", holds_memory, true },
	{ "signals", holds_signals, true },
	{ "calls", holds_calls, true },
};

static const char *const entering[] = { "threads", "no_new_privs", "limits", "capabilities",
	"landlock_ruleset", "landlock_path", "landlock_restrict", "signal", "seccomp", "witness" };

static int
exit_of_entering(const char *word)
{
	size_t i;

	for (i = 0; i < COUNT_OF(entering) && strcmp(entering[i], word) != 0; i++)
		;
	return EXIT_ENTER + (int)i;
}

static int
try_strict(const struct sandbox *sandbox)
{
	struct sigaction action = { .sa_sigaction = note_trap, .sa_flags = SA_SIGINFO };
	size_t i;

	sigemptyset(&action.sa_mask);
	if (sigaction(SIGSYS, &action, NULL) != 0)
		return 1;
	for (i = 0; i < COUNT_OF(trials); i++) {
		atomic_store(under_way, (unsigned)i);
		if (!trials[i].is_good(sandbox))
			return (int)i + 1;
	}
	return 0;
}

/* A call that is not listed runs, and is seen. */
static int
try_log(void)
{
	if (syscall(SYS_getpgid, 0L) < 0)
		return 1;
	return !violation_is_asked() || violation_told() > 0 ? 0 : 1;
}

static int
try_all(const struct sandbox *sandbox, enum sandbox_role role, const struct sandbox_path *paths,
    size_t path_count)
{
	const struct sandbox_entry entry = {
		.role = role,
		.paths = paths,
		.path_count = path_count,
		.log_fd = -1,
	};
	const char *failed;

	(void)signal(SIGALRM, SIG_DFL);
	(void)alarm(SANDBOX_TEST_S);
	failed = sandbox_enter(sandbox, &entry);
	if (failed != NULL)
		return exit_of_entering(failed);
	return sandbox->mode == CONFIG_SANDBOX_STRICT ? try_strict(sandbox) : try_log();
}

/* By whatever filter, the call that was tried was not made. */
static bool
is_stopped_at_a_call(int status)
{
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS &&
	       trials[atomic_load(under_way)].is_call;
}

static const char *
word_of(int status)
{
	int exit_status;

	if (is_stopped_at_a_call(status))
		return NULL;
	if (!WIFEXITED(status))
		return "killed";
	exit_status = WEXITSTATUS(status);
	if (exit_status == 0)
		return NULL;
	if (exit_status <= (int)COUNT_OF(trials))
		return trials[exit_status - 1].word;
	if (exit_status >= EXIT_ENTER && exit_status < EXIT_ENTER + (int)COUNT_OF(entering))
		return entering[exit_status - EXIT_ENTER];
	return "unknown";
}

/* In a child of its own. */
static const char *
try_in_child(const struct sandbox *sandbox, enum sandbox_role role,
    const struct sandbox_path *paths, size_t path_count)
{
	pid_t child, ended;
	int status = 0;

	fflush(NULL);
	child = fork();
	if (child == 0)
		_exit(try_all(sandbox, role, paths, path_count));
	if (child < 0)
		return "fork";
	do
		ended = waitpid(child, &status, 0);
	while (ended < 0 && errno == EINTR);
	return ended == child ? word_of(status) : "wait";
}

const char *
sandbox_test(const struct sandbox *sandbox, enum sandbox_role role,
    const struct sandbox_path *paths, size_t path_count)
{
	void *shared;
	const char *failed;

	if (sandbox->mode == CONFIG_SANDBOX_OFF)
		return NULL;
	shared = mmap(
	    NULL, sizeof(*under_way), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return "memory";
	under_way = shared;
	failed = try_in_child(sandbox, role, paths, path_count);
	(void)munmap(shared, sizeof(*under_way));
	return failed;
}
