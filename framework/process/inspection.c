/* Sums over the slots. See inspection.h. */
#include "process/inspection.h"

#include <string.h>

#include "http/request.h"

enum { METHODS_ROOM = 64 /* all names with bars between them */, DIGEST_TRIES = 8 };

static const char *const class_names[TALLY_CLASSES] = { "2xx", "3xx", "4xx", "5xx" };

const char *
inspection_class_name(unsigned class)
{
	return class < TALLY_CLASSES ? class_names[class] : "unknown";
}

/* --- routes ---------------------------------------------------------------------------------- */

/* The names of the bits in `methods`. */
static const char *
methods_text(struct arena *arena, unsigned methods)
{
	char room[METHODS_ROOM];
	struct buffer names;
	unsigned bit;

	buffer_init_fixed(&names, room, sizeof(room));
	for (bit = 1; bit != 0 && bit <= methods; bit <<= 1) {
		if ((methods & bit) == 0)
			continue;
		if (names.len > 0)
			buffer_byte(&names, '|');
		buffer_text(&names, request_method_name(bit));
	}
	return buffer_failed(&names) ? "OTHER" : arena_dup(arena, names.data, names.len);
}

static void
add_route(struct route_total *total, const struct route_tally *counts)
{
	unsigned i;

	for (i = 0; i < TALLY_CLASSES; i++)
		total->classes[i] += counter_get(&counts->classes[i]);
	/* The count is that of the buckets, so that a histogram is never at odds with itself. */
	for (i = 0; i < TALLY_BUCKETS; i++) {
		uint64_t count = counter_get(&counts->buckets[i]);

		total->buckets[i] += count;
		total->count += count;
	}
	total->duration_us += counter_get(&counts->duration_us);
}

static bool
sum_routes(struct inspection *inspection, struct arena *arena, const struct tally *tally,
    unsigned slot_limit)
{
	const struct postern_service *service = inspection->service;
	size_t i;
	unsigned slot;

	inspection->route_count = tally->route_count;
	inspection->routes =
	    arena_calloc(arena, tally->route_count + 1, sizeof(*inspection->routes));
	if (inspection->routes == NULL)
		return false;
	for (i = 0; i <= tally->route_count; i++) {
		struct route_total *total = &inspection->routes[i];

		total->path = i < tally->route_count ? service->routes[i].path : "";
		total->methods =
		    i < tally->route_count ? methods_text(arena, service->routes[i].methods) : "";
		if (total->methods == NULL)
			return false;
		for (slot = 0; slot < slot_limit; slot++)
			add_route(total, tally_route(tally, slot, i));
		inspection->requests += total->count;
	}
	return true;
}

/* --- workers --------------------------------------------------------------------------------- */

static void
sum_slot(struct inspection *inspection, const struct slot_tally *counts)
{
	unsigned i;

	inspection->accepted += counter_get(&counts->accepted);
	inspection->refused += counter_get(&counts->refused);
	inspection->turned_away += counter_get(&counts->turned_away);
	inspection->lines_lost += counter_get(&counts->lines_lost);
	for (i = 0; i < GUARD_TALLY_COUNT; i++)
		inspection->guards[i] += counter_get(&counts->guards.counts[i]);
}

static void
see_worker(struct inspection *inspection, const struct scoreboard_slot *line, unsigned slot,
    int64_t now_us)
{
	const uint32_t state = atomic_load_explicit(&line->state, memory_order_acquire);
	const uint32_t route = atomic_load(&line->route);
	struct worker_seen *worker;

	if (state == WORKER_EMPTY || state >= WORKER_STATE_COUNT)
		return;
	worker = &inspection->workers[inspection->worker_count++];
	*worker = (struct worker_seen) {
		.slot = slot,
		.state = (enum worker_state)state,
		.pid = atomic_load(&line->pid),
		.generation = atomic_load(&line->generation),
		.requests = atomic_load(&line->requests),
		.connections = atomic_load(&line->connections),
	};
	if (state == WORKER_BUSY) {
		worker->busy_us = now_us - atomic_load(&line->request_started_us);
		if (route > 0 && route <= inspection->service->route_count)
			worker->route = inspection->service->routes[route - 1].path;
	}
	inspection->states[state]++;
	inspection->log_behind += atomic_load(&line->log_number) != inspection->log_number;
	inspection->connections += worker->connections;
}

/*
 * Of the generation that was in force when we began to look, or of a later one: while a reload ends
 * there is a moment in which the old workers leave already and we have not read its number.
 */
static bool
is_up_to_date(const struct inspection *inspection, const struct worker_seen *worker)
{
	return (int32_t)(worker->generation - inspection->generation) >= 0;
}

/* On demand nobody need be there: who comes is answered all the same. */
static bool
is_accepting(const struct inspection *inspection)
{
	size_t i;

	if (inspection->mode == WORKER_MODE_ONDEMAND && inspection->wanted == 0)
		return true;
	for (i = 0; i < inspection->worker_count; i++) {
		const struct worker_seen *worker = &inspection->workers[i];

		if (is_up_to_date(inspection, worker) &&
		    (worker->state == WORKER_IDLE || worker->state == WORKER_BUSY))
			return true;
	}
	return false;
}

/* --- the service as a whole ------------------------------------------------------------------ */

static void
read_policies(struct inspection *inspection, const struct shared *shared, int64_t now_us)
{
	const struct shared_policies *policies = &shared->policies[inspection->generation % 2];
	const int64_t loaded_us = atomic_load(&policies->loaded_us);
	const int64_t expire_us =
	    atomic_load(&shared->policies_expire_us[inspection->generation % 2]);
	uint64_t words[SHARED_DIGEST_WORDS];
	unsigned i;

	for (i = 0; i < SHARED_DIGEST_WORDS; i++)
		words[i] = atomic_load(&policies->digest[i]);
	memcpy(inspection->policies.digest, words, sizeof(words));
	inspection->policies.digest[sizeof(words)] = '\0';
	inspection->policies.count = atomic_load(&policies->count);
	inspection->policies.has_any = loaded_us != 0;
	inspection->policies.age_us = loaded_us != 0 ? now_us - loaded_us : 0;
	inspection->policies.in_force = loaded_us != 0 && (expire_us == 0 || now_us <= expire_us);
}

/*
 * What is told of a generation's policies is not changed while it is in force; when another one is
 * by the time that we are done, we may have read a part of a third.
 */
static void
see_policies(struct inspection *inspection, const struct shared *shared, int64_t now_us)
{
	unsigned tries;

	for (tries = 0; tries < DIGEST_TRIES; tries++) {
		inspection->generation = atomic_load(&shared->generation);
		read_policies(inspection, shared, now_us);
		if (atomic_load(&shared->generation) == inspection->generation)
			return;
	}
}

static void
see_manager(struct inspection *inspection, const struct shared *shared, int64_t now_us)
{
	const struct shared_manager *manager = &shared->manager;
	unsigned i;

	inspection->phase = (enum service_phase)atomic_load(&manager->phase);
	inspection->wanted = atomic_load(&manager->wanted);
	inspection->limit = atomic_load(&manager->limit);
	inspection->mode = (enum config_worker_mode)atomic_load(&manager->mode);
	inspection->max_reached = counter_get(&manager->max_reached);
	inspection->started_wall_us = atomic_load(&manager->started_wall_us);
	inspection->uptime_us = now_us - atomic_load(&manager->started_us);
	for (i = 0; i < DEATH_CAUSE_COUNT; i++)
		inspection->deaths[i] = counter_get(&manager->deaths[i]);
	inspection->pid = atomic_load(&manager->pid);
	inspection->reloads_begun = counter_get(&manager->reloads_begun);
	inspection->last_refusal = (enum reload_refusal)atomic_load(&manager->last_refusal);
	inspection->has_log_file = atomic_load(&manager->has_log_file) != 0;
	inspection->log_reopened = counter_get(&manager->log_reopened);
	inspection->log_not_reopened = counter_get(&manager->log_not_reopened);
	inspection->has_key = atomic_load(&manager->key_changed_us) != 0;
	if (inspection->has_key)
		inspection->key_age_us = now_us - atomic_load(&manager->key_changed_us);
	for (i = 0; i < RENEWAL_CAUSE_COUNT; i++)
		inspection->renewals[i] = counter_get(&manager->renewals[i]);
	inspection->reloads_done = counter_get(&manager->reloads_done);
	inspection->reloads_refused = counter_get(&manager->reloads_refused);
	inspection->upgrades_refused = counter_get(&manager->upgrades_refused);
	inspection->upgrade = (enum upgrade_state)atomic_load(&manager->upgrade);
	inspection->other_pid = atomic_load(&manager->other);
	inspection->lines_lost += counter_get(&manager->lines_lost);
}

bool
inspection_take(struct inspection *ret_inspection, struct arena *arena,
    const struct postern_service *service, const char *name, const struct shared *shared,
    const struct tally *tally, int64_t now_us)
{
	unsigned slot, slot_limit = atomic_load(&shared->slot_limit);

	*ret_inspection = (struct inspection) { .service = service, .name = name };
	if (slot_limit > SHARED_MAX_SLOTS)
		slot_limit = SHARED_MAX_SLOTS;
	see_policies(ret_inspection, shared, now_us);
	see_manager(ret_inspection, shared, now_us);
	ret_inspection->log_number = atomic_load(&shared->log_number);
	ret_inspection->workers =
	    arena_calloc(arena, slot_limit + 1, sizeof(*ret_inspection->workers));
	if (ret_inspection->workers == NULL ||
	    !sum_routes(ret_inspection, arena, tally, slot_limit))
		return false;
	for (slot = 0; slot < slot_limit; slot++) {
		sum_slot(ret_inspection, &tally->slots[slot]);
		see_worker(ret_inspection, &shared->slots[slot], slot, now_us);
	}
	ret_inspection->is_ready =
	    ret_inspection->phase == SERVICE_SERVING && is_accepting(ret_inspection) &&
	    (!ret_inspection->policies.has_any || ret_inspection->policies.in_force);
	return true;
}
