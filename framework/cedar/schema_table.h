/*
 * From names and uids to indexes: a hash table whose size is known at birth. A name of a type is
 * a uid without id.
 */
#ifndef POSTERN_CEDAR_SCHEMA_TABLE_H
#define POSTERN_CEDAR_SCHEMA_TABLE_H

#include "cedar/cedar.h"

enum { SCHEMA_NONE = UINT32_MAX };

struct schema_table {
	struct cedar_uid *keys; /* by index, in the order in which they were added */
	uint32_t count, size;
	uint32_t *slots; /* indexes into keys; SCHEMA_NONE: free */
	uint32_t mask;
};

/* False: memory is out. */
bool schema_table_init(struct arena *arena, uint32_t size, struct schema_table *table) MUST_USE;
/* The key's index; SCHEMA_NONE: it is not there. A table that was never made is empty. */
uint32_t schema_table_find(const struct schema_table *table, const struct cedar_uid *key);
/* The index of a key that is not there yet; there must be room. */
uint32_t schema_table_add(struct schema_table *table, const struct cedar_uid *key);

#endif
