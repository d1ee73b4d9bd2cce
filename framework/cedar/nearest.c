/*
 * Edit distance, two letters that changed places being one slip; three rows of its table at a time.
 * See nearest.h.
 */
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
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static unsigned
distance_of(struct slice a, struct slice b)
{
	unsigned rows[3]
		     [MAX_NAME + 1]; /* of the letter at hand, of the one before, and before that */

	for (unsigned j = 0; j <= b.len; j++)
		rows[0][j] = j;
	for (unsigned i = 1; i <= a.len; i++) {
		unsigned *row = rows[i % 3], *last = rows[(i + 2) % 3], *older = rows[(i + 1) % 3];

		row[0] = i;
		for (unsigned j = 1; j <= b.len; j++) {
			bool is_same = a.data[i - 1] == b.data[j - 1];

			row[j] =
			    least(least(last[j], row[j - 1]) + 1, last[j - 1] + (is_same ? 0 : 1));
			if (i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] &&
			    a.data[i - 2] == b.data[j - 1])
				row[j] = least(row[j], older[j - 2] + 1);
		}
	}
	return rows[a.len % 3][b.len];
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
