/* Open addressing, at most half full. */
#include "cedar/schema_table.h"

#include "cedar/hash.h"
#include "cedar/value.h"

bool
schema_table_init(struct arena *arena, uint32_t size, struct schema_table *table)
{
	uint32_t slots = 2;

	while (slots < size * 2)
		slots *= 2;
	table->keys = arena_alloc(arena, size * sizeof(*table->keys));
	table->slots = arena_alloc(arena, slots * sizeof(*table->slots));
	if (table->keys == NULL || table->slots == NULL)
		return false;
	memset(table->slots, 0xff, slots * sizeof(*table->slots));
	table->mask = slots - 1;
	table->count = 0;
	table->size = size;
	return true;
}

/* The slot where the key is, or where it would be. */
static uint32_t *
slot_of(const struct schema_table *table, const struct cedar_uid *key)
{
	for (uint64_t at = uid_hash(key);; at++) {
		uint32_t *slot = &table->slots[at & table->mask];

		if (*slot == SCHEMA_NONE || uid_equal(&table->keys[*slot], key))
			return slot;
	}
}

uint32_t
schema_table_find(const struct schema_table *table, const struct cedar_uid *key)
{
	return table->count == 0 ? SCHEMA_NONE : *slot_of(table, key);
}

uint32_t
schema_table_add(struct schema_table *table, const struct cedar_uid *key)
{
	uint32_t index = table->count++;

	*slot_of(table, key) = index;
	table->keys[index] = *key;
	return index;
}
