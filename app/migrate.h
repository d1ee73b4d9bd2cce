/*
 * The schema of the document database, and the way to it. Only the commands `migrate` and `seed`
 * change a schema; a worker looks whether it is the one that it was built for.
 */
#ifndef DOCUMENTS_MIGRATE_H
#define DOCUMENTS_MIGRATE_H

#include <sqlite3.h>
#include <stddef.h>

/* One step; migrations.c has them in order, numbered from 1. */
struct migration {
	int version;
	const char *title;
	const char *sql;
};
extern const struct migration migrations[];
extern const size_t migration_count;

enum schema_state {
	SCHEMA_UNREADABLE = 0, /* no database, or broken */
	SCHEMA_FOREIGN,        /* somebody else's database */
	SCHEMA_OLDER,          /* or none yet */
	SCHEMA_NEWER,          /* made by a later version of this program */
	SCHEMA_CURRENT
};

/*
 * Compares the database with this program. `*ret_version` is the database's: 0 while it has no
 * schema.
 */
enum schema_state migrate_check(sqlite3 *db, int *ret_version);

/*
 * Applies the steps that are missing, each in a transaction of its own, so that a failure leaves a
 * whole earlier version behind. Returns what the schema is afterwards; `*ret_applied` is the number
 * of steps.
 */
enum schema_state migrate(sqlite3 *db, int *ret_applied);

#endif
