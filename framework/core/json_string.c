/*
 * JSON strings. One without escapes is a slice of the text; of one with escapes there is a copy in
 * the arena.
 */
#include "core/hex.h"
#include "core/json_reader.h"
#include "core/swar.h"
#include "core/utf8.h"

/* Four hex digits behind `\u`. */
static bool
read_unit(struct json_reader *reader, uint32_t *ret_unit)
{
	uint32_t unit = 0;

	for (int i = 0; i < 4; i++) {
		int value = hex_value(json_reader_next(reader));

		if (value < 0)
			return json_reader_wrong(
			    reader, reader->at, NULL, "\\u needs four hex digits");
		unit = unit * 16 + (uint32_t)value;
		reader->at++;
	}
	*ret_unit = unit;
	return true;
}

static bool
unpaired(const struct json_reader *reader, const char *start)
{
	return json_reader_wrong(reader, start, NULL, "half of a surrogate pair is no character");
}

/* One code point behind `\u`: a pair of surrogates is one. `start` is where the backslash stands. */
static bool
read_code_point(struct json_reader *reader, const char *start, uint32_t *ret_code)
{
	uint32_t high, low;

	if (!read_unit(reader, &high))
		return false;
	*ret_code = high;
	if (high == 0 && reader->rules->refuses_nul)
		return json_reader_wrong(reader, start, NULL, "no string may hold U+0000");
	if (high < 0xd800 || high > 0xdfff)
		return true;
	if (high >= 0xdc00 || !json_reader_accept(reader, '\\') || !json_reader_accept(reader, 'u'))
		return unpaired(reader, start);
	if (!read_unit(reader, &low))
		return false;
	if (low < 0xdc00 || low > 0xdfff)
		return unpaired(reader, start);
	*ret_code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
	return true;
}

/* Behind a backslash. */
static bool
read_escape(struct json_reader *reader, uint32_t *ret_code)
{
	static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
	char byte = json_reader_next(reader);
	const char *letter = byte == '\0' ? NULL : strchr(letters, byte);
	const char *start = reader->at - 1;

	if (letter != NULL) {
		*ret_code = (unsigned char)meanings[letter - letters];
		reader->at++;
		return true;
	}
	if (!json_reader_accept(reader, 'u'))
		return json_reader_wrong(reader, start,
		    "there are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX", "no such escape");
	return read_code_point(reader, start, ret_code);
}

/* Over bytes that mean themselves. */
static void
skip_plain(struct json_reader *reader)
{
	const char *at = reader->at;

	for (; reader->end - at >= SWAR_BYTES; at += SWAR_BYTES) {
		uint64_t word = swar_load(at);
		uint64_t marks = swar_any_below(word, 0x20) | swar_any_equal(word, '"') |
				 swar_any_equal(word, '\\');

		if (marks != 0) {
			reader->at = at + swar_first(marks);
			return;
		}
	}
	while (at < reader->end && (unsigned char)*at >= 0x20 && *at != '"' && *at != '\\')
		at++;
	reader->at = at;
}

/* To the closing quote, which is not stepped over; whether there was any escape. */
static bool
scan(struct json_reader *reader, bool *ret_has_escapes)
{
	const char *start = reader->at - 1;

	*ret_has_escapes = false;
	for (;;) {
		skip_plain(reader);
		if (reader->at == reader->end)
			break;
		if (*reader->at == '"')
			return true;
		if (*reader->at != '\\')
			return json_reader_wrong(reader, reader->at,
			    "write it as an escape, \\n or \\u0000",
			    "a raw control character stands in this string");
		*ret_has_escapes = true;
		if (reader->end - reader->at < 2)
			break;
		reader->at += 2;
	}
	return json_reader_wrong(reader, start, "close it with \"", "this string does not end");
}

/* Escapes to what they mean, up to where the reader is. No escape is shorter than that. */
static bool
unescape(struct json_reader *reader, const char *start, struct slice *ret_string)
{
	const char *end = reader->at;
	char *room = arena_alloc(reader->arena, (size_t)(end - start));
	size_t len = 0;

	if (room == NULL)
		return json_reader_no_memory(reader);
	for (reader->at = start; reader->at < end;) {
		uint32_t code = 0;

		if (*reader->at != '\\') {
			room[len++] = *reader->at++;
			continue;
		}
		reader->at++;
		if (!read_escape(reader, &code))
			return false;
		len += utf8_encode(code, room + len);
	}
	*ret_string = slice_make(room, len);
	return true;
}

bool
json_reader_string(struct json_reader *reader, struct slice *ret_string)
{
	const char *start = ++reader->at;
	bool has_escapes;

	if (!scan(reader, &has_escapes))
		return false;
	if (!has_escapes)
		*ret_string = slice_make(start, (size_t)(reader->at - start));
	else if (!unescape(reader, start, ret_string))
		return false;
	reader->at++;
	return true;
}
