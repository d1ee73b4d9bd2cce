/* The scopes of a policy against the schema; see validate_scope.h. */
#include "cedar/validate_scope.h"

enum schema_truth
scopes_truth(
    struct scopes *scopes, const struct scope *scope, const struct schema_entity_type *type)
{
	struct checker *checker = scopes->checker;
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
    struct scopes *scopes, const struct scope *scope, const struct schema_entity_type *type)
{
	if (scope->count == 1 &&
	    schema_type_of_uid(scopes->checker->schema, &scope->entities[0]) == NULL)
		return false;
	return scopes_truth(scopes, scope, type) != SCHEMA_FALSE;
}

/*
 * `action in [..]` is typed as any set: empty it has no type, of two types neither. Complains when
 * `complains` is set.
 */
static bool
has_faulty_list(struct scopes *scopes, bool complains)
{
	const struct cedar_schema *schema = scopes->checker->schema;
	const struct scope *scope = &scopes->policy->action;
	struct findings *findings = &scopes->checker->findings;
	const struct schema_entity_type *first = NULL;

	if (!scope->is_list)
		return false;
	if (scope->count == 0 && complains)
		findings_add(findings, FINDING_ERROR, scope->offset,
		    "name an action, or leave the scope open",
		    "this list of actions is empty, so the policy never applies");
	for (uint32_t i = 0; i < scope->count && budget_spend(&scopes->checker->budget, 1); i++) {
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
names_undeclared_action(struct scopes *scopes)
{
	const struct scope *scope = &scopes->policy->action;

	for (uint32_t i = 0; i < scope->count; i++)
		if (!budget_spend(&scopes->checker->budget, 1) ||
		    schema_find_action(scopes->checker->schema, &scope->entities[i]) == NULL)
			return true;
	return false;
}

void
scopes_init(struct scopes *scopes, struct checker *checker, const struct policy *policy)
{
	*scopes = (struct scopes) { .checker = checker, .policy = policy };
	scopes->names_undeclared_action = names_undeclared_action(scopes);
	scopes->has_faulty_actions =
	    scopes->names_undeclared_action || has_faulty_list(scopes, false);
}

void
scopes_check_actions(struct scopes *scopes)
{
	if (scopes->has_faulty_actions)
		(void)has_faulty_list(scopes, true);
}

/* Whether the scope holds for the action, as far as its actions are declared. */
static bool
action_is_in_scope(struct scopes *scopes, const struct schema_action *action)
{
	const struct cedar_schema *schema = scopes->checker->schema;
	const struct scope *scope = &scopes->policy->action;

	if (scope->kind == SCOPE_ANY)
		return true;
	for (uint32_t i = 0; i < scope->count; i++) {
		const struct schema_action *other = schema_find_action(schema, &scope->entities[i]);

		if (!budget_spend(&scopes->checker->budget, 1))
			return false;
		if (other == action || (other != NULL && scope->kind == SCOPE_IN &&
					   schema_action_is_in(schema, action, other)))
			return true;
	}
	return false;
}

enum schema_truth
scopes_truth_of_action(struct scopes *scopes, const struct schema_action *action)
{
	if (scopes->has_faulty_actions && scopes->policy->action.kind == SCOPE_IN)
		return SCHEMA_MAYBE;
	return action_is_in_scope(scopes, action) ? SCHEMA_TRUE : SCHEMA_FALSE;
}

/* The same for asking whether any action applies: among undeclared ones none does. */
static bool
action_applies(struct scopes *scopes, const struct schema_action *action)
{
	return !scopes->names_undeclared_action && action_is_in_scope(scopes, action);
}

static bool
any_applies(struct scopes *scopes, const struct scope *scope,
    const struct schema_entity_type *const *types, uint32_t count)
{
	for (uint32_t i = 0; i < count && budget_spend(&scopes->checker->budget, 1); i++)
		if (scope_applies(scopes, scope, types[i]))
			return true;
	return false;
}

/*
 * "Write in instead of ==": the type of the entity is none that an action applies to, but such
 * entities may be in it.
 */
static bool
would_in_help(struct scopes *scopes, const struct scope *scope, bool is_principal)
{
	const struct cedar_schema *schema = scopes->checker->schema;
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

		if (!action_applies(scopes, action))
			continue;
		for (uint32_t k = 0; k < count && budget_spend(&scopes->checker->budget, 1); k++) {
			if (types[k] == type)
				return false;
			helps = helps || typecheck_may_be_in(scopes->checker, types[k], type);
		}
	}
	return helps;
}

void
scopes_check_application(struct scopes *scopes)
{
	const struct policy *policy = scopes->policy;
	const struct cedar_schema *schema = scopes->checker->schema;
	bool helps_principal, helps_resource;

	for (uint32_t i = 0; i < schema->action_count; i++) {
		const struct schema_action *action = &schema->actions[i];

		if (!budget_spend(&scopes->checker->budget, 1))
			return;
		if (action_applies(scopes, action) &&
		    any_applies(
			scopes, &policy->principal, action->principals, action->principal_count) &&
		    any_applies(
			scopes, &policy->resource, action->resources, action->resource_count))
			return;
	}
	helps_principal = would_in_help(scopes, &policy->principal, true);
	helps_resource = would_in_help(scopes, &policy->resource, false);
	findings_add(&scopes->checker->findings, FINDING_WARNING, policy->offset,
	    helps_principal && helps_resource ? "write in instead of == for principal and resource"
	    : helps_principal                 ? "write in instead of == for the principal"
	    : helps_resource                  ? "write in instead of == for the resource"
					      : NULL,
	    "the schema has no action that goes with this principal, action and resource");
}

/* At level 0 even `in` is too much, in a scope as well. */
static void
check_scope_level(struct scopes *scopes, const struct scope *scope)
{
	if (scope->kind == SCOPE_IN || scope->kind == SCOPE_IS_IN)
		findings_add(&scopes->checker->findings, FINDING_ERROR, scope->offset, NULL,
		    "this looks into %u entity, none is allowed", 1);
}

void
scopes_check_level_0(struct scopes *scopes, enum schema_truth principal, enum schema_truth action)
{
	const struct policy *policy = scopes->policy;
	const struct scope *scope = &policy->principal;
	const struct schema_entity_type *type = scopes->checker->environment.principal;

	if (scope->kind != SCOPE_IS_IN || slice_equal(scope->type, type->name))
		check_scope_level(scopes, scope);
	if (principal == SCHEMA_FALSE)
		return;
	check_scope_level(scopes, &policy->action);
	if (action == SCHEMA_FALSE)
		return;
	scope = &policy->resource;
	for (uint32_t i = 0; i < scopes->checker->environment.action->resource_count; i++) {
		type = scopes->checker->environment.action->resources[i];
		if (scope->kind != SCOPE_IS_IN || slice_equal(scope->type, type->name))
			check_scope_level(scopes, scope);
	}
}
