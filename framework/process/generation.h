/*
 * A generation: settings, routes, contract, key and policies of one reading, in one arena. The
 * manager loads it before it forks, so that its workers share it copy-on-write; a worker lives
 * and dies with the one that it was forked with. Swapped whole on reload, freed by the manager
 * when its last worker is gone.
 */
#ifndef POSTERN_PROCESS_GENERATION_H
#define POSTERN_PROCESS_GENERATION_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "core/arena.h"
#include "core/compiler.h"

struct authn;
struct authz;
struct contract;
struct limit;
struct log;
struct postern_service;
struct router;

/* Settings, keys and up to AUTHZ_MAX_FILES policy files of ordinary size. */
enum { GENERATION_ARENA_BLOCK = 64 * 1024, GENERATION_ARENA_CEILING = 256 * 1024 * 1024 };

struct generation {
	struct arena arena; /* wiped when it is freed */
	uint32_t number;    /* 1, 2, ... */
	const struct postern_service *service;
	const struct config *config;
	struct router *router;
	struct contract *contract;
	struct authn *authn;
	struct authz *authz;
	struct limit *route_limits; /* per route; amount 0: none */
	struct log *log;
	int64_t key_changed_us;  /* monotonic: since when it is this key; 0: there is none */
	uint64_t policies_stamp; /* of the directory, taken before it was read */
	struct config_faults faults;
	struct generation *next; /* in the manager's list of those that still drain */
};

/* NULL: no memory. */
struct generation *generation_new(const struct postern_service *service, uint32_t number) MUST_USE;
/* Accepts NULL and what was loaded half. */
void generation_free(struct generation *generation);

/*
 * Reads the settings from `environment` and compiles routes and contract: pure but for NAME_FILE.
 * Faults are collected. After one there may still be a config, to go on looking for others with.
 */
bool generation_read(struct generation *generation, char *const *environment) MUST_USE;
/*
 * Makes the log, and loads limits, key and policies as the user who serves. Needs config. Faults
 * are collected.
 */
bool generation_load(struct generation *generation, int log_fd) MUST_USE;

/* When the key of `next` came: now, or with the generation before (NULL: none), if it is the same. */
void generation_date_key(const struct generation *before, struct generation *next, int64_t now_us);
/* Faults for settings of `after` that only a restart can change. */
void generation_compare(const struct generation *before, struct generation *after);

/* Whether the policies on disk are no longer those that were loaded (or cannot be seen). */
bool generation_is_stale(const struct generation *generation) MUST_USE;

/* What validation against a schema warns of, on standard error, for the operator. */
void generation_print_warnings(const struct generation *generation);
/* Every fault on a line of its own on standard error, for the operator. */
void generation_print_faults(const struct generation *generation);

#endif
