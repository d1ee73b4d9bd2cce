/*
 * JSON numbers. What is no integer becomes the nearest double, by strtod: its locale may have a
 * comma for a point, so that it gets the digits without a point and an exponent that makes up for
 * it, "1234e-2" for 12.34.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/ascii.h"
#include "core/json_reader.h"

enum {
	/* Two neighbouring doubles and what lies half way between them differ within 768 digits. */
	MAX_DIGITS = 800,
	MAX_EXPONENT_DIGITS = 15, /* a larger one is as good as that: no text has so many digits */
	MAX_SPELLED = MAX_DIGITS + 32,
};

/* The parts of a number's spelling. */
struct spelling {
	struct slice whole, fraction;
	struct slice exponent; /* without its sign */
	bool is_negative, is_exponent_negative;
};

static bool
read_digits(struct json_reader *reader, const char *what, struct slice *ret_digits)
{
	const char *start = reader->at;

	while (ascii_is_digit(json_reader_next(reader)))
		reader->at++;
	*ret_digits = slice_make(start, (size_t)(reader->at - start));
	return ret_digits->len > 0 || json_reader_expected(reader, what);
}

/* number = [ "-" ] ( "0" | 1-9 digits ) [ "." digits ] [ ( "e" | "E" ) [ "+" | "-" ] digits ] */
static bool
read_spelling(struct json_reader *reader, struct spelling *spelling)
{
	const char *start = reader->at;

	*spelling = (struct spelling) { .is_negative = json_reader_accept(reader, '-') };
	if (!read_digits(reader, "a digit", &spelling->whole))
		return false;
	if (spelling->whole.len > 1 && spelling->whole.data[0] == '0')
		return json_reader_wrong(reader, start, NULL, "a number cannot begin with 0");
	if (json_reader_accept(reader, '.') &&
	    !read_digits(reader, "a digit behind the point", &spelling->fraction))
		return false;
	if (json_reader_accept(reader, 'e') || json_reader_accept(reader, 'E')) {
		spelling->is_exponent_negative = json_reader_accept(reader, '-');
		if (!spelling->is_exponent_negative)
			(void)json_reader_accept(reader, '+');
		if (!read_digits(reader, "a digit of the exponent", &spelling->exponent))
			return false;
	}
	return true;
}

/* What was spelled so far, digits that were left out, and whether one of those was not 0. */
struct digits {
	char *room;
	size_t len, left_out;
	bool is_inexact;
};

static void
add_digits(struct digits *digits, struct slice more)
{
	for (size_t i = 0; i < more.len; i++) {
		if (digits->len == 0 && more.data[i] == '0')
			continue;
		if (digits->len < MAX_DIGITS) {
			digits->room[digits->len++] = more.data[i];
			continue;
		}
		digits->left_out++;
		digits->is_inexact |= more.data[i] != '0';
	}
}

static int64_t
exponent_of(const struct spelling *spelling)
{
	int64_t exponent = 0;
	struct slice digits = spelling->exponent;

	while (digits.len > 1 && digits.data[0] == '0')
		digits = slice_skip(digits, 1);
	digits = slice_first(digits, MAX_EXPONENT_DIGITS);
	for (size_t i = 0; i < digits.len; i++)
		exponent = exponent * 10 + (digits.data[i] - '0');
	return spelling->is_exponent_negative ? -exponent : exponent;
}

static double
to_double(const struct spelling *spelling)
{
	UNINITIALIZED char room[MAX_SPELLED];
	struct digits digits = { .room = room };
	int64_t exponent = exponent_of(spelling);
	double value;

	add_digits(&digits, spelling->whole);
	add_digits(&digits, spelling->fraction);
	exponent += (int64_t)digits.left_out - (int64_t)spelling->fraction.len;
	if (digits.len == 0)
		room[digits.len++] = '0';
	if (digits.is_inexact) {
		room[digits.len++] = '1'; /* a little more than what stands before it */
		exponent--;
	}
	(void)snprintf(room + digits.len, sizeof(room) - digits.len, "e%lld", (long long)exponent);
	value = strtod(room, NULL);
	return spelling->is_negative ? -value : value;
}

/* Of a number without fraction and exponent. False: it has more than 64 bits. */
static bool
to_integer(const struct spelling *spelling, int64_t *ret_integer)
{
	uint64_t magnitude, max = (uint64_t)INT64_MAX + spelling->is_negative;

	if (!slice_to_u64(spelling->whole, max, &magnitude))
		return false;
	*ret_integer = (int64_t)(spelling->is_negative ? -magnitude : magnitude);
	return true;
}

bool
json_reader_number(struct json_reader *reader, struct json_value *value)
{
	const char *start = reader->at;
	struct spelling spelling;
	int64_t integer;
	bool is_whole;

	if (!read_spelling(reader, &spelling))
		return false;
	is_whole = spelling.whole.len + spelling.is_negative == (size_t)(reader->at - start);
	if (is_whole && to_integer(&spelling, &integer) &&
	    (integer != 0 || !spelling.is_negative || reader->rules->whole_is_integer)) {
		value->kind = JSON_KIND_INTEGER;
		value->as.integer = integer;
		return true;
	}
	if (is_whole && reader->rules->whole_is_integer)
		return json_reader_wrong(reader, start, NULL, "this integer has more than 64 bits");
	value->kind = JSON_KIND_NUMBER;
	value->as.number = to_double(&spelling);
	return !isinf(value->as.number) ||
	       json_reader_wrong(reader, start, NULL, "this number is too large for JSON");
}
