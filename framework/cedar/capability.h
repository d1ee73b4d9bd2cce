/*
 * What is known to be there: `e has a` being true lets e.a be read, `e.hasTag(k)` lets e.getTag(k).
 * Lists that share their ends and never change; one may be in a list twice, which does no harm.
 */
#ifndef POSTERN_CEDAR_CAPABILITY_H
#define POSTERN_CEDAR_CAPABILITY_H

#include "cedar/shape.h"

struct capability {
	struct shape object;
	struct slice attribute; /* of an attribute */
	const struct node *tag; /* the key of a tag; NULL: it is an attribute */
	const struct capability *next;
};

/* NULL is the empty list, and what is returned when the budget is out. */
const struct capability *capability_of_attribute(
    struct budget *budget, struct shape object, struct slice attribute);
const struct capability *capability_of_tag(
    struct budget *budget, const struct node *object, const struct node *tag);
/* All of both; costs as much as `a` is long. */
const struct capability *capability_union(
    struct budget *budget, const struct capability *a, const struct capability *b);
/* What is in both. */
const struct capability *capability_intersection(
    struct budget *budget, const struct capability *a, const struct capability *b);

bool capability_has_attribute(struct budget *budget, const struct capability *list,
    struct shape object, struct slice attribute);
bool capability_has_tag(struct budget *budget, const struct capability *list,
    const struct node *object, const struct node *tag);

#endif
