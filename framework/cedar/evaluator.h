/*
 * Expressions -> values, within one decision. Walks the tree of ast.h with the C stack, which is
 * safe since its depth is bounded; what can grow with the data is paid for in steps.
 */
#ifndef POSTERN_CEDAR_EVALUATOR_H
#define POSTERN_CEDAR_EVALUATOR_H

#include "cedar/ast.h"
#include "cedar/entity_store.h"

struct evaluation {
	const struct cedar_entities *entities;
	struct arena *arena;
	uint32_t steps_left;
	bool is_stopped; /* memory or steps are out: there will be no decision */
	struct cedar_value variables[VARIABLE_COUNT];
	/* What the store knows of principal, action and resource; NULL: nothing. */
	const struct entity *known[VARIABLE_CONTEXT];
	uint64_t hashes[VARIABLE_CONTEXT]; /* uid_hash() of the three, if `has_hashes` */
	bool has_hashes;
};

/* `request` must outlive the evaluation. evaluation_hash(): hashes the three, if need be. */
void evaluation_init(struct evaluation *evaluation, const struct cedar_entities *entities,
    const struct cedar_request *request, struct arena *arena);
void evaluation_hash(struct evaluation *evaluation);

/*
 * On CEDAR_ERROR_NONE `*ret_value` is filled. When `is_stopped` is set afterwards, the result
 * means nothing.
 */
enum cedar_error cedar_evaluate(
    struct evaluation *evaluation, const struct node *node, struct cedar_value *ret_value) MUST_USE;

/* NODE_CALL; in evaluate_call.c. */
enum cedar_error evaluate_call(
    struct evaluation *evaluation, const struct node *node, struct cedar_value *ret_value) MUST_USE;

/* Pays for work. False: there are no steps left, and the whole decision is off. */
bool evaluation_spend(struct evaluation *evaluation, size_t steps) MUST_USE;
/* Ends the decision. The error returned only unwinds the evaluation; nobody reads it. */
enum cedar_error evaluation_stop(struct evaluation *evaluation);
/* NULL: memory is out, and the decision ended. */
void *evaluation_alloc(struct evaluation *evaluation, size_t size);
/* What the store knows; NULL: nothing. */
const struct entity *evaluation_look_up(
    const struct evaluation *evaluation, const struct cedar_uid *uid);

/*
 * Whether `uid` is `other` or below it. Never an error, also for entities that are not in the
 * store.
 */
bool entity_is_in(const struct evaluation *evaluation, const struct cedar_uid *uid,
    const struct cedar_uid *other);

#endif
