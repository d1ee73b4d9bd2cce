/* Process titles, in this test's own command line: the first half is about texts, the second about the kernel. */
#include "check.h"

#include <errno.h>
#include <fcntl.h>

#include "process/title.h"

extern char **environ;

static char **own_argv;

/* What the kernel says; what is behind its end is not compared. */
static const char *
shown(void)
{
	static char text[4096];
	int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t got;

	assert_true(fd >= 0);
	got = read(fd, text, sizeof(text) - 1);
	close(fd);
	assert_true(got >= 0);
	text[got] = '\0';
	return text;
}

static void
room_ends_with_the_first_gap(void **state UNUSED)
{
	char memory[] = "a\0bc\0X=1\0Y=2\0gap\0Z=3";
	char *argv[] = { memory, memory + 2, NULL };
	char *whole[] = { memory + 5, memory + 9, NULL };
	char *torn[] = { memory + 5, memory + 17, NULL };
	char *none[] = { NULL };

	assert_int_equal(title_room(2, argv, whole), 13);
	assert_int_equal(title_room(2, argv, torn), 9);
	assert_int_equal(title_room(2, argv, none), 5);
	assert_int_equal(title_room(1, argv, whole), 2);
	assert_int_equal(title_room(0, argv, whole), 0);
}

static void
nothing_happens_before_it_is_taken(void **state UNUSED)
{
	char strange[] = "strange", *argv[] = { strange, NULL };

	title_set("documents", "manager");
	title_set_worker("documents", 1);
	title_show_busy();
	title_show_leaving();
	assert_non_null(strstr(shown(), "test_title"));
	/* A command line that somebody made himself. */
	title_find(1, argv);
	title_take();
	assert_string_equal(strange, "strange");
}

static void
what_was_there_is_still_to_be_had(void **state UNUSED)
{
	char before[4096], *path;

	assert_true(snprintf(before, sizeof(before), "%s", own_argv[0]) < (int)sizeof(before));
	path = strdup(getenv("PATH"));
	title_find(1, own_argv);
	title_take();
	assert_string_equal(own_argv[0], before);
	assert_string_equal(program_invocation_short_name, strrchr(before, '/') + 1);
	assert_string_equal(getenv("PATH"), path);
	assert_int_equal(setenv("POSTERN_TEST_TITLE", "x", 1), 0);
	assert_int_equal(unsetenv("POSTERN_TEST_TITLE"), 0);
	free(path);
}

static void
titles_are_shown(void **state UNUSED)
{
	char longest[1024], expected[1024];

	title_set("documents", "manager");
	assert_string_equal(shown(), "documents: manager");
	title_set_worker("documents", 512);
	assert_string_equal(shown(), "documents: worker 512 (idle)");
	title_show_busy();
	assert_string_equal(shown(), "documents: worker 512 (busy)");
	title_show_idle();
	assert_string_equal(shown(), "documents: worker 512 (idle)");
	title_show_leaving();
	assert_string_equal(shown(), "documents: worker 512 (leaving)");
	title_show_busy();
	title_show_idle();
	assert_string_equal(shown(), "documents: worker 512 (leaving)");
	title_set("d", "ledger");
	title_show_busy();
	assert_string_equal(shown(), "d: ledger");

	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	title_set(longest, "manager");
	memset(expected, 'x', TITLE_MAX - 1);
	expected[TITLE_MAX - 1] = '\0';
	assert_string_equal(shown(), expected);
	title_set_worker(longest, 1);
	title_show_busy();
	assert_null(strstr(shown(), "busy"));
}

int
main(int argc UNUSED, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(room_ends_with_the_first_gap),
		cmocka_unit_test(nothing_happens_before_it_is_taken),
		cmocka_unit_test(what_was_there_is_still_to_be_had),
		cmocka_unit_test(titles_are_shown),
	};

	own_argv = argv;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
