/* Options from a table: long, short, together, words; and files, whole or not at all. */
#include "tool/options.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../core/rows.h"
#include "tool/file.h"

enum { MAX_ARGUMENTS = 8 };
enum { OPT_POLICIES, OPT_VERBOSE, OPT_TIMING, OPT_UNUSED, OPT_WORD, OPT_COUNT };

static const struct option_kind with_words[OPT_COUNT] = {
	[OPT_POLICIES] = { "--policies", true, 'p' },
	[OPT_VERBOSE] = { "--verbose", false, 'v' },
	[OPT_TIMING] = { "--timing", false, 't' },
	[OPT_WORD] = { "", true, 0 },
};

/* The arguments, and what is read of them: an option's letter and, in parentheses, its value. */
struct row {
	const char *name;
	const char *argv[MAX_ARGUMENTS];
	bool takes_words;
	const char *read, *err;
};

static const struct row rows[] = {
	{ "nothing", { NULL }, false, "", "" },
	{ "a long one", { "--policies", "x" }, false, "p(x)", "" },
	{ "a long one with an equals sign", { "--policies=x=y" }, false, "p(x=y)", "" },
	{ "a short one", { "-p", "x" }, false, "p(x)", "" },
	{ "a short one and its value in one", { "-px" }, false, "p(x)", "" },
	{ "a short one with an equals sign", { "-p=x" }, false, "p(x)", "" },
	{ "an empty value", { "-p=", "--policies=" }, false, "p()p()", "" },
	{ "a value that looks like an option", { "-p", "-v" }, false, "p(-v)", "" },
	{ "a flag", { "-v", "--timing" }, false, "vt", "" },
	{ "flags together", { "-vt" }, false, "vt", "" },
	{ "flags together with a value behind them", { "-vtpx", "-v" }, false, "vtp(x)v", "" },
	{ "a value that is missing", { "-vp" }, false, "v!", "--policies needs a value" },
	{ "a value for a short flag", { "-v=x" }, false, "!", "--verbose takes no value" },
	{ "a value for a long flag", { "--verbose=x" }, false, "!", "takes no value" },
	{ "an unknown letter", { "-vx" }, false, "v!", "argument 1" },
	{ "an unknown option", { "-v", "--nope" }, false, "v!", "argument 2" },
	{ "an abbreviation", { "--pol", "x" }, false, "!", "argument 1" },
	{ "a word where none is taken", { "x" }, false, "!", "argument 1" },
	{ "two hyphens where no word is taken", { "--" }, false, "!", "argument 1" },
	{ "words", { "x", "-v", "y" }, true, "w(x)vw(y)", "" },
	{ "a hyphen alone is a word", { "-" }, true, "w(-)", "" },
	{ "behind two hyphens all are words", { "-v", "--", "-v", "--", "--policies" }, true,
	    "vw(-v)w(--)w(--policies)", "" },
	{ "an empty word", { "" }, true, "w()", "" },
};

static void
options(void **state)
{
	static const char letters[] = "pvt?w";
	const struct row *row = *state;
	char arguments[MAX_ARGUMENTS + 1][32] = { "command" }, *argv[MAX_ARGUMENTS + 1],
				       *err = NULL;
	char read[128] = "";
	size_t len = 0, err_len;
	const char *value = NULL;
	struct options options;
	FILE *to = open_memstream(&err, &err_len);
	int argc = 1, option;

	assert_non_null(to);
	argv[0] = arguments[0];
	for (; argc <= MAX_ARGUMENTS && row->argv[argc - 1] != NULL; argc++) {
		(void)snprintf(arguments[argc], sizeof(arguments[argc]), "%s", row->argv[argc - 1]);
		argv[argc] = arguments[argc];
	}
	options = options_of(
	    with_words, row->takes_words ? (size_t)OPT_COUNT : (size_t)OPT_WORD, argc, argv);
	while ((option = options_next(&options, &value, to)) >= 0) {
		len += (size_t)snprintf(read + len, sizeof(read) - len, "%c", letters[option]);
		if (with_words[option].has_value)
			len += (size_t)snprintf(read + len, sizeof(read) - len, "(%s)", value);
	}
	if (option == OPTION_BAD)
		(void)snprintf(read + len, sizeof(read) - len, "!");
	assert_int_equal(fclose(to), 0);
	assert_string_equal(read, row->read);
	if (row->err[0] == '\0')
		assert_string_equal(err, "");
	assert_non_null(strstr(err, row->err));
	free(err);
}

/* --- files */

static char folder[64];

static const char *
path_of(const char *name, char path[96])
{
	(void)snprintf(path, 96, "%s/%s", folder, name);
	return path;
}

static void
check_content(const char *path, const char *wanted, mode_t mode)
{
	struct arena arena;
	struct stat status;
	struct slice text;

	arena_init(&arena, 1024, 1 << 20);
	assert_true(file_read(&arena, path, 1 << 16, &text));
	assert_true(slice_is(text, wanted));
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, mode);
	arena_done(&arena);
}

static void
a_file_is_made_replaced_and_rewritten_whole(void **state)
{
	char path[96], link[96];

	(void)state;
	(void)path_of("f", path);
	(void)path_of("l", link);
	assert_true(file_create(path, 0640, "one", 3));
	assert_false(file_create(path, 0640, "two", 3));
	assert_int_equal(errno, EEXIST);
	check_content(path, "one", 0640);
	assert_true(file_replace(path, 0600, "two", 3));
	check_content(path, "two", 0600);
	assert_int_equal(chmod(path, 0604), 0);
	assert_int_equal(symlink("f", link), 0);
	assert_true(file_rewrite(link, "three", 5));
	check_content(path, "three", 0604);
	assert_int_equal(unlink(link), 0);
	assert_true(file_rewrite(link, "", 0));
	check_content(link, "", 0644);
	assert_false(file_rewrite("/dev/null/x", "", 0));
	assert_int_equal(unlink(link), 0);
	assert_int_equal(unlink(path), 0);
}

static void
reading_is_bounded(void **state)
{
	enum { SIZE = 200000 };
	char path[96], *data = malloc(SIZE);
	struct arena arena;
	struct slice text;

	(void)state;
	assert_non_null(data);
	memset(data, 'x', SIZE);
	(void)path_of("large", path);
	assert_true(file_create(path, 0600, data, SIZE));
	arena_init(&arena, 1024, 16 << 20);
	assert_true(file_read(&arena, path, SIZE, &text));
	assert_int_equal(text.len, SIZE);
	assert_false(file_read(&arena, path, SIZE - 1, &text));
	assert_int_equal(errno, EFBIG);
	assert_false(file_read(&arena, "/dev/zero", SIZE, &text));
	assert_false(file_read(&arena, folder, SIZE, &text));
	assert_int_equal(errno, EISDIR);
	arena_done(&arena);
	arena_init(&arena, 1024, 100000);
	assert_false(file_read(&arena, path, SIZE, &text));
	assert_int_equal(errno, ENOMEM);
	arena_done(&arena);
	assert_int_equal(unlink(path), 0);
	free(data);
}

int
main(void)
{
	static const struct CMUnitTest files[] = {
		cmocka_unit_test(a_file_is_made_replaced_and_rewritten_whole),
		cmocka_unit_test(reading_is_bounded),
	};
	const char *base = getenv("TMPDIR");
	int failures;

	(void)umask(022);
	(void)snprintf(folder, sizeof(folder), "%s/postern-options-XXXXXX",
	    base == NULL || strlen(base) > 30 ? "/tmp" : base);
	assert_non_null(mkdtemp(folder));
	failures = RUN_ROWS(rows, options) + cmocka_run_group_tests(files, NULL, NULL);
	assert_int_equal(rmdir(folder), 0);
	return failures;
}
