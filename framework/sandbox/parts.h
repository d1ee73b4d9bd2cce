/* What a sandbox is made of; for the files of sandbox/ alone. */
#ifndef POSTERN_SANDBOX_PARTS_H
#define POSTERN_SANDBOX_PARTS_H

#include "sandbox/filter.h"
#include "sandbox/sandbox.h"

struct sandbox {
	enum config_sandbox mode;
	int landlock_abi;
	struct sandbox_needs needs;
	struct filter filters[SANDBOX_ROLE_COUNT];
};

/* Whether the service asks for this call. */
bool sandbox_has_extra(const struct sandbox *sandbox, const char *name);

#endif
