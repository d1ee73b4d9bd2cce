/*
 * Comparing 64-bit integers with doubles (openapi/number.h): a double has 53 bits, so to convert
 * the integer would make neighbours equal. Instead the double is cut into a whole part, which
 * fits an integer or lies beyond all of them, and a fraction.
 */
#include "openapi/number.h"

static const double beyond_all = 9223372036854775808.0; /* 2^63 */

struct number
number_from(const json_t *json)
{
	if (json_is_real(json))
		return (struct number) { .is_real = true, .real = json_real_value(json) };
	return (struct number) { .integer = json_integer_value(json) };
}

static int
compare_reals(double a, double b)
{
	return (a > b) - (a < b);
}

static int
compare_mixed(int64_t integer, double real)
{
	int64_t whole;

	if (real >= beyond_all)
		return -1;
	if (real < -beyond_all)
		return 1;
	whole = (int64_t)real;
	if (integer != whole)
		return integer < whole ? -1 : 1;
	return compare_reals((double)whole, real);
}

int
number_compare(struct number a, struct number b)
{
	if (a.is_real && b.is_real)
		return compare_reals(a.real, b.real);
	if (a.is_real)
		return -compare_mixed(b.integer, a.real);
	if (b.is_real)
		return compare_mixed(a.integer, b.real);
	return (a.integer > b.integer) - (a.integer < b.integer);
}

bool
number_is_whole(struct number number)
{
	if (!number.is_real || number.real >= beyond_all || number.real < -beyond_all)
		return true;
	return compare_mixed((int64_t)number.real, number.real) == 0;
}
