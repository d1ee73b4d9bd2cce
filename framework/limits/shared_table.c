/*
 * The shared table. Most hits find their entry and change its state in one compare-and-swap. The
 * rest of this file is about the first hit of a key, which has to claim an entry:
 *
 *   reserve  An entry whose window has ended: its state becomes (end, WINDOW_RESERVED). From here
 *            it is invisible to all others, and only this worker may change it; the key is stored.
 *   commit   head (version, none) -> (version + 1, entry), against the head that was read before
 *            the key was looked for. It fails if any key of the same home was claimed since; then
 *            the entry is vacated and the key looked for again. So two workers never claim one key.
 *   open     state (end, RESERVED) -> (end, 0) and head -> (version + 1, none). Whoever comes by
 *            does it: a worker that dies after its commit leaves nothing undone.
 *
 * Each arrow is a compare-and-swap. Races, and what they cost:
 *
 *   A hit and a reservation of the same ended entry change the same word: one fails, looks again.
 *   A hit that read the entry's state, then lost it to another key, fails too: an entry that
 *   changed hands has a later end. (Only a clock set back to the very millisecond could make the
 *   two equal: one hit counted for a stranger.)
 *   A worker killed between reserve and commit (some hundred nanoseconds) leaves one entry out of
 *   use until the next start. Nobody may take it back: the owner might only be asleep, and would
 *   then write to it.
 *   A worker that loses TABLE_MAX_TRIES races refuses with LIMIT_UNAVAILABLE. Each that it lost,
 *   another won.
 *
 * All atomics are sequentially consistent; the argument above needs it, and the cost vanishes
 * beside a request.
 */
#include "limits/shared_table.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "limits/window.h"

enum {
	/* An entry's index + 1 while a claim is committed and not yet open; 0: none. */
	HEAD_SLOT_BITS = 24,
	CANDIDATES = 2 * TABLE_WAYS,
	SEALS = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL,
};
#define TABLE_MARK UINT64_C(0x506f737465726e54) /* "PosternT" */
_Static_assert(TABLE_MAX_ENTRIES < 1 << HEAD_SLOT_BITS, "an index fits into a head");
_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "shared counters must not need a lock");

static uint64_t
head_slot(uint64_t head)
{
	return head & ((UINT64_C(1) << HEAD_SLOT_BITS) - 1);
}

static uint64_t
head_next(uint64_t head, uint32_t index)
{
	return ((head >> HEAD_SLOT_BITS) + 1) << HEAD_SLOT_BITS | (index + 1);
}

static bool
is_reserved(uint64_t state)
{
	return window_hits(state) == WINDOW_RESERVED;
}

/*
 * The key's home, whose head orders its claims. Keys are hashes already: their bits serve as they
 * are.
 */
static uint32_t
home_bucket(const struct shared_table *table, uint64_t key)
{
	return (uint32_t)key & (table->bucket_count - 1);
}

static uint32_t
other_bucket(const struct shared_table *table, uint64_t key)
{
	uint32_t other = (uint32_t)(key >> 32) & (table->bucket_count - 1);

	return other == home_bucket(table, key) ? other ^ 1 : other;
}

static struct table_entry *
entry_at(const struct shared_table *table, uint32_t index)
{
	return &table->buckets[index / TABLE_WAYS].entries[index % TABLE_WAYS];
}

/* Indexes of the entries where `key` may sit. */
static void
candidates_list(const struct shared_table *table, uint64_t key, uint32_t ret_indexes[CANDIDATES])
{
	uint32_t home = home_bucket(table, key) * TABLE_WAYS;
	uint32_t other = other_bucket(table, key) * TABLE_WAYS;

	for (uint32_t i = 0; i < TABLE_WAYS; i++) {
		ret_indexes[i] = home + i;
		ret_indexes[TABLE_WAYS + i] = other + i;
	}
}

static uint32_t
buckets_for(uint32_t entries)
{
	uint32_t bucket_count = TABLE_MIN_ENTRIES / TABLE_WAYS;

	while (bucket_count * TABLE_WAYS < entries)
		bucket_count *= 2;
	return bucket_count;
}

/* front, buckets, heads: where they lie follows from their number alone. */
static size_t
size_of(uint32_t bucket_count)
{
	return sizeof(struct table_front) +
	       bucket_count * (sizeof(struct table_bucket) + sizeof(_Atomic(uint64_t)));
}

static bool
table_map(struct shared_table *table, uint32_t bucket_count, int fd)
{
	void *map = mmap(NULL, size_of(bucket_count), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED)
		return false;
	*table = (struct shared_table) {
		.fd = fd,
		.front = map,
		.bucket_count = bucket_count,
		.map_size = size_of(bucket_count),
	};
	table->buckets = (void *)(table->front + 1);
	table->heads = (void *)(table->buckets + bucket_count);
	return true;
}

bool
shared_table_init(struct shared_table *table, uint32_t entries)
{
	const uint32_t bucket_count = entries > TABLE_MAX_ENTRIES ? 0 : buckets_for(entries);
	int fd;

	if (bucket_count == 0)
		return false;
	fd = memfd_create("rate-counters", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	/* Sealed: nobody who holds the descriptor can take the memory from under the others. */
	if (fd < 0 || ftruncate(fd, (off_t)size_of(bucket_count)) != 0 ||
	    fcntl(fd, F_ADD_SEALS, SEALS) != 0 || !table_map(table, bucket_count, fd)) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	table->front->mark = TABLE_MARK;
	table->front->layout = TABLE_LAYOUT;
	table->front->bucket_count = bucket_count;
	return true;
}

bool
shared_table_adopt(struct shared_table *table, uint32_t entries, int fd)
{
	const uint32_t bucket_count = entries > TABLE_MAX_ENTRIES ? 0 : buckets_for(entries);
	struct stat status;

	if (bucket_count == 0 || fstat(fd, &status) != 0 ||
	    status.st_size != (off_t)size_of(bucket_count) || fcntl(fd, F_GET_SEALS) != SEALS ||
	    !table_map(table, bucket_count, fd))
		return false;
	if (table->front->mark == TABLE_MARK && table->front->layout == TABLE_LAYOUT &&
	    table->front->bucket_count == bucket_count)
		return true;
	table->fd = -1;
	shared_table_done(table);
	return false;
}

void
shared_table_forget(struct shared_table *table)
{
	if (table->front != NULL && table->fd >= 0)
		close(table->fd);
	table->fd = -1;
}

void
shared_table_done(struct shared_table *table)
{
	shared_table_forget(table);
	if (table->front != NULL)
		munmap(table->front, table->map_size);
	memset(table, 0, sizeof(*table));
}

/*
 * Opens the claim that `head` holds, if any, and takes it out of the head. Harmless when others did
 * it already.
 */
static void
head_settle(struct shared_table *table, _Atomic(uint64_t) *head, uint64_t seen)
{
	struct table_entry *entry;
	uint64_t state;

	if (head_slot(seen) == 0)
		return;
	entry = entry_at(table, (uint32_t)head_slot(seen) - 1);
	state = atomic_load(&entry->state);
	/* While the head still holds it, a reservation seen there is the committed one. */
	if (is_reserved(state) && atomic_load(head) == seen)
		atomic_compare_exchange_strong(
		    &entry->state, &state, window_pack(window_end_ms(state), 0));
	atomic_compare_exchange_strong(head, &seen, seen - head_slot(seen));
}

/* The entry of `key` and a state that it had while it was the key's; NULL when there is none. */
static struct table_entry *
entry_find(struct shared_table *table, const uint32_t indexes[CANDIDATES], uint64_t key,
    uint64_t *ret_state)
{
	for (size_t i = 0; i < CANDIDATES; i++) {
		struct table_entry *entry = entry_at(table, indexes[i]);
		uint64_t state;

		if (atomic_load(&entry->key) != key)
			continue;
		state = atomic_load(&entry->state);
		/*
		 * The key is asked again: between the two loads the entry may have changed hands.
		 */
		if (!is_reserved(state) && atomic_load(&entry->key) == key) {
			*ret_state = state;
			return entry;
		}
	}
	return NULL;
}

/* Entries of one bucket that no live window holds. */
static size_t
bucket_room(const struct shared_table *table, const uint32_t indexes[TABLE_WAYS], uint64_t now_ms)
{
	size_t room = 0;

	for (size_t i = 0; i < TABLE_WAYS; i++) {
		uint64_t state = atomic_load(&entry_at(table, indexes[i])->state);

		room += !is_reserved(state) && window_has_ended(state, now_ms);
	}
	return room;
}

/*
 * Takes an entry whose window has ended, from the emptier of the two buckets. CANDIDATES: there was
 * none.
 */
static size_t
entry_reserve(struct shared_table *table, const uint32_t indexes[CANDIDATES], uint64_t reserved,
    uint64_t now_ms)
{
	size_t first =
	    bucket_room(table, indexes, now_ms) >= bucket_room(table, indexes + TABLE_WAYS, now_ms)
		? 0
		: TABLE_WAYS;

	for (size_t i = 0; i < CANDIDATES; i++) {
		size_t at = (first + i) % CANDIDATES;
		struct table_entry *entry = entry_at(table, indexes[at]);
		uint64_t state = atomic_load(&entry->state);
		_Atomic(uint64_t) *former;

		if (is_reserved(state) || !window_has_ended(state, now_ms))
			continue;
		/* A worker may have died between opening this entry and clearing the head. */
		former = &table->heads[home_bucket(table, atomic_load(&entry->key))];
		head_settle(table, former, atomic_load(former));
		if (atomic_compare_exchange_strong(&entry->state, &state, reserved))
			return at;
	}
	return CANDIDATES;
}

/*
 * When the first of the candidates becomes free; windows of a clock that was set back are cut on
 * the way.
 */
static struct limit_answer
answer_full(struct shared_table *table, const uint32_t indexes[CANDIDATES],
    const struct limit *limit, uint64_t now_ms)
{
	uint64_t first_end_ms = WINDOW_MAX_MS;

	for (size_t i = 0; i < CANDIDATES; i++) {
		uint64_t end_ms = window_end_ms(atomic_load(&entry_at(table, indexes[i])->state));

		shared_table_cut(table, indexes[i], now_ms + WINDOW_LONGEST_MS);
		if (end_ms < first_end_ms)
			first_end_ms = end_ms;
	}
	return (struct limit_answer) { .verdict = LIMIT_TABLE_FULL,
		.retry_after_s = window_wait_s(limit, first_end_ms, now_ms) };
}

/* Claims an entry for a key that had none when `seen` was its head. False: there is no room. */
static bool
entry_claim(struct shared_table *table, const uint32_t indexes[CANDIDATES], uint64_t key,
    uint64_t seen, uint64_t end_ms, uint64_t now_ms)
{
	_Atomic(uint64_t) *head = &table->heads[home_bucket(table, key)];
	size_t at = entry_reserve(table, indexes, window_pack(end_ms, WINDOW_RESERVED), now_ms);
	struct table_entry *entry;
	uint64_t next;

	if (at == CANDIDATES)
		return false;
	entry = entry_at(table, indexes[at]);
	atomic_store(&entry->key, key);
	next = head_next(seen, indexes[at]);
	if (atomic_compare_exchange_strong(head, &seen, next)) {
		head_settle(table, head, next);
	} else {
		atomic_store(&entry->key, 0);
		atomic_store(&entry->state, 0);
	}
	return true;
}

struct limit_answer
shared_table_hit(
    struct shared_table *table, uint64_t key, const struct limit *limit, uint64_t now_ms)
{
	_Atomic(uint64_t) *head = &table->heads[home_bucket(table, key)];
	uint64_t end_ms = now_ms + (uint64_t)limit->window_s * 1000;
	uint32_t indexes[CANDIDATES];

	candidates_list(table, key, indexes);
	for (unsigned tries = 0; tries < TABLE_MAX_TRIES; tries++) {
		uint64_t seen = atomic_load(head);
		struct table_entry *entry;
		struct limit_answer answer;
		uint64_t state;
		uint64_t next;

		if (head_slot(seen) != 0) {
			head_settle(table, head, seen);
			continue;
		}
		entry = entry_find(table, indexes, key, &state);
		if (entry == NULL) {
			if (!entry_claim(table, indexes, key, seen, end_ms, now_ms))
				return answer_full(table, indexes, limit, now_ms);
			continue;
		}
		answer = window_hit(limit, state, now_ms, &next);
		if (next == state || atomic_compare_exchange_strong(&entry->state, &state, next))
			return answer;
	}
	return (struct limit_answer) { .verdict = LIMIT_UNAVAILABLE };
}

bool
shared_table_restore(struct shared_table *table, uint64_t key, uint64_t state)
{
	uint32_t indexes[CANDIDATES];
	size_t at;

	candidates_list(table, key, indexes);
	at = entry_reserve(table, indexes, state, 0);
	if (at == CANDIDATES)
		return false;
	atomic_store(&entry_at(table, indexes[at])->key, key);
	return true;
}

uint32_t
shared_table_size(const struct shared_table *table)
{
	return table->bucket_count * TABLE_WAYS;
}

bool
shared_table_read(
    const struct shared_table *table, uint32_t index, uint64_t *ret_key, uint64_t *ret_state)
{
	const struct table_entry *entry = entry_at(table, index);
	uint64_t before = atomic_load(&entry->state);
	uint64_t key = atomic_load(&entry->key);

	/*
	 * The same state before and after: nobody reserved the entry in between, so the key did not
	 * change.
	 */
	if (is_reserved(before) || atomic_load(&entry->state) != before)
		return false;
	*ret_key = key;
	*ret_state = before;
	return true;
}

void
shared_table_cut(struct shared_table *table, uint32_t index, uint64_t latest_ms)
{
	struct table_entry *entry = entry_at(table, index);
	uint64_t state = atomic_load(&entry->state);

	/* One try: a loss means that the entry is in use, and its own next hit cuts it. */
	if (!is_reserved(state) && window_end_ms(state) > latest_ms)
		atomic_compare_exchange_strong(&entry->state, &state, window_cut(state, latest_ms));
}
