/*
 * The type of an expression in one environment: an action with the types of a principal and a
 * resource that it applies to. The rules are those of the official engine's strict mode. Operands
 * that cannot be reached (behind a `false &&`, in the branch of an `if` that is never taken) are
 * not looked at.
 */
#ifndef POSTERN_CEDAR_TYPECHECK_H
#define POSTERN_CEDAR_TYPECHECK_H

#include "cedar/capability.h"
#include "cedar/findings.h"
#include "cedar/level.h"
#include "cedar/type.h"

struct environment {
	const struct schema_action *action;
	const struct schema_entity_type *principal, *resource;
};

struct checker {
	const struct cedar_schema *schema;
	struct budget budget;
	struct findings findings;
	bool keeps_levels; /* answers have a `level` */
	struct environment environment;
};

/* What is found out about an expression. */
struct answer {
	struct schema_type type;
	bool has_type;   /* else nothing is known of it */
	bool has_failed; /* there is an error inside; `type` is what it would be without */
	const struct capability *gains; /* known where this is true */
	const struct level_node *level; /* NULL: not kept */
};

/* Operands of a chain of && so far, and what is known when the next one is reached. */
struct conjunction {
	struct answer answer;
	const struct capability *known;
	bool is_begun;
	bool is_over; /* false already: nothing behind it is reached */
};

/* A hint for an operand of the wrong type; NULL: none. */
typedef const char *hint_function(struct schema_type found);

struct answer typecheck(
    struct checker *checker, const struct capability *known, const struct node *node);
/* The same, where one of the `expected` types must be; without that there is no type. */
struct answer typecheck_expect(struct checker *checker, const struct capability *known,
    const struct node *node, unsigned expected, hint_function *hint);

void conjunction_add(
    struct checker *checker, struct conjunction *conjunction, struct answer operand);
/* `!operand`. */
struct answer typecheck_negation(struct checker *checker, struct answer operand, uint32_t offset);

/* Whether entities of this type may be in some of that one, or be them. */
bool typecheck_may_be_in(struct checker *checker, const struct schema_entity_type *type,
    const struct schema_entity_type *other);

/* Answers without an error inside. */
static inline struct answer
answer_of(struct schema_type type)
{
	return (struct answer) { .type = type, .has_type = true };
}

static inline struct answer
answer_truth(enum schema_truth truth)
{
	return answer_of(type_bool(truth));
}

/* For levels; NULL when they are not kept, or the budget is out. */
struct level_node *level_node_new(
    struct checker *checker, enum level_role role, uint32_t offset, uint32_t room);
static inline void
level_node_add(struct level_node *node, const struct answer *part)
{
	if (node != NULL && part->level != NULL)
		node->parts[node->count++] = part->level;
}

#endif
