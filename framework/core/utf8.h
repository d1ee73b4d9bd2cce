/* UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef POSTERN_CORE_UTF8_H
#define POSTERN_CORE_UTF8_H

#include <stdbool.h>
#include <stdint.h>

#include "core/slice.h"

/* Whether all of it is well-formed. The empty slice is. */
bool utf8_is_valid(struct slice s);
/*
 * Bytes of the well-formed sequence at the start of `s` (1 to 4) and its code point; 0 when
 * ill-formed.
 */
size_t utf8_decode(struct slice s, uint32_t *ret_code);
/* Writes 1 to 4 bytes; `code` must be a Unicode scalar value. Returns their number. */
size_t utf8_encode(uint32_t code, char ret_bytes[4]);

#endif
