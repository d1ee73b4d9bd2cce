/*
 * duration: `-?` and then days, hours, minutes, seconds, milliseconds ("1d2h30m5s100ms"), each at
 * most once and in this order, at least one; a Long that counts milliseconds.
 */
#include "cedar/extension.h"

/* In the order of the literal. */
static const struct {
	struct slice unit;
	int64_t ms;
} parts[] = {
	{ SLICE("d"), INT64_C(86400000) },
	{ SLICE("h"), INT64_C(3600000) },
	{ SLICE("m"), INT64_C(60000) },
	{ SLICE("s"), INT64_C(1000) },
	{ SLICE("ms"), INT64_C(1) },
};

/*
 * The digits at the start of `*text` as a number that grows downwards, since the least Long has no
 * positive counterpart. False: none, or too many.
 */
static bool
read_amount(struct slice *text, int64_t *ret_negative)
{
	int64_t number = 0;
	size_t at = 0;

	for (; at < text->len && text->data[at] >= '0' && text->data[at] <= '9'; at++)
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_sub_overflow(number, text->data[at] - '0', &number))
			return false;
	*text = slice_skip(*text, at);
	*ret_negative = number;
	return at > 0;
}

/* The unit at the start of `*text`, which is stepped over; COUNT_OF(parts): none. */
static size_t
read_unit(struct slice *text)
{
	size_t len = 0, unit = 0;

	while (len < text->len && text->data[len] >= 'a' && text->data[len] <= 'z')
		len++;
	while (unit < COUNT_OF(parts) && !slice_equal(slice_first(*text, len), parts[unit].unit))
		unit++;
	*text = slice_skip(*text, len);
	return unit;
}

bool
duration_parse(struct slice text, int64_t *ret_ms)
{
	bool is_negative = slice_starts(text, SLICE_OF("-"));
	int64_t sum = 0, amount;
	size_t next = 0;

	if (is_negative)
		text = slice_skip(text, 1);
	do {
		size_t unit;

		if (!read_amount(&text, &amount))
			return false;
		unit = read_unit(&text);
		if (unit == COUNT_OF(parts) || unit < next ||
		    __builtin_mul_overflow(amount, parts[unit].ms, &amount) ||
		    __builtin_add_overflow(sum, amount, &sum))
			return false;
		next = unit + 1;
	} while (text.len > 0);
	if (!is_negative && __builtin_sub_overflow(0, sum, &sum))
		return false;
	*ret_ms = sum;
	return true;
}
