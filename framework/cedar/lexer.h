/*
 * Policy text -> tokens. A token is a kind and a slice of the text; nothing is copied or decoded
 * here. The text must be well-formed UTF-8 and at most CEDAR_MAX_TEXT bytes, which the builder
 * checks.
 */
#ifndef POSTERN_CEDAR_LEXER_H
#define POSTERN_CEDAR_LEXER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/slice.h"

enum token_kind {
#define TOKEN_OTHER(name, spelling) TOKEN_##name,
#define TOKEN_WORD(name, spelling) TOKEN_##name,
#define TOKEN_MARK(name, spelling) TOKEN_##name,
#include "cedar/tokens.def"
	TOKEN_KIND_COUNT
};

struct token {
	enum token_kind kind;
	struct slice text; /* of a string: what stands between the quotes, escapes untouched */
	uint32_t offset;   /* of its first byte in the text */
	uint32_t end;      /* behind its last byte */
	/* Of TOKEN_INVALID: what is wrong and what would help (may be NULL); constant texts. */
	const char *message, *hint;
};

struct lexer {
	struct slice text;
	size_t at;
	bool is_schema; /* `?` is a mark of its own, and __cedar a name */
};

/* The next token. Behind the last one TOKEN_END, again and again. */
struct token lexer_next(struct lexer *lexer);

/* "::" of TOKEN_PATH, "a name" of TOKEN_IDENTIFIER. */
const char *token_spelling(enum token_kind kind);
/* Whether the kind is one of the reserved words. */
bool token_is_word(enum token_kind kind);

#endif
