/* What a store is made of; for the files of limits/ alone. */
#ifndef POSTERN_LIMITS_STORE_H
#define POSTERN_LIMITS_STORE_H

#include <sqlite3.h>
#include <stdint.h>

#include "core/siphash.h"
#include "limits/limits.h"
#include "limits/shared_table.h"

enum store_kind {
	STORE_SHARED, /* counts in the table; a ledger keeps it if there is a path */
	STORE_DIRECT  /* counts in the database */
};

/* The direct store's handle and its statements; see store_direct.c. */
struct direct {
	sqlite3 *db;
	sqlite3_stmt *begin, *commit, *find, *put, *sweep;
};

struct limit_store {
	enum store_kind kind;
	struct siphash_key secret;
	const char *path; /* of the database; NULL: memory:// */
	int lock_fd;      /* -1: none held */
	struct shared_table table;
	struct direct direct;
};

/* Opens the statements of `direct` on `direct->db`. */
bool limit_direct_open(struct direct *direct) MUST_USE;
void limit_direct_close(struct direct *direct);
struct limit_answer limit_direct_hit(
    struct direct *direct, uint64_t key, const struct limit *limit, uint64_t now_ms);

#endif
