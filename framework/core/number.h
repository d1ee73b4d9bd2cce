/* Arithmetic on counts that cannot wrap around. */
#ifndef POSTERN_CORE_NUMBER_H
#define POSTERN_CORE_NUMBER_H

static inline unsigned
number_lesser(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static inline unsigned
number_greater(unsigned a, unsigned b)
{
	return a > b ? a : b;
}

/* How much `a` is above `b`; 0: it is not. */
static inline unsigned
number_above(unsigned a, unsigned b)
{
	return a > b ? a - b : 0;
}

#endif
