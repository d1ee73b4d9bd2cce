/*
 * The line of guards (guard/guard.h): the order, in one table; what comes before it (the route
 * is looked up, so that every guard may ask it) and after it (handler, status, header fields,
 * access line). Whatever happens in between, the response that leaves is complete, carries the
 * security headers, and was decided by somebody: a guard or handler that forgets to decide
 * makes a 500, never a pass.
 */
#include "guard/answer.h"

#include "core/clock.h"
#include "guard/cors.h"
#include "guard/tally.h"

static guard_fn *const order[] = {
	guard_proxy,     /* 1 */
	guard_transport, /* 2 */
	guard_payload,   /* 3 */
	guard_route,     /* 4 */
	guard_cors,      /* 5 */
	guard_limit,     /* 6 */
	guard_authn,     /* 7 */
	guard_contract,  /* 8 */
	guard_authz,     /* 9 */
};

_Static_assert(COUNT_OF(order) + GUARD_NUMBER_FIRST == GUARD_NUMBER_COUNT, "each has a counter");

static void
start_trace(const struct guard_env *env, struct request *req)
{
	struct slice none = { NULL, 0 };

	if (req->trace.trace_id[0] != '\0')
		return;
	log_trace_start(env->log,
	    req->known[HEADER_TRACEPARENT].count == 1 ? req->known[HEADER_TRACEPARENT].first : none,
	    &req->trace);
}

/* What no guard does but all of them rely on. False: no memory. */
static bool
prepare(const struct guard_env *env, struct request *req, struct response *res)
{
	struct router_match *match;

	res->is_head = req->method == POSTERN_HEAD;
	req->log = env->log;
	req->worker_data = env->worker_data;
	if (req->wall_us == 0)
		req->wall_us = clock_wall_us();
	start_trace(env, req);
	if (req->path_fault != URI_OK)
		return true;
	match = arena_alloc(req->arena, sizeof(*match));
	if (match == NULL)
		return false;
	if (router_find(env->router, req->method, &req->path, req->arena, match))
		req->match = match;
	return true;
}

static bool
is_success(enum postern_status status)
{
	return status == POSTERN_OK || status == POSTERN_CREATED || status == POSTERN_NO_CONTENT;
}

/*
 * `after` sees every request whose `before` passed; it may turn a success into an error, never
 * the reverse.
 */
static enum postern_status
call_service(const struct guard_env *env, struct postern_request *req, struct postern_response *res)
{
	const struct postern_service *service = env->service;
	enum postern_status status = POSTERN_OK, after;

	if (service->before != NULL)
		status = service->before(req, res);
	if (status != POSTERN_OK)
		return status;
	status = req->in.match->route->handler(req, res);
	if (service->after != NULL) {
		after = service->after(req, res);
		if (is_success(status) && after != POSTERN_OK)
			status = after;
	}
	return status;
}

/*
 * The handler between `before` and `after`. An error discards what they began, their header
 * fields included.
 */
static void
serve(const struct guard_env *env, struct postern_request *req, struct postern_response *pub)
{
	struct response *res = &pub->out;
	enum postern_status status;

	response_json_begin(res);
	status = call_service(env, req, pub);
	if (!is_success(status)) {
		enum http_error error = guard_status_error(status);

		if (error == HTTP_ERROR_INTERNAL)
			guard_log_reason(env, &req->in, LOG_HANDLER_FAILED, "status");
		response_error(res, error);
		return;
	}
	if (status == POSTERN_NO_CONTENT) {
		if (!res->failed)
			response_empty(res, 204);
	} else {
		response_json_end(res);
		res->status = status == POSTERN_CREATED ? 201 : 200;
	}
	if (res->failed) {
		guard_log_reason(env, &req->in, LOG_HANDLER_FAILED, "response");
		response_error(res, HTTP_ERROR_INTERNAL);
	}
}

/*
 * The header fields of every response. Should they find no room, nothing but the error and they
 * remain.
 */
static void
finish(const struct guard_env *env, const struct request *req, struct response *res)
{
	guard_cors_fields(env, req, res);
	guard_security_headers(env, req, res);
	if (!res->failed)
		return;
	res->header_count = 0;
	response_error(res, HTTP_ERROR_INTERNAL);
	guard_cors_fields(env, req, res);
	guard_security_headers(env, req, res);
}

static void
count_end(const struct guard_env *env, enum guard_verdict verdict, unsigned guard)
{
	unsigned place = verdict == GUARD_ANSWERED ? GUARD_TALLY_ANSWERED : GUARD_TALLY_REFUSED;

	guard_count(env, place + GUARD_NUMBER_FIRST + guard);
}

static enum guard_verdict
pass_guards(const struct guard_env *env, struct request *req, struct response *res)
{
	for (size_t i = 0; i < COUNT_OF(order); i++) {
		enum guard_verdict verdict = order[i](env, req, res);

		if (verdict == GUARD_PASSED)
			continue;
		count_end(env, verdict, (unsigned)i);
		return verdict;
	}
	return GUARD_PASSED;
}

void
guard_line_run(
    const struct guard_env *env, struct postern_request *req, struct postern_response *res)
{
	bool is_decided = false;

	if (!prepare(env, &req->in, &res->out)) {
		response_error(&res->out, HTTP_ERROR_SERVICE_UNAVAILABLE);
		finish(env, &req->in, &res->out);
		return;
	}
	switch (pass_guards(env, &req->in, &res->out)) {
	case GUARD_PASSED:
		serve(env, req, res);
		is_decided = true;
		break;
	case GUARD_ANSWERED:
		is_decided = res->out.status != 0;
		break;
	case GUARD_REFUSED:
		is_decided = res->out.is_error;
		break;
	}
	if (!is_decided)
		response_error(&res->out, HTTP_ERROR_INTERNAL);
	finish(env, &req->in, &res->out);
}

void
guard_line_refuse(const struct guard_env *env, struct postern_request *req,
    struct postern_response *res, enum http_error error)
{
	struct request *in = &req->in;

	/*
	 * The request was not taken apart to its end: nothing that it says is used but its
	 * method, trace and origin.
	 */
	guard_count(env, GUARD_TALLY_REFUSED + GUARD_NUMBER_REQUEST);
	in->match = NULL;
	in->is_https = false;
	in->client = (struct slice) { NULL, 0 };
	in->principal = NULL;
	in->log = env->log;
	res->out.is_head = in->method == POSTERN_HEAD;
	start_trace(env, in);
	response_error(&res->out, error);
	finish(env, in, &res->out);
}

static void
log_wait(
    const struct guard_env *env, const struct request *req, int64_t waited_us, const char *where)
{
	UNINITIALIZED struct log_line line;

	if (!guard_log_begin(&line, env, req, LOG_QUEUE_TIMEOUT))
		return;
	log_word(&line, FIELD_REASON, where);
	log_number(&line, FIELD_WAITED_US, waited_us);
	log_pseudonym(&line, FIELD_CLIENT, req->client);
	log_end(&line);
}

void
guard_line_turn_away(const struct guard_env *env, struct postern_request *req,
    struct postern_response *res, int64_t waited_us, const char *where)
{
	const uint32_t retry_after_s = (env->config->queue_timeout_ms + 999) / 1000;

	guard_count(env, GUARD_TALLY_REFUSED + GUARD_NUMBER_QUEUE);
	if (prepare(env, &req->in, &res->out) &&
	    guard_proxy(env, &req->in, &res->out) == GUARD_PASSED)
		log_wait(env, &req->in, waited_us, where);
	(void)guard_refuse_for_now(&res->out, HTTP_ERROR_SERVICE_UNAVAILABLE, retry_after_s);
	finish(env, &req->in, &res->out);
}

void
guard_line_log(const struct guard_env *env, const struct request *req, const struct response *res,
    size_t body_len, bool sent)
{
	const int64_t sent_us = req->wall_us + (req->ended_us - req->started_us);
	UNINITIALIZED struct log_line line;

	if (!log_begin_at(&line, env->log, LOG_HTTP_ACCESS, sent_us))
		return;
	guard_log_request(&line, req);
	log_number(&line, FIELD_STATUS, res->status);
	log_number(&line, FIELD_DURATION_US, req->ended_us - req->started_us);
	log_number(&line, FIELD_REQUEST_BYTES, (int64_t)req->body.len);
	log_number(&line, FIELD_RESPONSE_BYTES, (int64_t)body_len);
	if (!sent)
		log_word(&line, FIELD_CAUSE, "front_gone");
	log_pseudonym(&line, FIELD_CLIENT, req->client);
	if (req->principal != NULL)
		log_pseudonym(&line, FIELD_ACTOR, req->principal->id);
	log_end(&line);
}
