/*
 * A directory of policies on disk: which files there are, and what is in them. Folders are
 * followed, symbolic links too (a mounted ConfigMap is made of them); names that begin with a dot
 * are not looked at, as with the shell's `*`.
 */
#ifndef POSTERN_AUTHZ_DIRECTORY_H
#define POSTERN_AUTHZ_DIRECTORY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "core/arena.h"
#include "core/compiler.h"
#include "core/slice.h"

enum {
	DIRECTORY_MAX_DEPTH = 8,      /* folders within each other; ends a loop of symbolic links */
	DIRECTORY_MAX_ENTRIES = 8192, /* names looked at in all */
};

struct directory_file {
	const char *name; /* below the directory: "clinic/read.cedar" */
	bool is_schema;   /* *.cedarschema, *.cedarschema.json */
	bool is_writable; /* by this process's effective user */
	uint64_t size;    /* bytes */
	struct timespec modified, changed;
};

struct directory {
	struct directory_file *files; /* sorted by name, in byte order */
	size_t count;
	const char
	    *writable_folder; /* one that this process may write to: "", "clinic"; NULL: none */
};

/*
 * False with a text (in `arena` or constant): something cannot be read, is no file, or is beyond
 * a limit.
 */
bool directory_list(struct arena *arena, const char *path, struct directory *ret_directory,
    const char **reterr_text) MUST_USE;

/* The content of a file of at most AUTHZ_MAX_FILE_BYTES. */
bool directory_read(struct arena *arena, const char *path, const char *name,
    struct slice *ret_content, const char **reterr_text) MUST_USE;

#endif
