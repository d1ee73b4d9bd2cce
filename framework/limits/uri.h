/* RATE_LIMIT_STORAGE_URI: which store it names. */
#ifndef POSTERN_LIMITS_URI_H
#define POSTERN_LIMITS_URI_H

#include "core/compiler.h"
#include "core/slice.h"
#include "limits/limits.h"

enum limit_uri_kind { LIMIT_URI_MEMORY, LIMIT_URI_SQLITE };

struct limit_uri {
	enum limit_uri_kind kind;
	struct slice path; /* of the database: absolute; empty for memory */
};

enum { LIMIT_URI_MAX_PATH = 4000 }; /* bytes; leaves room for "-wal" and ".lock" below PATH_MAX */

enum limit_store_error limit_uri_parse(struct slice text, struct limit_uri *ret_uri) MUST_USE;

#endif
