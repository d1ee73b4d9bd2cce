/* Closing the parent relation of an entity store. */
#ifndef POSTERN_CEDAR_ANCESTORS_H
#define POSTERN_CEDAR_ANCESTORS_H

#include "cedar/entity_store.h"

/*
 * Gives every entity its ancestors: parents, theirs, and so on; ascending. The faults: memory,
 * CEDAR_MAX_HIERARCHY, or a cycle, one of whose entities is `*reterr_cycle`.
 */
enum entities_fault ancestors_close(
    struct arena *arena, struct entity *items, uint32_t count, uint32_t *reterr_cycle) MUST_USE;

#endif
