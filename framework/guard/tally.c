/* The words for what the guards count. */
#include "guard/tally.h"

#include "core/compiler.h"
#include "limits/limits.h"

static const char *const numbers[GUARD_NUMBER_COUNT] = {
	"request",
	"queue",
	"proxy",
	"transport",
	"payload",
	"route",
	"cors",
	"limit",
	"authn",
	"contract",
	"authz",
};

static const char *const limits[GUARD_LIMIT_OUTCOMES] = {
	[LIMIT_UNAVAILABLE] = "unavailable",
	[LIMIT_PASSED] = "passed",
	[LIMIT_EXCEEDED] = "exceeded",
	[LIMIT_TABLE_FULL] = "table_full",
};

static const char *const authz[GUARD_AUTHZ_OUTCOMES] = {
	[GUARD_AUTHZ_ALLOWED] = "allowed",
	[GUARD_AUTHZ_DENIED] = "denied",
	[GUARD_AUTHZ_UNAVAILABLE] = "unavailable",
};

const char *
guard_number_name(unsigned number)
{
	return number < COUNT_OF(numbers) ? numbers[number] : "unknown";
}

const char *
guard_limit_outcome(unsigned verdict)
{
	return verdict < COUNT_OF(limits) ? limits[verdict] : "unknown";
}

const char *
guard_authn_outcome(unsigned outcome)
{
	switch (outcome) {
	case AUTHN_OK:
		return "succeeded";
	case GUARD_AUTHN_INVALID_ACTOR:
		return "actor_invalid";
	case GUARD_AUTHN_REFUSED_ACTOR:
		return "actor_refused";
	default:
		return authn_reason((enum authn_result)outcome);
	}
}

const char *
guard_authz_outcome(unsigned outcome)
{
	return outcome < COUNT_OF(authz) ? authz[outcome] : "unknown";
}
