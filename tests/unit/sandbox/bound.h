/*
 * A child that is bound by a sandbox does one thing; what it logged and how it ended is looked at.
 * A test's words are those of the log: nothing here believes what the sandbox says of itself.
 */
#ifndef POSTERN_TESTS_SANDBOX_BOUND_H
#define POSTERN_TESTS_SANDBOX_BOUND_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../core/rows.h"
#include "log/log.h"
#include "sandbox/filter.h"
#include "sandbox/sandbox.h"

enum {
	BOUND_LOG = 16384,
	BOUND_CANNOT_ENTER = 90, /* exit statuses of the child that no deed has */
	BOUND_HANGS_S = 20,
};

/* The deed, in the child; its exit status. */
typedef int bound_deed(void);

struct bound {
	enum config_sandbox mode;
	enum sandbox_role role;
	const struct sandbox_needs *needs; /* NULL: none */
	const struct sandbox_path *paths;
	size_t path_count;
};

struct outcome {
	int status; /* of waitpid */
	char log[BOUND_LOG];
	uint32_t call; /* number + 1 of the violation, as shared memory has it */
};

static inline const char *
bound_route_path(uint32_t route)
{
	return route == 6 ? "/things/{thing}" : NULL;
}

/* cmocka's handlers would go on with the other tests in the child. */
static inline void
bound_forget_handlers(void)
{
	static const int numbers[] = { SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS };

	for (size_t i = 0; i < COUNT_OF(numbers); i++)
		(void)signal(numbers[i], SIG_DFL);
}

/* Does not return. */
static inline void
bound_live(const struct bound *bound, bound_deed *deed, int log_fd, _Atomic(uint32_t) *shared)
{
	static const struct config config = { .service_name = "test", .log_level = LEVEL_INFO };
	static const struct sandbox_needs no_needs;
	static struct sandbox_entry entry;
	static struct arena arena;
	struct sandbox *sandbox;

	bound_forget_handlers();
	(void)alarm(BOUND_HANGS_S);
	arena_init(&arena, 65536, 1024 * 1024);
	sandbox = sandbox_new(&arena, bound->mode, bound->needs != NULL ? bound->needs : &no_needs);
	entry = (struct sandbox_entry) {
		.role = bound->role,
		.paths = bound->paths,
		.path_count = bound->path_count,
		.log = log_new(&arena, log_fd, &config),
		.config = &config,
		.log_fd = log_fd,
		.route = &shared[1],
		.route_path = bound_route_path,
		.ret_call = &shared[0],
	};
	shared[1] = 7;
	if (sandbox == NULL || sandbox_enter(sandbox, &entry) != NULL)
		_exit(BOUND_CANNOT_ENTER);
	_exit(deed());
}

static inline void
bound_read_log(int fd, struct outcome *ret_outcome)
{
	size_t len = 0;
	ssize_t got;

	while (len < BOUND_LOG - 1 &&
	       (got = read(fd, ret_outcome->log + len, BOUND_LOG - 1 - len)) > 0)
		len += (size_t)got;
	ret_outcome->log[len] = '\0';
}

static inline void
bound_do(const struct bound *bound, bound_deed *deed, struct outcome *ret_outcome)
{
	_Atomic(uint32_t) *shared =
	    mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int fds[2];
	pid_t child;

	assert_ptr_not_equal(shared, MAP_FAILED);
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	filter_learn_names();
	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(fds[0]);
		bound_live(bound, deed, fds[1], shared);
	}
	close(fds[1]);
	bound_read_log(fds[0], ret_outcome);
	close(fds[0]);
	assert_int_equal(waitpid(child, &ret_outcome->status, 0), child);
	ret_outcome->call = shared[0];
	munmap(shared, 4096);
	if (WIFEXITED(ret_outcome->status) &&
	    WEXITSTATUS(ret_outcome->status) == BOUND_CANNOT_ENTER)
		fail_msg("the sandbox could not be entered");
}

/* Lives and says 0; the log is empty. */
static inline void
bound_lives(const struct outcome *outcome)
{
	if (!WIFEXITED(outcome->status) || WEXITSTATUS(outcome->status) != 0)
		fail_msg("ended with %#x, log: %s", (unsigned)outcome->status, outcome->log);
	assert_string_equal(outcome->log, "");
	assert_int_equal(outcome->call, 0);
}

/* Ended by SIGSYS, and the log names the call. */
static inline void
bound_violates(const struct outcome *outcome, const char *role, const char *call)
{
	char field[128];

	if (!WIFSIGNALED(outcome->status) || WTERMSIG(outcome->status) != SIGSYS)
		fail_msg("ended with %#x, log: %s", (unsigned)outcome->status, outcome->log);
	assert_non_null(strstr(outcome->log, "\"event_type\":\"sandbox.violation\""));
	snprintf(field, sizeof(field), "\"role\":\"%s\"", role);
	assert_non_null(strstr(outcome->log, field));
	snprintf(field, sizeof(field), "\"system_call\":\"%s\"", call);
	if (strstr(outcome->log, field) == NULL)
		fail_msg("no %s in: %s", field, outcome->log);
	assert_non_null(strstr(outcome->log, "\"route\":\"/things/{thing}\""));
	assert_string_equal(sandbox_call_name((int)outcome->call - 1), call);
}

#endif
