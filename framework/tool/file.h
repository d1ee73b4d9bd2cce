/* Whole files in and out. Everything is bounded; what fails leaves errno. */
#ifndef POSTERN_TOOL_FILE_H
#define POSTERN_TOOL_FILE_H

#include <sys/types.h>

#include "core/arena.h"
#include "core/compiler.h"

/*
 * The whole file, or standard input where `path` is NULL, into the arena. EFBIG: it is larger than
 * `max` bytes; ENOMEM.
 */
bool file_read(struct arena *arena, const char *path, size_t max, struct slice *ret_text) MUST_USE;

/* A file that did not exist before (EEXIST), complete or not there at all. */
bool file_create(const char *path, mode_t mode, const char *data, size_t len) MUST_USE;
/* A file new or old, replaced whole: at no moment is there half of it. */
bool file_replace(const char *path, mode_t mode, const char *data, size_t len) MUST_USE;
/*
 * As file_replace, for somebody's text: a link is followed and the mode kept; a new one gets 0666
 * less the umask.
 */
bool file_rewrite(const char *path, const char *data, size_t len) MUST_USE;

#endif
