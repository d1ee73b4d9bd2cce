/*
 * Finding the policies that a request can concern, without asking the others: every policy is filed
 * under one thing that its head names (an entity or a type of principal, action or resource), the
 * one that the fewest policies name. A request looks under what it is itself: its three entities,
 * their types, and all that they are in. Policies that name nothing are in every answer.
 *
 *     permit (principal in Team::"a", action, resource == Photo::"p")     under resource == Photo::"p"
 *     permit (principal, action in [Action::"a", Action::"b"], resource)  under both actions
 *     permit (principal, action, resource)                                first of all entries
 */
#ifndef POSTERN_CEDAR_SCOPE_INDEX_H
#define POSTERN_CEDAR_SCOPE_INDEX_H

#include "cedar/ast.h"

enum scope_key_kind {
	KEY_PRINCIPAL_EQUAL,
	KEY_RESOURCE_EQUAL,
	KEY_ACTION_EQUAL,
	KEY_PRINCIPAL_IN,
	KEY_RESOURCE_IN,
	KEY_ACTION_IN,
	KEY_PRINCIPAL_IS,
	KEY_RESOURCE_IS,
	KEY_KIND_COUNT
};

struct scope_entry {
	uint32_t policy;
	uint32_t place; /* in the list of actions that names the key */
};

/* What policies are filed under. */
struct scope_key {
	const struct cedar_uid *uid; /* of KEY_.._IS the type counts alone */
	uint64_t hash;               /* uid_hash() of it, or of a type slice_hash() */
	uint32_t first, count;       /* entries */
};

struct scope_index {
	const struct scope_entry *entries;
	uint32_t everywhere_count;    /* of the entries at the start, whose policies name nothing */
	const struct scope_key *keys; /* those of one kind stand together */
	uint32_t kind_first[KEY_KIND_COUNT + 1];
	const uint32_t *table; /* places in keys; UINT32_MAX: free */
	uint32_t table_mask;
};

/* NULL: memory is out. */
const struct scope_index *scope_index_new(
    struct arena *arena, struct policy *const *policies, uint32_t count);

static inline uint32_t
scope_index_count(const struct scope_index *index, enum scope_key_kind kind)
{
	return index->kind_first[kind + 1] - index->kind_first[kind];
}

/* NULL: no policy is filed under it. Of a type `uid` is any entity of that type. */
const struct scope_key *scope_index_find(const struct scope_index *index, enum scope_key_kind kind,
    const struct cedar_uid *uid, uint64_t hash);

#endif
