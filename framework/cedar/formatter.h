/*
 * The formatter's inside: one token of look-ahead with its comments, and the layout that tokens are
 * put into. The grammar above it is in format_expression.c and format_policy.c, one function a
 * production, as the parser's is.
 *
 * Comments belong to tokens. What stands behind a token in its line trails it; what stands in lines
 * of its own leads the next one. Wherever a token is put its comments are put with it, so none can
 * be lost. The text has been parsed before, so that no production needs to find faults.
 */
#ifndef POSTERN_CEDAR_FORMATTER_H
#define POSTERN_CEDAR_FORMATTER_H

#include "cedar/complaint.h"
#include "cedar/layout.h"
#include "cedar/lexer.h"

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
enum behind { BEHIND_NOTHING, BEHIND_SPACE, BEHIND_LINE, BEHIND_HARD };

/* The formatter may not be moved afterwards. */
void formatter_init(struct formatter *formatter, struct source *source, unsigned indent_width);
/* Complains, once, and steps to the end of the text, so that all productions end. */
void formatter_fail(struct formatter *formatter, const char *message);

/* Whether the next token is of this kind; is this name. */
bool formatter_at(const struct formatter *formatter, enum token_kind kind);
bool formatter_at_name(const struct formatter *formatter, const char *name);

/* The next token and its comments, put at the end of `into`. */
void formatter_put(struct formatter *formatter, struct layout_doc *into, enum behind behind);
/* The comments that lead the next token, before a group that begins with it. */
void formatter_put_leading(struct formatter *formatter, struct layout_doc *into);

/* formatter_put() in parts, where they go into different groups. */
struct piece formatter_take(struct formatter *formatter);
void formatter_put_comments(
    struct formatter *formatter, struct layout_doc *into, const struct comment *comment);
void formatter_put_behind(struct formatter *formatter, struct layout_doc *into,
    struct slice trailing, enum behind behind);

void format_expression(struct formatter *formatter, struct layout_doc *into);
/* What binds closer than comparisons do. */
void format_sum(struct formatter *formatter, struct layout_doc *into);
/* One policy up to its `;`. */
void format_policy(struct formatter *formatter, struct layout_doc *into);

#endif
