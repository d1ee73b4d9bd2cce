/*
 * Counters in memory that processes share: a hash table of fixed size, made before the first fork
 * and changed by compare-and-swap alone, so that a worker which is killed at any instruction stops
 * nobody.
 *
 *   front    what the memory is, for a process that gets its descriptor and did not make it
 *   bucket   8 entries of { key, state } = two cache lines; a key may sit in either of two buckets
 *   head     one word per bucket, through which all claims of the keys at home there pass
 *
 * Invariants, whatever dies or pauses where: a key has at most one live entry; a live entry is
 * never given to another key; an answer LIMIT_PASSED has been counted.
 */
#ifndef POSTERN_LIMITS_SHARED_TABLE_H
#define POSTERN_LIMITS_SHARED_TABLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/compiler.h"
#include "core/siphash.h"
#include "limits/limits.h"

enum {
	TABLE_WAYS = 8, /* entries of a bucket */
	TABLE_MIN_ENTRIES = 2 * TABLE_WAYS,
	TABLE_MAX_ENTRIES = 1 << 22, /* 72 MiB */
	TABLE_LAYOUT =
	    1, /* another number when anything here, in window.h or in key.h changes its meaning */
	TABLE_MAX_TRIES =
	    4096, /* lost races of one hit; some millisecond, then LIMIT_UNAVAILABLE */
};

struct table_front {
	uint64_t mark; /* TABLE_MARK */
	uint32_t layout, bucket_count;
	struct siphash_key secret; /* under which the keys are hashed */
} __attribute__((aligned(128)));

struct table_entry {
	_Atomic(uint64_t) key;   /* 0: none */
	_Atomic(uint64_t) state; /* see window.h */
};

struct table_bucket {
	struct table_entry entries[TABLE_WAYS];
} __attribute__((aligned(128)));

/*
 * Lies in the memory of each process; what it points to is shared and at the same address after a
 * fork.
 */
struct shared_table {
	int fd; /* of the memory, for a successor; -1: given up */
	struct table_front *front;
	struct table_bucket *buckets;
	_Atomic(uint64_t) *heads;
	uint32_t bucket_count; /* a power of two, at least 2 */
	size_t map_size;       /* bytes */
};

/*
 * Room for at least `entries` counters, all vacant. False without memory or above
 * TABLE_MAX_ENTRIES.
 */
bool shared_table_init(struct shared_table *table, uint32_t entries) MUST_USE;
/*
 * The table of another process that shared_table_init made there, by its descriptor, which the table
 * owns then. False, and the descriptor is still the caller's, when it is no table of this layout and
 * of this size: nothing in the memory is believed about where its parts lie.
 */
bool shared_table_adopt(struct shared_table *table, uint32_t entries, int fd) MUST_USE;
/* Gives the descriptor up; the memory stays. */
void shared_table_forget(struct shared_table *table);
/* Harmless on a zeroed table. Other processes keep theirs. */
void shared_table_done(struct shared_table *table);

/* One hit on the counter of `key`, which is not 0. */
struct limit_answer shared_table_hit(
    struct shared_table *table, uint64_t key, const struct limit *limit, uint64_t now_ms);

/* Puts a restored counter in its place, before other processes see the table. False: no room. */
bool shared_table_restore(struct shared_table *table, uint64_t key, uint64_t state) MUST_USE;

/* For the ledger, entry by entry. */

uint32_t shared_table_size(const struct shared_table *table);
/*
 * A key and a state that belong together. False while the entry changes hands: look again next
 * time.
 */
bool shared_table_read(
    const struct shared_table *table, uint32_t index, uint64_t *ret_key, uint64_t *ret_state);
/* Cuts a window that ends later than any limit allows: the clock was set back. */
void shared_table_cut(struct shared_table *table, uint32_t index, uint64_t latest_ms);

#endif
