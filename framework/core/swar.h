/*
 * Eight bytes at a time in one word (SIMD within a register). Each test gives a word of marks: not
 * 0 when some byte passes it. The first of them is marked truly, and swar_first says which it is;
 * those behind it need not pass, for a borrow or carry out of one that does may mark its neighbours.
 */
#ifndef POSTERN_CORE_SWAR_H
#define POSTERN_CORE_SWAR_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { SWAR_BYTES = 8 };

/* The same byte in all eight places. */
#define SWAR_ALL(byte) ((uint64_t)(byte)*UINT64_C(0x0101010101010101))

/* The first byte is the lowest, so that borrows and carries go from it to those behind. */
static inline uint64_t
swar_load(const char *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return le64toh(word);
}

/* Which byte is the first that passes. `marks` come from one test, or several put together by |; not 0. */
static inline size_t
swar_first(uint64_t marks)
{
	return (size_t)__builtin_ctzll(marks) / 8;
}

/* `limit` is at most 0x80. */
static inline uint64_t
swar_any_below(uint64_t word, unsigned char limit)
{
	return (word - SWAR_ALL(limit)) & ~word & SWAR_ALL(0x80);
}

/* `limit` is at most 0x7f. */
static inline uint64_t
swar_any_above(uint64_t word, unsigned char limit)
{
	return ((word + SWAR_ALL(0x7f - limit)) | word) & SWAR_ALL(0x80);
}

static inline uint64_t
swar_any_equal(uint64_t word, unsigned char byte)
{
	return swar_any_below(word ^ SWAR_ALL(byte), 1);
}

#endif
