/*
 * The JSON reader. Values that are not finished wait on one stack, `waiting`; where a container
 * ends, those that belong to it move into an array of their own and it becomes a value itself:
 *
 *     [1, {"a": 2     frames:   [   {          waiting:   root  1  {..}  "a": 2
 *
 * So nesting costs a frame of an array that is as long as the depth allowed, never the C stack.
 */
#include "cedar/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cedar/sort.h"
#include "cedar/value.h"
#include "core/ascii.h"
#include "core/hex.h"
#include "core/utf8.h"

enum {
	FEW_MEMBERS = 12, /* up to which names are compared each with each */
	FIRST_WAITING = 64,
	MAX_SHOWN_NAME = 64,
};

/* An array or object that is being read. */
struct frame {
	uint32_t self;  /* its place in `waiting` */
	uint32_t first; /* of its elements or members there */
};

struct reader {
	const struct source *source;
	struct slice text;
	size_t at;
	struct cedar_json_member *waiting; /* of arrays without names */
	uint32_t count, size;
	struct frame *frames;
	unsigned depth, max_depth;
};

static bool
wrong(const struct reader *reader, size_t offset, const char *hint, const char *message)
{
	complaint_add(reader->source, offset, hint, "%s", message);
	return false;
}

static bool
no_memory(const struct reader *reader)
{
	complaint_limit(reader->source, reader->at, NULL, "out of memory");
	return false;
}

/* The next byte; 0 at the end (a raw U+0000 is wrong wherever this is asked). */
static char
next_byte(const struct reader *reader)
{
	return reader->at < reader->text.len ? reader->text.data[reader->at] : 0;
}

static void
skip_space(struct reader *reader)
{
	while (reader->at < reader->text.len) {
		char byte = reader->text.data[reader->at];

		if (byte != ' ' && byte != '\t' && byte != '\n' && byte != '\r')
			return;
		reader->at++;
	}
}

static bool
accept(struct reader *reader, char byte)
{
	if (reader->at >= reader->text.len || reader->text.data[reader->at] != byte)
		return false;
	reader->at++;
	return true;
}

/* What people write by habit, and what JSON has for it. */
static const char *
hint_for(const struct reader *reader)
{
	struct slice rest = slice_skip(reader->text, reader->at);

	if (slice_starts(rest, SLICE_OF("\xef\xbb\xbf")))
		return "save the file without a byte order mark";
	switch (next_byte(reader)) {
	case '\'':
		return "JSON strings are in double quotes";
	case '/':
	case '#':
		return "JSON has no comments";
	case 'T':
	case 'F':
	case 'N':
		return "the words are true, false and null";
	default:
		return NULL;
	}
}

static bool
expected(const struct reader *reader, const char *what)
{
	const char *hint = hint_for(reader);

	if (reader->at >= reader->text.len)
		complaint_add(reader->source, reader->at, hint,
		    "expected %s, found the end of the text", what);
	else
		complaint_add(reader->source, reader->at, hint, "expected %s", what);
	return false;
}

/* Strings */

/* Four hex digits behind `\u`. */
static bool
read_unit(struct reader *reader, uint32_t *ret_unit)
{
	uint32_t unit = 0;

	for (int i = 0; i < 4; i++) {
		int value = hex_value(next_byte(reader));

		if (value < 0)
			return wrong(reader, reader->at, NULL, "\\u needs four hex digits");
		unit = unit * 16 + (uint32_t)value;
		reader->at++;
	}
	*ret_unit = unit;
	return true;
}

/* One code point behind `\u`: a pair of surrogates is one. `start` is where the backslash stands. */
static bool
read_code_point(struct reader *reader, size_t start, uint32_t *ret_code)
{
	const char *unpaired = "half of a surrogate pair is no character";
	uint32_t high, low;

	if (!read_unit(reader, &high))
		return false;
	*ret_code = high;
	if (high < 0xd800 || high > 0xdfff)
		return true;
	if (high >= 0xdc00 || !accept(reader, '\\') || !accept(reader, 'u'))
		return wrong(reader, start, NULL, unpaired);
	if (!read_unit(reader, &low))
		return false;
	if (low < 0xdc00 || low > 0xdfff)
		return wrong(reader, start, NULL, unpaired);
	*ret_code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
	return true;
}

/* Behind a backslash. */
static bool
read_escape(struct reader *reader, uint32_t *ret_code)
{
	static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
	char byte = next_byte(reader);
	const char *letter = byte == 0 ? NULL : strchr(letters, byte);
	size_t start = reader->at - 1;

	if (letter != NULL) {
		*ret_code = (unsigned char)meanings[letter - letters];
		reader->at++;
		return true;
	}
	if (!accept(reader, 'u'))
		return wrong(reader, start, "there are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX",
		    "no such escape");
	return read_code_point(reader, start, ret_code);
}

/* To the closing quote, which is not stepped over; whether there was any escape. */
static bool
scan_string(struct reader *reader, bool *ret_has_escapes)
{
	size_t start = reader->at - 1;

	*ret_has_escapes = false;
	for (; reader->at < reader->text.len; reader->at++) {
		char byte = reader->text.data[reader->at];

		if (byte == '"')
			return true;
		if ((unsigned char)byte < 0x20)
			return wrong(reader, reader->at, "write it as an escape, \\n or \\u0000",
			    "a raw control character stands in this string");
		if (byte != '\\')
			continue;
		*ret_has_escapes = true;
		reader->at++;
	}
	return wrong(reader, start, "close it with \"", "this string does not end");
}

/* Escapes to what they mean. No escape is shorter than that. */
static bool
unescape(struct reader *reader, size_t start, struct slice *ret_string)
{
	size_t end = reader->at, len = 0;
	char *room = arena_alloc(reader->source->arena, end - start);

	if (room == NULL)
		return no_memory(reader);
	for (reader->at = start; reader->at < end;) {
		char byte = reader->text.data[reader->at++];
		uint32_t code;

		if (byte != '\\') {
			room[len++] = byte;
			continue;
		}
		if (!read_escape(reader, &code))
			return false;
		len += utf8_encode(code, room + len);
	}
	*ret_string = slice_make(room, len);
	return true;
}

static bool
read_string(struct reader *reader, struct slice *ret_string)
{
	size_t start = ++reader->at;
	bool has_escapes;

	if (!scan_string(reader, &has_escapes))
		return false;
	*ret_string = slice_make(reader->text.data + start, reader->at - start);
	if (has_escapes && !unescape(reader, start, ret_string))
		return false;
	reader->at++;
	return true;
}

/* Numbers */

static size_t
skip_digits(struct reader *reader)
{
	size_t start = reader->at;

	while (ascii_is_digit(next_byte(reader)))
		reader->at++;
	return reader->at - start;
}

/* Whether all of the number is an integer of 64 bits. */
static bool
integer_value(struct slice number, int64_t *ret_integer)
{
	bool is_negative = number.data[0] == '-';
	uint64_t magnitude;

	if (!slice_to_u64(
		slice_skip(number, is_negative), (uint64_t)INT64_MAX + is_negative, &magnitude))
		return false;
	if (is_negative && magnitude == 0)
		return false;
	*ret_integer = (int64_t)(is_negative ? -magnitude : magnitude);
	return true;
}

/* number = [ "-" ] ( "0" | 1-9 digits ) [ "." digits ] [ ( "e" | "E" ) [ "+" | "-" ] digits ] */
static bool
read_number(struct reader *reader, struct cedar_json *value)
{
	size_t start = reader->at;

	(void)accept(reader, '-');
	if (accept(reader, '0')) {
		if (ascii_is_digit(next_byte(reader)))
			return wrong(reader, start, NULL, "a number cannot begin with 0");
	} else if (skip_digits(reader) == 0) {
		return expected(reader, "a digit");
	}
	if (accept(reader, '.') && skip_digits(reader) == 0)
		return expected(reader, "a digit behind the point");
	if (accept(reader, 'e') || accept(reader, 'E')) {
		if (!accept(reader, '+'))
			(void)accept(reader, '-');
		if (skip_digits(reader) == 0)
			return expected(reader, "a digit of the exponent");
	}
	value->kind = CEDAR_JSON_NUMBER;
	if (integer_value(
		slice_make(reader->text.data + start, reader->at - start), &value->as.integer))
		value->kind = CEDAR_JSON_INTEGER;
	/* the official reader refuses such a number also where nobody asks for it */
	else if (isinf(strtod(reader->text.data + start, NULL)))
		return wrong(reader, start, NULL, "this number is too large for JSON");
	return true;
}

/* Values that hold no others */

static bool
read_word(struct reader *reader, struct cedar_json *value)
{
	static const struct {
		struct slice spelling;
		enum cedar_json_kind kind;
		bool boolean;
	} words[] = {
		{ SLICE("true"), CEDAR_JSON_BOOL, true },
		{ SLICE("false"), CEDAR_JSON_BOOL, false },
		{ SLICE("null"), CEDAR_JSON_NULL, false },
	};

	for (size_t i = 0; i < COUNT_OF(words); i++) {
		if (!slice_starts(slice_skip(reader->text, reader->at), words[i].spelling))
			continue;
		value->kind = words[i].kind;
		value->as.boolean = words[i].boolean;
		reader->at += words[i].spelling.len;
		return true;
	}
	return expected(reader, "a JSON value");
}

static bool
read_scalar(struct reader *reader, struct cedar_json *value)
{
	char byte = next_byte(reader);

	if (byte == '"') {
		value->kind = CEDAR_JSON_STRING;
		return read_string(reader, &value->as.string);
	}
	if (byte == '-' || ascii_is_digit(byte))
		return read_number(reader, value);
	return read_word(reader, value);
}

/* Containers */

static struct frame *
innermost(const struct reader *reader)
{
	return &reader->frames[reader->depth - 1];
}

static struct cedar_json *
container_of(const struct reader *reader)
{
	return &reader->waiting[innermost(reader)->self].value;
}

static bool
grow_waiting(struct reader *reader)
{
	uint32_t size = reader->size == 0 ? FIRST_WAITING : reader->size * 2;
	struct cedar_json_member *grown = arena_alloc(reader->source->arena, size * sizeof(*grown));

	if (grown == NULL)
		return no_memory(reader);
	if (reader->count > 0)
		memcpy(grown, reader->waiting, reader->count * sizeof(*grown));
	reader->waiting = grown;
	reader->size = size;
	return true;
}

/* A place for the next value. */
static bool
add_waiting(struct reader *reader)
{
	if (reader->depth > 0 && reader->count - innermost(reader)->first >= CEDAR_MAX_SET) {
		complaint_limit(
		    reader->source, reader->at, NULL, "more than %d elements", CEDAR_MAX_SET);
		return false;
	}
	if (reader->count == reader->size && !grow_waiting(reader))
		return false;
	reader->waiting[reader->count++] = (struct cedar_json_member) { .name_offset = 0 };
	return true;
}

/* name ":" */
static bool
read_name(struct reader *reader)
{
	struct cedar_json_member *member = &reader->waiting[reader->count - 1];

	skip_space(reader);
	member->name_offset = (uint32_t)reader->at;
	if (next_byte(reader) != '"')
		return expected(reader, "a name in double quotes");
	if (!read_string(reader, &member->name))
		return false;
	skip_space(reader);
	return accept(reader, ':') || expected(reader, "':' behind the name");
}

/* The next element or member: its place, and its name. */
static bool
begin_next(struct reader *reader)
{
	return add_waiting(reader) &&
	       (container_of(reader)->kind == CEDAR_JSON_ARRAY || read_name(reader));
}

static int
member_order(const void *a, const void *b)
{
	const struct cedar_json_member *x = *(const struct cedar_json_member *const *)a;
	const struct cedar_json_member *y = *(const struct cedar_json_member *const *)b;
	int order = name_order(x->name, y->name);

	return order != 0 ? order
			  : (x->name_offset > y->name_offset) - (x->name_offset < y->name_offset);
}

/* The second one of two members with the same name; NULL: there are none. */
static const struct cedar_json_member *
find_twin_of_few(const struct cedar_json_member *members, uint32_t count)
{
	for (uint32_t i = 1; i < count; i++)
		for (uint32_t j = 0; j < i; j++)
			if (slice_equal(members[i].name, members[j].name))
				return &members[i];
	return NULL;
}

/* The same among many: sorted, so that it costs n log n. */
static const struct cedar_json_member *
find_twin_of_many(const struct cedar_json_member *members, uint32_t count,
    const struct cedar_json_member **sorted)
{
	for (uint32_t i = 0; i < count; i++)
		sorted[i] = &members[i];
	SORT(sorted, count, member_order);
	for (uint32_t i = 1; i < count; i++)
		if (slice_equal(sorted[i - 1]->name, sorted[i]->name))
			return sorted[i];
	return NULL;
}

static bool
check_names(struct reader *reader, const struct cedar_json_member *members, uint32_t count)
{
	struct arena *arena = reader->source->arena;
	const struct cedar_json_member *twin, **room;
	struct arena_mark mark;

	if (count <= FEW_MEMBERS) {
		twin = find_twin_of_few(members, count);
	} else {
		mark = arena_mark(arena);
		room = arena_alloc(arena, count * sizeof(const struct cedar_json_member *));
		if (room == NULL)
			return no_memory(reader);
		twin = find_twin_of_many(members, count, room);
		arena_rollback(arena, mark);
	}
	if (twin == NULL)
		return true;
	complaint_add(reader->source, twin->name_offset, NULL,
	    "the name \"%.*s\" stands in this object twice",
	    SLICE_ARGS(slice_first(twin->name, MAX_SHOWN_NAME)));
	return false;
}

static bool
finish_array(struct reader *reader, struct cedar_json *value, uint32_t first)
{
	struct cedar_json *elements =
	    arena_alloc(reader->source->arena, value->count * sizeof(*elements));

	if (elements == NULL)
		return no_memory(reader);
	for (uint32_t i = 0; i < value->count; i++)
		elements[i] = reader->waiting[first + i].value;
	value->as.elements = elements;
	return true;
}

static bool
finish_object(struct reader *reader, struct cedar_json *value, uint32_t first)
{
	struct cedar_json_member *members =
	    arena_alloc(reader->source->arena, value->count * sizeof(*members));

	if (members == NULL)
		return no_memory(reader);
	if (value->count > 0)
		memcpy(members, reader->waiting + first, value->count * sizeof(*members));
	value->as.members = members;
	return check_names(reader, members, value->count);
}

/* The innermost container ends: it takes what waits for it. */
static bool
close_container(struct reader *reader)
{
	struct cedar_json *value = container_of(reader);
	uint32_t first = innermost(reader)->first;

	value->end = (uint32_t)reader->at;
	value->count = reader->count - first;
	if (value->kind == CEDAR_JSON_ARRAY ? !finish_array(reader, value, first)
					    : !finish_object(reader, value, first))
		return false;
	reader->count = first;
	reader->depth--;
	return true;
}

static bool
open_container(struct reader *reader, struct cedar_json *value)
{
	if (reader->depth == reader->max_depth) {
		complaint_limit(reader->source, reader->at, NULL,
		    "arrays and objects are nested more than %u deep", reader->max_depth);
		return false;
	}
	value->kind = next_byte(reader) == '[' ? CEDAR_JSON_ARRAY : CEDAR_JSON_OBJECT;
	reader->at++;
	reader->frames[reader->depth++] = (struct frame) { reader->count - 1, reader->count };
	return true;
}

/*
 * The value whose place was made last, or the beginning of it. `*ret_is_open`: a first element
 * comes next.
 */
static bool
read_value(struct reader *reader, bool *ret_is_open)
{
	struct cedar_json *value = &reader->waiting[reader->count - 1].value;

	skip_space(reader);
	*ret_is_open = false;
	value->offset = (uint32_t)reader->at;
	if (next_byte(reader) != '[' && next_byte(reader) != '{') {
		if (!read_scalar(reader, value))
			return false;
		value->end = (uint32_t)reader->at;
		return true;
	}
	if (!open_container(reader, value))
		return false;
	skip_space(reader);
	if (accept(reader, value->kind == CEDAR_JSON_ARRAY ? ']' : '}'))
		return close_container(reader);
	*ret_is_open = true;
	return begin_next(reader);
}

/* Behind a value: what ends here, or the comma before the next one. */
static bool
read_behind(struct reader *reader)
{
	while (reader->depth > 0) {
		bool is_array = container_of(reader)->kind == CEDAR_JSON_ARRAY;

		skip_space(reader);
		if (accept(reader, ','))
			return begin_next(reader);
		if (!accept(reader, is_array ? ']' : '}'))
			return expected(reader, is_array ? "',' or ']'" : "',' or '}'");
		if (!close_container(reader))
			return false;
	}
	return true;
}

static bool
read_document(struct reader *reader)
{
	bool is_open;

	reader->frames =
	    arena_alloc(reader->source->arena, reader->max_depth * sizeof(*reader->frames));
	if (reader->frames == NULL)
		return no_memory(reader);
	if (!add_waiting(reader))
		return false;
	do {
		if (!read_value(reader, &is_open) || (!is_open && !read_behind(reader)))
			return false;
	} while (reader->depth > 0);
	skip_space(reader);
	return reader->at == reader->text.len || expected(reader, "the end of the text");
}

bool
cedar_json_read(struct arena *arena, const char *file, struct slice text, unsigned max_depth,
    struct cedar_complaints *reterr_complaints, struct cedar_json_document *ret_document)
{
	struct source source = { .arena = arena, .complaints = reterr_complaints };
	struct reader reader = { .source = &source, .max_depth = max_depth };
	struct cedar_json *root;

	reterr_complaints->count = 0;
	if (!source_open(&source, file, text))
		return false;
	reader.text = source.text;
	if (!read_document(&reader))
		return false;
	root = arena_alloc(arena, sizeof(*root));
	if (root == NULL)
		return no_memory(&reader);
	*root = reader.waiting[0].value;
	*ret_document = (struct cedar_json_document) { source, root };
	return true;
}

const struct cedar_json *
cedar_json_find(const struct cedar_json *object, const char *name)
{
	if (object->kind != CEDAR_JSON_OBJECT)
		return NULL;
	for (uint32_t i = 0; i < object->count; i++)
		if (slice_is(object->as.members[i].name, name))
			return &object->as.members[i].value;
	return NULL;
}

bool
cedar_json_is(const struct cedar_json *value, const char *text)
{
	return value->kind == CEDAR_JSON_STRING && slice_is(value->as.string, text);
}

bool
cedar_json_expected(
    const struct cedar_json_document *document, const struct cedar_json *value, const char *what)
{
	static const char *const names[] = {
		[CEDAR_JSON_NULL] = "null",
		[CEDAR_JSON_BOOL] = "a boolean",
		[CEDAR_JSON_INTEGER] = "a number",
		[CEDAR_JSON_NUMBER] = "a number that is no 64-bit integer",
		[CEDAR_JSON_STRING] = "a string",
		[CEDAR_JSON_ARRAY] = "an array",
		[CEDAR_JSON_OBJECT] = "an object",
	};

	complaint_add(&document->source, value->offset, NULL, "expected %s, found %s", what,
	    names[value->kind]);
	return false;
}
