/*
 * Well over a thousand texts with what the official engine makes of each: files of verdicts/. Texts
 * with characters that nobody sees are rows here.
 */
#include "cedar/extension.h"
#include "cedar/value.h"
#include "verdict_file.h"

/* "true", "false", "refused", "error NAME": what the engine makes of an expression. */
static const char *
judge_expression(struct world *world, struct slice text)
{
	const struct node *node = expression_parse(&world->arena, "text", text, &world->complaints);
	struct evaluation evaluation;
	struct cedar_value value;
	enum cedar_error error;

	if (node == NULL)
		return "refused";
	evaluation_init(&evaluation, world->entities, &world->request, &world->arena);
	error = cedar_evaluate(&evaluation, node, &value);
	assert_false(evaluation.is_stopped);
	if (error == CEDAR_ERROR_NONE && value.kind != CEDAR_BOOL)
		error = CEDAR_ERROR_TYPE; /* as it is for a condition */
	if (error != CEDAR_ERROR_NONE)
		return arena_printf(&world->arena, "error %s", cedar_error_name(error));
	return value.as.boolean ? "true" : "false";
}

/* "taken" or "refused"; a refusal has its place within the text. */
static const char *
judge_policies(struct world *world, struct slice text)
{
	struct cedar_builder *builder = cedar_builder_new(&world->arena);
	const struct cedar_complaint *complaint = &world->complaints.items[0];

	assert_non_null(builder);
	if (cedar_builder_add_text(builder, "text", text, &world->complaints))
		return "taken";
	assert_true(world->complaints.count > 0);
	assert_true(complaint->line > 0 && complaint->column > 0);
	assert_non_null(cedar_complaint_text(&world->arena, complaint));
	return "refused";
}

/* What extension_text() writes makes the same value; but for datetimes of odd years it writes. */
static void
check_canonical_text(const struct node *literal)
{
	struct cedar_value value = *literal->constant, again, text;
	char room[EXTENSION_MAX_TEXT];
	struct cedar_ip ip;
	size_t len = extension_text(value, room);

	assert_true(len < sizeof(room));
	if (len == 0) {
		assert_int_equal(value.kind, CEDAR_DATETIME);
		return;
	}
	text = value_string(slice_make(room, len));
	assert_int_equal(
	    extension_apply(literal->as.call.call, &text, 1, &ip, &again), CEDAR_ERROR_NONE);
	assert_true(cedar_value_equal(value, again));
	assert_int_equal(extension_constructor(value.kind), literal->as.call.call);
}

/* "value" or "none": whether a constructor takes its literal. */
static const char *
judge_literal(struct world *world, struct slice text)
{
	const struct node *node = expression_parse(&world->arena, "text", text, &world->complaints);
	struct evaluation evaluation;
	struct cedar_value value;

	assert_non_null(node);
	assert_int_equal(node->kind, NODE_CALL);
	evaluation_init(&evaluation, world->entities, &world->request, &world->arena);
	switch (cedar_evaluate(&evaluation, node, &value)) {
	case CEDAR_ERROR_NONE:
		assert_non_null(node->constant);
		check_canonical_text(node);
		return "value";
	case CEDAR_ERROR_EXTENSION:
		assert_null(node->constant);
		return "none";
	default:
		return "another error";
	}
}

static const struct verdict_file file_rows[] = {
	{ "literals.txt", judge_literal, 340 },
	{ "expressions.txt", judge_expression, 560 },
	{ "extensions.txt", judge_expression, 150 },
	{ "policies.txt", judge_policies, 350 },
};

/* What a file of lines cannot show. */
struct odd_row {
	const char *name, *verdict;
	struct slice text;
};

static const struct odd_row odd_rows[] = {
	{ "a carriage return in a string", "refused", SLICE("\"a\rb\" == \"a\"") },
	{ "a line end of Windows in a string", "refused", SLICE("\"a\r\nb\" == \"a\"") },
	{ "a carriage return in a pattern", "refused", SLICE("\"a\" like \"a\rb\"") },
	{ "a backslash before a carriage return", "refused", SLICE("\"a\\\r\" == \"a\"") },
	{ "U+2028 is white space", "true", SLICE("true\xe2\x80\xa8") },
	{ "U+0085 is white space", "true", SLICE("true\xc2\x85") },
	{ "U+00A0 is white space", "true", SLICE("\xc2\xa0true") },
	{ "U+1680 is white space", "true", SLICE("\xe1\x9a\x80true") },
	{ "U+2000 and U+200A are white space", "true", SLICE("\xe2\x80\x80true\xe2\x80\x8a") },
	{ "U+202F, U+205F, U+3000 are white space", "true",
	    SLICE("\xe2\x80\xaf\xe2\x81\x9f\xe3\x80\x80true") },
	{ "vertical tab and form feed are white space", "true", SLICE("\vtrue\f") },
	{ "U+200B is none", "refused", SLICE("\xe2\x80\x8btrue") },
	{ "a byte order mark is none", "refused", SLICE("\xef\xbb\xbftrue") },
	{ "nor is it at the end", "refused", SLICE("true\xef\xbb\xbf") },
	{ "U+001F is none", "refused", SLICE("true\x1f") },
	{ "NUL is none", "refused", SLICE("\0true") },
	{ "nor is it at the end, NUL", "refused", SLICE("true\0") },
	{ "U+2028 does not end a comment", "true", SLICE("// a\xe2\x80\xa8 false\n true") },
	{ "U+0085 does not end a comment", "true", SLICE("// a\xc2\x85 false\ntrue") },
	{ "a carriage return ends a comment", "true", SLICE("//a\rtrue") },
	{ "a line end of Windows", "true", SLICE("// a\r\ntrue\r\n") },
	{ "NUL in a comment", "true", SLICE("// \0\ntrue") },
	{ "NUL in a string", "true", SLICE("\"\0\" == \"\\0\"") },
	{ "U+0001 in a string", "true", SLICE("\"\x01\" == \"\\u{1}\"") },
	{ "U+007F in a string", "true", SLICE("\"\x7f\" == \"\\x7f\"") },
	{ "U+0085 in a string", "true", SLICE("\"\xc2\x85\" == \"\\u{85}\"") },
	{ "U+2028 in a string", "true", SLICE("\"\xe2\x80\xa8\" == \"\\u{2028}\"") },
	{ "U+FEFF in a string", "true", SLICE("\"\xef\xbb\xbf\" == \"\\u{feff}\"") },
	{ "U+FFFD in a string", "true", SLICE("\"\xef\xbf\xbd\" == \"\\u{fffd}\"") },
	{ "nothing", "refused", SLICE("") },
	{ "no UTF-8", "refused", SLICE("\"\xff\" == \"\"") },
	{ "no UTF-8 in a comment", "refused", SLICE("true // \xc3") },
	{ "an overlong form", "refused", SLICE("\"\xc0\x80\" == \"\"") },
	{ "a surrogate", "refused", SLICE("\"\xed\xa0\x80\" == \"\"") },
};

static void
an_odd_text_is_judged_as_it_says(void **state)
{
	const struct odd_row *row = *state;
	struct world world;

	world_init(&world);
	world_fill(&world);
	assert_string_equal(judge_expression(&world, row->text), row->verdict);
	world_done(&world);
}

int
main(void)
{
	return RUN_ROWS(file_rows, a_file_is_judged_as_it_says) +
	       RUN_ROWS(odd_rows, an_odd_text_is_judged_as_it_says);
}
