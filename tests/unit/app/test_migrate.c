/* From nothing, from an older version, and to what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "database.h"
#include "migrate.h"
#include "scratch.h"

static struct scratch scratch;

static int
make_scratch(void **state)
{
	(void)state;
	return scratch_make(&scratch);
}

static int
remove_scratch(void **state)
{
	(void)state;
	scratch_remove(&scratch);
	return 0;
}

static enum schema_state
migrate_file(int *ret_applied)
{
	sqlite3 *db = database_create(scratch.file);
	enum schema_state state;

	assert_non_null(db);
	state = migrate(db, ret_applied);
	database_close(db);
	return state;
}

static enum schema_state
check_file(int *ret_version)
{
	sqlite3 *db = database_open(scratch.file);
	enum schema_state state;

	assert_non_null(db);
	state = migrate_check(db, ret_version);
	database_close(db);
	return state;
}

static void
test_steps_are_numbered(void **state)
{
	(void)state;
	assert_true(migration_count > 0);
	for (size_t i = 0; i < migration_count; i++)
		assert_int_equal(migrations[i].version, (int)i + 1);
}

static void
test_from_nothing(void **state)
{
	struct stat info;
	int applied;
	int version = 99;

	(void)state;
	assert_null(database_open(scratch.file));
	assert_int_equal(migrate_file(&applied), SCHEMA_CURRENT);
	assert_int_equal(applied, (int)migration_count);
	assert_int_equal(stat(scratch.file, &info), 0);
	assert_int_equal(info.st_mode & 07777, 0600);
	assert_int_equal(check_file(&version), SCHEMA_CURRENT);
	assert_int_equal(version, (int)migration_count);
	assert_string_equal(scratch_text(scratch.file, "PRAGMA journal_mode"), "wal");
	/* And once more: nothing to do. */
	assert_int_equal(migrate_file(&applied), SCHEMA_CURRENT);
	assert_int_equal(applied, 0);
}

static void
test_an_empty_file_is_older(void **state)
{
	int version = 99;

	(void)state;
	database_close(database_create(scratch.file));
	assert_int_equal(check_file(&version), SCHEMA_OLDER);
	assert_int_equal(version, 0);
}

static void
test_from_version_1(void **state)
{
	int applied;
	int version;

	(void)state;
	assert_true(scratch_run(scratch.file, migrations[0].sql));
	assert_true(scratch_run(scratch.file,
	    "PRAGMA application_id = 1349469295; INSERT INTO schema_version (version) VALUES (1);"
	    "INSERT INTO documents VALUES ('old', 'p1', 'clinic-a', 't', 's', 0)"));
	assert_int_equal(check_file(&version), SCHEMA_OLDER);
	assert_int_equal(version, 1);
	assert_int_equal(migrate_file(&applied), SCHEMA_CURRENT);
	assert_int_equal(applied, (int)migration_count - 1);
	assert_string_equal(scratch_text(scratch.file, "SELECT title FROM documents"), "t");
	assert_string_equal(scratch_text(scratch.file, "SELECT acted_by FROM document_history"),
	    "Service::migrate");
}

static void
test_a_newer_schema_is_left_alone(void **state)
{
	int applied;
	int version;

	(void)state;
	assert_int_equal(migrate_file(&applied), SCHEMA_CURRENT);
	assert_true(scratch_run(scratch.file, "INSERT INTO schema_version (version) VALUES (99)"));
	assert_int_equal(check_file(&version), SCHEMA_NEWER);
	assert_int_equal(version, 99);
	assert_int_equal(migrate_file(&applied), SCHEMA_NEWER);
	assert_int_equal(applied, 0);
}

static void
test_a_foreign_database_is_left_alone(void **state)
{
	int applied;
	int version;

	(void)state;
	assert_true(scratch_run(scratch.file, "CREATE TABLE theirs (x)"));
	assert_int_equal(check_file(&version), SCHEMA_FOREIGN);
	assert_int_equal(migrate_file(&applied), SCHEMA_FOREIGN);
	assert_string_equal(
	    scratch_text(scratch.file, "SELECT group_concat(name) FROM sqlite_schema"), "theirs");
}

static void
test_a_damaged_version_table(void **state)
{
	int applied;
	int version;

	(void)state;
	assert_int_equal(migrate_file(&applied), SCHEMA_CURRENT);
	assert_true(scratch_run(scratch.file, "DELETE FROM schema_version"));
	assert_int_equal(check_file(&version), SCHEMA_UNREADABLE);
	assert_true(scratch_run(scratch.file, "DROP TABLE schema_version"));
	assert_int_equal(check_file(&version), SCHEMA_UNREADABLE);
	assert_int_equal(migrate_file(&applied), SCHEMA_UNREADABLE);
}

static void
test_not_a_database(void **state)
{
	char text[4096];
	int fd = open(scratch.file, O_WRONLY | O_CREAT, 0600);
	sqlite3 *db;
	int version;

	(void)state;
	memset(text, 'x', sizeof(text));
	assert_int_equal(write(fd, text, sizeof(text)), sizeof(text));
	close(fd);
	db = database_open(scratch.file);
	if (db != NULL)
		assert_int_equal(migrate_check(db, &version), SCHEMA_UNREADABLE);
	database_close(db);
}

static void
test_no_file_where_a_folder_is(void **state)
{
	(void)state;
	assert_int_equal(mkdir(scratch.other, 0700), 0);
	assert_null(database_create(scratch.other));
	assert_int_equal(rmdir(scratch.other), 0);
	assert_int_equal(mkfifo(scratch.other, 0600), 0);
	assert_null(database_create(scratch.other));
}

/* A step that fails leaves the version before it. */
static void
test_a_failing_step_is_undone(void **state)
{
	int applied = 99;
	int version;

	(void)state;
	assert_true(scratch_run(scratch.file, migrations[0].sql));
	assert_true(scratch_run(scratch.file,
	    "PRAGMA application_id = 1349469295; INSERT INTO schema_version (version) VALUES (1);"
	    "CREATE TABLE document_history_by_document (in_the_way)"));
	assert_int_equal(migrate_file(&applied), SCHEMA_UNREADABLE);
	assert_int_equal(applied, 0);
	assert_int_equal(check_file(&version), SCHEMA_OLDER);
	assert_int_equal(version, 1);
	assert_string_equal(
	    scratch_text(
		scratch.file, "SELECT count(*) FROM sqlite_schema WHERE name = 'document_history'"),
	    "0");
}

static void
test_two_at_once(void **state)
{
	enum { PROCESSES = 4 };
	pid_t pids[PROCESSES];
	int steps = 0;

	(void)state;
	for (int i = 0; i < PROCESSES; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			sqlite3 *db = database_create(scratch.file);
			int applied = 0;

			if (db == NULL || migrate(db, &applied) != SCHEMA_CURRENT)
				_exit(99);
			database_close(db);
			_exit(applied);
		}
	}
	for (int i = 0; i < PROCESSES; i++) {
		int status;

		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 99);
		steps += WEXITSTATUS(status);
	}
	assert_int_equal(steps, (int)migration_count);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, make_scratch, remove_scratch)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(test_steps_are_numbered),
		IN_SCRATCH(test_from_nothing),
		IN_SCRATCH(test_an_empty_file_is_older),
		IN_SCRATCH(test_from_version_1),
		IN_SCRATCH(test_a_newer_schema_is_left_alone),
		IN_SCRATCH(test_a_foreign_database_is_left_alone),
		IN_SCRATCH(test_a_damaged_version_table),
		IN_SCRATCH(test_not_a_database),
		IN_SCRATCH(test_no_file_where_a_folder_is),
		IN_SCRATCH(test_a_failing_step_is_undone),
		IN_SCRATCH(test_two_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
