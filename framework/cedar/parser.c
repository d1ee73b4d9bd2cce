/*
 * What all productions of the grammar share: stepping through tokens, complaining, names and
 * strings.
 */
#include "cedar/parser.h"

#include <stdarg.h>
#include <stdio.h>

#include "cedar/hints.h"
#include "cedar/unescape.h"
#include "core/utf8.h"

enum { MAX_FOUND = 64, MAX_SHOWN_NAME = 32 };

void
parser_init(struct parser *parser, const struct source *source)
{
	*parser =
	    (struct parser) { .source = *source, .lexer = { .text = source->text }, .line = 1 };
	parser->tree = tree_of(&parser->source);
	parser->token = lexer_next(&parser->lexer);
}

void
parser_advance(struct parser *parser)
{
	parser->last_end = parser->token.end;
	parser->token = lexer_next(&parser->lexer);
}

bool
parser_accept(struct parser *parser, enum token_kind kind)
{
	if (parser->token.kind != kind)
		return false;
	parser_advance(parser);
	return true;
}

bool
parser_at_name(const struct parser *parser, const char *name)
{
	return parser->token.kind == TOKEN_IDENTIFIER && slice_is(parser->token.text, name);
}

/* How a complaint names a token. */
static const char *
describe(const struct token *token, char room[MAX_FOUND])
{
	struct slice shown = slice_first(token->text, MAX_SHOWN_NAME);
	const char *dots = shown.len < token->text.len ? ".." : "";

	switch (token->kind) {
	case TOKEN_IDENTIFIER:
	case TOKEN_INTEGER:
	case TOKEN_SLOT:
		(void)snprintf(room, MAX_FOUND, "'%.*s%s'", SLICE_ARGS(shown), dots);
		return room;
	case TOKEN_END:
	case TOKEN_STRING:
	case TOKEN_INVALID:
		return token_spelling(token->kind);
	default:
		(void)snprintf(room, MAX_FOUND, "'%s'", token_spelling(token->kind));
		return room;
	}
}

bool
parser_wrong(struct parser *parser, uint32_t offset, const char *hint, const char *format, ...)
{
	char message[192];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	complaint_add(&parser->source, offset, hint, "%s", message);
	return false;
}

static const char *
hint_for(const struct parser *parser)
{
	if (parser->lexer.is_schema)
		return NULL;
	return hint_for_token(parser->source.text, &parser->token);
}

bool
parser_expected(struct parser *parser, const char *what)
{
	const struct token *token = &parser->token;
	char found[MAX_FOUND];

	if (token->kind == TOKEN_INVALID)
		return parser_wrong(parser, token->offset, token->hint, "%s", token->message);
	return parser_wrong(parser, token->offset, hint_for(parser), "expected %s, found %s", what,
	    describe(token, found));
}

bool
parser_expected_hint(struct parser *parser, const char *what, const char *hint)
{
	char found[MAX_FOUND];

	if (parser->token.kind == TOKEN_INVALID || hint == NULL)
		return parser_expected(parser, what);
	return parser_wrong(parser, parser->token.offset, hint, "expected %s, found %s", what,
	    describe(&parser->token, found));
}

bool
parser_expect(struct parser *parser, enum token_kind kind, const char *where)
{
	char what[128];

	if (parser_accept(parser, kind))
		return true;
	(void)snprintf(what, sizeof(what), "'%s' %s", token_spelling(kind), where);
	return parser_expected(parser, what);
}

bool
parser_no_memory(struct parser *parser)
{
	return tree_no_memory(&parser->tree, parser->token.offset);
}

void *
parser_alloc(struct parser *parser, size_t size)
{
	return tree_alloc(&parser->tree, parser->token.offset, size);
}

void *
parser_room(struct parser *parser, void *array, size_t element, uint32_t count, uint32_t *size)
{
	return tree_room(&parser->tree, parser->token.offset, array, element, count, size);
}

bool
parse_identifier(struct parser *parser, const char *what, struct slice *ret_name)
{
	const struct token *token = &parser->token;

	if (token_is_word(token->kind))
		return parser_wrong(parser, token->offset, NULL,
		    "expected %s, but '%s' is a reserved word", what, token_spelling(token->kind));
	if (token->kind != TOKEN_IDENTIFIER)
		return parser_expected(parser, what);
	if (slice_is(token->text, "__cedar") && !parser->lexer.is_schema)
		return parser_wrong(parser, token->offset, NULL, "the name __cedar is reserved");
	*ret_name = token->text;
	parser_advance(parser);
	return true;
}

/* An escape in the string that comes next is wrong, or memory is out. */
static bool
refuse_escape(struct parser *parser, const struct unescape_fault *fault)
{
	if (fault->message == NULL)
		return parser_no_memory(parser);
	return parser_wrong(parser, parser->token.offset + 1 + (uint32_t)fault->offset, fault->hint,
	    "%s", fault->message);
}

bool
parse_string(struct parser *parser, const char *what, struct slice *ret_string)
{
	struct unescape_fault fault;

	if (parser->token.kind != TOKEN_STRING)
		return parser_expected(parser, what);
	if (!unescape_string(parser->source.arena, parser->token.text, ret_string, &fault))
		return refuse_escape(parser, &fault);
	parser_advance(parser);
	return true;
}

bool
parse_pattern(struct parser *parser, struct pattern *ret_pattern)
{
	struct unescape_fault fault;

	if (parser->token.kind != TOKEN_STRING)
		return parser_expected(parser, "a pattern in double quotes");
	if (!unescape_pattern(parser->source.arena, parser->token.text, ret_pattern, &fault))
		return refuse_escape(parser, &fault);
	parser_advance(parser);
	return true;
}

/*
 * Takes one more component; `start` is where the path began. White space and comments within drop
 * out.
 */
static bool
path_append(struct parser *parser, uint32_t start, struct slice component, struct slice *path)
{
	size_t end = (size_t)(component.data - parser->source.text.data) + component.len;
	size_t len = path->len + 2 + component.len;
	char *joined;

	if (end - start == len) {
		path->len = len;
		return true;
	}
	joined = parser_alloc(parser, len);
	if (joined == NULL)
		return false;
	memcpy(joined, path->data, path->len);
	memcpy(joined + path->len, "::", 2);
	memcpy(joined + path->len + 2, component.data, component.len);
	*path = slice_make(joined, len);
	return true;
}

bool
parse_name(struct parser *parser, struct cedar_uid *ret_uid)
{
	uint32_t start = parser->token.offset;
	struct slice path, component;

	if (!parse_identifier(parser, "a name", &path))
		return false;
	ret_uid->id = slice_make(NULL, 0);
	while (parser_accept(parser, TOKEN_PATH)) {
		if (parser->token.kind == TOKEN_STRING) {
			if (!parse_string(parser, "an entity id", &ret_uid->id))
				return false;
			break;
		}
		if (!parse_identifier(parser, "a name or a string behind '::'", &component) ||
		    !path_append(parser, start, component, &path))
			return false;
	}
	ret_uid->type = path;
	return true;
}

bool
parse_type(struct parser *parser, struct slice *ret_type)
{
	uint32_t start = parser->token.offset;
	struct cedar_uid uid;

	if (parser->token.kind == TOKEN_STRING)
		return parser_expected_hint(parser, "an entity type", "write it without quotes");
	if (parser->token.kind != TOKEN_IDENTIFIER)
		return parse_identifier(parser, "an entity type", ret_type);
	if (!parse_name(parser, &uid))
		return false;
	if (uid.id.data != NULL)
		return parser_wrong(parser, start, "write == to compare with an entity",
		    "expected an entity type, found an entity");
	*ret_type = uid.type;
	return true;
}

bool
cedar_is_path(struct slice text)
{
	struct lexer lexer = { .text = text };
	size_t at = 0;

	if (text.len > CEDAR_MAX_TEXT)
		return false;
	for (;;) {
		struct token token = lexer_next(&lexer);

		if (token.kind != TOKEN_IDENTIFIER || token.offset != at ||
		    slice_is(token.text, "__cedar"))
			return false;
		at = token.end;
		if (at == text.len)
			return true;
		token = lexer_next(&lexer);
		if (token.kind != TOKEN_PATH || token.offset != at)
			return false;
		at = token.end;
	}
}
