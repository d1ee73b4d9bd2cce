/*
 * The database of the counters. Its schema is small and has a version; a file with another schema,
 * another application's mark or any table of somebody else's is refused and not touched.
 */
#include "limits/database.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	APPLICATION_ID = 0x506f4c69, /* "PoLi", in the file's header */
	SCHEMA_VERSION = 1,
	BUSY_MS = 2000,       /* a handle waits so long for another's transaction */
	MAX_PAGES = 131072,   /* of 4 KiB: 512 MiB, more than the largest table of counters needs */
	MAX_STATEMENT = 1024, /* bytes of one SQL text */
};

/* `ends` is milliseconds since 1970. The key is a keyed hash; see key.h. */
static const char schema[] =
    "CREATE TABLE schema_version (version INTEGER NOT NULL) STRICT;"
    "CREATE TABLE secret (k0 INTEGER NOT NULL, k1 INTEGER NOT NULL) STRICT;"
    "CREATE TABLE counters (key INTEGER PRIMARY KEY, ends INTEGER NOT NULL, hits INTEGER NOT NULL) "
    "STRICT;"
    "CREATE INDEX counters_by_end ON counters (ends);";

bool
limit_database_run(sqlite3 *db, const char *sql)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

bool
limit_database_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret_statement)
{
	return sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, ret_statement, NULL) ==
	       SQLITE_OK;
}

bool
limit_database_new_secret(struct siphash_key *ret_secret)
{
	/*
	 * Up to 256 bytes come whole or not at all once the kernel's pool is ready (getrandom(2)).
	 */
	return getrandom(ret_secret, sizeof(*ret_secret), 0) == (ssize_t)sizeof(*ret_secret);
}

void
limit_database_close(sqlite3 *db)
{
	sqlite3_close_v2(db);
}

/* One row of integers, of a statement that gives exactly one. */
static bool
query_row(sqlite3 *db, const char *sql, size_t count, int64_t *ret_values)
{
	sqlite3_stmt *statement = NULL;
	bool ok = limit_database_prepare(db, sql, &statement) &&
		  sqlite3_step(statement) == SQLITE_ROW &&
		  sqlite3_column_count(statement) == (int)count;

	for (size_t i = 0; ok && i < count; i++) {
		ok = sqlite3_column_type(statement, (int)i) == SQLITE_INTEGER;
		ret_values[i] = sqlite3_column_int64(statement, (int)i);
	}
	ok = ok && sqlite3_step(statement) == SQLITE_DONE;
	sqlite3_finalize(statement);
	return ok;
}

/* SQLite would create the file by the umask. Closed before SQLite opens it: see lock_file.c. */
static bool
file_create(const char *path)
{
	struct stat info;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	bool ok;

	if (fd < 0)
		return false;
	ok = fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
	close(fd);
	return ok;
}

static bool
handle_configure(sqlite3 *db)
{
	char pages[MAX_STATEMENT];

	sqlite3_busy_timeout(db, BUSY_MS);
	sqlite3_extended_result_codes(db, 1);
	snprintf(pages, sizeof(pages), "PRAGMA max_page_count = %d", (int)MAX_PAGES);
	return sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) == SQLITE_OK &&
	       sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL) == SQLITE_OK &&
	       limit_database_run(db, "PRAGMA temp_store = MEMORY") &&
	       limit_database_run(db, pages);
}

/* Within the caller's transaction, so that of two first starts one creates and the other finds. */
static bool
schema_create(sqlite3 *db)
{
	struct siphash_key secret;
	char values[MAX_STATEMENT];

	if (!limit_database_new_secret(&secret))
		return false;
	snprintf(values, sizeof(values),
	    "PRAGMA application_id = %d;"
	    "INSERT INTO schema_version VALUES (%d);"
	    "INSERT INTO secret VALUES (%lld, %lld);",
	    (int)APPLICATION_ID, (int)SCHEMA_VERSION, (long long)secret.k0, (long long)secret.k1);
	return limit_database_run(db, schema) && limit_database_run(db, values);
}

static bool
schema_check(sqlite3 *db)
{
	int64_t mark, tables, version;

	if (!query_row(db, "PRAGMA application_id", 1, &mark) ||
	    !query_row(db, "SELECT count(*) FROM sqlite_schema", 1, &tables))
		return false;
	if (mark == 0 && tables == 0 && !schema_create(db))
		return false;
	if (mark != 0 && mark != APPLICATION_ID)
		return false;
	return query_row(db, "SELECT version FROM schema_version", 1, &version) &&
	       version == SCHEMA_VERSION;
}

static bool
schema_ready(sqlite3 *db, struct siphash_key *ret_secret)
{
	int64_t secret[2];

	if (!limit_database_run(db, "BEGIN IMMEDIATE"))
		return false;
	if (!schema_check(db) || !query_row(db, "SELECT k0, k1 FROM secret", 2, secret) ||
	    !limit_database_run(db, "COMMIT")) {
		/* Nothing to be done about a rollback that fails: the handle is closed next. */
		(void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
		return false;
	}
	ret_secret->k0 = (uint64_t)secret[0];
	ret_secret->k1 = (uint64_t)secret[1];
	/*
	 * After the check, so that a foreign file stays as it is. The mode is the file's: that
	 * another first start is busy with it just now is no reason to fail. NORMAL: a power cut
	 * costs the last seconds.
	 */
	(void)sqlite3_exec(db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
	return limit_database_run(db, "PRAGMA synchronous = NORMAL");
}

enum limit_store_error
limit_database_open(const char *path, sqlite3 **ret_db, struct siphash_key *ret_secret)
{
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
	sqlite3 *db = NULL;

	if (!file_create(path))
		return LIMIT_STORE_CANNOT_OPEN;
	if (sqlite3_open_v2(path, &db, flags, NULL) != SQLITE_OK || !handle_configure(db) ||
	    !schema_ready(db, ret_secret)) {
		limit_database_close(db);
		return LIMIT_STORE_CANNOT_OPEN;
	}
	*ret_db = db;
	return LIMIT_STORE_OK;
}
