/* Sockets that a service manager hands over: what the environment says of them, and who takes which. */
#include "../core/rows.h"
#include "check.h"

#include "process/listener.h"

enum { SELF = 42 };

static const struct row {
	const char *name, *pid, *fds, *names;
	const char *fault; /* a piece of it; NULL: none */
	size_t count;
	const char *first, *last; /* names; NULL: not looked at */
} rows[] = {
	{ "none", NULL, NULL, NULL, NULL, 0, NULL, NULL },
	{ "one", "42", "1", "documents.socket", NULL, 1, "documents.socket", "documents.socket" },
	{ "two with names", "42", "2", "web:status", NULL, 2, "web", "status" },
	{ "two with one name", "42", "2", "web", NULL, 2, "web", "unknown" },
	{ "two without names", "42", "2", NULL, NULL, 2, "unknown", "unknown" },
	{ "an empty name", "42", "2", ":b", NULL, 2, "", "b" },
	{ "sixteen", "42", "16", NULL, NULL, 16, "unknown", "unknown" },
	{ "seventeen", "42", "17", NULL, "at most 16", 0, NULL, NULL },
	{ "no number", "42", "x", NULL, "at most 16", 0, NULL, NULL },
	{ "a negative one", "42", "-1", NULL, "at most 16", 0, NULL, NULL },
	{ "nothing for a number", "42", "", NULL, "at most 16", 0, NULL, NULL },
	{ "more names than sockets", "42", "1", "a:b", "more names", 0, NULL, NULL },
	{ "for another process", "43", "1", "a", NULL, 0, NULL, NULL },
	{ "for no process", "", "1", "a", NULL, 0, NULL, NULL },
	{ "for what is none", "42x", "1", "a", NULL, 0, NULL, NULL },
	{ "zero", "42", "0", NULL, NULL, 0, NULL, NULL },
};

static void
check_row(void **state)
{
	const struct row *row = *state;
	struct listener_handed handed;
	const char *failed = listener_handed_parse(&handed, row->pid, row->fds, row->names, SELF);

	assert_int_equal(failed != NULL, row->fault != NULL);
	if (row->fault != NULL)
		assert_non_null(strstr(failed, row->fault));
	assert_int_equal(handed.count, row->count);
	if (row->first != NULL)
		assert_true(slice_equal(handed.names[0], slice_from(row->first)));
	if (row->last != NULL)
		assert_true(slice_equal(handed.names[row->count - 1], slice_from(row->last)));
}

static void
descriptors_by_name(void **state UNUSED)
{
	struct listener_handed handed;
	size_t at = 0;

	assert_null(listener_handed_parse(&handed, "42", "3", "a:b:a", SELF));
	assert_int_equal(listener_handed_next(&handed, SLICE_OF("a"), &at), 3);
	assert_int_equal(listener_handed_next(&handed, SLICE_OF("a"), &at), 5);
	assert_int_equal(listener_handed_next(&handed, SLICE_OF("a"), &at), -1);
	at = 0;
	assert_int_equal(listener_handed_next(&handed, SLICE_OF("c"), &at), -1);
	at = 0;
	for (int fd = 3; fd < 6; fd++)
		assert_int_equal(listener_handed_next(&handed, slice_make(NULL, 0), &at), fd);
	assert_int_equal(listener_handed_next(&handed, slice_make(NULL, 0), &at), -1);
}

/* --- the settings ------------------------------------------------------------------------------ */

static struct arena arena;
static struct config_faults faults;

static int
hand_over(void **state UNUSED)
{
	char pid[32];

	arena_init(&arena, 4096, 1024 * 1024);
	memset(&faults, 0, sizeof(faults));
	(void)snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	(void)setenv("LISTEN_PID", pid, 1);
	(void)setenv("LISTEN_FDS", "3", 1);
	(void)setenv("LISTEN_FDNAMES", "web:status:web", 1);
	return 0;
}

static int
forget(void **state UNUSED)
{
	listener_handed_forget();
	assert_null(getenv("LISTEN_PID"));
	assert_null(getenv("LISTEN_FDS"));
	assert_null(getenv("LISTEN_FDNAMES"));
	arena_done(&arena);
	return 0;
}

static bool
parse(struct listeners *ret_listeners, const char *setting, const char *text)
{
	return listeners_parse(ret_listeners, &arena, setting, text, "documents", 0, 0, &faults);
}

static bool
is_fault(const char *piece)
{
	return faults.count == 1 && strstr(faults.texts[0], piece) != NULL;
}

static void
each_takes_its_own(void **state UNUSED)
{
	struct listeners web, status;

	assert_true(parse(&web, "LISTEN", "systemd:web"));
	assert_true(parse(&status, "STATUS_LISTEN", "systemd:status"));
	assert_int_equal(web.count, 2);
	assert_int_equal(web.items[1].fd, 5);
	assert_int_equal(status.count, 1);
	assert_int_equal(status.items[0].fd, 4);
	assert_true(listeners_check_handed(&web, &status, &arena, &faults));
}

static void
all_are_the_default(void **state UNUSED)
{
	struct listeners web, status = { .setting = "STATUS_LISTEN" };

	assert_true(parse(&web, "LISTEN", NULL));
	assert_int_equal(web.count, 3);
	assert_true(listeners_check_handed(&web, &status, &arena, &faults));
}

static void
one_that_both_take(void **state UNUSED)
{
	struct listeners web, status;

	assert_true(parse(&web, "LISTEN", "systemd"));
	assert_true(parse(&status, "STATUS_LISTEN", "systemd:status"));
	assert_false(listeners_check_handed(&web, &status, &arena, &faults));
	assert_true(is_fault("STATUS_LISTEN: socket 2"));
}

static void
one_that_nobody_takes(void **state UNUSED)
{
	struct listeners web, status = { .setting = "STATUS_LISTEN" };

	assert_true(parse(&web, "LISTEN", "systemd:web"));
	assert_false(listeners_check_handed(&web, &status, &arena, &faults));
	assert_true(is_fault("LISTEN: socket 2"));
}

static void
the_same_twice(void **state UNUSED)
{
	struct listeners web;

	assert_false(parse(&web, "LISTEN", "systemd systemd:web"));
	assert_true(is_fault("entry 2: is named twice"));
}

static void
no_name(void **state UNUSED)
{
	struct listeners web;

	assert_false(parse(&web, "LISTEN", "systemd:"));
	assert_true(is_fault("takes the name"));
}

/* --check is not started by who hands over. */
static void
what_is_not_there_is_asked_for_when_it_is_opened(void **state UNUSED)
{
	struct listeners web;

	assert_true(parse(&web, "LISTEN", "systemd:other"));
	assert_int_equal(web.count, 0);
	assert_false(listeners_open(&web, &arena, &faults));
	assert_true(is_fault("LISTEN: entry 1: systemd has handed over no such socket"));
}

static void
a_broken_word_of_the_manager(void **state UNUSED)
{
	struct listeners web, status = { .setting = "STATUS_LISTEN" };

	(void)setenv("LISTEN_FDS", "many", 1);
	assert_true(parse(&web, "LISTEN", "systemd"));
	assert_false(listeners_check_handed(&web, &status, &arena, &faults));
	assert_true(is_fault("LISTEN: LISTEN_FDS"));
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, hand_over, forget)
	const struct CMUnitTest others[] = {
		cmocka_unit_test(descriptors_by_name),
		CASE(each_takes_its_own),
		CASE(all_are_the_default),
		CASE(one_that_both_take),
		CASE(one_that_nobody_takes),
		CASE(the_same_twice),
		CASE(no_name),
		CASE(what_is_not_there_is_asked_for_when_it_is_opened),
		CASE(a_broken_word_of_the_manager),
	};

	return RUN_ROWS(rows, check_row) + cmocka_run_group_tests(others, NULL, NULL);
}
