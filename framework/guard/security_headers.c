/*
 * The header fields that tell a browser to trust a response with as little as possible: the
 * last thing that happens to every response, errors and redirects included. Values are those of
 * flask-talisman 1.1.0 as the Python template configures it; Cache-Control goes beyond it.
 */
#include "guard/guard.h"

static const struct {
	const char *name;
	struct slice value;
} always[] = {
	{ "Content-Security-Policy", SLICE("default-src 'none'; frame-ancestors 'none'") },
	{ "Referrer-Policy", SLICE("strict-origin-when-cross-origin") },
	{ "X-Frame-Options", SLICE("SAMEORIGIN") },
	{ "X-Content-Type-Options", SLICE("nosniff") },
	{ "Permissions-Policy", SLICE("browsing-topics=()") },
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
	for (size_t i = 0; i < COUNT_OF(always); i++)
		response_constant(res, always[i].name, always[i].value);
	if (is_private(req) || (res->is_error && res->error == HTTP_ERROR_UNAUTHENTICATED))
		response_constant(res, "Cache-Control", SLICE_OF("no-store"));
	/* RFC 6797 §7.2: never over plain HTTP. */
	if (env->config->environment == ENVIRONMENT_PRODUCTION && req->is_https)
		response_constant(res, "Strict-Transport-Security",
		    SLICE_OF("max-age=31536000; includeSubDomains"));
}
