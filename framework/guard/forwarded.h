/*
 * Reading the lists that proxies write into X-Forwarded-* fields, the way werkzeug's ProxyFix
 * counts them.
 */
#ifndef POSTERN_GUARD_FORWARDED_H
#define POSTERN_GUARD_FORWARDED_H

#include "core/arena.h"
#include "core/slice.h"

enum {
	FORWARDED_MAX_HOPS = 16, /* the upper end of TRUSTED_PROXY_HOPS */
};

enum forwarded {
	/*
	 * Fewer values than hops, an empty one among the last `hops`, or an open quote: the field says
	 * nothing.
	 */
	FORWARDED_NONE = 0,
	FORWARDED_VALUE,
	FORWARDED_NO_MEMORY
};

/*
 * The value that the outermost of `hops` trusted proxies added: the hops-th from the right of a
 * comma list. Commas inside double quotes do not separate, a backslash inside them takes the
 * next byte as it is, and one pair of enclosing quotes is dropped. The value is a piece of
 * `list`, or a copy in `arena` when it had a backslash. Nothing is known about its bytes.
 */
enum forwarded forwarded_find(
    struct arena *arena, struct slice list, unsigned hops, struct slice *ret_value);

#endif
