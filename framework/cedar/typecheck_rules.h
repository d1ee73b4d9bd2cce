/*
 * The type checker's inside: the rules that have a file of their own, and what all of them share.
 * typecheck() pays for the node and picks the rule, so a rule need not; the rule complains, and
 * says by what it returns that it did.
 */
#ifndef POSTERN_CEDAR_TYPECHECK_RULES_H
#define POSTERN_CEDAR_TYPECHECK_RULES_H

#include "cedar/typecheck.h"

/* The type of a node of its kind, where it is reached with `known`. */
typedef struct answer typecheck_rule(
    struct checker *checker, const struct capability *known, const struct node *node);

struct answer typecheck_literal(struct checker *checker, const struct node *node);
typecheck_rule typecheck_set, typecheck_record;           /* and literals: typecheck_value.c */
typecheck_rule typecheck_and, typecheck_or, typecheck_if; /* typecheck_logic.c */
typecheck_rule typecheck_compare, typecheck_is;           /* typecheck_compare.c */
typecheck_rule typecheck_has, typecheck_attribute;        /* typecheck_attribute.c */
typecheck_rule typecheck_call;                            /* typecheck_call.c */

/* Nothing is known, since there is an error, which has been complained about. */
static inline struct answer
answer_unknown(void)
{
	return (struct answer) { .has_failed = true };
}

struct type_text {
	char text[160];
};
/* The type in words; lives in `room`. */
const char *type_in_words(struct schema_type type, struct type_text *room);

/*
 * The least type above both answers, at `offset`; no type when one of them has none, or when there
 * is none, which is complained about: "WHAT have ..".
 */
struct answer typecheck_join(struct checker *checker, uint32_t offset, const char *what,
    const struct answer *a, const struct answer *b);

/* For levels: a node over one part. */
const struct level_node *level_over(
    struct checker *checker, enum level_role role, uint32_t offset, const struct answer *part);

#endif
