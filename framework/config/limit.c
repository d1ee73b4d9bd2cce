/*
 * The same grammar as in limits/, without what it means:
 *
 *     limit := number ( "per" | "/" ) [ number ] unit [ "s" ]
 */
#include "config/limit.h"

#include "core/ascii.h"
#include "core/compiler.h"

enum {
	MAX_AMOUNT = 1000000,
	MAX_MULTIPLE = 31 * 86400, /* of the shortest unit; windows end after 31 days */
};

/* Takes the run of digits, or of anything else that is no blank and no slash. */
static struct slice
take(struct slice *rest, bool digits)
{
	struct slice trimmed = slice_trim(*rest);
	struct slice part;
	size_t len = 0;

	while (len < trimmed.len && ascii_is_digit(trimmed.data[len]) == digits &&
	       strchr(" \t/", trimmed.data[len]) == NULL)
		len++;
	part = slice_first(trimmed, len);
	*rest = slice_skip(trimmed, len);
	return part;
}

static bool
take_number(struct slice *rest, uint64_t max)
{
	uint64_t number;

	return slice_to_u64(take(rest, true), max, &number) && number > 0;
}

static bool
take_per(struct slice *rest)
{
	struct slice word = take(rest, false);

	if (word.len > 0)
		return slice_equal_nocase(word, SLICE_OF("per"));
	if (rest->len == 0 || rest->data[0] != '/')
		return false;
	*rest = slice_skip(*rest, 1);
	return true;
}

static bool
is_unit(struct slice word)
{
	static const struct slice units[] = { SLICE("second"), SLICE("minute"), SLICE("hour"),
		SLICE("day") };

	if (word.len > 0 && (word.data[word.len - 1] | 0x20) == 's')
		word.len--;
	for (size_t i = 0; i < COUNT_OF(units); i++)
		if (slice_equal_nocase(word, units[i]))
			return true;
	return false;
}

bool
limit_is_sound(struct slice text)
{
	struct slice rest = text;

	if (!take_number(&rest, MAX_AMOUNT) || !take_per(&rest))
		return false;
	rest = slice_trim(rest);
	if (rest.len > 0 && ascii_is_digit(rest.data[0]) && !take_number(&rest, MAX_MULTIPLE))
		return false;
	return is_unit(take(&rest, false)) && slice_trim(rest).len == 0;
}
