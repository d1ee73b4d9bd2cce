/* The JSON form. Names are stable: `postern status` and other programs read them. */
#include "process/report.h"

static void
number(struct response *res, const char *name, uint64_t value)
{
	response_json_integer(res, name, value > INT64_MAX ? INT64_MAX : (int64_t)value);
}

static void
boolean(struct response *res, const char *name, bool value)
{
	response_json_literal(res, name, value ? "true" : "false");
}

static int64_t
seconds(int64_t duration_us)
{
	return duration_us / (1000 * 1000);
}

static void
add_service(struct response *res, const struct inspection *inspection)
{
	response_json_string(res, "service", inspection->name);
	if (inspection->service->version != NULL)
		response_json_string(res, "version", inspection->service->version);
	response_json_string(res, "postern", POSTERN_VERSION);
	response_json_integer(res, "pid", inspection->pid);
	response_json_string(res, "state", service_phase_name(inspection->phase));
	boolean(res, "ready", inspection->is_ready);
	response_json_integer(res, "started_at", seconds(inspection->started_wall_us));
	response_json_integer(res, "uptime_seconds", seconds(inspection->uptime_us));
	number(res, "generation", inspection->generation);
	number(res, "accepted_connections", inspection->accepted);
	number(res, "open_connections", inspection->connections);
	number(res, "protocol_refusals", inspection->refused);
	number(res, "peer_refusals", inspection->turned_away);
}

static void
add_workers(struct response *res, const struct inspection *inspection)
{
	unsigned state;

	response_json_nest(res, "workers", false);
	response_json_string(res, "mode", config_worker_mode_name(inspection->mode));
	number(res, "wanted", inspection->wanted);
	number(res, "max_children", inspection->limit);
	number(res, "max_children_reached", inspection->max_reached);
	for (state = WORKER_EMPTY + 1; state < WORKER_STATE_COUNT; state++)
		number(res, worker_state_name((enum worker_state)state), inspection->states[state]);
	response_json_unnest(res, false);
}

static void
add_queues(struct response *res, const struct inspection *inspection)
{
	size_t i;

	response_json_nest(res, "queues", true);
	for (i = 0; i < inspection->queue_count; i++) {
		response_json_nest(res, NULL, false);
		number(res, "socket", i + 1);
		if (inspection->queues[i].is_known) {
			number(res, "waiting", inspection->queues[i].waiting);
			number(res, "limit", inspection->queues[i].limit);
		}
		response_json_unnest(res, false);
	}
	response_json_unnest(res, true);
}

static void
add_classes(struct response *res, const uint64_t *classes)
{
	unsigned i;

	for (i = 0; i < TALLY_CLASSES; i++)
		number(res, inspection_class_name(i), classes[i]);
}

static void
add_requests(struct response *res, const struct inspection *inspection)
{
	uint64_t classes[TALLY_CLASSES] = { 0 };
	unsigned class;
	size_t i;

	for (i = 0; i <= inspection->route_count; i++)
		for (class = 0; class < TALLY_CLASSES; class ++)
			classes[class] += inspection->routes[i].classes[class];
	response_json_nest(res, "requests", false);
	number(res, "total", inspection->requests);
	add_classes(res, classes);
	response_json_unnest(res, false);
}

static void
add_routes(struct response *res, const struct inspection *inspection)
{
	size_t i;

	response_json_nest(res, "routes", true);
	for (i = 0; i <= inspection->route_count; i++) {
		const struct route_total *route = &inspection->routes[i];

		response_json_nest(res, NULL, false);
		response_json_string(res, "route", route->path);
		response_json_string(res, "method", route->methods);
		number(res, "requests", route->count);
		add_classes(res, route->classes);
		number(res, "duration_us", route->duration_us);
		response_json_unnest(res, false);
	}
	response_json_unnest(res, true);
}

typedef const char *name_fn(unsigned number);

static void
add_counts(struct response *res, const char *name, const uint64_t *counts, unsigned count,
    name_fn *name_of)
{
	unsigned i;

	response_json_nest(res, name, false);
	for (i = 0; i < count; i++)
		number(res, name_of(i), counts[i]);
	response_json_unnest(res, false);
}

static void
add_guards(struct response *res, const struct inspection *inspection)
{
	const uint64_t *guards = inspection->guards;

	add_counts(res, "refused_by_guard", guards + GUARD_TALLY_REFUSED, GUARD_NUMBER_COUNT,
	    guard_number_name);
	add_counts(res, "answered_by_guard", guards + GUARD_TALLY_ANSWERED, GUARD_NUMBER_COUNT,
	    guard_number_name);
	add_counts(res, "rate_limit", guards + GUARD_TALLY_LIMIT, GUARD_LIMIT_OUTCOMES,
	    guard_limit_outcome);
	add_counts(res, "authentication", guards + GUARD_TALLY_AUTHN, GUARD_AUTHN_OUTCOMES,
	    guard_authn_outcome);
	add_counts(res, "authorization", guards + GUARD_TALLY_AUTHZ, GUARD_AUTHZ_OUTCOMES,
	    guard_authz_outcome);
	number(res, "policy_errors", guards[GUARD_TALLY_POLICY_ERRORS]);
}

/* What `postern upgrade` follows. */
static void
add_upgrade(struct response *res, const struct inspection *inspection)
{
	response_json_nest(res, "upgrade", false);
	response_json_string(res, "state", upgrade_state_name(inspection->upgrade));
	response_json_integer(res, "other_pid", inspection->other_pid);
	number(res, "refused", inspection->upgrades_refused);
	response_json_unnest(res, false);
}

static void
add_manager(struct response *res, const struct inspection *inspection)
{
	unsigned i;

	response_json_nest(res, "deaths", false);
	for (i = DEATH_NONE + 1; i < DEATH_CAUSE_COUNT; i++)
		number(res, death_cause_name((enum death_cause)i), inspection->deaths[i]);
	response_json_unnest(res, false);
	response_json_nest(res, "renewals", false);
	for (i = RENEWAL_NONE + 1; i < RENEWAL_CAUSE_COUNT; i++)
		number(res, renewal_cause_name((enum renewal_cause)i), inspection->renewals[i]);
	response_json_unnest(res, false);
	response_json_nest(res, "reloads", false);
	number(res, "begun", inspection->reloads_begun);
	number(res, "done", inspection->reloads_done);
	number(res, "refused", inspection->reloads_refused);
	if (inspection->reloads_refused > 0)
		response_json_string(
		    res, "last_refusal", reload_refusal_name(inspection->last_refusal));
	response_json_unnest(res, false);
	add_upgrade(res, inspection);
	number(res, "log_lines_dropped", inspection->lines_lost);
	response_json_nest(res, "log", false);
	boolean(res, "file", inspection->has_log_file);
	number(res, "reopened", inspection->log_reopened);
	number(res, "not_reopened", inspection->log_not_reopened);
	number(res, "workers_behind", inspection->log_behind);
	response_json_unnest(res, false);
	if (inspection->has_key) {
		response_json_nest(res, "key", false);
		response_json_integer(res, "age_seconds", seconds(inspection->key_age_us));
		response_json_unnest(res, false);
	}
	if (!inspection->policies.has_any)
		return;
	response_json_nest(res, "policies", false);
	response_json_string(res, "digest", inspection->policies.digest);
	number(res, "count", inspection->policies.count);
	response_json_integer(res, "age_seconds", seconds(inspection->policies.age_us));
	boolean(res, "in_force", inspection->policies.in_force);
	response_json_unnest(res, false);
}

static void
add_each_worker(struct response *res, const struct inspection *inspection)
{
	size_t i;

	response_json_nest(res, "each_worker", true);
	for (i = 0; i < inspection->worker_count; i++) {
		const struct worker_seen *worker = &inspection->workers[i];

		response_json_nest(res, NULL, false);
		number(res, "worker", worker->slot + 1);
		response_json_integer(res, "pid", worker->pid);
		number(res, "generation", worker->generation);
		response_json_string(res, "state", worker_state_name(worker->state));
		number(res, "requests", worker->requests);
		number(res, "connections", worker->connections);
		if (worker->state == WORKER_BUSY)
			response_json_integer(res, "busy_us", worker->busy_us);
		if (worker->route != NULL)
			response_json_string(res, "route", worker->route);
		response_json_unnest(res, false);
	}
	response_json_unnest(res, true);
}

void
report_json(const struct inspection *inspection, bool is_full, struct response *res)
{
	response_json_begin(res);
	add_service(res, inspection);
	add_workers(res, inspection);
	add_queues(res, inspection);
	add_requests(res, inspection);
	add_routes(res, inspection);
	add_guards(res, inspection);
	add_manager(res, inspection);
	if (is_full)
		add_each_worker(res, inspection);
	response_json_end(res);
	res->status = 200;
}
