/* The manager's copy of the environment, in an arena that wipes itself. */
#include "process/environment.h"

#include <string.h>

bool
environment_copy(struct environment *ret_environment, char *const *variables)
{
	struct environment *copy = ret_environment;
	size_t i, count = 0;

	arena_init_wiping(&copy->arena, 16 * 1024, ENVIRONMENT_CEILING);
	while (variables[count] != NULL)
		count++;
	copy->variables = arena_calloc(&copy->arena, count + 1, sizeof(*copy->variables));
	for (i = 0; copy->variables != NULL && i < count; i++) {
		copy->variables[i] = arena_dup(&copy->arena, variables[i], strlen(variables[i]));
		if (copy->variables[i] == NULL)
			copy->variables = NULL;
	}
	if (copy->variables == NULL)
		arena_done(&copy->arena);
	return copy->variables != NULL;
}

void
environment_done(struct environment *environment)
{
	arena_done(&environment->arena);
	environment->variables = NULL;
}
