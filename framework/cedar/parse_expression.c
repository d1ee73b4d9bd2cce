/*
 * Expressions: one function a level of the grammar, its production above it, loosest binding last
 * in the file. Between parse_primary.c (what stands between operators) and parse_policy.c (what
 * stands around expressions).
 */
#include "cedar/parser.h"

typedef const struct node *production(struct parser *parser);

static bool
arithmetic_of(enum token_kind kind, bool is_product, enum arithmetic *ret_operator)
{
	switch (kind) {
	case TOKEN_TIMES:
		*ret_operator = ARITHMETIC_MULTIPLY;
		return is_product;
	case TOKEN_PLUS:
		*ret_operator = ARITHMETIC_ADD;
		return !is_product;
	case TOKEN_MINUS:
		*ret_operator = ARITHMETIC_SUBTRACT;
		return !is_product;
	default:
		return false;
	}
}

/* The rest of a chain whose first operand is there. */
static const struct node *
parse_terms(struct parser *parser, const struct node *first, bool is_product, production *operand)
{
	enum arithmetic operator= ARITHMETIC_ADD;
	struct term *terms = NULL;
	uint32_t count = 0, size = 0;

	for (const struct node *next = first; next != NULL; next = operand(parser)) {
		terms = parser_room(parser, terms, sizeof(*terms), count, &size);
		if (terms == NULL)
			return NULL;
		terms[count].operator= operator;
		terms[count++].operand = next;
		if (!arithmetic_of(parser->token.kind, is_product, &operator))
			return tree_arithmetic(&parser->tree, first->offset, terms, count);
		parser_advance(parser);
	}
	return NULL;
}

static const struct node *
parse_chain(struct parser *parser, bool is_product, production *operand)
{
	const struct node *first = operand(parser);
	enum arithmetic operator;

	if (first == NULL || !arithmetic_of(parser->token.kind, is_product, &operator))
		return first;
	return parse_terms(parser, first, is_product, operand);
}

/* mult = unary { "*" unary } */
static const struct node *
parse_product(struct parser *parser)
{
	return parse_chain(parser, true, parse_unary);
}

/* add = mult { ( "+" | "-" ) mult } */
static const struct node *
parse_sum(struct parser *parser)
{
	return parse_chain(parser, false, parse_product);
}

static bool
comparison_of(enum token_kind kind, enum comparison *ret_operator)
{
	switch (kind) {
	case TOKEN_EQUAL:
		*ret_operator = COMPARE_EQUAL;
		return true;
	case TOKEN_UNEQUAL:
		*ret_operator = COMPARE_UNEQUAL;
		return true;
	case TOKEN_LESS:
		*ret_operator = COMPARE_LESS;
		return true;
	case TOKEN_AT_MOST:
		*ret_operator = COMPARE_AT_MOST;
		return true;
	case TOKEN_GREATER:
		*ret_operator = COMPARE_GREATER;
		return true;
	case TOKEN_AT_LEAST:
		*ret_operator = COMPARE_AT_LEAST;
		return true;
	case TOKEN_IN:
		*ret_operator = COMPARE_IN;
		return true;
	default:
		return false;
	}
}

static const struct node *
parse_comparison(struct parser *parser, const struct node *left, enum comparison operator)
{
	uint32_t offset = parser->token.offset;

	parser_advance(parser);
	return tree_compare(&parser->tree, offset, operator, left, parse_sum(parser));
}

/* hasrhs = IDENT { "." IDENT } | STRING */
static const struct node *
parse_has(struct parser *parser, const struct node *object)
{
	uint32_t offset = parser->token.offset, count = 0, size = 0;
	struct slice *names = NULL;
	bool is_quoted;

	parser_advance(parser);
	is_quoted = parser->token.kind == TOKEN_STRING;
	do {
		names = parser_room(parser, names, sizeof(*names), count, &size);
		if (names == NULL)
			return NULL;
		if (is_quoted ? !parse_string(parser, "an attribute name", &names[count])
			      : !parse_identifier(parser, "an attribute name", &names[count]))
			return NULL;
		count++;
	} while (!is_quoted && parser_accept(parser, TOKEN_DOT));
	return tree_has(&parser->tree, offset, object, names, count);
}

static const struct node *
parse_like(struct parser *parser, const struct node *object)
{
	uint32_t offset = parser->token.offset;
	struct pattern pattern;

	parser_advance(parser);
	if (!parse_pattern(parser, &pattern))
		return NULL;
	return tree_like(&parser->tree, offset, object, pattern);
}

/* "is" Path [ "in" add ] */
static const struct node *
parse_is(struct parser *parser, const struct node *object)
{
	uint32_t offset = parser->token.offset;
	const struct node *in;
	struct slice type;

	parser_advance(parser);
	if (!parse_type(parser, &type))
		return NULL;
	if (!parser_accept(parser, TOKEN_IN))
		return tree_is(&parser->tree, offset, object, type, NULL);
	in = parse_sum(parser);
	return in == NULL ? NULL : tree_is(&parser->tree, offset, object, type, in);
}

/* Relations do not chain: `1 < 2 < 3` has no meaning here. */
static const struct node *
refuse_second_relation(struct parser *parser, const struct node *node)
{
	enum comparison operator;

	if (node == NULL ||
	    (!comparison_of(parser->token.kind, &operator) && parser->token.kind != TOKEN_HAS &&
		parser->token.kind != TOKEN_LIKE && parser->token.kind != TOKEN_IS))
		return node;
	parser_wrong(parser, parser->token.offset, "put one of the two in parentheses",
	    "'%s' cannot follow another comparison", token_spelling(parser->token.kind));
	return NULL;
}

/*
 * rel = add [ ( "<" | "<=" | ">" | ">=" | "==" | "!=" | "in" ) add ] | add "has" hasrhs | add
 * "like" PATTERN
 *     | add "is" Path [ "in" add ]
 */
static const struct node *
parse_relation(struct parser *parser)
{
	const struct node *left = parse_sum(parser);
	enum comparison operator;

	if (left == NULL)
		return NULL;
	if (comparison_of(parser->token.kind, &operator))
		left = parse_comparison(parser, left, operator);
	else if (parser->token.kind == TOKEN_HAS)
		left = parse_has(parser, left);
	else if (parser->token.kind == TOKEN_LIKE)
		left = parse_like(parser, left);
	else if (parser->token.kind == TOKEN_IS)
		left = parse_is(parser, left);
	else
		return left;
	return refuse_second_relation(parser, left);
}

/* operand { mark operand } as one node */
static const struct node *
parse_logic(struct parser *parser, enum token_kind mark, enum node_kind kind, production *operand)
{
	const struct node *first = operand(parser);
	struct node_list operands = { NULL, 0 };
	uint32_t size = 0;

	if (first == NULL || parser->token.kind != mark)
		return first;
	if (!tree_list_add(&parser->tree, &operands, &size, first))
		return NULL;
	while (parser_accept(parser, mark))
		if (!tree_list_add(&parser->tree, &operands, &size, operand(parser)))
			return NULL;
	return tree_logic(&parser->tree, first->offset, kind, operands);
}

/* and = rel { "&&" rel } */
static const struct node *
parse_and(struct parser *parser)
{
	return parse_logic(parser, TOKEN_AND, NODE_AND, parse_relation);
}

/* or = and { "||" and } */
static const struct node *
parse_or(struct parser *parser)
{
	return parse_logic(parser, TOKEN_OR, NODE_OR, parse_and);
}

/* "if" expr "then" expr "else" expr */
static const struct node *
parse_if(struct parser *parser)
{
	uint32_t offset = parser->token.offset;
	const struct node *condition, *then;

	parser_advance(parser);
	condition = parse_expression(parser);
	if (condition == NULL || !parser_expect(parser, TOKEN_THEN, "behind the condition"))
		return NULL;
	then = parse_expression(parser);
	if (then == NULL || !parser_expect(parser, TOKEN_ELSE, "(an if needs both branches)"))
		return NULL;
	return tree_if(&parser->tree, offset, condition, then, parse_expression(parser));
}

/* expr = or | "if" expr "then" expr "else" expr */
const struct node *
parse_expression(struct parser *parser)
{
	const struct node *node;

	if (parser->depth >= CEDAR_MAX_DEPTH) {
		complaint_limit(&parser->source, parser->token.offset, NULL,
		    "this is nested more than %d deep", CEDAR_MAX_DEPTH);
		return NULL;
	}
	parser->depth++;
	node = parser->token.kind == TOKEN_IF ? parse_if(parser) : parse_or(parser);
	parser->depth--;
	return node;
}
