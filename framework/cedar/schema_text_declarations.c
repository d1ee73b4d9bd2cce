/* Entity types, actions and common types of schema texts, one function a production. */
#include "cedar/schema_text.h"

/* Entities */

static bool
parse_ident_element(struct parser *parser, struct decl_names *names)
{
	struct decl_name *name = parser_alloc(parser, sizeof(*name));

	if (name == NULL || !schema_text_identifier(parser, "the name of an entity type", name))
		return false;
	decl_names_add(names, name);
	return true;
}

static bool
parse_string_element(struct parser *parser, struct decl_names *names)
{
	struct decl_name *name = parser_alloc(parser, sizeof(*name));

	if (name == NULL)
		return false;
	name->offset = parser->token.offset;
	if (!parse_string(parser, "an id in double quotes", &name->text))
		return false;
	decl_names_add(names, name);
	return true;
}

/* [ "in" Types ] [ [ "=" ] Rec ] [ "tags" Type ] */
static bool
parse_standard_entity(struct parser *parser, struct decl_entity_body *body)
{
	bool has_sign;

	if (parser_accept(parser, TOKEN_IN) && !schema_text_types(parser, &body->parents))
		return false;
	has_sign = parser_accept(parser, TOKEN_ASSIGN);
	if (has_sign && parser->token.kind != TOKEN_OPEN_BRACE)
		return parser_expected(parser, "'{' before the attributes");
	if (parser->token.kind == TOKEN_OPEN_BRACE) {
		body->shape = schema_text_record(parser);
		if (body->shape == NULL)
			return false;
	}
	if (!schema_text_accept(parser, "tags"))
		return true;
	body->tags = schema_text_type(parser);
	return body->tags != NULL;
}

/* Behind "enum": "[" STRING { "," STRING } "]" */
static bool
parse_enum(struct parser *parser, struct decl_entity_body *body)
{
	body->is_enum = true;
	return parser_expect(parser, TOKEN_OPEN_BRACKET, "before the ids") &&
	       schema_text_bracket(parser, &body->ids, parse_string_element);
}

/* The end of a declaration that is right so far. */
static bool
parse_end(struct parser *parser, const char *what)
{
	if (parser_accept(parser, TOKEN_SEMICOLON))
		return true;
	if (parser->token.kind == TOKEN_END || parser->token.kind == TOKEN_AT ||
	    parser->token.kind == TOKEN_IDENTIFIER || parser->token.kind == TOKEN_CLOSE_BRACE)
		return parser_wrong(parser, parser->last_end, "put a ; here",
		    "expected ';' at the end of the %s", what);
	return parser_expected(parser, "';' at the end of the declaration");
}

static bool
declare_entities(struct parser *parser, const struct decl_names *names,
    const struct annotation *annotations, struct decl_entity_body *body,
    struct decl_namespace *namespace)
{
	for (const struct decl_name *name = names->first; name != NULL; name = name->next) {
		struct decl_entity *entity = parser_alloc(parser, sizeof(*entity));

		if (entity == NULL)
			return false;
		*entity = (struct decl_entity) { *name, annotations, body };
		decl_names_add(&namespace->entities, &entity->name);
	}
	return true;
}

/* Behind "entity": IDENT { "," IDENT } ( what it is ) ";" */
bool
schema_text_entity(
    struct parser *parser, const struct annotation *annotations, struct decl_namespace *namespace)
{
	struct decl_entity_body *body = parser_alloc(parser, sizeof(*body));
	struct decl_names names = { NULL, NULL, 0 };

	if (body == NULL || !schema_text_some(parser, &names, parse_ident_element))
		return false;
	if (schema_text_accept(parser, "enum") ? !parse_enum(parser, body)
					       : !parse_standard_entity(parser, body))
		return false;
	return parse_end(parser, "entity type") &&
	       declare_entities(parser, &names, annotations, body, namespace);
}

/* Actions */

static bool
parse_action_name_element(struct parser *parser, struct decl_names *names)
{
	struct decl_name *name = parser_alloc(parser, sizeof(*name));

	if (name == NULL || !schema_text_name(parser, "the name of an action", name))
		return false;
	decl_names_add(names, name);
	return true;
}

/* Ref = Name | Path "::" STRING */
static bool
parse_action_reference(struct parser *parser, struct decl_names *names)
{
	struct decl_action_reference *reference = parser_alloc(parser, sizeof(*reference));
	struct slice id;

	if (reference == NULL)
		return false;
	if (parser->token.kind != TOKEN_IDENTIFIER) {
		if (!schema_text_name(parser, "an action", &reference->name))
			return false;
	} else if (!schema_text_path(parser, "an action", &reference->name, &id)) {
		return false;
	} else if (id.data != NULL) {
		reference->type = reference->name.text;
		reference->name.text = id;
	} else if (slice_find(reference->name.text, ':') < reference->name.text.len) {
		return parser_wrong(parser, reference->name.offset,
		    "an action of another namespace is Path::Action::\"id\"",
		    "expected an action, found a path");
	}
	decl_names_add(names, &reference->name);
	return true;
}

/* "principal" or "resource": ":" Types, not empty */
static bool
parse_participants(struct parser *parser, struct decl_names *names, bool *seen, const char *which)
{
	uint32_t start = parser->token.offset, types_at;

	parser_advance(parser);
	if (*seen)
		return parser_wrong(parser, start, "one list may name several types",
		    "'%s' stands here twice", which);
	*seen = true;
	if (!parser_expect(parser, TOKEN_COLON, "before the types"))
		return false;
	types_at = parser->token.offset;
	if (!schema_text_types(parser, names))
		return false;
	return names->count > 0 || parser_wrong(parser, types_at,
				       "an action that applies to nothing has no appliesTo at all",
				       "the list of '%s' is empty", which);
}

/* "context" ":" ( Path | Rec ) */
static bool
parse_context(struct parser *parser, struct decl_action_body *body)
{
	uint32_t start = parser->token.offset;
	struct decl_name path;
	struct decl_type *type;

	parser_advance(parser);
	if (body->context != NULL)
		return parser_wrong(parser, start, NULL, "'context' stands here twice");
	if (!parser_expect(parser, TOKEN_COLON, "before the type of the context"))
		return false;
	if (parser->token.kind == TOKEN_OPEN_BRACE) {
		body->context = schema_text_record(parser);
		return body->context != NULL;
	}
	type = parser_alloc(parser, sizeof(*type));
	if (type == NULL || !schema_text_path(parser, "a record or a common type", &path, NULL))
		return false;
	type->kind = DECL_COMMON;
	type->offset = path.offset;
	type->name = path.text;
	body->context = type;
	return true;
}

/* app { "," app } [ "," ] "}", the brace stepped over */
static bool
parse_applies_to(struct parser *parser, struct decl_action_body *body, uint32_t start)
{
	bool has_principal = false, has_resource = false, is_wrong, is_right;

	do {
		if (parser_at_name(parser, "principal"))
			is_right = parse_participants(
			    parser, &body->principals, &has_principal, "principal");
		else if (parser_at_name(parser, "resource"))
			is_right =
			    parse_participants(parser, &body->resources, &has_resource, "resource");
		else if (parser_at_name(parser, "context"))
			is_right = parse_context(parser, body);
		else
			is_right = parser_expected(parser, "'principal', 'resource' or 'context'");
		if (!is_right)
			return false;
	} while (schema_text_goes_on(parser, &is_wrong));
	if (is_wrong)
		return false;
	parser_advance(parser);
	return (has_principal && has_resource) ||
	       parser_wrong(parser, start, NULL, "appliesTo needs '%s'",
		   has_principal ? "resource" : "principal");
}

/* [ "in" ( Ref | "[" Ref { "," Ref } "]" ) ] */
static bool
parse_action_parents(struct parser *parser, struct decl_action_body *body)
{
	body->has_parents = parser_accept(parser, TOKEN_IN);
	if (!body->has_parents)
		return true;
	if (parser_accept(parser, TOKEN_OPEN_BRACKET))
		return schema_text_bracket(parser, &body->parents, parse_action_reference);
	return parse_action_reference(parser, &body->parents);
}

/* [ "attributes" "{" "}" ] */
static bool
parse_action_attributes(struct parser *parser)
{
	if (!schema_text_accept(parser, "attributes"))
		return true;
	if (!parser_expect(parser, TOKEN_OPEN_BRACE, "behind 'attributes'"))
		return false;
	return parser_accept(parser, TOKEN_CLOSE_BRACE) ||
	       parser_wrong(parser, parser->token.offset, NULL, "actions have no attributes");
}

static bool
declare_actions(struct parser *parser, const struct decl_names *names,
    const struct annotation *annotations, struct decl_action_body *body,
    struct decl_namespace *namespace)
{
	for (const struct decl_name *name = names->first; name != NULL; name = name->next) {
		struct decl_action *action = parser_alloc(parser, sizeof(*action));

		if (action == NULL)
			return false;
		*action = (struct decl_action) { *name, annotations, body };
		decl_names_add(&namespace->actions, &action->name);
	}
	return true;
}

/* Behind "action": Name { "," Name } ( parents, appliesTo, attributes ) ";" */
bool
schema_text_action(
    struct parser *parser, const struct annotation *annotations, struct decl_namespace *namespace)
{
	struct decl_action_body *body = parser_alloc(parser, sizeof(*body));
	struct decl_names names = { NULL, NULL, 0 };
	uint32_t start;

	if (body == NULL || !schema_text_some(parser, &names, parse_action_name_element) ||
	    !parse_action_parents(parser, body))
		return false;
	body->has_applies_to = true;
	start = parser->token.offset;
	if (schema_text_accept(parser, "appliesTo") &&
	    (!parser_expect(parser, TOKEN_OPEN_BRACE, "behind appliesTo") ||
		!parse_applies_to(parser, body, start)))
		return false;
	return parse_action_attributes(parser) && parse_end(parser, "action") &&
	       declare_actions(parser, &names, annotations, body, namespace);
}

/* Behind "type": IDENT "=" Type ";" */
bool
schema_text_common(
    struct parser *parser, const struct annotation *annotations, struct decl_namespace *namespace)
{
	struct decl_common *common = parser_alloc(parser, sizeof(*common));

	if (common == NULL ||
	    !schema_text_identifier(parser, "the name of a type", &common->name) ||
	    !parser_expect(parser, TOKEN_ASSIGN, "behind the name of the type"))
		return false;
	common->annotations = annotations;
	common->type = schema_text_type(parser);
	if (common->type == NULL || !parse_end(parser, "type"))
		return false;
	decl_names_add(&namespace->commons, &common->name);
	return true;
}
