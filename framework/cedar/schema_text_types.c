/* Names, lists, records and types of schema texts. Nesting is counted in the parser's `depth`. */
#include "cedar/schema_text.h"

bool
schema_text_accept(struct parser *parser, const char *name)
{
	if (!parser_at_name(parser, name))
		return false;
	parser_advance(parser);
	return true;
}

/* IDENT */
bool
schema_text_identifier(struct parser *parser, const char *what, struct decl_name *name)
{
	name->offset = parser->token.offset;
	return parse_identifier(parser, what, &name->text);
}

/* Name = IDENT | STRING */
bool
schema_text_name(struct parser *parser, const char *what, struct decl_name *name)
{
	name->offset = parser->token.offset;
	if (parser->token.kind == TOKEN_STRING)
		return parse_string(parser, what, &name->text);
	if (token_is_word(parser->token.kind))
		return parser_wrong(parser, name->offset, "in double quotes it is fine",
		    "expected %s, but '%s' is a reserved word", what,
		    token_spelling(parser->token.kind));
	return parse_identifier(parser, what, &name->text);
}

/* Path, and if it is allowed and there, `::"id"` */
bool
schema_text_path(
    struct parser *parser, const char *what, struct decl_name *path, struct slice *ret_id)
{
	struct cedar_uid uid;

	path->offset = parser->token.offset;
	if (parser->token.kind != TOKEN_IDENTIFIER)
		return parse_identifier(parser, what, &path->text);
	if (!parse_name(parser, &uid))
		return false;
	if (uid.id.data != NULL && ret_id == NULL)
		return parser_wrong(
		    parser, path->offset, NULL, "expected %s, found an entity", what);
	path->text = uid.type;
	if (ret_id != NULL)
		*ret_id = uid.id;
	return true;
}

/* element { "," element } */
bool
schema_text_some(struct parser *parser, struct decl_names *names, schema_text_element *parse)
{
	do
		if (!parse(parser, names))
			return false;
	while (parser_accept(parser, TOKEN_COMMA));
	return true;
}

/* Behind "[": some elements "]". A comma at the end is for records alone. */
bool
schema_text_bracket(struct parser *parser, struct decl_names *names, schema_text_element *parse)
{
	return schema_text_some(parser, names, parse) &&
	       (parser_accept(parser, TOKEN_CLOSE_BRACKET) ||
		   parser_expected(parser, "',' or ']'"));
}

static bool
parse_path_element(struct parser *parser, struct decl_names *names)
{
	struct decl_name *name = parser_alloc(parser, sizeof(*name));

	if (name == NULL || !schema_text_path(parser, "an entity type", name, NULL))
		return false;
	decl_names_add(names, name);
	return true;
}

/* Types = Path | "[" [ Path { "," Path } ] "]" */
bool
schema_text_types(struct parser *parser, struct decl_names *names)
{
	if (!parser_accept(parser, TOKEN_OPEN_BRACKET))
		return parse_path_element(parser, names);
	if (parser_accept(parser, TOKEN_CLOSE_BRACKET))
		return true;
	return schema_text_bracket(parser, names, parse_path_element);
}

/* Annotations as the JSON format has them: `@key` alone means @key(""). */
bool
schema_text_annotations(struct parser *parser, const struct annotation **ret_annotations)
{
	struct annotation *first;

	if (!parse_annotations(parser, &first))
		return false;
	for (struct annotation *each = first; each != NULL; each = each->next)
		each->has_value = true;
	*ret_annotations = decl_annotations_sort(first);
	return true;
}

/* attr = annotations Name [ "?" ] ":" Type */
static bool
parse_attribute(struct parser *parser, struct decl_names *names)
{
	struct decl_attribute *attribute = parser_alloc(parser, sizeof(*attribute));

	if (attribute == NULL || !schema_text_annotations(parser, &attribute->annotations) ||
	    !schema_text_name(parser, "an attribute or '}'", &attribute->name))
		return false;
	attribute->is_required = !parser_accept(parser, TOKEN_OPTIONAL);
	if (!parser_accept(parser, TOKEN_COLON))
		return parser_expected(parser, attribute->is_required
						   ? "':' or '?' behind the attribute's name"
						   : "':' behind the attribute's name");
	attribute->type = schema_text_type(parser);
	if (attribute->type == NULL)
		return false;
	decl_names_add(names, &attribute->name);
	return true;
}

/* Behind an attribute: whether another one may come. False at the end and where all is wrong. */
bool
schema_text_goes_on(struct parser *parser, bool *ret_is_wrong)
{
	*ret_is_wrong = false;
	if (parser_accept(parser, TOKEN_COMMA))
		return parser->token.kind != TOKEN_CLOSE_BRACE;
	if (parser->token.kind == TOKEN_CLOSE_BRACE)
		return false;
	*ret_is_wrong = true;
	if (parser->token.kind == TOKEN_SEMICOLON)
		return parser_wrong(parser, parser->token.offset, "attributes are parted by ','",
		    "expected ',' or '}', found ';'");
	return parser_expected(parser, "',' or '}'");
}

/*
 * Rec = "{" [ attr { "," attr } [ "," ] ] "}". An attribute that stands there twice counts as
 * it stands there last, as in the official engine.
 */
static bool
parse_record(struct parser *parser, struct decl_names *attributes)
{
	bool is_wrong = false;

	if (!parser_expect(parser, TOKEN_OPEN_BRACE, "before the attributes"))
		return false;
	if (parser->token.kind != TOKEN_CLOSE_BRACE)
		do
			if (!parse_attribute(parser, attributes))
				return false;
		while (schema_text_goes_on(parser, &is_wrong));
	if (is_wrong)
		return false;
	parser_advance(parser);
	decl_names_sort(attributes);
	decl_names_keep_last(attributes);
	return true;
}

static struct decl_type *
new_type(struct parser *parser, enum decl_type_kind kind)
{
	struct decl_type *type = parser_alloc(parser, sizeof(*type));

	if (type == NULL)
		return NULL;
	type->kind = kind;
	type->offset = parser->token.offset;
	return type;
}

const struct decl_type *
schema_text_record(struct parser *parser)
{
	struct decl_type *type = new_type(parser, DECL_RECORD);

	return type != NULL && parse_record(parser, &type->attributes) ? type : NULL;
}

/* Behind `Set`: "<" Type ">" */
static const struct decl_type *
parse_set_type(struct parser *parser, uint32_t offset)
{
	struct decl_type *type = new_type(parser, DECL_SET);

	parser_advance(parser);
	if (type == NULL)
		return NULL;
	type->offset = offset;
	type->element = schema_text_type(parser);
	if (type->element == NULL ||
	    !parser_expect(parser, TOKEN_GREATER, "behind the type of the set's elements"))
		return NULL;
	return type;
}

/* Path | "Set" "<" Type ">" */
static const struct decl_type *
parse_named_type(struct parser *parser)
{
	bool is_set = parser_at_name(parser, "Set");
	struct decl_name path = { .offset = parser->token.offset };
	struct decl_type *type;

	if (parser->token.kind == TOKEN_OPEN_BRACKET) {
		parser_wrong(parser, path.offset, "a set is written Set<String>",
		    "expected a type, found '['");
		return NULL;
	}
	if (!schema_text_path(parser, "a type", &path, NULL))
		return NULL;
	if (is_set && path.text.len == 3 && parser->token.kind == TOKEN_LESS)
		return parse_set_type(parser, path.offset);
	type = new_type(parser, DECL_ENTITY_OR_COMMON);
	if (type == NULL)
		return NULL;
	type->offset = path.offset;
	type->name = path.text;
	return type;
}

/* Type = Path | "Set" "<" Type ">" | Rec */
const struct decl_type *
schema_text_type(struct parser *parser)
{
	const struct decl_type *type;

	if (parser->depth >= CEDAR_MAX_DEPTH) {
		complaint_limit(&parser->source, parser->token.offset, NULL,
		    "types are nested more than %d deep", CEDAR_MAX_DEPTH);
		return NULL;
	}
	parser->depth++;
	type = parser->token.kind == TOKEN_OPEN_BRACE ? schema_text_record(parser)
						      : parse_named_type(parser);
	parser->depth--;
	return type;
}
