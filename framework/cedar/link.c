/*
 * Linking: a template with its slots filled is a policy that shares everything else with the
 * template. A part of the builder.
 */
#include "cedar/builder.h"

enum { MAX_SHOWN_ID = 64 };

/* Fills the slot of a scope, if it is one. */
static bool
fill(struct scope *scope, const char *slot, const struct cedar_uid *value, struct arena *arena,
    const struct source *source, uint32_t offset)
{
	struct cedar_uid *uid;

	if (scope->is_slot != (value != NULL)) {
		complaint_add(source, offset, NULL,
		    scope->is_slot ? "no value is given for the slot %s of the template"
				   : "a value is given for %s, which the template has not",
		    slot);
		return false;
	}
	if (value == NULL)
		return true;
	uid = arena_alloc(arena, sizeof(*uid));
	if (uid != NULL)
		*uid = (struct cedar_uid) { arena_dup_slice(arena, value->type),
			arena_dup_slice(arena, value->id) };
	if (uid == NULL || uid->type.data == NULL || uid->id.data == NULL) {
		complaint_limit(source, offset, NULL, "out of memory");
		return false;
	}
	scope->is_slot = false;
	scope->entities = uid;
	scope->count = 1;
	return true;
}

bool
builder_link(struct cedar_builder *builder, const struct source *source, uint32_t offset,
    struct slice template_id, struct slice new_id, const struct cedar_uid *principal,
    const struct cedar_uid *resource)
{
	const struct policy *template = builder_find(builder, template_id);
	struct policy *link;

	if (template == NULL || !policy_is_template(template)) {
		complaint_add(source, offset, NULL, "there is no template with the id '%.*s'",
		    SLICE_ARGS(slice_first(template_id, MAX_SHOWN_ID)));
		return false;
	}
	link = arena_alloc(builder->arena, sizeof(*link));
	new_id = arena_dup_slice(builder->arena, new_id);
	if (link == NULL || new_id.data == NULL) {
		complaint_limit(source, offset, NULL, "out of memory");
		return false;
	}
	*link = *template;
	link->id = new_id;
	link->template = template;
	return fill(&link->principal, "?principal", principal, builder->arena, source, offset) &&
	       fill(&link->resource, "?resource", resource, builder->arena, source, offset) &&
	       builder_add(builder, source, offset, link);
}

bool
cedar_builder_link(struct cedar_builder *builder, struct slice template_id, struct slice new_id,
    const struct cedar_uid *principal, const struct cedar_uid *resource, const char *file,
    struct cedar_complaints *reterr_complaints)
{
	struct source source = { .arena = builder->arena, .complaints = reterr_complaints };

	reterr_complaints->count = 0;
	return source_open(&source, file, SLICE_OF("")) &&
	       builder_link(builder, &source, 0, template_id, new_id, principal, resource);
}
