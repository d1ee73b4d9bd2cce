/* See builder.h. Below the readers of policies; takes what they made, knows no format. */
#include "cedar/builder.h"

#include "cedar/hash.h"

enum {
	FIRST_POLICIES = 16,
	FIRST_IDS = 64,
	MAX_SHOWN_ID = 64,
	FEW_POLICIES = 4, /* looking at all of them is quicker than looking them up */
};

struct cedar_builder *
cedar_builder_new(struct arena *arena)
{
	struct cedar_builder *builder = arena_calloc(arena, 1, sizeof(*builder));

	if (builder != NULL)
		builder->arena = arena;
	return builder;
}

/* The slot of an id: its own, or the free one where it would be put. */
static struct policy **
slot_of(const struct cedar_builder *builder, struct slice id)
{
	uint64_t at = slice_hash(id);
	struct policy **slot;

	do
		slot = &builder->ids[at++ & (builder->ids_size - 1)];
	while (*slot != NULL && !slice_equal((*slot)->id, id));
	return slot;
}

struct policy *
builder_find(const struct cedar_builder *builder, struct slice id)
{
	return builder->ids == NULL ? NULL : *slot_of(builder, id);
}

static void
enter_ids(struct cedar_builder *builder)
{
	memset(builder->ids, 0, builder->ids_size * sizeof(struct policy *));
	for (uint32_t i = 0; i < builder->policies.count; i++)
		*slot_of(builder, builder->policies.items[i]->id) = builder->policies.items[i];
	for (uint32_t i = 0; i < builder->templates.count; i++)
		*slot_of(builder, builder->templates.items[i]->id) = builder->templates.items[i];
}

static uint32_t
count_of(const struct cedar_builder *builder)
{
	return builder->policies.count + builder->templates.count;
}

static bool
reserve_id(struct cedar_builder *builder)
{
	uint32_t size = builder->ids == NULL ? FIRST_IDS : builder->ids_size * 2;
	struct policy **ids;

	if (2 * (count_of(builder) + 1) <= builder->ids_size)
		return true;
	ids = arena_alloc(builder->arena, size * sizeof(struct policy *));
	if (ids == NULL)
		return false;
	builder->ids = ids;
	builder->ids_size = size;
	enter_ids(builder);
	return true;
}

static bool
reserve_item(struct cedar_builder *builder, struct policy_list *list)
{
	uint32_t size = list->size == 0 ? FIRST_POLICIES : list->size * 2;
	struct policy **items;

	if (list->count < list->size)
		return true;
	items = arena_alloc(builder->arena, size * sizeof(struct policy *));
	if (items == NULL)
		return false;
	if (list->count > 0)
		memcpy(items, list->items, list->count * sizeof(struct policy *));
	list->items = items;
	list->size = size;
	return true;
}

bool
builder_add(struct cedar_builder *builder, const struct source *source, uint32_t offset,
    struct policy *policy)
{
	struct policy_list *list =
	    policy_is_template(policy) ? &builder->templates : &builder->policies;

	if (count_of(builder) >= CEDAR_MAX_POLICIES) {
		complaint_limit(
		    source, offset, NULL, "there are more than %d policies", CEDAR_MAX_POLICIES);
		return false;
	}
	if (builder_find(builder, policy->id) != NULL) {
		complaint_add(source, offset, NULL, "there is already a policy with the id '%.*s'",
		    SLICE_ARGS(slice_first(policy->id, MAX_SHOWN_ID)));
		return false;
	}
	if (!reserve_id(builder) || !reserve_item(builder, list)) {
		complaint_limit(source, offset, NULL, "out of memory");
		return false;
	}
	*slot_of(builder, policy->id) = policy;
	list->items[list->count++] = policy;
	return true;
}

bool
builder_add_named(struct cedar_builder *builder, const struct source *source, uint32_t offset,
    struct policy *policy)
{
	const char *id = arena_printf(builder->arena, "policy%u", builder->named_count);

	if (id == NULL) {
		complaint_limit(source, offset, NULL, "out of memory");
		return false;
	}
	policy->id = slice_from(id);
	builder->named_count++;
	return builder_add(builder, source, offset, policy);
}

struct builder_mark
builder_mark(const struct cedar_builder *builder)
{
	return (struct builder_mark) { builder->policies.count, builder->templates.count,
		builder->named_count };
}

void
builder_rollback(struct cedar_builder *builder, struct builder_mark mark)
{
	if (count_of(builder) == mark.policy_count + mark.template_count)
		return;
	builder->policies.count = mark.policy_count;
	builder->templates.count = mark.template_count;
	builder->named_count = mark.named_count;
	enter_ids(builder);
}

bool
policy_check_form(
    const struct policy *policy, enum cedar_form form, const struct source *source, uint32_t offset)
{
	if (policy_is_template(policy) == (form == CEDAR_TEMPLATE))
		return true;
	if (form == CEDAR_TEMPLATE)
		complaint_add(source, offset, "a template has ?principal or ?resource in its head",
		    "expected a template, found a policy without slots");
	else
		complaint_add(source, offset, "link it to make a policy of it",
		    "expected a policy, found a template");
	return false;
}

static void
rename_by(struct policy *policy, struct slice key)
{
	const struct annotation *annotation = policy->annotations;

	for (; annotation != NULL; annotation = annotation->next)
		if (slice_equal(annotation->key, key))
			policy->id = annotation->value;
}

/* Takes the id again, which may have another owner by now. */
static bool
enter_id(struct cedar_builder *builder, struct policy *policy, struct cedar_complaints *complaints)
{
	const struct source source = source_of(policy->file == NULL ? "policies" : policy->file,
	    policy->text, builder->arena, complaints);
	struct policy **slot = slot_of(builder, policy->id);

	if (*slot != NULL)
		complaint_add(&source, policy->offset, NULL, "another policy has the id '%.*s' too",
		    SLICE_ARGS(slice_first(policy->id, MAX_SHOWN_ID)));
	*slot = policy;
	return complaints->count == 0;
}

bool
cedar_builder_rename(struct cedar_builder *builder, struct slice annotation,
    struct cedar_complaints *reterr_complaints)
{
	const struct policy_list *lists[] = { &builder->templates, &builder->policies };

	reterr_complaints->count = 0;
	for (size_t list = 0; list < COUNT_OF(lists); list++)
		for (uint32_t i = 0; i < lists[list]->count; i++)
			rename_by(lists[list]->items[i], annotation);
	if (builder->ids != NULL)
		memset(builder->ids, 0, builder->ids_size * sizeof(struct policy *));
	for (size_t list = 0; list < COUNT_OF(lists); list++)
		for (uint32_t i = 0; i < lists[list]->count; i++)
			if (!enter_id(builder, lists[list]->items[i], reterr_complaints))
				return false;
	return true;
}

const struct cedar_policies *
cedar_builder_take(struct cedar_builder *builder)
{
	struct cedar_policies *policies = arena_alloc(builder->arena, sizeof(*policies));

	if (policies == NULL)
		return NULL;
	*policies = (struct cedar_policies) {
		.items = builder->policies.items,
		.count = builder->policies.count,
		.templates = builder->templates.items,
		.template_count = builder->templates.count,
	};
	if (policies->count > FEW_POLICIES) {
		policies->index = scope_index_new(builder->arena, policies->items, policies->count);
		if (policies->index == NULL)
			return NULL;
	}
	*builder = (struct cedar_builder) { .arena = builder->arena };
	return policies;
}
