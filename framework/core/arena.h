/*
 * An arena gives out memory that is taken back all at once. There are three lifetimes in Postern,
 * and a function shows which one it uses by the arena it is given: the process, a generation
 * (settings, keys and policies, swapped whole on reload) and a request.
 *
 * Every arena has a ceiling, stated when it is made: an allocation that would cross it returns
 * NULL, as one that the system refuses does. Memory is aligned for any type. Under
 * AddressSanitizer the space between and after allocations is poisoned, so that the tools see
 * into an arena.
 *
 * Drawbacks, to know before use: nothing can be freed alone, and a growing object leaves its
 * older copies behind until the arena is reset.
 */
#ifndef POSTERN_CORE_ARENA_H
#define POSTERN_CORE_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/slice.h"

struct arena_block;

struct arena {
	struct arena_block
	    *first; /* kept by arena_reset, so that a request allocates nothing anew */
	struct arena_block *current;
	size_t block_size; /* bytes in an ordinary block */
	size_t used;       /* bytes given out, padding included */
	size_t ceiling;    /* bytes that may be given out in all */
	bool wipes;        /* clear memory before it is given back: keys, tokens */
};

/* A place to roll back to; see arena_mark. */
struct arena_mark {
	struct arena_block *block;
	size_t block_used;
	size_t used;
};

/* Prepares an arena in the caller's storage. Allocates nothing until the first arena_alloc. */
void arena_init(struct arena *arena, size_t block_size, size_t ceiling);
/* As arena_init; what was given out is cleared (explicit_bzero) on reset, rollback and done. */
void arena_init_wiping(struct arena *arena, size_t block_size, size_t ceiling);
/* Frees everything. Harmless on an arena that is zeroed or already done. */
void arena_done(struct arena *arena);
/* Takes everything back but keeps the first block for reuse. */
void arena_reset(struct arena *arena);

/*
 * `size` bytes, not initialised; NULL at the ceiling or when memory is out. `size` 0 gives a
 * valid pointer.
 */
void *arena_alloc(struct arena *arena, size_t size);
/* `count` elements of `size` bytes, zeroed; NULL also when the product overflows. */
void *arena_calloc(struct arena *arena, size_t count, size_t size);
/*
 * Makes an allocation of `old_size` bytes larger where it lies. False, and nothing has changed,
 * when it is not the arena's last one or there is no room behind it: then allocate anew.
 */
bool arena_extend(struct arena *arena, void *data, size_t old_size, size_t new_size);
/* A copy of the bytes with a NUL behind them. */
char *arena_dup(struct arena *arena, const void *data, size_t len);
/*
 * A copy of a slice as a slice; data == NULL in the result means failure (an empty slice's is not
 * NULL).
 */
struct slice arena_dup_slice(struct arena *arena, struct slice s);
/* printf into the arena; NULL on failure. */
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

/*
 * Scratch memory inside a longer life: mark, use, roll back. Marks nest; roll back in reverse
 * order.
 */
struct arena_mark arena_mark(const struct arena *arena);
void arena_rollback(struct arena *arena, struct arena_mark mark);

#endif
