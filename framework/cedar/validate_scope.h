/*
 * What the scopes of a policy, without its conditions, are by the schema: for which actions and
 * types they can hold, and whether there is any that they go with.
 */
#ifndef POSTERN_CEDAR_VALIDATE_SCOPE_H
#define POSTERN_CEDAR_VALIDATE_SCOPE_H

#include "cedar/ast.h"
#include "cedar/typecheck.h"

struct scopes {
	struct checker *checker;
	const struct policy *policy;
	bool names_undeclared_action, has_faulty_actions; /* in the scope of the action */
};

/* Looks at what the scope of the action is like in every environment. */
void scopes_init(struct scopes *scopes, struct checker *checker, const struct policy *policy);

/*
 * What a scope of principal or resource is for entities of a type. A slot is filled with what fits,
 * so it may always be true.
 */
enum schema_truth scopes_truth(
    struct scopes *scopes, const struct scope *scope, const struct schema_entity_type *type);
/* What the scope is for the action; where it has a fault, nothing is known. */
enum schema_truth scopes_truth_of_action(struct scopes *scopes, const struct schema_action *action);

/* Complains of a list of actions that has no type. */
void scopes_check_actions(struct scopes *scopes);
/* Warns when there is no action that the scopes go with. */
void scopes_check_application(struct scopes *scopes);
/*
 * At level 0 even `in` is too much, in a scope as well. In the environment's action and type of
 * principal, for which the scopes are this; what is behind a false one is not looked at.
 */
void scopes_check_level_0(
    struct scopes *scopes, enum schema_truth principal, enum schema_truth action);

#endif
