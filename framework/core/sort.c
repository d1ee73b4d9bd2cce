/* Insertion sort and heap sort over elements of any size up to SORT_MAX_SIZE. */
#include "core/sort.h"

#include <string.h>

enum { SHORT = 24 }; /* elements up to which insertion is quicker */

static void
insertion_sort(char *array, size_t count, size_t size, sort_order *order)
{
	char element[SORT_MAX_SIZE];

	for (size_t i = 1; i < count; i++) {
		size_t at = i;

		while (at > 0 && order(array + (at - 1) * size, array + i * size) > 0)
			at--;
		if (at == i)
			continue;
		memcpy(element, array + i * size, size);
		memmove(array + (at + 1) * size, array + at * size, (i - at) * size);
		memcpy(array + at * size, element, size);
	}
}

static void
swap(char *a, char *b, size_t size)
{
	char element[SORT_MAX_SIZE];

	memcpy(element, a, size);
	memcpy(a, b, size);
	memcpy(b, element, size);
}

static void
sift_down(char *array, size_t root, size_t count, size_t size, sort_order *order)
{
	for (size_t child; (child = 2 * root + 1) < count; root = child) {
		if (child + 1 < count &&
		    order(array + child * size, array + (child + 1) * size) < 0)
			child++;
		if (order(array + root * size, array + child * size) >= 0)
			return;
		swap(array + root * size, array + child * size, size);
	}
}

void
sort_elements(void *array, size_t count, size_t size, sort_order *order)
{
	if (count <= SHORT) {
		insertion_sort(array, count, size, order);
		return;
	}
	for (size_t root = count / 2; root-- > 0;)
		sift_down(array, root, count, size, order);
	for (size_t last = count - 1; last > 0; last--) {
		swap(array, (char *)array + last * size, size);
		sift_down(array, 0, last, size, order);
	}
}
