/*
 * Validation of a policy set: the checks that need no environment, then the conditions in every
 * environment that the scopes do not exclude. Of environments that cannot differ for a policy,
 * since its conditions do not use what differs, one is checked.
 */
#include "cedar/validator.h"

#include "cedar/confusable.h"
#include "cedar/declared.h"
#include "cedar/environments.h"
#include "cedar/policies.h"
#include "cedar/typecheck.h"

struct validation {
	struct checker checker;
	const struct policy *policy;
	int level;
	unsigned variables;       /* that the conditions use */
	bool is_ever_true;        /* in some environment the policy is not known to be false */
	bool is_ever_applicable;  /* some action goes with both scopes */
	const uint32_t *contexts; /* see environments.h */
	struct environment_set checked;                   /* of the policy */
	bool names_undeclared_action, has_faulty_actions; /* in the scope */
};

/*
 * What a scope of principal or resource is for entities of a type. A slot is filled with what fits,
 * so it may always be true.
 */
static enum schema_truth
scope_truth(
    struct validation *validation, const struct scope *scope, const struct schema_entity_type *type)
{
	struct checker *checker = &validation->checker;
	const struct schema_entity_type *other;

	if ((scope->kind == SCOPE_IS || scope->kind == SCOPE_IS_IN) &&
	    !slice_equal(scope->type, type->name))
		return SCHEMA_FALSE;
	if (scope->kind == SCOPE_ANY || scope->kind == SCOPE_IS)
		return SCHEMA_TRUE;
	if (scope->is_slot)
		return SCHEMA_MAYBE;
	other = schema_type_of_uid(checker->schema, &scope->entities[0]);
	if (other == NULL) /* said elsewhere */
		return SCHEMA_MAYBE;
	if (scope->kind == SCOPE_EQUAL ? type == other : typecheck_may_be_in(checker, type, other))
		return SCHEMA_MAYBE;
	return SCHEMA_FALSE;
}

/* Whether entities of the type can be what the scope asks for; of undeclared ones none can. */
static bool
scope_applies(
    struct validation *validation, const struct scope *scope, const struct schema_entity_type *type)
{
	if (scope->count == 1 &&
	    schema_type_of_uid(validation->checker.schema, &scope->entities[0]) == NULL)
		return false;
	return scope_truth(validation, scope, type) != SCHEMA_FALSE;
}

/*
 * `action in [..]` is typed as any set: empty it has no type, of two types neither. Complains when
 * `complains` is set.
 */
static bool
has_faulty_list(struct validation *validation, bool complains)
{
	const struct cedar_schema *schema = validation->checker.schema;
	const struct scope *scope = &validation->policy->action;
	struct findings *findings = &validation->checker.findings;
	const struct schema_entity_type *first = NULL;

	if (!scope->is_list)
		return false;
	if (scope->count == 0 && complains)
		findings_add(findings, FINDING_ERROR, scope->offset,
		    "name an action, or leave the scope open",
		    "this list of actions is empty, so the policy never applies");
	for (uint32_t i = 0; i < scope->count && budget_spend(&validation->checker.budget, 1);
	     i++) {
		const struct schema_entity_type *next =
		    schema_type_of_uid(schema, &scope->entities[i]);

		if (i == 0)
			first = next;
		if (first == NULL || next == NULL)
			return false; /* said elsewhere */
		if (next == first)
			continue;
		if (complains)
			findings_add(findings, FINDING_ERROR, scope->offset,
			    "write one policy for each namespace",
			    "the actions of one list must be of one type, these are of %.*s and "
			    "%.*s",
			    SLICE_ARGS(slice_first(first->name, 64)),
			    SLICE_ARGS(slice_first(next->name, 64)));
		return true;
	}
	return scope->count == 0;
}

static bool
names_undeclared_action(struct validation *validation)
{
	const struct scope *scope = &validation->policy->action;

	for (uint32_t i = 0; i < scope->count; i++)
		if (!budget_spend(&validation->checker.budget, 1) ||
		    schema_find_action(validation->checker.schema, &scope->entities[i]) == NULL)
			return true;
	return false;
}

/* Whether the scope holds for the action, as far as its actions are declared. */
static bool
action_is_in_scope(struct validation *validation, const struct schema_action *action)
{
	const struct cedar_schema *schema = validation->checker.schema;
	const struct scope *scope = &validation->policy->action;

	if (scope->kind == SCOPE_ANY)
		return true;
	for (uint32_t i = 0; i < scope->count; i++) {
		const struct schema_action *other = schema_find_action(schema, &scope->entities[i]);

		if (!budget_spend(&validation->checker.budget, 1))
			return false;
		if (other == action || (other != NULL && scope->kind == SCOPE_IN &&
					   schema_action_is_in(schema, action, other)))
			return true;
	}
	return false;
}

/* What the scope is for the action; where it has a fault, nothing is known. */
static enum schema_truth
action_truth(struct validation *validation, const struct schema_action *action)
{
	if (validation->has_faulty_actions && validation->policy->action.kind == SCOPE_IN)
		return SCHEMA_MAYBE;
	return action_is_in_scope(validation, action) ? SCHEMA_TRUE : SCHEMA_FALSE;
}

/* The same for asking whether any action applies: among undeclared ones none does. */
static bool
action_applies(struct validation *validation, const struct schema_action *action)
{
	return !validation->names_undeclared_action && action_is_in_scope(validation, action);
}

static bool
any_applies(struct validation *validation, const struct scope *scope,
    const struct schema_entity_type *const *types, uint32_t count)
{
	for (uint32_t i = 0; i < count && budget_spend(&validation->checker.budget, 1); i++)
		if (scope_applies(validation, scope, types[i]))
			return true;
	return false;
}

/*
 * "Write in instead of ==": the type of the entity is none that an action applies to, but such
 * entities may be in it.
 */
static bool
would_in_help(struct validation *validation, const struct scope *scope, bool is_principal)
{
	const struct cedar_schema *schema = validation->checker.schema;
	const struct schema_entity_type *type;
	bool helps = false;

	if (scope->kind != SCOPE_EQUAL || scope->count != 1)
		return false;
	type = schema_type_of_uid(schema, &scope->entities[0]);
	for (uint32_t i = 0; i < schema->action_count && type != NULL; i++) {
		const struct schema_action *action = &schema->actions[i];
		const struct schema_entity_type *const *types =
		    is_principal ? action->principals : action->resources;
		uint32_t count = is_principal ? action->principal_count : action->resource_count;

		if (!action_applies(validation, action))
			continue;
		for (uint32_t k = 0; k < count && budget_spend(&validation->checker.budget, 1);
		     k++) {
			if (types[k] == type)
				return false;
			helps = helps || typecheck_may_be_in(&validation->checker, types[k], type);
		}
	}
	return helps;
}

/* Whether there is an action that the scopes of the policy go with. */
static void
check_application(struct validation *validation, const struct policy *policy)
{
	const struct cedar_schema *schema = validation->checker.schema;
	bool helps_principal, helps_resource;

	for (uint32_t i = 0; i < schema->action_count; i++) {
		const struct schema_action *action = &schema->actions[i];

		if (!budget_spend(&validation->checker.budget, 1))
			return;
		if (action_applies(validation, action) &&
		    any_applies(validation, &policy->principal, action->principals,
			action->principal_count) &&
		    any_applies(
			validation, &policy->resource, action->resources, action->resource_count))
			return;
	}
	helps_principal = would_in_help(validation, &policy->principal, true);
	helps_resource = would_in_help(validation, &policy->resource, false);
	findings_add(&validation->checker.findings, FINDING_WARNING, policy->offset,
	    helps_principal && helps_resource ? "write in instead of == for principal and resource"
	    : helps_principal                 ? "write in instead of == for the principal"
	    : helps_resource                  ? "write in instead of == for the resource"
					      : NULL,
	    "the schema has no action that goes with this principal, action and resource");
}

/*
 * All conditions as one, c1 && (c2 && ..); true when there are none. Where one of them has no type,
 * what follows cannot make the whole false.
 */
static struct answer
check_conditions(struct validation *validation, struct level_node **ret_level)
{
	struct checker *checker = &validation->checker;
	struct conjunction conjunction = { .known = NULL };
	bool is_unclear = false;
	uint32_t count = 0;

	for (const struct condition *at = validation->policy->conditions; at != NULL; at = at->next)
		count++;
	*ret_level = level_node_new(checker, LEVEL_OTHER, validation->policy->offset, count);
	conjunction_add(checker, &conjunction, answer_truth(SCHEMA_TRUE));
	for (const struct condition *at = validation->policy->conditions;
	     at != NULL && !conjunction.is_over; at = at->next) {
		struct answer answer =
		    typecheck_expect(checker, conjunction.known, at->body, EXPECT_BOOL, NULL);

		is_unclear = is_unclear || (!answer.has_type && !at->is_unless);
		if (at->is_unless)
			answer = typecheck_negation(checker, answer, at->body->offset);
		level_node_add(*ret_level, &answer);
		conjunction_add(checker, &conjunction, answer);
	}
	if (is_unclear)
		conjunction.answer.type = type_bool(SCHEMA_MAYBE);
	return conjunction.answer;
}

/* At level 0 even `in` is too much, in a scope as well. */
static void
check_scope_level(struct validation *validation, const struct scope *scope)
{
	if (validation->level == 0 && (scope->kind == SCOPE_IN || scope->kind == SCOPE_IS_IN))
		findings_add(&validation->checker.findings, FINDING_ERROR, scope->offset, NULL,
		    "this looks into %u entity, none is allowed", 1);
}

/*
 * Whether the conditions can tell it from those that they were checked in. Levels tell the action
 * of the environment from others even where it is not named.
 */
static bool
is_new_environment(struct validation *validation)
{
	const struct environment *environment = &validation->checker.environment;
	const struct cedar_schema *schema = validation->checker.schema;
	unsigned used = validation->variables;
	struct environment_key key = { 0, 0, 0 };

	if (validation->level >= 0 || (used & 1u << VARIABLE_ACTION) != 0)
		return budget_spend(&validation->checker.budget, 1);
	if ((used & 1u << VARIABLE_CONTEXT) != 0)
		key.context = 1 + validation->contexts[environment->action - schema->actions];
	if ((used & 1u << VARIABLE_PRINCIPAL) != 0)
		key.principal = 1 + environment->principal->index;
	if ((used & 1u << VARIABLE_RESOURCE) != 0)
		key.resource = 1 + environment->resource->index;
	return environment_set_add(&validation->checker.budget, &validation->checked, key);
}

/* The conditions in the environment that is set, which no scope excludes. */
static void
check_environment(struct validation *validation)
{
	struct checker *checker = &validation->checker;
	struct arena_mark mark;
	struct level_node *level;
	struct answer answer;
	bool is_false;

	if (!is_new_environment(validation))
		return;
	mark = arena_mark(checker->budget.arena);
	answer = check_conditions(validation, &level);
	is_false = answer.has_type && type_is_truth(answer.type, SCHEMA_FALSE);
	validation->is_ever_true = validation->is_ever_true || !is_false;
	if (validation->level >= 0 && (is_false || !answer.has_failed))
		level_check(&checker->budget, &checker->findings, validation->level, level);
	arena_rollback(checker->budget.arena, mark);
}

/* One action and principal type with every resource type. */
static void
check_resources(struct validation *validation)
{
	const struct policy *policy = validation->policy;
	struct environment *environment = &validation->checker.environment;
	const struct schema_action *action = environment->action;

	for (uint32_t i = 0; i < action->resource_count; i++) {
		if (!budget_spend(&validation->checker.budget, 1))
			return;
		environment->resource = action->resources[i];
		if (scope_truth(validation, &policy->resource, environment->resource) ==
		    SCHEMA_FALSE)
			continue;
		check_environment(validation);
		if (validation->level < 0 && (validation->variables & 1u << VARIABLE_RESOURCE) == 0)
			return; /* the others cannot differ */
	}
}

/* What the scopes alone have to do with levels, where they are looked at. */
static void
check_scope_levels(
    struct validation *validation, enum schema_truth principal, enum schema_truth action)
{
	const struct policy *policy = validation->policy;
	const struct scope *scope = &policy->principal;
	const struct schema_entity_type *type = validation->checker.environment.principal;

	if (scope->kind != SCOPE_IS_IN || slice_equal(scope->type, type->name))
		check_scope_level(validation, scope);
	if (principal == SCHEMA_FALSE)
		return;
	check_scope_level(validation, &policy->action);
	if (action == SCHEMA_FALSE)
		return;
	scope = &policy->resource;
	for (uint32_t i = 0; i < validation->checker.environment.action->resource_count; i++) {
		type = validation->checker.environment.action->resources[i];
		if (scope->kind != SCOPE_IS_IN || slice_equal(scope->type, type->name))
			check_scope_level(validation, scope);
	}
}

/*
 * One action with every principal and resource type. The order is the condition's, principal,
 * action, resource: behind what is false nothing is looked at.
 */
static void
check_action(struct validation *validation, const struct schema_action *action)
{
	const struct policy *policy = validation->policy;
	struct environment *environment = &validation->checker.environment;
	enum schema_truth by_action = action_truth(validation, action);

	environment->action = action;
	for (uint32_t i = 0; i < action->principal_count && action->resource_count > 0; i++) {
		enum schema_truth by_principal;

		if (!budget_spend(&validation->checker.budget, 1))
			return;
		environment->principal = action->principals[i];
		by_principal = scope_truth(validation, &policy->principal, environment->principal);
		if (validation->level == 0)
			check_scope_levels(validation, by_principal, by_action);
		if (by_principal == SCHEMA_FALSE)
			continue;
		if (validation->has_faulty_actions)
			(void)has_faulty_list(validation, true);
		if (by_action == SCHEMA_FALSE)
			return;
		check_resources(validation);
		if (validation->level < 0 &&
		    (validation->variables & 1u << VARIABLE_PRINCIPAL) == 0)
			return;
	}
}

/* What the scope of the action is like in every environment. */
static void
note_actions(struct validation *validation)
{
	validation->names_undeclared_action = names_undeclared_action(validation);
	validation->has_faulty_actions =
	    validation->names_undeclared_action || has_faulty_list(validation, false);
}

static void
check_policy(struct validation *validation, const struct policy *policy)
{
	const struct cedar_schema *schema = validation->checker.schema;
	struct findings *findings = &validation->checker.findings;
	struct declared declared = {
		.schema = schema, .budget = &validation->checker.budget, .findings = findings
	};

	validation->policy = policy;
	validation->is_ever_true = false;
	declared_check(&declared, policy);
	validation->variables = declared.variables;
	note_actions(validation);
	validation->checked = (struct environment_set) { .keys = NULL };
	for (uint32_t i = 0; i < schema->action_count; i++)
		if (budget_spend(&validation->checker.budget, 1))
			check_action(validation, &schema->actions[i]);
	check_application(validation, policy);
	if (!validation->is_ever_true)
		findings_add(findings, FINDING_WARNING, policy->offset, NULL,
		    "this policy is never satisfied: it is false for every request that the "
		    "schema allows");
	confusable_check(&validation->checker.budget, findings, policy);
}

/* A link has the conditions of its template, which is checked; here is what fills its slots. */
static void
check_link(struct validation *validation, const struct policy *link)
{
	struct declared declared = { .schema = validation->checker.schema,
		.budget = &validation->checker.budget,
		.findings = &validation->checker.findings };

	validation->policy = link;
	note_actions(validation);
	declared_check_link(&declared, link);
	check_application(validation, link);
}

static bool
check_one(struct validation *validation, const struct policy *policy)
{
	struct checker *checker = &validation->checker;
	struct arena_mark mark = arena_mark(checker->budget.arena);

	findings_begin(&checker->findings, policy);
	if (policy->template != NULL)
		check_link(validation, policy);
	else
		check_policy(validation, policy);
	arena_rollback(checker->budget.arena, mark);
	return !budget_is_out(&checker->budget) && findings_keep(&checker->findings);
}

static enum validator_outcome
outcome_of(const struct validation *validation)
{
	const struct budget *budget = &validation->checker.budget;

	if (budget->is_out_of_steps)
		return VALIDATOR_NO_STEPS;
	if (budget->is_out_of_memory)
		return VALIDATOR_NO_MEMORY;
	return validation->checker.findings.lists[FINDING_ERROR].count == 0 ? VALIDATOR_VALID
									    : VALIDATOR_INVALID;
}

enum validator_outcome
validator_check(const struct cedar_policies *policies, const struct cedar_schema *schema, int level,
    struct arena *arena, struct validator_result *ret_result)
{
	return validator_check_within(
	    CEDAR_MAX_CHECK_STEPS, policies, schema, level, arena, ret_result);
}

enum validator_outcome
validator_check_within(uint64_t steps, const struct cedar_policies *policies,
    const struct cedar_schema *schema, int level, struct arena *arena,
    struct validator_result *ret_result)
{
	struct validation *validation = arena_calloc(arena, 1, sizeof(*validation));
	const struct finding_list *lists;
	enum validator_outcome outcome;
	bool goes_on;

	if (validation == NULL)
		return VALIDATOR_NO_MEMORY;
	validation->level = level;
	validation->checker.schema = schema;
	validation->checker.keeps_levels = level >= 0;
	validation->checker.budget = (struct budget) { .arena = arena, .steps_left = steps };
	validation->checker.findings.result = &validation->checker.budget;
	validation->contexts = environments_of_contexts(&validation->checker.budget, schema);
	goes_on = validation->contexts != NULL;
	for (uint32_t i = 0; i < policies->template_count && goes_on; i++)
		goes_on = check_one(validation, policies->templates[i]);
	for (uint32_t i = 0; i < policies->count && goes_on; i++)
		goes_on = check_one(validation, policies->items[i]);
	outcome = outcome_of(validation);
	if (outcome != VALIDATOR_VALID && outcome != VALIDATOR_INVALID)
		return outcome;
	lists = validation->checker.findings.lists;
	*ret_result = (struct validator_result) { .errors = lists[FINDING_ERROR].items,
		.warnings = lists[FINDING_WARNING].items,
		.error_count = lists[FINDING_ERROR].count,
		.warning_count = lists[FINDING_WARNING].count };
	return outcome;
}
