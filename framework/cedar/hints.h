/*
 * What may have been meant: hints for the slips that people make, most of them habits from other
 * languages. All return NULL when there is nothing to say.
 */
#ifndef POSTERN_CEDAR_HINTS_H
#define POSTERN_CEDAR_HINTS_H

#include "cedar/lexer.h"
#include "core/arena.h"

/* Of a token of `text` that fits nowhere. */
const char *hint_for_token(struct slice text, const struct token *token);
/* Of a name that stands where an expression is wanted and is no variable. */
const char *hint_for_name(struct slice name);
/* Of what stands where a policy should begin. */
const char *hint_for_effect(const struct token *token);
/* Of what is called and does not exist: the nearest name that does, into the arena. */
const char *hint_for_call(struct arena *arena, struct slice name, bool is_method);

#endif
