/*
 * Guard 9: the policies decide. Loads the resource through the service, asks one question, and
 * lets through nothing but an explicit permit. Whatever keeps the question from being answered
 * (policies lost for too long, a resource that could not be described, the evaluator) is 503,
 * before the handler and its side effects. Each decision is one line of the log: action,
 * resource type, policies and principal type, the principal as a pseudonym.
 */
#include "guard/answer.h"

#include <stdatomic.h>

#include "core/clock.h"
#include "guard/tally.h"

enum { MAX_NAMES = 2048 /* bytes of all policy names in one line; more are left out whole */ };

static bool
policies_expired(const struct guard_env *env)
{
	int64_t expire_us =
	    env->policies_expire_us == NULL ? 0 : atomic_load(env->policies_expire_us);

	return expire_us != 0 && clock_mono_us() > expire_us;
}

static enum guard_verdict
refuse_unavailable(const struct guard_env *env, const struct request *req, struct response *res,
    const char *reason)
{
	guard_count(env, GUARD_TALLY_AUTHZ + GUARD_AUTHZ_UNAVAILABLE);
	guard_log_reason(env, req, LOG_AUTHORIZATION_UNAVAILABLE, reason);
	return guard_refuse(res, HTTP_ERROR_AUTHORIZATION_UNAVAILABLE);
}

/*
 * Runs the route's `load`. GUARD_PASSED with `*ret_entity`, which is NULL for a resource
 * without attributes.
 */
static enum guard_verdict
load_resource(const struct guard_env *env, struct request *req, struct response *res,
    struct postern_entity **ret_entity)
{
	const struct postern_route *route = req->match->route;
	struct postern_entity *entity;
	enum postern_status status;
	enum http_error error;

	*ret_entity = NULL;
	if (route->load == NULL)
		return GUARD_PASSED;
	entity = authz_resource_new(req->arena, env->authz);
	if (entity == NULL)
		return refuse_unavailable(env, req, res, "memory");
	status = route->load((struct postern_request *)req, entity);
	if (status == POSTERN_OK) {
		*ret_entity = entity;
		return GUARD_PASSED;
	}
	error = guard_status_error(status);
	if (error == HTTP_ERROR_INTERNAL)
		guard_log_reason(env, req, LOG_HANDLER_FAILED, "load");
	return guard_refuse(res, error);
}

static const char *
reason_of(const struct authz_answer *answer)
{
	if (answer->verdict == AUTHZ_ALLOWED)
		return "permit";
	if (answer->denied_by_error)
		return "forbid_error";
	return answer->reason_count > 0 ? "forbid" : "no_permit";
}

/* "policy-a,policy-b": those that fit, whole. */
static void
log_policies(struct log_line *line, const struct authz_answer *answer)
{
	size_t count =
	    answer->reason_count < AUTHZ_MAX_REPORTED ? answer->reason_count : AUTHZ_MAX_REPORTED;
	char room[MAX_NAMES];
	struct buffer names;

	buffer_init_fixed(&names, room, sizeof(room));
	for (size_t i = 0; i < count; i++) {
		if (names.len + 1 + answer->reasons[i].len > sizeof(room))
			break;
		if (names.len > 0)
			buffer_byte(&names, ',');
		buffer_slice(&names, answer->reasons[i]);
	}
	if (names.len > 0)
		log_template(line, FIELD_POLICY, buffer_content(&names));
	if (answer->reason_count > AUTHZ_MAX_REPORTED)
		log_number(line, FIELD_POLICY_COUNT, (int64_t)answer->reason_count);
}

static void
log_decision(const struct guard_env *env, const struct request *req, enum log_event event,
    const struct authz_answer *answer)
{
	UNINITIALIZED struct log_line line;

	if (!guard_log_begin(&line, env, req, event))
		return;
	log_word(&line, FIELD_REASON, reason_of(answer));
	log_template(&line, FIELD_ACTION, slice_from(req->match->route->action));
	log_template(&line, FIELD_RESOURCE_TYPE, answer->resource_type);
	log_policies(&line, answer);
	log_template(&line, FIELD_POLICY_DIGEST, slice_from(authz_digest(env->authz)));
	log_pseudonym(&line, FIELD_ACTOR, req->principal->id);
	log_pseudonym(&line, FIELD_CLIENT, req->client);
	log_end(&line);
}

static void
log_policy_errors(
    const struct guard_env *env, const struct request *req, const struct authz_answer *answer)
{
	UNINITIALIZED struct log_line line;

	if (answer->error_count > 0)
		guard_count(env, GUARD_TALLY_POLICY_ERRORS);
	for (size_t i = 0; i < answer->error_count && i < AUTHZ_MAX_REPORTED; i++) {
		if (!guard_log_begin(&line, env, req, LOG_AUTHORIZATION_POLICY_ERROR))
			return;
		log_template(&line, FIELD_POLICY, answer->errors[i]);
		if (answer->error_names[i] != NULL)
			log_word(&line, FIELD_ERROR_NAME, answer->error_names[i]);
		if (answer->error_count > AUTHZ_MAX_REPORTED)
			log_number(&line, FIELD_POLICY_COUNT, (int64_t)answer->error_count);
		log_end(&line);
	}
}

enum guard_verdict
guard_authz(const struct guard_env *env, struct request *req, struct response *res)
{
	struct postern_entity *entity;
	struct authz_answer answer;

	if (req->match == NULL || req->match->route == NULL)
		return GUARD_REFUSED;
	if (req->match->route->is_public)
		return GUARD_PASSED;
	if (req->principal == NULL || req->match->route->action == NULL)
		return GUARD_REFUSED;
	if (env->authz == NULL)
		return refuse_unavailable(env, req, res, "no_policies");
	if (policies_expired(env))
		return refuse_unavailable(env, req, res, "policies_expired");
	if (load_resource(env, req, res, &entity) != GUARD_PASSED)
		return GUARD_REFUSED;

	answer = authz_ask(env->authz, req->match->route, req, entity);
	log_policy_errors(env, req, &answer);
	switch (answer.verdict) {
	case AUTHZ_ALLOWED:
		guard_count(env, GUARD_TALLY_AUTHZ + GUARD_AUTHZ_ALLOWED);
		log_decision(env, req, LOG_AUTHORIZATION_ALLOWED, &answer);
		return GUARD_PASSED;
	case AUTHZ_DENIED:
		guard_count(env, GUARD_TALLY_AUTHZ + GUARD_AUTHZ_DENIED);
		log_decision(env, req, LOG_AUTHORIZATION_DENIED, &answer);
		return guard_refuse(res, HTTP_ERROR_FORBIDDEN);
	case AUTHZ_UNAVAILABLE:
		return refuse_unavailable(env, req, res, "evaluation");
	}
	return GUARD_REFUSED;
}
