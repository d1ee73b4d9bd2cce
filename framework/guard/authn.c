/*
 * Guard 7: the bearer token becomes a principal, and X-Active-Actor narrows it. Every refusal
 * of a token is the same 401; its cause goes to the log as a reason word. Without a key nothing
 * is verified and so nothing passes.
 */
#include "guard/answer.h"
#include "guard/tally.h"

static enum guard_verdict
refuse_token(const struct guard_env *env, const struct request *req, struct response *res,
    enum authn_result cause)
{
	guard_count(env, GUARD_TALLY_AUTHN + (unsigned)cause);
	guard_log_reason(env, req, LOG_AUTHENTICATION_FAILED, authn_reason(cause));
	if (cause == AUTHN_BAD_PRINCIPAL_TYPE)
		return guard_refuse(res, HTTP_ERROR_FORBIDDEN);
	response_header(res, "WWW-Authenticate", SLICE_OF("Bearer"));
	return guard_refuse(res, HTTP_ERROR_UNAUTHENTICATED);
}

static enum guard_verdict
refuse_actor(const struct guard_env *env, const struct request *req, struct response *res,
    enum http_error error, unsigned outcome)
{
	guard_count(env, GUARD_TALLY_AUTHN + outcome);
	guard_log_reason(env, req, LOG_AUTHENTICATION_FAILED, guard_authn_outcome(outcome));
	return guard_refuse(res, error);
}

static void
log_success(const struct guard_env *env, const struct request *req)
{
	UNINITIALIZED struct log_line line;

	if (!guard_log_begin(&line, env, req, LOG_AUTHENTICATION_SUCCEEDED))
		return;
	log_pseudonym(&line, FIELD_ACTOR, req->principal->id);
	log_pseudonym(&line, FIELD_CLIENT, req->client);
	log_end(&line);
}

static enum guard_verdict
select_actor(const struct guard_env *env, struct request *req, struct response *res,
    const struct principal *principal)
{
	const struct principal *narrowed = NULL;
	struct slice active = { NULL, 0 };

	switch (authn_select_actor(principal, req->known[HEADER_X_ACTIVE_ACTOR].first,
	    req->known[HEADER_X_ACTIVE_ACTOR].count, req->arena, &narrowed, &active)) {
	case ACTOR_OK:
		break;
	case ACTOR_INVALID:
		return refuse_actor(
		    env, req, res, HTTP_ERROR_INVALID_REQUEST, GUARD_AUTHN_INVALID_ACTOR);
	case ACTOR_REFUSED:
		return refuse_actor(env, req, res, HTTP_ERROR_FORBIDDEN, GUARD_AUTHN_REFUSED_ACTOR);
	}
	if (narrowed == NULL)
		return GUARD_REFUSED;
	req->principal = narrowed;
	req->active_actor = active;
	guard_count(env, GUARD_TALLY_AUTHN + AUTHN_OK);
	log_success(env, req);
	return GUARD_PASSED;
}

enum guard_verdict
guard_authn(const struct guard_env *env, struct request *req, struct response *res)
{
	const struct principal *principal = NULL;
	enum authn_result result;

	req->principal = NULL;
	if (req->match == NULL || req->match->route == NULL)
		return GUARD_REFUSED;
	if (req->match->route->is_public)
		return GUARD_PASSED;
	if (env->authn == NULL)
		return refuse_token(env, req, res, AUTHN_NO_KEY);

	result = authn_verify(env->authn, req->known[HEADER_AUTHORIZATION].first,
	    req->known[HEADER_AUTHORIZATION].count, req->wall_us, req->arena, &principal);
	if (result == AUTHN_OK && principal == NULL)
		result = AUTHN_REFUSED;
	if (result != AUTHN_OK)
		return refuse_token(env, req, res, result);
	return select_actor(env, req, res, principal);
}
