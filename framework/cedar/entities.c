/*
 * The entity store: entities by uid, and who is above whom. Uids become indexes; a hash table
 * finds them once there are more than a few. Closed (ancestors.c), every entity has the sorted
 * list of its ancestors, so that `in` is a binary search. Invariant: once it is asked, the store
 * does not change.
 */
#include "cedar/entity_store.h"

#include "cedar/ancestors.h"
#include "cedar/hash.h"
#include "core/sort.h"
#include "cedar/value.h"

enum {
	FIRST_SIZE =
	    8, /* entities there is room for at the start, and up to which a scan beats the table */
	FEW_ANCESTORS = 4,
	NOBODY = UINT32_MAX
};

/* One of the hash table. Half of the hash spares most looks at entities that are others. */
struct place {
	uint32_t index; /* into items; NOBODY: free */
	uint32_t half;  /* the upper half of the hash */
};

struct cedar_entities {
	struct arena *arena;
	struct entity *items;
	uint32_t count, size;
	uint64_t *hashes;    /* of the uids of items; NULL while there are few */
	struct place *table; /* likewise */
	uint32_t table_mask;
	bool is_closed;
};

static const struct cedar_record empty_record = { .weight = 1, .depth = 1 };

struct cedar_entities *
cedar_entities_new(struct arena *arena)
{
	struct cedar_entities *entities = arena_calloc(arena, 1, sizeof(*entities));

	if (entities == NULL)
		return NULL;
	entities->arena = arena;
	entities->items = arena_alloc(arena, FIRST_SIZE * sizeof(*entities->items));
	entities->size = FIRST_SIZE;
	return entities->items == NULL ? NULL : entities;
}

static uint32_t
scan_for(const struct cedar_entities *entities, const struct cedar_uid *uid)
{
	for (uint32_t i = 0; i < entities->count; i++)
		if (uid_equal(entities->items[i].uid, uid))
			return i;
	return NOBODY;
}

/* `hash` counts only where there is a table. */
static uint32_t
index_of(const struct cedar_entities *entities, const struct cedar_uid *uid, uint64_t hash)
{
	if (entities->table == NULL)
		return scan_for(entities, uid);
	for (uint64_t at = hash;; at++) {
		struct place place = entities->table[at & entities->table_mask];

		if (place.index == NOBODY ||
		    (place.half == hash >> 32 && uid_equal(entities->items[place.index].uid, uid)))
			return place.index;
	}
}

bool
entities_are_hashed(const struct cedar_entities *entities)
{
	return entities->table != NULL;
}

static uint64_t
hash_if_needed(const struct cedar_entities *entities, const struct cedar_uid *uid)
{
	return entities->table == NULL ? 0 : uid_hash(uid);
}

const struct entity *
entity_find_hashed(
    const struct cedar_entities *entities, const struct cedar_uid *uid, uint64_t hash)
{
	uint32_t index = index_of(entities, uid, hash);

	return index == NOBODY ? NULL : &entities->items[index];
}

const struct entity *
entity_find(const struct cedar_entities *entities, const struct cedar_uid *uid)
{
	return entity_find_hashed(entities, uid, hash_if_needed(entities, uid));
}

uint64_t
entities_hash(const struct cedar_entities *entities, uint32_t index)
{
	return entities->hashes == NULL ? uid_hash(entities->items[index].uid)
					: entities->hashes[index];
}

static void
table_put(struct cedar_entities *entities, uint32_t index)
{
	uint64_t hash = entities->hashes[index], at = hash;

	while (entities->table[at & entities->table_mask].index != NOBODY)
		at++;
	entities->table[at & entities->table_mask] =
	    (struct place) { index, (uint32_t)(hash >> 32) };
}

/* Twice the room, and a table at most half full. */
static bool
grow(struct cedar_entities *entities)
{
	uint32_t size = entities->size * 2, count = entities->count;
	struct entity *items = arena_alloc(entities->arena, size * sizeof(*items));
	uint64_t *hashes = arena_alloc(entities->arena, size * sizeof(*hashes));
	struct place *table = arena_alloc(entities->arena, size * 2 * sizeof(*table));

	if (items == NULL || hashes == NULL || table == NULL)
		return false;
	memcpy(items, entities->items, count * sizeof(*items));
	for (uint32_t i = 0; i < count; i++)
		hashes[i] = entities_hash(entities, i);
	memset(table, 0xff, size * 2 * sizeof(*table));
	entities->items = items;
	entities->hashes = hashes;
	entities->size = size;
	entities->table = table;
	entities->table_mask = size * 2 - 1;
	for (uint32_t i = 0; i < count; i++)
		table_put(entities, i);
	return true;
}

/* A uid that the store has not heard of yet. */
static enum entities_fault
enter(struct cedar_entities *entities, const struct cedar_uid *uid, uint64_t hash)
{
	if (entities->count >= CEDAR_MAX_ENTITIES)
		return ENTITIES_TOO_MANY;
	if (entities->count == entities->size && !grow(entities))
		return ENTITIES_NO_MEMORY;
	entities->items[entities->count] = (struct entity) { .uid = uid };
	if (entities->table != NULL) {
		entities->hashes[entities->count] = hash != 0 ? hash : uid_hash(uid);
		table_put(entities, entities->count);
	}
	entities->count++;
	return ENTITIES_OK;
}

/* The index of a uid, which is entered if need be. */
static enum entities_fault
intern(struct cedar_entities *entities, const struct cedar_uid *uid, uint32_t *ret_index)
{
	uint64_t hash = hash_if_needed(entities, uid);
	uint32_t index = index_of(entities, uid, hash);

	if (index == NOBODY) {
		enum entities_fault fault = enter(entities, uid, hash);

		if (fault != ENTITIES_OK)
			return fault;
		index = entities->count - 1;
	}
	*ret_index = index;
	return ENTITIES_OK;
}

static bool
is_record_or_none(const struct cedar_value *value)
{
	return value == NULL || value->kind == CEDAR_RECORD;
}

static const struct cedar_record *
record_or_empty(const struct cedar_value *value)
{
	return value == NULL ? &empty_record : value->as.record;
}

static int
index_order(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Uids to indexes, ascending, none twice. */
static enum entities_fault
intern_all(struct cedar_entities *entities, const struct cedar_uid *uids, size_t count,
    const uint32_t **ret_indexes, uint32_t *ret_count)
{
	uint32_t *indexes, kept = 0;

	if (count > CEDAR_MAX_ENTITIES)
		return ENTITIES_TOO_MANY;
	indexes = arena_alloc(entities->arena, count * sizeof(*indexes));
	if (indexes == NULL)
		return ENTITIES_NO_MEMORY;
	for (size_t i = 0; i < count; i++) {
		enum entities_fault fault = intern(entities, &uids[i], &indexes[i]);

		if (fault != ENTITIES_OK)
			return fault;
	}
	SORT(indexes, count, index_order);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || indexes[kept - 1] != indexes[i])
			indexes[kept++] = indexes[i];
	*ret_indexes = indexes;
	*ret_count = kept;
	return ENTITIES_OK;
}

static bool
indexes_equal(const uint32_t *a, uint32_t a_count, const uint32_t *b, uint32_t b_count)
{
	return a_count == b_count && (a_count == 0 || memcmp(a, b, a_count * sizeof(*a)) == 0);
}

static bool
records_equal(const struct cedar_record *a, const struct cedar_record *b)
{
	return cedar_value_equal((struct cedar_value) { CEDAR_RECORD, .as.record = a },
	    (struct cedar_value) { CEDAR_RECORD, .as.record = b });
}

enum entities_fault
entities_put(struct cedar_entities *entities, const struct cedar_entity *entity)
{
	const struct cedar_record *attributes = record_or_empty(entity->attributes);
	const struct cedar_record *tags = record_or_empty(entity->tags);
	const uint32_t *parents = NULL;
	uint32_t index, parent_count = 0;
	enum entities_fault fault = intern(entities, entity->uid, &index);
	struct entity *item;

	if (fault == ENTITIES_OK)
		fault = intern_all(
		    entities, entity->parents, entity->parent_count, &parents, &parent_count);
	if (fault != ENTITIES_OK)
		return fault;
	item = &entities->items[index];
	if (item->is_present)
		return records_equal(item->attributes, attributes) &&
			       records_equal(item->tags, tags) &&
			       indexes_equal(
				   item->parents, item->parent_count, parents, parent_count)
			   ? ENTITIES_OK
			   : ENTITIES_DIFFER;
	*item = (struct entity) {
		.uid = entity->uid,
		.attributes = attributes,
		.tags = tags,
		.is_present = true,
		.parents = parents,
		.parent_count = parent_count,
	};
	return ENTITIES_OK;
}

bool
cedar_entities_add(struct cedar_entities *entities, const struct cedar_entity *entity)
{
	const struct entity *known = entity_find(entities, entity->uid);

	if (entities->is_closed || (known != NULL && known->is_present) ||
	    !is_record_or_none(entity->attributes) || !is_record_or_none(entity->tags))
		return false;
	return entities_put(entities, entity) == ENTITIES_OK;
}

enum entities_fault
entities_put_closed(struct cedar_entities *entities, const struct cedar_uid *uid,
    const struct cedar_uid *ancestors, size_t ancestor_count)
{
	const uint32_t *indexes = NULL;
	uint32_t index, count = 0;
	enum entities_fault fault = intern(entities, uid, &index);

	if (fault == ENTITIES_OK && entities->items[index].is_present)
		return ENTITIES_OK;
	if (fault == ENTITIES_OK)
		fault = intern_all(entities, ancestors, ancestor_count, &indexes, &count);
	if (fault != ENTITIES_OK)
		return fault;
	entities->items[index] = (struct entity) {
		.uid = uid,
		.attributes = &empty_record,
		.tags = &empty_record,
		.is_present = true,
		.parents = indexes,
		.parent_count = count,
		.ancestors = indexes,
		.ancestor_count = count,
	};
	return ENTITIES_OK;
}

enum entities_fault
entities_close(struct cedar_entities *entities, const struct cedar_uid **reterr_cycle)
{
	enum entities_fault fault;
	uint32_t cycle;

	entities->is_closed = true;
	fault = ancestors_close(entities->arena, entities->items, entities->count, &cycle);
	if (fault == ENTITIES_CYCLE)
		*reterr_cycle = entities->items[cycle].uid;
	return fault;
}

bool
cedar_entities_close(struct cedar_entities *entities)
{
	const struct cedar_uid *cycle;

	return entities_close(entities, &cycle) == ENTITIES_OK;
}

uint32_t
entities_count(const struct cedar_entities *entities)
{
	return entities->count;
}

const struct entity *
entities_at(const struct cedar_entities *entities, uint32_t index)
{
	return &entities->items[index];
}

/* A few are compared one by one, which is quicker than hashing. */
static bool
has_among_few(
    const struct cedar_entities *entities, const struct entity *entity, const struct cedar_uid *uid)
{
	for (uint32_t i = 0; i < entity->ancestor_count; i++)
		if (uid_equal(entities->items[entity->ancestors[i]].uid, uid))
			return true;
	return false;
}

bool
entity_has_ancestor_hashed(const struct cedar_entities *entities, const struct entity *entity,
    const struct cedar_uid *uid, uint64_t hash)
{
	uint32_t low = 0, high = entity->ancestor_count, index;

	if (high <= FEW_ANCESTORS)
		return has_among_few(entities, entity, uid);
	index = index_of(entities, uid, hash);
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (entity->ancestors[middle] == index)
			return true;
		if (entity->ancestors[middle] < index)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

bool
entity_has_ancestor(
    const struct cedar_entities *entities, const struct entity *entity, const struct cedar_uid *uid)
{
	if (entity->ancestor_count <= FEW_ANCESTORS)
		return has_among_few(entities, entity, uid);
	return entity_has_ancestor_hashed(entities, entity, uid, hash_if_needed(entities, uid));
}
