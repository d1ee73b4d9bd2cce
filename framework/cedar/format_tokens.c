/* See format_tokens.h. */
#include "cedar/format_tokens.h"

static struct slice
trim(struct slice text)
{
	text = slice_trim(text);
	while (text.len > 0 && (text.data[text.len - 1] == '\v' || text.data[text.len - 1] == '\f'))
		text = slice_trim(slice_first(text, text.len - 1));
	return text;
}

bool
format_next_comment(struct slice *gap, struct slice *ret_text, bool *ret_is_new_line)
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

static bool
is_closing(enum token_kind kind)
{
	return kind == TOKEN_CLOSE_PAREN || kind == TOKEN_CLOSE_BRACKET ||
	       kind == TOKEN_CLOSE_BRACE;
}

struct token
format_next_token(struct lexer *lexer)
{
	struct token token = lexer_next(lexer);
	struct lexer ahead = *lexer;

	if (token.kind == TOKEN_COMMA && is_closing(lexer_next(&ahead).kind))
		token = lexer_next(lexer);
	return token;
}

struct slice
format_spelling(struct slice text, const struct token *token)
{
	struct slice raw = slice_first(slice_skip(text, token->offset), token->end - token->offset);

	while (token->kind == TOKEN_INTEGER && raw.len > 1 && raw.data[0] == '0')
		raw = slice_skip(raw, 1);
	return raw;
}
