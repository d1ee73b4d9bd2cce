/* The inside of struct authz: one generation's policies, and its routes as Cedar sees them. */
#ifndef POSTERN_AUTHZ_GENERATION_H
#define POSTERN_AUTHZ_GENERATION_H

#include "authz/authz.h"
#include "cedar/cedar.h"

enum {
	AUTHZ_MAX_TOTAL_BYTES = 16 * 1024 * 1024, /* of all policy files together */
	AUTHZ_DIGEST_DIGITS = 16,
};

/* A route that asks the policies. */
struct authz_route {
	const struct postern_route *route;
	struct cedar_uid action;
	const struct cedar_uid *groups; /* that the schema puts the action in */
	size_t group_count;
	struct slice resource_type; /* with the namespace */
	struct slice resource_id;   /* a literal one; data NULL: it is the parameter's */
	struct slice parameter;
};

struct authz {
	const struct cedar_policies *policies;
	struct slice prefix; /* "demo::"; empty without a namespace */
	struct authz_route *routes;
	size_t route_count;
	enum config_forbid_error on_forbid_error;
	const char *const *warnings; /* of the validator, for the operator */
	size_t warning_count;
	char digest[AUTHZ_DIGEST_DIGITS + 1];
};

/* `prefix` before `type`, in the arena; data NULL when memory is out. */
struct slice authz_qualify(const struct authz *authz, struct arena *arena, struct slice type);

/*
 * Takes the service's routes apart. False with faults: no resource, types that are no Cedar
 * types.
 */
bool authz_routes_read(struct arena *arena, struct authz *authz,
    const struct postern_service *service, struct config_faults *faults) MUST_USE;

#endif
