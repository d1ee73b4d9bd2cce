/*
 * The handler runs at the very instruction that made the call. That cannot be inside the log's own
 * code, whose calls are all listed, so a line can be written from here like from anywhere else.
 */
#include "sandbox/violation.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "log/log.h"
#include "sandbox/told.h"

/* For the handler, which has no other way to know. */
static const struct sandbox_entry *bound_by;

/* By the signal's own action; a process that is the first of its namespace is spared by that. */
static _Noreturn void
end_by_signal(void)
{
	sigset_t set;

	(void)signal(SIGSYS, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGSYS);
	(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
	(void)raise(SIGSYS);
	_exit(SANDBOX_EXIT);
}

static void
on_violation(int number UNUSED, siginfo_t *info, void *context UNUSED)
{
	/* Anybody may send this signal; the kernel alone says what call it is about. */
	if (info->si_code == VIOLATION_CODE) {
		if (bound_by->ret_call != NULL)
			atomic_store(bound_by->ret_call, (uint32_t)info->si_syscall + 1);
		told_log(bound_by->log, LOG_SANDBOX_VIOLATION, bound_by, info->si_syscall, 0);
	}
	end_by_signal();
}

const char *
violation_end_by(const struct filter *filter, const struct sandbox_entry *entry)
{
	struct sigaction action = { .sa_sigaction = on_violation, .sa_flags = SA_SIGINFO };
	sigset_t set;

	bound_by = entry;
	sigemptyset(&action.sa_mask);
	sigemptyset(&set);
	sigaddset(&set, SIGSYS);
	if (sigaction(SIGSYS, &action, NULL) != 0 || sigprocmask(SIG_UNBLOCK, &set, NULL) != 0)
		return "signal";
	return filter_install(filter, FILTER_TRAP) < 0 ? "seccomp" : NULL;
}
