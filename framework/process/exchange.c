/* parse → guards and handler → bytes → access line. */
#include "process/exchange.h"

#include <string.h>

#include "core/clock.h"

void
exchange_init(struct exchange *exchange, const struct generation *generation,
    struct limit_store *limits, const _Atomic(int64_t) *expire_us, void *worker_data)
{
	memset(exchange, 0, sizeof(*exchange));
	exchange->env = (struct guard_env) {
		.service = generation->service,
		.config = generation->config,
		.router = generation->router,
		.contract = generation->contract,
		.authn = generation->authn,
		.authz = generation->authz,
		.limits = limits,
		.route_limits = generation->route_limits,
		.policies_expire_us = expire_us,
		.log = generation->log,
		.worker_data = worker_data,
	};
	arena_init_wiping(&exchange->arena, REQUEST_ARENA_BLOCK,
	    (size_t)generation->config->max_content_length + REQUEST_ARENA_SPARE);
}

void
exchange_done(struct exchange *exchange)
{
	arena_done(&exchange->arena);
}

static void
begin(struct exchange *exchange, struct body_source body, int64_t started_us)
{
	struct request *in = &exchange->req.in;

	memset(&exchange->req, 0, offsetof(struct postern_request, in.path.segments));
	in->arena = &exchange->arena;
	in->body_source = body;
	in->started_us = started_us;
	in->wall_us = clock_wall_us();
	response_init(&exchange->res.out, &exchange->arena);
}

struct slice
exchange_answer(struct exchange *exchange, const struct params *params, struct body_source body,
    int64_t started_us)
{
	struct postern_request *req = &exchange->req;
	struct postern_response *res = &exchange->res;
	enum http_error error;

	begin(exchange, body, started_us);
	if (request_parse(&req->in, params, &error))
		guard_line_run(&exchange->env, req, res);
	else
		guard_line_refuse(&exchange->env, req, res, error);
	return response_bytes(&res->out, &exchange->body_len);
}

struct slice
exchange_turn_away(struct exchange *exchange, const struct params *params, int64_t started_us,
    int64_t waited_us, const char *where)
{
	struct postern_request *req = &exchange->req;
	struct postern_response *res = &exchange->res;
	enum http_error error;

	begin(exchange, (struct body_source) { 0 }, started_us);
	if (request_parse(&req->in, params, &error))
		guard_line_turn_away(&exchange->env, req, res, waited_us, where);
	else
		guard_line_refuse(&exchange->env, req, res, error);
	return response_bytes(&res->out, &exchange->body_len);
}

void
exchange_end(struct exchange *exchange, bool sent, int64_t ended_us)
{
	exchange->req.in.ended_us = ended_us;
	guard_line_log(
	    &exchange->env, &exchange->req.in, &exchange->res.out, exchange->body_len, sent);
	arena_reset(&exchange->arena);
}
