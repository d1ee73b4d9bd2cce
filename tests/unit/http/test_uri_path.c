/* Paths: what they mean, and everything that is refused because it could mean two things. */
#include "http/uri.h"

#include "../core/rows.h"

struct row {
	const char *name, *raw;
	enum uri_fault fault;
	const char *segments[5]; /* up to NULL */
};

static const struct row rows[] = {
	{ "the root has one empty segment", "/", URI_OK, { "" } },
	{ "two segments", "/a/b", URI_OK, { "a", "b" } },
	{ "a final slash is an empty segment", "/a/", URI_OK, { "a", "" } },
	{ "two slashes hold an empty segment", "/a//b", URI_OK, { "a", "", "b" } },
	{ "two slashes at the start too", "//a", URI_OK, { "", "a" } },
	{ "an escape is decoded", "/%61b%7E", URI_OK, { "ab~" } },
	{ "hex digits in either case", "/%c3%A4", URI_OK, { "\xc3\xa4" } },
	{ "UTF-8 without escapes", "/\xc3\xa4", URI_OK, { "\xc3\xa4" } },
	{ "an escape is decoded once", "/%252e%252e", URI_OK, { "%2e%2e" } },
	{ "an encoded percent sign is text", "/%25/x", URI_OK, { "%", "x" } },
	{ "an encoded space", "/a%20b", URI_OK, { "a b" } },
	{ "an encoded question mark and hash", "/a%3Fb%23", URI_OK, { "a?b#" } },
	{ "three dots are a name", "/...", URI_OK, { "..." } },
	{ "a name that begins with a dot", "/.well-known/x", URI_OK, { ".well-known", "x" } },
	{ "a semicolon is text", "/..;/x", URI_OK, { "..;", "x" } },
	{ "a plus sign is no space", "/a+b", URI_OK, { "a+b" } },

	{ "nothing", "", URI_MALFORMED, { NULL } },
	{ "no slash at the start", "a/b", URI_MALFORMED, { NULL } },
	{ "a lone percent sign", "/%", URI_MALFORMED, { NULL } },
	{ "an escape cut short", "/%2", URI_MALFORMED, { NULL } },
	{ "an escape cut short by a slash", "/%2/1", URI_MALFORMED, { NULL } },
	{ "an escape that is no hex", "/%zz", URI_MALFORMED, { NULL } },
	{ "half an escape that is no hex", "/%2g", URI_MALFORMED, { NULL } },
	{ "a sign inside an escape", "/%+1", URI_MALFORMED, { NULL } },
	{ "an encoded NUL", "/a%00b", URI_MALFORMED, { NULL } },
	{ "an encoded newline", "/a%0ab", URI_MALFORMED, { NULL } },
	{ "an encoded DEL", "/a%7F", URI_MALFORMED, { NULL } },
	{ "a control byte", "/a\x01", URI_MALFORMED, { NULL } },
	{ "a DEL", "/a\x7f", URI_MALFORMED, { NULL } },
	{ "a space", "/a b", URI_MALFORMED, { NULL } },
	{ "a fragment", "/a#b", URI_MALFORMED, { NULL } },
	{ "a question mark", "/a?b", URI_MALFORMED, { NULL } },
	{ "an overlong slash", "/%c0%af", URI_MALFORMED, { NULL } },
	{ "an overlong slash without escapes", "/\xc0\xaf", URI_MALFORMED, { NULL } },
	{ "an overlong dot", "/%c0%ae%c0%ae", URI_MALFORMED, { NULL } },
	{ "an encoded surrogate", "/%ed%a0%80", URI_MALFORMED, { NULL } },
	{ "UTF-8 cut short", "/%c3", URI_MALFORMED, { NULL } },
	{ "UTF-8 cut in two by a slash", "/%c3/%a4", URI_MALFORMED, { NULL } },

	{ "a dot segment", "/a/./b", URI_AMBIGUOUS, { NULL } },
	{ "a double dot segment", "/a/../b", URI_AMBIGUOUS, { NULL } },
	{ "a double dot at the end", "/a/..", URI_AMBIGUOUS, { NULL } },
	{ "an encoded double dot", "/a/%2e%2E/b", URI_AMBIGUOUS, { NULL } },
	{ "a half encoded double dot", "/.%2e/b", URI_AMBIGUOUS, { NULL } },
	{ "the other half", "/%2e./b", URI_AMBIGUOUS, { NULL } },
	{ "an encoded dot", "/%2e", URI_AMBIGUOUS, { NULL } },
	{ "an encoded slash", "/a%2fb", URI_AMBIGUOUS, { NULL } },
	{ "an encoded slash in upper case", "/a%2Fb", URI_AMBIGUOUS, { NULL } },
	{ "an encoded backslash", "/a%5cb", URI_AMBIGUOUS, { NULL } },
	{ "a backslash", "/a\\b", URI_AMBIGUOUS, { NULL } },
};

static void
check_segments(const struct uri_path *path, const char *const *segments)
{
	size_t count = 0;

	for (; segments[count] != NULL; count++) {
		assert_true(count < path->count);
		assert_true(slice_is(path->segments[count], segments[count]));
	}
	assert_int_equal(path->count, count);
}

static void
path_means(void **state)
{
	const struct row *row = *state;
	struct uri_path path = { .count = 7 };
	struct arena arena;

	arena_init(&arena, 1024, 65536);
	assert_int_equal(uri_path_parse(&arena, slice_from(row->raw), &path), row->fault);
	check_segments(&path, row->segments);
	arena_done(&arena);
}

static const struct row decoded_rows[] = {
	{ "segments", "/a/b", URI_OK, { "a", "b" } },
	{ "a percent sign is text", "/%2e%2e/%", URI_OK, { "%2e%2e", "%" } },
	{ "what had to be escaped is text", "/a b?c#d", URI_OK, { "a b?c#d" } },
	{ "a dot segment", "/a/../b", URI_AMBIGUOUS, { NULL } },
	{ "a backslash", "/a\\b", URI_AMBIGUOUS, { NULL } },
	{ "a control byte", "/\n", URI_MALFORMED, { NULL } },
	{ "ill-formed UTF-8", "/\xff", URI_MALFORMED, { NULL } },
	{ "no slash at the start", "a", URI_MALFORMED, { NULL } },
	{ "nothing", "", URI_MALFORMED, { NULL } },
};

static void
decoded_path_means(void **state)
{
	const struct row *row = *state;
	struct uri_path path = { .count = 7 };

	assert_int_equal(uri_path_split(slice_from(row->raw), &path), row->fault);
	check_segments(&path, row->segments);
}

static void
a_nul_inside_is_malformed(void **state)
{
	struct uri_path path;

	(void)state;
	assert_int_equal(uri_path_split(slice_make("/a\0b", 4), &path), URI_MALFORMED);
}

static void
length_and_segments_are_bounded(void **state)
{
	static char raw[URI_MAX_PATH + 2];
	struct uri_path path;

	(void)state;
	memset(raw, 'a', sizeof(raw));
	raw[0] = '/';
	assert_int_equal(uri_path_split(slice_make(raw, URI_MAX_PATH), &path), URI_OK);
	assert_int_equal(uri_path_split(slice_make(raw, URI_MAX_PATH + 1), &path), URI_TOO_LONG);
	assert_int_equal(path.count, 0);
	memset(raw, '/', sizeof(raw));
	assert_int_equal(uri_path_split(slice_make(raw, URI_MAX_SEGMENTS), &path), URI_OK);
	assert_int_equal(path.count, URI_MAX_SEGMENTS);
	assert_int_equal(
	    uri_path_split(slice_make(raw, URI_MAX_SEGMENTS + 1), &path), URI_TOO_LONG);
}

static void
decoded_segments_end_in_nul_and_plain_ones_are_not_copied(void **state)
{
	static const char raw[] = "/plain/%61";
	struct uri_path path;
	struct arena arena;

	(void)state;
	arena_init(&arena, 1024, 65536);
	assert_int_equal(uri_path_parse(&arena, slice_from(raw), &path), URI_OK);
	assert_ptr_equal(path.segments[0].data, raw + 1);
	assert_string_equal(path.segments[1].data, "a");
	arena_done(&arena);
}

static void
a_full_arena_is_a_fault(void **state)
{
	struct uri_path path;
	struct arena arena;

	(void)state;
	arena_init(&arena, 16, 16);
	assert_int_equal(
	    uri_path_parse(&arena, SLICE_OF("/%61%61%61%61%61%61%61%61"), &path), URI_NO_MEMORY);
	assert_int_equal(path.count, 0);
	arena_done(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_nul_inside_is_malformed),
		cmocka_unit_test(length_and_segments_are_bounded),
		cmocka_unit_test(decoded_segments_end_in_nul_and_plain_ones_are_not_copied),
		cmocka_unit_test(a_full_arena_is_a_fault),
	};
	int failures = RUN_ROWS(rows, path_means);

	failures += RUN_ROWS(decoded_rows, decoded_path_means);
	return failures + cmocka_run_group_tests(tests, NULL, NULL);
}
