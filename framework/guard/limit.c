/*
 * Guard 6: the rate limit of the route. One counter per route (the table's index, so neither
 * spelling nor id of the path matters) and resolved client. It stands before authentication: a
 * refused token costs budget too. A store that cannot count, and a table that has no room for
 * another client, refuse.
 */
#include "core/clock.h"
#include "guard/answer.h"
#include "guard/tally.h"

enum guard_verdict
guard_limit(const struct guard_env *env, struct request *req, struct response *res)
{
	const struct limit *limit;
	struct limit_answer answer = { .verdict = LIMIT_UNAVAILABLE };
	struct limit_key key;

	if (req->match == NULL || req->match->route == NULL || env->route_limits == NULL)
		return GUARD_REFUSED;
	limit = &env->route_limits[req->match->route_index];
	if (limit->amount == 0)
		return GUARD_PASSED;
	if (env->limits != NULL) {
		limit_key_make(&key, (uint32_t)req->match->route_index, req->client);
		/* A body may have taken its time since, and a window must not seem to run backwards. */
		answer = limit_hit(
		    env->limits, limit, &key, req->body.len == 0 ? req->wall_us : clock_wall_us());
	}

	guard_count(env, GUARD_TALLY_LIMIT + (unsigned)answer.verdict);
	switch (answer.verdict) {
	case LIMIT_PASSED:
		return GUARD_PASSED;
	case LIMIT_EXCEEDED:
		guard_log_reason(env, req, LOG_RATE_LIMIT_EXCEEDED, "route");
		return guard_refuse_for_now(
		    res, HTTP_ERROR_RATE_LIMIT_EXCEEDED, answer.retry_after_s);
	case LIMIT_TABLE_FULL:
		guard_log_reason(env, req, LOG_RATE_LIMIT_TABLE_FULL, "table");
		return guard_refuse_for_now(
		    res, HTTP_ERROR_RATE_LIMIT_EXCEEDED, answer.retry_after_s);
	case LIMIT_UNAVAILABLE:
		guard_log_reason(env, req, LOG_RATE_LIMIT_UNAVAILABLE, "store");
		return guard_refuse(res, HTTP_ERROR_SERVICE_UNAVAILABLE);
	}
	return GUARD_REFUSED;
}
