/*
 * What the service is doing, at one moment, as plain numbers: the sums over all slots of what
 * workers count and the manager tells. Made by the inspector for each answer. Whatever it reads
 * may be written meanwhile, and by a worker that runs wild: every index is bounded here, and no
 * number of it steers anything.
 */
#ifndef POSTERN_PROCESS_INSPECTION_H
#define POSTERN_PROCESS_INSPECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <postern/service.h>

#include "config/config.h"
#include "core/arena.h"
#include "core/compiler.h"
#include "process/listener.h"
#include "process/queue.h"
#include "process/shared.h"
#include "process/tally.h"

struct route_total {
	const char *path;    /* of the service's table; "" for what found no route */
	const char *methods; /* "GET", or "GET|PUT" */
	uint64_t classes[TALLY_CLASSES];
	uint64_t buckets[TALLY_BUCKETS]; /* each without those below it */
	uint64_t count, duration_us;
};

struct worker_seen {
	unsigned slot;
	enum worker_state state;
	int64_t pid;
	uint32_t generation;
	const char *route; /* NULL: none */
	uint64_t requests;
	uint32_t connections;
	int64_t busy_us; /* 0: not busy */
};

struct inspection {
	const struct postern_service *service;
	const char *name;
	enum service_phase phase;
	bool is_ready;
	int64_t started_wall_us, uptime_us;
	uint32_t generation, wanted, limit; /* workers that there should be; and may be */
	enum config_worker_mode mode;
	uint64_t max_reached;
	uint64_t states[WORKER_STATE_COUNT]; /* workers; EMPTY stays 0 */
	uint64_t connections, accepted, refused, turned_away, lines_lost, requests;
	struct route_total *routes; /* route_count + 1 */
	size_t route_count;
	uint64_t guards[GUARD_TALLY_COUNT];
	uint64_t deaths[DEATH_CAUSE_COUNT], renewals[RENEWAL_CAUSE_COUNT];
	uint64_t reloads_begun, reloads_done, reloads_refused, upgrades_refused;
	enum reload_refusal last_refusal;
	enum upgrade_state upgrade;
	int64_t pid, other_pid; /* of the manager, and of the one beside it; 0: none */
	bool has_log_file;
	uint32_t log_number;
	uint64_t log_reopened, log_not_reopened, log_behind; /* workers that write to an old file */
	bool has_key;
	int64_t key_age_us;
	struct {
		bool has_any, in_force;
		char digest[8 * SHARED_DIGEST_WORDS + 1];
		uint64_t count;
		int64_t age_us;
	} policies;
	struct queue_length queues[LISTENER_MAX];
	size_t queue_count;
	struct worker_seen *workers; /* by slot */
	size_t worker_count;
};

/*
 * Looks at everything but the queues, at monotonic `now_us`. `*ret_inspection` lives in `arena`;
 * false: no memory.
 */
bool inspection_take(struct inspection *ret_inspection, struct arena *arena,
    const struct postern_service *service, const char *name, const struct shared *shared,
    const struct tally *tally, int64_t now_us) MUST_USE;

/* "2xx" and so on; a constant. */
const char *inspection_class_name(unsigned class);

#endif
