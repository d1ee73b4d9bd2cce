/*
 * The exposition formats. They differ in little: OpenMetrics names the family of a counter without
 * its _total, and ends with a line of its own.
 */
#include "process/report.h"

#include <inttypes.h>

#include "core/compiler.h"

struct writer {
	struct buffer *out;
	bool is_open_metrics;
	const char *name; /* of the family in hand, without "postern_" and _total */
	bool is_counter;
};

struct label {
	const char *name, *value;
};

static const int64_t second_us = 1000 * 1000;

static void
family(struct writer *w, const char *name, const char *type, const char *help)
{
	const char *suffix;

	w->name = name;
	w->is_counter = type[0] == 'c';
	suffix = w->is_counter && !w->is_open_metrics ? "_total" : "";
	buffer_printf(w->out, "# HELP postern_%s%s %s\n# TYPE postern_%s%s %s\n", name, suffix,
	    help, name, suffix, type);
}

/* The same three characters are escaped in both formats. */
static void
put_label_value(struct buffer *out, const char *value)
{
	for (; *value != '\0'; value++)
		if (*value == '\n')
			buffer_text(out, "\\n");
		else if (*value == '\\' || *value == '"')
			buffer_append(out, (char[]) { '\\', *value }, 2);
		else
			buffer_byte(out, *value);
}

/* Name and labels; labels without a name are left out. */
static void
begin_sample(struct writer *w, const char *suffix, const struct label *labels, size_t count)
{
	const char *before = "{";
	size_t i;

	buffer_printf(w->out, "postern_%s%s", w->name, w->is_counter ? "_total" : suffix);
	for (i = 0; i < count; i++) {
		if (labels[i].name == NULL)
			continue;
		buffer_text(w->out, before);
		buffer_text(w->out, labels[i].name);
		buffer_text(w->out, "=\"");
		put_label_value(w->out, labels[i].value);
		buffer_byte(w->out, '"');
		before = ",";
	}
	buffer_text(w->out, before[0] == ',' ? "} " : " ");
}

static void
end_number(struct writer *w, uint64_t value)
{
	buffer_u64(w->out, value);
	buffer_byte(w->out, '\n');
}

/* Six digits, so that sums of microseconds are exact. */
static void
end_seconds(struct writer *w, int64_t value_us)
{
	if (value_us < 0)
		value_us = 0;
	buffer_printf(
	    w->out, "%" PRId64 ".%06" PRId64 "\n", value_us / second_us, value_us % second_us);
}

static void
plain(struct writer *w, uint64_t value)
{
	begin_sample(w, "", NULL, 0);
	end_number(w, value);
}

static void
labelled(struct writer *w, const char *name, const char *value, uint64_t number)
{
	const struct label label = { name, value };

	begin_sample(w, "", &label, 1);
	end_number(w, number);
}

/* --- the service ----------------------------------------------------------------------------- */

static void
put_service(struct writer *w, const struct inspection *inspection)
{
	const char *version = inspection->service->version;
	const struct label labels[] = {
		{ "service", inspection->name },
		{ "version", version != NULL ? version : "" },
		{ "postern_version", POSTERN_VERSION },
	};
	unsigned phase;

	family(w, "build_info", "gauge", "Which service this is; always 1.");
	begin_sample(w, "", labels, COUNT_OF(labels));
	end_number(w, 1);
	family(w, "start_time_seconds", "gauge", "When the service started, in Unix time.");
	begin_sample(w, "", NULL, 0);
	end_seconds(w, inspection->started_wall_us);
	family(w, "uptime_seconds", "gauge", "Since the service started.");
	begin_sample(w, "", NULL, 0);
	end_seconds(w, inspection->uptime_us);
	family(w, "state", "gauge", "1 for the state that the service is in.");
	for (phase = 0; phase < SERVICE_PHASE_COUNT; phase++)
		labelled(w, "state", service_phase_name((enum service_phase)phase),
		    phase == (unsigned)inspection->phase);
	family(w, "ready", "gauge", "1 when /ready answers 200.");
	plain(w, inspection->is_ready);
}

static void
put_workers(struct writer *w, const struct inspection *inspection)
{
	unsigned state;

	family(w, "workers", "gauge", "Worker processes by what they do.");
	for (state = WORKER_EMPTY + 1; state < WORKER_STATE_COUNT; state++)
		labelled(w, "state", worker_state_name((enum worker_state)state),
		    inspection->states[state]);
	family(w, "workers_wanted", "gauge", "Worker processes that there should be.");
	plain(w, inspection->wanted);
	family(w, "workers_max", "gauge", "Worker processes that there may be.");
	plain(w, inspection->limit);
	family(w, "max_children_reached", "counter",
	    "How often more workers were needed than there may be.");
	plain(w, inspection->max_reached);
	family(
	    w, "worker_deaths", "counter", "Workers that ended without being told to, by cause.");
	for (state = DEATH_NONE + 1; state < DEATH_CAUSE_COUNT; state++)
		labelled(w, "cause", death_cause_name((enum death_cause)state),
		    inspection->deaths[state]);
	family(w, "worker_renewals", "counter", "Workers that were renewed, by cause.");
	for (state = RENEWAL_NONE + 1; state < RENEWAL_CAUSE_COUNT; state++)
		labelled(w, "cause", renewal_cause_name((enum renewal_cause)state),
		    inspection->renewals[state]);
}

/* One of the two numbers of each socket that the kernel tells about. */
static void
put_queues(struct writer *w, const struct inspection *inspection, bool is_limit)
{
	char number[sizeof("4294967295")];
	size_t i;

	for (i = 0; i < inspection->queue_count; i++) {
		const struct queue_length *queue = &inspection->queues[i];

		if (!queue->is_known)
			continue;
		(void)snprintf(number, sizeof(number), "%u", (unsigned)i + 1);
		labelled(w, "socket", number, is_limit ? queue->limit : queue->waiting);
	}
}

static void
put_connections(struct writer *w, const struct inspection *inspection)
{
	family(w, "connections_accepted", "counter", "Connections that workers accepted.");
	plain(w, inspection->accepted);
	family(w, "connections_open", "gauge", "Connections that workers keep.");
	plain(w, inspection->connections);
	family(w, "protocol_refusals", "counter", "What came and was no FastCGI request.");
	plain(w, inspection->refused);
	family(w, "peer_refusals", "counter",
	    "Connections that were turned away for where they came from.");
	plain(w, inspection->turned_away);
	family(w, "listen_queue_connections", "gauge",
	    "Connections that wait to be accepted, by the number of the socket in LISTEN.");
	put_queues(w, inspection, false);
	family(w, "listen_queue_limit_connections", "gauge",
	    "Connections that may wait, by the number of the socket in LISTEN.");
	put_queues(w, inspection, true);
}

/* --- requests -------------------------------------------------------------------------------- */

static void
put_requests(struct writer *w, const struct inspection *inspection)
{
	unsigned class;
	size_t i;

	family(w, "requests", "counter",
	    "Requests that were answered; those that found no route have an empty one.");
	for (i = 0; i <= inspection->route_count; i++) {
		const struct route_total *route = &inspection->routes[i];

		for (class = 0; class < TALLY_CLASSES; class ++) {
			const struct label labels[] = {
				{ "route", route->path },
				{ "method", route->methods },
				{ "status", inspection_class_name(class) },
			};

			begin_sample(w, "", labels, COUNT_OF(labels));
			end_number(w, route->classes[class]);
		}
	}
}

/* "0.0005", "1.0", "+Inf": canonical in both formats. */
static void
bucket_text(unsigned bucket, char *room, size_t size)
{
	const int64_t bound_us = tally_bucket_us(bucket);
	int len;

	if (bound_us == INT64_MAX) {
		(void)snprintf(room, size, "+Inf");
		return;
	}
	len = snprintf(
	    room, size, "%" PRId64 ".%06" PRId64, bound_us / second_us, bound_us % second_us);
	while (len > 2 && room[len - 1] == '0' && room[len - 2] != '.')
		room[--len] = '\0';
}

static void
put_histogram(struct writer *w, const struct route_total *route)
{
	char bound[32];
	struct label labels[] = {
		{ "route", route->path },
		{ "method", route->methods },
		{ "le", bound },
	};
	uint64_t below = 0;
	unsigned bucket;

	for (bucket = 0; bucket < TALLY_BUCKETS; bucket++) {
		bucket_text(bucket, bound, sizeof(bound));
		below += route->buckets[bucket];
		begin_sample(w, "_bucket", labels, COUNT_OF(labels));
		end_number(w, below);
	}
	begin_sample(w, "_sum", labels, COUNT_OF(labels) - 1);
	end_seconds(w, (int64_t)route->duration_us);
	begin_sample(w, "_count", labels, COUNT_OF(labels) - 1);
	end_number(w, below);
}

static void
put_durations(struct writer *w, const struct inspection *inspection)
{
	size_t i;

	family(w, "request_duration_seconds", "histogram",
	    "From the first look at a request to the end of its response.");
	for (i = 0; i <= inspection->route_count; i++)
		put_histogram(w, &inspection->routes[i]);
}

/* --- guards ---------------------------------------------------------------------------------- */

typedef const char *name_fn(unsigned number);

static void
put_counts(
    struct writer *w, const char *label, const uint64_t *counts, unsigned count, name_fn *name_of)
{
	unsigned i;

	for (i = 0; i < count; i++)
		labelled(w, label, name_of(i), counts[i]);
}

static void
put_guards(struct writer *w, const struct inspection *inspection)
{
	const uint64_t *guards = inspection->guards;

	family(w, "guard_refusals", "counter", "Requests that a guard refused.");
	put_counts(w, "guard", guards + GUARD_TALLY_REFUSED, GUARD_NUMBER_COUNT, guard_number_name);
	family(w, "guard_answers", "counter", "Redirects and preflights, by the guard.");
	put_counts(
	    w, "guard", guards + GUARD_TALLY_ANSWERED, GUARD_NUMBER_COUNT, guard_number_name);
	family(w, "rate_limit_checks", "counter", "What the rate limits said.");
	put_counts(
	    w, "outcome", guards + GUARD_TALLY_LIMIT, GUARD_LIMIT_OUTCOMES, guard_limit_outcome);
	family(w, "authentications", "counter", "Tokens and actors, by what became of them.");
	put_counts(
	    w, "outcome", guards + GUARD_TALLY_AUTHN, GUARD_AUTHN_OUTCOMES, guard_authn_outcome);
	family(w, "authorizations", "counter", "Decisions of the policies.");
	put_counts(
	    w, "outcome", guards + GUARD_TALLY_AUTHZ, GUARD_AUTHZ_OUTCOMES, guard_authz_outcome);
	family(
	    w, "policy_errors", "counter", "Decisions in which a policy could not be evaluated.");
	plain(w, guards[GUARD_TALLY_POLICY_ERRORS]);
}

/* --- what was read --------------------------------------------------------------------------- */

static void
put_policies(struct writer *w, const struct inspection *inspection)
{
	if (!inspection->policies.has_any)
		return;
	family(w, "policies_digest_info", "gauge", "The digest of the policies; always 1.");
	labelled(w, "digest", inspection->policies.digest, 1);
	family(w, "policies", "gauge", "Policies that were read.");
	plain(w, inspection->policies.count);
	family(w, "policies_age_seconds", "gauge", "Since policies, key and settings were read.");
	begin_sample(w, "", NULL, 0);
	end_seconds(w, inspection->policies.age_us);
	family(w, "policies_in_force", "gauge",
	    "0 when they have expired, and guarded routes say 503.");
	plain(w, inspection->policies.in_force);
}

/* Of the key itself nothing is told: who verifies with which is nobody's business here. */
static void
put_key(struct writer *w, const struct inspection *inspection)
{
	if (!inspection->has_key)
		return;
	family(w, "key_age_seconds", "gauge",
	    "Since the key that tokens are verified with was first read, or changed.");
	begin_sample(w, "", NULL, 0);
	end_seconds(w, inspection->key_age_us);
}

static void
put_rest(struct writer *w, const struct inspection *inspection)
{
	family(w, "reloads", "counter", "Reloads by how they ended.");
	labelled(w, "outcome", "done", inspection->reloads_done);
	labelled(w, "outcome", "refused", inspection->reloads_refused);
	family(w, "log_reopens", "counter", "New files of the log by how that ended.");
	labelled(w, "outcome", "done", inspection->log_reopened);
	labelled(w, "outcome", "failed", inspection->log_not_reopened);
	family(w, "log_lines_dropped", "counter", "Lines of the log that could not be written.");
	plain(w, inspection->lines_lost);
}

void
report_metrics(const struct inspection *inspection, bool is_open_metrics, struct buffer *out)
{
	struct writer w = { .out = out, .is_open_metrics = is_open_metrics };

	put_service(&w, inspection);
	put_workers(&w, inspection);
	put_connections(&w, inspection);
	put_requests(&w, inspection);
	put_durations(&w, inspection);
	put_guards(&w, inspection);
	put_policies(&w, inspection);
	put_key(&w, inspection);
	put_rest(&w, inspection);
	if (is_open_metrics)
		buffer_text(out, "# EOF\n");
}
