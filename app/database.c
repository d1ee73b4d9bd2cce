/*
 * A handle to the document database. Only the process that opened it uses it: workers open theirs
 * after the fork.
 *
 * Invariant: what a handle trusts is this program, not the file. The schema may call no function
 * that was not offered to it, cannot be edited through SQL, and foreign keys hold.
 */
#include "database.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUSY_MS = 2000 }; /* a statement waits so long for another worker's transaction */

bool
database_run(sqlite3 *db, const char *sql)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

bool
database_integer(sqlite3 *db, const char *sql, sqlite3_int64 *ret_value)
{
	sqlite3_stmt *statement = NULL;
	bool found = sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK &&
		     sqlite3_step(statement) == SQLITE_ROW &&
		     sqlite3_column_type(statement, 0) == SQLITE_INTEGER;

	if (found)
		*ret_value = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return found;
}

void
database_close(sqlite3 *db)
{
	sqlite3_close_v2(db);
}

static bool
configure(sqlite3 *db)
{
	sqlite3_extended_result_codes(db, 1);
	return sqlite3_busy_timeout(db, BUSY_MS) == SQLITE_OK &&
	       sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) == SQLITE_OK &&
	       sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL) == SQLITE_OK &&
	       sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL) == SQLITE_OK &&
	       sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL) == SQLITE_OK &&
	       database_run(db, "PRAGMA temp_store = MEMORY") &&
	       /* A deletion that was answered survives a power cut. */
	       database_run(db, "PRAGMA synchronous = FULL");
}

sqlite3 *
database_open(const char *path)
{
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
	sqlite3 *db = NULL;

	if (sqlite3_open_v2(path, &db, flags, NULL) == SQLITE_OK && configure(db))
		return db;
	database_close(db);
	return NULL;
}

/* SQLite would give a new file the mode of the umask. */
static bool
create_file(const char *path)
{
	struct stat info;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600);
	bool is_file;

	if (fd < 0)
		return false;
	is_file = fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
	close(fd);
	return is_file;
}

sqlite3 *
database_create(const char *path)
{
	return create_file(path) ? database_open(path) : NULL;
}
