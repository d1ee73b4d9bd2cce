/*
 * Which environments a policy can tell apart: those that differ in nothing that its conditions use
 * need not be checked twice. A policy that does not name `action` sees of an action the type of
 * its context alone, which many actions have in common.
 */
#ifndef POSTERN_CEDAR_ENVIRONMENTS_H
#define POSTERN_CEDAR_ENVIRONMENTS_H

#include "cedar/budget.h"
#include "cedar/schema.h"

/* For each action the first one whose context is of the same type. NULL: the budget is out. */
const uint32_t *environments_of_contexts(struct budget *budget, const struct cedar_schema *schema);

/* What a policy sees of an environment; 0 where it does not look. */
struct environment_key {
	uint32_t context, principal, resource;
};

/* Those that have been checked; zeroed it is empty. Lives in the budget's arena. */
struct environment_set {
	struct environment_key *keys;
	bool *is_taken;
	size_t count, size;
};
/* Adds; false: it was there, or the budget is out. */
bool environment_set_add(
    struct budget *budget, struct environment_set *set, struct environment_key key);

#endif
