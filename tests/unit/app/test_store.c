/* The document store: finding, deleting, and a history that nobody gets around. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "database.h"
#include "json_text.h"
#include "scratch.h"
#include "store.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct scratch scratch;
static struct store *store;
static char copies[8][512];
static size_t copy_count, copy_limit;

static const struct document documents[] = {
	{ "d1", "p1", "clinic-a", "Care plan for p1", "Stable." },
	{ "d2", "p2", "clinic-b", "Care plan for p2", "Escalate." },
};
static const struct actor admin = { "Clinician", "admin" };

static int
open_store(void **state)
{
	enum schema_state schema;
	sqlite3 *db;
	int applied;

	(void)state;
	if (scratch_make(&scratch) != 0)
		return -1;
	db = database_create(scratch.file);
	if (db == NULL || migrate(db, &applied) != SCHEMA_CURRENT)
		return -1;
	database_close(db);
	store = store_open(scratch.file, &schema);
	copy_limit = COUNT(copies);
	return store != NULL && store_add(store, documents, 2, &admin) == STORE_OK ? 0 : -1;
}

static int
close_store(void **state)
{
	(void)state;
	store_close(store);
	store_close(NULL);
	store = NULL;
	scratch_remove(&scratch);
	return 0;
}

static char *
copy(void *context, const char *text)
{
	(void)context;
	if (copy_count == copy_limit)
		return NULL;
	snprintf(copies[copy_count], sizeof(copies[0]), "%s", text);
	return copies[copy_count++];
}

static enum store_result
find(const char *document_id, struct document *ret_document)
{
	copy_count = 0;
	return store_find(store, document_id, copy, NULL, ret_document);
}

static const char *
history(const char *column)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
	    "SELECT group_concat(coalesce(%s, '-'), ' ')"
	    " FROM (SELECT * FROM document_history ORDER BY entry_id)",
	    column);
	return scratch_text(scratch.file, sql);
}

static void
test_finds(void **state)
{
	struct document found;

	(void)state;
	assert_int_equal(find("d2", &found), STORE_OK);
	assert_string_equal(found.document_id, "d2");
	assert_string_equal(found.owner_id, "p2");
	assert_string_equal(found.clinic_id, "clinic-b");
	assert_string_equal(found.title, "Care plan for p2");
	assert_string_equal(found.summary, "Escalate.");
	assert_int_equal(find("d3", &found), STORE_NOT_FOUND);
	assert_int_equal(find("D2", &found), STORE_NOT_FOUND);
	assert_int_equal(find("' OR 1=1 --", &found), STORE_NOT_FOUND);
	assert_int_equal(find("", &found), STORE_NOT_FOUND);
	assert_string_equal(found.document_id, "d2"); /* left alone */
}

static void
test_without_memory_nothing_is_found(void **state)
{
	struct document found = { 0 };

	(void)state;
	for (copy_limit = 0; copy_limit < 5; copy_limit++)
		assert_int_equal(find("d1", &found), STORE_NO_MEMORY);
	assert_null(found.title);
	assert_int_equal(find("d1", &found), STORE_OK);
}

static void
test_deletes_once(void **state)
{
	struct document found;

	(void)state;
	assert_int_equal(store_delete(store, "d1", &admin), STORE_OK);
	assert_int_equal(find("d1", &found), STORE_NOT_FOUND);
	assert_int_equal(find("d2", &found), STORE_OK);
	assert_int_equal(store_delete(store, "d1", &admin), STORE_NOT_FOUND);
	assert_int_equal(store_delete(store, "d3", &admin), STORE_NOT_FOUND);
	assert_string_equal(history("operation"), "insert insert delete");
	assert_string_equal(history("document_id"), "d1 d2 d1");
}

static void
test_history_says_who_when_and_what_was(void **state)
{
	const struct actor someone = { "User", "o1" };

	(void)state;
	assert_int_equal(store_delete(store, "d1", &someone), STORE_OK);
	assert_string_equal(history("acted_by"), "Clinician::admin Clinician::admin User::o1");
	assert_string_equal(history("before_image"),
	    "- - {\"document_id\":\"d1\",\"owner_id\":\"p1\",\"clinic_id\":\"clinic-a\","
	    "\"title\":\"Care plan for p1\",\"summary\":\"Stable.\",\"is_deleted\":0}");
	assert_string_equal(
	    scratch_text(scratch.file, "SELECT count(*) FROM document_history WHERE acted_at GLOB "
				       "'20[0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:["
				       "0-6][0-9].[0-9][0-9][0-9]Z'"),
	    "3");
}

/* Somebody else deletes d1 meanwhile. */
static void
delete_elsewhere(void)
{
	enum schema_state schema;
	struct store *other = store_open(scratch.file, &schema);

	assert_non_null(other);
	assert_int_equal(store_delete(other, "d1", &admin), STORE_OK);
	store_close(other);
}

static void
test_finds_what_was_until_it_rests(void **state)
{
	struct document found;

	(void)state;
	assert_int_equal(find("d2", &found), STORE_OK);
	delete_elsewhere();
	assert_int_equal(find("d1", &found), STORE_OK);
	store_rest(store);
	assert_int_equal(find("d1", &found), STORE_NOT_FOUND);
	store_rest(store);
	store_rest(store);
	assert_int_equal(find("d2", &found), STORE_OK);
}

/* It has read before somebody else wrote; its change is of what is there now. */
static void
test_changes_what_is_and_not_what_it_found(void **state)
{
	struct document found;

	(void)state;
	assert_int_equal(find("d1", &found), STORE_OK);
	delete_elsewhere();
	assert_int_equal(store_delete(store, "d1", &admin), STORE_NOT_FOUND);
	assert_int_equal(find("d1", &found), STORE_NOT_FOUND);
	assert_int_equal(store_delete(store, "d2", &admin), STORE_OK);
	assert_int_equal(find("d2", &found), STORE_NOT_FOUND);
	assert_int_equal(store_add(store, documents, 2, &admin), STORE_OK);
	assert_string_equal(history("document_id"), "d1 d2 d1 d2");
}

/* Who rests holds nothing that a checkpoint would have to wait for. */
static void
test_holds_nothing_while_it_rests(void **state)
{
	static const char whether_busy[] = "PRAGMA wal_checkpoint(TRUNCATE)";
	struct document found;

	(void)state;
	assert_int_equal(find("d1", &found), STORE_OK);
	assert_string_equal(scratch_text(scratch.file, whether_busy), "1");
	store_rest(store);
	assert_string_equal(scratch_text(scratch.file, whether_busy), "0");
}

/* A before-image is JSON whatever the texts hold. */
static void
test_history_is_json(void **state)
{
	const struct document odd = { "odd", "p\"1", "\\clinic", "line\nend\ttab\x01",
		"\xc3\xa9 \xf0\x9f\xa9\xba </script>" };

	(void)state;
	assert_int_equal(store_add(store, &odd, 1, &admin), STORE_OK);
	assert_int_equal(store_delete(store, "odd", &admin), STORE_OK);
	assert_string_equal(
	    scratch_text(scratch.file,
		"SELECT json_valid(before_image) AND title = json_extract(before_image, '$.title')"
		" AND summary = json_extract(before_image, '$.summary')"
		" AND owner_id = json_extract(before_image, '$.owner_id')"
		" AND clinic_id = json_extract(before_image, '$.clinic_id')"
		" FROM document_history JOIN documents USING (document_id)"
		" WHERE document_id = 'odd' AND operation = 'delete'"),
	    "1");
}

static void
test_nobody_cannot_act(void **state)
{
	const struct actor nobodies[] = { { NULL, "x" }, { "User", NULL }, { "", "x" },
		{ "User", "" } };
	char long_id[600];
	const struct actor nobody = { "User", long_id };

	(void)state;
	for (size_t i = 0; i < COUNT(nobodies); i++)
		assert_int_equal(store_delete(store, "d1", &nobodies[i]), STORE_FAILED);
	memset(long_id, 'a', sizeof(long_id));
	long_id[sizeof(long_id) - 1] = '\0';
	assert_int_equal(store_delete(store, "d1", &nobody), STORE_FAILED);
	assert_int_equal(store_add(store, documents, 2, &nobody), STORE_FAILED);
	assert_string_equal(history("operation"), "insert insert");
}

/* A failed call leaves no actor behind for the next change to borrow. */
static void
test_an_actor_acts_once(void **state)
{
	const struct document bad = { "", "p1", "clinic-a", "", "" };

	(void)state;
	assert_int_equal(store_add(store, &bad, 1, &admin), STORE_FAILED);
	assert_int_equal(store_delete(store, "d1", &(struct actor) { "", "" }), STORE_FAILED);
	assert_string_equal(history("operation"), "insert insert");
}

static void
test_adds_all_or_none(void **state)
{
	const struct document mixed[] = {
		{ "d3", "p3", "clinic-a", "t", "s" },
		{ "d4", "", "clinic-a", "t", "s" },
	};
	struct document found;

	(void)state;
	assert_int_equal(store_add(store, mixed, 2, &admin), STORE_FAILED);
	assert_int_equal(find("d3", &found), STORE_NOT_FOUND);
	assert_int_equal(store_add(store, mixed, 1, &admin), STORE_OK);
	assert_int_equal(find("d3", &found), STORE_OK);
	/* Adding what is there changes nothing and writes no history. */
	assert_int_equal(store_add(store, documents, 2, &admin), STORE_OK);
	assert_string_equal(history("document_id"), "d1 d2 d3");
}

/* What must fail, whoever tries, on a handle that has the function and an actor. */
static const struct refusal {
	const char *name, *sql;
} refusals[] = {
	{ "a document is not removed", "DELETE FROM documents" },
	{ "a document is not replaced",
	    "INSERT OR REPLACE INTO documents VALUES ('d1', 'x', 'x', 'x', 'x', 0)" },
	{ "a document keeps its id",
	    "UPDATE documents SET document_id = 'd9' WHERE document_id = 'd1'" },
	{ "a document's id is not taken over",
	    "UPDATE OR REPLACE documents SET document_id = 'd2' WHERE document_id = 'd1'" },
	{ "history is not removed", "DELETE FROM document_history" },
	{ "history is not changed", "UPDATE document_history SET acted_by = 'x'" },
	{ "history is not replaced",
	    "INSERT OR REPLACE INTO document_history (entry_id, document_id, operation, acted_by)"
	    " VALUES (1, 'd1', 'insert', 'x')" },
	{ "history names a document that exists",
	    "INSERT INTO document_history (document_id, operation, acted_by) VALUES ('no', "
	    "'insert', 'x')" },
	{ "a type that is none is refused", "UPDATE documents SET is_deleted = 'yes'" },
	{ "a flag is 0 or 1", "UPDATE documents SET is_deleted = 2" },
	{ "an over-long title is refused", "UPDATE documents SET title = hex(zeroblob(251))" },
	{ "the schema cannot be edited", "PRAGMA writable_schema = 1; DELETE FROM sqlite_schema" },
};

static void
say_admin(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	(void)values;
	sqlite3_result_text(context, "Clinician::admin", -1, SQLITE_STATIC);
}

static void
check_refusal(void **state)
{
	const struct refusal *refusal = *state;
	sqlite3 *db;

	assert_int_equal(open_store(NULL), 0);
	db = database_open(scratch.file);
	assert_non_null(db);
	assert_int_equal(sqlite3_create_function(db, "acting_principal", 0,
			     SQLITE_UTF8 | SQLITE_INNOCUOUS, NULL, say_admin, NULL, NULL),
	    SQLITE_OK);
	assert_true(json_text_offer(db));
	/* The handle itself is fit to change documents. */
	assert_true(database_run(db, "UPDATE documents SET title = 'x' WHERE document_id = 'd2'"));
	assert_false(database_run(db, refusal->sql));
	database_close(db);
	assert_string_equal(history("operation"), "insert insert update");
	assert_string_equal(
	    scratch_text(scratch.file, "SELECT count(*) FROM documents WHERE is_deleted = 0"), "2");
	close_store(NULL);
}

/* The sqlite3 shell, say: it has no acting_principal(). */
static void
test_a_stranger_cannot_change_documents(void **state)
{
	(void)state;
	assert_false(scratch_run(scratch.file, "UPDATE documents SET is_deleted = 1"));
	assert_false(scratch_run(
	    scratch.file, "INSERT INTO documents VALUES ('d9', 'x', 'x', 'x', 'x', 0)"));
	assert_string_equal(history("operation"), "insert insert");
}

static void
test_a_function_without_an_actor(void **state)
{
	(void)state;
	/* The store's own handle is used: nobody acts between calls. */
	assert_int_equal(store_delete(store, "d1", &admin), STORE_OK);
	assert_int_equal(store_delete(store, "d2", &(struct actor) { "User", "" }), STORE_FAILED);
	assert_string_equal(history("operation"), "insert insert delete");
}

/* Of several that delete one document at once, one succeeds and one line of history is written. */
static void
test_deleted_by_one_of_many(void **state)
{
	enum { PROCESSES = 4 };
	pid_t pids[PROCESSES];
	int deleted = 0;

	(void)state;
	/* No handle crosses a fork. */
	store_close(store);
	store = NULL;
	for (int i = 0; i < PROCESSES; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			enum schema_state schema;
			struct store *mine = store_open(scratch.file, &schema);
			enum store_result result =
			    mine == NULL ? STORE_FAILED : store_delete(mine, "d1", &admin);

			store_close(mine);
			_exit((int)result);
		}
	}
	for (int i = 0; i < PROCESSES; i++) {
		int status;

		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFEXITED(status));
		assert_true(
		    WEXITSTATUS(status) == STORE_OK || WEXITSTATUS(status) == STORE_NOT_FOUND);
		deleted += WEXITSTATUS(status) == STORE_OK;
	}
	assert_int_equal(deleted, 1);
	assert_string_equal(history("operation"), "insert insert delete");
}

static void
test_a_store_that_breaks(void **state)
{
	struct document found;

	(void)state;
	assert_true(scratch_run(scratch.file, "ALTER TABLE documents RENAME TO gone"));
	assert_int_equal(find("d1", &found), STORE_FAILED);
	assert_int_equal(store_delete(store, "d1", &admin), STORE_FAILED);
	assert_int_equal(store_add(store, documents, 2, &admin), STORE_FAILED);
}

/* What has failed is over: the next find does not look at the past in which it did. */
static void
test_a_store_that_is_mended(void **state)
{
	struct document found;

	(void)state;
	assert_true(scratch_run(scratch.file, "ALTER TABLE documents RENAME TO gone"));
	assert_int_equal(find("d1", &found), STORE_FAILED);
	assert_true(scratch_run(scratch.file, "ALTER TABLE gone RENAME TO documents"));
	assert_int_equal(find("d1", &found), STORE_OK);
}

static void
test_opens_the_present_version_alone(void **state)
{
	enum schema_state schema;

	(void)state;
	assert_null(store_open(scratch.other, &schema));
	assert_int_equal(schema, SCHEMA_UNREADABLE);
	assert_true(scratch_run(scratch.other, "CREATE TABLE theirs (x)"));
	assert_null(store_open(scratch.other, &schema));
	assert_int_equal(schema, SCHEMA_FOREIGN);
	assert_true(scratch_run(scratch.file, "INSERT INTO schema_version (version) VALUES (99)"));
	assert_null(store_open(scratch.file, &schema));
	assert_int_equal(schema, SCHEMA_NEWER);
	assert_true(scratch_run(scratch.file, "DELETE FROM schema_version WHERE version > 1"));
	assert_null(store_open(scratch.file, &schema));
	assert_int_equal(schema, SCHEMA_OLDER);
	/* The version is right, the tables are not. */
	assert_true(scratch_run(scratch.file, "INSERT INTO schema_version (version) VALUES (2)"));
	assert_true(scratch_run(scratch.file, "ALTER TABLE documents RENAME TO gone"));
	assert_null(store_open(scratch.file, &schema));
	assert_int_equal(schema, SCHEMA_UNREADABLE);
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, open_store, close_store)

static const struct CMUnitTest others[] = {
	WITH_STORE(test_finds),
	WITH_STORE(test_without_memory_nothing_is_found),
	WITH_STORE(test_deletes_once),
	WITH_STORE(test_finds_what_was_until_it_rests),
	WITH_STORE(test_changes_what_is_and_not_what_it_found),
	WITH_STORE(test_holds_nothing_while_it_rests),
	WITH_STORE(test_history_says_who_when_and_what_was),
	WITH_STORE(test_history_is_json),
	WITH_STORE(test_nobody_cannot_act),
	WITH_STORE(test_an_actor_acts_once),
	WITH_STORE(test_adds_all_or_none),
	WITH_STORE(test_a_stranger_cannot_change_documents),
	WITH_STORE(test_a_function_without_an_actor),
	WITH_STORE(test_deleted_by_one_of_many),
	WITH_STORE(test_a_store_that_breaks),
	WITH_STORE(test_a_store_that_is_mended),
	WITH_STORE(test_opens_the_present_version_alone),
};

int
main(void)
{
	struct CMUnitTest tests[COUNT(refusals) + COUNT(others)];

	for (size_t i = 0; i < COUNT(refusals); i++)
		tests[i] = (struct CMUnitTest) { refusals[i].name, check_refusal, NULL, NULL,
			(void *)(uintptr_t)&refusals[i] };
	memcpy(tests + COUNT(refusals), others, sizeof(others));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
