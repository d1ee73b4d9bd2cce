/*
 * Levels of dereferencing; see level.h. What is looked into is followed down in a loop, since a
 * `has a.b.c` may be long; only branches and the rest of records recurse, as deep as the tree.
 */
#include "cedar/level.h"

/* Names of record members on the way down, the innermost first. */
struct path {
	struct slice name;
	const struct path *next;
};

struct level_checker {
	struct budget *budget;
	struct findings *findings;
	unsigned level; /* allowed */
};

static void check(struct level_checker *checker, const struct level_node *node);

static void
check_from(struct level_checker *checker, const struct level_node *node, uint32_t first)
{
	for (uint32_t i = first; i < node->count; i++)
		check(checker, node->parts[i]);
}

static unsigned depth_of(
    struct level_checker *checker, const struct level_node *node, const struct path *path);

/* The deeper of the branches that may be taken. */
static unsigned
depth_of_branches(
    struct level_checker *checker, const struct level_node *node, const struct path *path)
{
	unsigned deepest = 0;

	if (node->count > 0)
		check(checker, node->parts[0]);
	for (uint32_t i = 1; i < node->count; i++) {
		unsigned depth = depth_of(checker, node->parts[i], path);

		if (depth > deepest)
			deepest = depth;
	}
	return deepest;
}

/* The member of a record literal that the path asks for; the others are checked alone. */
static const struct level_node *
take_member(struct level_checker *checker, const struct level_node *node, const struct path **path)
{
	const struct level_node *taken = NULL;

	for (uint32_t i = 0; i < node->count; i++) {
		if (*path != NULL && slice_equal(node->fields[i].name, (*path)->name))
			taken = node->parts[i];
		else
			check(checker, node->parts[i]);
	}
	if (*path != NULL)
		*path = (*path)->next;
	return taken;
}

static const struct path *
push(struct level_checker *checker, struct slice name, const struct path *path)
{
	struct path *longer = budget_alloc(checker->budget, 1, sizeof(*longer));

	if (longer == NULL)
		return path;
	*longer = (struct path) { name, path };
	return longer;
}

/* How many entities are looked into to find what `node` is, an entity or on the way to one. */
static unsigned
depth_of(struct level_checker *checker, const struct level_node *node, const struct path *path)
{
	unsigned depth = 0;

	while (node != NULL && budget_spend(checker->budget, 1)) {
		switch (node->role) {
		case LEVEL_ENTITY:
			if (!node->is_action)
				findings_add(checker->findings, FINDING_ERROR, node->offset, NULL,
				    "an entity literal cannot be looked into, only what "
				    "the request names");
			return depth;
		case LEVEL_BRANCH:
			return depth + depth_of_branches(checker, node, path);
		case LEVEL_RECORD:
			node = take_member(checker, node, &path);
			continue;
		case LEVEL_MEMBER:
			path = push(checker, node->name, path);
			break;
		case LEVEL_TAG:
			check_from(checker, node, 1);
			depth++;
			break;
		case LEVEL_ATTRIBUTE:
			depth++;
			break;
		case LEVEL_VARIABLE:
		case LEVEL_OTHER:
		case LEVEL_HAS:
		case LEVEL_TEST:
			return depth;
		}
		node = node->count > 0 ? node->parts[0] : NULL;
	}
	return depth;
}

static void
check_look(struct level_checker *checker, const struct level_node *node)
{
	unsigned depth = node->count > 0 ? depth_of(checker, node->parts[0], NULL) : 0;

	if (depth >= checker->level)
		findings_add(checker->findings, FINDING_ERROR, node->offset,
		    "pass what is needed in the context, or validate at a higher level",
		    "this looks into %u entities in a row, %u are allowed", depth + 1,
		    checker->level);
}

static void
check(struct level_checker *checker, const struct level_node *node)
{
	if (!budget_spend(checker->budget, 1))
		return;
	switch (node->role) {
	case LEVEL_ATTRIBUTE:
	case LEVEL_HAS:
		check_look(checker, node);
		break;
	case LEVEL_TAG:
	case LEVEL_TEST:
		check_look(checker, node);
		check_from(checker, node, 1);
		break;
	case LEVEL_MEMBER:
	case LEVEL_OTHER:
	case LEVEL_VARIABLE:
	case LEVEL_ENTITY:
	case LEVEL_BRANCH:
	case LEVEL_RECORD:
		check_from(checker, node, 0);
		break;
	}
}

void
level_check(
    struct budget *budget, struct findings *findings, int level, const struct level_node *node)
{
	struct level_checker checker = { budget, findings, (unsigned)level };

	if (node != NULL)
		check(&checker, node);
}
