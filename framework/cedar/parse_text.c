/*
 * Whole texts: policies into the builder, one policy under an id of the caller's, an expression, an
 * entity. Top of the parser. In a text of policies every one that is wrong is complained about, by
 * stepping on to the next `;` or to what looks like the next policy.
 */
#include "cedar/builder.h"
#include "cedar/parser.h"

/* To behind the next `;`, or to where a policy seems to begin. */
static void
recover(struct parser *parser, uint32_t started_at)
{
	while (parser->token.kind != TOKEN_END) {
		bool begins = parser->token.kind == TOKEN_AT || parser_at_name(parser, "permit") ||
			      parser_at_name(parser, "forbid");

		if (parser_accept(parser, TOKEN_SEMICOLON) ||
		    (begins && parser->token.offset != started_at))
			return;
		parser_advance(parser);
	}
}

/* All policies up to the end of the text. */
static void
parse_policies(struct parser *parser, struct cedar_builder *builder)
{
	while (parser->token.kind != TOKEN_END) {
		uint32_t start = parser->token.offset;
		struct policy *policy = parse_policy(parser);

		if (policy == NULL && !parser->tree.is_out_of_memory) {
			recover(parser, start);
			continue;
		}
		if (policy == NULL ||
		    !builder_add_named(builder, &parser->source, policy->offset, policy))
			return;
	}
}

bool
cedar_builder_add_text(struct cedar_builder *builder, const char *file, struct slice text,
    struct cedar_complaints *reterr_complaints)
{
	struct source source = { .arena = builder->arena, .complaints = reterr_complaints };
	struct builder_mark mark = builder_mark(builder);
	struct parser parser;

	reterr_complaints->count = 0;
	if (!source_open(&source, file, text))
		return false;
	parser_init(&parser, &source);
	parse_policies(&parser, builder);
	if (reterr_complaints->count == 0)
		return true;
	builder_rollback(builder, mark);
	return false;
}

bool
cedar_builder_add_one(struct cedar_builder *builder, enum cedar_form form, struct slice id,
    const char *file, struct slice text, struct cedar_complaints *reterr_complaints)
{
	struct source source = { .arena = builder->arena, .complaints = reterr_complaints };
	struct policy *policy;
	struct parser parser;

	reterr_complaints->count = 0;
	if (!source_open(&source, file, text))
		return false;
	parser_init(&parser, &source);
	policy = parse_policy(&parser);
	if (policy == NULL)
		return false;
	if (parser.token.kind != TOKEN_END)
		return parser_expected(&parser, "one policy alone and the end of the text");
	policy->id = arena_dup_slice(builder->arena, id);
	if (policy->id.data == NULL)
		return parser_no_memory(&parser);
	return policy_check_form(policy, form, &source, policy->offset) &&
	       builder_add(builder, &source, policy->offset, policy);
}

const struct node *
expression_parse(struct arena *arena, const char *file, struct slice text,
    struct cedar_complaints *reterr_complaints)
{
	struct source source = { .arena = arena, .complaints = reterr_complaints };
	const struct node *node;
	struct parser parser;

	reterr_complaints->count = 0;
	if (!source_open(&source, file, text))
		return NULL;
	parser_init(&parser, &source);
	node = parse_expression(&parser);
	if (node != NULL && parser.token.kind != TOKEN_END) {
		parser_expected(&parser, "the end of the expression");
		return NULL;
	}
	return node;
}

bool
cedar_uid_parse(struct arena *arena, struct slice text, struct cedar_uid *ret_uid)
{
	struct cedar_complaints complaints = { .count = 0 };
	struct source source = { .arena = arena, .complaints = &complaints };
	struct cedar_uid uid;
	struct parser parser;

	if (!source_open(&source, "", text))
		return false;
	parser_init(&parser, &source);
	/* A type with white space in it was joined elsewhere; what stands in the text has none. */
	if (!parse_name(&parser, &uid) || uid.id.data == NULL || parser.token.kind != TOKEN_END ||
	    parser.last_end != source.text.len || uid.type.data != source.text.data ||
	    !slice_starts(slice_skip(source.text, uid.type.len), SLICE_OF("::\"")))
		return false;
	*ret_uid = uid;
	return true;
}
