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
#include "cedar/validate_scope.h"

struct validation {
	struct checker checker;
	const struct policy *policy;
	struct scopes scopes; /* of the policy */
	int level;
	unsigned variables;       /* that the conditions use */
	bool is_ever_true;        /* in some environment the policy is not known to be false */
	const uint32_t *contexts; /* see environments.h */
	struct environment_set checked; /* of the policy */
};

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
		if (scopes_truth(&validation->scopes, &policy->resource, environment->resource) ==
		    SCHEMA_FALSE)
			continue;
		check_environment(validation);
		if (validation->level < 0 && (validation->variables & 1u << VARIABLE_RESOURCE) == 0)
			return; /* the others cannot differ */
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
	enum schema_truth by_action = scopes_truth_of_action(&validation->scopes, action);

	environment->action = action;
	for (uint32_t i = 0; i < action->principal_count && action->resource_count > 0; i++) {
		enum schema_truth by_principal;

		if (!budget_spend(&validation->checker.budget, 1))
			return;
		environment->principal = action->principals[i];
		by_principal =
		    scopes_truth(&validation->scopes, &policy->principal, environment->principal);
		if (validation->level == 0)
			scopes_check_level_0(&validation->scopes, by_principal, by_action);
		if (by_principal == SCHEMA_FALSE)
			continue;
		scopes_check_actions(&validation->scopes);
		if (by_action == SCHEMA_FALSE)
			return;
		check_resources(validation);
		if (validation->level < 0 &&
		    (validation->variables & 1u << VARIABLE_PRINCIPAL) == 0)
			return;
	}
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
	scopes_init(&validation->scopes, &validation->checker, policy);
	validation->checked = (struct environment_set) { .keys = NULL };
	for (uint32_t i = 0; i < schema->action_count; i++)
		if (budget_spend(&validation->checker.budget, 1))
			check_action(validation, &schema->actions[i]);
	scopes_check_application(&validation->scopes);
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
	scopes_init(&validation->scopes, &validation->checker, link);
	declared_check_link(&declared, link);
	scopes_check_application(&validation->scopes);
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
