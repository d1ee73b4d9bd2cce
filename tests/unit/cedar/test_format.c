/*
 * The formatter: files of format/ laid out in two ways, as recorded (and, but for what the official
 * formatter loses of comments, as that one does it); formatting twice changes nothing; whatever is
 * taken of verdicts/policies.txt keeps its tokens and comments.
 */
#include "cedar/format_text.h"
#include "fixture.h"
#include "verdict_file.h"

enum { MAX_TEXT = 64 * 1024 };

struct layout_row {
	const char *name, *file;
	unsigned line_width, indent_width;
};

/* The formatted text; it must be its own formatted text. */
static struct slice
format(struct arena *arena, struct slice text, unsigned line_width, unsigned indent_width)
{
	struct cedar_complaints complaints;
	struct buffer once, twice;

	buffer_init(&once, arena, 256, 8 * MAX_TEXT);
	buffer_init(&twice, arena, 256, 8 * MAX_TEXT);
	if (!policy_text_format(arena, "text", text, line_width, indent_width, &complaints, &once))
		fail_msg("%s", cedar_complaint_text(arena, &complaints.items[0]));
	assert_true(policy_text_format(
	    arena, "text", buffer_content(&once), line_width, indent_width, &complaints, &twice));
	if (!slice_equal(buffer_content(&once), buffer_content(&twice)))
		fail_msg("formatted once:\n%.*s\nand twice:\n%.*s",
		    SLICE_ARGS(buffer_content(&once)), SLICE_ARGS(buffer_content(&twice)));
	return buffer_content(&once);
}

static void
a_file_is_laid_out_as_recorded(void **state)
{
	const struct layout_row *row = *state;
	struct slice expected, found;
	struct arena arena;

	arena_init(&arena, 64 * 1024, 64 * 1024 * 1024);
	expected = fixture_read(&arena, arena_printf(&arena, "format/%s.%u.%u.expected", row->file,
					    row->line_width, row->indent_width));
	found =
	    format(&arena, fixture_read(&arena, arena_printf(&arena, "format/%s.cedar", row->file)),
		row->line_width, row->indent_width);
	if (!slice_equal(found, expected))
		fail_msg("%.*s", SLICE_ARGS(found));
	arena_done(&arena);
}

static const struct layout_row layout_rows[] = {
	{ "policies in 80 columns", "policies", 80, 2 },
	{ "policies in 40 columns", "policies", 40, 4 },
	{ "comments in 80 columns", "comments", 80, 2 },
	{ "comments in 40 columns", "comments", 40, 4 },
};

struct text_row {
	const char *name;
	struct slice text;
	const char *formatted; /* NULL: refused */
};

static void
a_text_is_formatted(void **state)
{
	const struct text_row *row = *state;
	struct cedar_complaints complaints;
	struct buffer out;
	struct arena arena;

	arena_init(&arena, 64 * 1024, 64 * 1024 * 1024);
	buffer_init(&out, &arena, 256, MAX_TEXT);
	if (row->formatted == NULL) {
		assert_false(
		    policy_text_format(&arena, "text", row->text, 80, 2, &complaints, &out));
		assert_true(complaints.count > 0);
	} else {
		assert_true(
		    slice_equal(format(&arena, row->text, 80, 2), slice_from(row->formatted)));
	}
	arena_done(&arena);
}

#define SEVEN "\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad"
#define EIGHT "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
#define POLICY "permit (principal, action, resource);\n"

static const struct text_row text_rows[] = {
	{ "nothing", SLICE(""), "" },
	{ "white space", SLICE(" \n\t"), "" },
	{ "a comment alone", SLICE("\n\n  // a \n"), "// a\n" },
	{ "a policy without a line end", SLICE("permit(principal,action,resource);"), POLICY },
	{ "line ends of Windows", SLICE("permit(principal,action,resource);\r\n\r\n"), POLICY },
	{ "comments end at carriage returns",
	    SLICE("// a\r// b\rpermit(principal,action,resource);// c\r// d\r"),
	    "// a\n// b\npermit (principal, action, resource); // c\n// d\n" },
	{ "a comment behind nothing but the start",
	    SLICE("// a\npermit(principal,action,resource);"), "// a\n" POLICY },
	{ "other white space", SLICE("\xc2\xa0permit\xe3\x80\x80(principal,action,resource);"),
	    POLICY },
	{ "characters of two columns count two",
	    SLICE(
		"permit(principal,action,resource) when { principal.a == \"" SEVEN SEVEN SEVEN SEVEN
		"\" };"),
	    "permit (principal, action, resource)\nwhen\n{ principal.a == \"" SEVEN SEVEN SEVEN
		SEVEN "\" };\n" },
	{ "others count one",
	    SLICE("permit(principal,action,resource) when { principal.a == \"" EIGHT EIGHT EIGHT
		    EIGHT EIGHT EIGHT "\" };"),
	    "permit (principal, action, resource)\nwhen { principal.a == \"" EIGHT EIGHT EIGHT EIGHT
		EIGHT EIGHT "\" };\n" },
	{ "numbers lose their zeros",
	    SLICE("permit(principal,action,resource) when { 007 == 00 && \"01\" == -010 };"),
	    "permit (principal, action, resource)\nwhen { 7 == 0 && \"01\" == -10 };\n" },
	{ "what does not parse", SLICE("permit(principal,action);"), NULL },
	{ "what is no UTF-8", SLICE("// \xff"), NULL },
};

static void
whatever_is_taken_keeps_its_tokens(void **state)
{
	static const struct {
		unsigned line_width, indent_width;
	} rows[] = { { 80, 2 }, { 1, 8 }, { 1000000, 0 } };
	struct slice texts, line;
	size_t count = 0;
	struct arena arena;

	(void)state;
	arena_init(&arena, 64 * 1024, 64 * 1024 * 1024);
	for (texts = fixture_read(&arena, "verdicts/policies.txt"); texts.len > 0;) {
		line = slice_cut(&texts, '\n');
		if (!slice_starts(line, SLICE_OF("taken | ")))
			continue;
		for (size_t i = 0; i < COUNT_OF(rows); i++) {
			struct arena scratch;

			arena_init(&scratch, 64 * 1024, 64 * 1024 * 1024);
			(void)format(&scratch, verdict_text(&scratch, slice_skip(line, 8)),
			    rows[i].line_width, rows[i].indent_width);
			arena_done(&scratch);
		}
		count++;
	}
	assert_true(count > 100);
	arena_done(&arena);
}

static void
parentheses_without_end_end_at_the_bound(void **state)
{
	struct cedar_complaints complaints;
	struct buffer text, out;
	struct arena arena;

	(void)state;
	arena_init(&arena, 64 * 1024, 256 * 1024 * 1024);
	buffer_init(&text, &arena, 256, 8 * MAX_TEXT);
	buffer_init(&out, &arena, 256, 8 * MAX_TEXT);
	/* The parser needs no depth for those of the head. */
	buffer_text(&text, "permit(principal == ");
	for (int i = 0; i < 100000; i++)
		buffer_byte(&text, '(');
	buffer_text(&text, "U::\"a\"");
	for (int i = 0; i < 100000; i++)
		buffer_byte(&text, ')');
	buffer_text(&text, ", action, resource);");
	assert_false(
	    policy_text_format(&arena, "text", buffer_content(&text), 80, 2, &complaints, &out));
	assert_int_equal(complaints.count, 1);
	assert_true(complaints.items[0].is_limit);
	arena_done(&arena);
}

static void
a_long_text_takes_its_time_and_no_more(void **state)
{
	struct buffer text;
	struct arena arena;
	struct slice formatted;

	(void)state;
	arena_init(&arena, 64 * 1024, 1024 * 1024 * 1024);
	buffer_init(&text, &arena, 256, MAX_TEXT);
	buffer_text(&text, "permit(principal, action, resource) when { [");
	for (int i = 0; i < 6000; i++)
		buffer_text(&text, i % 3 == 0 ? "1, " : "[2],");
	buffer_text(&text, "].isEmpty() };");
	for (int i = 0; i < 2000; i++)
		buffer_text(&text, "// a comment\n");
	formatted = format(&arena, buffer_content(&text), 80, 2);
	assert_true(formatted.len > text.len);
	arena_done(&arena);
}

static void
memory_may_end_anywhere(void **state)
{
	size_t failures = 0;
	bool is_done = false;

	(void)state;
	for (size_t ceiling = 512; !is_done; ceiling += 256) {
		struct cedar_complaints complaints;
		struct buffer out;
		struct arena arena;

		arena_init(&arena, 512, ceiling);
		buffer_init(&out, &arena, 16, MAX_TEXT);
		is_done = policy_text_format(&arena, "text",
		    SLICE_OF("// a\npermit(principal,action,resource)when{[1,{a:2}]has x"
			     "};//d"),
		    80, 2, &complaints, &out);
		if (!is_done) {
			assert_int_equal(complaints.count, 1);
			assert_true(complaints.items[0].is_limit);
			failures++;
		}
		arena_done(&arena);
	}
	assert_true(failures > 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whatever_is_taken_keeps_its_tokens),
		cmocka_unit_test(parentheses_without_end_end_at_the_bound),
		cmocka_unit_test(a_long_text_takes_its_time_and_no_more),
		cmocka_unit_test(memory_may_end_anywhere),
	};

	return RUN_ROWS(layout_rows, a_file_is_laid_out_as_recorded) +
	       RUN_ROWS(text_rows, a_text_is_formatted) + cmocka_run_group_tests(tests, NULL, NULL);
}
