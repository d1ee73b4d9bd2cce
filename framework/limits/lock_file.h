/*
 * One service at a time counts in a database. The lock belongs to the open file description, so a
 * forked ledger holds it together with its manager, and it is free when the last of them ends,
 * however it ends.
 */
#ifndef POSTERN_LIMITS_LOCK_FILE_H
#define POSTERN_LIMITS_LOCK_FILE_H

#include <stdbool.h>

#include "core/compiler.h"
#include "limits/limits.h"

/*
 * Locks `<path>.lock`, alone or shared with others that share, waiting at most `wait_ms`. `*ret_fd`
 * is closed by the caller, which gives the lock up. LIMIT_STORE_CANNOT_OPEN or LIMIT_STORE_LOCKED
 * otherwise.
 */
enum limit_store_error limit_lock_take(
    const char *path, bool shared, unsigned wait_ms, int *ret_fd) MUST_USE;

/* Whether `fd` holds the lock of `path`, alone: it is that very file, and nobody else can have it. */
bool limit_lock_is_of(const char *path, int fd) MUST_USE;

#endif
