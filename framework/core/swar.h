/*
 * Eight bytes at a time in one word (SIMD within a register). Each test gives a word that is not 0
 * when some byte passes it. Which byte that is cannot be told: a borrow or carry out of one that
 * passes may mark its neighbours.
 */
#ifndef POSTERN_CORE_SWAR_H
#define POSTERN_CORE_SWAR_H

#include <stdint.h>
#include <string.h>

enum { SWAR_BYTES = 8 };

/* The same byte in all eight places. */
#define SWAR_ALL(byte) ((uint64_t)(byte)*UINT64_C(0x0101010101010101))

static inline uint64_t
swar_load(const char *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return word;
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
