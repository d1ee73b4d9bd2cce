/* Stores: what they open, what they refuse, and what survives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "core/compiler.h"
#include "limits/limits.h"
#include "scratch.h"

#define NOW INT64_C(1700000000000000)
#define MINUTE INT64_C(60000000)

static struct scratch scratch;
static struct arena arena;

static int
make_scratch(void **state)
{
	(void)state;
	arena_init(&arena, 4096, 1 << 20);
	return scratch_make(&scratch);
}

static int
remove_scratch(void **state)
{
	(void)state;
	arena_done(&arena);
	scratch_remove(&scratch);
	return 0;
}

static struct limit_answer
hit_as(struct limit_store *store, const char *client, uint32_t amount, int64_t now_us)
{
	const struct limit limit = { amount, 60 };
	struct limit_key key;

	limit_key_make(&key, 1, slice_from(client));
	return limit_hit(store, &limit, &key, now_us);
}

static enum limit_verdict
hit(struct limit_store *store, uint32_t amount, int64_t now_us)
{
	return hit_as(store, "192.0.2.1", amount, now_us).verdict;
}

static enum limit_store_error
open_shared(struct limit_store **ret_store, uint32_t *ret_restored)
{
	return limit_store_open_shared(
	    &arena, slice_from(scratch.uri), 1024, 0, NOW, ret_store, ret_restored);
}

static enum limit_store_error
open_direct(struct limit_store **ret_store)
{
	return limit_store_open_direct(&arena, slice_from(scratch.uri), ret_store);
}

static void
sql(const char *text)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(scratch.file, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

/* URIs. */

static const struct uri_row {
	const char *uri;
	enum limit_store_error error;
} uri_rows[] = {
	{ "memory://", LIMIT_STORE_OK },
	{ "sqlite:///var/lib/documents/limits.db", LIMIT_STORE_OK },
	{ "sqlite:////var/lib/documents/limits.db", LIMIT_STORE_OK },
	{ "", LIMIT_STORE_BAD_URI },
	{ "memory:", LIMIT_STORE_BAD_URI },
	{ "memory://x", LIMIT_STORE_BAD_URI },
	{ "sqlite://", LIMIT_STORE_BAD_URI },
	{ "sqlite:///", LIMIT_STORE_BAD_URI },
	{ "sqlite:///folder/", LIMIT_STORE_BAD_URI },
	{ "sqlite://relative.db", LIMIT_STORE_BAD_URI },
	{ "sqlite://:memory:", LIMIT_STORE_BAD_URI },
	{ "sqlite:///a.db?mode=ro", LIMIT_STORE_BAD_URI },
	{ "sqlite:///a%20b.db", LIMIT_STORE_BAD_URI },
	{ "sqlite:///a\nb.db", LIMIT_STORE_BAD_URI },
	{ "SQLITE:///a.db", LIMIT_STORE_BAD_URI },
	{ "/var/lib/limits.db", LIMIT_STORE_BAD_URI },
	{ "redis://localhost:6379", LIMIT_STORE_NOT_OFFERED },
	{ "rediss://localhost", LIMIT_STORE_NOT_OFFERED },
	{ "redis+unix:///run/redis.sock", LIMIT_STORE_NOT_OFFERED },
	{ "redis+sentinel://localhost/0/main", LIMIT_STORE_NOT_OFFERED },
	{ "redis+cluster://localhost", LIMIT_STORE_NOT_OFFERED },
	{ "memcached://localhost", LIMIT_STORE_BAD_URI },
};

static void
check_uri(void **state)
{
	const struct uri_row *row = *state;

	assert_int_equal(limit_uri_check(slice_from(row->uri)), row->error);
}

static void
test_uri_bounds(void **state)
{
	char text[5000] = "sqlite:///";

	(void)state;
	memset(text + 10, 'a', sizeof(text) - 11);
	assert_int_equal(limit_uri_check(slice_from(text)), LIMIT_STORE_BAD_URI);
	assert_int_equal(limit_uri_check(SLICE_OF("sqlite:///a\0b")), LIMIT_STORE_BAD_URI);
}

static void
test_bad_uris_open_nothing(void **state)
{
	struct limit_store *store = NULL;
	uint32_t restored;

	(void)state;
	assert_int_equal(
	    limit_store_open_shared(&arena, SLICE_OF("redis://h"), 16, 0, NOW, &store, &restored),
	    LIMIT_STORE_NOT_OFFERED);
	assert_int_equal(
	    limit_store_open_direct(&arena, SLICE_OF("x://"), &store), LIMIT_STORE_BAD_URI);
	assert_null(store);
}

static void
test_errors_have_texts(void **state)
{
	(void)state;
	for (int error = LIMIT_STORE_OK; error <= LIMIT_STORE_LOCKED; error++)
		assert_string_not_equal(
		    limit_store_error_text((enum limit_store_error)error), "unknown error");
	assert_string_equal(limit_store_error_text((enum limit_store_error)99), "unknown error");
}

/* Memory://. */

static void
test_memory(void **state)
{
	struct limit_store *store;
	struct limit_ledger *ledger;
	uint32_t restored = 7;

	(void)state;
	assert_int_equal(
	    limit_store_open_shared(&arena, SLICE_OF("memory://"), 16, 0, NOW, &store, &restored),
	    LIMIT_STORE_OK);
	assert_int_equal(restored, 0);
	assert_false(limit_store_has_ledger(store));
	assert_int_equal(limit_ledger_open(store, &ledger), LIMIT_STORE_BAD_URI);
	assert_int_equal(hit(store, 1, NOW), LIMIT_PASSED);
	assert_int_equal(hit(store, 1, NOW), LIMIT_EXCEEDED);
	limit_store_close(store);
	limit_store_close(NULL);

	assert_int_equal(
	    limit_store_open_direct(&arena, SLICE_OF("memory://"), &store), LIMIT_STORE_OK);
	assert_int_equal(hit(store, 1, NOW), LIMIT_PASSED);
	assert_int_equal(hit(store, 1, NOW), LIMIT_EXCEEDED);
	limit_store_close(store);
}

static void
test_no_memory(void **state)
{
	struct limit_store *store = NULL;
	struct arena tiny;
	uint32_t restored;

	(void)state;
	arena_init(&tiny, 64, 1);
	assert_int_equal(
	    limit_store_open_shared(&tiny, SLICE_OF("memory://"), 16, 0, NOW, &store, &restored),
	    LIMIT_STORE_NO_MEMORY);
	assert_int_equal(
	    limit_store_open_direct(&tiny, slice_from(scratch.uri), &store), LIMIT_STORE_NO_MEMORY);
	arena_done(&tiny);
	assert_int_equal(limit_store_open_shared(
			     &arena, SLICE_OF("memory://"), UINT32_MAX, 0, NOW, &store, &restored),
	    LIMIT_STORE_NO_MEMORY);
	assert_null(store);
}

/* The database. */

static void
test_creates_a_private_file(void **state)
{
	struct limit_store *store;
	struct stat info;
	uint32_t restored;

	(void)state;
	assert_int_equal(open_shared(&store, &restored), LIMIT_STORE_OK);
	assert_int_equal(stat(scratch.file, &info), 0);
	assert_int_equal(info.st_mode & 07777, 0600);
	assert_true(limit_store_has_ledger(store));
	limit_store_close(store);
}

static void
test_direct_counts_and_keeps(void **state)
{
	struct limit_store *store;

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(open_direct(&store), LIMIT_STORE_OK);
		assert_false(limit_store_has_ledger(store));
		assert_int_equal(hit(store, 3, NOW), LIMIT_PASSED);
		limit_store_close(store);
	}
	assert_int_equal(open_direct(&store), LIMIT_STORE_OK);
	assert_int_equal(hit(store, 3, NOW), LIMIT_EXCEEDED);
	assert_int_equal(hit_as(store, "192.0.2.2", 3, NOW).remaining, 2);
	assert_int_equal(hit_as(store, "192.0.2.1", 3, NOW + MINUTE).verdict, LIMIT_PASSED);
	limit_store_close(store);
}

static void
test_direct_then_shared_then_direct(void **state)
{
	struct limit_store *store;
	struct limit_ledger *ledger;
	uint32_t restored;
	uint32_t written;

	(void)state;
	assert_int_equal(open_direct(&store), LIMIT_STORE_OK);
	assert_int_equal(hit(store, 3, NOW), LIMIT_PASSED);
	limit_store_close(store);

	assert_int_equal(open_shared(&store, &restored), LIMIT_STORE_OK);
	assert_int_equal(restored, 1);
	assert_int_equal(hit(store, 3, NOW), LIMIT_PASSED);
	assert_int_equal(limit_ledger_open(store, &ledger), LIMIT_STORE_OK);
	assert_true(limit_ledger_save(ledger, NOW, &written));
	limit_ledger_close(ledger);
	limit_store_close(store);

	assert_int_equal(open_direct(&store), LIMIT_STORE_OK);
	assert_int_equal(hit(store, 3, NOW), LIMIT_PASSED);
	assert_int_equal(hit(store, 3, NOW), LIMIT_EXCEEDED);
	limit_store_close(store);
}

/* Four CGI processes at once, each opening anew. */
static void
test_direct_in_processes(void **state)
{
	enum { PROCESSES = 4, HITS = 10, AMOUNT = 25 };
	struct limit_store *store;
	pid_t pids[PROCESSES];
	int passed = 0;

	(void)state;
	for (int i = 0; i < PROCESSES; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			int mine = 0;

			for (int n = 0; n < HITS; n++) {
				if (open_direct(&store) != LIMIT_STORE_OK)
					_exit(99);
				mine += hit(store, AMOUNT, NOW) == LIMIT_PASSED;
				limit_store_close(store);
			}
			_exit(mine);
		}
	}
	for (int i = 0; i < PROCESSES; i++) {
		int status;

		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) <= HITS);
		passed += WEXITSTATUS(status);
	}
	assert_int_equal(passed, AMOUNT);
}

static void
test_direct_sweeps(void **state)
{
	struct limit_store *store;
	char client[32];
	sqlite3 *db;
	sqlite3_stmt *rows;

	(void)state;
	assert_int_equal(open_direct(&store), LIMIT_STORE_OK);
	for (int i = 0; i < 20; i++) {
		snprintf(client, sizeof(client), "192.0.2.%d", i);
		hit_as(store, client, 3, NOW);
	}
	hit_as(store, "198.51.100.1", 3, NOW + MINUTE);
	hit_as(store, "198.51.100.1", 3, NOW + MINUTE);
	limit_store_close(store);
	assert_int_equal(sqlite3_open(scratch.file, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(db, "SELECT count(*) FROM counters", -1, &rows, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(rows), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int(rows, 0), 1);
	sqlite3_finalize(rows);
	sqlite3_close(db);
}

/* The address must not be found in the file, in any form. */
static void
test_keeps_no_address(void **state)
{
	static char bytes[1 << 20];
	struct limit_store *store;
	ssize_t len;
	int fd;

	(void)state;
	assert_int_equal(open_direct(&store), LIMIT_STORE_OK);
	hit_as(store, "203.0.113.77", 3, NOW);
	limit_store_close(store);
	fd = open(scratch.file, O_RDONLY);
	len = read(fd, bytes, sizeof(bytes));
	close(fd);
	assert_true(len > 0);
	assert_null(memmem(bytes, (size_t)len, "203.0.113.77", 12));
	assert_null(memmem(bytes, (size_t)len, "\xcb\x00\x71\x4d", 4));
	assert_null(memmem(bytes, (size_t)len, "\x4d\x71\x00\xcb", 4));
}

static void
test_restores_within_bounds(void **state)
{
	struct limit_store *store;
	uint32_t restored;

	(void)state;
	assert_int_equal(open_direct(&store), LIMIT_STORE_OK);
	assert_int_equal(hit(store, 3, NOW), LIMIT_PASSED);
	limit_store_close(store);
	sql("UPDATE counters SET ends = 9000000000000000000, hits = 9000000000000000000");
	sql("INSERT INTO counters VALUES (5, 1, 1), (0, 9000000000000, 1), (6, 9000000000000, -5)");
	assert_int_equal(open_shared(&store, &restored), LIMIT_STORE_OK);
	assert_int_equal(restored, 2); /* not the ended one, and not the key that no hash gives */
	assert_int_equal(hit(store, 1000000, NOW), LIMIT_EXCEEDED);
	assert_int_equal(hit_as(store, "192.0.2.1", 3, NOW).retry_after_s, 60);
	limit_store_close(store);
	assert_int_equal(open_direct(&store), LIMIT_STORE_OK);
	assert_int_equal(hit(store, 1000000, NOW), LIMIT_EXCEEDED);
	limit_store_close(store);
}

static void
test_a_smaller_table_keeps_the_most_used(void **state)
{
	struct limit_store *store;
	uint32_t restored;
	char client[32];

	(void)state;
	assert_int_equal(open_direct(&store), LIMIT_STORE_OK);
	for (int i = 0; i < 40; i++) {
		snprintf(client, sizeof(client), "192.0.2.%d", i);
		hit_as(store, client, 3, NOW);
	}
	for (int i = 0; i < 3; i++)
		hit_as(store, "192.0.2.39", 3, NOW);
	limit_store_close(store);
	assert_int_equal(
	    limit_store_open_shared(&arena, slice_from(scratch.uri), 16, 0, NOW, &store, &restored),
	    LIMIT_STORE_OK);
	assert_int_equal(restored, 16);
	assert_int_equal(hit_as(store, "192.0.2.39", 3, NOW).verdict, LIMIT_EXCEEDED);
	assert_int_equal(hit_as(store, "198.51.100.1", 3, NOW).verdict, LIMIT_TABLE_FULL);
	limit_store_close(store);
}

/* The lock. */

static void
test_one_service_at_a_time(void **state)
{
	struct limit_store *first;
	struct limit_store *second = NULL;
	uint32_t restored;

	(void)state;
	assert_int_equal(open_shared(&first, &restored), LIMIT_STORE_OK);
	assert_int_equal(open_shared(&second, &restored), LIMIT_STORE_LOCKED);
	assert_int_equal(limit_store_open_shared(
			     &arena, slice_from(scratch.uri), 16, 25, NOW, &second, &restored),
	    LIMIT_STORE_LOCKED);
	assert_int_equal(open_direct(&second), LIMIT_STORE_LOCKED);
	assert_null(second);
	limit_store_close(first);
	assert_int_equal(open_shared(&second, &restored), LIMIT_STORE_OK);
	limit_store_close(second);
}

static void
test_many_cgi_at_a_time(void **state)
{
	struct limit_store *first;
	struct limit_store *second;
	struct limit_store *third;
	uint32_t restored;

	(void)state;
	assert_int_equal(open_direct(&first), LIMIT_STORE_OK);
	assert_int_equal(open_direct(&second), LIMIT_STORE_OK);
	assert_int_equal(open_shared(&third, &restored), LIMIT_STORE_LOCKED);
	assert_int_equal(hit(first, 2, NOW), LIMIT_PASSED);
	assert_int_equal(hit(second, 2, NOW), LIMIT_PASSED);
	assert_int_equal(hit(first, 2, NOW), LIMIT_EXCEEDED);
	limit_store_close(first);
	limit_store_close(second);
}

/* The manager has gone; the lock is its ledger's until that ends too. A worker does not hold it. */
static void
test_lock_is_the_ledgers(void **state)
{
	struct limit_store *store;
	struct limit_store *next;
	uint32_t restored;
	int hold[2];
	pid_t ledger;
	pid_t worker;
	char byte;

	(void)state;
	assert_int_equal(pipe(hold), 0);
	assert_int_equal(open_shared(&store, &restored), LIMIT_STORE_OK);
	ledger = fork();
	if (ledger == 0) {
		close(hold[1]);
		_exit(read(hold[0], &byte, 1) == 0 ? 0 : 1);
	}
	worker = fork();
	if (worker == 0) {
		close(hold[1]);
		limit_store_after_fork_worker(store);
		limit_store_after_fork_worker(store);
		_exit(read(hold[0], &byte, 1) == 0 ? 0 : 1);
	}
	close(hold[0]);
	limit_store_close(store);
	assert_int_equal(open_shared(&next, &restored), LIMIT_STORE_LOCKED);
	assert_int_equal(kill(ledger, SIGKILL), 0);
	assert_int_equal(waitpid(ledger, NULL, 0), ledger);
	assert_int_equal(limit_store_open_shared(
			     &arena, slice_from(scratch.uri), 16, 5000, NOW, &next, &restored),
	    LIMIT_STORE_OK);
	limit_store_close(next);
	close(hold[1]);
	assert_int_equal(waitpid(worker, NULL, 0), worker);
}

/* What cannot be opened. */

static void
both_refuse(void)
{
	struct limit_store *store = NULL;
	uint32_t restored;

	assert_int_equal(open_shared(&store, &restored), LIMIT_STORE_CANNOT_OPEN);
	assert_int_equal(open_direct(&store), LIMIT_STORE_CANNOT_OPEN);
	assert_null(store);
}

static void
write_file(const char *content, size_t len)
{
	int fd = open(scratch.file, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(fd, content, len), (ssize_t)len);
	close(fd);
}

static void
test_not_a_database(void **state)
{
	char text[8192];
	char after[8192];
	int fd;

	(void)state;
	memset(text, 'x', sizeof(text));
	write_file(text, sizeof(text));
	both_refuse();
	fd = open(scratch.file, O_RDONLY);
	assert_int_equal(read(fd, after, sizeof(after)), sizeof(after));
	close(fd);
	assert_memory_equal(text, after, sizeof(text));
}

static void
test_a_foreign_database(void **state)
{
	(void)state;
	sql("CREATE TABLE patients (name TEXT)");
	both_refuse();
	sql("SELECT * FROM patients"); /* untouched */
	assert_int_equal(unlink(scratch.file), 0);
	sql("PRAGMA application_id = 77; CREATE TABLE schema_version (version INTEGER);"
	    "INSERT INTO schema_version VALUES (1)");
	both_refuse();
}

static void
test_another_schema_version(void **state)
{
	struct limit_store *store;

	(void)state;
	assert_int_equal(open_direct(&store), LIMIT_STORE_OK);
	limit_store_close(store);
	sql("UPDATE schema_version SET version = 2");
	both_refuse();
	sql("UPDATE schema_version SET version = 1; DELETE FROM secret");
	both_refuse();
}

static void
test_a_broken_database(void **state)
{
	struct limit_store *store;
	char zeros[512] = { 0 };
	struct stat info;
	int fd;

	(void)state;
	assert_int_equal(open_direct(&store), LIMIT_STORE_OK);
	hit(store, 1, NOW);
	limit_store_close(store);
	assert_int_equal(stat(scratch.file, &info), 0);
	fd = open(scratch.file, O_WRONLY);
	for (off_t at = 4096; at < info.st_size; at += (off_t)sizeof(zeros))
		assert_int_equal(pwrite(fd, zeros, sizeof(zeros), at), sizeof(zeros));
	close(fd);
	both_refuse();
}

static void
test_no_folder_no_regular_file(void **state)
{
	char elsewhere[400];

	(void)state;
	assert_int_equal(mkfifo(scratch.file, 0600), 0);
	both_refuse();
	assert_int_equal(unlink(scratch.file), 0);
	assert_int_equal(mkdir(scratch.file, 0700), 0);
	both_refuse();
	assert_int_equal(rmdir(scratch.file), 0);
	snprintf(elsewhere, sizeof(elsewhere), "%s/elsewhere", scratch.folder);
	assert_int_equal(symlink(elsewhere, scratch.file), 0);
	both_refuse();
	assert_int_equal(access(elsewhere, F_OK), -1);
	snprintf(scratch.uri, sizeof(scratch.uri), "sqlite://%s/none/limits.db", scratch.folder);
	both_refuse();
}

/* As root nothing is read-only: a child becomes somebody else first. */
static void
test_a_read_only_folder(void **state)
{
	struct limit_store *store;
	int status;
	pid_t child;

	(void)state;
	assert_int_equal(chmod(scratch.folder, 0555), 0);
	child = fork();
	if (child == 0) {
		uint32_t restored;

		if (geteuid() == 0 &&
		    (setgroups(0, NULL) != 0 || setgid(65534) != 0 || setuid(65534) != 0))
			_exit(2);
		_exit(open_shared(&store, &restored) == LIMIT_STORE_CANNOT_OPEN &&
			      open_direct(&store) == LIMIT_STORE_CANNOT_OPEN
			  ? 0
			  : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* No room for one byte more: the direct store refuses, and counts again when there is room. */
static void
test_a_full_disk(void **state)
{
	struct limit_store *store;
	struct rlimit old;
	struct rlimit none;

	(void)state;
	assert_int_equal(open_direct(&store), LIMIT_STORE_OK);
	assert_int_equal(hit(store, 2, NOW), LIMIT_PASSED);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	none = old;
	none.rlim_cur = 1;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	assert_int_equal(hit(store, 2, NOW), LIMIT_UNAVAILABLE);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(hit(store, 2, NOW), LIMIT_PASSED);
	assert_int_equal(hit(store, 2, NOW), LIMIT_EXCEEDED);
	limit_store_close(store);
}

/* A row that is no counter, under our own mark. */
static void
test_a_missing_table(void **state)
{
	struct limit_store *store;

	(void)state;
	assert_int_equal(open_direct(&store), LIMIT_STORE_OK);
	limit_store_close(store);
	sql("DROP TABLE counters");
	both_refuse();
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, make_scratch, remove_scratch)

static const struct CMUnitTest others[] = {
	IN_SCRATCH(test_uri_bounds),
	IN_SCRATCH(test_bad_uris_open_nothing),
	IN_SCRATCH(test_errors_have_texts),
	IN_SCRATCH(test_memory),
	IN_SCRATCH(test_no_memory),
	IN_SCRATCH(test_creates_a_private_file),
	IN_SCRATCH(test_direct_counts_and_keeps),
	IN_SCRATCH(test_direct_then_shared_then_direct),
	IN_SCRATCH(test_direct_in_processes),
	IN_SCRATCH(test_direct_sweeps),
	IN_SCRATCH(test_keeps_no_address),
	IN_SCRATCH(test_restores_within_bounds),
	IN_SCRATCH(test_a_smaller_table_keeps_the_most_used),
	IN_SCRATCH(test_one_service_at_a_time),
	IN_SCRATCH(test_many_cgi_at_a_time),
	IN_SCRATCH(test_lock_is_the_ledgers),
	IN_SCRATCH(test_not_a_database),
	IN_SCRATCH(test_a_foreign_database),
	IN_SCRATCH(test_another_schema_version),
	IN_SCRATCH(test_a_broken_database),
	IN_SCRATCH(test_no_folder_no_regular_file),
	IN_SCRATCH(test_a_read_only_folder),
	IN_SCRATCH(test_a_full_disk),
	IN_SCRATCH(test_a_missing_table),
};

int
main(void)
{
	struct CMUnitTest tests[COUNT_OF(uri_rows) + COUNT_OF(others)];

	for (size_t i = 0; i < COUNT_OF(uri_rows); i++)
		tests[i] = (struct CMUnitTest) { uri_rows[i].uri, check_uri, NULL, NULL,
			(void *)(uintptr_t)&uri_rows[i] };
	memcpy(tests + COUNT_OF(uri_rows), others, sizeof(others));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
