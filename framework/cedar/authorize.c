/*
 * The decision: every policy is asked; a satisfied forbid denies, else a satisfied permit allows,
 * else the answer is deny. A policy that fails is reported and counts as not satisfied. Top of
 * the engine, above evaluator.c.
 */
#include "cedar/evaluator.h"
#include "cedar/policies.h"
#include "cedar/value.h"

enum { FIRST_FOUND = 8 }; /* policies there is room for before the lists grow */

static const char *const error_names[CEDAR_ERROR_COUNT] = {
	[CEDAR_ERROR_NONE] = "none",
	[CEDAR_ERROR_TYPE] = "type",
	[CEDAR_ERROR_MISSING_ATTRIBUTE] = "missing_attribute",
	[CEDAR_ERROR_MISSING_TAG] = "missing_tag",
	[CEDAR_ERROR_MISSING_ENTITY] = "missing_entity",
	[CEDAR_ERROR_OVERFLOW] = "overflow",
	[CEDAR_ERROR_EXTENSION] = "extension",
	[CEDAR_ERROR_ARITY] = "arity",
	[CEDAR_ERROR_RECURSION] = "recursion",
};

const char *
cedar_error_name(enum cedar_error error)
{
	return error_names[error];
}

/* What has been found out about the policies so far. */
struct findings {
	struct arena *arena;
	uint32_t *satisfied;
	size_t satisfied_count, satisfied_size;
	bool is_forbidden; /* one of the satisfied is a forbid */
	struct cedar_policy_error *errors;
	size_t error_count, error_size;
};

/* An array with room for one more; NULL when memory is out. */
static void *
room_for_one(struct arena *arena, void *array, size_t element, size_t count, size_t *size)
{
	size_t wanted = *size == 0 ? FIRST_FOUND : *size * 2;
	void *grown;

	if (count < *size)
		return array;
	grown = arena_alloc(arena, wanted * element);
	if (grown == NULL)
		return NULL;
	if (count > 0)
		memcpy(grown, array, count * element);
	*size = wanted;
	return grown;
}

static bool
note_satisfied(struct findings *findings, uint32_t policy)
{
	uint32_t *satisfied = room_for_one(findings->arena, findings->satisfied, sizeof(*satisfied),
	    findings->satisfied_count, &findings->satisfied_size);

	if (satisfied == NULL)
		return false;
	findings->satisfied = satisfied;
	satisfied[findings->satisfied_count++] = policy;
	return true;
}

static bool
note_error(struct findings *findings, uint32_t policy, enum cedar_error error)
{
	struct cedar_policy_error *errors = room_for_one(findings->arena, findings->errors,
	    sizeof(*errors), findings->error_count, &findings->error_size);

	if (errors == NULL)
		return false;
	findings->errors = errors;
	errors[findings->error_count++] = (struct cedar_policy_error) { policy, error };
	return true;
}

static bool
scope_matches(
    const struct evaluation *evaluation, const struct scope *scope, const struct cedar_uid *uid)
{
	switch (scope->kind) {
	case SCOPE_ANY:
		return true;
	case SCOPE_EQUAL:
		return uid_equal(uid, scope->entities);
	case SCOPE_IS:
		return slice_equal(uid->type, scope->type);
	case SCOPE_IS_IN:
		if (!slice_equal(uid->type, scope->type))
			return false;
		return entity_is_in(evaluation, uid, scope->entities);
	case SCOPE_IN:
		for (uint32_t i = 0; i < scope->count; i++)
			if (entity_is_in(evaluation, uid, &scope->entities[i]))
				return true;
		return false;
	}
	return false;
}

/* The conditions in their order, up to the first that does not hold. */
static enum cedar_error
check_conditions(struct evaluation *evaluation, const struct policy *policy, bool *ret_satisfied)
{
	const struct condition *condition = policy->conditions;

	for (; condition != NULL; condition = condition->next) {
		struct cedar_value value;
		enum cedar_error error = cedar_evaluate(evaluation, condition->body, &value);

		if (error != CEDAR_ERROR_NONE)
			return error;
		if (value.kind != CEDAR_BOOL)
			return CEDAR_ERROR_TYPE;
		if (value.as.boolean == condition->is_unless) {
			*ret_satisfied = false;
			return CEDAR_ERROR_NONE;
		}
	}
	*ret_satisfied = true;
	return CEDAR_ERROR_NONE;
}

/* False: no decision is possible. The head is tested first, which is cheap and cannot fail. */
static bool
ask_policy(struct evaluation *evaluation, const struct cedar_request *request,
    const struct policy *policy, uint32_t index, struct findings *findings)
{
	enum cedar_error error;
	bool satisfied;

	if (!scope_matches(evaluation, &policy->action, &request->action) ||
	    !scope_matches(evaluation, &policy->principal, &request->principal) ||
	    !scope_matches(evaluation, &policy->resource, &request->resource))
		return true;
	error = check_conditions(evaluation, policy, &satisfied);
	if (evaluation->is_stopped)
		return false;
	if (error != CEDAR_ERROR_NONE)
		return note_error(findings, index, error);
	if (!satisfied)
		return true;
	findings->is_forbidden |= policy->effect == CEDAR_FORBID;
	return note_satisfied(findings, index);
}

/*
 * Of the satisfied policies those that decide: the forbids if there is one, else the permits,
 * which are all.
 */
static void
conclude(const struct cedar_policies *policies, struct findings *findings, struct cedar_answer *ret)
{
	size_t kept = 0;

	for (size_t i = 0; i < findings->satisfied_count; i++)
		if (!findings->is_forbidden ||
		    policies->items[findings->satisfied[i]]->effect == CEDAR_FORBID)
			findings->satisfied[kept++] = findings->satisfied[i];
	*ret = (struct cedar_answer) {
		.decision = kept > 0 && !findings->is_forbidden ? CEDAR_ALLOW : CEDAR_DENY,
		.reasons = findings->satisfied,
		.reason_count = kept,
		.errors = findings->errors,
		.error_count = findings->error_count,
	};
}

enum cedar_outcome
cedar_authorize(const struct cedar_policies *policies, const struct cedar_entities *entities,
    const struct cedar_request *request, struct arena *arena, struct cedar_answer *ret_answer)
{
	struct findings findings = { .arena = arena };
	struct evaluation evaluation;

	if (request->context.kind != CEDAR_RECORD)
		return CEDAR_NO_DECISION;
	evaluation_init(&evaluation, entities, request, arena);
	for (uint32_t i = 0; i < policies->count; i++)
		if (!ask_policy(&evaluation, request, policies->items[i], i, &findings))
			return CEDAR_NO_DECISION;
	conclude(policies, &findings, ret_answer);
	return CEDAR_DECIDED;
}
