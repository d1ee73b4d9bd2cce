/*
 * The whole line: who answers first, what a handler's word becomes, and what every response
 * carries. Router, request, response and log are the real ones; the parts that guards 6 to 9
 * ask are replaced at link time.
 */
#include "guard/guard.h"

#include <stdio.h>

#include "core/clock.h"
#include "setup.h"

#include "../core/rows.h"

struct limit_answer __wrap_limit_hit(struct limit_store *store, const struct limit *limit,
    const struct limit_key *key, int64_t now_us);
enum authn_result __wrap_authn_verify(struct authn *authn, struct slice authorization,
    unsigned count, int64_t now_us, struct arena *arena, const struct principal **ret_principal);
enum actor_result __wrap_authn_select_actor(const struct principal *principal, struct slice header,
    unsigned count, struct arena *arena, const struct principal **ret_principal,
    struct slice *ret_active);
enum contract_verdict __wrap_contract_check(
    const struct contract *contract, const struct request *req);
struct authz_answer __wrap_authz_ask(const struct authz *authz, const struct postern_route *route,
    const struct request *req, struct postern_entity *entity);

static const struct principal someone = { .type = SLICE("Patient"), .id = SLICE("subject-77") };

/* What the replaced parts and the handler do, and in which order they were called. */
static struct {
	enum limit_verdict limit;
	enum authn_result authn;
	enum contract_verdict contract;
	enum authz_verdict authz;
	enum postern_status handler, before, after;
	bool leaves_json_open, sets_headers;
	char calls[16];
} play;

static void
call(char who)
{
	size_t len = strlen(play.calls);

	assert_true(len + 1 < sizeof(play.calls));
	play.calls[len] = who;
}

struct limit_answer
__wrap_limit_hit(struct limit_store *store, const struct limit *limit, const struct limit_key *key,
    int64_t now_us)
{
	(void)store;
	(void)limit;
	(void)key;
	assert_true(now_us > 0);
	call('l');
	return (struct limit_answer) { .verdict = play.limit, .retry_after_s = 9 };
}

enum authn_result
__wrap_authn_verify(struct authn *authn, struct slice authorization, unsigned count, int64_t now_us,
    struct arena *arena, const struct principal **ret_principal)
{
	(void)authn;
	(void)authorization;
	(void)count;
	(void)now_us;
	(void)arena;
	call('n');
	*ret_principal = &someone;
	return play.authn;
}

enum actor_result
__wrap_authn_select_actor(const struct principal *principal, struct slice header, unsigned count,
    struct arena *arena, const struct principal **ret_principal, struct slice *ret_active)
{
	(void)header;
	(void)count;
	(void)arena;
	(void)ret_active;
	*ret_principal = principal;
	return ACTOR_OK;
}

enum contract_verdict
__wrap_contract_check(const struct contract *contract, const struct request *req)
{
	(void)contract;
	(void)req;
	call('c');
	return play.contract;
}

struct authz_answer
__wrap_authz_ask(const struct authz *authz, const struct postern_route *route,
    const struct request *req, struct postern_entity *entity)
{
	(void)authz;
	(void)route;
	(void)req;
	(void)entity;
	call('z');
	return (struct authz_answer) { .verdict = play.authz };
}

static enum postern_status
handler(struct postern_request *req, struct postern_response *res)
{
	call('h');
	assert_non_null(req->in.log);
	assert_string_equal(postern_worker_data(req), "worker");
	postern_json_string(res, "title", "Care plan");
	if (play.sets_headers)
		postern_set_header(res, "ETag", "\"1\"");
	if (play.leaves_json_open)
		postern_json_object_begin(res, "open");
	return play.handler;
}

static enum postern_status
before(struct postern_request *req, struct postern_response *res)
{
	(void)req;
	(void)res;
	call('b');
	return play.before;
}

static enum postern_status
after(struct postern_request *req, struct postern_response *res)
{
	(void)req;
	(void)res;
	call('a');
	return play.after;
}

static const struct postern_route routes[] = {
	{ .methods = POSTERN_GET,
	    .path = "/health",
	    .handler = postern_health,
	    .is_public = true,
	    .allows_plain_http = true },
	{ .methods = POSTERN_GET,
	    .path = "/notes/{note_id}",
	    .handler = handler,
	    .action = "readNote",
	    .resource = "Note::{note_id}" },
	{ .methods = POSTERN_DELETE,
	    .path = "/notes/{note_id}",
	    .handler = handler,
	    .action = "deleteNote",
	    .resource = "Note::{note_id}" },
};

static void
begin(struct setup *setup, const char *const *params)
{
	static char worker[] = "worker";
	struct config_faults faults = { .count = 0 };

	memset(&play, 0, sizeof(play));
	play.limit = LIMIT_PASSED;
	play.authn = AUTHN_OK;
	play.contract = CONTRACT_KEPT;
	play.authz = AUTHZ_ALLOWED;
	play.handler = POSTERN_OK;
	play.before = POSTERN_OK;
	play.after = POSTERN_OK;
	setup_begin(setup);
	setup->service = (struct postern_service) {
		POSTERN_SERVICE_ABI,
		.name = "notes",
		.routes = routes,
		.route_count = COUNT_OF(routes),
	};
	for (size_t i = 0; i < COUNT_OF(routes); i++)
		setup->limits[i] = (struct limit) { .amount = 5, .window_s = 60 };
	setup->limits[0].amount = 0;
	setup->config.frontend_origins = setup_list(setup, "https://app.example");
	setup->config.allowed_hosts = setup_list(setup, "api.example");
	setup->env.router = router_new(&setup->arena, &setup->service, &faults);
	assert_non_null(setup->env.router);
	setup->env.worker_data = worker;
	/* Any pointers: the replaced parts do not look at them. */
	setup->env.limits = (struct limit_store *)setup->limits;
	setup->env.authn = (struct authn *)setup->limits;
	setup->env.contract = (const struct contract *)setup->limits;
	setup->env.authz = (const struct authz *)setup->limits;
	setup_request(setup, params);
	setup->req.in.wall_us = 0;
	setup->req.in.started_us = clock_mono_us();
}

/* Every response, whatever it says. */
static void
expect_fields(struct setup *setup)
{
	assert_false(setup->res.out.failed);
	assert_string_equal(setup_header(setup, "X-Content-Type-Options"), "nosniff");
	assert_string_equal(setup_header(setup, "Content-Security-Policy"),
	    "default-src 'none'; frame-ancestors 'none'");
	assert_string_equal(setup_header(setup, "Vary"), "Origin");
	if (setup->req.in.known[HEADER_ORIGIN].count == 1)
		assert_string_equal(
		    setup_header(setup, "Access-Control-Allow-Origin"), "https://app.example");
}

static void
run(struct setup *setup)
{
	guard_line_run(&setup->env, &setup->req, &setup->res);
	expect_fields(setup);
}

#define NOTE "REQUEST_URI=/notes/n1"
#define ORIGIN "HTTP_ORIGIN=https://app.example"

static const struct order_row {
	const char *name;
	const char *params[8];
	enum limit_verdict limit;
	enum authn_result authn;
	enum contract_verdict contract;
	enum authz_verdict authz;
	int status;
	const char *calls; /* l imit, authn, c ontract, authz, h andler */
} order_rows[] = {
	{ "all pass", { NOTE, "HTTPS=on", ORIGIN }, LIMIT_PASSED, AUTHN_OK, CONTRACT_KEPT,
	    AUTHZ_ALLOWED, 200, "lnczh" },
	{ "authz is the last", { NOTE, "HTTPS=on", ORIGIN }, LIMIT_PASSED, AUTHN_OK, CONTRACT_KEPT,
	    AUTHZ_DENIED, 403, "lncz" },
	{ "contract stands before authz", { NOTE, "HTTPS=on", ORIGIN }, LIMIT_PASSED, AUTHN_OK,
	    CONTRACT_REFUSED, AUTHZ_DENIED, 400, "lnc" },
	{ "authn stands before contract", { NOTE, "HTTPS=on", ORIGIN }, LIMIT_PASSED, AUTHN_EXPIRED,
	    CONTRACT_REFUSED, AUTHZ_DENIED, 401, "ln" },
	{ "limit stands before authn", { NOTE, "HTTPS=on", ORIGIN }, LIMIT_EXCEEDED, AUTHN_EXPIRED,
	    CONTRACT_REFUSED, AUTHZ_DENIED, 429, "l" },
	{ "cors stands before limit",
	    { NOTE, "HTTPS=on", ORIGIN, "REQUEST_METHOD=OPTIONS",
		"HTTP_ACCESS_CONTROL_REQUEST_METHOD=GET" },
	    LIMIT_EXCEEDED, AUTHN_EXPIRED, CONTRACT_REFUSED, AUTHZ_DENIED, 200, "" },
	{ "an unknown path is known before limits", { "REQUEST_URI=/nothing", "HTTPS=on", ORIGIN },
	    LIMIT_EXCEEDED, AUTHN_EXPIRED, CONTRACT_REFUSED, AUTHZ_DENIED, 404, "" },
	{ "so is a method that the path lacks", { NOTE, "HTTPS=on", ORIGIN, "REQUEST_METHOD=PUT" },
	    LIMIT_EXCEEDED, AUTHN_EXPIRED, CONTRACT_REFUSED, AUTHZ_DENIED, 405, "" },
	{ "payload stands before route",
	    { "REQUEST_URI=/nothing", "HTTPS=on", ORIGIN, "CONTENT_LENGTH=101" }, LIMIT_PASSED,
	    AUTHN_OK, CONTRACT_KEPT, AUTHZ_ALLOWED, 413, "" },
	{ "transport stands before payload",
	    { NOTE, ORIGIN, "REQUEST_METHOD=PUT", "CONTENT_LENGTH=101" }, LIMIT_PASSED, AUTHN_OK,
	    CONTRACT_KEPT, AUTHZ_ALLOWED, 403, "" },
	{ "transport redirects", { NOTE, ORIGIN }, LIMIT_PASSED, AUTHN_OK, CONTRACT_KEPT,
	    AUTHZ_ALLOWED, 302, "" },
	{ "proxy stands before transport", { NOTE, ORIGIN, "HTTP_X_FORWARDED_PROTO=https" },
	    LIMIT_PASSED, AUTHN_OK, CONTRACT_KEPT, AUTHZ_ALLOWED, 200, "lnczh" },
	{ "a path that means two things", { "REQUEST_URI=/notes/../x", "HTTPS=on", ORIGIN },
	    LIMIT_PASSED, AUTHN_OK, CONTRACT_KEPT, AUTHZ_ALLOWED, 400, "" },
	{ "health needs neither https nor token", { "REQUEST_URI=/health", ORIGIN },
	    LIMIT_UNAVAILABLE, AUTHN_REFUSED, CONTRACT_KEPT, AUTHZ_DENIED, 200, "c" },
	{ "TRACE is no method of any route", { NOTE, "HTTPS=on", ORIGIN, "REQUEST_METHOD=TRACE" },
	    LIMIT_PASSED, AUTHN_OK, CONTRACT_KEPT, AUTHZ_ALLOWED, 405, "" },
	{ "a guard that cannot decide is a failure", { NOTE, "HTTPS=on", ORIGIN },
	    (enum limit_verdict)77, AUTHN_OK, CONTRACT_KEPT, AUTHZ_ALLOWED, 500, "l" },
	{ "a method override has no effect",
	    { NOTE, "HTTPS=on", ORIGIN, "HTTP_X_HTTP_METHOD_OVERRIDE=DELETE" }, LIMIT_PASSED,
	    AUTHN_OK, CONTRACT_KEPT, AUTHZ_ALLOWED, 200, "lnczh" },
};

static void
order(void **state)
{
	const struct order_row *row = *state;
	struct setup setup;

	begin(&setup, row->params);
	play.limit = row->limit;
	play.authn = row->authn;
	play.contract = row->contract;
	play.authz = row->authz;
	run(&setup);
	assert_int_equal(setup.res.out.status, row->status);
	assert_string_equal(play.calls, row->calls);
	if (row->status >= 400)
		assert_true(setup.res.out.is_error);
	setup_end(&setup);
}

static const struct status_row {
	const char *name;
	enum postern_status said;
	int status;
	bool is_failure;
} status_rows[] = {
	{ "ok", POSTERN_OK, 200, false },
	{ "created", POSTERN_CREATED, 201, false },
	{ "no content", POSTERN_NO_CONTENT, 204, false },
	{ "invalid request", POSTERN_INVALID_REQUEST, 400, false },
	{ "forbidden", POSTERN_FORBIDDEN, 403, false },
	{ "not found", POSTERN_NOT_FOUND, 404, false },
	{ "unavailable", POSTERN_UNAVAILABLE, 503, false },
	{ "failed", POSTERN_FAILED, 500, true },
	{ "a status that is none", (enum postern_status)1234, 500, true },
};

static void
status(void **state)
{
	static const char *const params[] = { NOTE, "HTTPS=on", NULL };
	const struct status_row *row = *state;
	struct setup setup;

	begin(&setup, params);
	play.handler = row->said;
	play.sets_headers = true;
	run(&setup);
	assert_int_equal(setup.res.out.status, row->status);
	assert_int_equal(setup.res.out.is_error, row->status >= 400);
	assert_int_equal(setup.res.out.has_body, row->status != 204);
	/* An error discards what the handler began. */
	if (row->status >= 400)
		assert_null(setup_header(&setup, "ETag"));
	else
		assert_non_null(setup_header(&setup, "ETag"));
	assert_string_equal(setup_header(&setup, "Cache-Control"), "no-store");
	if (row->is_failure)
		expect_logged(&setup, "handler.failed", "status");
	else
		assert_null(strstr(setup_log(&setup), "handler.failed"));
	setup_end(&setup);
}

static const struct hook_row {
	const char *name;
	enum postern_status before, handler, after;
	int status;
	const char *calls;
} hook_rows[] = {
	{ "both pass", POSTERN_OK, POSTERN_OK, POSTERN_OK, 200, "lnczbha" },
	{ "before refuses", POSTERN_FORBIDDEN, POSTERN_OK, POSTERN_OK, 403, "lnczb" },
	{ "before answers", POSTERN_NO_CONTENT, POSTERN_OK, POSTERN_OK, 204, "lnczb" },
	{ "after sees an error and cannot undo it", POSTERN_OK, POSTERN_NOT_FOUND, POSTERN_OK, 404,
	    "lnczbha" },
	{ "after turns a success into an error", POSTERN_OK, POSTERN_OK, POSTERN_UNAVAILABLE, 503,
	    "lnczbha" },
	{ "after keeps the kind of success", POSTERN_OK, POSTERN_CREATED, POSTERN_OK, 201,
	    "lnczbha" },
};

static void
hooks(void **state)
{
	static const char *const params[] = { NOTE, "HTTPS=on", NULL };
	const struct hook_row *row = *state;
	struct setup setup;

	begin(&setup, params);
	setup.service.before = before;
	setup.service.after = after;
	play.before = row->before;
	play.handler = row->handler;
	play.after = row->after;
	run(&setup);
	assert_int_equal(setup.res.out.status, row->status);
	assert_string_equal(play.calls, row->calls);
	setup_end(&setup);
}

static void
a_response_that_cannot_be_ended_is_a_failure(void **state)
{
	static const char *const params[] = { NOTE, "HTTPS=on", NULL };
	struct setup setup;

	(void)state;
	begin(&setup, params);
	play.leaves_json_open = true;
	run(&setup);
	assert_int_equal(setup.res.out.status, 500);
	expect_logged(&setup, "handler.failed", "response");
	setup_end(&setup);

	begin(&setup, params);
	play.leaves_json_open = true;
	play.handler = POSTERN_CREATED;
	run(&setup);
	assert_int_equal(setup.res.out.status, 500);
	setup_end(&setup);
}

static const char *
bytes_of(struct setup *setup, size_t *ret_body_len)
{
	struct slice bytes = response_bytes(&setup->res.out, ret_body_len);

	return arena_dup(&setup->arena, bytes.data, bytes.len);
}

static void
head_has_the_length_but_no_body(void **state)
{
	static const char *const params[] = { NOTE, "HTTPS=on", "REQUEST_METHOD=HEAD", NULL };
	struct setup setup;
	size_t body_len;
	const char *bytes;

	(void)state;
	begin(&setup, params);
	run(&setup);
	bytes = bytes_of(&setup, &body_len);
	assert_int_equal(body_len, 0);
	assert_non_null(strstr(bytes, "Content-Length: 21\r\n"));
	assert_null(strstr(bytes, "Care plan"));
	setup_end(&setup);
}

static void
get_has_its_body(void **state)
{
	static const char *const params[] = { NOTE, "HTTPS=on", NULL };
	struct setup setup;
	size_t body_len;
	const char *bytes;

	(void)state;
	begin(&setup, params);
	run(&setup);
	bytes = bytes_of(&setup, &body_len);
	assert_non_null(strstr(bytes, "Status: 200 OK\r\n"));
	assert_non_null(strstr(bytes, "\r\n\r\n{\"title\":\"Care plan\"}"));
	assert_non_null(
	    strstr(bytes, "Strict-Transport-Security: max-age=31536000; includeSubDomains"));
	setup_end(&setup);
}

static void
a_request_that_could_not_be_parsed_is_refused(void **state)
{
	static const char *const params[] = { NOTE, ORIGIN, "HTTPS=on", NULL };
	struct setup setup;

	(void)state;
	begin(&setup, params);
	setup.req.in.is_https = true; /* nothing of it was checked */
	guard_line_refuse(&setup.env, &setup.req, &setup.res, HTTP_ERROR_HEADERS_TOO_LARGE);
	expect_fields(&setup);
	assert_int_equal(setup.res.out.status, 431);
	assert_null(setup_header(&setup, "Strict-Transport-Security"));
	assert_int_equal(strlen(setup.req.in.trace.trace_id), 32);
	setup_end(&setup);
}

static void
a_request_that_waited_too_long_is_turned_away(void **state)
{
	static const char *const params[] = { NOTE, ORIGIN, "HTTPS=on", NULL };
	struct setup setup;

	(void)state;
	begin(&setup, params);
	setup.config.queue_timeout_ms = 2500;
	guard_line_turn_away(&setup.env, &setup.req, &setup.res, 2600000, "listen_queue");
	expect_fields(&setup);
	assert_int_equal(setup.res.out.status, 503);
	assert_string_equal(setup_header(&setup, "Retry-After"), "3");
	assert_non_null(setup_header(&setup, "Strict-Transport-Security"));
	expect_logged(&setup, "http.queue_timeout", "listen_queue");
	assert_non_null(strstr(setup_log(&setup), "\"waited_us\":2600000"));
	assert_non_null(strstr(setup_log(&setup), "\"route\":\"/notes/{note_id}\""));
	setup_end(&setup);
}

static void
the_access_line_says_what_it_may(void **state)
{
	static const char *const params[] = { "REQUEST_URI=/notes/marker-id?marker=query",
		"HTTPS=on", "REQUEST_METHOD=DELETE", "HTTP_X_MARKER=marker-header",
		"CONTENT_LENGTH=3",
		"HTTP_TRACEPARENT=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", NULL };
	struct setup setup;
	const char *log, *line;

	(void)state;
	begin(&setup, params);
	setup_body(&setup, "mrk", 3, 3, false);
	run(&setup);
	guard_line_log(&setup.env, &setup.req.in, &setup.res.out, 21, true);
	log = setup_log(&setup);
	line = strstr(log, "\"event_type\":\"http.access\"");
	assert_non_null(line);
	assert_non_null(strstr(line, "\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\""));
	assert_non_null(strstr(line, "\"method\":\"DELETE\""));
	assert_non_null(strstr(line, "\"route\":\"/notes/{note_id}\""));
	assert_non_null(strstr(line, "\"status\":200"));
	assert_non_null(strstr(line, "\"duration_us\":"));
	assert_non_null(strstr(line, "\"request_bytes\":3"));
	assert_non_null(strstr(line, "\"response_bytes\":21"));
	assert_non_null(strstr(line, "\"client\":\""));
	assert_non_null(strstr(line, "\"actor\":\""));
	assert_null(strstr(line, "front_gone"));
	assert_null(strstr(log, "marker"));
	assert_null(strstr(log, "mrk"));
	assert_null(strstr(log, "subject-77"));
	assert_null(strstr(log, "192.0.2.1"));
	setup_end(&setup);
}

static void
a_front_that_has_gone_is_told(void **state)
{
	static const char *const params[] = { "REQUEST_URI=/nothing", "HTTPS=on", NULL };
	struct setup setup;
	const char *log;

	(void)state;
	begin(&setup, params);
	run(&setup);
	guard_line_log(&setup.env, &setup.req.in, &setup.res.out, 0, false);
	log = setup_log(&setup);
	assert_non_null(strstr(log, "\"cause\":\"front_gone\""));
	assert_null(strstr(log, "\"route\""));
	assert_null(strstr(log, "\"actor\""));
	setup_end(&setup);
}

static void
below_its_level_nothing_is_logged(void **state)
{
	static const char *const params[] = { NOTE, "HTTPS=on", NULL };
	struct setup setup;

	(void)state;
	begin(&setup, params);
	setup.env.log = NULL;
	setup.req.in.trace.trace_id[0] = 'a'; /* log_trace_start needs a log */
	guard_line_log(&setup.env, &setup.req.in, &setup.res.out, 0, true);
	assert_string_equal(setup_log(&setup), "");
	setup.env.log = setup.req.in.log;
	setup_end(&setup);
}

/* Whatever allocation fails, the answer is an error or the right one, and complete. */
static void
memory_may_end_anywhere(void **state)
{
	static const char *const params[] = { NOTE, "HTTPS=on", ORIGIN, "CONTENT_LENGTH=3", NULL };
	struct setup setup;
	const char *bytes;
	int successes = 0;

	(void)state;
	for (size_t spare = 0; spare < 4096; spare += 16) {
		begin(&setup, params);
		setup_body(&setup, "mrk", 3, 3, false);
		setup.arena.ceiling = setup.arena.used + spare;
		guard_line_run(&setup.env, &setup.req, &setup.res);
		successes += setup.res.out.status == 200;
		assert_true(setup.res.out.status == 200 || setup.res.out.is_error);
		bytes = response_bytes(&setup.res.out, NULL).data;
		assert_true(strncmp(bytes, "Status: ", 8) == 0);
		if (setup.res.out.status == 200)
			assert_string_equal(play.calls, "lnczh");
		setup_end(&setup);
	}
	assert_true(successes > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_response_that_cannot_be_ended_is_a_failure),
		cmocka_unit_test(head_has_the_length_but_no_body),
		cmocka_unit_test(get_has_its_body),
		cmocka_unit_test(a_request_that_could_not_be_parsed_is_refused),
		cmocka_unit_test(a_request_that_waited_too_long_is_turned_away),
		cmocka_unit_test(the_access_line_says_what_it_may),
		cmocka_unit_test(a_front_that_has_gone_is_told),
		cmocka_unit_test(below_its_level_nothing_is_logged),
		cmocka_unit_test(memory_may_end_anywhere),
	};

	return RUN_ROWS(order_rows, order) + RUN_ROWS(status_rows, status) +
	       RUN_ROWS(hook_rows, hooks) + cmocka_run_group_tests(tests, NULL, NULL);
}
