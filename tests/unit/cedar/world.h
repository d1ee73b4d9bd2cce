/* A small world for tests of the engine: entities and requests given as Cedar text. */
#ifndef POSTERN_TESTS_CEDAR_WORLD_H
#define POSTERN_TESTS_CEDAR_WORLD_H

#include "../core/rows.h"

#include "cedar/evaluator.h"
#include "cedar/parser.h"

struct world {
	struct arena arena;
	struct cedar_entities *entities;
	struct cedar_request request;
	struct cedar_complaints complaints;
};

void world_init(struct world *world);
void world_done(struct world *world);

/* The value of a text that depends on nothing: `{a: [1, User::"x"]}`. */
struct cedar_value world_value(struct world *world, const char *text);
const struct cedar_uid *world_uid(struct world *world, const char *text);
/* `parents` is a set of entities, `tags` a record; both may be NULL. */
void world_entity(struct world *world, const char *uid, const char *attributes, const char *parents,
    const char *tags);
void world_request(struct world *world, const char *principal, const char *action,
    const char *resource, const char *context);

/*
 * alice (a User with attributes and tags, in Group "staff", which is in Group "all"), bob (without
 * attributes), a Photo of hers, and a request of alice to view it; the store is closed.
 */
void world_fill(struct world *world);

/* The policies of a text that must parse. */
const struct cedar_policies *world_policies(struct world *world, const char *text);
/* What they say to the world's request; there must be a decision. */
struct cedar_answer world_ask(struct world *world, const struct cedar_policies *policies);

/* Parses and evaluates in the world; the text must parse. */
enum cedar_error world_evaluate(
    struct world *world, const char *text, struct cedar_value *ret_value);

/* There is one complaint in the world, and this is part of its message. */
void world_complains(const struct world *world, const char *message);

#endif
