/*
 * A buffer is a run of bytes that grows up to a ceiling given at birth. A failure (ceiling,
 * memory) sticks: later calls do nothing, and the owner asks once, at the end, with
 * buffer_failed(). Nothing is ever cut short silently. The memory is an arena's or the caller's
 * array.
 */
#ifndef POSTERN_CORE_BUFFER_H
#define POSTERN_CORE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/slice.h"

struct buffer {
	char *data;
	size_t len;          /* bytes in use */
	size_t size;         /* bytes there are room for now; 0 until there is data */
	size_t first;        /* what to begin with */
	size_t ceiling;      /* bytes it may grow to */
	struct arena *arena; /* NULL: a fixed array, which does not grow */
	bool failed;
};

/* A buffer that grows in `arena`, `first` bytes at the start. Allocates on the first write. */
void buffer_init(struct buffer *buffer, struct arena *arena, size_t first, size_t ceiling);
/* A buffer over the caller's array, which does not grow. */
void buffer_init_fixed(struct buffer *buffer, char *array, size_t size);

/* What buffer_append does when there is no room yet, nothing to add, or a failure before. */
bool buffer_append_slowly(struct buffer *buffer, const void *data, size_t len);

/* Here, and what is built on it, so that the compiler knows the length of a literal. */
static inline bool
buffer_append(struct buffer *buffer, const void *data, size_t len)
{
	if (buffer->failed || len == 0 || len > buffer->size - buffer->len)
		return buffer_append_slowly(buffer, data, len);
	memcpy(buffer->data + buffer->len, data, len);
	buffer->len += len;
	return true;
}

static inline bool
buffer_slice(struct buffer *buffer, struct slice s)
{
	return buffer_append(buffer, s.data, s.len);
}

static inline bool
buffer_text(struct buffer *buffer, const char *text)
{
	return buffer_append(buffer, text, strlen(text));
}

static inline bool
buffer_byte(struct buffer *buffer, char byte)
{
	return buffer_append(buffer, &byte, 1);
}

bool buffer_u64(struct buffer *buffer, uint64_t value);
bool buffer_i64(struct buffer *buffer, int64_t value);
bool buffer_printf(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Lower-case hex digits of `len` bytes. */
bool buffer_hex(struct buffer *buffer, const void *data, size_t len);
/*
 * A JSON string with its quotes (RFC 8259 §7). Control characters, `"` and `\` are escaped, U+007F,
 * U+2028 and U+2029 too; bytes that are no UTF-8 become U+FFFD, so that the output is always valid.
 */
bool buffer_json_string(struct buffer *buffer, struct slice s);

static inline bool
buffer_failed(const struct buffer *buffer)
{
	return buffer->failed;
}

static inline struct slice
buffer_content(const struct buffer *buffer)
{
	return (struct slice) { buffer->data, buffer->len };
}

/* Empties it; the memory stays; a failure is forgotten. */
void buffer_reset(struct buffer *buffer);

#endif
