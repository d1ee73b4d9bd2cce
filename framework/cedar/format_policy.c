/* Policies laid out: annotations, the head, conditions; the production above each function. */
#include "cedar/formatter.h"

/* "@" ANYIDENT [ "(" STRING ")" ] */
static void
format_annotation(struct formatter *formatter, struct layout_doc *into)
{
	formatter_put(formatter, into, BEHIND_NOTHING);
	formatter_put(formatter, into, BEHIND_NOTHING);
	if (formatter_at(formatter, TOKEN_OPEN_PAREN)) {
		formatter_put(formatter, into, BEHIND_NOTHING);
		formatter_put(formatter, into, BEHIND_NOTHING);
		formatter_put(formatter, into, BEHIND_NOTHING);
	}
	layout_hard(&formatter->layout, into);
}

/* "is" type, behind a variable of the head */
static void
format_scope_type(struct formatter *formatter, struct layout_doc *into)
{
	struct layout_doc *group, *nest;

	if (!formatter_at(formatter, TOKEN_IS))
		return;
	nest = layout_nest(
	    &formatter->layout, layout_group(&formatter->layout, into), formatter->indent);
	group = layout_group(&formatter->layout, nest);
	layout_line(&formatter->layout, group);
	formatter_put(formatter, group, BEHIND_NOTHING);
	layout_line(&formatter->layout, nest);
	format_sum(formatter, nest);
}

/* variable [ "is" type ] [ ( "==" | "in" ) expr ] */
static void
format_scope(struct formatter *formatter, struct layout_doc *into)
{
	struct layout_doc *group, *inner, *nest;

	formatter_put_leading(formatter, into);
	group = layout_group(&formatter->layout, into);
	inner = layout_group(&formatter->layout, group);
	formatter_put(formatter, inner, BEHIND_NOTHING);
	format_scope_type(formatter, inner);
	if (!formatter_at(formatter, TOKEN_EQUAL) && !formatter_at(formatter, TOKEN_IN))
		return;
	layout_line(&formatter->layout, inner);
	formatter_put(formatter, inner, BEHIND_NOTHING);
	nest = layout_nest(&formatter->layout, group, formatter->indent);
	layout_line(&formatter->layout, nest);
	format_expression(formatter, nest);
}

/* Whether the head, whose "(" was taken, is "principal, action, resource" alone. */
static bool
is_bare_head(const struct formatter *formatter)
{
	struct lexer lexer = formatter->lexer;
	enum token_kind kind;

	for (int i = 0; i < 2; i++)
		if (lexer_next(&lexer).kind != TOKEN_COMMA ||
		    lexer_next(&lexer).kind != TOKEN_IDENTIFIER)
			return false;
	kind = lexer_next(&lexer).kind;
	return kind == TOKEN_COMMA || kind == TOKEN_CLOSE_PAREN;
}

/* P "," A "," R [ "," ] */
static void
format_scopes(struct formatter *formatter, struct layout_doc *into)
{
	bool is_bare = is_bare_head(formatter);
	struct layout_doc *nest = layout_nest(&formatter->layout, into, formatter->indent);

	if (!is_bare)
		layout_hard(&formatter->layout, nest);
	for (int i = 0; i < 3; i++) {
		format_scope(formatter, nest);
		if (i < 2)
			formatter_put(formatter, nest, is_bare ? BEHIND_SPACE : BEHIND_HARD);
	}
	if (!is_bare)
		layout_hard(&formatter->layout, into);
}

/* ( "when" | "unless" ) "{" expr "}" */
static void
format_condition(struct formatter *formatter, struct layout_doc *into)
{
	struct layout_doc *group, *braces, *nest;
	struct piece open;

	formatter_put_leading(formatter, into);
	group = layout_group(&formatter->layout, into);
	formatter_put(formatter, group, BEHIND_LINE);
	open = formatter_take(formatter);
	formatter_put_comments(formatter, group, open.leading);
	layout_text(&formatter->layout, group, open.raw);
	braces = layout_group(&formatter->layout, group);
	nest = layout_nest(&formatter->layout, braces, formatter->indent);
	formatter_put_behind(formatter, nest, open.trailing, BEHIND_LINE);
	formatter_put_leading(formatter, nest);
	format_expression(formatter, layout_group(&formatter->layout, nest));
	layout_line(&formatter->layout, braces);
	formatter_put(formatter, braces, BEHIND_NOTHING);
}

static bool
at_condition(const struct formatter *formatter)
{
	return formatter_at_name(formatter, "when") || formatter_at_name(formatter, "unless");
}

/* annotations ( "permit" | "forbid" ) "(" scopes ")" conditions ";" */
void
format_policy(struct formatter *formatter, struct layout_doc *into)
{
	struct layout_doc *group;

	while (formatter_at(formatter, TOKEN_AT))
		format_annotation(formatter, into);
	formatter_put_leading(formatter, into);
	group = layout_group(&formatter->layout, into);
	formatter_put(formatter, group, BEHIND_LINE);
	formatter_put(formatter, group, BEHIND_NOTHING);
	format_scopes(formatter, into);
	formatter_put(formatter, into, BEHIND_NOTHING);
	while (at_condition(formatter)) {
		layout_hard(&formatter->layout, into);
		format_condition(formatter, into);
	}
	formatter_put(formatter, into, BEHIND_NOTHING);
}
