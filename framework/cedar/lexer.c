/*
 * The lexical grammar: Unicode white space, `//` comments, names, numbers, strings, marks. First
 * station of a policy text. Invariant: every call but at the end of the text moves forward by at
 * least one byte.
 */
#include "cedar/lexer.h"

#include "core/ascii.h"
#include "core/compiler.h"
#include "core/utf8.h"

enum { LONGEST_WORD = sizeof("false") - 1 }; /* of the reserved ones, in bytes */

static const struct {
	const char *spelling;
	bool is_word, is_mark;
} kinds[TOKEN_KIND_COUNT] = {
#define TOKEN_OTHER(name, text) [TOKEN_##name] = { text, false, false },
#define TOKEN_WORD(name, text) [TOKEN_##name] = { text, true, false },
#define TOKEN_MARK(name, text) [TOKEN_##name] = { text, false, true },
#include "cedar/tokens.def"
};

const char *
token_spelling(enum token_kind kind)
{
	return kinds[kind].spelling;
}

bool
token_is_word(enum token_kind kind)
{
	return kinds[kind].is_word;
}

/* Unicode White_Space. U+FEFF and U+200B are not of it. */
static bool
is_space(uint32_t code)
{
	return (code >= 0x09 && code <= 0x0d) || code == 0x20 || code == 0x85 || code == 0xa0 ||
	       code == 0x1680 || (code >= 0x2000 && code <= 0x200a) || code == 0x2028 ||
	       code == 0x2029 || code == 0x202f || code == 0x205f || code == 0x3000;
}

static bool
is_name_start(char byte)
{
	return ascii_is_alpha(byte) || byte == '_';
}

static void
skip_comment(struct lexer *lexer)
{
	while (lexer->at < lexer->text.len) {
		char byte = lexer->text.data[lexer->at];

		if (byte == '\n' || byte == '\r')
			return;
		lexer->at++;
	}
}

static void
skip_space(struct lexer *lexer)
{
	for (;;) {
		struct slice rest = slice_skip(lexer->text, lexer->at);
		uint32_t code;
		size_t len;

		if (rest.len >= 2 && rest.data[0] == '/' && rest.data[1] == '/') {
			skip_comment(lexer);
			continue;
		}
		len = utf8_decode(rest, &code);
		if (len == 0 || !is_space(code))
			return;
		lexer->at += len;
	}
}

static void
finish(struct lexer *lexer, struct token *token, enum token_kind kind, size_t len)
{
	token->kind = kind;
	token->text = slice_make(lexer->text.data + lexer->at, len);
	lexer->at += len;
	token->end = (uint32_t)lexer->at;
}

static void
fault(struct token *token, const char *message, const char *hint)
{
	token->kind = TOKEN_INVALID;
	token->message = message;
	token->hint = hint;
}

static void
read_word(struct lexer *lexer, struct slice rest, struct token *token)
{
	size_t len = 1;

	while (len < rest.len && (is_name_start(rest.data[len]) || ascii_is_digit(rest.data[len])))
		len++;
	finish(lexer, token, TOKEN_IDENTIFIER, len);
	if (len > LONGEST_WORD)
		return;
	for (size_t kind = 0; kind < TOKEN_KIND_COUNT; kind++)
		if (kinds[kind].is_word && slice_is(token->text, kinds[kind].spelling))
			token->kind = (enum token_kind)kind;
}

static void
read_integer(struct lexer *lexer, struct slice rest, struct token *token)
{
	size_t len = 1;

	while (len < rest.len && ascii_is_digit(rest.data[len]))
		len++;
	finish(lexer, token, TOKEN_INTEGER, len);
}

/* Up to the closing quote. Escapes are only stepped over here; unescape.c judges them. */
static void
read_string(struct lexer *lexer, struct slice rest, struct token *token)
{
	size_t carriage_return = 0;
	size_t at = 1;

	while (at < rest.len && rest.data[at] != '"') {
		if (rest.data[at] == '\r' && carriage_return == 0)
			carriage_return = at;
		at += rest.data[at] == '\\' ? 2 : 1;
	}
	if (at >= rest.len) {
		finish(lexer, token, TOKEN_STRING, rest.len);
		fault(token, "this string does not end", "close it with \"");
		return;
	}
	finish(lexer, token, TOKEN_STRING, at + 1);
	token->text = slice_make(rest.data + 1, at - 1);
	if (carriage_return != 0) {
		token->offset += (uint32_t)carriage_return;
		fault(token, "a raw carriage return stands in this string", "write \\r");
	}
}

static void
read_slot(struct lexer *lexer, struct slice rest, struct token *token)
{
	size_t len = 1;

	while (len < rest.len && (is_name_start(rest.data[len]) || ascii_is_digit(rest.data[len])))
		len++;
	finish(lexer, token, TOKEN_SLOT, len);
	if (len == 1)
		fault(token, "unexpected '?'", "write if .. then .. else ..");
	else if (!slice_is(token->text, "?principal") && !slice_is(token->text, "?resource"))
		fault(token, "no such template slot", "the slots are ?principal and ?resource");
}

static bool
read_mark(struct lexer *lexer, struct slice rest, struct token *token)
{
	for (size_t kind = 0; kind < TOKEN_KIND_COUNT; kind++) {
		struct slice spelling = slice_from(kinds[kind].spelling);

		if (kinds[kind].is_mark && slice_starts(rest, spelling)) {
			finish(lexer, token, (enum token_kind)kind, spelling.len);
			return true;
		}
	}
	return false;
}

/* What people write by habit, and what Cedar has for it. */
static void
read_invalid(struct lexer *lexer, struct slice rest, struct token *token)
{
	uint32_t code = 0;
	size_t len = utf8_decode(rest, &code);

	finish(lexer, token, TOKEN_INVALID, len == 0 ? 1 : len);
	switch (code) {
	case '\'':
		fault(token, "single quotes do not begin a string", "write \"double quotes\"");
		break;
	case '&':
		fault(token, "unexpected '&'", "write && for \"and\"");
		break;
	case '|':
		fault(token, "unexpected '|'", "write || for \"or\"");
		break;
	case '#':
		fault(token, "unexpected '#'", "a comment begins with //");
		break;
	case 0xfeff:
		fault(token, "a byte order mark is no white space", "save the file without it");
		break;
	default:
		fault(token, "this character has no place outside strings and comments", NULL);
		break;
	}
}

struct token
lexer_next(struct lexer *lexer)
{
	struct token token = { .kind = TOKEN_END };
	struct slice rest;

	skip_space(lexer);
	token.offset = token.end = (uint32_t)lexer->at;
	rest = slice_skip(lexer->text, lexer->at);
	if (rest.len == 0)
		return token;
	if (is_name_start(rest.data[0]))
		read_word(lexer, rest, &token);
	else if (ascii_is_digit(rest.data[0]))
		read_integer(lexer, rest, &token);
	else if (rest.data[0] == '"')
		read_string(lexer, rest, &token);
	else if (rest.data[0] == '?' && lexer->is_schema)
		finish(lexer, &token, TOKEN_OPTIONAL, 1);
	else if (rest.data[0] == '?')
		read_slot(lexer, rest, &token);
	else if (!read_mark(lexer, rest, &token))
		read_invalid(lexer, rest, &token);
	return token;
}
