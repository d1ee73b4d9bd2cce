/*
 * The inside of a policy set. `items` are asked: static policies, and templates with their slots
 * filled. Templates are kept beside them, for linking, validation and printing; nobody asks them.
 */
#ifndef POSTERN_CEDAR_POLICIES_H
#define POSTERN_CEDAR_POLICIES_H

#include "cedar/scope_index.h"

struct cedar_policies {
	struct policy *const *items; /* in the order in which they were added */
	uint32_t count;
	struct policy *const *templates;
	uint32_t template_count;
	const struct scope_index *index; /* NULL: they are few, and all are looked at */
};

#endif
