/*
 * Each test against the obvious loop, for every byte at every place among neighbours of every kind: whether a byte
 * passes, and which is the first.
 */
#include "core/swar.h"

#include <stdbool.h>

#include "rows.h"

static const unsigned char neighbours[] = { 0, 1, 0x20, 0x21, ',', 'a', 0x7e, 0x7f, 0x80, 0xff };

/* What one of the tests says of eight bytes, and what it should. */
struct test {
	const char *name;
	uint64_t (*any)(uint64_t word, unsigned char limit);
	bool (*is)(unsigned char byte, unsigned char limit);
	unsigned char limits[6];
};

static bool
is_below(unsigned char byte, unsigned char limit)
{
	return byte < limit;
}

static bool
is_above(unsigned char byte, unsigned char limit)
{
	return byte > limit;
}

static bool
is_equal(unsigned char byte, unsigned char limit)
{
	return byte == limit;
}

static const struct test rows[] = {
	{ "below", swar_any_below, is_below, { 1, 2, 0x20, 0x21, 0x7f, 0x80 } },
	{ "above", swar_any_above, is_above, { 0, 1, 0x20, 0x7d, 0x7e, 0x7f } },
	{ "equal", swar_any_equal, is_equal, { 0, '"', ',', '\\', 0x7f, 0xff } },
};

static void
any(void **state)
{
	const struct test *row = *state;

	for (size_t l = 0; l < COUNT_OF(row->limits); l++)
		for (size_t n = 0; n < COUNT_OF(neighbours); n++)
			for (unsigned byte = 0; byte <= UINT8_MAX; byte++)
				for (size_t at = 0; at < SWAR_BYTES; at++) {
					char bytes[SWAR_BYTES];
					uint64_t marks;
					size_t first = 0;

					memset(bytes, (char)neighbours[n], sizeof(bytes));
					bytes[at] = (char)byte;
					while (
					    first < SWAR_BYTES &&
					    !row->is((unsigned char)bytes[first], row->limits[l]))
						first++;
					marks = row->any(swar_load(bytes), row->limits[l]);
					assert_int_equal(marks != 0, first < SWAR_BYTES);
					if (marks != 0)
						assert_int_equal(swar_first(marks), first);
				}
}

int
main(void)
{
	return RUN_ROWS(rows, any);
}
