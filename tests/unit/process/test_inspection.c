/*
 * What is counted, how it is summed, and the text that is made of it: sums over slots, histograms,
 * the two exposition formats, JSON, and what the inspector answers to whom.
 */
#include "check.h"

#include <jansson.h>

#include "process/current.h"
#include "process/inspector.h"
#include "process/report.h"

enum { GET_NOTE = 0, PUT_NOTE, ODD, ROUTES, NO_ROUTE = ROUTES, ARENA = INSPECTOR_ARENA };

static const struct postern_route routes[ROUTES] = {
	[GET_NOTE] = { .methods = POSTERN_GET, .path = "/notes/{id}" },
	[PUT_NOTE] = { .methods = POSTERN_PUT | POSTERN_PATCH, .path = "/notes/{id}" },
	[ODD] = { .methods = POSTERN_GET, .path = "/a\"b\\c\nd" },
};
static const struct postern_service notes = {
	.name = "notes",
	.version = "1.2",
	.routes = routes,
	.route_count = ROUTES,
};

struct world {
	struct shared *shared;
	struct tally tally;
	struct arena arena;
	struct inspection seen;
};

static int
set_up(void **state)
{
	struct world *world = calloc(1, sizeof(*world));

	assert_non_null(world);
	world->shared = shared_new();
	assert_non_null(world->shared);
	assert_true(tally_init(&world->tally, ROUTES));
	arena_init(&world->arena, 64 * 1024, ARENA);
	atomic_store(&world->shared->generation, 1);
	atomic_store(&world->shared->slot_limit, 3);
	*state = world;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *world = *state;

	arena_done(&world->arena);
	tally_done(&world->tally);
	shared_free(world->shared);
	free(world);
	return 0;
}

static const struct inspection *
look(struct world *world)
{
	assert_true(inspection_take(
	    &world->seen, &world->arena, &notes, "notes", world->shared, &world->tally, 5000000));
	return &world->seen;
}

static void
sit(struct world *world, unsigned slot, enum worker_state state, uint32_t generation)
{
	atomic_store(&world->shared->slots[slot].generation, generation);
	atomic_store(&world->shared->slots[slot].pid, 100 + (int)slot);
	atomic_store(&world->shared->slots[slot].state, state);
}

/* --- counting -------------------------------------------------------------------------------- */

static void
slots_do_not_share_cache_lines(void **state)
{
	struct world *world = *state;
	const struct route_tally *last = tally_route(&world->tally, 0, NO_ROUTE);

	assert_int_equal((uintptr_t)tally_route(&world->tally, 1, 0) % 64, 0);
	assert_int_equal((uintptr_t)&world->tally.slots[1] % 64, 0);
	assert_true(tally_route(&world->tally, 1, 0) == last + 1);
	/* An index that nobody has is that of no route. */
	assert_ptr_equal(tally_route(&world->tally, 0, SIZE_MAX), last);
}

static const struct duration_row {
	int64_t duration_us;
	unsigned bucket;
} durations[] = {
	{ -5, 0 },
	{ 0, 0 },
	{ 100, 0 },
	{ 101, 1 },
	{ 500, 1 },
	{ 501, 2 },
	{ 1000, 2 },
	{ 1001, 3 },
	{ 5000000, 9 },
	{ 5000001, 10 },
	{ INT64_MAX, 10 },
};

/* "le" is less or equal. */
static void
a_bound_belongs_to_its_bucket(void **state)
{
	struct world *world = *state;

	for (size_t i = 0; i < COUNT_OF(durations); i++) {
		const counter *bucket =
		    &tally_route(&world->tally, 0, GET_NOTE)->buckets[durations[i].bucket];
		uint64_t before = counter_get(bucket);

		tally_request(&world->tally, 0, GET_NOTE, 200, durations[i].duration_us);
		assert_int_equal(counter_get(bucket), before + 1);
	}
}

static const struct class_row {
	int status;
	unsigned class;
} classes[] = {
	{ 200, 0 },
	{ 204, 0 },
	{ 302, 1 },
	{ 404, 2 },
	{ 499, 2 },
	{ 500, 3 },
	{ 503, 3 },
	{ 0, 3 },
	{ 101, 3 },
	{ -1, 3 },
	{ 999, 3 },
};

static void
every_status_has_a_class(void **state)
{
	struct world *world = *state;

	for (size_t i = 0; i < COUNT_OF(classes); i++) {
		const counter *class =
		    &tally_route(&world->tally, 0, ODD)->classes[classes[i].class];
		uint64_t before = counter_get(class);

		tally_request(&world->tally, 0, ODD, classes[i].status, 1);
		assert_int_equal(counter_get(class), before + 1);
	}
}

static void
sums_go_over_all_slots_the_empty_ones_too(void **state)
{
	struct world *world = *state;
	const struct inspection *seen;

	sit(world, 0, WORKER_IDLE, 1);
	/* Nobody sits in slot 1 any more; what was counted there stays. */
	tally_request(&world->tally, 0, GET_NOTE, 200, 10);
	tally_request(&world->tally, 1, GET_NOTE, 403, 20);
	tally_request(&world->tally, 2, PUT_NOTE, 500, 7000000);
	tally_request(&world->tally, 2, NO_ROUTE, 404, 30);
	counter_add(&world->tally.slots[1].accepted, 4);
	counter_add(&world->tally.slots[2].accepted, 5);
	counter_add(
	    &world->tally.slots[1].guards.counts[GUARD_TALLY_AUTHZ + GUARD_AUTHZ_DENIED], 2);
	counter_add(&world->tally.slots[2].lines_lost, 6);
	counter_add(&world->shared->manager.lines_lost, 1);
	seen = look(world);
	assert_int_equal(seen->requests, 4);
	assert_int_equal(seen->routes[GET_NOTE].count, 2);
	assert_int_equal(seen->routes[GET_NOTE].classes[0], 1);
	assert_int_equal(seen->routes[GET_NOTE].classes[2], 1);
	assert_int_equal(seen->routes[GET_NOTE].duration_us, 30);
	assert_int_equal(seen->routes[PUT_NOTE].buckets[TALLY_BUCKETS - 1], 1);
	assert_string_equal(seen->routes[PUT_NOTE].methods, "PUT|PATCH");
	assert_int_equal(seen->routes[NO_ROUTE].count, 1);
	assert_int_equal(seen->accepted, 9);
	assert_int_equal(seen->guards[GUARD_TALLY_AUTHZ + GUARD_AUTHZ_DENIED], 2);
	assert_int_equal(seen->lines_lost, 7);
	assert_int_equal(seen->worker_count, 1);
}

static void
what_a_wild_worker_wrote_is_bounded(void **state)
{
	struct world *world = *state;
	const struct inspection *seen;

	atomic_store(&world->shared->slot_limit, UINT32_MAX);
	sit(world, 0, WORKER_BUSY, 1);
	atomic_store(&world->shared->slots[0].route, UINT32_MAX);
	atomic_store(&world->shared->slots[1].state, 77);
	atomic_store(&world->shared->manager.phase, 99);
	seen = look(world);
	assert_int_equal(seen->worker_count, 1);
	assert_null(seen->workers[0].route);
	assert_string_equal(service_phase_name(seen->phase), "unknown");
}

static const struct ready_row {
	const char *name;
	enum service_phase phase;
	enum worker_state state;
	uint32_t generation; /* of the worker; 2 is in force */
	bool has_policies;
	int64_t expire_us;
	bool is_ready;
} ready_rows[] = {
	{ "idle", SERVICE_SERVING, WORKER_IDLE, 2, true, 0, true },
	{ "busy", SERVICE_SERVING, WORKER_BUSY, 2, true, 0, true },
	{ "no policies are needed", SERVICE_SERVING, WORKER_IDLE, 2, false, 0, true },
	{ "policies that will expire", SERVICE_SERVING, WORKER_IDLE, 2, true, 6000000, true },
	{ "expired policies", SERVICE_SERVING, WORKER_IDLE, 2, true, 4000000, false },
	{ "nobody", SERVICE_SERVING, WORKER_EMPTY, 2, true, 0, false },
	{ "a worker that starts", SERVICE_SERVING, WORKER_STARTING, 2, true, 0, false },
	{ "one that drains", SERVICE_SERVING, WORKER_DRAINING, 2, true, 0, false },
	{ "one of the old settings", SERVICE_SERVING, WORKER_IDLE, 1, true, 0, false },
	{ "one of those that come", SERVICE_SERVING, WORKER_IDLE, 3, true, 0, true },
	{ "one of those that come, and starts", SERVICE_SERVING, WORKER_STARTING, 3, true, 0,
	    false },
	{ "a service that starts", SERVICE_STARTING, WORKER_IDLE, 2, true, 0, false },
	{ "a service that stops", SERVICE_STOPPING, WORKER_IDLE, 2, true, 0, false },
};

static void
ready_is_who_may_be_asked(void **state)
{
	struct world *world = *state;

	atomic_store(&world->shared->generation, 2);
	for (size_t i = 0; i < COUNT_OF(ready_rows); i++) {
		const struct ready_row *row = &ready_rows[i];

		atomic_store(&world->shared->manager.phase, row->phase);
		sit(world, 0, row->state, row->generation);
		shared_tell_policies(
		    world->shared, 2, row->has_policies ? "0123456789abcdef" : NULL, 3, 1);
		atomic_store(shared_policies_expire_us(world->shared, 2), row->expire_us);
		if (look(world)->is_ready != row->is_ready)
			fail_msg("%s", row->name);
	}
}

static void
policies_are_those_in_force(void **state)
{
	struct world *world = *state;
	const struct inspection *seen;

	shared_tell_policies(world->shared, 1, "0123456789abcdef", 3, 1000000);
	shared_tell_policies(world->shared, 2, "fedcba9876543210", 4, 2000000);
	seen = look(world);
	assert_string_equal(seen->policies.digest, "0123456789abcdef");
	assert_int_equal(seen->policies.age_us, 4000000);
	atomic_store(&world->shared->generation, 2);
	seen = look(world);
	assert_string_equal(seen->policies.digest, "fedcba9876543210");
	assert_int_equal(seen->policies.count, 4);
}

/* Reading goes on; a store would be the end of the process. */
static void
who_looks_needs_no_right_to_write(void **state)
{
	struct world *world = *state;

	tally_request(&world->tally, 0, GET_NOTE, 200, 10);
	assert_true(shared_seal(world->shared));
	assert_true(tally_seal(&world->tally));
	assert_int_equal(look(world)->requests, 1);
}

/* --- text ------------------------------------------------------------------------------------ */

static const char *
metrics(struct world *world, bool is_open_metrics)
{
	struct buffer out;

	buffer_init(&out, &world->arena, 4096, REPORT_METRICS_MAX);
	report_metrics(look(world), is_open_metrics, &out);
	buffer_byte(&out, '\0');
	assert_false(buffer_failed(&out));
	return out.data;
}

static void
a_histogram_adds_up(void **state)
{
	struct world *world = *state;
	const char *text;

	tally_request(&world->tally, 0, GET_NOTE, 200, 90);
	tally_request(&world->tally, 1, GET_NOTE, 200, 2000);
	tally_request(&world->tally, 1, GET_NOTE, 200, 6000000);
	text = metrics(world, false);
#define SERIES(suffix) \
	"postern_request_duration_seconds" suffix "{route=\"/notes/{id}\",method=\"GET\""
	assert_non_null(strstr(text, SERIES("_bucket") ",le=\"0.0001\"} 1\n"));
	assert_non_null(strstr(text, SERIES("_bucket") ",le=\"0.001\"} 1\n"));
	assert_non_null(strstr(text, SERIES("_bucket") ",le=\"0.005\"} 2\n"));
	assert_non_null(strstr(text, SERIES("_bucket") ",le=\"5.0\"} 2\n"));
	assert_non_null(strstr(text, SERIES("_bucket") ",le=\"+Inf\"} 3\n"));
	assert_non_null(strstr(text, SERIES("_sum") "} 6.002090\n"));
	assert_non_null(strstr(text, SERIES("_count") "} 3\n"));
#undef SERIES
}

static void
label_values_are_escaped(void **state)
{
	struct world *world = *state;
	const char *text = metrics(world, false);

	assert_non_null(
	    strstr(text, "{route=\"/a\\\"b\\\\c\\nd\",method=\"GET\",status=\"2xx\"} 0\n"));
	assert_null(strstr(text, "/a\"b"));
}

static void
the_formats_differ_where_they_must(void **state)
{
	struct world *world = *state;
	const char *text = metrics(world, false);

	assert_non_null(strstr(text, "# TYPE postern_requests_total counter\n"));
	assert_null(strstr(text, "# EOF"));
	text = metrics(world, true);
	assert_non_null(strstr(text, "# TYPE postern_requests counter\npostern_requests_total{"));
	assert_null(strstr(text, "# TYPE postern_requests_total"));
	assert_string_equal(text + strlen(text) - 6, "# EOF\n");
}

static void
json_is_whole(void **state)
{
	struct world *world = *state;
	struct response res;
	struct slice body;
	json_t *root, *worker;

	sit(world, 2, WORKER_BUSY, 1);
	atomic_store(&world->shared->slots[2].route, GET_NOTE + 1);
	counter_add(&world->shared->manager.deaths[DEATH_SIGNAL], 3);
	counter_add(&world->tally.slots[0].accepted, UINT64_MAX);
	response_init(&res, &world->arena);
	report_json(look(world), true, &res);
	assert_false(res.failed);
	body = buffer_content(&res.body);
	root = json_loadb(body.data, body.len, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(root);
	assert_int_equal(
	    json_integer_value(json_object_get(json_object_get(root, "deaths"), "signal")), 3);
	/* No number that a reader of JSON cannot hold. */
	assert_int_equal(
	    json_integer_value(json_object_get(root, "accepted_connections")), INT64_MAX);
	worker = json_array_get(json_object_get(root, "each_worker"), 0);
	assert_string_equal(json_string_value(json_object_get(worker, "route")), "/notes/{id}");
	assert_int_equal(json_integer_value(json_object_get(worker, "worker")), 3);
	json_decref(root);
}

/* --- answers --------------------------------------------------------------------------------- */

static const struct answer_row {
	const char *name, *method, *uri, *accept;
	int status;
	const char *media_type;
} answer_rows[] = {
	{ "ping", "GET", "/ping", NULL, 200, "text/plain; charset=utf-8" },
	{ "a query is no part of the path", "GET", "/ping?x", NULL, 200,
	    "text/plain; charset=utf-8" },
	{ "not ready", "GET", "/ready", NULL, 503, "application/json" },
	{ "status", "HEAD", "/status?full=1", NULL, 200, "application/json" },
	{ "metrics", "GET", "/metrics", NULL, 200, "text/plain; version=0.0.4; charset=utf-8" },
	{ "metrics for anybody", "GET", "/metrics", "*/*", 200,
	    "text/plain; version=0.0.4; charset=utf-8" },
	{ "open metrics", "GET", "/metrics",
	    "text/plain;q=0.5, Application/OpenMetrics-Text; version=1.0.0 ;q=0.8", 200,
	    "application/openmetrics-text; version=1.0.0; charset=utf-8" },
	{ "open metrics refused", "GET", "/metrics", "application/openmetrics-text; q=0", 200,
	    "text/plain; version=0.0.4; charset=utf-8" },
	{ "a name that only begins so", "GET", "/metrics", "application/openmetrics-textual", 200,
	    "text/plain; version=0.0.4; charset=utf-8" },
	{ "nothing", "GET", "/", NULL, 404, "application/json" },
	{ "below", "GET", "/status/1", NULL, 404, "application/json" },
	{ "another method", "POST", "/status", NULL, 405, "application/json" },
	{ "a method that nobody has", "BREW", "/status", NULL, 405, "application/json" },
};

static void
check_answer(struct world *world, const struct answer_row *row)
{
	const struct config config = { .service_name = "notes" };
	const struct current current = { &notes, &config, NULL };
	const struct inspector inspector = {
		.current = &current,
		.shared = world->shared,
		.tally = &world->tally,
		.queues = { .fd = -1 },
	};
	char method[32], uri[64], accept[128];
	char *params[] = { method, uri, row->accept != NULL ? accept : NULL, NULL };
	struct request req = { .arena = &world->arena };
	struct params split;
	enum http_error error;
	struct response res;
	struct slice bytes;
	char expected[128];

	(void)snprintf(method, sizeof(method), "REQUEST_METHOD=%s", row->method);
	(void)snprintf(uri, sizeof(uri), "REQUEST_URI=%s", row->uri);
	(void)snprintf(
	    accept, sizeof(accept), "HTTP_ACCEPT=%s", row->accept != NULL ? row->accept : "");
	response_init(&res, &world->arena);
	assert_true(params_split(&world->arena, params, &split));
	assert_true(request_parse(&req, &split, &error));
	inspector_answer(&inspector, &req, &res);
	bytes = response_bytes(&res, NULL);
	(void)snprintf(expected, sizeof(expected), "Content-Type: %s\r\n", row->media_type);
	if (res.status != row->status ||
	    memmem(bytes.data, bytes.len, expected, strlen(expected)) == NULL)
		fail_msg("%s: %.*s", row->name, SLICE_ARGS(bytes));
	assert_non_null(memmem(bytes.data, bytes.len, "X-Frame-Options", 15));
	assert_non_null(memmem(bytes.data, bytes.len, "Cache-Control: no-store\r\n", 25));
}

static void
each_question_has_its_answer(void **state)
{
	for (size_t i = 0; i < COUNT_OF(answer_rows); i++)
		check_answer(*state, &answer_rows[i]);
}

/* A service of the largest table still gets its metrics. */
static void
the_largest_table_fits(void **state)
{
	struct world *world = *state;
	struct postern_route *many = calloc(512, sizeof(*many));
	struct postern_service service = { .name = "many", .routes = many, .route_count = 512 };
	struct inspection seen;
	char path[400];
	struct tally tally;
	struct buffer out;

	assert_non_null(many);
	memset(path, 'p', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	for (size_t i = 0; i < 512; i++)
		many[i] = (struct postern_route) { .methods = POSTERN_GET, .path = path };
	assert_true(tally_init(&tally, 512));
	assert_true(
	    inspection_take(&seen, &world->arena, &service, "many", world->shared, &tally, 1));
	buffer_init(&out, &world->arena, 4096, REPORT_METRICS_MAX);
	report_metrics(&seen, true, &out);
	assert_false(buffer_failed(&out));
	tally_done(&tally);
	free(many);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_WORLD(slots_do_not_share_cache_lines),
		IN_WORLD(a_bound_belongs_to_its_bucket),
		IN_WORLD(every_status_has_a_class),
		IN_WORLD(sums_go_over_all_slots_the_empty_ones_too),
		IN_WORLD(what_a_wild_worker_wrote_is_bounded),
		IN_WORLD(ready_is_who_may_be_asked),
		IN_WORLD(policies_are_those_in_force),
		IN_WORLD(who_looks_needs_no_right_to_write),
		IN_WORLD(a_histogram_adds_up),
		IN_WORLD(label_values_are_escaped),
		IN_WORLD(the_formats_differ_where_they_must),
		IN_WORLD(json_is_whole),
		IN_WORLD(each_question_has_its_answer),
		IN_WORLD(the_largest_table_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
