/*
 * Two walks, over the tokens of both texts and over their comments: a comment may stand between
 * other tokens than before, but behind the same comment.
 */
#include "cedar/format_compare.h"

#include "cedar/format_tokens.h"

static bool
has_same_tokens(struct slice a, struct slice b)
{
	struct lexer lexer_a = { .text = a }, lexer_b = { .text = b };
	struct token token_a, token_b;

	do {
		token_a = format_next_token(&lexer_a);
		token_b = format_next_token(&lexer_b);
		if (token_a.kind != token_b.kind ||
		    !slice_equal(format_spelling(a, &token_a), format_spelling(b, &token_b)))
			return false;
	} while (token_a.kind != TOKEN_END);
	return true;
}

/* Where a walk over the comments of a text is. */
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

	while (!format_next_comment(&walk->gap, ret_comment, &is_new_line)) {
		struct token token = format_next_token(&walk->lexer);

		walk->gap =
		    slice_first(slice_skip(walk->text, walk->end), token.offset - walk->end);
		if (token.kind == TOKEN_END && slice_find(walk->gap, '/') == walk->gap.len)
			return false;
		walk->end = token.end;
	}
	return true;
}

static bool
has_same_comments(struct slice a, struct slice b)
{
	struct walk walk_a = walk_begin(a), walk_b = walk_begin(b);
	struct slice comment_a, comment_b;
	bool has_a, has_b;

	do {
		has_a = walk_comment(&walk_a, &comment_a);
		has_b = walk_comment(&walk_b, &comment_b);
		if (has_a != has_b || (has_a && !slice_equal(comment_a, comment_b)))
			return false;
	} while (has_a);
	return true;
}

bool
format_is_same(struct slice a, struct slice b)
{
	return has_same_tokens(a, b) && has_same_comments(a, b);
}
