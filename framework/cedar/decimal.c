/*
 * decimal: `-?[0-9]+\.[0-9]+` with one to four digits behind the point; a Long that counts ten
 * thousandths.
 */
#include "cedar/extension.h"

#include <stdio.h>

#include "core/ascii.h"

enum { FRACTION_DIGITS = 4, ONE = 10000 };

/*
 * Appends one digit to a number that grows downwards, since the least Long has no positive
 * counterpart.
 */
static bool
append_digit(int64_t *number, int digit)
{
	return !__builtin_mul_overflow(*number, 10, number) &&
	       !__builtin_sub_overflow(*number, digit, number);
}

/* Appends the digits at the start of `*text` and steps over them; false: none, or too many. */
static bool
read_digits(struct slice *text, int64_t *number, size_t *ret_count)
{
	size_t count = 0;

	for (; count < text->len && ascii_is_digit(text->data[count]); count++)
		if (!append_digit(number, text->data[count] - '0'))
			return false;
	*text = slice_skip(*text, count);
	*ret_count = count;
	return count > 0;
}

bool
decimal_parse(struct slice text, int64_t *ret_number)
{
	bool is_negative = slice_starts(text, SLICE_OF("-"));
	int64_t number = 0;
	size_t count;

	if (is_negative)
		text = slice_skip(text, 1);
	if (!read_digits(&text, &number, &count) || !slice_starts(text, SLICE_OF(".")))
		return false;
	text = slice_skip(text, 1);
	if (!read_digits(&text, &number, &count) || count > FRACTION_DIGITS || text.len > 0)
		return false;
	for (; count < FRACTION_DIGITS; count++)
		if (!append_digit(&number, 0))
			return false;
	if (!is_negative && __builtin_sub_overflow(0, number, &number))
		return false;
	*ret_number = number;
	return true;
}

/* With as few digits behind the point as there may be. */
size_t
decimal_text(int64_t number, char room[EXTENSION_MAX_TEXT])
{
	uint64_t amount = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
	int len = snprintf(room, EXTENSION_MAX_TEXT, "%s%llu.%04llu", number < 0 ? "-" : "",
	    (unsigned long long)(amount / ONE), (unsigned long long)(amount % ONE));

	while (room[len - 1] == '0' && room[len - 2] != '.')
		len--;
	return (size_t)len;
}
