/* Handlers, commands and a worker's life, in conversation with a framework that a test plays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "commands.h"
#include "fake_postern.h"
#include "handlers.h"
#include "scratch.h"
#include "store.h"
#include "worker.h"

static struct scratch scratch;
static int real_stdout, real_stderr;

/* Commands talk; the test's own output stays readable. */
static int
run_quietly(int (*command)(int argc, char **argv), int argc)
{
	char name[] = "command";
	char argument[] = "argument";
	char *argv[] = { name, argument, NULL };
	int quiet = open("/dev/null", O_WRONLY);
	int status;

	fflush(NULL);
	real_stdout = dup(STDOUT_FILENO);
	real_stderr = dup(STDERR_FILENO);
	dup2(quiet, STDOUT_FILENO);
	dup2(quiet, STDERR_FILENO);
	status = command(argc, argv);
	fflush(NULL);
	dup2(real_stdout, STDOUT_FILENO);
	dup2(real_stderr, STDERR_FILENO);
	close(real_stdout);
	close(real_stderr);
	close(quiet);
	return status;
}

static int
make_scratch(void **state)
{
	(void)state;
	fake_reset();
	if (scratch_make(&scratch) != 0)
		return -1;
	fake.app_database = scratch.file;
	return 0;
}

static int
remove_scratch(void **state)
{
	(void)state;
	worker_stop(fake.worker_data);
	fake_reset();
	scratch_remove(&scratch);
	return 0;
}

static int
start_worker(void **state)
{
	if (make_scratch(state) != 0 || run_quietly(command_seed, 1) != EX_OK ||
	    !worker_start(&fake.worker_data))
		return -1;
	fake.document_id = "d1";
	fake.principal_type = "Clinician";
	fake.principal_id = "c1";
	return 0;
}

static void
test_load_describes_the_document(void **state)
{
	(void)state;
	assert_int_equal(document_load(NULL, NULL), POSTERN_OK);
	assert_string_equal(fake.entity, "owner=Patient::p1;clinic_id=clinic-a;");
	assert_non_null(fake.kept);
	assert_string_equal(fake.event, "");
}

static void
test_read(void **state)
{
	(void)state;
	assert_int_equal(document_load(NULL, NULL), POSTERN_OK);
	assert_int_equal(document_read(NULL, NULL), POSTERN_OK);
	assert_string_equal(fake.body, "document_id=d1;title=Care plan for p1;clinic_id=clinic-a;");
}

static void
test_read_summary(void **state)
{
	(void)state;
	fake.document_id = "d2";
	assert_int_equal(document_load(NULL, NULL), POSTERN_OK);
	assert_int_equal(document_read_summary(NULL, NULL), POSTERN_OK);
	assert_string_equal(
	    fake.body, "document_id=d2;summary=Escalate to specialist if symptoms persist.;");
}

static void
test_delete(void **state)
{
	(void)state;
	assert_int_equal(document_load(NULL, NULL), POSTERN_OK);
	assert_int_equal(document_delete(NULL, NULL), POSTERN_OK);
	assert_string_equal(fake.body, "deleted=d1;");
	assert_string_equal(scratch_text(scratch.file,
				"SELECT acted_by FROM document_history WHERE operation = 'delete'"),
	    "Clinician::c1");
	/* Two that loaded it at the same time: the second finds it gone. */
	assert_int_equal(document_delete(NULL, NULL), POSTERN_NOT_FOUND);
	assert_int_equal(document_load(NULL, NULL), POSTERN_NOT_FOUND);
	assert_string_equal(fake.event, "");
}

static void
test_an_unknown_document(void **state)
{
	(void)state;
	fake.document_id = "d3";
	assert_int_equal(document_load(NULL, NULL), POSTERN_NOT_FOUND);
	assert_null(fake.kept);
	assert_string_equal(fake.entity, "");
}

static void
test_no_memory(void **state)
{
	(void)state;
	for (int allocations = 0; allocations < 6; allocations++) {
		fake.allocations = allocations;
		assert_int_equal(document_load(NULL, NULL), POSTERN_FAILED);
		assert_null(fake.kept);
	}
	fake.allocations = 6;
	assert_int_equal(document_load(NULL, NULL), POSTERN_OK);
}

static void
test_a_broken_store_is_an_event_without_names(void **state)
{
	(void)state;
	assert_int_equal(document_load(NULL, NULL), POSTERN_OK);
	assert_true(scratch_run(scratch.file, "ALTER TABLE documents RENAME TO gone"));
	assert_int_equal(document_delete(NULL, NULL), POSTERN_UNAVAILABLE);
	assert_string_equal(fake.event, "documents.store_unavailable");
	assert_null(strstr(fake.message, "d1"));
	assert_string_equal(fake.body, "");
	assert_int_equal(document_load(NULL, NULL), POSTERN_UNAVAILABLE);
}

static void
test_delete_by_nobody(void **state)
{
	(void)state;
	assert_int_equal(document_load(NULL, NULL), POSTERN_OK);
	fake.principal_id = NULL;
	assert_int_equal(document_delete(NULL, NULL), POSTERN_UNAVAILABLE);
	assert_int_equal(document_load(NULL, NULL), POSTERN_OK);
}

static void
test_seed_is_idempotent(void **state)
{
	(void)state;
	assert_int_equal(run_quietly(command_seed, 1), EX_OK);
	assert_int_equal(run_quietly(command_seed, 1), EX_OK);
	assert_string_equal(
	    scratch_text(scratch.file,
		"SELECT group_concat(document_id || '|' || owner_id || '|' || clinic_id || '|' ||"
		" title || '|' || summary, char(10)) FROM documents"),
	    "d1|p1|clinic-a|Care plan for p1|Stable condition; next review in 14 days.\n"
	    "d2|p2|clinic-b|Care plan for p2|Escalate to specialist if symptoms persist.");
	assert_string_equal(
	    scratch_text(scratch.file, "SELECT count(*) FROM document_history"), "2");
	assert_string_equal(
	    scratch_text(scratch.file, "SELECT DISTINCT acted_by FROM document_history"),
	    "Service::seed");
}

/* What was deleted does not come back by seeding. */
static void
test_seed_revives_nothing(void **state)
{
	(void)state;
	assert_int_equal(document_load(NULL, NULL), POSTERN_OK);
	assert_int_equal(document_delete(NULL, NULL), POSTERN_OK);
	assert_int_equal(run_quietly(command_seed, 1), EX_OK);
	assert_int_equal(document_load(NULL, NULL), POSTERN_NOT_FOUND);
}

static void
test_migrate_uses_its_own_setting(void **state)
{
	(void)state;
	fake.migration_database = scratch.other;
	assert_int_equal(run_quietly(command_migrate, 1), EX_OK);
	assert_int_equal(access(scratch.file, F_OK), -1);
	assert_int_equal(access(scratch.other, F_OK), 0);
	/* seed migrates there, and fills the service's own store, which is not there. */
	assert_int_equal(run_quietly(command_seed, 1), EX_UNAVAILABLE);
	fake.migration_database = NULL;
	assert_int_equal(run_quietly(command_migrate, 1), EX_OK);
	assert_int_equal(access(scratch.file, F_OK), 0);
}

static void
test_commands_that_cannot(void **state)
{
	char nowhere[400];

	(void)state;
	assert_int_equal(run_quietly(command_migrate, 2), EX_USAGE);
	assert_int_equal(run_quietly(command_seed, 2), EX_USAGE);
	snprintf(nowhere, sizeof(nowhere), "%s/none/documents.db", scratch.folder);
	fake.app_database = nowhere;
	assert_int_equal(run_quietly(command_migrate, 1), EX_UNAVAILABLE);
	assert_int_equal(run_quietly(command_seed, 1), EX_UNAVAILABLE);
	fake.app_database = scratch.file;
	assert_true(scratch_run(scratch.file, "CREATE TABLE theirs (x)"));
	assert_int_equal(run_quietly(command_migrate, 1), EX_UNAVAILABLE);
	assert_int_equal(run_quietly(command_seed, 1), EX_UNAVAILABLE);
}

static void
test_seed_into_what_refuses_it(void **state)
{
	(void)state;
	assert_int_equal(run_quietly(command_migrate, 1), EX_OK);
	assert_true(scratch_run(scratch.file,
	    "CREATE TRIGGER no BEFORE INSERT ON documents BEGIN SELECT RAISE(ABORT, 'no'); END"));
	assert_int_equal(run_quietly(command_seed, 1), EX_UNAVAILABLE);
}

static void
test_a_worker_starts_on_its_version_alone(void **state)
{
	void *data = NULL;

	(void)state;
	assert_false(worker_check());
	assert_string_equal(fake.event, "documents.store_unreadable");
	assert_int_equal(access(scratch.file, F_OK), -1); /* looking makes nothing */

	assert_int_equal(run_quietly(command_migrate, 1), EX_OK);
	fake.event[0] = '\0';
	assert_true(worker_check());
	assert_string_equal(fake.event, "");

	assert_true(scratch_run(scratch.file, "DELETE FROM schema_version WHERE version > 1"));
	assert_false(worker_start(&data));
	assert_string_equal(fake.event, "documents.schema_older");
	assert_true(scratch_run(scratch.file, "INSERT INTO schema_version (version) VALUES (99)"));
	assert_false(worker_start(&data));
	assert_string_equal(fake.event, "documents.schema_newer");
	assert_true(scratch_run(scratch.file, "PRAGMA application_id = 1"));
	assert_false(worker_start(&data));
	assert_string_equal(fake.event, "documents.store_foreign");
	assert_null(data);
	/* A worker never migrates. */
	assert_string_equal(
	    scratch_text(scratch.file, "SELECT max(version) FROM schema_version"), "99");
}

static void
test_a_version_that_commands_do_not_know(void **state)
{
	(void)state;
	assert_int_equal(run_quietly(command_migrate, 1), EX_OK);
	assert_true(scratch_run(scratch.file, "INSERT INTO schema_version (version) VALUES (99)"));
	assert_int_equal(run_quietly(command_migrate, 1), EX_UNAVAILABLE);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, make_scratch, remove_scratch)
#define IN_WORKER(test) cmocka_unit_test_setup_teardown(test, start_worker, remove_scratch)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_WORKER(test_load_describes_the_document),
		IN_WORKER(test_read),
		IN_WORKER(test_read_summary),
		IN_WORKER(test_delete),
		IN_WORKER(test_an_unknown_document),
		IN_WORKER(test_no_memory),
		IN_WORKER(test_a_broken_store_is_an_event_without_names),
		IN_WORKER(test_delete_by_nobody),
		IN_SCRATCH(test_seed_is_idempotent),
		IN_WORKER(test_seed_revives_nothing),
		IN_SCRATCH(test_migrate_uses_its_own_setting),
		IN_SCRATCH(test_commands_that_cannot),
		IN_SCRATCH(test_seed_into_what_refuses_it),
		IN_SCRATCH(test_a_worker_starts_on_its_version_alone),
		IN_SCRATCH(test_a_version_that_commands_do_not_know),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
