/*
 * Opening the document database: one place for the flags and settings that every handle has.
 */
#ifndef DOCUMENTS_DATABASE_H
#define DOCUMENTS_DATABASE_H

#include <sqlite3.h>
#include <stdbool.h>

/* An existing database, for reading and writing. NULL when it cannot be opened. */
sqlite3 *database_open(const char *path);

/* The same, made (mode 0600) when there is none. Its folder must exist. */
sqlite3 *database_create(const char *path);

/* Harmless on NULL. */
void database_close(sqlite3 *db);

/* One or more statements without a result. */
bool database_run(sqlite3 *db, const char *sql);

/* The single integer that a query gives. */
bool database_integer(sqlite3 *db, const char *sql, sqlite3_int64 *ret_value);

#endif
