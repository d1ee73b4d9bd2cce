/* The manager's side of ledger and inspector: each one process, replaced when it dies, ended last. */
#include "process/keeper.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log/log.h"
#include "process/shared.h"

enum { FORK_RETRY_US = 1000 * 1000 };

void
keeper_keep(struct keeper *keeper, int64_t now_us)
{
	pid_t manager = getpid();

	if (keeper->work == NULL || keeper->pid != 0 || keeper->kill_us != 0 ||
	    keeper->is_resting || now_us < keeper->start_us)
		return;
	fflush(NULL);
	keeper->pid = fork();
	if (keeper->pid == 0)
		exit(keeper->work(keeper->context, manager));
	if (keeper->pid < 0) {
		keeper->pid = 0;
		keeper->start_us = now_us + FORK_RETRY_US;
	}
}

void
keeper_rest(struct keeper *keeper, bool rests)
{
	keeper->is_resting = rests;
	if (!rests || keeper->pid == 0 || keeper->is_sent_off)
		return;
	keeper->is_sent_off = true;
	(void)kill(keeper->pid, SIGUSR2);
}

bool
keeper_end(struct keeper *keeper, int64_t kill_us)
{
	if (keeper->pid != 0 && keeper->kill_us == 0)
		(void)kill(keeper->pid, SIGUSR2);
	keeper->kill_us = kill_us;
	return keeper->pid == 0;
}

void
keeper_renew(struct keeper *keeper)
{
	if (keeper->pid == 0 || keeper->kill_us != 0 || keeper->is_renewed)
		return;
	/* Its own clock ends it, should it not follow. */
	keeper->is_renewed = kill(keeper->pid, SIGUSR2) == 0;
}

static enum death_cause
cause_of(int status, bool is_oom)
{
	if (!WIFSIGNALED(status))
		return DEATH_EXIT;
	if (WTERMSIG(status) == SIGSYS)
		return DEATH_SECCOMP;
	return is_oom ? DEATH_OOM : DEATH_SIGNAL;
}

bool
keeper_bury(
    struct keeper *keeper, struct log *log, pid_t pid, int status, bool is_oom, int64_t now_us)
{
	UNINITIALIZED struct log_line line;
	unsigned delay_ms;

	if (keeper->pid == 0 || keeper->pid != pid)
		return false;
	keeper->pid = 0;
	if (keeper->kill_us != 0 || keeper->is_sent_off) {
		keeper->is_sent_off = false;
		return true;
	}
	if (keeper->is_renewed) {
		keeper->is_renewed = false;
		keeper->start_us = now_us;
		return true;
	}
	delay_ms = storm_death(&keeper->storm, now_us);
	keeper->start_us = now_us + (int64_t)delay_ms * 1000;
	if (log_begin(&line, log, LOG_WORKER_DIED)) {
		log_word(&line, FIELD_REASON, keeper->name);
		log_number(&line, FIELD_PID, pid);
		log_word(&line, FIELD_CAUSE, death_cause_name(cause_of(status, is_oom)));
		if (WIFSIGNALED(status))
			log_number(&line, FIELD_SIGNAL, WTERMSIG(status));
		else
			log_number(&line, FIELD_EXIT_STATUS, WEXITSTATUS(status));
		log_number(&line, FIELD_DELAY_MS, delay_ms);
		log_end(&line);
	}
	return true;
}

int64_t
keeper_watch(struct keeper *keeper, int64_t now_us)
{
	if (keeper->work == NULL)
		return 0;
	if (keeper->pid == 0)
		return keeper->kill_us == 0 && !keeper->is_resting ? keeper->start_us : 0;
	if (keeper->kill_us != 0 && keeper->kill_us <= now_us) {
		(void)kill(keeper->pid, SIGKILL);
		return 0; /* the kernel tells when it is gone */
	}
	return keeper->kill_us;
}
