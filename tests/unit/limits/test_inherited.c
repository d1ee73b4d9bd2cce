/* A store that another process of the service made: the same counters, the same lock, or none at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <fcntl.h>
#include <sys/mman.h>

#include "core/compiler.h"
#include "limits/limits.h"
#include "limits/shared_table.h"
#include "scratch.h"

#define NOW INT64_C(1700000000000000)

enum { ENTRIES = 1024 };

static struct scratch scratch;
static struct arena arena;
static struct limit_store *first;
static int table_fd, lock_fd;

static int
tear_down(void **state)
{
	(void)state;
	limit_store_close(first);
	first = NULL;
	arena_done(&arena);
	scratch_remove(&scratch);
	return 0;
}

static int
set_up(void **state)
{
	uint32_t restored;

	(void)state;
	arena_init(&arena, 4096, 1 << 20);
	if (scratch_make(&scratch) != 0 ||
	    limit_store_open_shared(&arena, slice_from(scratch.uri), ENTRIES, 0, NOW, &first,
		&restored) != LIMIT_STORE_OK)
		return -1;
	limit_store_lend(first, &table_fd, &lock_fd);
	/* As over an exec: the same open files under other numbers. */
	table_fd = fcntl(table_fd, F_DUPFD_CLOEXEC, 0);
	lock_fd = fcntl(lock_fd, F_DUPFD_CLOEXEC, 0);
	return table_fd >= 0 && lock_fd >= 0 ? 0 : -1;
}

static enum limit_verdict
hit(struct limit_store *store, uint32_t amount)
{
	const struct limit limit = { amount, 60 };
	struct limit_key key;

	limit_key_make(&key, 1, SLICE_OF("192.0.2.1"));
	return limit_hit(store, &limit, &key, NOW).verdict;
}

static void
assert_refused(const char *uri, uint32_t entries, int table, int lock)
{
	struct limit_store *store = NULL;

	assert_int_equal(
	    limit_store_open_inherited(&arena, slice_from(uri), entries, table, lock, &store),
	    LIMIT_STORE_OTHER);
	assert_null(store);
	assert_true(fcntl(table_fd, F_GETFD) >= 0);
	assert_true(fcntl(lock_fd, F_GETFD) >= 0);
}

static void
close_both(void)
{
	close(table_fd);
	close(lock_fd);
}

static void
both_count_in_the_same_table(void **state)
{
	struct limit_store *second;

	(void)state;
	assert_int_equal(hit(first, 3), LIMIT_PASSED);
	assert_int_equal(limit_store_open_inherited(
			     &arena, slice_from(scratch.uri), ENTRIES, table_fd, lock_fd, &second),
	    LIMIT_STORE_OK);
	assert_true(limit_store_has_ledger(second));
	assert_int_equal(hit(second, 3), LIMIT_PASSED);
	assert_int_equal(hit(first, 3), LIMIT_PASSED);
	assert_int_equal(hit(second, 3), LIMIT_EXCEEDED);
	limit_store_close(second);
}

static void
the_lock_is_held_until_the_last_one_ends(void **state)
{
	struct limit_store *second, *stranger;
	uint32_t restored;

	(void)state;
	assert_int_equal(limit_store_open_inherited(
			     &arena, slice_from(scratch.uri), ENTRIES, table_fd, lock_fd, &second),
	    LIMIT_STORE_OK);
	limit_store_close(first);
	first = NULL;
	assert_int_equal(limit_store_open_shared(&arena, slice_from(scratch.uri), ENTRIES, 0, NOW,
			     &stranger, &restored),
	    LIMIT_STORE_LOCKED);
	limit_store_close(second);
	assert_int_equal(limit_store_open_shared(&arena, slice_from(scratch.uri), ENTRIES, 0, NOW,
			     &stranger, &restored),
	    LIMIT_STORE_OK);
	limit_store_close(stranger);
}

static void
its_ledger_writes_what_both_counted(void **state)
{
	struct limit_store *second;
	struct limit_ledger *ledger;
	uint32_t count = 0;

	(void)state;
	assert_int_equal(hit(first, 3), LIMIT_PASSED);
	assert_int_equal(limit_store_open_inherited(
			     &arena, slice_from(scratch.uri), ENTRIES, table_fd, lock_fd, &second),
	    LIMIT_STORE_OK);
	assert_int_equal(hit(second, 3), LIMIT_PASSED);
	assert_int_equal(limit_ledger_open(second, &ledger), LIMIT_STORE_OK);
	assert_true(limit_ledger_save(ledger, NOW, &count));
	assert_int_equal(count, 1);
	limit_ledger_close(ledger);
	limit_store_close(second);
	limit_store_close(first);
	assert_int_equal(limit_store_open_shared(
			     &arena, slice_from(scratch.uri), ENTRIES, 0, NOW, &first, &count),
	    LIMIT_STORE_OK);
	assert_int_equal(count, 1);
	assert_int_equal(hit(first, 3), LIMIT_PASSED);
	assert_int_equal(hit(first, 3), LIMIT_EXCEEDED);
}

static void
memory_has_no_lock_and_the_same_counters(void **state)
{
	struct limit_store *made, *second;
	int table, lock;
	uint32_t restored;

	(void)state;
	assert_int_equal(limit_store_open_shared(
			     &arena, SLICE_OF("memory://"), ENTRIES, 0, NOW, &made, &restored),
	    LIMIT_STORE_OK);
	limit_store_lend(made, &table, &lock);
	assert_int_equal(lock, -1);
	table = fcntl(table, F_DUPFD_CLOEXEC, 0);
	assert_int_equal(hit(made, 1), LIMIT_PASSED);
	assert_int_equal(
	    limit_store_open_inherited(&arena, SLICE_OF("memory://"), ENTRIES, table, -1, &second),
	    LIMIT_STORE_OK);
	assert_int_equal(hit(second, 1), LIMIT_EXCEEDED);
	limit_store_close(second);
	limit_store_close(made);
	close_both();
}

static void
what_is_not_asked_for_is_refused(void **state)
{
	char other[sizeof(scratch.uri) + 8];

	(void)state;
	snprintf(other, sizeof(other), "%s.other", scratch.uri);
	assert_refused(scratch.uri, 4 * ENTRIES, table_fd, lock_fd);
	assert_refused(other, ENTRIES, table_fd, lock_fd);
	assert_refused("memory://", ENTRIES, table_fd, lock_fd);
	assert_refused(scratch.uri, ENTRIES, table_fd, -1);
	assert_refused(scratch.uri, ENTRIES, -1, lock_fd);
	assert_refused(scratch.uri, ENTRIES, lock_fd, lock_fd);
	assert_refused(scratch.uri, ENTRIES, table_fd, table_fd);
	assert_refused(scratch.uri, UINT32_MAX, table_fd, lock_fd);
	close_both();
}

static void
another_layout_is_refused(void **state)
{
	struct table_front *front =
	    mmap(NULL, sizeof(*front), PROT_READ | PROT_WRITE, MAP_SHARED, table_fd, 0);

	(void)state;
	assert_true(front != MAP_FAILED);
	front->layout++;
	assert_refused(scratch.uri, ENTRIES, table_fd, lock_fd);
	front->layout--;
	front->mark++;
	assert_refused(scratch.uri, ENTRIES, table_fd, lock_fd);
	front->mark--;
	front->bucket_count *= 2;
	assert_refused(scratch.uri, ENTRIES, table_fd, lock_fd);
	assert_int_equal(munmap(front, sizeof(*front)), 0);
	close_both();
}

/* Otherwise a process that was taken over could end the others with SIGBUS. */
static void
nobody_can_cut_the_memory(void **state)
{
	(void)state;
	assert_int_not_equal(ftruncate(table_fd, 0), 0);
	close_both();
}

static void
a_worker_keeps_the_counters_and_no_descriptor(void **state)
{
	int table, lock;

	(void)state;
	limit_store_after_fork_worker(first);
	limit_store_lend(first, &table, &lock);
	assert_int_equal(table, -1);
	assert_int_equal(lock, -1);
	assert_int_equal(hit(first, 1), LIMIT_PASSED);
	assert_int_equal(hit(first, 1), LIMIT_EXCEEDED);
	close_both();
}

#define ON_SCRATCH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_SCRATCH(both_count_in_the_same_table),
		ON_SCRATCH(the_lock_is_held_until_the_last_one_ends),
		ON_SCRATCH(its_ledger_writes_what_both_counted),
		ON_SCRATCH(memory_has_no_lock_and_the_same_counters),
		ON_SCRATCH(what_is_not_asked_for_is_refused),
		ON_SCRATCH(another_layout_is_refused),
		ON_SCRATCH(nobody_can_cut_the_memory),
		ON_SCRATCH(a_worker_keeps_the_counters_and_no_descriptor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
