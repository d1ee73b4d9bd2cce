/*
 * The last thing that happens to every response, errors and redirects included: which of the header
 * fields of http/security_fields.h it carries.
 */
#include "guard/guard.h"

#include "http/security_fields.h"

/* By whether it is private, and whether HTTPS is to be insisted on. */
static const struct slice lines[2][2] = {
	{ SLICE(SECURITY_FIELDS), SLICE(SECURITY_FIELDS SECURITY_FIELDS_HTTPS) },
	{ SLICE(SECURITY_FIELDS SECURITY_FIELDS_PRIVATE),
	    SLICE(SECURITY_FIELDS SECURITY_FIELDS_PRIVATE SECURITY_FIELDS_HTTPS) },
};

/*
 * Whether the request is, or would have been, one that needs a token: its errors tell about it
 * too.
 */
static bool
is_private(const struct request *req)
{
	const struct postern_route *route;

	if (req->match == NULL)
		return false;
	route = req->match->route != NULL ? req->match->route : req->match->any;
	return route == NULL || !route->is_public;
}

void
guard_security_headers(const struct guard_env *env, const struct request *req, struct response *res)
{
	const bool is_refused_token = res->is_error && res->error == HTTP_ERROR_UNAUTHENTICATED;
	const bool insists = env->config->environment == ENVIRONMENT_PRODUCTION && req->is_https;

	res->lines = lines[is_private(req) || is_refused_token][insists];
}
