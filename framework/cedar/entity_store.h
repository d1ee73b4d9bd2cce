/* The inside of struct cedar_entities: what the evaluator asks of it. */
#ifndef POSTERN_CEDAR_ENTITY_STORE_H
#define POSTERN_CEDAR_ENTITY_STORE_H

#include "cedar/cedar.h"

/* A uid that the store has heard of: as an entity of its own, or only as somebody's parent. */
struct entity {
	const struct cedar_uid *uid;
	const struct cedar_record *attributes, *tags; /* never NULL when `is_present` */
	bool is_present;
	const uint32_t *parents; /* indexes, ascending; direct ones */
	uint32_t parent_count;
	const uint32_t *ancestors; /* indexes, ascending; filled by cedar_entities_close */
	uint32_t ancestor_count;
};

enum entities_fault {
	ENTITIES_OK,
	ENTITIES_NO_MEMORY,
	ENTITIES_TOO_MANY,    /* CEDAR_MAX_ENTITIES */
	ENTITIES_TOO_RELATED, /* CEDAR_MAX_HIERARCHY */
	ENTITIES_DIFFER,      /* two entities of one uid */
	ENTITIES_CYCLE
};
/*
 * As cedar_entities_add, for readers: attributes and tags are records, the store is open, and an
 * entity that is there already is taken when it is the same in all.
 */
enum entities_fault entities_put(
    struct cedar_entities *entities, const struct cedar_entity *entity) MUST_USE;
/* As cedar_entities_close; `*reterr_cycle` is on the cycle. */
enum entities_fault entities_close(
    struct cedar_entities *entities, const struct cedar_uid **reterr_cycle) MUST_USE;
/*
 * Into a closed store: an entity without attributes, all of whose ancestors are given. One that is
 * there already stays as it is. The uids must live as long as the store.
 */
enum entities_fault entities_put_closed(struct cedar_entities *entities,
    const struct cedar_uid *uid, const struct cedar_uid *ancestors, size_t ancestor_count) MUST_USE;

/* All uids that the store has heard of, in the order in which it did. */
uint32_t entities_count(const struct cedar_entities *entities);
const struct entity *entities_at(const struct cedar_entities *entities, uint32_t index);

/* NULL: never heard of. */
const struct entity *entity_find(
    const struct cedar_entities *entities, const struct cedar_uid *uid);
/* Whether `uid` is an ancestor of `entity` (not whether it is the same). */
bool entity_has_ancestor(const struct cedar_entities *entities, const struct entity *entity,
    const struct cedar_uid *uid);

/*
 * A large store finds by uid_hash(). Who looks for a uid more than once, or has its hash anyway,
 * asks with it.
 */
bool entities_are_hashed(const struct cedar_entities *entities);
const struct entity *entity_find_hashed(
    const struct cedar_entities *entities, const struct cedar_uid *uid, uint64_t hash);
bool entity_has_ancestor_hashed(const struct cedar_entities *entities, const struct entity *entity,
    const struct cedar_uid *uid, uint64_t hash);
/* uid_hash() of entities_at(). */
uint64_t entities_hash(const struct cedar_entities *entities, uint32_t index);

#endif
