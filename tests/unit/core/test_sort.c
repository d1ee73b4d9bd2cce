/* Sorting: short arrays, which are sorted by insertion, and long ones, which are heaps. */
#include "core/sort.h"

#include "rows.h"

static int
int_order(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}

static void
sorting_works_for_every_length(void **state)
{
	int array[300];

	(void)state;
	for (size_t count = 0; count <= COUNT_OF(array); count += count < 70 ? 1 : 23) {
		unsigned long sum = 0, sorted_sum = 0;
		unsigned next = 12345;

		for (size_t i = 0; i < count; i++) {
			next = next * 1103515245u + 12345u;
			array[i] = (int)(next >> 16 & 63);
			sum += (unsigned long)array[i] * (unsigned long)array[i];
		}
		SORT(array, count, int_order);
		for (size_t i = 0; i < count; i++) {
			assert_true(i == 0 || array[i - 1] <= array[i]);
			sorted_sum += (unsigned long)array[i] * (unsigned long)array[i];
		}
		assert_int_equal(sum, sorted_sum);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorting_works_for_every_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
