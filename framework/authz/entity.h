/*
 * The inside of the public struct postern_entity: the resource of one request, as the service
 * describes it.
 */
#ifndef POSTERN_AUTHZ_ENTITY_H
#define POSTERN_AUTHZ_ENTITY_H

#include <postern/entity.h>

#include "authz/generation.h"

enum { ENTITY_MAX_ATTRIBUTES = 64, ENTITY_MAX_PARENTS = 64 };

struct postern_entity {
	struct arena *arena;
	const struct authz *authz;
	struct cedar_member *attributes; /* room for ENTITY_MAX_ATTRIBUTES, got with the first */
	size_t attribute_count;
	struct cedar_uid *parents; /* room for ENTITY_MAX_PARENTS, got with the first */
	size_t parent_count;
	bool failed; /* sticks: nothing may be decided from half a description */
};

#endif
