/*
 * The ledger carries the shared table to the database, in a process of its own, so that no worker
 * ever waits for a disk. It remembers what it wrote and writes only what differs; a start therefore
 * finds the counters as they were at the last save, and a ledger that is killed loses what came
 * after, no more.
 *
 * Invariant: `written` is what the database holds, entry by entry; it changes only when a
 * transaction committed.
 */
#include <stdlib.h>

#include "limits/database.h"
#include "limits/store.h"
#include "limits/window.h"

struct counter {
	uint64_t key; /* 0: none */
	uint64_t state;
};

struct limit_ledger {
	struct shared_table *table;
	sqlite3 *db;
	sqlite3_stmt *put, *drop, *sweep;
	struct counter *written; /* per entry of the table */
	struct counter *seen;    /* the same, as this save found it */
};

static bool
ledger_prepare(struct limit_ledger *ledger)
{
	return limit_database_prepare(ledger->db,
		   "INSERT INTO counters (key, ends, hits) VALUES (?1, ?2, ?3)"
		   " ON CONFLICT (key) DO UPDATE SET ends = ?2, hits = ?3",
		   &ledger->put) &&
	       limit_database_prepare(
		   ledger->db, "DELETE FROM counters WHERE key = ?1", &ledger->drop) &&
	       limit_database_prepare(
		   ledger->db, "DELETE FROM counters WHERE ends <= ?1", &ledger->sweep);
}

static enum limit_store_error
ledger_connect(struct limit_ledger *ledger, const struct limit_store *store)
{
	size_t count = shared_table_size(ledger->table);
	struct siphash_key secret;
	enum limit_store_error error;

	ledger->written = calloc(count, sizeof(ledger->written[0]));
	ledger->seen = calloc(count, sizeof(ledger->seen[0]));
	if (ledger->written == NULL || ledger->seen == NULL)
		return LIMIT_STORE_NO_MEMORY;
	error = limit_database_open(store->path, &ledger->db, &secret);
	if (error != LIMIT_STORE_OK)
		return error;
	/*
	 * A file that was replaced meanwhile would keep counters under keys that no start finds
	 * again.
	 */
	if (memcmp(&secret, &store->secret, sizeof(secret)) != 0 || !ledger_prepare(ledger))
		return LIMIT_STORE_CANNOT_OPEN;
	return LIMIT_STORE_OK;
}

enum limit_store_error
limit_ledger_open(struct limit_store *store, struct limit_ledger **ret_ledger)
{
	struct limit_ledger *ledger;
	enum limit_store_error error;

	if (!limit_store_has_ledger(store))
		return LIMIT_STORE_BAD_URI;
	ledger = calloc(1, sizeof(*ledger));
	if (ledger == NULL)
		return LIMIT_STORE_NO_MEMORY;
	ledger->table = &store->table;
	error = ledger_connect(ledger, store);
	if (error != LIMIT_STORE_OK) {
		limit_ledger_close(ledger);
		return error;
	}
	*ret_ledger = ledger;
	return LIMIT_STORE_OK;
}

void
limit_ledger_close(struct limit_ledger *ledger)
{
	if (ledger == NULL)
		return;
	sqlite3_finalize(ledger->put);
	sqlite3_finalize(ledger->drop);
	sqlite3_finalize(ledger->sweep);
	limit_database_close(ledger->db);
	free(ledger->written);
	free(ledger->seen);
	free(ledger);
}

static bool
finish(sqlite3_stmt *statement)
{
	int result = sqlite3_step(statement);

	sqlite3_reset(statement);
	return result == SQLITE_DONE;
}

static bool
is_same(const struct counter *a, const struct counter *b)
{
	return a->key == b->key && a->state == b->state;
}

/*
 * Reads the whole table. Counters whose window has ended count as none. Returns how many entries
 * differ.
 */
static uint32_t
look(struct limit_ledger *ledger, uint64_t now_ms)
{
	uint32_t changed = 0;

	for (uint32_t i = 0; i < shared_table_size(ledger->table); i++) {
		struct counter *seen = &ledger->seen[i];

		shared_table_cut(ledger->table, i, now_ms + WINDOW_LONGEST_MS);
		if (!shared_table_read(ledger->table, i, &seen->key, &seen->state))
			*seen = ledger->written[i]; /* changing hands: the next save sees it */
		if (seen->key == 0 || window_has_ended(seen->state, now_ms))
			*seen = (struct counter) { 0 };
		changed += !is_same(seen, &ledger->written[i]);
	}
	return changed;
}

/*
 * Removes the rows of counters that have left their entry. A key that only moved is put again
 * afterwards.
 */
static bool
drop_gone(struct limit_ledger *ledger)
{
	for (uint32_t i = 0; i < shared_table_size(ledger->table); i++) {
		uint64_t key = ledger->written[i].key;

		if (key == 0 || key == ledger->seen[i].key)
			continue;
		sqlite3_bind_int64(ledger->drop, 1, (int64_t)key);
		if (!finish(ledger->drop))
			return false;
	}
	return true;
}

static bool
put_changed(struct limit_ledger *ledger, uint32_t *ret_written)
{
	uint32_t written = 0;

	for (uint32_t i = 0; i < shared_table_size(ledger->table); i++) {
		const struct counter *seen = &ledger->seen[i];

		if (seen->key == 0 || is_same(seen, &ledger->written[i]))
			continue;
		sqlite3_bind_int64(ledger->put, 1, (int64_t)seen->key);
		sqlite3_bind_int64(ledger->put, 2, (int64_t)window_end_ms(seen->state));
		sqlite3_bind_int64(ledger->put, 3, window_hits(seen->state));
		if (!finish(ledger->put))
			return false;
		written++;
	}
	*ret_written = written;
	return true;
}

/* What ended before this ledger lived, and has a row but no entry. */
static bool
sweep_ended(struct limit_ledger *ledger, uint64_t now_ms)
{
	sqlite3_bind_int64(ledger->sweep, 1, (int64_t)now_ms);
	return finish(ledger->sweep);
}

bool
limit_ledger_save(struct limit_ledger *ledger, int64_t now_us, uint32_t *ret_written)
{
	uint64_t now_ms = window_now_ms(now_us);
	uint32_t written = 0;

	if (look(ledger, now_ms) == 0) {
		*ret_written = 0;
		return true;
	}
	if (!limit_database_run(ledger->db, "BEGIN IMMEDIATE"))
		return false;
	if (!drop_gone(ledger) || !put_changed(ledger, &written) || !sweep_ended(ledger, now_ms) ||
	    !limit_database_run(ledger->db, "COMMIT")) {
		/* SQLite may have rolled back itself; a second time does no harm. */
		(void)sqlite3_exec(ledger->db, "ROLLBACK", NULL, NULL, NULL);
		return false;
	}
	memcpy(ledger->written, ledger->seen,
	    shared_table_size(ledger->table) * sizeof(ledger->written[0]));
	*ret_written = written;
	return true;
}
