/*
 * Growing runs of bytes. In an arena a buffer doubles, in place while it is the arena's last
 * allocation; otherwise the content moves and the old bytes stay behind until the arena is reset.
 *
 * Invariant: len <= size <= ceiling, and once `failed` is set nothing is written any more.
 */
#include "core/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/swar.h"
#include "core/utf8.h"

void
buffer_init(struct buffer *buffer, struct arena *arena, size_t first, size_t ceiling)
{
	*buffer = (struct buffer) {
		.first = first < ceiling ? first : ceiling,
		.ceiling = ceiling,
		.arena = arena,
	};
}

void
buffer_init_fixed(struct buffer *buffer, char *array, size_t size)
{
	*buffer = (struct buffer) { .data = array, .size = size, .ceiling = size };
}

void
buffer_reset(struct buffer *buffer)
{
	buffer->len = 0;
	buffer->failed = false;
}

/* Twice the room, or more when that is not enough, or less when that is above the ceiling. */
static size_t
next_size(const struct buffer *buffer, size_t needed)
{
	size_t size = buffer->size > buffer->ceiling / 2 ? buffer->ceiling : buffer->size * 2;

	if (buffer->data == NULL)
		size = buffer->first;
	return size < needed ? needed : size;
}

static bool
grow(struct buffer *buffer, size_t needed)
{
	size_t size = next_size(buffer, needed);
	char *data;

	if (buffer->arena == NULL)
		return false;
	if (buffer->data != NULL && arena_extend(buffer->arena, buffer->data, buffer->size, size)) {
		buffer->size = size;
		return true;
	}
	data = arena_alloc(buffer->arena, size);
	if (data == NULL)
		return false;
	if (buffer->len > 0)
		memcpy(data, buffer->data, buffer->len);
	buffer->data = data;
	buffer->size = size;
	return true;
}

/*
 * Makes room for `more` bytes behind the content; what it returns is where they go, NULL on
 * failure.
 */
static char *
reserve(struct buffer *buffer, size_t more)
{
	if (buffer->failed)
		return NULL;
	if (more > buffer->size - buffer->len) {
		if (more > buffer->ceiling - buffer->len || !grow(buffer, buffer->len + more)) {
			buffer->failed = true;
			return NULL;
		}
	}
	return buffer->data + buffer->len;
}

bool
buffer_append_slowly(struct buffer *buffer, const void *data, size_t len)
{
	char *at;

	if (len == 0)
		return !buffer->failed;
	at = reserve(buffer, len);
	if (at == NULL)
		return false;
	memcpy(at, data, len);
	buffer->len += len;
	return true;
}

bool
buffer_u64(struct buffer *buffer, uint64_t value)
{
	char digits[20]; /* of UINT64_MAX */
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	return buffer_append(buffer, digits + at, sizeof(digits) - at);
}

bool
buffer_i64(struct buffer *buffer, int64_t value)
{
	if (value >= 0)
		return buffer_u64(buffer, (uint64_t)value);
	/* Negated as unsigned: INT64_MIN has no positive counterpart. */
	return buffer_byte(buffer, '-') && buffer_u64(buffer, -(uint64_t)value);
}

bool
buffer_printf(struct buffer *buffer, const char *format, ...)
{
	va_list arguments, again;
	char *at = NULL;
	int len;

	va_start(arguments, format);
	va_copy(again, arguments);
	len = vsnprintf(NULL, 0, format, arguments);
	if (len < 0)
		buffer->failed = true;
	else
		at = reserve(buffer, (size_t)len + 1);
	if (at != NULL) {
		(void)vsnprintf(at, (size_t)len + 1, format, again);
		buffer->len += (size_t)len;
	}
	va_end(again);
	va_end(arguments);
	return at != NULL;
}

bool
buffer_hex(struct buffer *buffer, const void *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *bytes = data;

	for (size_t i = 0; i < len; i++) {
		char pair[2] = { digits[bytes[i] >> 4], digits[bytes[i] & 15] };

		if (!buffer_append(buffer, pair, sizeof(pair)))
			return false;
	}
	return !buffer->failed;
}

/* Bytes that stand for themselves in a JSON string, U+007F not among them. */
static bool
is_plain(char c)
{
	unsigned char byte = (unsigned char)c;

	return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

/* The same of eight. */
static bool
are_plain(uint64_t word)
{
	return (swar_any_below(word, 0x20) | swar_any_above(word, 0x7e) |
		   swar_any_equal(word, '"') | swar_any_equal(word, '\\')) == 0;
}

/* All of 1 to 7 bytes in one word, some of them twice and in no order: enough for are_plain. */
static uint64_t
gather(const char *bytes, size_t len)
{
	uint32_t first, last;

	if (len >= sizeof(first)) {
		memcpy(&first, bytes, sizeof(first));
		memcpy(&last, bytes + len - sizeof(last), sizeof(last));
	} else {
		const unsigned char *at = (const unsigned char *)bytes;

		first = (uint32_t)at[0] << 24 | (uint32_t)at[0] << 16 | (uint32_t)at[len / 2] << 8 |
			at[len - 1];
		last = first;
	}
	return (uint64_t)first << 32 | last;
}

/* Bytes at the start that are plain, eight at a time as far as that goes. */
static size_t
plain_run(struct slice s)
{
	size_t len = 0;

	while (s.len - len >= SWAR_BYTES && are_plain(swar_load(s.data + len)))
		len += SWAR_BYTES;
	if (s.len - len < SWAR_BYTES && len < s.len && are_plain(gather(s.data + len, s.len - len)))
		return s.len;
	while (len < s.len && is_plain(s.data[len]))
		len++;
	return len;
}

/* The letter of a two-character escape (RFC 8259 §7), or 0. */
static char
short_escape(uint32_t code)
{
	switch (code) {
	case '"':
	case '\\':
		return (char)code;
	case '\b':
		return 'b';
	case '\f':
		return 'f';
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\t':
		return 't';
	default:
		return 0;
	}
}

static bool
json_escape(struct buffer *buffer, uint32_t code)
{
	char letter = short_escape(code);
	unsigned char bytes[2] = { (unsigned char)(code >> 8), (unsigned char)code };

	if (letter != 0)
		return buffer_append(buffer, (char[2]) { '\\', letter }, 2);
	return buffer_append(buffer, "\\u", 2) && buffer_hex(buffer, bytes, sizeof(bytes));
}

/* One character that is not plain; returns the bytes of `s` that it took. */
static size_t
json_character(struct buffer *buffer, struct slice s)
{
	uint32_t code;
	size_t len = utf8_decode(s, &code);

	if (len == 0) {
		(void)buffer_append(buffer, "\xef\xbf\xbd", 3); /* U+FFFD */
		return 1;
	}
	if (code < 0x80 || code == 0x2028 || code == 0x2029)
		(void)json_escape(buffer, code);
	else
		(void)buffer_append(buffer, s.data, len);
	return len;
}

/* The usual string: nothing in it to escape, and room for it. */
static bool
append_plain(struct buffer *buffer, struct slice s)
{
	char *at;

	if (buffer->failed || buffer->size - buffer->len < 2 ||
	    s.len > buffer->size - buffer->len - 2 || plain_run(s) < s.len)
		return false;
	at = buffer->data + buffer->len;
	*at = '"';
	if (s.len > 0)
		memcpy(at + 1, s.data, s.len);
	at[s.len + 1] = '"';
	buffer->len += s.len + 2;
	return true;
}

bool
buffer_json_string(struct buffer *buffer, struct slice s)
{
	if (append_plain(buffer, s))
		return true;
	(void)buffer_byte(buffer, '"');
	while (s.len > 0 && !buffer->failed) {
		size_t run = plain_run(s);

		(void)buffer_append(buffer, s.data, run);
		s = slice_skip(s, run);
		if (s.len > 0)
			s = slice_skip(s, json_character(buffer, s));
	}
	return buffer_byte(buffer, '"');
}
