/* Edit distance (Levenshtein), one row of its table at a time; see nearest.h. */
#include "cedar/nearest.h"

#include <stdio.h>

enum {
	MAX_NAME = 64,      /* bytes; of longer names nobody mistypes one letter */
	LETTERS_A_SLIP = 3, /* so many letters of a name may have one wrong */
	BYTES_A_STEP = 4
};

void
nearest_init(struct nearest *nearest, struct budget *budget, struct slice wanted)
{
	*nearest = (struct nearest) { .budget = budget, .wanted = wanted };
	nearest->distance = 1 + (unsigned)(wanted.len / LETTERS_A_SLIP);
}

static unsigned
least(unsigned a, unsigned b, unsigned c)
{
	unsigned both = a < b ? a : b;

	return both < c ? both : c;
}

static unsigned
distance_of(struct slice a, struct slice b)
{
	unsigned row[MAX_NAME + 1];

	for (unsigned j = 0; j <= b.len; j++)
		row[j] = j;
	for (unsigned i = 0; i < a.len; i++) {
		unsigned diagonal = row[0];

		row[0] = i + 1;
		for (unsigned j = 0; j < b.len; j++) {
			unsigned above = row[j + 1];

			row[j + 1] = least(
			    above + 1, row[j] + 1, diagonal + (a.data[i] == b.data[j] ? 0 : 1));
			diagonal = above;
		}
	}
	return row[b.len];
}

void
nearest_offer(struct nearest *nearest, struct slice name)
{
	unsigned distance;

	if (name.len > MAX_NAME || nearest->wanted.len > MAX_NAME || name.len == 0 ||
	    !budget_spend(nearest->budget, 1 + name.len * nearest->wanted.len / BYTES_A_STEP))
		return;
	distance = distance_of(nearest->wanted, name);
	if (distance < nearest->distance) {
		nearest->distance = distance;
		nearest->best = name;
	}
}

const char *
nearest_hint(struct nearest *nearest)
{
	if (nearest->best.data == NULL)
		return NULL;
	(void)snprintf(
	    nearest->hint, sizeof(nearest->hint), "did you mean %.*s?", SLICE_ARGS(nearest->best));
	return nearest->hint;
}
