/* How a resolved schema finds its own: indexes of cedar_schema.types and .actions. */
#ifndef POSTERN_CEDAR_SCHEMA_INDEX_H
#define POSTERN_CEDAR_SCHEMA_INDEX_H

#include "cedar/schema.h"
#include "cedar/schema_table.h"

struct schema_index {
	struct schema_table types; /* keys without ids */
	struct schema_table actions;
};

#endif
