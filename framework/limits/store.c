/*
 * The life of a store, and the one call that guards make of it. Which kind of store it is, is
 * decided by the URI and by the process (manager or CGI) once, here.
 */
#include "limits/store.h"

#include <unistd.h>

#include "limits/database.h"
#include "limits/key.h"
#include "limits/lock_file.h"
#include "limits/uri.h"
#include "limits/window.h"

static const char *const error_texts[] = {
	[LIMIT_STORE_OK] = "no error",
	[LIMIT_STORE_BAD_URI] = "not a storage URI: use sqlite:///absolute/path or memory://",
	[LIMIT_STORE_NOT_OFFERED] = "this kind of storage is not offered by this version",
	[LIMIT_STORE_NO_MEMORY] = "no memory for the counters",
	[LIMIT_STORE_CANNOT_OPEN] = "the database of the rate counters cannot be opened",
	[LIMIT_STORE_LOCKED] = "another service holds the database of the rate counters",
	[LIMIT_STORE_OTHER] = "not the counters of the process that is to be replaced, its size, "
			      "or its layout: only a "
			      "restart can change it",
};

const char *
limit_store_error_text(enum limit_store_error error)
{
	if ((size_t)error >= COUNT_OF(error_texts) || error_texts[error] == NULL)
		return "unknown error";
	return error_texts[error];
}

static struct limit_store *
store_new(struct arena *arena, enum store_kind kind, const struct limit_uri *uri)
{
	struct limit_store *store = arena_calloc(arena, 1, sizeof(*store));

	if (store == NULL)
		return NULL;
	store->kind = kind;
	store->lock_fd = -1;
	if (uri->kind == LIMIT_URI_SQLITE) {
		store->path = arena_dup(arena, uri->path.data, uri->path.len);
		if (store->path == NULL)
			return NULL;
	}
	return store;
}

/*
 * A row that was written under another version of the limits' bounds is brought within them, never
 * dropped.
 */
static uint64_t
restored_state(int64_t end_ms, int64_t hits, uint64_t now_ms)
{
	uint32_t bounded = hits < 0 || hits > WINDOW_MAX_HITS ? WINDOW_MAX_HITS : (uint32_t)hits;

	return window_cut(
	    window_pack(end_ms < 0 ? 0 : (uint64_t)end_ms, bounded), now_ms + WINDOW_LONGEST_MS);
}

/*
 * Fills the table. If it is smaller than what was kept (the setting was lowered), the most used
 * counters are the ones that stay: nobody who has spent a budget gets it anew before somebody who
 * has not.
 */
static bool
store_restore(struct limit_store *store, sqlite3 *db, uint64_t now_ms, uint32_t *ret_restored)
{
	sqlite3_stmt *rows = NULL;
	uint32_t restored = 0;
	int result;

	if (!limit_database_prepare(db,
		"SELECT key, ends, hits FROM counters WHERE ends > ?1 AND key <> 0 ORDER BY hits "
		"DESC",
		&rows))
		return false;
	sqlite3_bind_int64(rows, 1, (int64_t)now_ms);
	while ((result = sqlite3_step(rows)) == SQLITE_ROW) {
		uint64_t state = restored_state(
		    sqlite3_column_int64(rows, 1), sqlite3_column_int64(rows, 2), now_ms);

		restored += shared_table_restore(
		    &store->table, (uint64_t)sqlite3_column_int64(rows, 0), state);
	}
	sqlite3_finalize(rows);
	*ret_restored = restored;
	return result == SQLITE_DONE;
}

static enum limit_store_error
store_open_kept(
    struct limit_store *store, unsigned wait_ms, uint64_t now_ms, uint32_t *ret_restored)
{
	sqlite3 *db = NULL;
	enum limit_store_error error =
	    limit_lock_take(store->path, false, wait_ms, &store->lock_fd);

	if (error == LIMIT_STORE_OK)
		error = limit_database_open(store->path, &db, &store->secret);
	if (error == LIMIT_STORE_OK && !store_restore(store, db, now_ms, ret_restored))
		error = LIMIT_STORE_CANNOT_OPEN;
	limit_database_close(db);
	return error;
}

/* memory://: a fresh secret, nothing to restore. */
static enum limit_store_error
store_open_fresh(struct limit_store *store)
{
	return limit_database_new_secret(&store->secret) ? LIMIT_STORE_OK : LIMIT_STORE_NO_MEMORY;
}

enum limit_store_error
limit_store_open_shared(struct arena *arena, struct slice uri_text, uint32_t entries,
    unsigned wait_ms, int64_t now_us, struct limit_store **ret_store, uint32_t *ret_restored)
{
	struct limit_uri uri;
	struct limit_store *store;
	uint32_t restored = 0;
	enum limit_store_error error = limit_uri_parse(uri_text, &uri);

	if (error != LIMIT_STORE_OK)
		return error;
	store = store_new(arena, STORE_SHARED, &uri);
	if (store == NULL || !shared_table_init(&store->table, entries))
		return LIMIT_STORE_NO_MEMORY;
	if (store->path == NULL)
		error = store_open_fresh(store);
	else
		error = store_open_kept(store, wait_ms, window_now_ms(now_us), &restored);
	if (error != LIMIT_STORE_OK) {
		limit_store_close(store);
		return error;
	}
	store->table.front->secret = store->secret;
	*ret_store = store;
	*ret_restored = restored;
	return LIMIT_STORE_OK;
}

void
limit_store_lend(const struct limit_store *store, int *ret_table_fd, int *ret_lock_fd)
{
	*ret_table_fd = store->kind == STORE_SHARED ? store->table.fd : -1;
	*ret_lock_fd = store->lock_fd;
}

enum limit_store_error
limit_store_open_inherited(struct arena *arena, struct slice uri_text, uint32_t entries,
    int table_fd, int lock_fd, struct limit_store **ret_store)
{
	struct limit_uri uri;
	struct limit_store *store;
	enum limit_store_error error = limit_uri_parse(uri_text, &uri);

	if (error != LIMIT_STORE_OK)
		return error;
	store = store_new(arena, STORE_SHARED, &uri);
	if (store == NULL)
		return LIMIT_STORE_NO_MEMORY;
	if ((store->path == NULL) != (lock_fd < 0) ||
	    (store->path != NULL && !limit_lock_is_of(store->path, lock_fd)) ||
	    !shared_table_adopt(&store->table, entries, table_fd))
		return LIMIT_STORE_OTHER;
	store->lock_fd = lock_fd;
	store->secret = store->table.front->secret;
	*ret_store = store;
	return LIMIT_STORE_OK;
}

/*
 * CGI processes share the lock among themselves; a manager's ledger, which writes whole counters,
 * excludes them.
 */
static enum limit_store_error
store_open_in_database(struct limit_store *store)
{
	enum limit_store_error error = limit_lock_take(store->path, true, 0, &store->lock_fd);

	if (error == LIMIT_STORE_OK)
		error = limit_database_open(store->path, &store->direct.db, &store->secret);
	if (error == LIMIT_STORE_OK && !limit_direct_open(&store->direct))
		error = LIMIT_STORE_CANNOT_OPEN;
	return error;
}

enum limit_store_error
limit_store_open_direct(struct arena *arena, struct slice uri_text, struct limit_store **ret_store)
{
	struct limit_uri uri;
	struct limit_store *store;
	uint32_t restored;
	enum limit_store_error error = limit_uri_parse(uri_text, &uri);

	if (error != LIMIT_STORE_OK)
		return error;
	if (uri.kind == LIMIT_URI_MEMORY)
		return limit_store_open_shared(
		    arena, uri_text, TABLE_MIN_ENTRIES, 0, 0, ret_store, &restored);
	store = store_new(arena, STORE_DIRECT, &uri);
	if (store == NULL)
		return LIMIT_STORE_NO_MEMORY;
	error = store_open_in_database(store);
	if (error != LIMIT_STORE_OK) {
		limit_store_close(store);
		return error;
	}
	*ret_store = store;
	return LIMIT_STORE_OK;
}

void
limit_store_after_fork_worker(struct limit_store *store)
{
	/*
	 * Only closed: flock(LOCK_UN) here would take the lock from the manager and the ledger,
	 * too.
	 */
	if (store->lock_fd >= 0)
		close(store->lock_fd);
	store->lock_fd = -1;
	shared_table_forget(&store->table);
}

void
limit_store_close(struct limit_store *store)
{
	if (store == NULL)
		return;
	limit_direct_close(&store->direct);
	limit_store_after_fork_worker(store);
	shared_table_done(&store->table);
}

bool
limit_store_has_ledger(const struct limit_store *store)
{
	return store->kind == STORE_SHARED && store->path != NULL;
}

struct limit_answer
limit_hit(struct limit_store *store, const struct limit *limit, const struct limit_key *key,
    int64_t now_us)
{
	uint64_t hash = limit_key_hash(key, &store->secret);
	uint64_t now_ms = window_now_ms(now_us);

	if (store->kind == STORE_DIRECT)
		return limit_direct_hit(&store->direct, hash, limit, now_ms);
	return shared_table_hit(&store->table, hash, limit, now_ms);
}
