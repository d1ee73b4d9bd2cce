/*
 * What all productions of the formatter share: stepping through tokens, and putting them into the
 * layout with their comments.
 */
#include "cedar/formatter.h"

#include "cedar/format_tokens.h"

void
formatter_fail(struct formatter *formatter, const char *message)
{
	if (!formatter->failed)
		complaint_limit(formatter->source, formatter->token.offset, NULL, "%s", message);
	formatter->failed = true;
	formatter->lexer.at = formatter->source->text.len;
	formatter->token = lexer_next(&formatter->lexer);
}

/* Puts a comment at the end of those that lead the next token. */
static void
lead_next(struct formatter *formatter, struct slice text)
{
	struct comment *comment = arena_alloc(formatter->source->arena, sizeof(*comment));

	if (comment == NULL) {
		formatter_fail(formatter, "out of memory");
		return;
	}
	*comment = (struct comment) { .text = text };
	*formatter->last_leading = comment;
	formatter->last_leading = &comment->next;
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
	formatter->token = format_next_token(&formatter->lexer);
	formatter->leading = NULL;
	formatter->last_leading = &formatter->leading;
	gap = slice_first(slice_skip(formatter->source->text, end), formatter->token.offset - end);
	for (; format_next_comment(&gap, &comment, &is_new_line); is_first = false)
		if (is_first && !is_new_line)
			*ret_trailing = comment;
		else
			lead_next(formatter, comment);
}

void
formatter_init(struct formatter *formatter, struct source *source, unsigned indent_width)
{
	struct slice none;

	*formatter = (struct formatter) {
		.source = source, .lexer = { .text = source->text }, .indent = indent_width
	};
	layout_init(&formatter->layout, source->arena);
	advance(formatter, 0, &none);
}

struct piece
formatter_take(struct formatter *formatter)
{
	const struct token token = formatter->token;
	struct piece piece = { .leading = formatter->leading };

	piece.raw = format_spelling(formatter->source->text, &token);
	advance(formatter, token.end, &piece.trailing);
	return piece;
}

bool
formatter_at(const struct formatter *formatter, enum token_kind kind)
{
	return formatter->token.kind == kind;
}

bool
formatter_at_name(const struct formatter *formatter, const char *name)
{
	return formatter_at(formatter, TOKEN_IDENTIFIER) && slice_is(formatter->token.text, name);
}

void
formatter_put_comments(
    struct formatter *formatter, struct layout_doc *into, const struct comment *comment)
{
	if (comment == NULL)
		return;
	layout_hard(&formatter->layout, into);
	for (; comment != NULL; comment = comment->next) {
		layout_text(&formatter->layout, into, comment->text);
		layout_hard(&formatter->layout, into);
	}
}

void
formatter_put_leading(struct formatter *formatter, struct layout_doc *into)
{
	formatter_put_comments(formatter, into, formatter->leading);
	formatter->leading = NULL;
	formatter->last_leading = &formatter->leading;
}

void
formatter_put_behind(
    struct formatter *formatter, struct layout_doc *into, struct slice trailing, enum behind behind)
{
	if (trailing.data != NULL) {
		layout_space(&formatter->layout, into);
		layout_text(&formatter->layout, into, trailing);
		layout_hard(&formatter->layout, into);
		return;
	}
	switch (behind) {
	case BEHIND_NOTHING:
		break;
	case BEHIND_SPACE:
		layout_space(&formatter->layout, into);
		break;
	case BEHIND_LINE:
		layout_line(&formatter->layout, into);
		break;
	case BEHIND_HARD:
		layout_hard(&formatter->layout, into);
		break;
	}
}

void
formatter_put(struct formatter *formatter, struct layout_doc *into, enum behind behind)
{
	struct piece piece = formatter_take(formatter);

	formatter_put_comments(formatter, into, piece.leading);
	layout_text(&formatter->layout, into, piece.raw);
	formatter_put_behind(formatter, into, piece.trailing, behind);
}
