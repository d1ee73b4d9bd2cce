/*
 * SipHash-2-4 as its authors describe it ("SipHash: a fast short-input PRF", 2012, §2): two
 * rounds for each eight bytes of input, four at the end. The result is the same on every machine.
 */
#include "core/siphash.h"

#include <endian.h>
#include <string.h>

struct state {
	uint64_t v0, v1, v2, v3;
};

static uint64_t
rotate(uint64_t word, unsigned bits)
{
	return (word << bits) | (word >> (64 - bits));
}

/* Inline, for a key of a request has eight of them: the calls would cost as much. */
static inline __attribute__((always_inline)) void
round_once(struct state *s)
{
	s->v0 += s->v1;
	s->v1 = rotate(s->v1, 13) ^ s->v0;
	s->v0 = rotate(s->v0, 32);
	s->v2 += s->v3;
	s->v3 = rotate(s->v3, 16) ^ s->v2;
	s->v0 += s->v3;
	s->v3 = rotate(s->v3, 21) ^ s->v0;
	s->v2 += s->v1;
	s->v1 = rotate(s->v1, 17) ^ s->v2;
	s->v2 = rotate(s->v2, 32);
}

static inline __attribute__((always_inline)) void
absorb(struct state *s, uint64_t word)
{
	s->v3 ^= word;
	round_once(s);
	round_once(s);
	s->v0 ^= word;
}

/* Eight bytes, least significant first, on machines of either byte order. */
static uint64_t
load_whole(const unsigned char *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return le64toh(word);
}

/* Less than eight of them. */
static uint64_t
load_rest(const unsigned char *bytes, size_t count)
{
	uint64_t word = 0;

	for (size_t i = 0; i < count; i++)
		word |= (uint64_t)bytes[i] << (8 * i);
	return word;
}

uint64_t
siphash(const struct siphash_key *key, const void *data, size_t len)
{
	/* "somepseudorandomlygeneratedbytes", the constants of the paper. */
	struct state s = {
		.v0 = key->k0 ^ UINT64_C(0x736f6d6570736575),
		.v1 = key->k1 ^ UINT64_C(0x646f72616e646f6d),
		.v2 = key->k0 ^ UINT64_C(0x6c7967656e657261),
		.v3 = key->k1 ^ UINT64_C(0x7465646279746573),
	};
	const unsigned char *bytes = data;
	size_t rest = len % 8;
	size_t whole = len - rest;

	for (size_t i = 0; i < whole; i += 8)
		absorb(&s, load_whole(bytes + i));
	absorb(&s, (rest == 0 ? 0 : load_rest(bytes + whole, rest)) | (uint64_t)len << 56);
	s.v2 ^= 0xff;
	for (unsigned i = 0; i < 4; i++)
		round_once(&s);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
