/*
 * Guard 8: parameters and body as the service's OpenAPI text says. It stands behind
 * authentication, so that a stranger cannot learn the shape of bodies by trying.
 */
#include "guard/answer.h"

enum guard_verdict
guard_contract(const struct guard_env *env, struct request *req, struct response *res)
{
	if (env->contract == NULL)
		return GUARD_REFUSED;
	switch (contract_check(env->contract, req)) {
	case CONTRACT_KEPT:
		return GUARD_PASSED;
	case CONTRACT_MEDIA_TYPE:
		guard_log_reason(env, req, LOG_CONTRACT_REFUSED, "media_type");
		return guard_refuse(res, HTTP_ERROR_MEDIA_TYPE);
	case CONTRACT_REFUSED:
		guard_log_reason(env, req, LOG_CONTRACT_REFUSED, "schema");
		return guard_refuse(res, HTTP_ERROR_INVALID_REQUEST);
	}
	return GUARD_REFUSED;
}
