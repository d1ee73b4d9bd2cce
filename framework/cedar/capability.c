/* Lists of what is known to be there; see capability.h. */
#include "cedar/capability.h"

const struct capability *
capability_of_attribute(struct budget *budget, struct shape object, struct slice attribute)
{
	struct capability *made = budget_alloc(budget, 1, sizeof(*made));

	if (made != NULL)
		*made = (struct capability) { .object = object, .attribute = attribute };
	return made;
}

const struct capability *
capability_of_tag(struct budget *budget, const struct node *object, const struct node *tag)
{
	struct capability *made = budget_alloc(budget, 1, sizeof(*made));

	if (made != NULL)
		*made = (struct capability) { .object = shape_of(object), .tag = tag };
	return made;
}

static bool
is_equal(struct budget *budget, const struct capability *a, const struct capability *b)
{
	if ((a->tag == NULL) != (b->tag == NULL))
		return false;
	if (a->tag == NULL ? !slice_equal(a->attribute, b->attribute)
			   : !shape_equal(budget, shape_of(a->tag), shape_of(b->tag)))
		return false;
	return shape_equal(budget, a->object, b->object);
}

static bool
has(struct budget *budget, const struct capability *list, const struct capability *wanted)
{
	for (; list != NULL; list = list->next)
		if (!budget_spend(budget, 1))
			return false;
		else if (is_equal(budget, list, wanted))
			return true;
	return false;
}

bool
capability_has_attribute(struct budget *budget, const struct capability *list, struct shape object,
    struct slice attribute)
{
	struct capability wanted = { .object = object, .attribute = attribute };

	return has(budget, list, &wanted);
}

bool
capability_has_tag(struct budget *budget, const struct capability *list, const struct node *object,
    const struct node *tag)
{
	struct capability wanted = { .object = shape_of(object), .tag = tag };

	return has(budget, list, &wanted);
}

/* A copy of `one` in front of `list`. */
static const struct capability *
prepend(struct budget *budget, const struct capability *one, const struct capability *list)
{
	struct capability *copy = budget_alloc(budget, 1, sizeof(*copy));

	if (copy == NULL || !budget_spend(budget, 1))
		return list;
	*copy = *one;
	copy->next = list;
	return copy;
}

const struct capability *
capability_union(struct budget *budget, const struct capability *a, const struct capability *b)
{
	if (b == NULL)
		return a;
	for (; a != NULL; a = a->next)
		b = prepend(budget, a, b);
	return b;
}

const struct capability *
capability_intersection(
    struct budget *budget, const struct capability *a, const struct capability *b)
{
	const struct capability *both = NULL;

	for (; a != NULL; a = a->next)
		if (has(budget, b, a))
			both = prepend(budget, a, both);
	return both;
}
