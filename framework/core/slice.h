/*
 * A slice is a run of bytes that belongs to somebody else: a pointer and a length, passed by value.
 * It is not NUL-terminated and may hold any byte. `data` of an empty slice may be NULL.
 */
#ifndef POSTERN_CORE_SLICE_H
#define POSTERN_CORE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

struct slice {
	const char *data;
	size_t len; /* bytes */
};

/* A slice of a string literal, usable in static initialisers. */
#define SLICE(literal)                         \
	{                                      \
		(literal), sizeof(literal) - 1 \
	}
/* The same as an expression. */
#define SLICE_OF(literal) ((struct slice) { (literal), sizeof("" literal) - 1 })
/* For "%.*s". Use it in messages for people at a terminal only, never in a log line. */
#define SLICE_ARGS(s) (int)(s).len, (s).data

static inline struct slice
slice_from(const char *text)
{
	return (struct slice) { text, text == NULL ? 0 : strlen(text) };
}

static inline struct slice
slice_make(const char *data, size_t len)
{
	return (struct slice) { data, len };
}

/* Bytes from `start` to the end; empty when `start` lies behind the end. */
static inline struct slice
slice_skip(struct slice s, size_t start)
{
	if (start > s.len)
		start = s.len;
	return (struct slice) { s.data == NULL ? NULL : s.data + start, s.len - start };
}

/* The first `len` bytes, or all of them. */
static inline struct slice
slice_first(struct slice s, size_t len)
{
	return (struct slice) { s.data, len < s.len ? len : s.len };
}

static inline bool
slice_equal(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool
slice_is(struct slice a, const char *text)
{
	return slice_equal(a, slice_from(text));
}

/* Equal but for the case of ASCII letters (the "C" locale is never left). */
static inline bool
slice_equal_nocase(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || strncasecmp(a.data, b.data, a.len) == 0);
}

static inline bool
slice_starts(struct slice s, struct slice prefix)
{
	return s.len >= prefix.len &&
	       (prefix.len == 0 || memcmp(s.data, prefix.data, prefix.len) == 0);
}

/* Byte order, shorter first: for sorted tables. */
static inline int
slice_compare(struct slice a, struct slice b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len == 0 ? 0 : memcmp(a.data, b.data, len);

	if (order != 0)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

/* Index of the first `byte`, or s.len when there is none. */
static inline size_t
slice_find(struct slice s, char byte)
{
	const char *at = s.len == 0 ? NULL : memchr(s.data, byte, s.len);

	return at == NULL ? s.len : (size_t)(at - s.data);
}

/* Without spaces and tabs at both ends (the OWS of RFC 9110 §5.6.3). */
struct slice slice_trim(struct slice s);

/*
 * Cuts the part before the first `separator` off `*rest` and returns it; the separator goes too.
 * With none left the whole rest is returned and `*rest` becomes empty with data == NULL, which
 * ends a loop: `for (rest = s; rest.data != NULL;) part = slice_cut(&rest, ',');`
 */
struct slice slice_cut(struct slice *rest, char separator);

/*
 * Decimal digits alone, no sign, no space, at most `max`. Returns false and leaves *ret_value alone
 * when it is anything else, empty included.
 */
bool slice_to_u64(struct slice s, uint64_t max, uint64_t *ret_value);

#endif
