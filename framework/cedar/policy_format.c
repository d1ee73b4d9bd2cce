/*
 * The formatter: policy text -> the same tokens and comments with other white space, laid out as the
 * official formatter does. It works on tokens, not on the tree, so that everything keeps its
 * spelling; only a comma before a closing bracket and leading zeros of numbers go away.
 *
 * Comments belong to tokens. What stands behind a token in its line trails it; what stands in lines
 * of its own leads the next one. Wherever a token is put its comments are put with it, so none can be
 * lost. The text is parsed before, so that the walk over the grammar needs to find no faults. The
 * result is compared with the original, token by token, before anybody sees it.
 */
#include "cedar/layout.h"
#include "cedar/lexer.h"
#include "cedar/policy_json.h"

struct comment {
	struct slice text;
	struct comment *next;
};

/* A token with its comments. `raw` is its spelling, quotes included. */
struct piece {
	struct slice raw;
	struct comment *leading;
	struct slice trailing; /* data NULL: none */
};

struct formatter {
	struct source *source;
	struct lexer lexer;
	struct token token;                      /* the next one */
	struct comment *leading, **last_leading; /* its comments */
	struct layout layout;
	unsigned indent, depth;
	bool failed;
};

/* What comes behind a token that has no comment there; one that has ends its line. */
enum behind { NOTHING, SPACE, LINE, HARD };

static void format_expression(struct formatter *formatter, struct layout_doc *into);

/* Complains, once, and steps to the end of the text, so that all productions end. */
static void
fail(struct formatter *formatter, const char *message)
{
	if (!formatter->failed)
		complaint_limit(formatter->source, formatter->token.offset, NULL, "%s", message);
	formatter->failed = true;
	formatter->lexer.at = formatter->source->text.len;
	formatter->token = lexer_next(&formatter->lexer);
}

/* Tokens and their comments */

static struct slice
trim(struct slice text)
{
	text = slice_trim(text);
	while (text.len > 0 && (text.data[text.len - 1] == '\v' || text.data[text.len - 1] == '\f'))
		text = slice_trim(slice_first(text, text.len - 1));
	return text;
}

/* The next comment of a gap between tokens; whether a line ended before it. */
static bool
next_comment(struct slice *gap, struct slice *ret_text, bool *ret_is_new_line)
{
	size_t len = 0;

	*ret_is_new_line = false;
	while (gap->len > 0 && gap->data[0] != '/') {
		*ret_is_new_line |= gap->data[0] == '\n' || gap->data[0] == '\r';
		*gap = slice_skip(*gap, 1);
	}
	if (gap->len == 0)
		return false;
	while (len < gap->len && gap->data[len] != '\n' && gap->data[len] != '\r')
		len++;
	*ret_text = trim(slice_first(*gap, len));
	*gap = slice_skip(*gap, len);
	return true;
}

/* Puts a comment at the end of those that lead the next token. */
static void
lead_next(struct formatter *formatter, struct slice text)
{
	struct comment *comment = arena_alloc(formatter->source->arena, sizeof(*comment));

	if (comment == NULL) {
		fail(formatter, "out of memory");
		return;
	}
	*comment = (struct comment) { .text = text };
	*formatter->last_leading = comment;
	formatter->last_leading = &comment->next;
}

static bool
is_closing(enum token_kind kind)
{
	return kind == TOKEN_CLOSE_PAREN || kind == TOKEN_CLOSE_BRACKET ||
	       kind == TOKEN_CLOSE_BRACE;
}

/* The next token that is not a comma before a closing bracket. */
static struct token
next_token(struct lexer *lexer)
{
	struct token token = lexer_next(lexer);
	struct lexer ahead = *lexer;

	if (token.kind == TOKEN_COMMA && is_closing(lexer_next(&ahead).kind))
		token = lexer_next(lexer);
	return token;
}

/*
 * Reads the next token; `*ret_trailing` is the comment behind the one before it, which ended at
 * `end`. A comma that goes away counts as white space.
 */
static void
advance(struct formatter *formatter, uint32_t end, struct slice *ret_trailing)
{
	bool is_first = end > 0, is_new_line;
	struct slice gap, comment;

	*ret_trailing = slice_make(NULL, 0);
	formatter->token = next_token(&formatter->lexer);
	formatter->leading = NULL;
	formatter->last_leading = &formatter->leading;
	gap = slice_first(slice_skip(formatter->source->text, end), formatter->token.offset - end);
	for (; next_comment(&gap, &comment, &is_new_line); is_first = false)
		if (is_first && !is_new_line)
			*ret_trailing = comment;
		else
			lead_next(formatter, comment);
}

/* As it is put: numbers lose zeros that mean nothing. */
static struct slice
spelling(struct slice text, const struct token *token)
{
	struct slice raw = slice_first(slice_skip(text, token->offset), token->end - token->offset);

	while (token->kind == TOKEN_INTEGER && raw.len > 1 && raw.data[0] == '0')
		raw = slice_skip(raw, 1);
	return raw;
}

static struct piece
take(struct formatter *formatter)
{
	const struct token token = formatter->token;
	struct piece piece = { .leading = formatter->leading };

	piece.raw = spelling(formatter->source->text, &token);
	advance(formatter, token.end, &piece.trailing);
	return piece;
}

static bool
at(const struct formatter *formatter, enum token_kind kind)
{
	return formatter->token.kind == kind;
}

static bool
at_name(const struct formatter *formatter, const char *name)
{
	return at(formatter, TOKEN_IDENTIFIER) && slice_is(formatter->token.text, name);
}

/* Putting tokens into the layout */

static void
put_comments(struct formatter *formatter, struct layout_doc *into, const struct comment *comment)
{
	if (comment == NULL)
		return;
	layout_hard(&formatter->layout, into);
	for (; comment != NULL; comment = comment->next) {
		layout_text(&formatter->layout, into, comment->text);
		layout_hard(&formatter->layout, into);
	}
}

/* The comments that lead the next token, before a group that begins with it. */
static void
put_leading(struct formatter *formatter, struct layout_doc *into)
{
	put_comments(formatter, into, formatter->leading);
	formatter->leading = NULL;
	formatter->last_leading = &formatter->leading;
}

static void
put_behind(
    struct formatter *formatter, struct layout_doc *into, struct slice trailing, enum behind behind)
{
	if (trailing.data != NULL) {
		layout_space(&formatter->layout, into);
		layout_text(&formatter->layout, into, trailing);
		layout_hard(&formatter->layout, into);
		return;
	}
	switch (behind) {
	case NOTHING:
		break;
	case SPACE:
		layout_space(&formatter->layout, into);
		break;
	case LINE:
		layout_line(&formatter->layout, into);
		break;
	case HARD:
		layout_hard(&formatter->layout, into);
		break;
	}
}

/* The next token and its comments. */
static void
put(struct formatter *formatter, struct layout_doc *into, enum behind behind)
{
	struct piece piece = take(formatter);

	put_comments(formatter, into, piece.leading);
	layout_text(&formatter->layout, into, piece.raw);
	put_behind(formatter, into, piece.trailing, behind);
}

/* Expressions, one function a level of the grammar, loosest binding last */

/* IDENT { "::" IDENT } [ "::" STRING ] */
static void
format_path(struct formatter *formatter, struct layout_doc *into)
{
	put(formatter, into, NOTHING);
	while (at(formatter, TOKEN_PATH)) {
		put(formatter, into, NOTHING);
		put(formatter, into, NOTHING);
	}
}

/* The comma between two elements. */
static void
format_comma(struct formatter *formatter, struct layout_doc *into)
{
	if (at(formatter, TOKEN_COMMA))
		put(formatter, into, LINE);
}

/* expr { "," expr } [ "," ] */
static void
format_elements(struct formatter *formatter, struct layout_doc *into, enum token_kind close)
{
	while (!at(formatter, close) && !at(formatter, TOKEN_END)) {
		format_expression(formatter, into);
		format_comma(formatter, into);
	}
}

/* "(" expr ")", with its inside aligned */
static void
format_parenthesised(struct formatter *formatter, struct layout_doc *into)
{
	struct layout_doc *group = layout_group(&formatter->layout, into);

	put(formatter, group, NOTHING);
	format_expression(formatter, layout_nest(&formatter->layout, group, 1));
	put(formatter, group, NOTHING);
}

/* "[" elements "]", likewise */
static void
format_set(struct formatter *formatter, struct layout_doc *into)
{
	put(formatter, into, NOTHING);
	format_elements(formatter, layout_nest(&formatter->layout, into, 1), TOKEN_CLOSE_BRACKET);
	put(formatter, into, NOTHING);
}

/* "{" key ":" expr { "," key ":" expr } [ "," ] "}" */
static void
format_record(struct formatter *formatter, struct layout_doc *into)
{
	struct layout_doc *nest, *group;

	put(formatter, into, NOTHING);
	if (!at(formatter, TOKEN_CLOSE_BRACE)) {
		nest = layout_nest(&formatter->layout, into, formatter->indent);
		group = layout_group(&formatter->layout, nest);
		layout_line(&formatter->layout, group);
		while (!at(formatter, TOKEN_CLOSE_BRACE) && !at(formatter, TOKEN_END)) {
			put(formatter, group, NOTHING);
			put(formatter, group, SPACE);
			format_expression(formatter, group);
			format_comma(formatter, group);
		}
		layout_line(&formatter->layout, group);
	}
	put(formatter, into, NOTHING);
}

/* literal | Uid | name | "(" expr ")" | set | record */
static void
format_primary(struct formatter *formatter, struct layout_doc *into)
{
	if (at(formatter, TOKEN_IDENTIFIER))
		format_path(formatter, into);
	else if (at(formatter, TOKEN_OPEN_PAREN))
		format_parenthesised(formatter, into);
	else if (at(formatter, TOKEN_OPEN_BRACKET))
		format_set(formatter, into);
	else if (at(formatter, TOKEN_OPEN_BRACE))
		format_record(formatter, into);
	else
		put(formatter, into, NOTHING);
}

/* "." IDENT | "(" [ args ] ")" | "[" STRING "]" */
static void
format_access(struct formatter *formatter, struct layout_doc *into)
{
	enum token_kind kind = formatter->token.kind;
	struct layout_doc *nest;

	put(formatter, into, NOTHING);
	if (kind != TOKEN_OPEN_PAREN) {
		put(formatter, into, NOTHING);
	} else if (!at(formatter, TOKEN_CLOSE_PAREN)) {
		nest = layout_nest(&formatter->layout, into, formatter->indent);
		layout_soft(&formatter->layout, nest);
		format_elements(formatter, nest, TOKEN_CLOSE_PAREN);
		layout_soft(&formatter->layout, into);
	}
	if (kind != TOKEN_DOT)
		put(formatter, into, NOTHING);
}

static bool
at_access(const struct formatter *formatter)
{
	return at(formatter, TOKEN_DOT) || at(formatter, TOKEN_OPEN_PAREN) ||
	       at(formatter, TOKEN_OPEN_BRACKET);
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
	while (at(formatter, TOKEN_NOT) || at(formatter, TOKEN_MINUS))
		put(formatter, into, NOTHING);
	format_member(formatter, into);
}

/* unary { "*" unary } */
static void
format_product(struct formatter *formatter, struct layout_doc *into)
{
	struct layout_doc *group = layout_group(&formatter->layout, into);

	format_unary(formatter, group);
	while (at(formatter, TOKEN_TIMES)) {
		layout_space(&formatter->layout, group);
		put(formatter, group, LINE);
		format_unary(formatter, group);
	}
}

/* product { ( "+" | "-" ) product } */
static void
format_sum(struct formatter *formatter, struct layout_doc *into)
{
	struct layout_doc *group = layout_group(&formatter->layout, into);

	format_product(formatter, group);
	while (at(formatter, TOKEN_PLUS) || at(formatter, TOKEN_MINUS)) {
		layout_space(&formatter->layout, group);
		put(formatter, group, LINE);
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
	put(formatter, group, LINE);
	format_sum(formatter, layout_nest(&formatter->layout, group, formatter->indent));
}

/* sum "is" Path [ "in" sum ] */
static void
format_is(struct formatter *formatter, struct layout_doc *into, struct layout_doc *left)
{
	struct layout_doc *group = layout_group(&formatter->layout, into);

	layout_attach(group, left);
	layout_space(&formatter->layout, group);
	put(formatter, group, SPACE);
	format_sum(formatter, layout_nest(&formatter->layout, group, formatter->indent));
	if (!at(formatter, TOKEN_IN))
		return;
	layout_line(&formatter->layout, group);
	put(formatter, group, SPACE);
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
	if (at(formatter, TOKEN_HAS) || at(formatter, TOKEN_LIKE)) {
		format_test(formatter, into, left);
	} else if (at(formatter, TOKEN_IS)) {
		format_is(formatter, into, left);
	} else {
		layout_attach(into, left);
		if (!at_comparison(formatter))
			return;
		layout_space(&formatter->layout, into);
		put(formatter, into, SPACE);
		format_sum(formatter, into);
	}
}

/* relation { "&&" relation } */
static void
format_and(struct formatter *formatter, struct layout_doc *into)
{
	format_relation(formatter, into);
	while (at(formatter, TOKEN_AND)) {
		layout_space(&formatter->layout, into);
		put(formatter, into, LINE);
		format_relation(formatter, into);
	}
}

/* and { "||" and } */
static void
format_or(struct formatter *formatter, struct layout_doc *into)
{
	format_and(formatter, into);
	while (at(formatter, TOKEN_OR)) {
		layout_space(&formatter->layout, into);
		put(formatter, into, LINE);
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
		put(formatter, group, NOTHING);
		nest = layout_nest(&formatter->layout, group, formatter->indent);
		layout_line(&formatter->layout, nest);
		format_expression(formatter, nest);
	}
}

static void
format_expression(struct formatter *formatter, struct layout_doc *into)
{
	if (formatter->depth >= CEDAR_MAX_DEPTH)
		fail(formatter, "parentheses are nested too deep");
	if (formatter->failed)
		return;
	formatter->depth++;
	if (at(formatter, TOKEN_IF))
		format_if(formatter, into);
	else
		format_or(formatter, into);
	formatter->depth--;
}

/* Policies */

/* "@" ANYIDENT [ "(" STRING ")" ] */
static void
format_annotation(struct formatter *formatter, struct layout_doc *into)
{
	put(formatter, into, NOTHING);
	put(formatter, into, NOTHING);
	if (at(formatter, TOKEN_OPEN_PAREN)) {
		put(formatter, into, NOTHING);
		put(formatter, into, NOTHING);
		put(formatter, into, NOTHING);
	}
	layout_hard(&formatter->layout, into);
}

/* "is" type, behind a variable of the head */
static void
format_scope_type(struct formatter *formatter, struct layout_doc *into)
{
	struct layout_doc *group, *nest;

	if (!at(formatter, TOKEN_IS))
		return;
	nest = layout_nest(
	    &formatter->layout, layout_group(&formatter->layout, into), formatter->indent);
	group = layout_group(&formatter->layout, nest);
	layout_line(&formatter->layout, group);
	put(formatter, group, NOTHING);
	layout_line(&formatter->layout, nest);
	format_sum(formatter, nest);
}

/* variable [ "is" type ] [ ( "==" | "in" ) expr ] */
static void
format_scope(struct formatter *formatter, struct layout_doc *into)
{
	struct layout_doc *group, *inner, *nest;

	put_leading(formatter, into);
	group = layout_group(&formatter->layout, into);
	inner = layout_group(&formatter->layout, group);
	put(formatter, inner, NOTHING);
	format_scope_type(formatter, inner);
	if (!at(formatter, TOKEN_EQUAL) && !at(formatter, TOKEN_IN))
		return;
	layout_line(&formatter->layout, inner);
	put(formatter, inner, NOTHING);
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
			put(formatter, nest, is_bare ? SPACE : HARD);
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

	put_leading(formatter, into);
	group = layout_group(&formatter->layout, into);
	put(formatter, group, LINE);
	open = take(formatter);
	put_comments(formatter, group, open.leading);
	layout_text(&formatter->layout, group, open.raw);
	braces = layout_group(&formatter->layout, group);
	nest = layout_nest(&formatter->layout, braces, formatter->indent);
	put_behind(formatter, nest, open.trailing, LINE);
	put_leading(formatter, nest);
	format_expression(formatter, layout_group(&formatter->layout, nest));
	layout_line(&formatter->layout, braces);
	put(formatter, braces, NOTHING);
}

static bool
at_condition(const struct formatter *formatter)
{
	return at_name(formatter, "when") || at_name(formatter, "unless");
}

/* annotations ( "permit" | "forbid" ) "(" scopes ")" conditions ";" */
static void
format_policy(struct formatter *formatter, struct layout_doc *into)
{
	struct layout_doc *group;

	while (at(formatter, TOKEN_AT))
		format_annotation(formatter, into);
	put_leading(formatter, into);
	group = layout_group(&formatter->layout, into);
	put(formatter, group, LINE);
	put(formatter, group, NOTHING);
	format_scopes(formatter, into);
	put(formatter, into, NOTHING);
	while (at_condition(formatter)) {
		layout_hard(&formatter->layout, into);
		format_condition(formatter, into);
	}
	put(formatter, into, NOTHING);
}

/* Whole texts */

static bool
format_policies(struct formatter *formatter, unsigned line_width, struct buffer *out)
{
	bool is_first = true;

	while (!at(formatter, TOKEN_END) && !formatter->failed) {
		struct layout_doc *policy;

		layout_reset(&formatter->layout);
		policy = layout_detached(&formatter->layout);
		format_policy(formatter, policy);
		(void)buffer_text(out, is_first ? "" : "\n");
		if (formatter->failed ||
		    !layout_render(&formatter->layout, policy, line_width, out) ||
		    !buffer_byte(out, '\n'))
			fail(formatter, "out of memory");
		is_first = false;
	}
	return !formatter->failed;
}

/* What stands behind the last policy. */
static bool
format_last_comments(struct formatter *formatter, struct buffer *out)
{
	for (const struct comment *comment = formatter->leading; comment != NULL;
	     comment = comment->next) {
		(void)buffer_slice(out, comment->text);
		(void)buffer_byte(out, '\n');
	}
	if (buffer_failed(out))
		fail(formatter, "out of memory");
	return !formatter->failed;
}

static void
formatter_init(struct formatter *formatter, struct source *source, unsigned indent_width)
{
	struct slice none;

	*formatter = (struct formatter) {
		.source = source, .lexer = { .text = source->text }, .indent = indent_width
	};
	layout_init(&formatter->layout, source->arena);
	advance(formatter, 0, &none);
}

/* A walk over the tokens of a text, and another one over its comments. */
struct walk {
	struct slice text, gap;
	struct lexer lexer;
	uint32_t end; /* of the last token */
};

static struct walk
walk_begin(struct slice text)
{
	return (
	    struct walk) { .text = text, .gap = slice_first(text, 0), .lexer = { .text = text } };
}

static bool
walk_comment(struct walk *walk, struct slice *ret_comment)
{
	bool is_new_line;

	while (!next_comment(&walk->gap, ret_comment, &is_new_line)) {
		struct token token = next_token(&walk->lexer);

		walk->gap =
		    slice_first(slice_skip(walk->text, walk->end), token.offset - walk->end);
		if (token.kind == TOKEN_END && slice_find(walk->gap, '/') == walk->gap.len)
			return false;
		walk->end = token.end;
	}
	return true;
}

/* Whether both texts have the same tokens and the same comments, each in the same order. */
static bool
is_same_text(struct slice a, struct slice b)
{
	struct walk walk_a = walk_begin(a), walk_b = walk_begin(b);
	struct slice comment_a, comment_b;
	struct token token_a, token_b;
	bool has_a, has_b;

	do {
		token_a = next_token(&walk_a.lexer);
		token_b = next_token(&walk_b.lexer);
		if (token_a.kind != token_b.kind ||
		    !slice_equal(spelling(a, &token_a), spelling(b, &token_b)))
			return false;
	} while (token_a.kind != TOKEN_END);
	walk_a = walk_begin(a);
	walk_b = walk_begin(b);
	do {
		has_a = walk_comment(&walk_a, &comment_a);
		has_b = walk_comment(&walk_b, &comment_b);
		if (has_a != has_b || (has_a && !slice_equal(comment_a, comment_b)))
			return false;
	} while (has_a);
	return true;
}

/* Whether the text is one of policies; complaints say why not. */
static bool
check_text(struct source *source, struct slice text)
{
	struct cedar_builder *builder = cedar_builder_new(source->arena);

	if (builder == NULL) {
		complaint_limit(source, 0, NULL, "out of memory");
		return false;
	}
	return cedar_builder_add_text(builder, source->file, text, source->complaints);
}

bool
policy_text_format(struct arena *arena, const char *file, struct slice text, unsigned line_width,
    unsigned indent_width, struct cedar_complaints *reterr_complaints, struct buffer *out)
{
	struct source source = { .arena = arena, .complaints = reterr_complaints };
	struct formatter formatter;
	size_t start = out->len;

	reterr_complaints->count = 0;
	if (!source_open(&source, file, text) || !check_text(&source, text))
		return false;
	formatter_init(&formatter, &source, indent_width);
	if (!format_policies(&formatter, line_width, out) || !format_last_comments(&formatter, out))
		return false;
	if (is_same_text(source.text, slice_skip(buffer_content(out), start)))
		return true;
	complaint_add(&source, 0, NULL, "the formatter failed: its result is another text");
	return false;
}
