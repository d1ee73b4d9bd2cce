/*
 * The parser's inside: one token of look-ahead, names, complaints. The grammar above it is in
 * parse_primary.c, parse_expression.c and parse_policy.c, one function a production.
 *
 * Every parsing function returns NULL or false when the text is wrong; it has then complained
 * already, and the policy is given up. Nesting is counted in `depth`, so that no text can use up
 * the C stack.
 */
#ifndef POSTERN_CEDAR_PARSER_H
#define POSTERN_CEDAR_PARSER_H

#include "cedar/ast.h"
#include "cedar/complaint.h"
#include "cedar/lexer.h"
#include "cedar/tree.h"

struct parser {
	struct source source;
	struct lexer lexer;
	struct token token; /* the next one */
	uint32_t last_end;  /* where the one before it ended */
	unsigned depth;     /* expressions within each other now */
	struct tree tree;   /* what is made of the text; its source is the parser's */
	/* Counting lines for "file:line" of each policy. */
	size_t line_at;
	unsigned line;
};

/*
 * `source->text` must be well-formed UTF-8 and live in the arena. The parser may not be moved
 * afterwards.
 */
void parser_init(struct parser *parser, const struct source *source);

/* Steps over the next token. */
void parser_advance(struct parser *parser);
/* Steps over it if it is of this kind. */
bool parser_accept(struct parser *parser, enum token_kind kind);
/* Steps over it or complains "expected '(' before the principal, found ..". */
bool parser_expect(struct parser *parser, enum token_kind kind, const char *where);
/* Whether the next token is this name, which is reserved nowhere ("when"). */
bool parser_at_name(const struct parser *parser, const char *name);

/* Complains about the next token: "expected WHAT, found ..". Always false. */
bool parser_expected(struct parser *parser, const char *what);
/* The same with a hint of the caller's; NULL: as without. */
bool parser_expected_hint(struct parser *parser, const char *what, const char *hint);
/* Complains about `offset`. Always false. */
bool parser_wrong(struct parser *parser, uint32_t offset, const char *hint, const char *format, ...)
    PRINTF_LIKE(4, 5);
/* Memory is out. Always false. */
bool parser_no_memory(struct parser *parser);

/* Memory of the policy set; complains when there is none. */
void *parser_alloc(struct parser *parser, size_t size);
/* Room for one more in an array that doubles; see tree_room(). */
void *parser_room(
    struct parser *parser, void *array, size_t element, uint32_t count, uint32_t *size);

/* An identifier that is not reserved. */
bool parse_identifier(struct parser *parser, const char *what, struct slice *ret_name);
/* A string, unescaped. */
bool parse_string(struct parser *parser, const char *what, struct slice *ret_string);
/* The right side of `like`. */
bool parse_pattern(struct parser *parser, struct pattern *ret_pattern);
/*
 * A Path, and if `::"id"` follows, that too: `ret_uid->id.data` is NULL when there is none. The
 * next token must be an identifier.
 */
bool parse_name(struct parser *parser, struct cedar_uid *ret_uid);
/* A Path alone, after `is`. */
bool parse_type(struct parser *parser, struct slice *ret_type);

const struct node *parse_expression(struct parser *parser);
/* What may stand between operators; in parse_primary.c. */
const struct node *parse_unary(struct parser *parser);
/* Any number of `@key("value")`; none twice. Schemas have them too. */
bool parse_annotations(struct parser *parser, struct annotation **ret_first);
/* One policy up to its `;`. */
struct policy *parse_policy(struct parser *parser);

/* A whole text that is one expression, for tests and tools; NULL with complaints. */
const struct node *expression_parse(struct arena *arena, const char *file, struct slice text,
    struct cedar_complaints *reterr_complaints) MUST_USE;

#endif
