/* One program makes way for the next. See upgrade.h. */
#include "process/upgrade.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "config/config.h"
#include "log/log.h"
#include "process/inheritance.h"
#include "process/manager_state.h"
#include "process/notify.h"
#include "process/program.h"
#include "process/reload.h"

/* The letters of the link. */
enum { SAY_READY = 'R', SAY_GO = 'G', SAY_MAIN = 'M', SAY_BACKLOG = 'B' };

/* --- the link -------------------------------------------------------------------------------- */

bool
upgrade_init(struct upgrade *upgrade, struct inheritance *inheritance)
{
	int fds[2];

	*upgrade = (struct upgrade) {
		.own_fd = -1,
		.heir_fd = -1,
		.past_fd = -1,
		.is_main = inheritance == NULL,
	};
	if (inheritance != NULL) {
		upgrade->state = UPGRADE_HEIR;
		upgrade->other = inheritance->predecessor;
		upgrade->past_fd = inheritance->link_fd;
		inheritance->link_fd = -1;
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) != 0)
		return false;
	upgrade->own_fd = fds[0];
	upgrade->heir_fd = fds[1];
	return true;
}

static void
close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void
upgrade_leave(struct upgrade *upgrade, bool is_ledger)
{
	if (!is_ledger)
		close_one(&upgrade->own_fd);
	close_one(&upgrade->heir_fd);
	close_one(&upgrade->past_fd);
}

void
upgrade_done(struct upgrade *upgrade)
{
	upgrade_leave(upgrade, false);
}

/* When there is no room, the other one has enough to read. */
static void
say(int fd, char letter)
{
	(void)send(fd, &letter, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* What a former attempt has left in it. */
static void
empty(int fd)
{
	char letters[64];

	while (recv(fd, letters, sizeof(letters), MSG_DONTWAIT) > 0)
		;
}

/* --- what is told ---------------------------------------------------------------------------- */

static void
set_state(struct manager *m, enum upgrade_state state, pid_t other)
{
	struct shared_manager *shown = &m->plan->shared->manager;

	m->upgrade.state = state;
	m->upgrade.other = other;
	atomic_store(&shown->other, other);
	atomic_store(&shown->upgrade, state);
}

void
upgrade_show(struct manager *m)
{
	m->notify = m->upgrade.is_main && m->plan->notify != NULL ? m->plan->notify : &m->nobody;
	set_state(m, m->upgrade.state, m->upgrade.other);
	/* Workers of an ordinary start may serve as soon as they can. */
	atomic_store(&m->plan->shared->is_open, m->upgrade.state != UPGRADE_HEIR);
}

static void
tell(const struct manager *m, enum log_event event, pid_t pid)
{
	UNINITIALIZED struct log_line line;

	if (!log_begin(&line, m->current->log, event))
		return;
	log_number(&line, FIELD_PID, pid);
	log_end(&line);
}

static void
add_status(struct log_line *line, int status)
{
	if (WIFSIGNALED(status))
		log_number(line, FIELD_SIGNAL, WTERMSIG(status));
	else
		log_number(line, FIELD_EXIT_STATUS, WEXITSTATUS(status));
}

/* `pid` 0: none was started. */
static void
tell_refused(const struct manager *m, const char *reason, pid_t pid, int status)
{
	UNINITIALIZED struct log_line line;

	counter_add(&m->plan->shared->manager.upgrades_refused, 1);
	if (!log_begin(&line, m->current->log, LOG_UPGRADE_REFUSED))
		return;
	log_word(&line, FIELD_REASON, reason);
	if (pid != 0) {
		log_number(&line, FIELD_PID, pid);
		add_status(&line, status);
	}
	log_end(&line);
}

static const char *
reason_of(const struct upgrade *upgrade, int status)
{
	if (upgrade->is_out_of_patience)
		return "timeout";
	if (WIFSIGNALED(status))
		return "signal";
	switch (WEXITSTATUS(status)) {
	case EX_CONFIG:
		return "settings";
	case MANAGER_EXIT_CANNOT_START:
		return "workers";
	case PROGRAM_EXIT_NO_EXEC:
		return "exec";
	default:
		return "exit";
	}
}

/* --- the one before -------------------------------------------------------------------------- */

void
upgrade_begin(struct manager *m)
{
	struct upgrade *upgrade = &m->upgrade;
	pid_t pid;

	if (m->phase != SERVING || m->plan->replace == NULL) {
		tell_refused(m, "not_serving", 0, 0);
		return;
	}
	if (upgrade->state != UPGRADE_NONE) {
		tell_refused(m, "under_way", 0, 0);
		return;
	}
	empty(upgrade->own_fd);
	empty(upgrade->heir_fd);
	pid = m->plan->replace(m->plan->context, upgrade->heir_fd, m->crew.handover);
	if (pid <= 0) {
		tell_refused(m, "fork", 0, 0);
		return;
	}
	upgrade->is_out_of_patience = false;
	upgrade->deadline_us =
	    m->now_us + (int64_t)m->current->config->upgrade_timeout_s * 1000 * 1000;
	set_state(m, UPGRADE_STARTING, pid);
	tell(m, LOG_UPGRADE_STARTED, pid);
}

/* It serves beside us from here on, and answers who asks how the service is. */
static void
make_way(struct manager *m)
{
	set_state(m, UPGRADE_REPLACED, m->upgrade.other);
	keeper_rest(&m->inspector, true);
	say(m->upgrade.own_fd, SAY_GO);
	tell(m, LOG_UPGRADE_READY, m->upgrade.other);
}

void
upgrade_retire(struct manager *m)
{
	/* A terminal sends it as well, whenever its window changes. */
	if (m->phase != SERVING || m->upgrade.state != UPGRADE_REPLACED)
		return;
	set_state(m, UPGRADE_RETIRED, m->upgrade.other);
	if (m->next != NULL)
		reload_abandon(m);
	crew_dismiss(
	    &m->crew, m->current, SHARED_MAX_SLOTS, m->now_us + manager_grace_us(m->current));
	tell(m, LOG_UPGRADE_RETIRED, m->upgrade.other);
}

bool
upgrade_recall(struct manager *m)
{
	if (m->phase != SERVING || m->upgrade.state != UPGRADE_RETIRED)
		return false;
	set_state(m, UPGRADE_REPLACED, m->upgrade.other);
	m->staffing.retry_us = 0;
	tell(m, LOG_UPGRADE_RECALLED, m->upgrade.other);
	return true;
}

/* The program that was to replace us is gone; whatever we had left to it is ours again. */
static void
take_back(struct manager *m, int status)
{
	UNINITIALIZED struct log_line line;

	keeper_rest(&m->inspector, false);
	m->staffing.retry_us = 0;
	/* Whom the kernel had woken may be among the dead. */
	crew_wake(&m->crew, m->current);
	if (!log_begin(&line, m->current->log, LOG_UPGRADE_ROLLED_BACK))
		return;
	log_number(&line, FIELD_PID, m->upgrade.other);
	add_status(&line, status);
	log_end(&line);
}

bool
upgrade_bury(struct manager *m, pid_t pid, int status)
{
	if (m->upgrade.other != pid || m->upgrade.past_fd >= 0)
		return false;
	if (m->upgrade.state != UPGRADE_STARTING)
		take_back(m, status);
	else if (m->phase == SERVING)
		tell_refused(m, reason_of(&m->upgrade, status), pid, status);
	set_state(m, UPGRADE_NONE, 0);
	return true;
}

/* --- the heir -------------------------------------------------------------------------------- */

/* Those that were hired at the start; of which none has died, or there would be no trial any more. */
static bool
is_crew_ready(struct manager *m)
{
	return crew_count_ready(&m->crew, m->current) == crew_count(&m->crew, m->current);
}

bool
upgrade_may_serve(struct manager *m)
{
	struct upgrade *upgrade = &m->upgrade;

	if (upgrade->state != UPGRADE_HEIR)
		return true;
	if (!upgrade->is_ready_told && is_crew_ready(m)) {
		upgrade->is_ready_told = true;
		say(upgrade->past_fd, SAY_READY);
	}
	return false;
}

bool
upgrade_is_on_trial(const struct manager *m)
{
	return m->upgrade.state == UPGRADE_HEIR;
}

void
upgrade_serve(struct manager *m)
{
	if (atomic_exchange(&m->plan->shared->is_open, 1) == 0)
		crew_wake(&m->crew, m->current);
	keeper_rest(&m->inspector, false);
}

/*
 * We are the main one: the service's name is ours, and whoever supervises it hears from us. Comes by the word of the
 * one before, which ends, or by its end.
 */
static void
become_main(struct manager *m)
{
	if (m->upgrade.is_main)
		return;
	m->upgrade.is_main = true;
	m->plan->own_names(m->plan->context, true);
	if (m->plan->notify != NULL)
		m->notify = m->plan->notify;
}

/* Nobody is before us any more, and no ledger writes to our database. */
static void
succeed(struct manager *m)
{
	const pid_t past = m->upgrade.other;

	close_one(&m->upgrade.past_fd);
	set_state(m, UPGRADE_NONE, 0);
	become_main(m);
	keeper_rest(&m->ledger, false);
	tell(m, LOG_UPGRADE_DONE, past);
}

/* --- both ------------------------------------------------------------------------------------ */

static void
obey(struct manager *m, char letter)
{
	switch (letter) {
	case SAY_READY:
		if (m->upgrade.state == UPGRADE_STARTING && m->phase == SERVING &&
		    !m->upgrade.is_out_of_patience)
			make_way(m);
		break;
	case SAY_GO:
		if (m->upgrade.state == UPGRADE_HEIR)
			set_state(m, UPGRADE_BESIDE, m->upgrade.other);
		break;
	case SAY_MAIN:
		if (m->upgrade.state == UPGRADE_BESIDE)
			become_main(m);
		break;
	case SAY_BACKLOG:
		crew_wake(&m->crew, m->current);
		break;
	default:
		break;
	}
}

/* False: the other side is gone. */
static bool
hear(struct manager *m, int fd)
{
	char letters[64];
	ssize_t i, got;

	while ((got = recv(fd, letters, sizeof(letters), MSG_DONTWAIT)) > 0)
		for (i = 0; i < got; i++)
			obey(m, letters[i]);
	return got != 0 && (got > 0 || errno == EAGAIN || errno == EINTR);
}

void
upgrade_hear(struct manager *m)
{
	(void)hear(m, m->upgrade.own_fd);
	if (m->upgrade.past_fd >= 0 && !hear(m, m->upgrade.past_fd))
		succeed(m);
}

bool
upgrade_has_others(const struct manager *m)
{
	/* The one before us has said that it stops: its workers take nobody any more. */
	if (m->upgrade.state == UPGRADE_BESIDE && m->upgrade.is_main)
		return false;
	return upgrade_state_has_others(m->upgrade.state);
}

bool
upgrade_shares_sockets(const struct manager *m)
{
	return m->upgrade.state != UPGRADE_NONE;
}

bool
upgrade_is_retired(const struct manager *m)
{
	return m->upgrade.state == UPGRADE_RETIRED;
}

void
upgrade_tell_backlog(const struct manager *m)
{
	if (upgrade_has_others(m))
		say(m->upgrade.past_fd >= 0 ? m->upgrade.past_fd : m->upgrade.own_fd, SAY_BACKLOG);
}

void
upgrade_stop(struct manager *m)
{
	if (m->upgrade.state == UPGRADE_STARTING)
		(void)kill(m->upgrade.other, SIGKILL);
	if (!m->upgrade.is_main || !upgrade_has_others(m))
		return;
	m->upgrade.is_main = false;
	m->plan->own_names(m->plan->context, false);
	notify_main_pid(m->notify, m->upgrade.other);
	m->notify = &m->nobody;
	say(m->upgrade.own_fd, SAY_MAIN);
}

int64_t
upgrade_watch(struct manager *m)
{
	struct upgrade *upgrade = &m->upgrade;

	if (upgrade->state != UPGRADE_STARTING || upgrade->is_out_of_patience)
		return 0;
	if (upgrade->deadline_us > m->now_us)
		return upgrade->deadline_us;
	upgrade->is_out_of_patience = true;
	(void)kill(upgrade->other, SIGKILL);
	return 0;
}
