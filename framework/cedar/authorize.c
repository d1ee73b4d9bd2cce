/*
 * The decision: every policy is asked; a satisfied forbid denies, else a satisfied permit allows,
 * else the answer is deny. A policy that fails is reported and counts as not satisfied. Top of
 * the engine, above evaluator.c.
 */
#include "cedar/evaluator.h"
#include "cedar/hash.h"
#include "cedar/policies.h"
#include "core/sort.h"
#include "cedar/value.h"

enum {
	FIRST_FOUND = 8, /* policies there is room for before the lists grow */
	ACTIONS_A_STEP = 8
};

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

/* One decision on its way. */
struct asking {
	const struct cedar_policies *policies;
	const struct cedar_request *request;
	struct evaluation evaluation;
	struct findings findings;
};

/* False: no decision is possible. The head is tested first, which is cheap and cannot fail. */
static bool
ask_policy(struct asking *asking, uint32_t index)
{
	struct evaluation *evaluation = &asking->evaluation;
	const struct cedar_request *request = asking->request;
	const struct policy *policy = asking->policies->items[index];
	enum cedar_error error;
	bool satisfied;

	if (!evaluation_spend(evaluation, policy->action.count / ACTIONS_A_STEP))
		return false;
	if (!scope_matches(evaluation, &policy->action, &request->action) ||
	    !scope_matches(evaluation, &policy->principal, &request->principal) ||
	    !scope_matches(evaluation, &policy->resource, &request->resource))
		return true;
	error = check_conditions(evaluation, policy, &satisfied);
	if (evaluation->is_stopped)
		return false;
	if (error != CEDAR_ERROR_NONE)
		return note_error(&asking->findings, index, error);
	if (!satisfied)
		return true;
	asking->findings.is_forbidden |= policy->effect == CEDAR_FORBID;
	return note_satisfied(&asking->findings, index);
}

static bool
ask_all(struct asking *asking)
{
	for (uint32_t i = 0; i < asking->policies->count; i++)
		if (!ask_policy(asking, i))
			return false;
	return true;
}

/*
 * A policy that lists several actions is filed under each: it is asked at the first of them that
 * the request's action is in.
 */
static bool
was_asked(const struct asking *asking, const struct scope_entry *entry)
{
	const struct scope *actions = &asking->policies->items[entry->policy]->action;

	for (uint32_t i = 0; i < entry->place; i++)
		if (entity_is_in(
			&asking->evaluation, &asking->request->action, &actions->entities[i]))
			return true;
	return false;
}

static bool
ask_entries(struct asking *asking, uint32_t first, uint32_t count)
{
	const struct scope_entry *entries = asking->policies->index->entries + first;

	for (uint32_t i = 0; i < count; i++)
		if (!was_asked(asking, &entries[i]) && !ask_policy(asking, entries[i].policy))
			return false;
	return true;
}

static bool
ask_under(
    struct asking *asking, enum scope_key_kind kind, const struct cedar_uid *uid, uint64_t hash)
{
	const struct scope_key *key = scope_index_find(asking->policies->index, kind, uid, hash);

	return key == NULL || ask_entries(asking, key->first, key->count);
}

/* Those filed under what the entity is in: looks for each of its ancestors. */
static bool
ask_under_ancestors(struct asking *asking, enum scope_key_kind kind, const struct entity *entity)
{
	const struct cedar_entities *entities = asking->evaluation.entities;

	for (uint32_t i = 0; i < entity->ancestor_count; i++) {
		uint32_t index = entity->ancestors[i];

		if (!ask_under(asking, kind, entities_at(entities, index)->uid,
			entities_hash(entities, index)))
			return false;
	}
	return true;
}

/* The same the other way round, where the keys are fewer than the ancestors. */
static bool
ask_under_keys(struct asking *asking, enum scope_key_kind kind, const struct entity *entity)
{
	const struct scope_index *index = asking->policies->index;

	for (uint32_t i = index->kind_first[kind]; i < index->kind_first[kind + 1]; i++) {
		const struct scope_key *key = &index->keys[i];

		if (entity_has_ancestor_hashed(
			asking->evaluation.entities, entity, key->uid, key->hash) &&
		    !ask_entries(asking, key->first, key->count))
			return false;
	}
	return true;
}

/* Those filed under one of the request's entities, its type, or what it is in. */
static bool
ask_about(struct asking *asking, enum variable variable, enum scope_key_kind equal,
    enum scope_key_kind in, enum scope_key_kind is)
{
	const struct scope_index *index = asking->policies->index;
	const struct cedar_uid *uid = asking->evaluation.variables[variable].as.entity;
	const struct entity *known = asking->evaluation.known[variable];
	uint64_t hash = asking->evaluation.hashes[variable];
	uint32_t in_count = scope_index_count(index, in);

	if (!ask_under(asking, equal, uid, hash) || !ask_under(asking, in, uid, hash))
		return false;
	if (is != KEY_KIND_COUNT && scope_index_count(index, is) > 0 &&
	    !ask_under(asking, is, uid, slice_hash(uid->type)))
		return false;
	if (known == NULL || in_count == 0)
		return true;
	return known->ancestor_count <= in_count ? ask_under_ancestors(asking, in, known)
						 : ask_under_keys(asking, in, known);
}

static bool
ask_indexed(struct asking *asking)
{
	evaluation_hash(&asking->evaluation);
	return ask_entries(asking, 0, asking->policies->index->everywhere_count) &&
	       ask_about(asking, VARIABLE_PRINCIPAL, KEY_PRINCIPAL_EQUAL, KEY_PRINCIPAL_IN,
		   KEY_PRINCIPAL_IS) &&
	       ask_about(
		   asking, VARIABLE_ACTION, KEY_ACTION_EQUAL, KEY_ACTION_IN, KEY_KIND_COUNT) &&
	       ask_about(
		   asking, VARIABLE_RESOURCE, KEY_RESOURCE_EQUAL, KEY_RESOURCE_IN, KEY_RESOURCE_IS);
}

static int
number_order(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static int
error_order(const void *a, const void *b)
{
	return number_order(&((const struct cedar_policy_error *)a)->policy,
	    &((const struct cedar_policy_error *)b)->policy);
}

/*
 * Of the satisfied policies those that decide: the forbids if there is one, else the permits,
 * which are all. In the order of the policies, whichever way they were found.
 */
static void
conclude(const struct cedar_policies *policies, struct findings *findings, struct cedar_answer *ret)
{
	size_t kept = 0;

	for (size_t i = 0; i < findings->satisfied_count; i++)
		if (!findings->is_forbidden ||
		    policies->items[findings->satisfied[i]]->effect == CEDAR_FORBID)
			findings->satisfied[kept++] = findings->satisfied[i];
	if (policies->index != NULL) {
		SORT(findings->satisfied, kept, number_order);
		SORT(findings->errors, findings->error_count, error_order);
	}
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
	struct asking asking = {
		.policies = policies,
		.request = request,
		.findings = { .arena = arena },
	};

	if (request->context.kind != CEDAR_RECORD)
		return CEDAR_NO_DECISION;
	evaluation_init(&asking.evaluation, entities, request, arena);
	if (policies->index != NULL ? !ask_indexed(&asking) : !ask_all(&asking))
		return CEDAR_NO_DECISION;
	conclude(policies, &asking.findings, ret_answer);
	return CEDAR_DECIDED;
}
