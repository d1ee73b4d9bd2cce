/*
 * What a validation found, gathered policy by policy. While a policy is checked nothing is
 * allocated, so that scratch memory can be rolled back; the texts move into the arena of the
 * result when the policy is done. The same fault at the same place is told once, in however many
 * environments it shows.
 */
#ifndef POSTERN_CEDAR_FINDINGS_H
#define POSTERN_CEDAR_FINDINGS_H

#include "cedar/ast.h"
#include "cedar/budget.h"
#include "cedar/complaint.h"
#include "cedar/validator.h"

enum finding_kind { FINDING_ERROR, FINDING_WARNING, FINDING_KINDS };

struct pending_finding {
	uint32_t offset;
	const char *format; /* of the message: names the fault */
	char message[256], hint[160];
};

struct finding_list {
	struct validator_finding *items;
	size_t count, size;
	/* Of the policy at hand: */
	struct pending_finding pending[CEDAR_MAX_ERRORS];
	size_t pending_count;
};

struct findings {
	struct budget *result; /* the arena of the result, and the steps of the validation */
	struct finding_list lists[FINDING_KINDS];
	const struct policy *policy;
	struct source source;               /* of its text */
	struct cedar_complaints complaints; /* where one is made at a time */
};

/* Begins with a policy: what was pending is dropped. */
void findings_begin(struct findings *findings, const struct policy *policy);
/* `offset` is in the policy's text. `hint` is copied; NULL: none. */
void findings_add(struct findings *findings, enum finding_kind kind, uint32_t offset,
    const char *hint, const char *format, ...) PRINTF_LIKE(5, 6);
/* Moves what is pending to the result; false: the budget is out. */
bool findings_keep(struct findings *findings) MUST_USE;

static inline bool
findings_has(const struct findings *findings, enum finding_kind kind)
{
	return findings->lists[kind].pending_count > 0;
}

#endif
