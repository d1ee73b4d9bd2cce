/*
 * See scope_index.h. Made once a policy set: every naming in every head is a mention; sorted, those
 * of one thing stand together and are counted; each policy keeps those of the position whose things
 * are mentioned least; what is left, in its order, is the index.
 */
#include "cedar/scope_index.h"

#include "cedar/hash.h"
#include "core/sort.h"
#include "cedar/value.h"

enum { MAX_LISTED = 32 }; /* actions of a list under which a policy may be filed */

enum position { POSITION_PRINCIPAL, POSITION_RESOURCE, POSITION_ACTION, POSITION_COUNT };

static const enum scope_key_kind equal_kinds[POSITION_COUNT] = {
	[POSITION_PRINCIPAL] = KEY_PRINCIPAL_EQUAL,
	[POSITION_RESOURCE] = KEY_RESOURCE_EQUAL,
	[POSITION_ACTION] = KEY_ACTION_EQUAL,
};
static const enum scope_key_kind in_kinds[POSITION_COUNT] = {
	[POSITION_PRINCIPAL] = KEY_PRINCIPAL_IN,
	[POSITION_RESOURCE] = KEY_RESOURCE_IN,
	[POSITION_ACTION] = KEY_ACTION_IN,
};
static const enum scope_key_kind is_kinds[POSITION_COUNT] = {
	[POSITION_PRINCIPAL] = KEY_PRINCIPAL_IS,
	[POSITION_RESOURCE] = KEY_RESOURCE_IS,
	[POSITION_ACTION] = KEY_KIND_COUNT, /* no action is tested so */
};

/* That a policy names something in one position of its head. */
struct mention {
	uint64_t hash;
	const struct cedar_uid *uid; /* of a type: of that type, the id does not count */
	uint32_t policy, place;
	uint8_t kind, position;
};

/* An index in the making. */
struct making {
	struct arena *arena;
	struct policy *const *policies;
	uint32_t policy_count;
	struct mention *mentions;
	uint32_t mention_count;
	/* Per policy and position: how often the most mentioned thing there is; 0: nothing is. */
	uint32_t (*costs)[POSITION_COUNT];
	struct scope_index *index;
};

static const struct scope *
scope_at(const struct policy *policy, enum position position)
{
	switch (position) {
	case POSITION_PRINCIPAL:
		return &policy->principal;
	case POSITION_RESOURCE:
		return &policy->resource;
	default:
		return &policy->action;
	}
}

static bool
is_type_kind(enum scope_key_kind kind)
{
	return kind == KEY_PRINCIPAL_IS || kind == KEY_RESOURCE_IS;
}

/* Of two uids under one kind of key, as for sorting. */
static int
name_order_of(enum scope_key_kind kind, const struct cedar_uid *a, const struct cedar_uid *b)
{
	int order = is_type_kind(kind) ? 0 : name_order(a->id, b->id);

	return order != 0 ? order : name_order(a->type, b->type);
}

static int
key_order(const struct mention *a, const struct mention *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return name_order_of((enum scope_key_kind)a->kind, a->uid, b->uid);
}

static int
mention_order(const void *a, const void *b)
{
	const struct mention *x = a, *y = b;
	int order = key_order(x, y);

	if (order != 0)
		return order;
	if (x->policy != y->policy)
		return x->policy < y->policy ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

/* Under how many things a scope could be filed; 0: under none. */
static uint32_t
mentions_of(const struct scope *scope)
{
	if (scope->kind == SCOPE_ANY || scope->count > MAX_LISTED)
		return 0;
	return scope->kind == SCOPE_IS ? 1 : scope->count;
}

static bool
add_type(struct making *making, struct mention mention, const struct scope *scope)
{
	struct cedar_uid *uid = arena_alloc(making->arena, sizeof(*uid));

	if (uid == NULL)
		return false;
	*uid = (struct cedar_uid) { .type = scope->type };
	mention.kind = (uint8_t)is_kinds[mention.position];
	mention.hash = slice_hash(scope->type);
	mention.uid = uid;
	making->mentions[making->mention_count++] = mention;
	return true;
}

static bool
add_scope(struct making *making, uint32_t policy, enum position position)
{
	const struct scope *scope = scope_at(making->policies[policy], position);
	struct mention mention = { .policy = policy, .position = (uint8_t)position };

	if (scope->kind == SCOPE_IS)
		return add_type(making, mention, scope);
	mention.kind =
	    (uint8_t)(scope->kind == SCOPE_EQUAL ? equal_kinds[position] : in_kinds[position]);
	for (uint32_t i = 0; i < mentions_of(scope); i++) {
		mention.place = i;
		mention.uid = &scope->entities[i];
		mention.hash = uid_hash(mention.uid);
		making->mentions[making->mention_count++] = mention;
	}
	return true;
}

static bool
gather_mentions(struct making *making)
{
	size_t count = 0;

	for (uint32_t i = 0; i < making->policy_count; i++)
		for (enum position p = 0; p < POSITION_COUNT; p++)
			count += mentions_of(scope_at(making->policies[i], p));
	making->mentions = arena_calloc(making->arena, count, sizeof(*making->mentions));
	making->costs = arena_calloc(making->arena, making->policy_count, sizeof(*making->costs));
	if (making->mentions == NULL || making->costs == NULL)
		return false;
	for (uint32_t i = 0; i < making->policy_count; i++)
		for (enum position p = 0; p < POSITION_COUNT; p++)
			if (!add_scope(making, i, p))
				return false;
	SORT(making->mentions, making->mention_count, mention_order);
	return true;
}

/* Behind the last mention of what the one at `first` mentions. */
static uint32_t
end_of_key(const struct making *making, uint32_t first)
{
	uint32_t end = first + 1;

	while (end < making->mention_count &&
	       key_order(&making->mentions[first], &making->mentions[end]) == 0)
		end++;
	return end;
}

static void
count_costs(struct making *making)
{
	for (uint32_t first = 0, end; first < making->mention_count; first = end) {
		end = end_of_key(making, first);
		for (uint32_t i = first; i < end; i++) {
			const struct mention *mention = &making->mentions[i];
			uint32_t *cost = &making->costs[mention->policy][mention->position];

			if (*cost < end - first)
				*cost = end - first;
		}
	}
}

/* Where a policy is filed; POSITION_COUNT: it names nothing. */
static enum position
best_position(const struct making *making, uint32_t policy)
{
	const uint32_t *costs = making->costs[policy];
	enum position best = POSITION_COUNT;

	for (enum position p = 0; p < POSITION_COUNT; p++)
		if (costs[p] > 0 && (best == POSITION_COUNT || costs[p] < costs[best]))
			best = p;
	return best;
}

/* `action in []`: nothing is an element of nothing. */
static bool
can_never_match(const struct policy *policy)
{
	return policy->action.kind == SCOPE_IN && policy->action.count == 0;
}

/* Drops the mentions under which policies are not filed. */
static void
keep_best(struct making *making)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < making->mention_count; i++) {
		const struct mention *mention = &making->mentions[i];

		if (best_position(making, mention->policy) == mention->position &&
		    !can_never_match(making->policies[mention->policy]))
			making->mentions[kept++] = *mention;
	}
	making->mention_count = kept;
}

static bool
file_entries(struct making *making)
{
	struct scope_entry *entries = arena_alloc(making->arena,
	    ((size_t)making->policy_count + making->mention_count) * sizeof(*entries));
	uint32_t count = 0;

	if (entries == NULL)
		return false;
	for (uint32_t i = 0; i < making->policy_count; i++)
		if (best_position(making, i) == POSITION_COUNT &&
		    !can_never_match(making->policies[i]))
			entries[count++] = (struct scope_entry) { .policy = i };
	making->index->everywhere_count = count;
	for (uint32_t i = 0; i < making->mention_count; i++)
		entries[count++] =
		    (struct scope_entry) { making->mentions[i].policy, making->mentions[i].place };
	making->index->entries = entries;
	return true;
}

static uint32_t
count_keys(const struct making *making)
{
	uint32_t count = 0;

	for (uint32_t first = 0; first < making->mention_count; first = end_of_key(making, first))
		count++;
	return count;
}

/* One for each group of mentions, and how many there are of each kind. */
static bool
make_keys(struct making *making, uint32_t key_count)
{
	struct scope_index *index = making->index;
	struct scope_key *keys = arena_calloc(making->arena, key_count, sizeof(*keys));
	uint32_t count = 0;

	if (keys == NULL)
		return false;
	for (uint32_t first = 0, end; first < making->mention_count; first = end) {
		const struct mention *mention = &making->mentions[first];

		end = end_of_key(making, first);
		keys[count++] = (struct scope_key) { mention->uid, mention->hash,
			index->everywhere_count + first, end - first };
		index->kind_first[mention->kind + 1] = count;
	}
	for (int kind = 0; kind < KEY_KIND_COUNT; kind++)
		if (index->kind_first[kind + 1] < index->kind_first[kind])
			index->kind_first[kind + 1] = index->kind_first[kind];
	index->keys = keys;
	return true;
}

/* The same thing may be a key of several kinds. */
static uint64_t
slot_of(enum scope_key_kind kind, uint64_t hash)
{
	return hash + kind * UINT64_C(0x9e3779b97f4a7c15); /* 2^64 by the golden ratio */
}

static bool
make_table(struct making *making, uint32_t key_count)
{
	struct scope_index *index = making->index;
	uint32_t size = 4, *table;

	while (size < 2 * key_count)
		size *= 2;
	table = arena_alloc(making->arena, size * sizeof(*table));
	if (table == NULL)
		return false;
	memset(table, 0xff, size * sizeof(*table));
	index->table = table;
	index->table_mask = size - 1;
	for (enum scope_key_kind kind = 0; kind < KEY_KIND_COUNT; kind++)
		for (uint32_t i = index->kind_first[kind]; i < index->kind_first[kind + 1]; i++) {
			uint64_t at = slot_of(kind, index->keys[i].hash);

			while (table[at & index->table_mask] != UINT32_MAX)
				at++;
			table[at & index->table_mask] = i;
		}
	return true;
}

const struct scope_index *
scope_index_new(struct arena *arena, struct policy *const *policies, uint32_t count)
{
	struct making making = { .arena = arena, .policies = policies, .policy_count = count };
	uint32_t key_count;

	making.index = arena_calloc(arena, 1, sizeof(*making.index));
	if (making.index == NULL || !gather_mentions(&making))
		return NULL;
	count_costs(&making);
	keep_best(&making);
	key_count = count_keys(&making);
	if (!file_entries(&making) || !make_keys(&making, key_count) ||
	    !make_table(&making, key_count))
		return NULL;
	return making.index;
}

const struct scope_key *
scope_index_find(const struct scope_index *index, enum scope_key_kind kind,
    const struct cedar_uid *uid, uint64_t hash)
{
	uint32_t first = index->kind_first[kind], end = index->kind_first[kind + 1];

	if (first == end)
		return NULL;
	for (uint64_t at = slot_of(kind, hash);; at++) {
		uint32_t place = index->table[at & index->table_mask];

		if (place == UINT32_MAX)
			return NULL;
		if (place >= first && place < end && index->keys[place].hash == hash &&
		    name_order_of(kind, index->keys[place].uid, uid) == 0)
			return &index->keys[place];
	}
}
