/*
 * How the guards decided, in numbers: one array of counters per process that serves, in memory
 * that others read (process/tally.h). No name, address or path gets in here, only how often.
 */
#ifndef POSTERN_GUARD_TALLY_H
#define POSTERN_GUARD_TALLY_H

#include "authn/authn.h"
#include "core/counter.h"
#include "guard/guard.h"

/*
 * Who answered instead of a handler: the guards in their order, and before them the parser and
 * whoever looks at how long the request has waited.
 */
enum guard_number {
	GUARD_NUMBER_REQUEST = 0,
	GUARD_NUMBER_QUEUE,
	GUARD_NUMBER_FIRST, /* the others follow in the order of guard/line.c */
	GUARD_NUMBER_COUNT = GUARD_NUMBER_FIRST + 9
};

enum {
	GUARD_LIMIT_OUTCOMES = 4, /* by enum limit_verdict */
	GUARD_AUTHN_INVALID_ACTOR = AUTHN_RESULT_COUNT,
	GUARD_AUTHN_REFUSED_ACTOR,
	GUARD_AUTHN_OUTCOMES
};

enum { GUARD_AUTHZ_ALLOWED, GUARD_AUTHZ_DENIED, GUARD_AUTHZ_UNAVAILABLE, GUARD_AUTHZ_OUTCOMES };

/* Where each kind begins in the array. */
enum {
	GUARD_TALLY_REFUSED = 0,
	GUARD_TALLY_ANSWERED = GUARD_TALLY_REFUSED + GUARD_NUMBER_COUNT,
	GUARD_TALLY_LIMIT = GUARD_TALLY_ANSWERED + GUARD_NUMBER_COUNT,
	GUARD_TALLY_AUTHN = GUARD_TALLY_LIMIT + GUARD_LIMIT_OUTCOMES,
	GUARD_TALLY_AUTHZ = GUARD_TALLY_AUTHN + GUARD_AUTHN_OUTCOMES,
	GUARD_TALLY_POLICY_ERRORS = GUARD_TALLY_AUTHZ + GUARD_AUTHZ_OUTCOMES,
	GUARD_TALLY_COUNT
};

struct guard_tally {
	counter counts[GUARD_TALLY_COUNT];
} __attribute__((aligned(64)));

/* `place` is a beginning from above, and what is counted behind it. */
static inline void
guard_count(const struct guard_env *env, unsigned place)
{
	if (env->tally != NULL)
		counter_add(&env->tally->counts[place], 1);
}

/* The words of each kind, by number; constants. */
const char *guard_number_name(unsigned number);
const char *guard_limit_outcome(unsigned verdict);
const char *guard_authn_outcome(unsigned outcome);
const char *guard_authz_outcome(unsigned outcome);

#endif
