/*
 * Whether what a policy names is in the schema: types, actions, ids of enums. This needs no
 * environment; what cannot be reached is looked at too.
 */
#ifndef POSTERN_CEDAR_DECLARED_H
#define POSTERN_CEDAR_DECLARED_H

#include "cedar/findings.h"
#include "cedar/schema.h"

struct declared {
	const struct cedar_schema *schema;
	struct budget *budget;
	struct findings *findings;
	unsigned variables; /* that the conditions use: 1 << VARIABLE_.. */
};

/* The scopes and conditions of a policy or template; notes its variables. */
void declared_check(struct declared *declared, const struct policy *policy);
/* What fills the slots of a link: the types alone, as the language has it. */
void declared_check_link(struct declared *declared, const struct policy *link);

#endif
