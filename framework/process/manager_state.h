/*
 * The manager's state, and what its files do for each other: manager.c is its loop, reload.c how
 * settings and policies are renewed, upgrade.c how it makes way for another program, or takes over
 * from one.
 */
#ifndef POSTERN_PROCESS_MANAGER_STATE_H
#define POSTERN_PROCESS_MANAGER_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "process/crew.h"
#include "process/generation.h"
#include "process/keeper.h"
#include "process/manager.h"
#include "process/notify.h"
#include "process/policy_watch.h"
#include "process/staffing.h"
#include "process/upgrade.h"

enum phase { STARTING = 0, SERVING, STOPPING, ENDING, ENDED };

struct manager {
	const struct manager_plan *plan;
	enum phase phase;
	int exit_status;
	int signal_fd;
	int64_t now_us; /* of this turn */
	struct crew crew;
	struct keeper ledger, inspector;
	struct notify *notify,
	    nobody; /* the second is told while another manager is the main one */
	struct policy_watch policies;
	struct generation *current, *next, *draining;
	struct staffing staffing; /* of `current` */
	bool is_reload_asked;
	bool is_reload_untold; /* complete, but for old workers that may still begin a request */
	struct upgrade upgrade;
};

/* What a worker has at most when it was told to end. */
int64_t manager_grace_us(const struct generation *generation);

#endif
