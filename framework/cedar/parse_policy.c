/*
 * Policies: annotations, the head with its three scopes, conditions. Above parse_expression.c;
 * builder.c calls it once a policy and steps to the next one when it fails.
 */
#include "cedar/parser.h"
#include "cedar/value.h"

#include <stdio.h>

#include "cedar/hints.h"

/* "@" ANYIDENT [ "(" STRING ")" ]        reserved words are fine here */
static bool
parse_annotation(struct parser *parser, const struct annotation *earlier, struct annotation *ret)
{
	struct token key = parser->token;

	if (key.kind != TOKEN_IDENTIFIER && !token_is_word(key.kind))
		return parser_expected(parser, "the name of an annotation");
	for (; earlier != NULL; earlier = earlier->next)
		if (slice_equal(earlier->key, key.text))
			return parser_wrong(parser, key.offset, NULL,
			    "the annotation '%.*s' stands here twice",
			    SLICE_ARGS(slice_first(key.text, 64)));
	parser_advance(parser);
	ret->key = key.text;
	ret->value = SLICE_OF("");
	if (!parser_accept(parser, TOKEN_OPEN_PAREN))
		return true;
	ret->has_value = true;
	return parse_string(parser, "the annotation's value in double quotes", &ret->value) &&
	       parser_expect(parser, TOKEN_CLOSE_PAREN, "behind the annotation's value");
}

bool
parse_annotations(struct parser *parser, struct annotation **ret_first)
{
	struct annotation *first = NULL, **last = &first;
	unsigned count = 0;

	while (parser_accept(parser, TOKEN_AT)) {
		struct annotation *annotation = parser_alloc(parser, sizeof(*annotation));

		if (count++ == CEDAR_MAX_ANNOTATIONS) {
			complaint_limit(&parser->source, parser->token.offset, NULL,
			    "more than %d annotations", CEDAR_MAX_ANNOTATIONS);
			return false;
		}
		if (annotation == NULL || !parse_annotation(parser, first, annotation))
			return false;
		*last = annotation;
		last = &annotation->next;
	}
	*ret_first = first;
	return true;
}

/* A template slot where only an entity may stand, or the slot of the other variable. */
static bool
refuse_slot(struct parser *parser, const char *variable)
{
	return parser_wrong(parser, parser->token.offset,
	    "?principal may stand beside principal, ?resource beside resource",
	    "this slot cannot stand beside '%s'", variable);
}

static bool
at_slot_of(const struct parser *parser, const char *variable)
{
	return parser->token.kind == TOKEN_SLOT && strcmp(variable, "action") != 0 &&
	       slice_is(slice_skip(parser->token.text, 1), variable);
}

/* Any number of parentheses around something. */
static size_t
open_parentheses(struct parser *parser)
{
	size_t open = 0;

	while (parser_accept(parser, TOKEN_OPEN_PAREN))
		open++;
	return open;
}

static bool
close_parentheses(struct parser *parser, size_t open, const char *where)
{
	for (; open > 0; open--)
		if (!parser_expect(parser, TOKEN_CLOSE_PAREN, where))
			return false;
	return true;
}

static bool
parse_bare_uid(struct parser *parser, const char *variable, struct cedar_uid *ret_uid)
{
	uint32_t start = parser->token.offset;

	if (parser->token.kind == TOKEN_SLOT)
		return refuse_slot(parser, variable);
	if (parser->token.kind == TOKEN_OPEN_BRACKET)
		return parser_wrong(
		    parser, start, NULL, "'%s' takes one entity here, no list", variable);
	if (parser->token.kind == TOKEN_STRING)
		return parser_expected_hint(
		    parser, "an entity: Type::\"id\"", "write its type before it: Type::\"id\"");
	if (parser->token.kind != TOKEN_IDENTIFIER)
		return parser_expected(parser, "an entity: Type::\"id\"");
	if (!parse_name(parser, ret_uid))
		return false;
	return ret_uid->id.data != NULL ||
	       parser_wrong(parser, start,
		   "put the id in double quotes behind ::", "expected an entity: Type::\"id\"");
}

/* Uid, in any number of parentheses */
static bool
parse_uid(struct parser *parser, const char *variable, struct cedar_uid *ret_uid)
{
	size_t open = open_parentheses(parser);

	return parse_bare_uid(parser, variable, ret_uid) &&
	       close_parentheses(parser, open, "behind the entity");
}

/* Uid or the variable's own slot, in any number of parentheses */
static bool
parse_one_uid(struct parser *parser, const char *variable, struct scope *scope)
{
	struct cedar_uid *uid;
	size_t open = open_parentheses(parser);

	if (at_slot_of(parser, variable)) {
		scope->is_slot = true;
		parser_advance(parser);
	} else {
		uid = parser_alloc(parser, sizeof(*uid));
		if (uid == NULL || !parse_bare_uid(parser, variable, uid))
			return false;
		scope->entities = uid;
		scope->count = 1;
	}
	return close_parentheses(parser, open, "behind the entity");
}

static const char *
hint_for_variable(const struct token *token)
{
	if (token->kind == TOKEN_STRING)
		return "write it without quotes";
	if (token->kind == TOKEN_IDENTIFIER || token->kind == TOKEN_CLOSE_PAREN)
		return "the head of a policy is (principal, action, resource)";
	return NULL;
}

static bool
parse_variable(struct parser *parser, const char *variable)
{
	char what[64];

	if (parser_at_name(parser, variable)) {
		parser_advance(parser);
		return true;
	}
	(void)snprintf(what, sizeof(what), "'%s'", variable);
	return parser_expected_hint(parser, what, hint_for_variable(&parser->token));
}

/* Behind the variable, where nothing that may stand there stands there. */
static bool
check_scope_end(struct parser *parser, const char *variable)
{
	switch (parser->token.kind) {
	case TOKEN_COMMA:
	case TOKEN_CLOSE_PAREN:
		return true;
	case TOKEN_COLON:
		return parser_wrong(parser, parser->token.offset, "write is to test the type",
		    "a type cannot be given with ':'");
	case TOKEN_IS:
		return parser_wrong(parser, parser->token.offset, NULL,
		    "'is' cannot stand beside '==' or behind 'in', nor test an action");
	case TOKEN_UNEQUAL:
	case TOKEN_LESS:
	case TOKEN_GREATER:
	case TOKEN_HAS:
	case TOKEN_LIKE:
	case TOKEN_AND:
	case TOKEN_OR:
		return parser_wrong(parser, parser->token.offset, "move it into when { .. }",
		    "'%s' cannot stand in the head of a policy",
		    token_spelling(parser->token.kind));
	default: {
		char what[96];

		(void)snprintf(what, sizeof(what), "',' behind the scope of '%s'", variable);
		return parser_expected(parser, what);
	}
	}
}

/*
 * P = "principal" [ "is" Path [ "in" ( Uid | "?principal" ) ] | ( "==" | "in" ) ( Uid |
 * "?principal" ) ] and likewise for "resource"
 */
static bool
parse_scope(struct parser *parser, const char *variable, struct scope *scope)
{
	if (!parse_variable(parser, variable))
		return false;
	scope->offset = parser->token.offset;
	if (parser_accept(parser, TOKEN_EQUAL)) {
		scope->kind = SCOPE_EQUAL;
		if (!parse_one_uid(parser, variable, scope))
			return false;
	} else if (parser_accept(parser, TOKEN_IN)) {
		scope->kind = SCOPE_IN;
		if (!parse_one_uid(parser, variable, scope))
			return false;
	} else if (parser_accept(parser, TOKEN_IS)) {
		scope->kind = SCOPE_IS;
		if (!parse_type(parser, &scope->type))
			return false;
		if (parser_accept(parser, TOKEN_IN)) {
			scope->kind = SCOPE_IS_IN;
			if (!parse_one_uid(parser, variable, scope))
				return false;
		}
	}
	return check_scope_end(parser, variable);
}

static bool
check_actions(struct parser *parser, const struct scope *scope)
{
	for (uint32_t i = 0; i < scope->count; i++)
		if (!uid_is_action(&scope->entities[i]))
			return parser_wrong(parser, scope->offset, NULL,
			    "the scope of 'action' takes entities of the type Action, not %.*s",
			    SLICE_ARGS(slice_first(scope->entities[i].type, 64)));
	return true;
}

/* "[" [ Uid { "," Uid } [ "," ] ] "]", the bracket stepped over */
static bool
parse_action_list(struct parser *parser, struct scope *scope)
{
	struct cedar_uid *uids = NULL;
	uint32_t count = 0, size = 0;

	while (parser->token.kind != TOKEN_CLOSE_BRACKET) {
		uids = parser_room(parser, uids, sizeof(*uids), count, &size);
		if (uids == NULL || !parse_uid(parser, "action", &uids[count]))
			return false;
		count++;
		if (!parser_accept(parser, TOKEN_COMMA) &&
		    parser->token.kind != TOKEN_CLOSE_BRACKET)
			return parser_expected(parser, "',' or ']'");
	}
	parser_advance(parser);
	scope->is_list = true;
	scope->entities = uids;
	scope->count = count;
	return true;
}

/* Behind "in": Uid or a list, in any number of parentheses. */
static bool
parse_action_in(struct parser *parser, struct scope *scope)
{
	size_t open = open_parentheses(parser);

	if (parser_accept(parser, TOKEN_OPEN_BRACKET)) {
		if (!parse_action_list(parser, scope))
			return false;
	} else if (!parse_one_uid(parser, "action", scope)) {
		return false;
	}
	return close_parentheses(parser, open, "behind the actions");
}

/* A = "action" [ "==" Uid | "in" ( Uid | "[" [ Uid { "," Uid } [ "," ] ] "]" ) ] */
static bool
parse_action_scope(struct parser *parser, struct scope *scope)
{
	if (!parse_variable(parser, "action"))
		return false;
	scope->offset = parser->token.offset;
	if (parser_accept(parser, TOKEN_EQUAL)) {
		scope->kind = SCOPE_EQUAL;
		if (!parse_one_uid(parser, "action", scope))
			return false;
	} else if (parser_accept(parser, TOKEN_IN)) {
		scope->kind = SCOPE_IN;
		if (!parse_action_in(parser, scope))
			return false;
	}
	return check_actions(parser, scope) && check_scope_end(parser, "action");
}

/* "(" P "," A "," R [ "," ] ")" */
static bool
parse_head(struct parser *parser, struct policy *policy)
{
	if (!parser_expect(parser, TOKEN_OPEN_PAREN, "behind permit or forbid") ||
	    !parse_scope(parser, "principal", &policy->principal) ||
	    !parser_expect(parser, TOKEN_COMMA, "behind the principal") ||
	    !parse_action_scope(parser, &policy->action) ||
	    !parser_expect(parser, TOKEN_COMMA, "behind the action") ||
	    !parse_scope(parser, "resource", &policy->resource))
		return false;
	(void)parser_accept(parser, TOKEN_COMMA);
	return parser_expect(parser, TOKEN_CLOSE_PAREN, "behind the resource");
}

static bool
parse_brace(struct parser *parser)
{
	if (parser->token.kind == TOKEN_OPEN_PAREN)
		return parser_expected_hint(
		    parser, "'{' before the condition", "conditions stand in braces: { .. }");
	return parser_expect(parser, TOKEN_OPEN_BRACE, "before the condition");
}

/* cond = ( "when" | "unless" ) "{" expr "}" */
static bool
parse_conditions(struct parser *parser, struct policy *policy)
{
	const struct condition **last = &policy->conditions;

	while (parser_at_name(parser, "when") || parser_at_name(parser, "unless")) {
		struct condition *condition = parser_alloc(parser, sizeof(*condition));

		if (condition == NULL)
			return false;
		condition->is_unless = parser_at_name(parser, "unless");
		parser_advance(parser);
		if (!parse_brace(parser))
			return false;
		if (parser->token.kind == TOKEN_CLOSE_BRACE)
			return parser_wrong(
			    parser, parser->token.offset, NULL, "this condition is empty");
		condition->body = parse_expression(parser);
		if (condition->body == NULL ||
		    !parser_expect(parser, TOKEN_CLOSE_BRACE, "behind the condition"))
			return false;
		*last = condition;
		last = &condition->next;
	}
	return true;
}

static bool
parse_effect(struct parser *parser, enum cedar_effect *ret_effect)
{
	if (parser_at_name(parser, "permit"))
		*ret_effect = CEDAR_PERMIT;
	else if (parser_at_name(parser, "forbid"))
		*ret_effect = CEDAR_FORBID;
	else
		return parser_expected_hint(
		    parser, "'permit' or 'forbid'", hint_for_effect(&parser->token));
	parser_advance(parser);
	return true;
}

static const char *
hint_for_end(const struct parser *parser)
{
	return parser->token.kind == TOKEN_IF || parser->token.kind == TOKEN_OPEN_BRACE
		   ? "conditions begin with when or unless"
		   : NULL;
}

static bool
parse_end(struct parser *parser)
{
	if (parser_accept(parser, TOKEN_SEMICOLON))
		return true;
	if (parser->token.kind == TOKEN_END || parser->token.kind == TOKEN_AT ||
	    parser_at_name(parser, "permit") || parser_at_name(parser, "forbid"))
		return parser_wrong(parser, parser->last_end, "put a ; here",
		    "expected ';' at the end of the policy");
	return parser_expected_hint(parser, "';' at the end of the policy", hint_for_end(parser));
}

static bool
note_place(struct parser *parser, uint32_t offset, struct policy *policy)
{
	unsigned line = line_count(parser->source.text, offset, &parser->line_at, &parser->line);
	const char *place = arena_printf(parser->source.arena, "%s:%u", parser->source.file, line);

	if (place == NULL)
		return parser_no_memory(parser);
	policy->place = slice_from(place);
	policy->file = parser->source.file;
	policy->text = parser->source.text;
	policy->offset = offset;
	return true;
}

/* policy = annotations ( "permit" | "forbid" ) head { cond } ";" */
struct policy *
parse_policy(struct parser *parser)
{
	struct policy *policy = parser_alloc(parser, sizeof(*policy));
	struct annotation *annotations;
	uint32_t start;

	if (policy == NULL || !parse_annotations(parser, &annotations))
		return NULL;
	policy->annotations = annotations;
	start = parser->token.offset;
	if (!parse_effect(parser, &policy->effect) || !note_place(parser, start, policy) ||
	    !parse_head(parser, policy) || !parse_conditions(parser, policy) || !parse_end(parser))
		return NULL;
	return policy;
}
