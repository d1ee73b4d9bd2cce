/* Looking up characters in the tables of unicode.def; see unicode.h. */
#include "cedar/unicode.h"

#include "core/compiler.h"
#include "core/utf8.h"

enum script {
#define SCRIPT(name) SCRIPT_##name,
#include "cedar/unicode.def"
#undef SCRIPT
	SCRIPT_COUNT
};

/* Sets of scripts: none, all, each alone, and the others that there are. */
enum set {
	SET_NONE,
	SET_ANY,
#define SCRIPT(name) SET_##name,
#include "cedar/unicode.def"
#undef SCRIPT
#define SET(name, scripts) SET_##name,
#include "cedar/unicode.def"
#undef SET
};

enum { MAX_SCRIPTS_A_SET = 32, WORDS = (SCRIPT_COUNT + 63) / 64 };

/* The scripts of sets of several; one more than each, so that 0 ends the list. */
static const uint8_t several[][MAX_SCRIPTS_A_SET] = {
#define IN(name) SCRIPT_##name + 1,
#define SET(name, scripts) { scripts },
#include "cedar/unicode.def"
#undef SET
#undef IN
};

/* From this character on; `is_escaped`: where escapes are shown. Ascending. */
static const struct range {
	uint32_t start : 21, set : 10, is_escaped : 1;
} ranges[] = {
#define FROM(start, set) { start, SET_##set, 0 },
#define ESCAPED(start, set) { start, SET_##set, 1 },
#include "cedar/unicode.def"
#undef FROM
#undef ESCAPED
};

/* From `start` to before `end`. Ascending. */
static const struct {
	uint32_t start, end;
} identifiers[] = {
#define IDENTIFIER(start, end) { start, end },
#include "cedar/unicode.def"
#undef IDENTIFIER
};

struct scripts {
	uint64_t words[WORDS];
};

bool
unicode_is_for_identifiers(uint32_t code)
{
	size_t low = 0, high = COUNT_OF(identifiers);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (code < identifiers[middle].start)
			high = middle;
		else if (code >= identifiers[middle].end)
			low = middle + 1;
		else
			return true;
	}
	return false;
}

/* The last range that begins at the character or before it; the first one begins at 0. */
static const struct range *
range_of(uint32_t code)
{
	size_t low = 0, high = COUNT_OF(ranges);

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (code < ranges[middle].start)
			high = middle;
		else
			low = middle;
	}
	return &ranges[low];
}

static void
add_script(struct scripts *scripts, unsigned script)
{
	scripts->words[script / 64] |= UINT64_C(1) << script % 64;
}

static struct scripts
scripts_of(unsigned set)
{
	struct scripts scripts = { { 0 } };
	const uint8_t *list;

	if (set == SET_ANY)
		memset(&scripts, 0xff, sizeof(scripts));
	if (set == SET_ANY || set == SET_NONE)
		return scripts;
	if (set - SET_ANY - 1 < SCRIPT_COUNT) {
		add_script(&scripts, set - SET_ANY - 1);
		return scripts;
	}
	list = several[set - SET_ANY - 1 - SCRIPT_COUNT];
	for (size_t i = 0; i < MAX_SCRIPTS_A_SET && list[i] != 0; i++)
		add_script(&scripts, list[i] - 1u);
	return scripts;
}

static bool
is_single_script(struct slice text, bool shows_escapes)
{
	struct scripts common = scripts_of(SET_ANY);
	uint64_t left = 1;
	uint32_t code;
	size_t len;

	for (; left != 0 && (len = utf8_decode(text, &code)) > 0; text = slice_skip(text, len)) {
		const struct range *range = range_of(code);
		struct scripts scripts = scripts_of(
		    shows_escapes && range->is_escaped ? (unsigned)SET_Latn : range->set);

		left = 0;
		for (size_t i = 0; i < WORDS; i++)
			left |= common.words[i] &= scripts.words[i];
	}
	return left != 0;
}

bool
unicode_is_single_script(struct slice text)
{
	return is_single_script(text, false);
}

bool
unicode_is_single_script_escaped(struct slice text)
{
	return is_single_script(text, true);
}
