/* The steps of every start, in the order that privileges allow. */
#include "process/startup.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "config/config.h"
#include "log/log.h"
#include "process/burial.h"
#include "process/confine.h"
#include "process/current.h"
#include "process/log_file.h"
#include "process/oom.h"
#include "process/privileges.h"
#include "process/resources.h"

extern char **environ;

enum { FAILURE_ARENA = 64 * 1024, PROCESS_ARENA = 256 * 1024 };

static void
fault(struct generation *generation, const char *text)
{
	config_fault(&generation->faults, &generation->arena, "%s", text);
}

static void
set_current(const struct generation *generation)
{
	const struct current current = { generation->service, generation->config, generation->log };

	current_set(&current);
}

bool
startup_ask_service(struct generation *generation)
{
	const struct current before = *current_get();

	if (generation->service->check == NULL)
		return true;
	set_current(generation);
	if (generation->service->check())
		return true;
	current_set(&before);
	fault(generation, "the service's own check failed");
	return false;
}

bool
startup_check_peers(const struct startup *startup, struct generation *generation)
{
	const bool is_good = listeners_check_peers(
	    &startup->listeners, generation->config, &generation->arena, &generation->faults);

	return listeners_check_peers(&startup->status_listeners, generation->config,
		   &generation->arena, &generation->faults) &&
	       is_good;
}

static bool
parse_listeners(struct startup *startup, const struct privileges *privileges)
{
	struct generation *generation = startup->generation;
	const struct config *config = generation->config;
	const uid_t uid = privileges != NULL ? privileges->uid : (uid_t)-1;
	const gid_t gid = privileges != NULL ? privileges->gid : (gid_t)-1;
	bool is_good;

	is_good = listeners_parse(&startup->listeners, &generation->arena, "LISTEN", config->listen,
	    startup->service->name, uid, gid, &generation->faults);
	if (config->status_listen != NULL)
		is_good = listeners_parse(&startup->status_listeners, &generation->arena,
			      "STATUS_LISTEN", config->status_listen, startup->service->name, uid,
			      gid, &generation->faults) &&
			  is_good;
	startup->listeners.backlog = startup->status_listeners.backlog = config->listen_backlog;
	return startup_check_peers(startup, generation) && is_good;
}

/* The lock is shared with the manager that we replace; the number is still its own. */
static const char *
inherit_pidfile(struct startup *startup, const char *path)
{
	struct inheritance *in = &startup->inheritance;
	const char *failed = in->pidfile_fd < 0
				 ? "only a restart can change it"
				 : pidfile_adopt(&startup->pidfile, path, in->pidfile_fd);

	if (failed == NULL)
		in->pidfile_fd = -1;
	return failed;
}

/* First of all, so that of two starts one ends here and takes nothing from the other. */
static bool
take_pidfile(struct startup *startup, uid_t owner)
{
	struct generation *generation = startup->generation;
	const char *path = generation->config->pid_file, *failed;
	pid_t holder = 0;

	if (path == NULL)
		return true;
	path = arena_dup(&startup->arena, path, strlen(path));
	if (path == NULL)
		failed = "out of memory";
	else if (startup->inheritance.predecessor != 0)
		failed = inherit_pidfile(startup, path);
	else
		failed = pidfile_open(&startup->pidfile, path, owner, &holder);
	if (failed != NULL && holder > 0)
		config_fault(&generation->faults, &generation->arena, "PID_FILE: %s, %ld", failed,
		    (long)holder);
	else if (failed != NULL)
		config_fault(&generation->faults, &generation->arena, "PID_FILE: %s", failed);
	return failed == NULL;
}

static void
find_service_manager(struct startup *startup)
{
	const char *failed = notify_open(&startup->notify);

	if (failed != NULL)
		fprintf(stderr, "%s: warning: %s\n", startup->service->name, failed);
}

/* What others have left for us in the environment. */
static void
prepare_to_serve(struct startup *startup)
{
	struct generation *generation = startup->generation;

	find_service_manager(startup);
	oom_events_open(&startup->oom_events, "");
	startup->backlog_limit = listener_backlog_limit();
	if (!listeners_check_handed(&startup->listeners, &startup->status_listeners,
		&generation->arena, &generation->faults)) {
		/* The faults end the start. */
	}
	listener_handed_forget();
}

static void
prepare_log(
    const struct config *config, const struct privileges *privileges, enum startup_kind kind)
{
	if (kind == STARTUP_SERVE && config->log_file != NULL && privileges->drops &&
	    privileges->root == NULL)
		log_file_prepare(config->log_file, privileges->uid, privileges->gid);
}

/* A start that fails by now says so on standard output, where it was started from. */
static void
use_log(struct generation *generation, enum startup_kind kind)
{
	const char *failed = kind == STARTUP_SERVE && generation->faults.count == 0 &&
				     generation->config->log_file != NULL
				 ? log_file_use(generation->config->log_file)
				 : NULL;

	if (failed != NULL)
		config_fault(&generation->faults, &generation->arena, "LOG_FILE: %s", failed);
}

/* What the manager that we replace has open already is taken over; what neither setting names is closed. */
static bool
open_listeners(struct startup *startup)
{
	struct generation *generation = startup->generation;
	struct inheritance *in = &startup->inheritance;
	size_t i;

	listeners_adopt(&startup->listeners, in->sockets, in->socket_count);
	listeners_adopt(&startup->status_listeners, in->sockets, in->socket_count);
	for (i = 0; i < in->socket_count; i++)
		if (in->sockets[i] >= 0)
			close(in->sockets[i]);
	in->socket_count = 0;
	return listeners_open(&startup->listeners, &generation->arena, &generation->faults) &&
	       listeners_open(&startup->status_listeners, &generation->arena, &generation->faults);
}

/* The root of the file system is changed once, by the first of a row of managers. */
static bool
is_root_unchanged(const struct startup *startup)
{
	struct generation *generation = startup->generation;

	if (startup->inheritance.chroot == inheritance_mark(generation->config->service_chroot))
		return true;
	fault(generation, "SERVICE_CHROOT: only a restart can change it");
	return false;
}

/*
 * Sockets belong to root or to whom LISTEN names; everything behind this is done as the service's
 * user. `*ret_goes_on`: whether this process is that now, and may look at the rest, be it for its
 * faults alone.
 */
static bool
open_and_drop(struct startup *startup, enum startup_kind kind, bool *ret_goes_on)
{
	struct generation *generation = startup->generation;
	struct config_faults *faults = &generation->faults;
	const bool is_heir = startup->inheritance.predecessor != 0;
	struct config config = *generation->config;
	struct privileges privileges;
	bool is_user_known, are_sockets_good;
	const char *failed;

	*ret_goes_on = false;
	if (is_heir && !is_root_unchanged(startup))
		return false;
	if (is_heir)
		config.service_chroot = NULL;
	is_user_known = privileges_find(
	    &privileges, &generation->arena, &config, startup->service->name, faults);
	are_sockets_good =
	    kind < STARTUP_CHECK || parse_listeners(startup, is_user_known ? &privileges : NULL);
	if (!is_user_known)
		return false;
	/*
	 * A fault that is known by now ends the start anyway: no need to take a socket from
	 * anybody.
	 */
	if (kind == STARTUP_SERVE)
		prepare_to_serve(startup);
	if (kind == STARTUP_SERVE && faults->count == 0)
		are_sockets_good = take_pidfile(startup, privileges.uid) &&
				   open_listeners(startup) &&
				   ((is_heir && generation->config->service_chroot != NULL) ||
				       oom_prepare(&generation->arena, generation->config, faults));
	if (privileges.stays_root)
		fprintf(stderr, "%s: warning: serves as root, because SERVICE_USER says so\n",
		    startup->service->name);
	resources_prepare(generation->config);
	prepare_log(generation->config, &privileges, kind);
	failed = privileges_drop(&privileges);
	if (failed == NULL)
		failed = privileges_harden(generation->config);
	if (failed != NULL)
		fault(generation, failed);
	if (failed == NULL)
		use_log(generation, kind);
	*ret_goes_on = failed == NULL;
	return failed == NULL && oom_is_in_reach(&generation->arena, generation->config, faults) &&
	       are_sockets_good;
}

bool
startup_run(struct startup *startup, const struct postern_service *service, enum startup_kind kind,
    int log_fd)
{
	struct generation *generation;
	bool is_inherited, is_good, goes_on;

	*startup = (struct startup) {
		.service = service,
		.pidfile = PIDFILE_NONE,
		.notify = NOTIFY_NOBODY,
		.oom_events.fd = -1,
	};
	arena_init(&startup->arena, 4096, PROCESS_ARENA);
	inheritance_clear(&startup->inheritance);
	is_inherited = kind != STARTUP_SERVE || inheritance_take(&startup->inheritance);
	if (!environment_copy(&startup->environment, environ) ||
	    (startup->generation = generation = generation_new(service, 1)) == NULL)
		return false;
	is_good = generation_read(generation, startup->environment.variables);
	if (!is_inherited) {
		fault(generation, INHERITANCE_VARIABLE
		    ": is set by a manager that starts its successor, and by nobody else");
		is_good = false;
	}
	config_wipe_secrets(service);
	if (generation->config == NULL)
		return false;
	is_good = open_and_drop(startup, kind, &goes_on) && is_good;
	if (!goes_on)
		return false;
	if (kind == STARTUP_COMMAND)
		generation->log = log_new(&generation->arena, log_fd, generation->config);
	else
		is_good = generation_load(generation, log_fd) && is_good;
	set_current(generation);
	if (kind != STARTUP_COMMAND) {
		is_good = startup_ask_service(generation) && is_good;
		startup->sandbox = confine_prepare(&startup->arena, generation,
		    kind == STARTUP_CGI ? CONFINED_CGI : CONFINED_WORKER);
	}
	return is_good && generation->faults.count == 0;
}

void
startup_done(struct startup *startup)
{
	const struct current nothing = { 0 };

	current_set(&nothing);
	listeners_unlink(&startup->listeners);
	listeners_close(&startup->listeners);
	listeners_unlink(&startup->status_listeners);
	listeners_close(&startup->status_listeners);
	pidfile_remove(&startup->pidfile);
	notify_close(&startup->notify);
	oom_events_close(&startup->oom_events);
	generation_free(startup->generation);
	startup->generation = NULL;
	inheritance_done(&startup->inheritance);
	environment_done(&startup->environment);
	arena_done(&startup->arena);
	startup->sandbox = NULL;
}

static void
put_failure(struct log *log, const struct postern_service *service, const char *reason,
    const struct death *death)
{
	UNINITIALIZED struct log_line line;

	if (!log_begin(&line, log, LOG_SERVICE_START_FAILED))
		return;
	log_word(&line, FIELD_REASON, reason);
	if (death != NULL)
		burial_put(&line, death, service);
	log_end(&line);
}

void
startup_log_failure(const struct postern_service *service, int log_fd, const char *reason,
    const struct death *death)
{
	/* There may be no settings to log by. */
	const struct config minimal = {
		.service_name = service->name,
		.environment = ENVIRONMENT_PRODUCTION,
		.is_hardened = true,
		.log_level = LEVEL_INFO,
	};
	struct arena arena;
	struct log *log;

	arena_init(&arena, FAILURE_ARENA, FAILURE_ARENA);
	log = log_new(&arena, log_fd, &minimal);
	if (log != NULL) {
		put_failure(log, service, reason, death);
		log_done(log);
	}
	arena_done(&arena);
}

void
startup_report(const struct startup *startup, int log_fd)
{
	if (startup->generation == NULL)
		fprintf(stderr, "%s: out of memory\n", startup->service->name);
	else
		generation_print_faults(startup->generation);
	startup_log_failure(startup->service, log_fd, "settings", NULL);
}
