/* What can be called: the rows of calls.def as a table, for both readers of policies. */
#ifndef POSTERN_CEDAR_CALLS_H
#define POSTERN_CEDAR_CALLS_H

#include "cedar/ast.h"

struct call_traits {
	const char *name;
	unsigned operands; /* of a method the receiver is one */
	bool is_method;    /* x.name(..), else name(..) */
	bool
	    is_extension; /* of the extension types: their number of operands is not of the grammar */
};

/* Of a call that is not CALL_UNKNOWN. */
const struct call_traits *call_traits(enum call call);
/* CALL_UNKNOWN: nothing is called like this. */
enum call call_find(struct slice name);

#endif
