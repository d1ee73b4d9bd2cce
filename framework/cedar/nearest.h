/* "Did you mean ..?": of the names that there are, the one that somebody may have meant. */
#ifndef POSTERN_CEDAR_NEAREST_H
#define POSTERN_CEDAR_NEAREST_H

#include "cedar/budget.h"

struct nearest {
	struct budget *budget;
	struct slice wanted, best; /* best.data NULL: none is near */
	unsigned distance;         /* of the best: letters to put in, take out, change or swap */
	char hint[96];
};

void nearest_init(struct nearest *nearest, struct budget *budget, struct slice wanted);
void nearest_offer(struct nearest *nearest, struct slice name);
/* "did you mean NAME?", in `nearest`; NULL: none is near. */
const char *nearest_hint(struct nearest *nearest);

#endif
