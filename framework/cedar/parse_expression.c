/*
 * Expressions: one function a level of the grammar, its production above it, loosest binding last
 * in the file. Between parser.c (tokens, names) and parse_policy.c (what stands around
 * expressions).
 */
#include "cedar/parser.h"

#include "cedar/sort.h"
#include "cedar/unescape.h"
#include "cedar/value.h"

enum { MAX_REPEATED_PREFIX = 4 }; /* of `!` or `-` in a row, as the language has it */

static const char *const words_of_variables[VARIABLE_COUNT] = {
	[VARIABLE_PRINCIPAL] = "principal",
	[VARIABLE_ACTION] = "action",
	[VARIABLE_RESOURCE] = "resource",
	[VARIABLE_CONTEXT] = "context",
};

static const struct {
	const char *name;
	unsigned operands;
	bool is_method, is_extension;
} calls[CALL_COUNT] = {
#define METHOD(name, spelling, operands) [CALL_##name] = { spelling, operands, true, false },
#define EXTENSION_METHOD(name, spelling, operands) \
	[CALL_##name] = { spelling, operands, true, true },
#define EXTENSION_FUNCTION(name, spelling, operands) \
	[CALL_##name] = { spelling, operands, false, true },
#include "cedar/calls.def"
};

/* CALL_UNKNOWN: nothing is called like this. */
static enum call
find_call(struct slice name)
{
	enum call call = 0;

	while (call < CALL_COUNT && !slice_is(name, calls[call].name))
		call++;
	return call;
}

static struct node *
node_new(struct parser *parser, enum node_kind kind, uint32_t offset)
{
	struct node *node = parser_alloc(parser, sizeof(*node));

	if (node == NULL)
		return NULL;
	node->kind = kind;
	node->offset = offset;
	node->depth = 1;
	return node;
}

/* Notes that `child` hangs below `node`. False: too deep, or no child. */
static bool
adopt(struct parser *parser, struct node *node, const struct node *child)
{
	if (child == NULL)
		return false;
	if (child->depth >= CEDAR_MAX_DEPTH)
		return parser_wrong(parser, node->offset, NULL, "this is nested more than %d deep",
		    CEDAR_MAX_DEPTH);
	if (node->depth <= child->depth)
		node->depth = (uint16_t)(child->depth + 1);
	return true;
}

static const struct node *
make_literal(struct parser *parser, uint32_t offset, struct cedar_value value)
{
	struct node *node = node_new(parser, NODE_LITERAL, offset);
	struct cedar_value *constant = parser_alloc(parser, sizeof(*constant));

	if (node == NULL || constant == NULL)
		return NULL;
	*constant = value;
	node->constant = constant;
	return node;
}

/*
 * Room for one more element behind `count` in an array that doubles; `*size` is what there is
 * room for.
 */
static void *
room_for_one(struct parser *parser, void *array, size_t element, uint32_t count, uint32_t *size)
{
	uint32_t wanted = *size == 0 ? 4 : *size * 2;
	void *grown;

	if (count < *size)
		return array;
	if (count >= CEDAR_MAX_SET) {
		parser_wrong(
		    parser, parser->token.offset, NULL, "more than %d elements", CEDAR_MAX_SET);
		return NULL;
	}
	grown = parser_alloc(parser, wanted * element);
	if (grown == NULL)
		return NULL;
	if (count > 0)
		memcpy(grown, array, count * element);
	*size = wanted;
	return grown;
}

static bool
list_add(struct parser *parser, struct node_list *list, uint32_t *size, const struct node *item)
{
	const struct node **items;

	if (item == NULL)
		return false;
	items = room_for_one(parser, list->items, sizeof(struct node *), list->count, size);
	if (items == NULL)
		return false;
	list->items = items;
	list->items[list->count++] = item;
	return true;
}

static bool
adopt_list(struct parser *parser, struct node *node, const struct node_list *list)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (!adopt(parser, node, list->items[i]))
			return false;
	return true;
}

/* args = expr { "," expr } [ "," ]        up to `close`, which is stepped over; added to a list */
static bool
parse_arguments(
    struct parser *parser, enum token_kind close, struct node_list *list, uint32_t *size)
{
	while (parser->token.kind != close) {
		if (!list_add(parser, list, size, parse_expression(parser)))
			return false;
		if (!parser_accept(parser, TOKEN_COMMA) && parser->token.kind != close)
			return parser_expected(
			    parser, close == TOKEN_CLOSE_PAREN ? "',' or ')'" : "',' or ']'");
	}
	parser_advance(parser);
	return true;
}

/* A set whose elements are all constant is built once, here. */
static bool
fold_set(struct parser *parser, struct node *node)
{
	uint32_t count = node->as.list.count;
	struct cedar_value *constant, *elements;

	for (uint32_t i = 0; i < count; i++)
		if (node->as.list.items[i]->constant == NULL)
			return true;
	constant = parser_alloc(parser, sizeof(*constant));
	elements = parser_alloc(parser, count * sizeof(*elements));
	if (constant == NULL || elements == NULL)
		return false;
	for (uint32_t i = 0; i < count; i++)
		elements[i] = *node->as.list.items[i]->constant;
	if (set_adopt(parser->source.arena, elements, count, constant) != VALUE_OK)
		return parser_no_memory(parser);
	node->constant = constant;
	return true;
}

static const struct node *
parse_set(struct parser *parser)
{
	struct node *node = node_new(parser, NODE_SET, parser->token.offset);
	uint32_t size = 0;

	parser_advance(parser);
	if (node == NULL || !parse_arguments(parser, TOKEN_CLOSE_BRACKET, &node->as.list, &size) ||
	    !adopt_list(parser, node, &node->as.list) || !fold_set(parser, node))
		return NULL;
	return node;
}

static bool
fold_record(struct parser *parser, struct node *node)
{
	uint32_t count = node->as.record.count;
	struct cedar_member *members;
	struct cedar_value *constant;

	for (uint32_t i = 0; i < count; i++)
		if (node->as.record.fields[i].value->constant == NULL)
			return true;
	constant = parser_alloc(parser, sizeof(*constant));
	members = parser_alloc(parser, count * sizeof(*members));
	if (constant == NULL || members == NULL)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		members[i].name = node->as.record.fields[i].name;
		members[i].value = *node->as.record.fields[i].value->constant;
	}
	if (record_adopt(parser->source.arena, members, count, constant) != VALUE_OK)
		return parser_no_memory(parser);
	node->constant = constant;
	return true;
}

/* By name; of the same name the one that stands first in the text. */
static int
field_order(const void *a, const void *b)
{
	const struct field *x = a, *y = b;
	int order = name_order(x->name, y->name);

	return order != 0 ? order : (x->offset > y->offset) - (x->offset < y->offset);
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

static bool
parse_fields(struct parser *parser, struct node *node, struct field **ret_fields)
{
	struct field *fields = NULL;
	uint32_t size = 0, count = 0;

	while (parser->token.kind != TOKEN_CLOSE_BRACE) {
		fields = room_for_one(parser, fields, sizeof(*fields), count, &size);
		if (fields == NULL || !parse_field(parser, &fields[count]) ||
		    !adopt(parser, node, fields[count].value))
			return false;
		count++;
		if (!parser_accept(parser, TOKEN_COMMA) && parser->token.kind != TOKEN_CLOSE_BRACE)
			return parser_expected(parser, "',' or '}'");
	}
	parser_advance(parser);
	node->as.record.count = count;
	*ret_fields = fields;
	return true;
}

/* "{" [ key ":" expr { "," key ":" expr } [ "," ] ] "}" */
static const struct node *
parse_record(struct parser *parser)
{
	struct node *node = node_new(parser, NODE_RECORD, parser->token.offset);
	struct field *fields = NULL;

	parser_advance(parser);
	if (node == NULL || !parse_fields(parser, node, &fields))
		return NULL;
	SORT(fields, node->as.record.count, field_order);
	for (uint32_t i = 1; i < node->as.record.count; i++)
		if (slice_equal(fields[i - 1].name, fields[i].name)) {
			parser_wrong(parser, fields[i].offset, NULL, "this key stands here twice");
			return NULL;
		}
	node->as.record.fields = fields;
	return fold_record(parser, node) ? node : NULL;
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
	return make_literal(parser, offset, value_long((int64_t)number));
}

/*
 * A name and "(": none of the functions of the language is known here, and nothing else may be
 * called like this.
 */
static const struct node *
refuse_function(struct parser *parser, const struct token *name, struct slice path)
{
	enum call call = find_call(path);

	if (call == CALL_UNKNOWN)
		parser_wrong(parser, name->offset, NULL, "there is no such function");
	else if (calls[call].is_method)
		parser_wrong(parser, name->offset, "write it behind a dot: x.method()",
		    "%.*s is a method, no function", SLICE_ARGS(path));
	else
		parser_unsupported(parser, name, "the extension function");
	return NULL;
}

static const struct node *
make_variable(struct parser *parser, const struct token *name)
{
	for (size_t i = 0; i < VARIABLE_COUNT; i++)
		if (slice_is(name->text, words_of_variables[i])) {
			struct node *node = node_new(parser, NODE_VARIABLE, name->offset);

			if (node != NULL)
				node->as.variable = (enum variable)i;
			return node;
		}
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
		return make_literal(parser, name.offset, value_entity(kept));
	}
	if (parser->token.kind == TOKEN_OPEN_PAREN)
		return refuse_function(parser, &name, uid.type);
	variable = uid.type.len == name.text.len ? make_variable(parser, &name) : NULL;
	if (variable == NULL && !parser->is_out_of_memory)
		parser_wrong(parser, name.offset,
		    "an entity is Type::\"id\", a string is in double quotes",
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
	return make_literal(parser, offset, value_string(string));
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
		return make_literal(parser, token.offset, value_boolean(token.kind == TOKEN_TRUE));
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

static const struct node *
make_attribute(struct parser *parser, const struct node *object, uint32_t offset, struct slice name)
{
	struct node *node = node_new(parser, NODE_ATTRIBUTE, offset);

	if (node == NULL || !adopt(parser, node, object))
		return NULL;
	node->as.attribute.object = object;
	node->as.attribute.name = name;
	return node;
}

/* The arguments of `receiver.name`, whose "(" comes next. */
static const struct node *
parse_call(struct parser *parser, const struct node *receiver, const struct token *name)
{
	enum call call = find_call(name->text);
	struct node_list operands = { NULL, 0 };
	uint32_t size = 0;
	struct node *node;

	if (call == CALL_UNKNOWN || !calls[call].is_method || calls[call].is_extension) {
		if (call == CALL_UNKNOWN)
			parser_wrong(parser, name->offset, NULL, "there is no such method");
		else if (!calls[call].is_method)
			parser_wrong(parser, name->offset, NULL, "%.*s is a function, no method",
			    SLICE_ARGS(name->text));
		else
			parser_unsupported(parser, name, "the method");
		return NULL;
	}
	node = node_new(parser, NODE_CALL, name->offset);
	parser_advance(parser);
	if (node == NULL || !list_add(parser, &operands, &size, receiver) ||
	    !parse_arguments(parser, TOKEN_CLOSE_PAREN, &operands, &size) ||
	    !adopt_list(parser, node, &operands))
		return NULL;
	if (operands.count != calls[call].operands) {
		parser_wrong(parser, name->offset, NULL, "%s takes %u argument%s, not %u",
		    calls[call].name, calls[call].operands - 1,
		    calls[call].operands == 2 ? "" : "s", operands.count - 1);
		return NULL;
	}
	node->as.call.call = call;
	node->as.call.operands = operands;
	return node;
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
		return parse_call(parser, object, &token);
	return make_attribute(parser, object, token.offset, name);
}

/* Behind "[": STRING "]" */
static const struct node *
parse_index(struct parser *parser, const struct node *object)
{
	uint32_t offset = parser->token.offset;
	struct slice name;

	if (!parse_string(parser, "an attribute name in double quotes", &name) ||
	    !parser_expect(parser, TOKEN_CLOSE_BRACKET, "behind the attribute name"))
		return NULL;
	return make_attribute(parser, object, offset, name);
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
		return make_literal(
		    parser, minus, value_long(number > INT64_MAX ? INT64_MIN : -(int64_t)number));
	node = make_literal(parser, token.offset, value_long((int64_t)number));
	return parse_accesses(parser, node);
}

static const struct node *
make_unary(struct parser *parser, enum node_kind kind, uint32_t offset, const struct node *operand)
{
	struct node *node = operand == NULL ? NULL : node_new(parser, kind, offset);

	if (node == NULL || !adopt(parser, node, operand))
		return NULL;
	node->as.operand = operand;
	return node;
}

/* unary = [ 1 to 4 "!" | 1 to 4 "-" ] member        member = primary accesses */
static const struct node *
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
		node = make_unary(
		    parser, prefix == TOKEN_NOT ? NODE_NOT : NODE_NEGATE, offsets[--count], node);
	return node;
}

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
	struct node *node = node_new(parser, NODE_ARITHMETIC, first->offset);
	enum arithmetic operator= ARITHMETIC_ADD;
	struct term *terms = NULL;
	uint32_t count = 0, size = 0;

	for (const struct node *next = first; node != NULL;) {
		terms = room_for_one(parser, terms, sizeof(*terms), count, &size);
		if (terms == NULL || !adopt(parser, node, next))
			return NULL;
		terms[count].operator= operator;
		terms[count++].operand = next;
		if (!arithmetic_of(parser->token.kind, is_product, &operator))
			break;
		parser_advance(parser);
		next = operand(parser);
	}
	if (node == NULL)
		return NULL;
	node->as.chain.terms = terms;
	node->as.chain.count = count;
	return node;
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
	struct node *node = node_new(parser, NODE_COMPARE, parser->token.offset);

	parser_advance(parser);
	if (node == NULL || !adopt(parser, node, left))
		return NULL;
	node->as.compare.operator= operator;
	node->as.compare.left = left;
	node->as.compare.right = parse_sum(parser);
	return adopt(parser, node, node->as.compare.right) ? node : NULL;
}

/* hasrhs = IDENT { "." IDENT } | STRING */
static const struct node *
parse_has(struct parser *parser, const struct node *object)
{
	struct node *node = node_new(parser, NODE_HAS, parser->token.offset);
	struct slice *names = NULL;
	uint32_t count = 0, size = 0;
	bool is_quoted;

	parser_advance(parser);
	if (node == NULL || !adopt(parser, node, object))
		return NULL;
	is_quoted = parser->token.kind == TOKEN_STRING;
	do {
		names = room_for_one(parser, names, sizeof(*names), count, &size);
		if (names == NULL)
			return NULL;
		if (is_quoted ? !parse_string(parser, "an attribute name", &names[count])
			      : !parse_identifier(parser, "an attribute name", &names[count]))
			return NULL;
		count++;
	} while (!is_quoted && parser_accept(parser, TOKEN_DOT));
	node->as.has.object = object;
	node->as.has.names = names;
	node->as.has.count = count;
	return node;
}

static const struct node *
parse_like(struct parser *parser, const struct node *object)
{
	struct node *node = node_new(parser, NODE_LIKE, parser->token.offset);
	struct unescape_fault fault;

	parser_advance(parser);
	if (node == NULL || !adopt(parser, node, object))
		return NULL;
	node->as.like.object = object;
	if (parser->token.kind != TOKEN_STRING) {
		parser_expected(parser, "a pattern in double quotes");
		return NULL;
	}
	if (!unescape_pattern(
		parser->source.arena, parser->token.text, &node->as.like.pattern, &fault)) {
		if (fault.message == NULL)
			parser_no_memory(parser);
		else
			parser_wrong(parser, parser->token.offset + 1 + (uint32_t)fault.offset,
			    fault.hint, "%s", fault.message);
		return NULL;
	}
	parser_advance(parser);
	return node;
}

/* "is" Path [ "in" add ] */
static const struct node *
parse_is(struct parser *parser, const struct node *object)
{
	struct node *node = node_new(parser, NODE_IS, parser->token.offset);

	parser_advance(parser);
	if (node == NULL || !adopt(parser, node, object) || !parse_type(parser, &node->as.is.type))
		return NULL;
	node->as.is.object = object;
	if (!parser_accept(parser, TOKEN_IN))
		return node;
	node->as.is.in = parse_sum(parser);
	return adopt(parser, node, node->as.is.in) ? node : NULL;
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
	uint32_t size = 0;
	struct node *node;

	if (first == NULL || parser->token.kind != mark)
		return first;
	node = node_new(parser, kind, first->offset);
	if (node == NULL || !list_add(parser, &node->as.list, &size, first))
		return NULL;
	while (parser_accept(parser, mark))
		if (!list_add(parser, &node->as.list, &size, operand(parser)))
			return NULL;
	return adopt_list(parser, node, &node->as.list) ? node : NULL;
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
	struct node *node = node_new(parser, NODE_IF, parser->token.offset);

	parser_advance(parser);
	if (node == NULL)
		return NULL;
	node->as.branch.condition = parse_expression(parser);
	if (node->as.branch.condition == NULL ||
	    !parser_expect(parser, TOKEN_THEN, "behind the condition"))
		return NULL;
	node->as.branch.then = parse_expression(parser);
	if (node->as.branch.then == NULL ||
	    !parser_expect(parser, TOKEN_ELSE, "(an if needs both branches)"))
		return NULL;
	node->as.branch.otherwise = parse_expression(parser);
	if (!adopt(parser, node, node->as.branch.condition) ||
	    !adopt(parser, node, node->as.branch.then) ||
	    !adopt(parser, node, node->as.branch.otherwise))
		return NULL;
	return node;
}

/* expr = or | "if" expr "then" expr "else" expr */
const struct node *
parse_expression(struct parser *parser)
{
	const struct node *node;

	if (parser->depth >= CEDAR_MAX_DEPTH) {
		parser_wrong(parser, parser->token.offset, NULL, "this is nested more than %d deep",
		    CEDAR_MAX_DEPTH);
		return NULL;
	}
	parser->depth++;
	node = parser->token.kind == TOKEN_IF ? parse_if(parser) : parse_or(parser);
	parser->depth--;
	return node;
}
