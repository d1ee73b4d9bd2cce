/* From texts to one schema: fragments are collected, then resolved together. */
#include "cedar/schema_decl.h"
#include "cedar/schema_read.h"
#include "cedar/schema_resolve.h"

struct schema_builder {
	struct arena *arena;
	struct decl_fragment *first, **last;
};

struct schema_builder *
schema_builder_new(struct arena *arena)
{
	struct schema_builder *builder = arena_calloc(arena, 1, sizeof(*builder));

	if (builder == NULL)
		return NULL;
	builder->arena = arena;
	builder->last = &builder->first;
	return builder;
}

static bool
no_memory(struct arena *arena, const char *file, struct cedar_complaints *reterr_complaints)
{
	struct source source = { .file = file, .arena = arena, .complaints = reterr_complaints };

	complaint_limit(&source, 0, NULL, "out of memory");
	return false;
}

static void
add(struct schema_builder *builder, struct decl_fragment *fragment)
{
	*builder->last = fragment;
	builder->last = &fragment->next;
}

bool
schema_builder_add_text(struct schema_builder *builder, const char *file, struct slice text,
    struct cedar_complaints *reterr_complaints)
{
	struct decl_fragment *fragment = arena_calloc(builder->arena, 1, sizeof(*fragment));

	reterr_complaints->count = 0;
	if (fragment == NULL)
		return no_memory(builder->arena, file, reterr_complaints);
	fragment->source.arena = builder->arena;
	fragment->source.complaints = reterr_complaints;
	fragment->is_text = true;
	if (!source_open(&fragment->source, file, text) || !schema_text_parse(fragment))
		return false;
	add(builder, fragment);
	return true;
}

bool
schema_builder_add_json(struct schema_builder *builder, const struct cedar_json_document *document,
    const struct json_value *value)
{
	struct decl_fragment *fragment = arena_calloc(builder->arena, 1, sizeof(*fragment));

	if (fragment == NULL)
		return no_memory(
		    builder->arena, document->source.file, document->source.complaints);
	fragment->source = document->source;
	if (!schema_json_parse(fragment, value))
		return false;
	add(builder, fragment);
	return true;
}

/* Without any text the schema is empty, and nothing in it is wrong. */
const struct cedar_schema *
schema_builder_take(struct schema_builder *builder, struct cedar_complaints *reterr_complaints)
{
	reterr_complaints->count = 0;
	if (builder->first == NULL &&
	    !schema_builder_add_text(builder, "schema", SLICE_OF(""), reterr_complaints))
		return NULL;
	return schema_resolve(builder->arena, builder->first, reterr_complaints);
}

const struct cedar_schema *
schema_read_text(struct arena *arena, const char *file, struct slice text,
    struct cedar_complaints *reterr_complaints)
{
	struct schema_builder *builder = schema_builder_new(arena);

	reterr_complaints->count = 0;
	if (builder == NULL) {
		(void)no_memory(arena, file, reterr_complaints);
		return NULL;
	}
	if (!schema_builder_add_text(builder, file, text, reterr_complaints))
		return NULL;
	return schema_builder_take(builder, reterr_complaints);
}

const struct cedar_schema *
schema_read_json(const struct cedar_json_document *document, const struct json_value *value)
{
	struct schema_builder *builder = schema_builder_new(document->source.arena);

	if (builder == NULL) {
		(void)no_memory(
		    document->source.arena, document->source.file, document->source.complaints);
		return NULL;
	}
	if (!schema_builder_add_json(builder, document, value))
		return NULL;
	return schema_resolve(builder->arena, builder->first, document->source.complaints);
}

/* The text as a fragment, not looked up. */
static struct decl_fragment *
parse_text(struct arena *arena, const char *file, struct slice text,
    struct cedar_complaints *reterr_complaints)
{
	struct schema_builder builder = { .arena = arena, .last = &builder.first };

	return schema_builder_add_text(&builder, file, text, reterr_complaints) ? builder.first
										: NULL;
}

/* False with a complaint when the buffer failed. */
static bool
finish(const struct decl_fragment *fragment, const struct buffer *out)
{
	if (!buffer_failed(out))
		return true;
	complaint_limit(&fragment->source, 0, NULL,
	    "out of memory, or the converted schema is larger than %zu bytes", out->ceiling);
	return false;
}

bool
schema_text_to_json(struct arena *arena, const char *file, struct slice text,
    struct cedar_complaints *reterr_complaints, struct buffer *out)
{
	const struct decl_fragment *fragment = parse_text(arena, file, text, reterr_complaints);

	if (fragment == NULL)
		return false;
	schema_json_write(fragment, out);
	return finish(fragment, out);
}

bool
schema_text_to_resolved_json(struct arena *arena, const char *file, struct slice text,
    struct cedar_complaints *reterr_complaints, struct buffer *out)
{
	struct decl_fragment *fragment = parse_text(arena, file, text, reterr_complaints);

	if (fragment == NULL || !schema_qualify(fragment))
		return false;
	schema_json_write(fragment, out);
	return finish(fragment, out);
}

bool
schema_json_to_text(
    const struct cedar_json_document *document, const struct json_value *value, struct buffer *out)
{
	struct schema_builder builder = {
		.arena = document->source.arena,
		.last = &builder.first,
	};

	return schema_builder_add_json(&builder, document, value) &&
	       schema_text_write(builder.first, out) && finish(builder.first, out);
}
