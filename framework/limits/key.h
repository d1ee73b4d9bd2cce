/*
 * From a limit_key to the number that counters are filed under. The number is a keyed hash: neither
 * the table nor the database holds an address, and a stranger cannot choose clients that meet in
 * one bucket.
 */
#ifndef POSTERN_LIMITS_KEY_H
#define POSTERN_LIMITS_KEY_H

#include <stdint.h>

#include "core/siphash.h"
#include "limits/limits.h"

/* Never 0, which marks an entry that has no key. */
uint64_t limit_key_hash(const struct limit_key *key, const struct siphash_key *secret);

#endif
