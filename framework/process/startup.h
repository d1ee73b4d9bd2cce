/*
 * What serving, --check, a command of the service and a CGI request have in common: read the
 * settings, open sockets while still root, become the service's user for good, and only then look
 * at key, policies and store. All faults are collected on the way and end in one report.
 */
#ifndef POSTERN_PROCESS_STARTUP_H
#define POSTERN_PROCESS_STARTUP_H

#include <stdbool.h>

#include <postern/service.h>

#include "core/compiler.h"
#include "process/environment.h"
#include "process/generation.h"
#include "process/inheritance.h"
#include "process/listener.h"
#include "process/notify.h"
#include "process/oom_events.h"
#include "process/pidfile.h"

struct death;

enum startup_kind {
	STARTUP_COMMAND, /* settings and user */
	STARTUP_CGI,     /* and key, policies, contract, the service's own check */
	STARTUP_CHECK,   /* and the grammar of LISTEN */
	STARTUP_SERVE    /* and open sockets */
};

struct startup {
	const struct postern_service *service;
	struct arena arena; /* for as long as the process lives */
	struct environment environment;
	struct generation *generation; /* with the faults */
	struct listeners listeners;
	struct listeners status_listeners; /* the inspector's; none unless STATUS_LISTEN is set */
	struct oom_events oom_events;      /* while serving */
	unsigned backlog_limit;            /* of the kernel; 0: not known */
	struct pidfile pidfile;            /* of who serves */
	struct notify notify;
	struct sandbox *sandbox; /* of whatever serves; not of commands */
	/* What is still to be taken over from the manager that we replace; of serving alone. */
	struct inheritance inheritance;
};

/*
 * False when there was any fault; they are in startup->generation->faults (NULL: out of memory).
 * Standard output is the log's, except where it is the answer's: then `log_fd` is another. The
 * secrets are gone from the environment afterwards.
 */
bool startup_run(struct startup *startup, const struct postern_service *service,
    enum startup_kind kind, int log_fd) MUST_USE;
/* Closes and frees what is still there. */
void startup_done(struct startup *startup);

/* Faults for sockets that other machines reach, unless `generation` says which may. */
bool startup_check_peers(const struct startup *startup, struct generation *generation) MUST_USE;

/* Runs the service's own check against the generation's settings; a fault when it says no. */
bool startup_ask_service(struct generation *generation);

/*
 * Prints the faults, and logs that the service could not start: all there is to do when
 * startup_run says no.
 */
void startup_report(const struct startup *startup, int log_fd);
/* The event alone, with a constant reason, and what the last worker died of; NULL: none did. */
void startup_log_failure(const struct postern_service *service, int log_fd, const char *reason,
    const struct death *death);

#endif
