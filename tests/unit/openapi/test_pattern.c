/* Patterns of a contract: what can be said, and what it matches. */
#include "openapi/pattern.h"

#include "../core/rows.h"

static const struct row {
	const char *name, *pattern, *subject;
	bool matches;
} rows[] = {
	{ "the class of document ids", "^[A-Za-z0-9._~-]+$", "d-1_x.y~z", true },
	{ "a slash is not in it", "^[A-Za-z0-9._~-]+$", "a/b", false },
	{ "plus wants one", "^[a-z]+$", "", false },
	{ "star wants none", "^[a-z]*$", "", true },
	{ "the empty pattern, empty", "^$", "", true },
	{ "the empty pattern, something", "^$", "a", false },
	{ "a literal", "^abc$", "abc", true },
	{ "a literal too long", "^abc$", "abcd", false },
	{ "a literal too short", "^abc$", "ab", false },
	{ "exactly three", "^\\d{3}$", "123", true },
	{ "exactly three, four given", "^\\d{3}$", "1234", false },
	{ "two to three, one given", "^\\d{2,3}$", "1", false },
	{ "two to three, two given", "^\\d{2,3}$", "12", true },
	{ "two or more", "^\\d{2,}$", "123456", true },
	{ "a date", "^\\d{4}-\\d{2}-\\d{2}$", "2026-11-23", true },
	{ "a date with a letter", "^\\d{4}-\\d{2}-\\d{2}$", "2026-11-2x", false },
	{ "an optional sign", "^-?\\d+$", "-12", true },
	{ "the sign left out", "^-?\\d+$", "12", true },
	{ "the sign twice", "^-?\\d+$", "--12", false },
	{ "overlapping pieces share the text", "^a*a{2}a?$", "aaaa", true },
	{ "and must all be served", "^a*a{2}a?$", "a", false },
	{ "a UUID", "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
	    "123e4567-e89b-12d3-a456-426614174000", true },
	{ "a word character", "^\\w+$", "aZ_9", true },
	{ "a dash is none", "^\\w+$", "a-b", false },
	{ "an escaped dot is a dot", "^a\\.b$", "a.b", true },
	{ "and nothing else", "^a\\.b$", "axb", false },
	{ "a dash first in a class", "^[-a]+$", "a-a", true },
	{ "a dash last in a class", "^[a-]+$", "a-a", true },
	{ "a closing bracket, escaped, in a class", "^[\\]]$", "]", true },
	{ "a set in a class", "^[\\d.]+$", "1.2", true },
	{ "a newline at the end is not forgiven", "^[a-z]+$", "a\n", false },
	{ "a byte beyond ASCII", "^[ -~]+$", "\xc3\xa9", false },
	{ "the last ASCII character", "^[ -~]$", "~", true },
	{ "an exact one between many", "^[a-z]*m[a-z]*$", "xxmxx", true },
	{ "which is not there", "^[a-z]*m[a-z]*$", "xxxx", false },
	{ "a bounded middle", "^a{1,2}b{2,3}a$", "aabbba", true },
	{ "a bounded middle too long", "^a{1,2}b{2,3}a$", "abbbba", false },
};

static void
match(void **state)
{
	const struct row *row = *state;
	const struct pattern *pattern;
	const char *error = NULL;
	struct arena arena;
	size_t used;

	arena_init(&arena, 4096, 1 << 20);
	pattern = pattern_parse(&arena, slice_from(row->pattern), &error);
	if (pattern == NULL)
		fail_msg("%s", error);
	used = arena.used;
	assert_int_equal(pattern_check(pattern, &arena, slice_from(row->subject)), row->matches);
	assert_int_equal(arena.used, used);
	arena_done(&arena);
}

static const struct bad_row {
	const char *name, *pattern, *error; /* a piece of it */
} bad_rows[] = {
	{ "no start", "a$", "no ^" },
	{ "no end", "^a", "no ^" },
	{ "nothing", "", "no ^" },
	{ "one character", "^", "no ^" },
	{ "an escaped end", "^a\\$", "backslash at the end" },
	{ "a group", "^(a)$", "group" },
	{ "an alternative", "^a|b$", "alternative" },
	{ "a dot", "^.$", "dot" },
	{ "a stray star", "^*$", "stray" },
	{ "a lazy quantifier", "^a+?$", "stray" },
	{ "a double quantifier", "^a{2}{3}$", "stray" },
	{ "a negated class", "^[^a]$", "negated" },
	{ "an empty class", "^[]$", "negated or empty" },
	{ "a class without end", "^[a$", "without its end" },
	{ "a class that ends in a backslash", "^[a\\$", "backslash at the end" },
	{ "a bracket in a class", "^[[a]$", "printable" },
	{ "a range backwards", "^[z-a]$", "range" },
	{ "\\s, which reaches beyond ASCII", "^\\s$", "escape" },
	{ "\\b", "^\\bx$", "escape" },
	{ "a back reference", "^\\1$", "escape" },
	{ "a bad escape in a class", "^[\\s]$", "escape" },
	{ "a bad escape at the end of a range", "^[a-\\s]$", "escape" },
	{ "bytes beyond ASCII", "^\xc3\xa9$", "printable" },
	{ "bytes beyond ASCII in a class", "^[\xc3\xa9]$", "printable" },
	{ "empty braces", "^a{}$", "ill-formed" },
	{ "braces without a minimum", "^a{,3}$", "ill-formed" },
	{ "braces without end", "^a{3$", "ill-formed" },
	{ "braces with words", "^a{1,x}$", "ill-formed" },
	{ "more repeats than allowed", "^a{65536}$", "ill-formed" },
	{ "repeats backwards", "^a{3,2}$", "ends before" },
};

static void
bad(void **state)
{
	const struct bad_row *row = *state;
	const char *error = NULL;
	struct arena arena;

	arena_init(&arena, 4096, 1 << 20);
	assert_null(pattern_parse(&arena, slice_from(row->pattern), &error));
	if (strstr(error, row->error) == NULL)
		fail_msg("%s", error);
	arena_done(&arena);
}

static void
pieces_are_limited(void **state)
{
	char text[PATTERN_MAX_PIECES + 4];
	const char *error = NULL;
	struct arena arena;

	(void)state;
	arena_init(&arena, 4096, 1 << 20);
	memset(text, 'a', sizeof(text));
	text[0] = '^';
	text[PATTERN_MAX_PIECES + 1] = '$';
	assert_non_null(pattern_parse(&arena, slice_make(text, PATTERN_MAX_PIECES + 2), &error));
	text[PATTERN_MAX_PIECES + 1] = 'a';
	text[PATTERN_MAX_PIECES + 2] = '$';
	assert_null(pattern_parse(&arena, slice_make(text, PATTERN_MAX_PIECES + 3), &error));
	assert_string_equal(error, "too many pieces");
	arena_done(&arena);
}

static void
without_memory_nothing_matches(void **state)
{
	const struct pattern *pattern;
	const char *error = NULL;
	struct arena arena;

	(void)state;
	arena_init(&arena, 4096, 1 << 20);
	pattern = pattern_parse(&arena, SLICE_OF("^a+b+$"), &error);
	assert_non_null(pattern);
	assert_true(pattern_check(pattern, &arena, SLICE_OF("ab")));
	arena.ceiling = arena.used;
	assert_false(pattern_check(pattern, &arena, SLICE_OF("ab")));
	assert_null(pattern_parse(&arena, SLICE_OF("^a$"), &error));
	assert_string_equal(error, "no memory");
	arena_done(&arena);
}

/* The text that makes backtracking engines slow: n optional pieces and n needed ones. */
static void
no_text_is_slow(void **state)
{
	static char subject[60000];
	const struct pattern *pattern;
	const char *error = NULL;
	struct arena arena;

	(void)state;
	memset(subject, 'a', sizeof(subject));
	arena_init(&arena, 4096, 1 << 20);
	pattern = pattern_parse(&arena,
	    SLICE_OF("^a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b$"), &error);
	assert_non_null(pattern);
	assert_false(pattern_check(pattern, &arena, slice_make(subject, sizeof(subject))));
	arena_done(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_limited),
		cmocka_unit_test(without_memory_nothing_matches),
		cmocka_unit_test(no_text_is_slow),
	};

	return RUN_ROWS(rows, match) + RUN_ROWS(bad_rows, bad) +
	       cmocka_run_group_tests(tests, NULL, NULL);
}
