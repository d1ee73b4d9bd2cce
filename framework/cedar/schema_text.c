/*
 * Whole schema texts to declarations. The words of this grammar (`entity`, `tags`; not `in`) are
 * names like others, so what a word means is decided by where it stands. A declaration that is
 * wrong is complained about and stepped over.
 *
 *     schema = { annotations ( "namespace" Path "{" { annotations decl } "}" | decl ) }
 */
#include "cedar/schema_text.h"

struct reading {
	struct parser parser;
	struct decl_fragment *fragment;
	struct decl_namespace *empty;   /* what is declared outside; NULL: nothing yet */
	struct decl_namespace *current; /* NULL: outside */
};

static struct decl_namespace *
new_namespace(struct reading *reading)
{
	struct decl_namespace *made = parser_alloc(&reading->parser, sizeof(*made));

	if (made != NULL)
		made->fragment = reading->fragment;
	return made;
}

/* Where a declaration goes that stands in no namespace. */
static bool
open_empty_namespace(struct reading *reading)
{
	if (reading->empty == NULL) {
		reading->empty = new_namespace(reading);
		if (reading->empty == NULL)
			return false;
		reading->empty->name.text = SLICE_OF("");
		decl_names_add(&reading->fragment->namespaces, &reading->empty->name);
	}
	reading->current = reading->empty;
	return true;
}

static bool
at_declaration(const struct reading *reading)
{
	return parser_at_name(&reading->parser, "entity") ||
	       parser_at_name(&reading->parser, "action") ||
	       parser_at_name(&reading->parser, "type") ||
	       parser_at_name(&reading->parser, "namespace");
}

/* Whether this token is the first one of its line. */
static bool
begins_line(const struct reading *reading)
{
	struct slice text = reading->parser.source.text;
	size_t at = reading->parser.token.offset;

	while (at > 0 && (text.data[at - 1] == ' ' || text.data[at - 1] == '\t'))
		at--;
	return at == 0 || text.data[at - 1] == '\n';
}

/* Whether a line begins with this token, which seems to begin a declaration: a name follows. */
static bool
begins_declaration(const struct reading *reading)
{
	struct lexer ahead = reading->parser.lexer;
	enum token_kind next = lexer_next(&ahead).kind;

	return at_declaration(reading) && begins_line(reading) &&
	       (next == TOKEN_IDENTIFIER || next == TOKEN_STRING);
}

/*
 * Steps over a declaration that is wrong, from its beginning: to behind its `;`, or to the end of
 * the namespace, or to where a line seems to begin the next one. Braces are counted, for `;` is
 * also what people write between attributes.
 */
static void
recover(struct reading *reading, uint32_t start)
{
	struct parser *parser = &reading->parser;
	uint32_t wrong_at = parser->token.offset;
	size_t open = 0;

	parser->lexer.at = start;
	parser_advance(parser);
	if (parser_accept(parser, TOKEN_SEMICOLON))
		return;
	for (; parser->token.kind != TOKEN_END; parser_advance(parser)) {
		enum token_kind kind = parser->token.kind;
		bool is_past = parser->token.offset >= wrong_at && parser->token.offset > start;

		if (is_past && (begins_declaration(reading) ||
				   (kind == TOKEN_AT && open == 0 && begins_line(reading))))
			return;
		if (kind == TOKEN_OPEN_BRACE)
			open++;
		if (kind == TOKEN_CLOSE_BRACE && open == 0 && is_past)
			return;
		if (kind == TOKEN_CLOSE_BRACE && open > 0)
			open--;
		if (kind == TOKEN_SEMICOLON && open == 0 && is_past)
			break;
	}
	(void)parser_accept(parser, TOKEN_SEMICOLON);
}

/* A `;` where a declaration may begin. */
static bool
refuse_semicolon(struct parser *parser)
{
	struct slice before = slice_first(parser->source.text, parser->last_end);
	bool is_behind_brace = before.len > 0 && before.data[before.len - 1] == '}';

	return parser_wrong(parser, parser->token.offset,
	    is_behind_brace ? "no ; stands behind a namespace" : "one is enough", "unexpected ';'");
}

static bool
expected_declaration(struct reading *reading, bool may_be_namespace)
{
	struct parser *parser = &reading->parser;

	if (parser->token.kind == TOKEN_SEMICOLON)
		return refuse_semicolon(parser);
	if (parser_at_name(parser, "namespace"))
		return parser_wrong(parser, parser->token.offset,
		    "write namespace Outer::Inner { .. } beside it",
		    "namespaces do not stand within each other");
	return parser_expected(parser, may_be_namespace
					   ? "'entity', 'action', 'type' or 'namespace'"
					   : "'entity', 'action', 'type' or '}'");
}

/* decl = "entity" .. ";" | "action" .. ";" | "type" .. ";" */
static bool
parse_declaration(struct reading *reading, const struct annotation *annotations)
{
	struct parser *parser = &reading->parser;

	if (schema_text_accept(parser, "entity"))
		return schema_text_entity(parser, annotations, reading->current);
	if (schema_text_accept(parser, "action"))
		return schema_text_action(parser, annotations, reading->current);
	if (schema_text_accept(parser, "type"))
		return schema_text_common(parser, annotations, reading->current);
	return expected_declaration(reading, reading->current == reading->empty);
}

/* { annotations decl } "}" */
static bool
parse_namespace_body(struct reading *reading)
{
	while (!parser_accept(&reading->parser, TOKEN_CLOSE_BRACE)) {
		uint32_t start = reading->parser.token.offset;
		const struct annotation *annotations;

		if (reading->parser.token.kind == TOKEN_END)
			return parser_expected(&reading->parser, "'}' at the end of the namespace");
		if (!schema_text_annotations(&reading->parser, &annotations) ||
		    !parse_declaration(reading, annotations)) {
			if (reading->parser.tree.is_out_of_memory)
				return false;
			recover(reading, start);
		}
	}
	return true;
}

/*
 * Behind "namespace": Path "{" .. "}". Whether it could be stepped through; what is wrong within
 * has been complained about.
 */
static bool
parse_namespace(struct reading *reading, const struct annotation *annotations)
{
	struct decl_namespace *namespace = new_namespace(reading);
	bool is_right;

	if (namespace == NULL ||
	    !schema_text_path(
		&reading->parser, "the name of a namespace", &namespace->name, NULL) ||
	    !parser_expect(&reading->parser, TOKEN_OPEN_BRACE, "behind the namespace's name"))
		return false;
	namespace->annotations = annotations;
	decl_names_add(&reading->fragment->namespaces, &namespace->name);
	reading->current = namespace;
	is_right = parse_namespace_body(reading);
	reading->current = NULL;
	return is_right;
}

static bool
parse_outside(struct reading *reading)
{
	const struct annotation *annotations;

	reading->current = NULL;
	if (!schema_text_annotations(&reading->parser, &annotations))
		return false;
	if (schema_text_accept(&reading->parser, "namespace"))
		return parse_namespace(reading, annotations);
	if (!at_declaration(reading))
		return expected_declaration(reading, true);
	return open_empty_namespace(reading) && parse_declaration(reading, annotations);
}

bool
schema_text_parse(struct decl_fragment *fragment)
{
	struct reading reading = { .fragment = fragment };
	struct parser *parser = &reading.parser;

	parser_init(parser, &fragment->source);
	parser->lexer.is_schema = true;
	while (parser->token.kind != TOKEN_END && !parser->tree.is_out_of_memory) {
		uint32_t start = parser->token.offset;

		if (!parse_outside(&reading) && !parser->tree.is_out_of_memory) {
			recover(&reading, start);
			(void)parser_accept(parser, TOKEN_CLOSE_BRACE);
		}
	}
	decl_fragment_finish(fragment);
	complaints_sort(fragment->source.complaints, 0);
	return fragment->source.complaints->count == 0;
}
