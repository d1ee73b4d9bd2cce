/*
 * From texts to a policy set. A text is taken whole or not at all; within it every policy that is
 * wrong is complained about, by stepping on to the next `;` or to what looks like the next
 * policy.
 */
#include "cedar/policies.h"

#include "cedar/parser.h"

struct cedar_builder {
	struct arena *arena;
	struct policy **items;
	uint32_t count, size;
};

struct cedar_builder *
cedar_builder_new(struct arena *arena)
{
	struct cedar_builder *builder = arena_calloc(arena, 1, sizeof(*builder));

	if (builder != NULL)
		builder->arena = arena;
	return builder;
}

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

static bool
reserve(struct parser *parser, struct cedar_builder *builder)
{
	uint32_t size = builder->size == 0 ? 16 : builder->size * 2;
	struct policy **items;

	if (builder->count >= CEDAR_MAX_POLICIES)
		return parser_wrong(parser, parser->token.offset, NULL,
		    "there are more than %d policies", CEDAR_MAX_POLICIES);
	if (builder->count < builder->size)
		return true;
	items = parser_alloc(parser, size * sizeof(struct policy *));
	if (items == NULL)
		return false;
	if (builder->count > 0)
		memcpy(items, builder->items, builder->count * sizeof(struct policy *));
	builder->items = items;
	builder->size = size;
	return true;
}

static bool
add_policy(struct parser *parser, struct cedar_builder *builder, struct policy *policy)
{
	const char *id;

	if (policy->principal.is_slot || policy->resource.is_slot)
		return parser_wrong(parser, policy->offset, NULL,
		    "a template slot is not supported by this version");
	if (!reserve(parser, builder))
		return false;
	id = arena_printf(builder->arena, "policy%u", builder->count);
	if (id == NULL)
		return parser_no_memory(parser);
	policy->id = slice_from(id);
	builder->items[builder->count++] = policy;
	return true;
}

bool
cedar_builder_add_text(struct cedar_builder *builder, const char *file, struct slice text,
    struct cedar_complaints *reterr_complaints)
{
	struct source source = { .arena = builder->arena, .complaints = reterr_complaints };
	uint32_t count_before = builder->count;
	struct parser parser;

	reterr_complaints->count = 0;
	if (!source_open(&source, file, text))
		return false;
	parser_init(&parser, &source);
	while (parser.token.kind != TOKEN_END) {
		uint32_t start = parser.token.offset;
		struct policy *policy = parse_policy(&parser);

		if (policy == NULL && !parser.tree.is_out_of_memory) {
			recover(&parser, start);
			continue;
		}
		if (policy == NULL || !add_policy(&parser, builder, policy))
			break;
	}
	if (reterr_complaints->count == 0)
		return true;
	builder->count = count_before;
	return false;
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

const struct cedar_policies *
cedar_builder_take(struct cedar_builder *builder)
{
	struct cedar_policies *policies = arena_alloc(builder->arena, sizeof(*policies));

	if (policies == NULL)
		return NULL;
	*policies = (struct cedar_policies) { .items = builder->items, .count = builder->count };
	*builder = (struct cedar_builder) { .arena = builder->arena };
	return policies;
}

size_t
cedar_policies_count(const struct cedar_policies *policies)
{
	return policies->count;
}

enum cedar_effect
cedar_policy_effect(const struct cedar_policies *policies, size_t index)
{
	return policies->items[index]->effect;
}

struct slice
cedar_policy_id(const struct cedar_policies *policies, size_t index)
{
	return policies->items[index]->id;
}

struct slice
cedar_policy_place(const struct cedar_policies *policies, size_t index)
{
	return policies->items[index]->place;
}

struct slice
cedar_policy_annotation(const struct cedar_policies *policies, size_t index, struct slice key)
{
	const struct annotation *annotation = policies->items[index]->annotations;

	for (; annotation != NULL; annotation = annotation->next)
		if (slice_equal(annotation->key, key))
			return annotation->value;
	return slice_make(NULL, 0);
}
