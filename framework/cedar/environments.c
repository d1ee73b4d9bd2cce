/* Two hash tables with open addressing; see environments.h. */
#include "cedar/environments.h"

#include "cedar/type.h"

/* Of keys that policies and schema make together: no stranger chooses them. */
static size_t
key_hash(const struct environment_key *key)
{
	uint64_t hash = key->context;

	hash = (hash << 21 ^ key->principal) * 0x9e3779b97f4a7c15u;
	hash = (hash ^ hash >> 29 ^ key->resource) * 0xbf58476d1ce4e5b9u;
	return (size_t)(hash ^ hash >> 32);
}

static bool
key_equal(const struct environment_key *a, const struct environment_key *b)
{
	return a->context == b->context && a->principal == b->principal &&
	       a->resource == b->resource;
}

/* Where the key is, or would be. */
static size_t
place_of(
    struct budget *budget, const struct environment_set *set, const struct environment_key *key)
{
	size_t at = key_hash(key) & (set->size - 1);

	while (budget_spend(budget, 1) && set->is_taken[at] && !key_equal(&set->keys[at], key))
		at = (at + 1) & (set->size - 1);
	return at;
}

static bool
grow(struct budget *budget, struct environment_set *set)
{
	struct environment_set grown = { .count = set->count,
		.size = set->size == 0 ? 64 : set->size * 2 };

	grown.keys = budget_alloc(budget, grown.size, sizeof(*grown.keys));
	grown.is_taken = budget_alloc(budget, grown.size, sizeof(*grown.is_taken));
	if (grown.keys == NULL || grown.is_taken == NULL)
		return false;
	for (size_t i = 0; i < set->size; i++) {
		size_t at;

		if (!set->is_taken[i])
			continue;
		at = place_of(budget, &grown, &set->keys[i]);
		grown.keys[at] = set->keys[i];
		grown.is_taken[at] = true;
	}
	*set = grown;
	return true;
}

bool
environment_set_add(struct budget *budget, struct environment_set *set, struct environment_key key)
{
	size_t at;

	if (set->count * 2 >= set->size && !grow(budget, set))
		return false;
	at = place_of(budget, set, &key);
	if (budget_is_out(budget) || set->is_taken[at])
		return false;
	set->keys[at] = key;
	set->is_taken[at] = true;
	set->count++;
	return true;
}

/* A slot of the table of contexts: `action` is one more than an index, 0: free. */
struct context_slot {
	uint64_t hash;
	uint32_t action;
};

const uint32_t *
environments_of_contexts(struct budget *budget, const struct cedar_schema *schema)
{
	uint32_t *first = budget_alloc(budget, schema->action_count + 1u, sizeof(*first));
	struct context_slot *slots;
	size_t size = 64;

	while (size < schema->action_count * 2u)
		size *= 2;
	slots = budget_alloc(budget, size, sizeof(*slots));
	for (uint32_t i = 0; i < schema->action_count && slots != NULL && first != NULL; i++) {
		struct schema_type context = type_record(schema->actions[i].context);
		uint64_t hash = type_hash(budget, context);
		size_t at = hash & (size - 1);

		while (slots[at].action != 0 && budget_spend(budget, 1) &&
		       (slots[at].hash != hash ||
			   !type_equal(budget, context,
			       type_record(schema->actions[slots[at].action - 1].context))))
			at = (at + 1) & (size - 1);
		if (slots[at].action == 0)
			slots[at] = (struct context_slot) { hash, i + 1 };
		first[i] = slots[at].action - 1;
	}
	return budget_is_out(budget) ? NULL : first;
}
