/* All that comes out of shared memory may be anything: a worker writes it. */
#include "process/burial.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include <postern/service.h>

#include "sandbox/sandbox.h"

/* --- what is known ----------------------------------------------------------------------------- */

/* A call outside the sandbox ends it by SIGSYS, or by its own exit where even that does not. */
static bool
is_violation(const struct death *death)
{
	return death->signal == SIGSYS ||
	       (death->exit_status == SANDBOX_EXIT && death->system_call != 0);
}

static enum death_cause
cause_of(const struct death *death, enum death_cause killed_for, bool is_oom)
{
	if (killed_for != DEATH_NONE)
		return killed_for;
	if (is_violation(death))
		return DEATH_SECCOMP;
	if (death->signal == SIGKILL && is_oom)
		return DEATH_OOM;
	if (death->signal != 0)
		return DEATH_SIGNAL;
	return death->exit_status != 0 ? DEATH_EXIT : DEATH_NONE;
}

static bool
is_of_a_type(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

/* Whatever is no event's type is nothing. */
static void
copy_type(char ret_type[SHARED_EVENT_SIZE], const char *shared)
{
	size_t i;

	for (i = 0; i < SHARED_EVENT_SIZE - 1 && is_of_a_type(shared[i]); i++)
		ret_type[i] = shared[i];
	ret_type[shared[i] == '\0' ? i : 0] = '\0';
}

struct death
burial_find(int status, enum death_cause killed_for, bool is_oom, const struct shared *shared,
    unsigned slot)
{
	const struct scoreboard_slot *line = &shared->slots[slot];
	struct death death = {
		.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
		.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 0,
		.system_call = atomic_load(&line->system_call),
	};

	/* The route stays in the line when its request is answered. */
	if (atomic_load_explicit(&line->state, memory_order_acquire) == WORKER_BUSY)
		death.route = atomic_load(&line->route);
	copy_type(death.last_event, shared->last_events[slot]);
	death.cause = cause_of(&death, killed_for, is_oom);
	return death;
}

/* --- what is told ------------------------------------------------------------------------------ */

void
burial_put(struct log_line *line, const struct death *death, const struct postern_service *service)
{
	log_word(line, FIELD_CAUSE, death_cause_name(death->cause));
	if (death->system_call != 0)
		log_word(line, FIELD_SYSTEM_CALL, sandbox_call_name((int)(death->system_call - 1)));
	if (death->signal != 0)
		log_number(line, FIELD_SIGNAL, death->signal);
	else
		log_number(line, FIELD_EXIT_STATUS, death->exit_status);
	if (death->route > 0 && death->route <= service->route_count)
		log_template(line, FIELD_ROUTE, slice_from(service->routes[death->route - 1].path));
	log_template(line, FIELD_LAST_EVENT, slice_from(death->last_event));
}

void
burial_describe(const struct death *death, char ret_text[BURIAL_TEXT_SIZE])
{
	const bool has_event = death->last_event[0] != '\0';
	const char *call = sandbox_call_name((int)(death->system_call - 1));
	const char *name = sigabbrev_np(death->signal);
	char end[64], why[64] = "";

	if (death->signal != 0)
		(void)snprintf(end, sizeof(end), "ended by signal %d (SIG%s)", death->signal,
		    name != NULL ? name : "?");
	else
		(void)snprintf(end, sizeof(end), "exit status %d", death->exit_status);
	if (death->cause == DEATH_SECCOMP)
		(void)snprintf(why, sizeof(why), ", system call %s is not allowed",
		    death->system_call != 0 ? call : "unknown");
	else if (death->cause == DEATH_OOM)
		(void)snprintf(why, sizeof(why), ", the kernel was out of memory");
	else if (death->cause == DEATH_TIMEOUT)
		(void)snprintf(why, sizeof(why), ", it did not accept within WORKER_TIMEOUT");
	(void)snprintf(ret_text, BURIAL_TEXT_SIZE, "%s%s%s%s", end, why,
	    has_event ? ", last event " : "", death->last_event);
}
