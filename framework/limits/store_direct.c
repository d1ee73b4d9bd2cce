/*
 * Counting in the database itself, one transaction a hit, for a CGI process that shares no memory
 * with the next. Keys, secret and rows are the ledger's, so that a service which changes from
 * FastCGI to CGI keeps its counters.
 *
 * BEGIN IMMEDIATE takes the write lock before the counter is read: no two hits see the same count.
 */
#include "limits/store.h"

#include "limits/database.h"
#include "limits/window.h"

enum {
	SWEEP_ROWS = 16
}; /* ended counters that one hit removes: more than it can add, so the file stays bounded */

static const struct statement {
	size_t offset; /* in struct direct */
	const char *sql;
} statements[] = {
	{ offsetof(struct direct, begin), "BEGIN IMMEDIATE" },
	{ offsetof(struct direct, commit), "COMMIT" },
	{ offsetof(struct direct, find), "SELECT ends, hits FROM counters WHERE key = ?1" },
	{ offsetof(struct direct, put), "INSERT INTO counters (key, ends, hits) VALUES (?1, ?2, ?3)"
					" ON CONFLICT (key) DO UPDATE SET ends = ?2, hits = ?3" },
	{ offsetof(struct direct, sweep),
	    "DELETE FROM counters WHERE key IN"
	    " (SELECT key FROM counters WHERE ends <= ?1 ORDER BY ends LIMIT ?2)" },
};

static sqlite3_stmt **
statement_at(struct direct *direct, size_t i)
{
	return (sqlite3_stmt **)(void *)((char *)direct + statements[i].offset);
}

bool
limit_direct_open(struct direct *direct)
{
	for (size_t i = 0; i < COUNT_OF(statements); i++)
		if (!limit_database_prepare(direct->db, statements[i].sql, statement_at(direct, i)))
			return false;
	return true;
}

void
limit_direct_close(struct direct *direct)
{
	for (size_t i = 0; i < COUNT_OF(statements); i++) {
		sqlite3_finalize(*statement_at(direct, i));
		*statement_at(direct, i) = NULL;
	}
	limit_database_close(direct->db);
	direct->db = NULL;
}

/* Runs a statement that gives no row. */
static bool
finish(sqlite3_stmt *statement)
{
	int result = sqlite3_step(statement);

	sqlite3_reset(statement);
	return result == SQLITE_DONE;
}

/*
 * The counter's state; a key without a row, or with a row that no version wrote, starts a new
 * window.
 */
static bool
find(struct direct *direct, uint64_t key, uint64_t *ret_state)
{
	int result;

	sqlite3_bind_int64(direct->find, 1, (int64_t)key);
	result = sqlite3_step(direct->find);
	*ret_state = 0;
	if (result == SQLITE_ROW) {
		int64_t end_ms = sqlite3_column_int64(direct->find, 0);
		int64_t hits = sqlite3_column_int64(direct->find, 1);

		*ret_state = window_pack(end_ms < 0 ? 0 : (uint64_t)end_ms,
		    hits < 0 || hits > WINDOW_MAX_HITS ? WINDOW_MAX_HITS : (uint32_t)hits);
	}
	sqlite3_reset(direct->find);
	return result == SQLITE_ROW || result == SQLITE_DONE;
}

static bool
put(struct direct *direct, uint64_t key, uint64_t state)
{
	sqlite3_bind_int64(direct->put, 1, (int64_t)key);
	sqlite3_bind_int64(direct->put, 2, (int64_t)window_end_ms(state));
	sqlite3_bind_int64(direct->put, 3, window_hits(state));
	return finish(direct->put);
}

static bool
sweep(struct direct *direct, uint64_t now_ms)
{
	sqlite3_bind_int64(direct->sweep, 1, (int64_t)now_ms);
	sqlite3_bind_int64(direct->sweep, 2, SWEEP_ROWS);
	return finish(direct->sweep);
}

struct limit_answer
limit_direct_hit(struct direct *direct, uint64_t key, const struct limit *limit, uint64_t now_ms)
{
	struct limit_answer answer;
	uint64_t state;
	uint64_t next;

	if (!finish(direct->begin))
		return (struct limit_answer) { .verdict = LIMIT_UNAVAILABLE };
	if (find(direct, key, &state)) {
		answer = window_hit(limit, state, now_ms, &next);
		if ((next == state || put(direct, key, next)) && sweep(direct, now_ms) &&
		    finish(direct->commit))
			return answer;
	}
	/*
	 * A full disk or a broken file: SQLite may have rolled back itself, and says so by failing
	 * here.
	 */
	(void)sqlite3_exec(direct->db, "ROLLBACK", NULL, NULL, NULL);
	return (struct limit_answer) { .verdict = LIMIT_UNAVAILABLE };
}
