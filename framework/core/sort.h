/* Sorting in place, without the allocation that qsort may make and without its worst cases. */
#ifndef POSTERN_CORE_SORT_H
#define POSTERN_CORE_SORT_H

#include <stddef.h>

enum { SORT_MAX_SIZE = 64 }; /* bytes of one element */

typedef int sort_order(const void *a, const void *b);

/* Short arrays by insertion, long ones as a heap: n log n at worst. Not stable. */
#define SORT(array, count, order) sort_elements((array), (count), SORT_SIZE(array), (order))
/* The size of an element; one that is larger than SORT_MAX_SIZE does not compile. */
#define SORT_SIZE(array) \
	(sizeof((array)[0]) * sizeof(char[sizeof((array)[0]) <= SORT_MAX_SIZE ? 1 : -1]))

/* For the macro. */
void sort_elements(void *array, size_t count, size_t size, sort_order *order);

#endif
