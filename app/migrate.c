/*
 * Applying migrations. Two commands that run at once are ordered by SQLite's write lock: the
 * version is read again inside each step's transaction.
 */
#include "migrate.h"

#include <stdio.h>

#include "database.h"

enum {
	APPLICATION_ID = 0x506f446f, /* "PoDo", in the file's header */
	MAX_STATEMENT = 256,         /* bytes of a statement made here */
};

static enum schema_state
compare(int version)
{
	int newest = migrations[migration_count - 1].version;

	if (version == newest)
		return SCHEMA_CURRENT;
	return version < newest ? SCHEMA_OLDER : SCHEMA_NEWER;
}

enum schema_state
migrate_check(sqlite3 *db, int *ret_version)
{
	sqlite3_int64 mark;
	sqlite3_int64 tables;
	sqlite3_int64 version;

	if (!database_integer(db, "PRAGMA application_id", &mark) ||
	    !database_integer(db, "SELECT count(*) FROM sqlite_schema", &tables))
		return SCHEMA_UNREADABLE;
	if (mark == 0 && tables == 0) {
		*ret_version = 0;
		return SCHEMA_OLDER;
	}
	if (mark != APPLICATION_ID)
		return SCHEMA_FOREIGN;
	if (!database_integer(db, "SELECT max(version) FROM schema_version", &version) ||
	    version < 1 || version > 1000000)
		return SCHEMA_UNREADABLE;
	*ret_version = (int)version;
	return compare(*ret_version);
}

/* What a step does besides its own SQL: the file's mark, and its line in the list of versions. */
static bool
apply(sqlite3 *db, const struct migration *step)
{
	char record[MAX_STATEMENT];

	snprintf(record, sizeof(record),
	    "PRAGMA application_id = %d; INSERT INTO schema_version (version) VALUES (%d)",
	    (int)APPLICATION_ID, step->version);
	return database_run(db, step->sql) && database_run(db, record);
}

/* One step, or none when there is nothing left to do. */
static enum schema_state
advance(sqlite3 *db, int *ret_applied)
{
	enum schema_state state;
	int version = 0;

	if (!database_run(db, "BEGIN IMMEDIATE"))
		return SCHEMA_UNREADABLE;
	state = migrate_check(db, &version);
	if (state == SCHEMA_OLDER && apply(db, &migrations[version]) &&
	    database_run(db, "COMMIT")) {
		++*ret_applied;
		return compare(version + 1);
	}
	/* The outcome is decided; a rollback that fails is done by closing the handle. */
	(void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return state == SCHEMA_OLDER ? SCHEMA_UNREADABLE : state;
}

enum schema_state
migrate(sqlite3 *db, int *ret_applied)
{
	enum schema_state state = SCHEMA_OLDER;

	*ret_applied = 0;
	for (size_t i = 0; i < migration_count && state == SCHEMA_OLDER; i++)
		state = advance(db, ret_applied);
	/* The mode stays with the file: readers do not wait for a writer. */
	if (state == SCHEMA_CURRENT && !database_run(db, "PRAGMA journal_mode = WAL"))
		return SCHEMA_UNREADABLE;
	return state;
}
