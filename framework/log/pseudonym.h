/*
 * Keyed pseudonyms: they tell that two lines are about the same client without telling which.
 * Without the key they can be neither made nor tried out, which a plain hash of an address could.
 */
#ifndef POSTERN_LOG_PSEUDONYM_H
#define POSTERN_LOG_PSEUDONYM_H

#include "core/arena.h"
#include "core/compiler.h"
#include "core/slice.h"

enum { PSEUDONYM_DIGITS = 16 };

struct pseudonyms;

/* `key` must outlive it. NULL when memory is out or OpenSSL has no HMAC-SHA-256. */
struct pseudonyms *pseudonyms_new(struct arena *arena, struct slice key) MUST_USE;
/* Frees OpenSSL's part and forgets the remembered values. NULL is allowed. */
void pseudonyms_free(struct pseudonyms *pseudonyms);

/*
 * The first 16 hex digits of HMAC-SHA-256 over `name`, a NUL and `value`. `name` is a constant:
 * it is remembered by its address. What this returns is valid until the next call; data is NULL
 * on failure.
 */
struct slice pseudonym_make(struct pseudonyms *pseudonyms, const char *name, struct slice value);

#endif
