/* The inside of struct cedar_entities: what the evaluator asks of it. */
#ifndef POSTERN_CEDAR_ENTITY_STORE_H
#define POSTERN_CEDAR_ENTITY_STORE_H

#include "cedar/cedar.h"

/* A uid that the store has heard of: as an entity of its own, or only as somebody's parent. */
struct entity {
	const struct cedar_uid *uid;
	const struct cedar_record *attributes, *tags; /* never NULL when `is_present` */
	bool is_present;
	const uint32_t *parents; /* indexes; direct ones, as given */
	uint32_t parent_count;
	const uint32_t *ancestors; /* indexes, ascending; filled by cedar_entities_close */
	uint32_t ancestor_count;
};

/* NULL: never heard of. */
const struct entity *entity_find(
    const struct cedar_entities *entities, const struct cedar_uid *uid);
/* Whether `uid` is an ancestor of `entity` (not whether it is the same). */
bool entity_has_ancestor(const struct cedar_entities *entities, const struct entity *entity,
    const struct cedar_uid *uid);

#endif
