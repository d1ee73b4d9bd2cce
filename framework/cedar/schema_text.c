/*
 * Schema text to declarations: one function a production, the production above it. The words of
 * this grammar (`entity`, `in` apart) are names like others, so what a word means is decided by
 * where it stands. A declaration that is wrong is complained about and stepped over.
 *
 *     schema = { annotations ( namespace | decl ) }
 */
#include "cedar/schema_decl.h"

#include "cedar/parser.h"

struct reading {
	struct parser parser;
	struct decl_fragment *fragment;
	struct decl_namespace *empty;   /* what is declared outside; NULL: nothing yet */
	struct decl_namespace *current; /* NULL: outside */
};

static const struct decl_type *parse_schema_type(struct reading *reading);

static void *
allocate(struct reading *reading, size_t size)
{
	return parser_alloc(&reading->parser, size);
}

static const struct token *
token(const struct reading *reading)
{
	return &reading->parser.token;
}

static bool
at_name(const struct reading *reading, const char *name)
{
	return parser_at_name(&reading->parser, name);
}

static bool
accept_name(struct reading *reading, const char *name)
{
	if (!at_name(reading, name))
		return false;
	parser_advance(&reading->parser);
	return true;
}

static bool
expected(struct reading *reading, const char *what)
{
	return parser_expected(&reading->parser, what);
}

/* IDENT */
static bool
parse_ident(struct reading *reading, const char *what, struct decl_name *name)
{
	name->offset = token(reading)->offset;
	return parse_identifier(&reading->parser, what, &name->text);
}

/* Name = IDENT | STRING */
static bool
parse_any_name(struct reading *reading, const char *what, struct decl_name *name)
{
	name->offset = token(reading)->offset;
	if (token(reading)->kind == TOKEN_STRING)
		return parse_string(&reading->parser, what, &name->text);
	if (token_is_word(token(reading)->kind))
		return parser_wrong(&reading->parser, name->offset, "in double quotes it is fine",
		    "expected %s, but '%s' is a reserved word", what,
		    token_spelling(token(reading)->kind));
	return parse_identifier(&reading->parser, what, &name->text);
}

/* Path, and if it is allowed and there, `::"id"` */
static bool
parse_path(struct reading *reading, const char *what, struct decl_name *path, struct slice *ret_id)
{
	struct cedar_uid uid;

	path->offset = token(reading)->offset;
	if (token(reading)->kind != TOKEN_IDENTIFIER)
		return parse_identifier(&reading->parser, what, &path->text);
	if (!parse_name(&reading->parser, &uid))
		return false;
	if (uid.id.data != NULL && ret_id == NULL)
		return parser_wrong(
		    &reading->parser, path->offset, NULL, "expected %s, found an entity", what);
	path->text = uid.type;
	if (ret_id != NULL)
		*ret_id = uid.id;
	return true;
}

/* One more element of a list, whatever it is. */
typedef bool parse_element(struct reading *reading, struct decl_names *names);

/* element { "," element } */
static bool
parse_some(struct reading *reading, struct decl_names *names, parse_element *parse)
{
	do
		if (!parse(reading, names))
			return false;
	while (parser_accept(&reading->parser, TOKEN_COMMA));
	return true;
}

/* Behind "[": some elements "]". A comma at the end is for records alone. */
static bool
parse_bracket(struct reading *reading, struct decl_names *names, parse_element *parse)
{
	return parse_some(reading, names, parse) &&
	       (parser_accept(&reading->parser, TOKEN_CLOSE_BRACKET) ||
		   expected(reading, "',' or ']'"));
}

static bool
parse_string_element(struct reading *reading, struct decl_names *names)
{
	struct decl_name *name = allocate(reading, sizeof(*name));

	if (name == NULL)
		return false;
	name->offset = token(reading)->offset;
	if (!parse_string(&reading->parser, "an id in double quotes", &name->text))
		return false;
	decl_names_add(names, name);
	return true;
}

static bool
parse_path_element(struct reading *reading, struct decl_names *names)
{
	struct decl_name *name = allocate(reading, sizeof(*name));

	if (name == NULL || !parse_path(reading, "an entity type", name, NULL))
		return false;
	decl_names_add(names, name);
	return true;
}

/* Types = Path | "[" [ Path { "," Path } ] "]" */
static bool
parse_types(struct reading *reading, struct decl_names *names)
{
	if (!parser_accept(&reading->parser, TOKEN_OPEN_BRACKET))
		return parse_path_element(reading, names);
	if (parser_accept(&reading->parser, TOKEN_CLOSE_BRACKET))
		return true;
	return parse_bracket(reading, names, parse_path_element);
}

/* Annotations as the JSON format has them: `@key` alone means @key(""). */
static bool
parse_schema_annotations(struct reading *reading, const struct annotation **ret_annotations)
{
	struct annotation *first;

	if (!parse_annotations(&reading->parser, &first))
		return false;
	for (struct annotation *each = first; each != NULL; each = each->next)
		each->has_value = true;
	*ret_annotations = decl_annotations_sort(first);
	return true;
}

/* attr = annotations Name [ "?" ] ":" Type */
static bool
parse_attribute(struct reading *reading, struct decl_names *names)
{
	struct decl_attribute *attribute = allocate(reading, sizeof(*attribute));

	if (attribute == NULL || !parse_schema_annotations(reading, &attribute->annotations) ||
	    !parse_any_name(reading, "an attribute or '}'", &attribute->name))
		return false;
	attribute->is_required = !parser_accept(&reading->parser, TOKEN_OPTIONAL);
	if (!parser_accept(&reading->parser, TOKEN_COLON))
		return expected(reading, attribute->is_required
					     ? "':' or '?' behind the attribute's name"
					     : "':' behind the attribute's name");
	attribute->type = parse_schema_type(reading);
	if (attribute->type == NULL)
		return false;
	decl_names_add(names, &attribute->name);
	return true;
}

/* Behind an attribute: whether another one may come. False at the end and where all is wrong. */
static bool
goes_on(struct reading *reading, bool *ret_is_wrong)
{
	struct parser *parser = &reading->parser;

	*ret_is_wrong = false;
	if (parser_accept(parser, TOKEN_COMMA))
		return token(reading)->kind != TOKEN_CLOSE_BRACE;
	if (token(reading)->kind == TOKEN_CLOSE_BRACE)
		return false;
	*ret_is_wrong = true;
	if (token(reading)->kind == TOKEN_SEMICOLON)
		return parser_wrong(parser, token(reading)->offset, "attributes are parted by ','",
		    "expected ',' or '}', found ';'");
	return expected(reading, "',' or '}'");
}

/*
 * Rec = "{" [ attr { "," attr } [ "," ] ] "}". An attribute that stands there twice counts as
 * it stands there last, as in the official engine.
 */
static bool
parse_record(struct reading *reading, struct decl_names *attributes)
{
	bool is_wrong = false;

	if (!parser_expect(&reading->parser, TOKEN_OPEN_BRACE, "before the attributes"))
		return false;
	if (token(reading)->kind != TOKEN_CLOSE_BRACE)
		do
			if (!parse_attribute(reading, attributes))
				return false;
		while (goes_on(reading, &is_wrong));
	if (is_wrong)
		return false;
	parser_advance(&reading->parser);
	decl_names_sort(attributes);
	decl_names_keep_last(attributes);
	return true;
}

static struct decl_type *
new_type(struct reading *reading, enum decl_type_kind kind)
{
	struct decl_type *type = allocate(reading, sizeof(*type));

	if (type == NULL)
		return NULL;
	type->kind = kind;
	type->offset = token(reading)->offset;
	return type;
}

static const struct decl_type *
parse_record_type(struct reading *reading)
{
	struct decl_type *type = new_type(reading, DECL_RECORD);

	return type != NULL && parse_record(reading, &type->attributes) ? type : NULL;
}

/* Behind `Set`: "<" Type ">" */
static const struct decl_type *
parse_set_type(struct reading *reading, uint32_t offset)
{
	struct decl_type *type = new_type(reading, DECL_SET);

	parser_advance(&reading->parser);
	if (type == NULL)
		return NULL;
	type->offset = offset;
	type->element = parse_schema_type(reading);
	if (type->element == NULL || !parser_expect(&reading->parser, TOKEN_GREATER,
					 "behind the type of the set's elements"))
		return NULL;
	return type;
}

/* Path | "Set" "<" Type ">" */
static const struct decl_type *
parse_named_type(struct reading *reading)
{
	bool is_set = at_name(reading, "Set");
	struct decl_name path = { .offset = token(reading)->offset };
	struct decl_type *type;

	if (token(reading)->kind == TOKEN_OPEN_BRACKET) {
		parser_wrong(&reading->parser, path.offset, "a set is written Set<String>",
		    "expected a type, found '['");
		return NULL;
	}
	if (!parse_path(reading, "a type", &path, NULL))
		return NULL;
	if (is_set && path.text.len == 3 && token(reading)->kind == TOKEN_LESS)
		return parse_set_type(reading, path.offset);
	type = new_type(reading, DECL_ENTITY_OR_COMMON);
	if (type == NULL)
		return NULL;
	type->offset = path.offset;
	type->name = path.text;
	return type;
}

/* Type = Path | "Set" "<" Type ">" | Rec */
static const struct decl_type *
parse_schema_type(struct reading *reading)
{
	struct parser *parser = &reading->parser;
	const struct decl_type *type;

	if (parser->depth >= CEDAR_MAX_DEPTH) {
		complaint_limit(&parser->source, token(reading)->offset, NULL,
		    "types are nested more than %d deep", CEDAR_MAX_DEPTH);
		return NULL;
	}
	parser->depth++;
	type = token(reading)->kind == TOKEN_OPEN_BRACE ? parse_record_type(reading)
							: parse_named_type(reading);
	parser->depth--;
	return type;
}

/* Entities */

static bool
parse_ident_element(struct reading *reading, struct decl_names *names)
{
	struct decl_name *name = allocate(reading, sizeof(*name));

	if (name == NULL || !parse_ident(reading, "the name of an entity type", name))
		return false;
	decl_names_add(names, name);
	return true;
}

/* [ "in" Types ] [ [ "=" ] Rec ] [ "tags" Type ] */
static bool
parse_standard_entity(struct reading *reading, struct decl_entity_body *body)
{
	struct parser *parser = &reading->parser;
	bool has_sign;

	if (parser_accept(parser, TOKEN_IN) && !parse_types(reading, &body->parents))
		return false;
	has_sign = parser_accept(parser, TOKEN_ASSIGN);
	if (has_sign && token(reading)->kind != TOKEN_OPEN_BRACE)
		return expected(reading, "'{' before the attributes");
	if (token(reading)->kind == TOKEN_OPEN_BRACE) {
		body->shape = parse_record_type(reading);
		if (body->shape == NULL)
			return false;
	}
	if (!accept_name(reading, "tags"))
		return true;
	body->tags = parse_schema_type(reading);
	return body->tags != NULL;
}

/* Behind "enum": "[" STRING { "," STRING } "]" */
static bool
parse_enum(struct reading *reading, struct decl_entity_body *body)
{
	body->is_enum = true;
	return parser_expect(&reading->parser, TOKEN_OPEN_BRACKET, "before the ids") &&
	       parse_bracket(reading, &body->ids, parse_string_element);
}

/* The end of a declaration that is right so far. */
static bool
parse_end(struct reading *reading, const char *what)
{
	struct parser *parser = &reading->parser;

	if (parser_accept(parser, TOKEN_SEMICOLON))
		return true;
	if (token(reading)->kind == TOKEN_END || token(reading)->kind == TOKEN_AT ||
	    token(reading)->kind == TOKEN_IDENTIFIER || token(reading)->kind == TOKEN_CLOSE_BRACE)
		return parser_wrong(parser, parser->last_end, "put a ; here",
		    "expected ';' at the end of the %s", what);
	return expected(reading, "';' at the end of the declaration");
}

static bool
declare_entities(struct reading *reading, const struct decl_names *names,
    const struct annotation *annotations, struct decl_entity_body *body)
{
	for (const struct decl_name *name = names->first; name != NULL; name = name->next) {
		struct decl_entity *entity = allocate(reading, sizeof(*entity));

		if (entity == NULL)
			return false;
		*entity = (struct decl_entity) { *name, annotations, body };
		decl_names_add(&reading->current->entities, &entity->name);
	}
	return true;
}

/* Behind "entity": IDENT { "," IDENT } ( what it is ) ";" */
static bool
parse_entity(struct reading *reading, const struct annotation *annotations)
{
	struct decl_entity_body *body = allocate(reading, sizeof(*body));
	struct decl_names names = { NULL, NULL, 0 };

	if (body == NULL || !parse_some(reading, &names, parse_ident_element))
		return false;
	if (accept_name(reading, "enum") ? !parse_enum(reading, body)
					 : !parse_standard_entity(reading, body))
		return false;
	return parse_end(reading, "entity type") &&
	       declare_entities(reading, &names, annotations, body);
}

/* Actions */

static bool
parse_action_name_element(struct reading *reading, struct decl_names *names)
{
	struct decl_name *name = allocate(reading, sizeof(*name));

	if (name == NULL || !parse_any_name(reading, "the name of an action", name))
		return false;
	decl_names_add(names, name);
	return true;
}

/* Ref = Name | Path "::" STRING */
static bool
parse_action_reference(struct reading *reading, struct decl_names *names)
{
	struct decl_action_reference *reference = allocate(reading, sizeof(*reference));
	struct slice id;

	if (reference == NULL)
		return false;
	if (token(reading)->kind != TOKEN_IDENTIFIER) {
		if (!parse_any_name(reading, "an action", &reference->name))
			return false;
	} else if (!parse_path(reading, "an action", &reference->name, &id)) {
		return false;
	} else if (id.data != NULL) {
		reference->type = reference->name.text;
		reference->name.text = id;
	} else if (slice_find(reference->name.text, ':') < reference->name.text.len) {
		return parser_wrong(&reading->parser, reference->name.offset,
		    "an action of another namespace is Path::Action::\"id\"",
		    "expected an action, found a path");
	}
	decl_names_add(names, &reference->name);
	return true;
}

/* "principal" or "resource": ":" Types, not empty */
static bool
parse_participants(struct reading *reading, struct decl_names *names, bool *seen, const char *which)
{
	uint32_t start = token(reading)->offset, types_at;

	parser_advance(&reading->parser);
	if (*seen)
		return parser_wrong(&reading->parser, start, "one list may name several types",
		    "'%s' stands here twice", which);
	*seen = true;
	if (!parser_expect(&reading->parser, TOKEN_COLON, "before the types"))
		return false;
	types_at = token(reading)->offset;
	if (!parse_types(reading, names))
		return false;
	return names->count > 0 || parser_wrong(&reading->parser, types_at,
				       "an action that applies to nothing has no appliesTo at all",
				       "the list of '%s' is empty", which);
}

/* "context" ":" ( Path | Rec ) */
static bool
parse_context(struct reading *reading, struct decl_action_body *body)
{
	uint32_t start = token(reading)->offset;
	struct decl_name path;
	struct decl_type *type;

	parser_advance(&reading->parser);
	if (body->context != NULL)
		return parser_wrong(&reading->parser, start, NULL, "'context' stands here twice");
	if (!parser_expect(&reading->parser, TOKEN_COLON, "before the type of the context"))
		return false;
	if (token(reading)->kind == TOKEN_OPEN_BRACE) {
		body->context = parse_record_type(reading);
		return body->context != NULL;
	}
	type = new_type(reading, DECL_COMMON);
	if (type == NULL || !parse_path(reading, "a record or a common type", &path, NULL))
		return false;
	type->name = path.text;
	body->context = type;
	return true;
}

/* app { "," app } [ "," ] "}", the brace stepped over */
static bool
parse_applies_to(struct reading *reading, struct decl_action_body *body, uint32_t start)
{
	bool has_principal = false, has_resource = false, is_wrong, is_right;

	do {
		if (at_name(reading, "principal"))
			is_right = parse_participants(
			    reading, &body->principals, &has_principal, "principal");
		else if (at_name(reading, "resource"))
			is_right = parse_participants(
			    reading, &body->resources, &has_resource, "resource");
		else if (at_name(reading, "context"))
			is_right = parse_context(reading, body);
		else
			is_right = expected(reading, "'principal', 'resource' or 'context'");
		if (!is_right)
			return false;
	} while (goes_on(reading, &is_wrong));
	if (is_wrong)
		return false;
	parser_advance(&reading->parser);
	return (has_principal && has_resource) ||
	       parser_wrong(&reading->parser, start, NULL, "appliesTo needs '%s'",
		   has_principal ? "resource" : "principal");
}

/* [ "in" ( Ref | "[" Ref { "," Ref } "]" ) ] */
static bool
parse_action_parents(struct reading *reading, struct decl_action_body *body)
{
	body->has_parents = parser_accept(&reading->parser, TOKEN_IN);
	if (!body->has_parents)
		return true;
	if (parser_accept(&reading->parser, TOKEN_OPEN_BRACKET))
		return parse_bracket(reading, &body->parents, parse_action_reference);
	return parse_action_reference(reading, &body->parents);
}

/* [ "attributes" "{" "}" ] */
static bool
parse_action_attributes(struct reading *reading)
{
	if (!accept_name(reading, "attributes"))
		return true;
	if (!parser_expect(&reading->parser, TOKEN_OPEN_BRACE, "behind 'attributes'"))
		return false;
	return parser_accept(&reading->parser, TOKEN_CLOSE_BRACE) ||
	       parser_wrong(
		   &reading->parser, token(reading)->offset, NULL, "actions have no attributes");
}

static bool
declare_actions(struct reading *reading, const struct decl_names *names,
    const struct annotation *annotations, struct decl_action_body *body)
{
	for (const struct decl_name *name = names->first; name != NULL; name = name->next) {
		struct decl_action *action = allocate(reading, sizeof(*action));

		if (action == NULL)
			return false;
		*action = (struct decl_action) { *name, annotations, body };
		decl_names_add(&reading->current->actions, &action->name);
	}
	return true;
}

/* Behind "action": Name { "," Name } ( parents, appliesTo, attributes ) ";" */
static bool
parse_action(struct reading *reading, const struct annotation *annotations)
{
	struct decl_action_body *body = allocate(reading, sizeof(*body));
	struct decl_names names = { NULL, NULL, 0 };
	uint32_t start;

	if (body == NULL || !parse_some(reading, &names, parse_action_name_element) ||
	    !parse_action_parents(reading, body))
		return false;
	body->has_applies_to = true;
	start = token(reading)->offset;
	if (accept_name(reading, "appliesTo") &&
	    (!parser_expect(&reading->parser, TOKEN_OPEN_BRACE, "behind appliesTo") ||
		!parse_applies_to(reading, body, start)))
		return false;
	return parse_action_attributes(reading) && parse_end(reading, "action") &&
	       declare_actions(reading, &names, annotations, body);
}

/* Behind "type": IDENT "=" Type ";" */
static bool
parse_common(struct reading *reading, const struct annotation *annotations)
{
	struct decl_common *common = allocate(reading, sizeof(*common));

	if (common == NULL || !parse_ident(reading, "the name of a type", &common->name) ||
	    !parser_expect(&reading->parser, TOKEN_ASSIGN, "behind the name of the type"))
		return false;
	common->annotations = annotations;
	common->type = parse_schema_type(reading);
	if (common->type == NULL || !parse_end(reading, "type"))
		return false;
	decl_names_add(&reading->current->commons, &common->name);
	return true;
}

/* Namespaces */

static struct decl_namespace *
new_namespace(struct reading *reading)
{
	struct decl_namespace *namespace = allocate(reading, sizeof(*namespace));

	if (namespace != NULL)
	namespace->fragment = reading->fragment;
	return namespace;
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
	return at_name(reading, "entity") || at_name(reading, "action") ||
	       at_name(reading, "type") || at_name(reading, "namespace");
}

/* Whether this token is the first one of its line. */
static bool
begins_line(const struct reading *reading)
{
	struct slice text = reading->parser.source.text;
	size_t at = token(reading)->offset;

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
	uint32_t wrong_at = token(reading)->offset;
	size_t open = 0;

	parser->lexer.at = start;
	parser_advance(parser);
	if (parser_accept(parser, TOKEN_SEMICOLON))
		return;
	for (; token(reading)->kind != TOKEN_END; parser_advance(parser)) {
		enum token_kind kind = token(reading)->kind;
		bool is_past = token(reading)->offset >= wrong_at && token(reading)->offset > start;

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
refuse_semicolon(struct reading *reading)
{
	struct parser *parser = &reading->parser;
	struct slice before = slice_first(parser->source.text, parser->last_end);
	bool is_behind_brace = before.len > 0 && before.data[before.len - 1] == '}';

	return parser_wrong(parser, token(reading)->offset,
	    is_behind_brace ? "no ; stands behind a namespace" : "one is enough", "unexpected ';'");
}

static bool
expected_declaration(struct reading *reading, bool may_be_namespace)
{
	if (token(reading)->kind == TOKEN_SEMICOLON)
		return refuse_semicolon(reading);
	if (at_name(reading, "namespace"))
		return parser_wrong(&reading->parser, token(reading)->offset,
		    "write namespace Outer::Inner { .. } beside it",
		    "namespaces do not stand within each other");
	return expected(reading, may_be_namespace ? "'entity', 'action', 'type' or 'namespace'"
						  : "'entity', 'action', 'type' or '}'");
}

/* decl = "entity" .. ";" | "action" .. ";" | "type" .. ";" */
static bool
parse_declaration(struct reading *reading, const struct annotation *annotations)
{
	if (accept_name(reading, "entity"))
		return parse_entity(reading, annotations);
	if (accept_name(reading, "action"))
		return parse_action(reading, annotations);
	if (accept_name(reading, "type"))
		return parse_common(reading, annotations);
	return expected_declaration(reading, reading->current == reading->empty);
}

/* { annotations decl } "}" */
static bool
parse_namespace_body(struct reading *reading)
{
	while (!parser_accept(&reading->parser, TOKEN_CLOSE_BRACE)) {
		uint32_t start = token(reading)->offset;
		const struct annotation *annotations;

		if (token(reading)->kind == TOKEN_END)
			return expected(reading, "'}' at the end of the namespace");
		if (!parse_schema_annotations(reading, &annotations) ||
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
	    !parse_path(reading, "the name of a namespace", &namespace->name, NULL) ||
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
	if (!parse_schema_annotations(reading, &annotations))
		return false;
	if (accept_name(reading, "namespace"))
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
