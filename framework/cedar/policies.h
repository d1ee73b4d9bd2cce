/* The inside of a policy set, for the decision. */
#ifndef POSTERN_CEDAR_POLICIES_H
#define POSTERN_CEDAR_POLICIES_H

#include "cedar/ast.h"

struct cedar_policies {
	struct policy *const *items; /* in the order in which they were added */
	uint32_t count;
};

#endif
