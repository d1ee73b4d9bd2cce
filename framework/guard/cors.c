/*
 * Guard 5: answers OPTIONS, preflights among them (Fetch standard §3.2), and owns the CORS
 * fields. An origin is one of FRONTEND_URL, byte for byte; what goes out is the configuration's
 * text, never the client's. There is no "*", no "null", and no echo of requested header fields.
 */
#include "guard/cors.h"

static const char allowed_headers[] = "Authorization, Content-Type, X-Active-Actor";
static const char max_age_s[] = "86400";

/*
 * The configured origin that the request names; NULL: none, or several Origin fields, which no
 * browser sends.
 */
static const struct slice *
listed_origin(const struct config_list *origins, const struct request *req)
{
	if (req->known[HEADER_ORIGIN].count != 1)
		return NULL;
	for (size_t i = 0; i < origins->count; i++)
		if (slice_equal(origins->items[i], req->known[HEADER_ORIGIN].first))
			return &origins->items[i];
	return NULL;
}

void
guard_cors_fields(const struct guard_env *env, const struct request *req, struct response *res)
{
	const struct config_list *origins = &env->config->frontend_origins;
	const struct slice *origin = listed_origin(origins, req);

	if (origins->count == 0)
		return;
	response_vary(res, "Origin");
	if (origin == NULL)
		return;
	response_header(res, "Access-Control-Allow-Origin", *origin);
	response_header(res, "Access-Control-Allow-Credentials", SLICE_OF("true"));
}

enum guard_verdict
guard_cors(const struct guard_env *env, struct request *req, struct response *res)
{
	if (req->method != POSTERN_OPTIONS)
		return GUARD_PASSED;
	if (req->match == NULL)
		return GUARD_REFUSED;
	response_empty(res, 200);
	response_header(res, "Allow", slice_from(req->match->allow));
	if (listed_origin(&env->config->frontend_origins, req) != NULL &&
	    req->known[HEADER_ACCESS_CONTROL_REQUEST_METHOD].count == 1) {
		response_header(res, "Access-Control-Allow-Methods", slice_from(req->match->allow));
		response_header(res, "Access-Control-Allow-Headers", slice_from(allowed_headers));
		response_header(res, "Access-Control-Max-Age", slice_from(max_age_s));
	}
	return GUARD_ANSWERED;
}
