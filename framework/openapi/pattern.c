/*
 * Anchored patterns over ASCII (openapi/pattern.h). A pattern is a row of pieces; matching
 * keeps, piece by piece, the set of positions of the subject that the pieces so far can have
 * reached. There is nothing to go back to, so no text can make it slow.
 */
#include "openapi/pattern.h"

enum { UNBOUNDED = UINT32_MAX };

struct piece {
	unsigned char members[128 / 8]; /* a bit per ASCII character */
	uint32_t min, max;
};

struct pattern {
	struct piece pieces[PATTERN_MAX_PIECES];
	size_t count;
};

/* What is still to be read of a pattern, and what was wrong with it. */
struct reader {
	struct slice rest;
	const char *error;
};

static bool
fail(struct reader *reader, const char *error)
{
	reader->error = error;
	return false;
}

static void
add(struct piece *piece, unsigned first, unsigned last)
{
	for (unsigned c = first; c <= last && c < 128; c++)
		piece->members[c / 8] |= (unsigned char)(1u << (c % 8));
}

static bool
has(const struct piece *piece, char byte)
{
	unsigned c = (unsigned char)byte;

	return c < 128 && (piece->members[c / 8] >> (c % 8) & 1) != 0;
}

static char
next(struct reader *reader)
{
	char byte = reader->rest.data[0];

	reader->rest = slice_skip(reader->rest, 1);
	return byte;
}

static bool
next_is(const struct reader *reader, char byte)
{
	return reader->rest.len > 0 && reader->rest.data[0] == byte;
}

/*
 * Behind a backslash: \d, \w, or punctuation that stands for itself, in `*ret_char` (0 for a
 * set).
 */
static bool
read_escape(struct reader *reader, struct piece *piece, char *ret_char)
{
	char byte;

	if (reader->rest.len == 0)
		return fail(reader, "a backslash at the end");
	byte = next(reader);
	*ret_char = '\0';
	if (byte == 'd') {
		add(piece, '0', '9');
	} else if (byte == 'w') {
		add(piece, '0', '9');
		add(piece, 'A', 'Z');
		add(piece, 'a', 'z');
		add(piece, '_', '_');
	} else if (byte > ' ' && byte < 0x7f && strchr("^$\\.*+?()[]{}|/-", byte) != NULL) {
		*ret_char = byte;
	} else {
		return fail(reader, "an escape other than \\d, \\w and of punctuation");
	}
	return true;
}

static bool
is_plain(char byte)
{
	return byte >= ' ' && byte < 0x7f;
}

/* One end of a range, or a set by itself (`*ret_char` 0). */
static bool
read_class_char(struct reader *reader, struct piece *piece, char *ret_char)
{
	char byte = next(reader);

	if (byte == '\\')
		return read_escape(reader, piece, ret_char);
	if (!is_plain(byte) || byte == '[')
		return fail(reader, "a class with other than printable ASCII characters");
	*ret_char = byte;
	return true;
}

/* Behind "[". */
static bool
read_class(struct reader *reader, struct piece *piece)
{
	char first, last;

	if (next_is(reader, '^') || next_is(reader, ']'))
		return fail(reader, "a negated or empty class");
	while (reader->rest.len > 0 && !next_is(reader, ']')) {
		if (!read_class_char(reader, piece, &first))
			return false;
		if (first == '\0')
			continue;
		last = first;
		if (reader->rest.len > 1 && next_is(reader, '-') && reader->rest.data[1] != ']') {
			next(reader);
			if (!read_class_char(reader, piece, &last))
				return false;
			if (last < first)
				return fail(reader, "a range that ends before it begins");
		}
		add(piece, (unsigned char)first, (unsigned char)last);
	}
	if (reader->rest.len == 0)
		return fail(reader, "a class without its end");
	next(reader);
	return true;
}

static bool
read_atom(struct reader *reader, struct piece *piece)
{
	char byte = next(reader), literal;

	if (byte == '[')
		return read_class(reader, piece);
	if (byte == '\\') {
		if (!read_escape(reader, piece, &literal))
			return false;
		if (literal != '\0')
			add(piece, (unsigned char)literal, (unsigned char)literal);
		return true;
	}
	if (!is_plain(byte))
		return fail(reader, "other than printable ASCII characters");
	if (strchr("^$.*+?()]{}|", byte) != NULL)
		return fail(reader, "a group, an alternative, a dot or a stray operator");
	add(piece, (unsigned char)byte, (unsigned char)byte);
	return true;
}

/* Behind "{": "m}", "m,}" or "m,n}". */
static bool
read_braces(struct reader *reader, struct piece *piece)
{
	size_t end = slice_find(reader->rest, '}');
	struct slice most = slice_first(reader->rest, end), least = slice_cut(&most, ',');
	uint64_t min, max;

	if (end == reader->rest.len || !slice_to_u64(least, PATTERN_MAX_REPEAT, &min))
		return fail(reader, "an ill-formed {repetition}");
	max = min;
	if (most.data != NULL) {
		max = UNBOUNDED;
		if (most.len > 0 && !slice_to_u64(most, PATTERN_MAX_REPEAT, &max))
			return fail(reader, "an ill-formed {repetition}");
	}
	if (max < min)
		return fail(reader, "a {repetition} that ends before it begins");
	reader->rest = slice_skip(reader->rest, end + 1);
	piece->min = (uint32_t)min;
	piece->max = (uint32_t)max;
	return true;
}

static bool
read_repeat(struct reader *reader, struct piece *piece)
{
	piece->min = 1;
	piece->max = 1;
	if (reader->rest.len == 0)
		return true;
	switch (reader->rest.data[0]) {
	case '?':
		piece->min = 0;
		break;
	case '*':
		piece->min = 0;
		piece->max = UNBOUNDED;
		break;
	case '+':
		piece->max = UNBOUNDED;
		break;
	case '{':
		next(reader);
		return read_braces(reader, piece);
	default:
		return true;
	}
	next(reader);
	return true;
}

const struct pattern *
pattern_parse(struct arena *arena, struct slice text, const char **reterr_text)
{
	struct reader reader = { .rest = text };
	struct pattern *pattern;

	*reterr_text = "no ^ at its start and $ at its end";
	if (!next_is(&reader, '^') || text.len < 2 || text.data[text.len - 1] != '$')
		return NULL;
	reader.rest = slice_make(text.data + 1, text.len - 2);
	pattern = arena_calloc(arena, 1, sizeof(*pattern));
	if (pattern == NULL) {
		*reterr_text = "no memory";
		return NULL;
	}
	while (reader.rest.len > 0) {
		struct piece *piece = &pattern->pieces[pattern->count];

		if (pattern->count == PATTERN_MAX_PIECES) {
			*reterr_text = "too many pieces";
			return NULL;
		}
		if (!read_atom(&reader, piece) || !read_repeat(&reader, piece)) {
			*reterr_text = reader.error;
			return NULL;
		}
		pattern->count++;
	}
	return pattern;
}

static bool
check_single(const struct piece *piece, struct slice subject)
{
	if (subject.len < piece->min || subject.len > piece->max)
		return false;
	for (size_t i = 0; i < subject.len; i++)
		if (!has(piece, subject.data[i]))
			return false;
	return true;
}

/*
 * One step. before[i] is how many positions below i were reachable; `after` becomes the same
 * behind `piece`. Position j is reached from some i when the bytes between are members and min
 * <= j - i <= max.
 */
static void
advance(const struct piece *piece, struct slice subject, const uint32_t *before, uint32_t *after)
{
	size_t run = 0; /* where the members that end at j begin */

	after[0] = 0;
	for (size_t j = 0; j <= subject.len; j++) {
		size_t low = run, high = j;
		bool is_reached = false;

		if (j > piece->max && j - piece->max > low)
			low = j - piece->max;
		if (j >= piece->min) {
			high = j - piece->min;
			is_reached = low <= high && before[high + 1] > before[low];
		}
		after[j + 1] = after[j] + (is_reached ? 1 : 0);
		if (j < subject.len && !has(piece, subject.data[j]))
			run = j + 1;
	}
}

static bool
check_row(const struct pattern *pattern, struct arena *arena, struct slice subject)
{
	uint32_t *before = arena_calloc(arena, subject.len + 2, sizeof(*before));
	uint32_t *after = arena_calloc(arena, subject.len + 2, sizeof(*after)), *other;

	if (before == NULL || after == NULL)
		return false;
	for (size_t i = 1; i < subject.len + 2; i++)
		before[i] = 1;
	for (size_t p = 0; p < pattern->count; p++) {
		advance(&pattern->pieces[p], subject, before, after);
		other = before;
		before = after;
		after = other;
	}
	return before[subject.len + 1] > before[subject.len];
}

bool
pattern_check(const struct pattern *pattern, struct arena *arena, struct slice subject)
{
	struct arena_mark mark;
	bool matches;

	if (pattern->count == 0)
		return subject.len == 0;
	if (pattern->count == 1)
		return check_single(&pattern->pieces[0], subject);
	if (subject.len > UINT32_MAX - 2)
		return false;
	mark = arena_mark(arena);
	matches = check_row(pattern, arena, subject);
	arena_rollback(arena, mark);
	return matches;
}
