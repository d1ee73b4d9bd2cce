/* Strict validation of a policy set (templates and links too) against a schema. */
#ifndef POSTERN_CEDAR_VALIDATOR_H
#define POSTERN_CEDAR_VALIDATOR_H

#include "cedar/cedar.h"
#include "cedar/schema.h"

/* One thing that the validator has to say about a policy. */
struct validator_finding {
	struct slice policy; /* its id; of a link the link's */
	struct slice place;  /* "file:line" of the policy; may be empty */
	const char *message;
	const char *hint; /* NULL: none */
};

struct validator_result {
	const struct validator_finding *errors, *warnings; /* in the order of the policies */
	size_t error_count, warning_count;
};

enum { VALIDATOR_NO_LEVEL = -1 };

/*
 * False: memory or a bound is out and nothing is known. Valid means that there are no errors.
 * `level` also checks that no chain of dereferences is longer; VALIDATOR_NO_LEVEL: not checked.
 */
bool validator_check(const struct cedar_policies *policies, const struct cedar_schema *schema,
    int level, struct arena *arena, struct validator_result *ret_result) MUST_USE;

#endif
