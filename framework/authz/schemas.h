/*
 * The schemas among a service's policies: read with them, and then held against policies and
 * routes before any of it is in force.
 */
#ifndef POSTERN_AUTHZ_SCHEMAS_H
#define POSTERN_AUTHZ_SCHEMAS_H

#include "authz/generation.h"
#include "cedar/schema_read.h"

/* What a check has to say, one text a finding: "file:line:column: message ..." */
struct schemas_findings {
	const char *const *errors, *const *warnings;
	size_t error_count, warning_count;
};

/* Adds a file, JSON where its name ends so. The content must live as long as the builder. */
bool schemas_add(struct schema_builder *builder, struct arena *arena, const char *name,
    struct slice content, struct cedar_complaints *reterr_complaints) MUST_USE;

/*
 * Strict validation of the policies. Texts live in the arena. NULL, or why there is no verdict,
 * which is as bad as an error.
 */
const char *schemas_check_policies(const struct cedar_policies *policies,
    const struct cedar_schema *schema, struct arena *arena,
    struct schemas_findings *ret_findings) MUST_USE;

/*
 * What a route asks must be declared: its action, for its type of resource. Fills in the groups
 * that the schema puts the action in. NULL, or what is wrong.
 */
const char *schemas_check_route(
    const struct cedar_schema *schema, struct arena *arena, struct authz_route *route) MUST_USE;

#endif
