/*
 * Strict validation of a policy set (templates and links too) against a schema: each policy is
 * type-checked for every action with every principal and resource type that it applies to.
 */
#ifndef POSTERN_CEDAR_VALIDATOR_H
#define POSTERN_CEDAR_VALIDATOR_H

#include "cedar/cedar.h"
#include "cedar/schema.h"

/* One thing that the validator has to say about a policy. */
struct validator_finding {
	struct slice policy; /* its id; of a link the link's */
	/* `line` 0: the policy came without a text to point into. */
	struct cedar_complaint complaint;
};

struct validator_result {
	/* In the order of the policies, at most CEDAR_MAX_ERRORS of each kind of one policy. */
	const struct validator_finding *errors, *warnings;
	size_t error_count, warning_count;
};

enum validator_outcome {
	VALIDATOR_NO_MEMORY = 0, /* no verdict; nothing is valid */
	VALIDATOR_NO_STEPS,      /* no verdict: CEDAR_MAX_CHECK_STEPS were not enough */
	VALIDATOR_INVALID,       /* there are errors */
	VALIDATOR_VALID          /* there may be warnings */
};

enum { VALIDATOR_NO_LEVEL = -1 };

/*
 * `level` also checks that no chain of dereferences is longer; VALIDATOR_NO_LEVEL: not checked.
 * `ret_result` is filled when there is a verdict, and lives in the arena.
 */
enum validator_outcome validator_check(const struct cedar_policies *policies,
    const struct cedar_schema *schema, int level, struct arena *arena,
    struct validator_result *ret_result) MUST_USE;
/* The same with fewer steps, for tests and for those who are in a hurry. */
enum validator_outcome validator_check_within(uint64_t steps, const struct cedar_policies *policies,
    const struct cedar_schema *schema, int level, struct arena *arena,
    struct validator_result *ret_result) MUST_USE;

/*
 * "for policy \"ID\": FILE:LINE:COLUMN: message ..." as cedar_complaint_text; into the arena.
 */
const char *validator_finding_text(struct arena *arena, const struct validator_finding *finding);

#endif
