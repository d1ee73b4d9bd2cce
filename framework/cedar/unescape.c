/*
 * Escapes: \n \r \t \\ \0 \' \" \xHH (up to 7F) \u{H..} (1 to 6 hex digits, `_` behind the
 * first), and `\*` in patterns. Anything else behind a backslash is an error. The raw text is
 * well-formed UTF-8.
 */
#include "cedar/unescape.h"

#include <stdint.h>

#include "core/hex.h"
#include "core/utf8.h"

static bool
bad(struct unescape_fault *fault, size_t offset, const char *message, const char *hint)
{
	*fault = (struct unescape_fault) { offset, message, hint };
	return false;
}

/* Behind `\x`. */
static bool
read_byte(struct slice raw, size_t *at, uint32_t *ret_code, struct unescape_fault *fault)
{
	int high = *at < raw.len ? hex_value(raw.data[*at]) : -1;
	int low = *at + 1 < raw.len ? hex_value(raw.data[*at + 1]) : -1;

	if (high < 0 || low < 0)
		return bad(fault, *at, "\\x needs two hex digits", NULL);
	if (high > 7)
		return bad(fault, *at, "\\x reaches only to 7F", "write \\u{..}");
	*ret_code = (uint32_t)(high * 16 + low);
	*at += 2;
	return true;
}

/* Behind `\u`. */
static bool
read_code_point(struct slice raw, size_t *at, uint32_t *ret_code, struct unescape_fault *fault)
{
	size_t start = *at;
	uint32_t code = 0;
	unsigned digits = 0;

	if (*at >= raw.len || raw.data[*at] != '{')
		return bad(fault, start, "\\u needs braces", "write \\u{..}");
	for (++*at; *at < raw.len && raw.data[*at] != '}'; ++*at) {
		int value = hex_value(raw.data[*at]);

		if (raw.data[*at] == '_' && digits > 0)
			continue;
		if (value < 0 || ++digits > 6)
			return bad(fault, *at, "\\u{..} takes 1 to 6 hex digits", NULL);
		code = code * 16 + (uint32_t)value;
	}
	if (*at >= raw.len || digits == 0)
		return bad(fault, start, "\\u{..} takes 1 to 6 hex digits", NULL);
	++*at;
	if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return bad(fault, start, "this is no Unicode character", NULL);
	*ret_code = code;
	return true;
}

/* Behind a backslash at `*at - 1`. */
static bool
read_escape(struct slice raw, size_t *at, uint32_t *ret_code, struct unescape_fault *fault)
{
	size_t start = *at - 1;

	if (*at >= raw.len)
		return bad(fault, start, "nothing follows this backslash", "write \\\\");
	switch (raw.data[(*at)++]) {
	case 'n':
		*ret_code = '\n';
		return true;
	case 'r':
		*ret_code = '\r';
		return true;
	case 't':
		*ret_code = '\t';
		return true;
	case '0':
		*ret_code = 0;
		return true;
	case '\\':
	case '\'':
	case '"':
		*ret_code = (unsigned char)raw.data[*at - 1];
		return true;
	case 'x':
		return read_byte(raw, at, ret_code, fault);
	case 'u':
		return read_code_point(raw, at, ret_code, fault);
	case '*':
		return bad(fault, start, "\\* is an escape only on the right side of like", NULL);
	default:
		return bad(fault, start, "no such escape",
		    "there are \\n \\r \\t \\\\ \\0 \\' \\\" \\xHH \\u{..}");
	}
}

bool
unescape_string(struct arena *arena, struct slice raw, struct slice *ret_string,
    struct unescape_fault *reterr_fault)
{
	size_t at = slice_find(raw, '\\'), len = at;
	char *room;

	if (at == raw.len) {
		*ret_string = raw;
		return true;
	}
	/* No escape is shorter than what it stands for. */
	room = arena_dup(arena, raw.data, raw.len);
	if (room == NULL)
		return bad(reterr_fault, 0, NULL, NULL);
	while (at < raw.len) {
		uint32_t code;

		if (raw.data[at] != '\\') {
			room[len++] = raw.data[at++];
			continue;
		}
		at++;
		if (!read_escape(raw, &at, &code, reterr_fault))
			return false;
		len += utf8_encode(code, room + len);
	}
	*ret_string = slice_make(room, len);
	return true;
}

/*
 * As unescape_string, with the place of each wildcard marked in `wild`, one flag a byte of the
 * result.
 */
static bool
unescape_stars(
    struct slice raw, char *room, bool *wild, size_t *ret_len, struct unescape_fault *reterr_fault)
{
	size_t at = 0, len = 0;

	while (at < raw.len) {
		uint32_t code;
		size_t step;

		if (raw.data[at] == '\\' && at + 1 < raw.len && raw.data[at + 1] == '*') {
			room[len++] = '*';
			at += 2;
			continue;
		}
		if (raw.data[at] == '\\') {
			at++;
			if (!read_escape(raw, &at, &code, reterr_fault))
				return false;
		} else {
			at += utf8_decode(slice_skip(raw, at), &code);
		}
		step = utf8_encode(code, room + len);
		wild[len] = code == '*';
		len += step;
	}
	*ret_len = len;
	return true;
}

bool
unescape_pattern(struct arena *arena, struct slice raw, struct pattern *ret_pattern,
    struct unescape_fault *reterr_fault)
{
	char *room = arena_calloc(arena, raw.len + 1, 1);
	bool *wild = arena_calloc(arena, raw.len + 1, sizeof(*wild));
	struct slice *parts;
	size_t len, count = 1, start = 0;

	if (room == NULL || wild == NULL)
		return bad(reterr_fault, 0, NULL, NULL);
	if (!unescape_stars(raw, room, wild, &len, reterr_fault))
		return false;
	for (size_t i = 0; i < len; i++)
		count += wild[i];
	parts = arena_calloc(arena, count, sizeof(*parts));
	if (parts == NULL)
		return bad(reterr_fault, 0, NULL, NULL);
	count = 0;
	for (size_t i = 0; i <= len; i++)
		if (i == len || wild[i]) {
			parts[count++] = slice_make(room + start, i - start);
			start = i + 1;
		}
	*ret_pattern = (struct pattern) { parts, count };
	return true;
}
