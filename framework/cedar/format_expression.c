/*
 * Expressions laid out, one function a level of the grammar, the production above it, loosest binding
 * last.
 */
#include "cedar/formatter.h"

/* IDENT { "::" IDENT } [ "::" STRING ] */
static void
format_path(struct formatter *formatter, struct layout_doc *into)
{
	formatter_put(formatter, into, BEHIND_NOTHING);
	while (formatter_at(formatter, TOKEN_PATH)) {
		formatter_put(formatter, into, BEHIND_NOTHING);
		formatter_put(formatter, into, BEHIND_NOTHING);
	}
}

/* The comma between two elements. */
static void
format_comma(struct formatter *formatter, struct layout_doc *into)
{
	if (formatter_at(formatter, TOKEN_COMMA))
		formatter_put(formatter, into, BEHIND_LINE);
}

/* expr { "," expr } [ "," ] */
static void
format_elements(struct formatter *formatter, struct layout_doc *into, enum token_kind close)
{
	while (!formatter_at(formatter, close) && !formatter_at(formatter, TOKEN_END)) {
		format_expression(formatter, into);
		format_comma(formatter, into);
	}
}

/* "(" expr ")", with its inside aligned */
static void
format_parenthesised(struct formatter *formatter, struct layout_doc *into)
{
	struct layout_doc *group = layout_group(&formatter->layout, into);

	formatter_put(formatter, group, BEHIND_NOTHING);
	format_expression(formatter, layout_nest(&formatter->layout, group, 1));
	formatter_put(formatter, group, BEHIND_NOTHING);
}

/* "[" elements "]", likewise */
static void
format_set(struct formatter *formatter, struct layout_doc *into)
{
	formatter_put(formatter, into, BEHIND_NOTHING);
	format_elements(formatter, layout_nest(&formatter->layout, into, 1), TOKEN_CLOSE_BRACKET);
	formatter_put(formatter, into, BEHIND_NOTHING);
}

/* "{" key ":" expr { "," key ":" expr } [ "," ] "}" */
static void
format_record(struct formatter *formatter, struct layout_doc *into)
{
	struct layout_doc *nest, *group;

	formatter_put(formatter, into, BEHIND_NOTHING);
	if (!formatter_at(formatter, TOKEN_CLOSE_BRACE)) {
		nest = layout_nest(&formatter->layout, into, formatter->indent);
		group = layout_group(&formatter->layout, nest);
		layout_line(&formatter->layout, group);
		while (!formatter_at(formatter, TOKEN_CLOSE_BRACE) &&
		       !formatter_at(formatter, TOKEN_END)) {
			formatter_put(formatter, group, BEHIND_NOTHING);
			formatter_put(formatter, group, BEHIND_SPACE);
			format_expression(formatter, group);
			format_comma(formatter, group);
		}
		layout_line(&formatter->layout, group);
	}
	formatter_put(formatter, into, BEHIND_NOTHING);
}

/* literal | Uid | name | "(" expr ")" | set | record */
static void
format_primary(struct formatter *formatter, struct layout_doc *into)
{
	if (formatter_at(formatter, TOKEN_IDENTIFIER))
		format_path(formatter, into);
	else if (formatter_at(formatter, TOKEN_OPEN_PAREN))
		format_parenthesised(formatter, into);
	else if (formatter_at(formatter, TOKEN_OPEN_BRACKET))
		format_set(formatter, into);
	else if (formatter_at(formatter, TOKEN_OPEN_BRACE))
		format_record(formatter, into);
	else
		formatter_put(formatter, into, BEHIND_NOTHING);
}

/* "." IDENT | "(" [ args ] ")" | "[" STRING "]" */
static void
format_access(struct formatter *formatter, struct layout_doc *into)
{
	enum token_kind kind = formatter->token.kind;
	struct layout_doc *nest;

	formatter_put(formatter, into, BEHIND_NOTHING);
	if (kind != TOKEN_OPEN_PAREN) {
		formatter_put(formatter, into, BEHIND_NOTHING);
	} else if (!formatter_at(formatter, TOKEN_CLOSE_PAREN)) {
		nest = layout_nest(&formatter->layout, into, formatter->indent);
		layout_soft(&formatter->layout, nest);
		format_elements(formatter, nest, TOKEN_CLOSE_PAREN);
		layout_soft(&formatter->layout, into);
	}
	if (kind != TOKEN_DOT)
		formatter_put(formatter, into, BEHIND_NOTHING);
}

static bool
at_access(const struct formatter *formatter)
{
	return formatter_at(formatter, TOKEN_DOT) || formatter_at(formatter, TOKEN_OPEN_PAREN) ||
	       formatter_at(formatter, TOKEN_OPEN_BRACKET);
}

/* primary { access } */
static void
format_member(struct formatter *formatter, struct layout_doc *into)
{
	struct layout_doc *group = layout_group(&formatter->layout, into), *nest;

	format_primary(formatter, group);
	if (!at_access(formatter))
		return;
	nest = layout_nest(&formatter->layout, group, formatter->indent);
	for (bool is_first = true; at_access(formatter); is_first = false) {
		if (!is_first)
			layout_soft(&formatter->layout, nest);
		format_access(formatter, nest);
	}
}

/* { "!" } member | { "-" } member */
static void
format_unary(struct formatter *formatter, struct layout_doc *into)
{
	while (formatter_at(formatter, TOKEN_NOT) || formatter_at(formatter, TOKEN_MINUS))
		formatter_put(formatter, into, BEHIND_NOTHING);
	format_member(formatter, into);
}

/* unary { "*" unary } */
static void
format_product(struct formatter *formatter, struct layout_doc *into)
{
	struct layout_doc *group = layout_group(&formatter->layout, into);

	format_unary(formatter, group);
	while (formatter_at(formatter, TOKEN_TIMES)) {
		layout_space(&formatter->layout, group);
		formatter_put(formatter, group, BEHIND_LINE);
		format_unary(formatter, group);
	}
}

/* product { ( "+" | "-" ) product } */
void
format_sum(struct formatter *formatter, struct layout_doc *into)
{
	struct layout_doc *group = layout_group(&formatter->layout, into);

	format_product(formatter, group);
	while (formatter_at(formatter, TOKEN_PLUS) || formatter_at(formatter, TOKEN_MINUS)) {
		layout_space(&formatter->layout, group);
		formatter_put(formatter, group, BEHIND_LINE);
		format_product(formatter, group);
	}
}

/* sum ( "has" | "like" ) sum, as one group */
static void
format_test(struct formatter *formatter, struct layout_doc *into, struct layout_doc *left)
{
	struct layout_doc *group = layout_group(&formatter->layout, into);

	layout_attach(group, left);
	layout_line(&formatter->layout, group);
	formatter_put(formatter, group, BEHIND_LINE);
	format_sum(formatter, layout_nest(&formatter->layout, group, formatter->indent));
}

/* sum "is" Path [ "in" sum ] */
static void
format_is(struct formatter *formatter, struct layout_doc *into, struct layout_doc *left)
{
	struct layout_doc *group = layout_group(&formatter->layout, into);

	layout_attach(group, left);
	layout_space(&formatter->layout, group);
	formatter_put(formatter, group, BEHIND_SPACE);
	format_sum(formatter, layout_nest(&formatter->layout, group, formatter->indent));
	if (!formatter_at(formatter, TOKEN_IN))
		return;
	layout_line(&formatter->layout, group);
	formatter_put(formatter, group, BEHIND_SPACE);
	format_sum(formatter, layout_nest(&formatter->layout, group, formatter->indent));
}

static bool
at_comparison(const struct formatter *formatter)
{
	switch (formatter->token.kind) {
	case TOKEN_EQUAL:
	case TOKEN_UNEQUAL:
	case TOKEN_LESS:
	case TOKEN_AT_MOST:
	case TOKEN_GREATER:
	case TOKEN_AT_LEAST:
	case TOKEN_IN:
		return true;
	default:
		return false;
	}
}

/* sum [ comparison sum ] | has | like | is */
static void
format_relation(struct formatter *formatter, struct layout_doc *into)
{
	struct layout_doc *left = layout_detached(&formatter->layout);

	format_sum(formatter, left);
	if (formatter_at(formatter, TOKEN_HAS) || formatter_at(formatter, TOKEN_LIKE)) {
		format_test(formatter, into, left);
	} else if (formatter_at(formatter, TOKEN_IS)) {
		format_is(formatter, into, left);
	} else {
		layout_attach(into, left);
		if (!at_comparison(formatter))
			return;
		layout_space(&formatter->layout, into);
		formatter_put(formatter, into, BEHIND_SPACE);
		format_sum(formatter, into);
	}
}

/* relation { "&&" relation } */
static void
format_and(struct formatter *formatter, struct layout_doc *into)
{
	format_relation(formatter, into);
	while (formatter_at(formatter, TOKEN_AND)) {
		layout_space(&formatter->layout, into);
		formatter_put(formatter, into, BEHIND_LINE);
		format_relation(formatter, into);
	}
}

/* and { "||" and } */
static void
format_or(struct formatter *formatter, struct layout_doc *into)
{
	format_and(formatter, into);
	while (formatter_at(formatter, TOKEN_OR)) {
		layout_space(&formatter->layout, into);
		formatter_put(formatter, into, BEHIND_LINE);
		format_and(formatter, into);
	}
}

/* "if" expr "then" expr "else" expr */
static void
format_if(struct formatter *formatter, struct layout_doc *into)
{
	struct layout_doc *group = layout_group(&formatter->layout, into), *nest;

	for (int i = 0; i < 3; i++) {
		if (i > 0)
			layout_line(&formatter->layout, group);
		formatter_put(formatter, group, BEHIND_NOTHING);
		nest = layout_nest(&formatter->layout, group, formatter->indent);
		layout_line(&formatter->layout, nest);
		format_expression(formatter, nest);
	}
}

void
format_expression(struct formatter *formatter, struct layout_doc *into)
{
	if (formatter->depth >= CEDAR_MAX_DEPTH)
		formatter_fail(formatter, "parentheses are nested too deep");
	if (formatter->failed)
		return;
	formatter->depth++;
	if (formatter_at(formatter, TOKEN_IF))
		format_if(formatter, into);
	else
		format_or(formatter, into);
	formatter->depth--;
}
