/*
 * The database file of the counters: opening it, its schema, its secret. Only the process that
 * opened a handle uses it: no handle crosses a fork.
 */
#ifndef POSTERN_LIMITS_DATABASE_H
#define POSTERN_LIMITS_DATABASE_H

#include <stdbool.h>
#include <sqlite3.h>
#include <stdint.h>

#include "core/compiler.h"
#include "core/siphash.h"
#include "limits/limits.h"

/*
 * Opens `path`, creating file (0600) and schema where there are none, and reads the secret under
 * which keys are hashed. Anything that is not a database of ours is LIMIT_STORE_CANNOT_OPEN and
 * stays as it was.
 */
enum limit_store_error limit_database_open(
    const char *path, sqlite3 **ret_db, struct siphash_key *ret_secret) MUST_USE;
/* Harmless on NULL. */
void limit_database_close(sqlite3 *db);

/* One statement without result. */
bool limit_database_run(sqlite3 *db, const char *sql) MUST_USE;
bool limit_database_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret_statement) MUST_USE;
/* A random secret, for a store that keeps nothing. */
bool limit_database_new_secret(struct siphash_key *ret_secret) MUST_USE;

#endif
