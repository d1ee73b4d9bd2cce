/*
 * What binds tightest: literals, sets, records, names, calls, what stands behind a dot or in
 * brackets, and the marks before it. The operators between such are in parse_expression.c.
 */
#include "cedar/parser.h"

#include "cedar/calls.h"
#include "cedar/hints.h"
#include "cedar/value.h"

enum { MAX_REPEATED_PREFIX = 4 }; /* of `!` or `-` in a row, as the language has it */

static const char *const words_of_variables[VARIABLE_COUNT] = {
	[VARIABLE_PRINCIPAL] = "principal",
	[VARIABLE_ACTION] = "action",
	[VARIABLE_RESOURCE] = "resource",
	[VARIABLE_CONTEXT] = "context",
};

/* args = expr { "," expr } [ "," ]        up to `close`, which is stepped over; added to a list */
static bool
parse_arguments(
    struct parser *parser, enum token_kind close, struct node_list *list, uint32_t *size)
{
	while (parser->token.kind != close) {
		if (!tree_list_add(&parser->tree, list, size, parse_expression(parser)))
			return false;
		if (!parser_accept(parser, TOKEN_COMMA) && parser->token.kind != close)
			return parser_expected(
			    parser, close == TOKEN_CLOSE_PAREN ? "',' or ')'" : "',' or ']'");
	}
	parser_advance(parser);
	return true;
}

static const struct node *
parse_set(struct parser *parser)
{
	uint32_t offset = parser->token.offset, size = 0;
	struct node_list elements = { NULL, 0 };

	parser_advance(parser);
	if (!parse_arguments(parser, TOKEN_CLOSE_BRACKET, &elements, &size))
		return NULL;
	return tree_set(&parser->tree, offset, elements);
}

/* key ":" expr        key = IDENT | STRING */
static bool
parse_field(struct parser *parser, struct field *field)
{
	field->offset = parser->token.offset;
	if (parser->token.kind == TOKEN_STRING) {
		if (!parse_string(parser, "a key", &field->name))
			return false;
	} else if (!parse_identifier(parser, "a key", &field->name)) {
		return false;
	}
	if (!parser_expect(parser, TOKEN_COLON, "behind the key"))
		return false;
	field->value = parse_expression(parser);
	return field->value != NULL;
}

/* "{" [ key ":" expr { "," key ":" expr } [ "," ] ] "}" */
static const struct node *
parse_record(struct parser *parser)
{
	uint32_t offset = parser->token.offset, size = 0, count = 0;
	struct field *fields = NULL;

	parser_advance(parser);
	while (parser->token.kind != TOKEN_CLOSE_BRACE) {
		fields = parser_room(parser, fields, sizeof(*fields), count, &size);
		if (fields == NULL || !parse_field(parser, &fields[count]))
			return NULL;
		count++;
		if (!parser_accept(parser, TOKEN_COMMA) &&
		    parser->token.kind != TOKEN_CLOSE_BRACE) {
			parser_expected(parser, "',' or '}'");
			return NULL;
		}
	}
	parser_advance(parser);
	return tree_record(&parser->tree, offset, fields, count);
}

/* False: above 2^64 - 1. */
static bool
integer_value(struct slice digits, uint64_t *ret_value)
{
	while (digits.len > 1 && digits.data[0] == '0')
		digits = slice_skip(digits, 1);
	return slice_to_u64(digits, UINT64_MAX, ret_value);
}

/* INT, where no `-` that could belong to it stands before. */
static const struct node *
parse_integer(struct parser *parser)
{
	uint32_t offset = parser->token.offset;
	uint64_t number;

	if (!integer_value(parser->token.text, &number) || number > INT64_MAX) {
		parser_wrong(parser, offset, NULL, "this number is above 9223372036854775807");
		return NULL;
	}
	parser_advance(parser);
	return tree_literal(&parser->tree, offset, value_long((int64_t)number));
}

/* Why what is named cannot be called like this. */
static void
refuse_call(
    struct parser *parser, enum call call, struct slice name, uint32_t offset, bool is_method)
{
	struct slice shown = slice_first(name, 64);

	if (call == CALL_UNKNOWN)
		parser_wrong(parser, offset, hint_for_call(parser->source.arena, name, is_method),
		    "there is no %s '%.*s'", is_method ? "method" : "function", SLICE_ARGS(shown));
	else if (is_method)
		parser_wrong(parser, offset, "write it without a receiver",
		    "%.*s is a function, no method", SLICE_ARGS(shown));
	else
		parser_wrong(parser, offset, "write it behind a dot: x.method()",
		    "%.*s is a method, no function", SLICE_ARGS(shown));
}

/*
 * The call of what is named, behind whose name "(" comes next; `receiver` NULL: a function.
 */
static const struct node *
parse_call(struct parser *parser, const struct node *receiver, struct slice name, uint32_t offset)
{
	struct node_list operands = { NULL, 0 };
	enum call call = call_find(name);
	bool is_method = receiver != NULL;
	uint32_t size = 0;

	if (call == CALL_UNKNOWN || call_traits(call)->is_method != is_method) {
		refuse_call(parser, call, name, offset, is_method);
		return NULL;
	}
	parser_advance(parser);
	if ((is_method && !tree_list_add(&parser->tree, &operands, &size, receiver)) ||
	    !parse_arguments(parser, TOKEN_CLOSE_PAREN, &operands, &size))
		return NULL;
	return tree_call(&parser->tree, offset, call, operands);
}

static const struct node *
make_variable(struct parser *parser, const struct token *name)
{
	for (size_t i = 0; i < VARIABLE_COUNT; i++)
		if (slice_is(name->text, words_of_variables[i]))
			return tree_variable(&parser->tree, name->offset, (enum variable)i);
	return NULL;
}

/* Uid | variable | EXTFUN "(" [ args ] ")" */
static const struct node *
parse_named(struct parser *parser)
{
	struct token name = parser->token;
	const struct node *variable;
	struct cedar_uid uid, *kept;

	if (!parse_name(parser, &uid))
		return NULL;
	if (uid.id.data != NULL) {
		kept = parser_alloc(parser, sizeof(*kept));
		if (kept == NULL)
			return NULL;
		*kept = uid;
		return tree_literal(&parser->tree, name.offset, value_entity(kept));
	}
	if (parser->token.kind == TOKEN_OPEN_PAREN)
		return parse_call(parser, NULL, uid.type, name.offset);
	variable = uid.type.len == name.text.len ? make_variable(parser, &name) : NULL;
	if (variable == NULL && !parser->tree.is_out_of_memory)
		parser_wrong(parser, name.offset, hint_for_name(uid.type),
		    "%.*s is none of principal, action, resource, context",
		    SLICE_ARGS(slice_first(uid.type, 64)));
	return variable;
}

static const struct node *
parse_parenthesised(struct parser *parser)
{
	const struct node *node;

	parser_advance(parser);
	node = parse_expression(parser);
	if (node == NULL || !parser_expect(parser, TOKEN_CLOSE_PAREN, "to close the parenthesis"))
		return NULL;
	return node;
}

static const struct node *
parse_string_literal(struct parser *parser)
{
	uint32_t offset = parser->token.offset;
	struct slice string;

	if (!parse_string(parser, "a string", &string))
		return NULL;
	return tree_literal(&parser->tree, offset, value_string(string));
}

/*
 * primary = "true" | "false" | INT | STRING | Uid | variable | EXTFUN "(" [ args ] ")" | "(" expr
 * ")"
 *         | "[" [ args ] "]" | record
 */
static const struct node *
parse_primary(struct parser *parser)
{
	struct token token = parser->token;

	switch (token.kind) {
	case TOKEN_TRUE:
	case TOKEN_FALSE:
		parser_advance(parser);
		return tree_literal(
		    &parser->tree, token.offset, value_boolean(token.kind == TOKEN_TRUE));
	case TOKEN_INTEGER:
		return parse_integer(parser);
	case TOKEN_STRING:
		return parse_string_literal(parser);
	case TOKEN_IDENTIFIER:
		return parse_named(parser);
	case TOKEN_OPEN_PAREN:
		return parse_parenthesised(parser);
	case TOKEN_OPEN_BRACKET:
		return parse_set(parser);
	case TOKEN_OPEN_BRACE:
		return parse_record(parser);
	case TOKEN_SLOT:
		parser_wrong(parser, token.offset, NULL,
		    "a template slot may stand only in the head of a policy");
		return NULL;
	default:
		parser_expected(parser, "an expression");
		return NULL;
	}
}

/* Behind ".": IDENT [ "(" [ args ] ")" ] */
static const struct node *
parse_dot(struct parser *parser, const struct node *object)
{
	struct token token = parser->token;
	struct slice name;

	if (!parse_identifier(parser, "an attribute or a method", &name))
		return NULL;
	if (parser->token.kind == TOKEN_OPEN_PAREN)
		return parse_call(parser, object, name, token.offset);
	return tree_attribute(&parser->tree, token.offset, object, name);
}

/* Behind "[": STRING "]" */
static const struct node *
parse_index(struct parser *parser, const struct node *object)
{
	uint32_t offset = parser->token.offset;
	struct slice name;

	if (parser->token.kind == TOKEN_INTEGER) {
		parser_expected_hint(parser, "an attribute name in double quotes",
		    "sets have no order and no index");
		return NULL;
	}
	if (!parse_string(parser, "an attribute name in double quotes", &name) ||
	    !parser_expect(parser, TOKEN_CLOSE_BRACKET, "behind the attribute name"))
		return NULL;
	return tree_attribute(&parser->tree, offset, object, name);
}

/* { "." IDENT [ "(" [ args ] ")" ] | "[" STRING "]" } */
static const struct node *
parse_accesses(struct parser *parser, const struct node *node)
{
	while (node != NULL) {
		if (parser_accept(parser, TOKEN_DOT))
			node = parse_dot(parser, node);
		else if (parser_accept(parser, TOKEN_OPEN_BRACKET))
			node = parse_index(parser, node);
		else
			break;
	}
	return node;
}

/*
 * INT directly behind a `-`: unless an access follows, the minus belongs to the number, so that
 * the least Long can be written. `*ret_is_literal` says which it was.
 */
static const struct node *
parse_negated_integer(struct parser *parser, uint32_t minus, bool *ret_is_literal)
{
	struct token token = parser->token;
	const struct node *node;
	uint64_t number;

	parser_advance(parser);
	*ret_is_literal =
	    parser->token.kind != TOKEN_DOT && parser->token.kind != TOKEN_OPEN_BRACKET;
	if (!integer_value(token.text, &number) ||
	    number > (uint64_t)INT64_MAX + (*ret_is_literal ? 1 : 0)) {
		parser_wrong(
		    parser, token.offset, NULL, "this number is outside the range of Long");
		return NULL;
	}
	if (*ret_is_literal)
		return tree_literal(&parser->tree, minus,
		    value_long(number > INT64_MAX ? INT64_MIN : -(int64_t)number));
	node = tree_literal(&parser->tree, token.offset, value_long((int64_t)number));
	return parse_accesses(parser, node);
}

/* unary = [ 1 to 4 "!" | 1 to 4 "-" ] member        member = primary accesses */
const struct node *
parse_unary(struct parser *parser)
{
	enum token_kind prefix = parser->token.kind;
	uint32_t offsets[MAX_REPEATED_PREFIX];
	const struct node *node;
	unsigned count = 0;
	bool is_literal = false;

	if (prefix != TOKEN_NOT && prefix != TOKEN_MINUS)
		return parse_accesses(parser, parse_primary(parser));
	while (parser->token.kind == prefix) {
		if (count == MAX_REPEATED_PREFIX) {
			parser_wrong(parser, parser->token.offset, NULL,
			    "more than %d '%s' in a row", MAX_REPEATED_PREFIX,
			    token_spelling(prefix));
			return NULL;
		}
		offsets[count++] = parser->token.offset;
		parser_advance(parser);
	}
	if (prefix == TOKEN_MINUS && parser->token.kind == TOKEN_INTEGER)
		node = parse_negated_integer(parser, offsets[count - 1], &is_literal);
	else
		node = parse_accesses(parser, parse_primary(parser));
	if (is_literal)
		count--;
	while (count > 0 && node != NULL)
		node = tree_unary(&parser->tree, offsets[--count],
		    prefix == TOKEN_NOT ? NODE_NOT : NODE_NEGATE, node);
	return node;
}
