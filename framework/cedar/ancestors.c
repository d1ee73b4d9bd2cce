/*
 * See ancestors.h. The relation is walked depth first, once, with a stack of our own; the ancestors
 * of an entity are put together when those of all its parents are known. A bit for each entity
 * keeps them apart and in order. What is an ancestor already has brought its own along: a store
 * that lists all ancestors as parents takes no longer than one that lists the nearest.
 */
#include "cedar/ancestors.h"

#define BITS UINT32_C(64)

struct closing {
	struct arena *arena;
	struct entity *items;
	uint8_t *states; /* enum state of each */
	struct {
		uint32_t index, next_parent;
	} * stack;
	uint32_t stack_count;
	uint64_t *bits; /* all 0 but while ancestors are collected */
	uint32_t word_count;
	uint32_t steps; /* taken so far; at most CEDAR_MAX_HIERARCHY */
};

enum state { UNSEEN = 0, OPEN, DONE };

/* Notes an ancestor. False: it is noted already. */
static bool
note(struct closing *closing, uint32_t index)
{
	uint64_t bit = UINT64_C(1) << (index % BITS), *word = &closing->bits[index / BITS];
	bool is_new = (*word & bit) == 0;

	*word |= bit;
	return is_new;
}

/* A parent and all that it brings along; how many of them are new. */
static uint32_t
note_with_ancestors(struct closing *closing, uint32_t parent)
{
	const struct entity *entity = &closing->items[parent];
	uint32_t count = 1;

	closing->steps++;
	if (!note(closing, parent))
		return 0;
	for (uint32_t i = 0; i < entity->ancestor_count; i++)
		count += note(closing, entity->ancestors[i]);
	closing->steps += entity->ancestor_count;
	return count;
}

/* The parent that brings the most along goes first: it spares most of the others. */
static uint32_t
richest_parent(const struct closing *closing, const struct entity *entity)
{
	uint32_t best = entity->parents[0];

	for (uint32_t i = 1; i < entity->parent_count; i++)
		if (closing->items[entity->parents[i]].ancestor_count >
		    closing->items[best].ancestor_count)
			best = entity->parents[i];
	return best;
}

/* The noted ones, ascending; nothing is noted afterwards. */
static void
take_noted(struct closing *closing, uint32_t *ancestors)
{
	uint32_t count = 0;

	for (uint32_t word = 0; word < closing->word_count; word++)
		for (; closing->bits[word] != 0; closing->bits[word] &= closing->bits[word] - 1)
			ancestors[count++] =
			    word * BITS + (uint32_t)__builtin_ctzll(closing->bits[word]);
}

/* All parents are done. */
static enum entities_fault
collect(struct closing *closing, struct entity *entity)
{
	uint32_t count = 0, *ancestors;

	if (entity->parent_count == 0)
		return ENTITIES_OK;
	count += note_with_ancestors(closing, richest_parent(closing, entity));
	for (uint32_t i = 0; i < entity->parent_count; i++) {
		if (closing->steps > CEDAR_MAX_HIERARCHY)
			return ENTITIES_TOO_RELATED;
		count += note_with_ancestors(closing, entity->parents[i]);
	}
	ancestors = arena_alloc(closing->arena, count * sizeof(*ancestors));
	if (ancestors == NULL)
		return ENTITIES_NO_MEMORY;
	take_noted(closing, ancestors);
	entity->ancestors = ancestors;
	entity->ancestor_count = count;
	return ENTITIES_OK;
}

static void
push(struct closing *closing, uint32_t index)
{
	closing->states[index] = OPEN;
	closing->stack[closing->stack_count].index = index;
	closing->stack[closing->stack_count++].next_parent = 0;
}

static enum entities_fault
close_from(struct closing *closing, uint32_t start, uint32_t *reterr_cycle)
{
	push(closing, start);
	while (closing->stack_count > 0) {
		uint32_t index = closing->stack[closing->stack_count - 1].index;
		uint32_t next = closing->stack[closing->stack_count - 1].next_parent++;
		struct entity *entity = &closing->items[index];

		if (next == entity->parent_count) {
			enum entities_fault fault = collect(closing, entity);

			if (fault != ENTITIES_OK)
				return fault;
			closing->states[index] = DONE;
			closing->stack_count--;
		} else if (closing->states[entity->parents[next]] == OPEN) {
			*reterr_cycle = index;
			return ENTITIES_CYCLE;
		} else if (closing->states[entity->parents[next]] == UNSEEN) {
			push(closing, entity->parents[next]);
		}
	}
	return ENTITIES_OK;
}

static bool
has_parents(const struct entity *items, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (items[i].parent_count > 0)
			return true;
	return false;
}

enum entities_fault
ancestors_close(struct arena *arena, struct entity *items, uint32_t count, uint32_t *reterr_cycle)
{
	struct closing closing = {
		.arena = arena,
		.items = items,
		.word_count = (count + BITS - 1) / BITS,
	};
	enum entities_fault fault = ENTITIES_OK;

	if (!has_parents(items, count))
		return ENTITIES_OK;
	closing.states = arena_calloc(arena, count, sizeof(*closing.states));
	closing.stack = arena_calloc(arena, count, sizeof(*closing.stack));
	closing.bits = arena_calloc(arena, closing.word_count, sizeof(*closing.bits));
	if (closing.states == NULL || closing.stack == NULL || closing.bits == NULL)
		return ENTITIES_NO_MEMORY;
	for (uint32_t i = 0; i < count && fault == ENTITIES_OK; i++)
		if (closing.states[i] == UNSEEN)
			fault = close_from(&closing, i, reterr_cycle);
	return fault;
}
