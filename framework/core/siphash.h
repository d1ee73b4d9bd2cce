/*
 * SipHash-2-4 (Aumasson, Bernstein 2012): a keyed hash for tables whose keys a stranger chooses.
 * Not a pseudonym and not a signature: those are HMAC-SHA-256.
 */
#ifndef POSTERN_CORE_SIPHASH_H
#define POSTERN_CORE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

struct siphash_key {
	uint64_t k0, k1;
};

uint64_t siphash(const struct siphash_key *key, const void *data, size_t len);

#endif
