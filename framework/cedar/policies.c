/* What a policy set tells about its policies and templates. */
#include "cedar/policies.h"

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
cedar_policy_template_id(const struct cedar_policies *policies, size_t index)
{
	const struct policy *template = policies->items[index]->template;

	return template == NULL ? slice_make(NULL, 0) : template->id;
}

static struct slice
annotation_of(const struct policy *policy, struct slice key)
{
	const struct annotation *annotation = policy->annotations;

	for (; annotation != NULL; annotation = annotation->next)
		if (slice_equal(annotation->key, key))
			return annotation->value;
	return slice_make(NULL, 0);
}

struct slice
cedar_policy_annotation(const struct cedar_policies *policies, size_t index, struct slice key)
{
	return annotation_of(policies->items[index], key);
}

size_t
cedar_templates_count(const struct cedar_policies *policies)
{
	return policies->template_count;
}

struct slice
cedar_template_id(const struct cedar_policies *policies, size_t index)
{
	return policies->templates[index]->id;
}

struct slice
cedar_template_place(const struct cedar_policies *policies, size_t index)
{
	return policies->templates[index]->place;
}

struct slice
cedar_template_annotation(const struct cedar_policies *policies, size_t index, struct slice key)
{
	return annotation_of(policies->templates[index], key);
}

void
cedar_template_slots(
    const struct cedar_policies *policies, size_t index, bool *ret_principal, bool *ret_resource)
{
	*ret_principal = policies->templates[index]->principal.is_slot;
	*ret_resource = policies->templates[index]->resource.is_slot;
}
