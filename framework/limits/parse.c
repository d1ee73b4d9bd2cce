/*
 * A limit's text, as flask-limiter's users write it, into numbers. Called at start for every
 * route's limit setting; nothing here runs per request.
 *
 *     limit  := amount ( "/" | "per" ) [ multiple ] unit
 *     unit   := ( "second" | "minute" | "hour" | "day" ) [ "s" ]
 *
 * Words are set apart by blanks; around "/" they may be left out. Invariant: what is accepted lies
 * within the bounds of struct limit.
 */
#include "limits/limits.h"

#include "core/ascii.h"

enum {
	LIMIT_MAX_AMOUNT = 1000000,
	LIMIT_MAX_TEXT = 64, /* characters; a longer text is a mistake */
};

static const struct unit {
	struct slice name;
	uint32_t seconds;
} units[] = {
	{ SLICE("second"), 1 },
	{ SLICE("minute"), 60 },
	{ SLICE("hour"), 3600 },
	{ SLICE("day"), 86400 },
};

/*
 * Cuts the leading digits off `rest`; false when there are none or the number is 0 or above `max`.
 */
static bool
take_number(struct slice *rest, uint64_t max, uint64_t *ret_number)
{
	size_t len = 0;

	while (len < rest->len && ascii_is_digit(rest->data[len]))
		len++;
	if (!slice_to_u64(slice_first(*rest, len), max, ret_number) || *ret_number == 0)
		return false;
	*rest = slice_skip(*rest, len);
	return true;
}

/* Cuts blanks off; false when there were none. */
static bool
take_blanks(struct slice *rest)
{
	size_t before = rest->len;

	while (rest->len > 0 && (rest->data[0] == ' ' || rest->data[0] == '\t'))
		*rest = slice_skip(*rest, 1);
	return rest->len < before;
}

/* "/" with or without blanks around it, or the word "per" with blanks on both sides. */
static bool
take_per(struct slice *rest)
{
	bool spaced = take_blanks(rest);

	if (rest->len > 0 && rest->data[0] == '/') {
		*rest = slice_skip(*rest, 1);
		take_blanks(rest);
		return true;
	}
	if (!spaced || !slice_equal_nocase(slice_first(*rest, 3), SLICE_OF("per")))
		return false;
	*rest = slice_skip(*rest, 3);
	return take_blanks(rest);
}

/* The whole of `word` is a unit's name, in the singular or the plural. */
static bool
unit_seconds(struct slice word, uint32_t *ret_seconds)
{
	for (size_t i = 0; i < COUNT_OF(units); i++) {
		struct slice name = units[i].name;
		struct slice ending = slice_skip(word, name.len);

		if (slice_equal_nocase(slice_first(word, name.len), name) &&
		    (ending.len == 0 || slice_equal_nocase(ending, SLICE_OF("s")))) {
			*ret_seconds = units[i].seconds;
			return true;
		}
	}
	return false;
}

bool
limit_parse(struct slice text, struct limit *ret_limit)
{
	struct slice rest = slice_trim(text);
	uint64_t amount;
	uint64_t multiple = 1;
	uint32_t seconds;

	if (rest.len > LIMIT_MAX_TEXT || !take_number(&rest, LIMIT_MAX_AMOUNT, &amount) ||
	    !take_per(&rest))
		return false;
	if (rest.len > 0 && ascii_is_digit(rest.data[0])) {
		if (!take_number(&rest, LIMIT_MAX_WINDOW_S, &multiple) || !take_blanks(&rest))
			return false;
	}
	if (!unit_seconds(rest, &seconds) || multiple > LIMIT_MAX_WINDOW_S / seconds)
		return false;
	ret_limit->amount = (uint32_t)amount;
	ret_limit->window_s = (uint32_t)multiple * seconds;
	return true;
}
