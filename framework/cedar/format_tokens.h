/*
 * Tokens and comments as the formatter sees them. What it may take away, it does not see: white
 * space, a comma before a closing bracket, leading zeros of numbers.
 */
#ifndef POSTERN_CEDAR_FORMAT_TOKENS_H
#define POSTERN_CEDAR_FORMAT_TOKENS_H

#include "cedar/lexer.h"

/* The next token that is not a comma before a closing bracket. */
struct token format_next_token(struct lexer *lexer);
/* As it is put: numbers lose zeros that mean nothing. */
struct slice format_spelling(struct slice text, const struct token *token);
/*
 * The next comment of a gap between tokens, which it takes from the gap, and whether a line ended
 * before it. False: there is none left.
 */
bool format_next_comment(struct slice *gap, struct slice *ret_text, bool *ret_is_new_line);

#endif
