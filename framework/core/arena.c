/*
 * Arenas are chains of blocks from malloc. `first` stays for the arena's life; the others hang
 * behind it, newest first, so that rolling back takes them off the front:
 *
 *     first ──> newest ──> ... ──> second
 *
 * Ordinary allocations come from `current`. One that does not fit and is larger than a quarter of
 * a block gets a block of its own, and the room left in `current` stays in use.
 *
 * Invariant: a block is made only for an allocation, and every allocation raises `used`. So a
 * block was made after a mark exactly when its `birth` is not below the mark's `used`.
 */
#include "core/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define HAS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_ASAN 1
#endif
#endif

#ifdef HAS_ASAN
#include <sanitizer/asan_interface.h>
enum { REDZONE = 16 }; /* between two allocations, so that a step over the end is seen */
#else
enum { REDZONE = 0 };
#endif

enum {
	ALIGNMENT = alignof(max_align_t),
	BLOCK_MIN = 256, /* holds a quarter of itself and a redzone */
};

struct arena_block {
	struct arena_block *next;
	size_t birth; /* the arena's `used` when this block was made */
	size_t size;  /* bytes in data */
	size_t used;
	alignas(max_align_t) unsigned char data[];
};

/* Not inlined, or gcc takes the poisoning of fresh memory for a read of it. */
static __attribute__((noinline)) void
poison(void *data, size_t len)
{
#ifdef HAS_ASAN
	__asan_poison_memory_region(data, len);
#else
	(void)data;
	(void)len;
#endif
}

static void
unpoison(void *data, size_t len)
{
#ifdef HAS_ASAN
	__asan_unpoison_memory_region(data, len);
#else
	(void)data;
	(void)len;
#endif
}

void
arena_init(struct arena *arena, size_t block_size, size_t ceiling)
{
	if (block_size > ceiling)
		block_size = ceiling;
	if (block_size < BLOCK_MIN)
		block_size = BLOCK_MIN;
	*arena = (struct arena) { .block_size = block_size, .ceiling = ceiling };
}

void
arena_init_wiping(struct arena *arena, size_t block_size, size_t ceiling)
{
	arena_init(arena, block_size, ceiling);
	arena->wipes = true;
}

/* Takes back what lies behind the first `keep` bytes of a block. */
static void
block_cut(const struct arena *arena, struct arena_block *block, size_t keep)
{
	size_t len = block->used - keep;

	if (arena->wipes) {
		unpoison(block->data + keep, len);
		explicit_bzero(block->data + keep, len);
	}
	block->used = keep;
	poison(block->data + keep, len);
}

static void
block_free(const struct arena *arena, struct arena_block *block)
{
	block_cut(arena, block, 0);
	unpoison(block->data, block->size);
	free(block);
}

static struct arena_block *
block_new(const struct arena *arena, size_t size)
{
	struct arena_block *block;

	if (size > PTRDIFF_MAX - sizeof(*block))
		return NULL;
	block = malloc(sizeof(*block) + size);
	if (block == NULL)
		return NULL;
	*block = (struct arena_block) { .birth = arena->used, .size = size };
	poison(block->data, size);
	return block;
}

static void
free_younger(struct arena *arena, size_t birth)
{
	struct arena_block *block;

	while ((block = arena->first->next) != NULL && block->birth >= birth) {
		arena->first->next = block->next;
		block_free(arena, block);
	}
}

void
arena_reset(struct arena *arena)
{
	if (arena->first == NULL)
		return;
	free_younger(arena, 0);
	block_cut(arena, arena->first, 0);
	arena->current = arena->first;
	arena->used = 0;
}

void
arena_done(struct arena *arena)
{
	if (arena->first == NULL)
		return;
	arena_reset(arena);
	block_free(arena, arena->first);
	arena->first = NULL;
	arena->current = NULL;
}

static bool
block_fits(const struct arena_block *block, size_t need)
{
	return block != NULL && need <= block->size - block->used;
}

/* A block with room for `need` bytes more; NULL when memory is out. */
static struct arena_block *
block_for(struct arena *arena, size_t need)
{
	struct arena_block *block;
	bool is_big = need > arena->block_size / 4;

	if (arena->first == NULL) {
		arena->first = arena->current = block_new(arena, arena->block_size);
		if (arena->first == NULL)
			return NULL;
	}
	if (block_fits(arena->current, need))
		return arena->current;
	block = block_new(arena, is_big ? need : arena->block_size);
	if (block == NULL)
		return NULL;
	block->next = arena->first->next;
	arena->first->next = block;
	if (!is_big)
		arena->current = block;
	return block;
}

/* What an allocation of `size` bytes counts; 0 when that is more than can be counted. */
static size_t
rounded(size_t size)
{
	if (size > SIZE_MAX - ALIGNMENT - REDZONE)
		return 0;
	return size == 0 ? ALIGNMENT : (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	size_t need = rounded(size);
	struct arena_block *block = arena->current;
	unsigned char *data;

	if (need == 0 || need > arena->ceiling - arena->used)
		return NULL;
	if (!block_fits(block, need + REDZONE))
		block = block_for(arena, need + REDZONE);
	if (block == NULL)
		return NULL;
	data = block->data + block->used;
	block->used += need + REDZONE;
	arena->used += need;
	unpoison(data, size);
	return data;
}

bool
arena_extend(struct arena *arena, void *data, size_t old_size, size_t new_size)
{
	struct arena_block *block = arena->current;
	size_t old_need = rounded(old_size);
	size_t need = rounded(new_size);

	if (block == NULL || old_need == 0 || need < old_need)
		return false;
	if (block->used < old_need + REDZONE ||
	    block->data + block->used - old_need - REDZONE != data)
		return false;
	if (need - old_need > arena->ceiling - arena->used || !block_fits(block, need - old_need))
		return false;
	block->used += need - old_need;
	arena->used += need - old_need;
	unpoison(data, new_size);
	return true;
}

void *
arena_calloc(struct arena *arena, size_t count, size_t size)
{
	void *data;

	if (size != 0 && count > SIZE_MAX / size)
		return NULL;
	data = arena_alloc(arena, count * size);
	if (data != NULL)
		memset(data, 0, count * size);
	return data;
}

char *
arena_dup(struct arena *arena, const void *data, size_t len)
{
	char *copy = len == SIZE_MAX ? NULL : arena_alloc(arena, len + 1);

	if (copy == NULL)
		return NULL;
	if (len > 0)
		memcpy(copy, data, len);
	copy[len] = '\0';
	return copy;
}

struct slice
arena_dup_slice(struct arena *arena, struct slice s)
{
	char *copy = arena_dup(arena, s.data, s.len);

	return slice_make(copy, copy == NULL ? 0 : s.len);
}

char *
arena_vprintf(struct arena *arena, const char *format, va_list arguments)
{
	va_list again;
	char *text = NULL;
	int len;

	va_copy(again, arguments);
	len = vsnprintf(NULL, 0, format, arguments);
	if (len >= 0)
		text = arena_alloc(arena, (size_t)len + 1);
	if (text != NULL)
		(void)vsnprintf(text, (size_t)len + 1, format, again);
	va_end(again);
	return text;
}

char *
arena_printf(struct arena *arena, const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	text = arena_vprintf(arena, format, arguments);
	va_end(arguments);
	return text;
}

struct arena_mark
arena_mark(const struct arena *arena)
{
	return (struct arena_mark) {
		.block = arena->current,
		.block_used = arena->current == NULL ? 0 : arena->current->used,
		.used = arena->used,
	};
}

void
arena_rollback(struct arena *arena, struct arena_mark mark)
{
	if (mark.block == NULL) {
		arena_reset(arena);
		return;
	}
	free_younger(arena, mark.used);
	block_cut(arena, mark.block, mark.block_used);
	arena->current = mark.block;
	arena->used = mark.used;
}
