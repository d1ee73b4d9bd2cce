/* What is known of characters: scripts that go together, and what is for identifiers. */
#include "../core/rows.h"

#include "cedar/unicode.h"

static const struct script_row {
	const char *name;
	bool is_single, is_single_escaped;
} script_rows[] = {
	{ "", true, true },
	{ "plain ASCII, 123 !?", true, true },
	{ "\u00e9t\u00e9 \u00df \u017e", true, true },
	{ "\u043f\u0440\u0438\u0432\u0435\u0442 123", true, true },
	{ "\u03b1\u03b2\u03b3", true, true },
	{ "p\u0430ypal", false, false },    /* Cyrillic a */
	{ "\u0391BC", false, false },       /* Greek Alpha */
	{ "say_\u04bbello", false, false }, /* Cyrillic shha */
	{ "\u6f22\u5b57", true, true },
	{ "\u6f22\u5b57\u3072\u3089\u304c\u306a\u30ab\u30bf\u30ab\u30ca", true, true },
	{ "\u6f22\u5b57\ud55c\uae00", true, true },
	{ "\u6f22\u5b57\u3105\u3106", true, true },
	{ "\u3072\u3089\ud55c\uae00", false, false },
	{ "\u3072\u3105", false, false },
	{ "\u6f22 Han", false, false },
	{ "\u05e9\u05dc\u05d5\u05dd 1", true, true },
	{ "\u05e9 a", false, false },
	{ "\u0661\u0662 \u0639", true, true },
	{ "a\u0301", true, true },       /* a combining accent */
	{ "\u0438\u0301", true, false }, /* shown with the letter u of its escape */
	{ "\u0438\n", true, false },
	{ "a\n", true, true },
	{ "\u200b", true, true },
	{ "\u0438\u200b", true, false },
	{ "\u0378", false, true }, /* not assigned */
	{ "\ue000", false, true }, /* for private use */
	{ "\xf4\x8f\xbf\xbf", false, true },
	{ "\xf0\x9f\x8d\x8c", true, true },
	{ "\xf0\xa0\x80\x80\u6f22", true, true },
	{ "\xf0\x93\x80\x80", true, true },
	{ "\xf0\x93\x80\x80 a", false, false },
};

static void
is_of_one_script_or_not(void **state)
{
	const struct script_row *row = *state;

	assert_int_equal(unicode_is_single_script(slice_from(row->name)), row->is_single);
	assert_int_equal(
	    unicode_is_single_script_escaped(slice_from(row->name)), row->is_single_escaped);
}

static const struct identifier_row {
	const char *name;
	uint32_t code;
	bool is_for_identifiers;
} identifier_rows[] = {
	{ "a letter with an accent", 0xe9, true },
	{ "the middle dot", 0xb7, true },
	{ "a sign between letters", 0xd7, false },
	{ "a no-break space", 0xa0, false },
	{ "a Cyrillic letter", 0x436, true },
	{ "an archaic letter", 0x460, false },
	{ "a zero-width space", 0x200b, false },
	{ "a zero-width joiner", 0x200d, false },
	{ "a Han character", 0x4e00, true },
	{ "the last of its block", 0x9fff, true },
	{ "a compatibility form", 0xfb01, false },
	{ "an emoji", 0x1f34c, false },
	{ "a Han character of plane 3", 0x323af, true },
	{ "behind it", 0x323b0, false },
	{ "the last code point", 0x10ffff, false },
};

static void
is_for_identifiers_or_not(void **state)
{
	const struct identifier_row *row = *state;

	assert_int_equal(unicode_is_for_identifiers(row->code), row->is_for_identifiers);
}

int
main(void)
{
	return RUN_ROWS(script_rows, is_of_one_script_or_not) +
	       RUN_ROWS(identifier_rows, is_for_identifiers_or_not);
}
