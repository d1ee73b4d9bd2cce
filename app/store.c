/*
 * The document store on SQLite.
 *
 * Invariant: `actor` is set exactly while a call that changes documents runs. The triggers of
 * migrations.c ask for it through acting_principal(); without one they stop the change. A
 * transaction is open only from a find to store_rest, and never while something is changed.
 */
#include "store.h"

#include <stdio.h>
#include <stdlib.h>

#include "database.h"
#include "json_text.h"

enum {
	/* Bytes of "Type::id" with NUL: both come from a token, whose claims are bounded. */
	ACTOR_SIZE = 512,
};

struct store {
	sqlite3 *db;
	sqlite3_stmt *begin, *end, *find, *remove, *add;
	char actor[ACTOR_SIZE]; /* empty: nobody acts */
};

static const char find_sql[] =
    "SELECT document_id, owner_id, clinic_id, title, summary FROM documents"
    " WHERE document_id = ?1 AND is_deleted = 0";
static const char remove_sql[] =
    "UPDATE documents SET is_deleted = 1 WHERE document_id = ?1 AND is_deleted = 0";
static const char add_sql[] =
    "INSERT INTO documents (document_id, owner_id, clinic_id, title, summary)"
    " SELECT ?1, ?2, ?3, ?4, ?5"
    " WHERE NOT EXISTS (SELECT 1 FROM documents WHERE document_id = ?1)";

/* SQL function acting_principal(): NULL while nobody acts, which no history row accepts. */
static void
acting_principal(sqlite3_context *context, int argument_count, sqlite3_value **arguments)
{
	const struct store *store = sqlite3_user_data(context);

	(void)argument_count;
	(void)arguments;
	if (store->actor[0] == '\0')
		sqlite3_result_null(context);
	else
		sqlite3_result_text(context, store->actor, -1, SQLITE_TRANSIENT);
}

static bool
prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret_statement)
{
	return sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, ret_statement, NULL) ==
	       SQLITE_OK;
}

/* INNOCUOUS, so that triggers may call it: the schema is not trusted with anything else. */
static bool
ready(struct store *store)
{
	return sqlite3_create_function_v2(store->db, "acting_principal", 0,
		   SQLITE_UTF8 | SQLITE_INNOCUOUS, store, acting_principal, NULL, NULL,
		   NULL) == SQLITE_OK &&
	       json_text_offer(store->db) && prepare(store->db, "BEGIN", &store->begin) &&
	       prepare(store->db, "COMMIT", &store->end) &&
	       prepare(store->db, find_sql, &store->find) &&
	       prepare(store->db, remove_sql, &store->remove) &&
	       prepare(store->db, add_sql, &store->add);
}

struct store *
store_open(const char *path, enum schema_state *reterr_state)
{
	enum schema_state state = SCHEMA_UNREADABLE;
	struct store *store = calloc(1, sizeof(*store));
	int version;

	if (store != NULL)
		store->db = database_open(path);
	if (store != NULL && store->db != NULL)
		state = migrate_check(store->db, &version);
	if (state == SCHEMA_CURRENT && ready(store))
		return store;
	*reterr_state = state == SCHEMA_CURRENT ? SCHEMA_UNREADABLE : state;
	store_close(store);
	return NULL;
}

void
store_close(struct store *store)
{
	if (store == NULL)
		return;
	sqlite3_finalize(store->begin);
	sqlite3_finalize(store->end);
	sqlite3_finalize(store->find);
	sqlite3_finalize(store->remove);
	sqlite3_finalize(store->add);
	database_close(store->db);
	free(store);
}

/* False when the two do not fit: a history that names somebody else is worse than a refusal. */
static bool
actor_set(struct store *store, const struct actor *actor)
{
	int len;

	if (actor->type == NULL || actor->id == NULL || actor->type[0] == '\0' ||
	    actor->id[0] == '\0')
		return false;
	len = snprintf(store->actor, sizeof(store->actor), "%s::%s", actor->type, actor->id);
	if (len > 0 && (size_t)len < sizeof(store->actor))
		return true;
	store->actor[0] = '\0';
	return false;
}

static void
actor_clear(struct store *store)
{
	store->actor[0] = '\0';
}

/* Column `i` of the row, copied. A column that is NULL cannot be: the schema says so. */
static const char *
copy_column(sqlite3_stmt *row, int i, store_copy *copy, void *context)
{
	const unsigned char *text = sqlite3_column_text(row, i);

	return text == NULL ? NULL : copy(context, (const char *)text);
}

static enum store_result
copy_row(sqlite3_stmt *row, store_copy *copy, void *context, struct document *ret_document)
{
	const struct document document = {
		.document_id = copy_column(row, 0, copy, context),
		.owner_id = copy_column(row, 1, copy, context),
		.clinic_id = copy_column(row, 2, copy, context),
		.title = copy_column(row, 3, copy, context),
		.summary = copy_column(row, 4, copy, context),
	};

	if (document.document_id == NULL || document.owner_id == NULL ||
	    document.clinic_id == NULL || document.title == NULL || document.summary == NULL)
		return STORE_NO_MEMORY;
	*ret_document = document;
	return STORE_OK;
}

/* Runs a statement that gives no rows. */
static bool
run(sqlite3_stmt *statement)
{
	const bool done = sqlite3_step(statement) == SQLITE_DONE;

	return sqlite3_reset(statement) == SQLITE_OK && done;
}

static bool
begin_reading(struct store *store)
{
	return !sqlite3_get_autocommit(store->db) || run(store->begin);
}

/* However the transaction ends: it has changed nothing. */
void
store_rest(struct store *store)
{
	if (!sqlite3_get_autocommit(store->db) && !run(store->end))
		(void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
}

enum store_result
store_find(struct store *store, const char *document_id, store_copy *copy, void *context,
    struct document *ret_document)
{
	enum store_result result = STORE_FAILED;

	if (!begin_reading(store))
		return STORE_FAILED;
	if (sqlite3_bind_text(store->find, 1, document_id, -1, SQLITE_STATIC) == SQLITE_OK) {
		switch (sqlite3_step(store->find)) {
		case SQLITE_ROW:
			result = copy_row(store->find, copy, context, ret_document);
			break;
		case SQLITE_DONE:
			result = STORE_NOT_FOUND;
			break;
		default:
			break;
		}
	}
	sqlite3_reset(store->find);
	sqlite3_clear_bindings(store->find);
	/* A transaction in which something failed is not asked again. */
	if (result == STORE_FAILED)
		store_rest(store);
	return result;
}

enum store_result
store_delete(struct store *store, const char *document_id, const struct actor *actor)
{
	bool done;

	store_rest(store);
	if (!actor_set(store, actor))
		return STORE_FAILED;
	/* One statement is one transaction: the mark and its history, or neither. */
	done = sqlite3_bind_text(store->remove, 1, document_id, -1, SQLITE_STATIC) == SQLITE_OK &&
	       run(store->remove);
	sqlite3_clear_bindings(store->remove);
	actor_clear(store);
	if (!done)
		return STORE_FAILED;
	return sqlite3_changes(store->db) == 1 ? STORE_OK : STORE_NOT_FOUND;
}

static bool
add_one(struct store *store, const struct document *document)
{
	const char *const texts[] = { document->document_id, document->owner_id,
		document->clinic_id, document->title, document->summary };
	bool done = true;

	for (int i = 0; i < 5; i++)
		done = done && sqlite3_bind_text(store->add, i + 1, texts[i], -1, SQLITE_STATIC) ==
				   SQLITE_OK;
	done = done && run(store->add);
	sqlite3_clear_bindings(store->add);
	return done;
}

enum store_result
store_add(struct store *store, const struct document *documents, unsigned document_count,
    const struct actor *actor)
{
	bool done;

	store_rest(store);
	done = actor_set(store, actor) && database_run(store->db, "BEGIN IMMEDIATE");
	for (unsigned i = 0; done && i < document_count; i++)
		done = add_one(store, &documents[i]);
	done = done && database_run(store->db, "COMMIT");
	actor_clear(store);
	if (done)
		return STORE_OK;
	if (!sqlite3_get_autocommit(store->db))
		(void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	return STORE_FAILED;
}
