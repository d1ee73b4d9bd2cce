/*
 * What one validation may use: steps, and scratch memory that is rolled back after each
 * environment. Whoever finds that either is out notes it here; everything then unwinds quickly,
 * since nothing can be had any more, and what was found out means nothing.
 */
#ifndef POSTERN_CEDAR_BUDGET_H
#define POSTERN_CEDAR_BUDGET_H

#include "cedar/cedar.h"

struct budget {
	struct arena *arena;
	uint64_t steps_left;
	bool is_out_of_memory, is_out_of_steps;
};

static inline bool
budget_is_out(const struct budget *budget)
{
	return budget->is_out_of_memory || budget->is_out_of_steps;
}

/* Pays for work; false: it may not be done. */
static inline bool
budget_spend(struct budget *budget, size_t steps)
{
	if (budget->is_out_of_memory)
		return false;
	if (steps > budget->steps_left) {
		budget->steps_left = 0;
		budget->is_out_of_steps = true;
		return false;
	}
	budget->steps_left -= steps;
	return true;
}

/* Zeroed memory, or NULL. */
static inline void *
budget_alloc(struct budget *budget, size_t count, size_t size)
{
	void *memory = budget_is_out(budget) ? NULL : arena_calloc(budget->arena, count, size);

	if (memory == NULL && !budget->is_out_of_steps)
		budget->is_out_of_memory = true;
	return memory;
}

#endif
