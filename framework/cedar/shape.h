/*
 * What a piece of a tree is to the official engine, which knows fewer forms than ours: chains are
 * nested pairs there, `x is T in e` is `x is T && x in e`, `a != b` is `!(a == b)`, `a > b` is
 * `!(a <= b)`, `a >= b` is `!(a < b)`. What is known about an expression is known of every other
 * one that has the same tree there.
 */
#ifndef POSTERN_CEDAR_SHAPE_H
#define POSTERN_CEDAR_SHAPE_H

#include "cedar/ast.h"
#include "cedar/budget.h"

enum shape_part {
	SHAPE_WHOLE = 0, /* of a chain: only the first `count` operands */
	SHAPE_PATH,      /* of `x has a.b.c`: x, x.a, x.a.b with `count` 0, 1, 2 */
	SHAPE_IS,        /* of `x is T in e`: x is T */
	SHAPE_IN,        /* of the same: x in e */
	SHAPE_POSITIVE   /* of `a != b`, `a > b`, `a >= b`: what is negated */
};

struct shape {
	const struct node *node;
	enum shape_part part;
	uint32_t count;
};

struct shape shape_of(const struct node *node);
/* x with the first `count` names of `x has ..` behind it. */
struct shape shape_of_path(const struct node *has, uint32_t count);

/* Whether both have the same tree. False also when the budget is out. */
bool shape_equal(struct budget *budget, struct shape a, struct shape b);

#endif
