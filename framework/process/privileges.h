/*
 * Who the service runs as. A root start gives everything up for SERVICE_USER and SERVICE_GROUP
 * (default: the user named as the service, and that user's group) after the sockets are bound and
 * before anything else is read; there is no way back, and that is tried. A start by anybody else
 * stays who it is.
 */
#ifndef POSTERN_PROCESS_PRIVILEGES_H
#define POSTERN_PROCESS_PRIVILEGES_H

#include <stdbool.h>
#include <sys/types.h>

#include "config/config.h"
#include "core/arena.h"
#include "core/compiler.h"

struct privileges {
	bool drops;       /* started as root and not told to stay it */
	bool stays_root;  /* SERVICE_USER=root: allowed, worth a warning */
	const char *user; /* for initgroups; valid when `drops` */
	uid_t uid;        /* who the service will be */
	gid_t gid;
	const char *root;    /* the root of the file system from then on; NULL: stays */
	bool empties_bounds; /* no program that is started can ever have a capability */
};

/*
 * Finds out, by names and the present ids. Changes nothing. False with a fault: unknown, or not
 * to be had.
 */
bool privileges_find(struct privileges *ret_privileges, struct arena *arena,
    const struct config *config, const char *service_name, struct config_faults *faults) MUST_USE;

/*
 * Changes the root of the file system, where that was ordered, and becomes that user for good:
 * groups, group and user ids (real, effective, saved), then checks
 * that all are as ordered and that root cannot be had again. NULL, or what failed; then the
 * process must not go on.
 */
const char *privileges_drop(const struct privileges *privileges) MUST_USE;

/*
 * For every start: the working directory, no new privileges through exec, files for their owner
 * alone; no core dumps unless they were ordered, no tracing by others where `config` is hardened;
 * with a sandbox no capabilities. NULL, or what failed.
 */
const char *privileges_harden(const struct config *config) MUST_USE;

#endif
