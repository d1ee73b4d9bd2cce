/* One percent escape (RFC 3986 §2.1), shared by paths and queries so that both decode alike. */
#ifndef POSTERN_HTTP_PERCENT_H
#define POSTERN_HTTP_PERCENT_H

#include "core/hex.h"
#include "core/slice.h"

enum { PERCENT_LEN = 3 }; /* bytes of "%2F" */

/*
 * The byte of the escape that `text` begins with ("%" seen already); -1 when it is cut short or no
 * hex.
 */
static inline int
percent_decode(struct slice text)
{
	int high, low;

	if (text.len < PERCENT_LEN)
		return -1;
	high = hex_value(text.data[1]);
	low = hex_value(text.data[2]);
	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

#endif
