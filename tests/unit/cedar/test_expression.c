/*
 * Expressions: what each operator yields, which errors it has, and which texts are no
 * expressions.
 */
#include "world.h"

struct value_row {
	const char *name;   /* the expression */
	const char *result; /* a value as Cedar text, or "error: NAME" */
};

static const struct value_row value_rows[] = {
	/* equality is structural and never an error */
	{ "1 == 1", "true" },
	{ "1 == \"1\"", "false" },
	{ "1 != \"1\"", "true" },
	{ "true == 1", "false" },
	{ "[1, 2] == [2, 1, 1]", "true" },
	{ "[1, 2] == [1, 3]", "false" },
	{ "[1] == [1, 2]", "false" },
	{ "[[1], [2]] == [[2], [1], [1]]", "true" },
	{ "{a: 1, b: [2]} == {b: [2, 2], \"a\": 1}", "true" },
	{ "{a: 1} == {a: 1, b: 2}", "false" },
	{ "{a: 1} == {b: 1}", "false" },
	{ "{a: 1} == {a: 2}", "false" },
	{ "{} == []", "false" },
	{ "User::\"a\" == User::\"a\"", "true" },
	{ "User::\"a\" == Group::\"a\"", "false" },
	{ "User::\"a\" == User::\"b\"", "false" },
	{ "\"\\u{e9}\" == \"e\\u{301}\"", "false" },
	{ "\"a\\0b\" == \"a\\0c\"", "false" },
	{ "principal == User::\"alice\"", "true" },
	{ "principal.nope == 1", "error: missing_attribute" },

	/* order: Long only */
	{ "1 < 2", "true" },
	{ "2 < 2", "false" },
	{ "2 <= 2", "true" },
	{ "3 > 2", "true" },
	{ "2 >= 3", "false" },
	{ "-9223372036854775808 < 9223372036854775807", "true" },
	{ "\"a\" < \"b\"", "error: type" },
	{ "1 < true", "error: type" },
	{ "true < 1", "error: type" },
	{ "[1] <= [1]", "error: type" },

	/* arithmetic is checked */
	{ "1 + 2 * 3", "7" },
	{ "(1 + 2) * 3", "9" },
	{ "10 - 2 - 3", "5" },
	{ "2 * 3 * 4 - 1", "23" },
	{ "9223372036854775807 + 1", "error: overflow" },
	{ "-9223372036854775808 - 1", "error: overflow" },
	{ "9223372036854775807 * 2", "error: overflow" },
	{ "9223372036854775807 + 1 - 1", "error: overflow" },
	{ "- 9223372036854775808", "-9223372036854775808" },
	{ "--9223372036854775808", "error: overflow" },
	{ "-(-9223372036854775807)", "9223372036854775807" },
	{ "----5", "5" },
	{ "-5.nope", "error: type" },
	{ "-principal.age", "-30" },
	{ "0007", "7" },
	{ "1 + \"a\"", "error: type" },
	{ "\"a\" + 1", "error: type" },
	{ "-true", "error: type" },
	{ "principal.big + context.n", "error: overflow" },
	{ "principal.age * context.n", "150" },

	/* logic stops early, and only then */
	{ "false && 1", "false" },
	{ "true && 1", "error: type" },
	{ "true && true && true", "true" },
	{ "1 && true", "error: type" },
	{ "true || 1", "true" },
	{ "false || 1", "error: type" },
	{ "false || false || true || 1", "true" },
	{ "true && false || true", "true" },
	{ "false && true || false", "false" },
	{ "1 || true", "error: type" },
	{ "context.nope || true", "error: missing_attribute" },
	{ "!true", "false" },
	{ "!!!!true", "true" },
	{ "!1", "error: type" },
	{ "if true then 1 else context.nope", "1" },
	{ "if false then context.nope else 2", "2" },
	{ "if 1 then 1 else 2", "error: type" },
	{ "if context.nope then 1 else 2", "error: missing_attribute" },
	{ "if true then if false then 1 else 2 else 3", "2" },
	{ "1 + (if true then 1 else 2)", "2" },

	/* attributes */
	{ "principal.age", "30" },
	{ "principal[\"odd name\"]", "true" },
	{ "principal.nested.a[\"b\"]", "1" },
	{ "{a: 1}.a", "1" },
	{ "{\"\": 1}[\"\"]", "1" },
	{ "{a: 1}.b", "error: missing_attribute" },
	{ "{a: 1, b: context.nope}.a", "error: missing_attribute" },
	{ "{principal: 1}.principal", "1" },
	{ "User::\"nobody\".age", "error: missing_entity" },
	{ "Group::\"all\".age", "error: missing_entity" },
	{ "\"text\".age", "error: type" },
	{ "[1].age", "error: type" },
	{ "principal.friend.age", "error: missing_attribute" },
	{ "resource.owner.friend == User::\"bob\"", "true" },
	{ "context.n", "5" },
	{ "context.nope", "error: missing_attribute" },
	{ "action == Action::\"view\"", "true" },

	/* has */
	{ "principal has age", "true" },
	{ "principal has nope", "false" },
	{ "principal has \"odd name\"", "true" },
	{ "principal has nested.a.b", "true" },
	{ "principal has nested.nope.b", "false" },
	{ "principal has nested.a.b.c", "error: type" },
	{ "principal has \"nested.a\"", "false" },
	{ "{\"a.b\": 1} has \"a.b\"", "true" },
	{ "principal has friend.age", "false" },
	{ "User::\"nobody\" has age", "false" },
	{ "Group::\"all\" has age", "false" },
	{ "{a: User::\"nobody\"} has a.b", "false" },
	{ "1 has a", "error: type" },
	{ "[1] has a", "error: type" },
	{ "context.nope has a", "error: missing_attribute" },
	{ "!context.flag has a", "error: type" },

	/* in */
	{ "principal in Group::\"staff\"", "true" },
	{ "principal in Group::\"all\"", "true" },
	{ "principal in principal", "true" },
	{ "Group::\"all\" in Group::\"staff\"", "false" },
	{ "User::\"bob\" in Group::\"staff\"", "false" },
	{ "User::\"nobody\" in User::\"nobody\"", "true" },
	{ "User::\"nobody\" in Group::\"staff\"", "false" },
	{ "principal in Group::\"nowhere\"", "false" },
	{ "principal in [Group::\"x\", Group::\"all\"]", "true" },
	{ "principal in []", "false" },
	{ "principal in [principal, 1]", "error: type" },
	{ "1 in []", "error: type" },
	{ "1 in principal", "error: type" },
	{ "principal in 1", "error: type" },
	{ "principal in {}", "error: type" },
	{ "principal in [context.nope]", "error: missing_attribute" },
	{ "action in Action::\"read\"", "true" },
	{ "principal.friend in [principal, User::\"bob\"]", "true" },

	/* is */
	{ "principal is User", "true" },
	{ "principal is Photo", "false" },
	{ "User::\"nobody\" is User", "true" },
	{ "A::B::\"x\" is A::B", "true" },
	{ "A::B::\"x\" is B", "false" },
	{ "1 is User", "error: type" },
	{ "principal is User in Group::\"all\"", "true" },
	{ "principal is Photo in 1", "false" },
	{ "principal is User in 1", "error: type" },
	{ "principal is User in [Group::\"staff\"]", "true" },
	{ "principal is User in context.nope", "error: missing_attribute" },

	/* like */
	{ "\"abc\" like \"a*\"", "true" },
	{ "\"abc\" like \"*c\"", "true" },
	{ "\"abc\" like \"*b*\"", "true" },
	{ "\"abc\" like \"abc\"", "true" },
	{ "\"abc\" like \"ab\"", "false" },
	{ "\"abc\" like \"\"", "false" },
	{ "\"\" like \"\"", "true" },
	{ "\"\" like \"*\"", "true" },
	{ "\"a\\nb\" like \"a*b\"", "true" },
	{ "\"aba\" like \"ab*ba\"", "false" },
	{ "\"abba\" like \"ab*ba\"", "true" },
	{ "\"a*c\" like \"a\\*c\"", "true" },
	{ "\"abc\" like \"a\\*c\"", "false" },
	{ "\"abc\" like \"a\\u{2a}c\"", "true" },
	{ "\"abc\" like \"a\\x2ac\"", "true" },
	{ "\"a.b.c\" like \"a*.*.*.*c\"", "false" },
	{ "\"a.b.xc\" like \"a*.*x*c\"", "true" },
	{ "\"xayazb\" like \"*a*a*b\"", "true" },
	{ "\"\\u{1f600}\\0!\" like \"*\\0*\"", "true" },
	{ "1 like \"*\"", "error: type" },
	{ "context.nope like \"*\"", "error: missing_attribute" },

	/* sets */
	{ "[1, 2].contains(1)", "true" },
	{ "[1, 2].contains(\"1\")", "false" },
	{ "[].contains(1)", "false" },
	{ "[[1, 2]].contains([2, 1])", "true" },
	{ "principal.list.contains(3)", "true" },
	{ "1.contains(1)", "error: type" },
	{ "[1].contains(context.nope)", "error: missing_attribute" },
	{ "[1, 2, 3].containsAll([3, 1])", "true" },
	{ "[1, 2, 3].containsAll([3, 4])", "false" },
	{ "[].containsAll([])", "true" },
	{ "[1].containsAll(1)", "error: type" },
	{ "[1, 2].containsAny([5, 2])", "true" },
	{ "[1, 2].containsAny([])", "false" },
	{ "[1].containsAny({})", "error: type" },
	{ "{}.containsAny([])", "error: type" },
	{ "[].isEmpty()", "true" },
	{ "[principal].isEmpty()", "false" },
	{ "\"\".isEmpty()", "error: type" },
	{ "[context.n, 5, 2 + 3] == [5]", "true" },
	{ "[1, context.nope]", "error: missing_attribute" },
	{ "{a: context.n} == {a: 5}", "true" },
	{ "[30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9,"
	  " 8, 7, 6, 5, 4, 3, 2, 1, 1, 30].containsAll([1, 15, 30, 16])",
	    "true" },

	/* precedence, white space, comments, strings */
	{ "!false && false", "false" },
	{ "1 + 1 == 2 && 2 * 2 == 4", "true" },
	{ "-1 + 2", "1" },
	{ "1\xe2\x80\xa8+\xc2\xa0"
	  "1",
	    "2" },
	{ "1 // one\n+ // and\r 1", "2" },
	{ "A // x\n :: // y\n B :: \"z\" == A::B::\"z\"", "true" },
	{ "A :: B :: \"z\" is A :: B", "true" },
	{ "\"a\nb\tc\" == \"a\\nb\\tc\"", "true" },
	{ "\"\\\\ \\' \\\" \\x41 \\u{4_1} \\u{10fffF}\" like \"\\\\ ' \\\" A A *\"", "true" },
	{ "[1, 2,] == [1, 2]", "true" },
	{ "{a: 1,} == {a: 1}", "true" },
	{ "[1].contains(1,)", "true" },
	{ "permit::\"x\" is permit", "true" },
	{ "principal::\"x\" == principal::\"x\"", "true" },
	{ "{when: 1}.when", "1" },
};

static void
evaluates(void **state)
{
	const struct value_row *row = *state;
	struct cedar_value value, wanted;
	enum cedar_error error;
	struct world world;

	world_init(&world);
	world_fill(&world);
	error = world_evaluate(&world, row->name, &value);
	if (strncmp(row->result, "error: ", 7) == 0) {
		assert_string_equal(cedar_error_name(error), row->result + 7);
	} else {
		assert_string_equal(cedar_error_name(error), "none");
		wanted = world_value(&world, row->result);
		assert_int_equal(value.kind, wanted.kind);
		assert_true(cedar_value_equal(value, wanted));
	}
	world_done(&world);
}

struct refused_row {
	const char *name; /* the text */
	unsigned column;
	const char *message, *hint; /* parts of them; hint NULL: none */
};

static const struct refused_row refused_rows[] = {
	{ "", 1, "expected an expression, found the end of the text", NULL },
	{ "1 = 1", 3, "found '='", "write ==" },
	{ "'a'", 1, "single quotes", "double quotes" },
	{ "true & true", 6, "unexpected '&'", "&&" },
	{ "true | true", 6, "unexpected '|'", "||" },
	{ "true # no", 6, "unexpected '#'", "//" },
	{ "\xef\xbb\xbf"
	  "1",
	    1, "byte order mark", "without it" },
	{ "1\xe2\x80\x8b", 2, "no place", NULL },
	{ "\xc3\xa9", 1, "no place", NULL },
	{ "\"\xc3\xa9\" $", 5, "no place", NULL },
	{ "1 / 2", 3, "found '/'", "no division" },
	{ "1 % 2", 3, "found '%'", "no division" },
	{ "1 < 2 < 3", 7, "'<' cannot follow", "parentheses" },
	{ "1 == 2 == 3", 8, "'==' cannot follow", "parentheses" },
	{ "context has a has b", 15, "'has' cannot follow", "parentheses" },
	{ "principal is User is User", 19, "'is' cannot follow", "parentheses" },
	{ "\"a\" like \"a\" like \"b\"", 14, "'like' cannot follow", "parentheses" },
	{ "!!!!!true", 5, "more than 4 '!'", NULL },
	{ "-----1", 5, "more than 4 '-'", NULL },
	{ "!-1", 2, "found '-'", NULL },
	{ "-!true", 2, "found '!'", NULL },
	{ "1 + if true then 1 else 2", 5, "found 'if'", "parentheses" },
	{ "if true then 1", 15, "expected 'else'", NULL },
	{ "if true 1 else 2", 9, "expected 'then'", NULL },
	{ "9223372036854775808", 1, "above 9223372036854775807", NULL },
	{ "18446744073709551616", 1, "above", NULL },
	{ "-(9223372036854775808)", 3, "above", NULL },
	{ "-9223372036854775808.a", 2, "outside the range", NULL },
	{ "-9223372036854775808[\"a\"]", 2, "outside the range", NULL },
	{ "-9223372036854775809", 2, "outside the range", NULL },
	{ "foo == 1", 1, "foo is none of", "Type::\"id\"" },
	{ "User::Group", 1, "User::Group is none of", "Type::\"id\"" },
	{ "principal::foo", 1, "principal::foo is none of", "Type::\"id\"" },
	{ "User::", 7, "expected a name or a string", NULL },
	{ "User::if::\"x\"", 7, "'if' is a reserved word", NULL },
	{ "__cedar::\"x\"", 1, "reserved", NULL },
	{ "A::__cedar::\"x\"", 4, "reserved", NULL },
	{ "principal.__cedar", 11, "reserved", NULL },
	{ "principal.in", 11, "'in' is a reserved word", NULL },
	{ "principal.", 11, "expected an attribute", NULL },
	{ "principal has true", 15, "reserved word", NULL },
	{ "principal has a.", 17, "expected an attribute name", NULL },
	{ "principal has \"a\".b", 18, "expected the end of the expression", NULL },
	{ "principal[a]", 11, "attribute name in double quotes", NULL },
	{ "principal[\"a\" + \"b\"]", 15, "expected ']'", NULL },
	{ "principal is \"User\"", 14, "expected an entity type", "without quotes" },
	{ "principal is User::\"x\"", 14, "found an entity", "==" },
	{ "principal is in", 14, "reserved word", NULL },
	{ "\"a\" like 1", 10, "expected a pattern", NULL },
	{ "\"a\" like (\"b\")", 10, "expected a pattern", NULL },
	{ "\"a\" like \"\\q\"", 11, "no such escape", "\\n" },
	{ "\"a\" like 'b'", 10, "single quotes", "double" },
	{ "\"a\\*\"", 3, "only on the right side of like", NULL },
	{ "\"\\a\"", 2, "no such escape", "\\n" },
	{ "\"\\/\"", 2, "no such escape", "\\n" },
	{ "\"\\u0041\"", 4, "needs braces", "\\u{..}" },
	{ "\"\\u{}\"", 4, "1 to 6 hex digits", NULL },
	{ "\"\\u{_1}\"", 5, "1 to 6 hex digits", NULL },
	{ "\"\\u{1234567}\"", 11, "1 to 6 hex digits", NULL },
	{ "\"\\u{12\"", 4, "1 to 6 hex digits", NULL },
	{ "\"\\u{d800}\"", 4, "no Unicode character", NULL },
	{ "\"\\u{110000}\"", 4, "no Unicode character", NULL },
	{ "\"\\x80\"", 4, "only to 7F", "\\u{..}" },
	{ "\"\\x4\"", 4, "two hex digits", NULL },
	{ "\"\\\n\"", 2, "no such escape", "\\n" },
	{ "\"a\rb\"", 3, "carriage return", "\\r" },
	{ "\"abc", 1, "does not end", "\"" },
	{ "\"abc\\\"", 1, "does not end", "\"" },
	{ "[1, 2", 6, "expected ',' or ']'", NULL },
	{ "[,]", 2, "expected an expression", NULL },
	{ "[1,,2]", 4, "expected an expression", NULL },
	{ "(1", 3, "expected ')'", NULL },
	{ "()", 2, "expected an expression", NULL },
	{ "{a 1}", 4, "expected ':'", NULL },
	{ "{a: 1 b: 2}", 7, "expected ',' or '}'", NULL },
	{ "{1: 2}", 2, "expected a key", NULL },
	{ "{if: 2}", 2, "reserved word", NULL },
	{ "{a: 1, b: 2, \"\\u{61}\": 3}", 14, "twice", NULL },
	{ "{a: 1, a: 2}", 8, "twice", NULL },
	{ "[1].contains()", 5, "contains takes 1 argument, not 0", NULL },
	{ "[1].containsAny([1], [2])", 5, "containsAny takes 1 argument, not 2", NULL },
	{ "[1].isEmpty(1)", 5, "isEmpty takes 0 arguments, not 1", NULL },
	{ "[1].includes(1)", 5, "there is no method 'includes'", "contains()" },
	{ "contains([1], 1)", 1, "contains is a method", "dot" },
	{ "isIpv4(1)", 1, "isIpv4 is a method", "dot" },
	{ "foo(1)", 1, "there is no function 'foo'", "the functions are ip" },
	{ "a::ip(1)", 1, "there is no function 'a::ip'", "the functions are ip" },
	{ "principal(1)", 1, "there is no function 'principal'", "the functions are ip" },
	{ "\"1.0\".decimal()", 7, "decimal is a function", "without a receiver" },
	{ "principal == ?principal", 14, "only in the head", NULL },
	{ "?user", 1, "no such template slot", "?principal" },
	{ "true true", 6, "expected the end of the expression", NULL },
};

static void
is_refused(void **state)
{
	const struct refused_row *row = *state;
	const struct cedar_complaint *complaint;
	struct world world;

	world_init(&world);
	assert_null(
	    expression_parse(&world.arena, "text", slice_from(row->name), &world.complaints));
	world_complains(&world, row->message);
	complaint = &world.complaints.items[0];
	if (row->hint == NULL)
		assert_null(complaint->hint);
	else
		assert_non_null(strstr(complaint->hint, row->hint));
	assert_int_equal(complaint->column, row->column);
	world_done(&world);
}

int
main(void)
{
	return RUN_ROWS(value_rows, evaluates) + RUN_ROWS(refused_rows, is_refused);
}
