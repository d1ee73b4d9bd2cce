/*
 * The line of guards: what every request passes, in this order, before a handler sees it. Each
 * guard is one file of this folder, can be read alone, and either lets the request pass or
 * answers it. guard/line.c holds the order and is the only place that knows all of them.
 */
#ifndef POSTERN_GUARD_GUARD_H
#define POSTERN_GUARD_GUARD_H

#include <stdbool.h>

#include <postern/service.h>

#include "authn/authn.h"
#include "authz/authz.h"
#include "config/config.h"
#include "core/arena.h"
#include "http/request.h"
#include "http/response.h"
#include "http/router.h"
#include "limits/limits.h"
#include "log/log.h"
#include "openapi/contract.h"

struct guard_tally;

/* Zero refuses: a guard that forgets to decide lets nothing through. */
enum guard_verdict {
	GUARD_REFUSED = 0, /* `res` holds the error; nothing in it: 500 */
	GUARD_PASSED,
	GUARD_ANSWERED /* `res` holds a success: a redirect, a preflight */
};

/*
 * All that guards may ask, made once per worker from the generation's parts. Not changed while
 * requests run.
 */
struct guard_env {
	const struct postern_service *service;
	const struct config *config;
	const struct router *router;
	const struct contract *contract;
	struct authn *authn;
	const struct authz *authz;
	struct limit_store *limits;
	const struct limit *route_limits; /* per route; amount 0: none */
	const _Atomic(int64_t)
	    *policies_expire_us; /* monotonic time after which policies count as lost; 0: never */
	struct log *log;
	void *worker_data;
	struct guard_tally *tally; /* NULL: nobody counts */
};

typedef enum guard_verdict guard_fn(
    const struct guard_env *env, struct request *req, struct response *res);

guard_fn guard_proxy;     /* 1 who is really calling */
guard_fn guard_transport; /* 2 HTTPS or redirect; Host */
guard_fn guard_payload;   /* 3 size cap, declared and real; reads the body */
guard_fn guard_route;     /* 4 400, 404, 405 */
guard_fn guard_cors;      /* 5 preflights; the origin's header fields */
guard_fn guard_limit;     /* 6 rate limit of the route */
guard_fn guard_authn;     /* 7 token, principal, active actor */
guard_fn guard_contract;  /* 8 parameters and body against the contract */
guard_fn guard_authz;     /* 9 load the resource, ask the policies */

/*
 * Runs the whole line and the handler. Afterwards `res` is complete, security headers included,
 * whatever happened. The request was parsed by request_parse; one that could not be is answered
 * through guard_line_refuse.
 */
void guard_line_run(
    const struct guard_env *env, struct postern_request *req, struct postern_response *res);
void guard_line_refuse(const struct guard_env *env, struct postern_request *req,
    struct postern_response *res, enum http_error error);
/*
 * Answers a request that waited `waited_us` for a worker, which is too long, with 503: its front or
 * client has given up, or will. `where` is the word for the place that it waited in. Of the guards
 * only that of the proxies is asked, as the header fields depend on its word.
 */
void guard_line_turn_away(const struct guard_env *env, struct postern_request *req,
    struct postern_response *res, int64_t waited_us, const char *where);
/* The access line; after the response was written. `sent` false: the front server had gone. */
void guard_line_log(const struct guard_env *env, const struct request *req,
    const struct response *res, size_t body_len, bool sent);

/* Adds the header fields of SECURITY-REQUIREMENTS §5 to any response; once, at its end. */
void guard_security_headers(
    const struct guard_env *env, const struct request *req, struct response *res);

#endif
