/*
 * Levels (RFC 76): how many entities in a row a policy must look into, starting from principal,
 * action, resource or context. The type checker notes what it saw in the shape that this needs,
 * without the branches that can never be taken; then level_check() walks it.
 */
#ifndef POSTERN_CEDAR_LEVEL_H
#define POSTERN_CEDAR_LEVEL_H

#include "cedar/findings.h"

enum level_role {
	LEVEL_OTHER, /* only its parts matter */
	LEVEL_VARIABLE,
	LEVEL_ENTITY,    /* a literal; `is_action`: the action of the environment */
	LEVEL_BRANCH,    /* parts: the condition, then what may be taken */
	LEVEL_MEMBER,    /* `name` of a record: parts: the record */
	LEVEL_ATTRIBUTE, /* `name` of an entity: parts: the entity */
	LEVEL_HAS,       /* of an entity: parts: the entity */
	LEVEL_TAG,       /* getTag: parts: the entity, the key */
	LEVEL_TEST,      /* hasTag and `in`: parts: the entity, the other side */
	LEVEL_RECORD     /* a literal: parts as its fields */
};

struct level_node {
	enum level_role role;
	bool is_action;
	uint32_t offset;            /* of the text, for its place */
	struct slice name;          /* LEVEL_MEMBER */
	const struct field *fields; /* LEVEL_RECORD */
	const struct level_node **parts;
	uint32_t count;
};

/* Complains where more than `level` dereferences follow each other, or of a literal. */
void level_check(
    struct budget *budget, struct findings *findings, int level, const struct level_node *node);

#endif
