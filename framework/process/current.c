/* The process's settings in force. One thread: no lock. */
#include "process/current.h"

static struct current in_force;

void
current_set(const struct current *current)
{
	in_force = *current;
}

const struct current *
current_get(void)
{
	return &in_force;
}
