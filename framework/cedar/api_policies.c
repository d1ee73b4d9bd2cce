/* <postern/cedar.h>: policies, from texts to an immutable set and back. */
#include "cedar/api.h"

#include <stdlib.h>

#include "cedar/policy_json.h"

/* The set is its first member, so that taking it moves nothing: the set is the builder. */
struct postern_cedar_builder {
	struct postern_cedar_policies made;
	struct cedar_builder *builder;
};

struct postern_cedar_builder *
postern_cedar_builder_new(void)
{
	struct postern_cedar_builder *builder = calloc(1, sizeof(*builder));

	if (builder == NULL)
		return NULL;
	arena_init(&builder->made.arena, API_BLOCK, API_MEMORY);
	builder->builder = cedar_builder_new(&builder->made.arena);
	if (builder->builder != NULL)
		return builder;
	postern_cedar_builder_free(builder);
	return NULL;
}

void
postern_cedar_builder_free(struct postern_cedar_builder *builder)
{
	if (builder != NULL)
		postern_cedar_policies_free(&builder->made);
}

void
postern_cedar_policies_free(struct postern_cedar_policies *policies)
{
	if (policies == NULL)
		return;
	arena_done(&policies->arena);
	free(policies);
}

bool
postern_cedar_builder_text(struct postern_cedar_builder *builder, const char *file,
    struct postern_cedar_text text, struct postern_cedar_problems *problems)
{
	struct cedar_complaints complaints;

	problems_clear(problems);
	return cedar_builder_add_text(builder->builder, file, slice_of_text(text), &complaints) ||
	       problems_take(problems, &complaints);
}

bool
postern_cedar_builder_json(struct postern_cedar_builder *builder, const char *file,
    struct postern_cedar_text json, struct postern_cedar_problems *problems)
{
	struct cedar_complaints complaints = { .count = 0 };
	struct cedar_json_document document;

	problems_clear(problems);
	return (cedar_json_read(&builder->made.arena, file, slice_of_text(json),
		    CEDAR_MAX_JSON_DEPTH, &complaints, &document) &&
		   policy_json_add_set(
		       builder->builder, POLICY_JSON_STRICT, &document, document.root)) ||
	       problems_take(problems, &complaints);
}

static bool
add_one(struct postern_cedar_builder *builder, enum cedar_form form, struct postern_cedar_text id,
    const char *file, struct postern_cedar_text text, struct postern_cedar_problems *problems)
{
	struct cedar_complaints complaints;

	problems_clear(problems);
	return cedar_builder_add_one(builder->builder, form, slice_of_text(id), file,
		   slice_of_text(text), &complaints) ||
	       problems_take(problems, &complaints);
}

bool
postern_cedar_builder_policy(struct postern_cedar_builder *builder, struct postern_cedar_text id,
    const char *file, struct postern_cedar_text text, struct postern_cedar_problems *problems)
{
	return add_one(builder, CEDAR_STATIC, id, file, text, problems);
}

bool
postern_cedar_builder_template(struct postern_cedar_builder *builder, struct postern_cedar_text id,
    const char *file, struct postern_cedar_text text, struct postern_cedar_problems *problems)
{
	return add_one(builder, CEDAR_TEMPLATE, id, file, text, problems);
}

bool
postern_cedar_builder_link(struct postern_cedar_builder *builder,
    struct postern_cedar_text template_id, struct postern_cedar_text new_id,
    const struct postern_cedar_uid *principal, const struct postern_cedar_uid *resource,
    struct postern_cedar_problems *problems)
{
	struct value_owner owner = { .arena = &builder->made.arena };
	struct cedar_uid principal_uid, resource_uid;
	struct cedar_complaints complaints;

	problems_clear(problems);
	if ((principal != NULL && !value_uid(&owner, *principal, &principal_uid)) ||
	    (resource != NULL && !value_uid(&owner, *resource, &resource_uid)))
		return problems_say(problems, owner.fault, owner.is_limit);
	return cedar_builder_link(builder->builder, slice_of_text(template_id),
		   slice_of_text(new_id), principal == NULL ? NULL : &principal_uid,
		   resource == NULL ? NULL : &resource_uid, "link", &complaints) ||
	       problems_take(problems, &complaints);
}

bool
postern_cedar_builder_rename(struct postern_cedar_builder *builder,
    struct postern_cedar_text annotation, struct postern_cedar_problems *problems)
{
	struct cedar_complaints complaints;

	problems_clear(problems);
	return cedar_builder_rename(builder->builder, slice_of_text(annotation), &complaints) ||
	       problems_take(problems, &complaints);
}

struct postern_cedar_policies *
postern_cedar_builder_take(struct postern_cedar_builder *builder)
{
	builder->made.set = cedar_builder_take(builder->builder);
	if (builder->made.set != NULL)
		return &builder->made;
	postern_cedar_builder_free(builder);
	return NULL;
}

size_t
postern_cedar_policies_count(const struct postern_cedar_policies *policies)
{
	return cedar_policies_count(policies->set);
}

struct postern_cedar_text
postern_cedar_policy_id(const struct postern_cedar_policies *policies, size_t index)
{
	return text_of_slice(cedar_policy_id(policies->set, index));
}

enum postern_cedar_effect
postern_cedar_policy_effect(const struct postern_cedar_policies *policies, size_t index)
{
	return cedar_policy_effect(policies->set, index) == CEDAR_PERMIT ? POSTERN_CEDAR_PERMIT
									 : POSTERN_CEDAR_FORBID;
}

struct postern_cedar_text
postern_cedar_policy_annotation(
    const struct postern_cedar_policies *policies, size_t index, struct postern_cedar_text key)
{
	return text_of_slice(cedar_policy_annotation(policies->set, index, slice_of_text(key)));
}

struct postern_cedar_text
postern_cedar_policy_place(const struct postern_cedar_policies *policies, size_t index)
{
	return text_of_slice(cedar_policy_place(policies->set, index));
}

/* Templates first, each with an empty line before the next. */
static bool
print_texts(struct buffer *out, const struct cedar_policies *set)
{
	const char *gap = "";

	for (uint32_t i = 0; i < set->template_count; i++, gap = "\n\n")
		if (!buffer_text(out, gap) || !policy_text_write(out, set->templates[i]))
			return false;
	for (uint32_t i = 0; i < set->count; i++, gap = "\n\n")
		if (!buffer_text(out, gap) || !policy_text_write(out, set->items[i]))
			return false;
	return set->count + set->template_count == 0 || buffer_byte(out, '\n');
}

char *
postern_cedar_policies_print(const struct postern_cedar_policies *policies,
    enum postern_cedar_format format, size_t *ret_len)
{
	struct buffer out;
	struct arena arena;
	char *text = NULL;

	arena_init(&arena, API_BLOCK, API_MEMORY);
	buffer_init(&out, &arena, API_BLOCK / 2, API_MEMORY / 2);
	if (format == POSTERN_CEDAR_FORMAT_JSON ? policy_json_write_set(&out, policies->set)
						: print_texts(&out, policies->set))
		text = api_text_take(&out, ret_len);
	arena_done(&arena);
	return text;
}
