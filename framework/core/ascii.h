/* Classes of ASCII bytes. Unlike those of <ctype.h> they ask no locale, take any char, and are inline. */
#ifndef POSTERN_CORE_ASCII_H
#define POSTERN_CORE_ASCII_H

#include <stdbool.h>

static inline bool
ascii_is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static inline bool
ascii_is_alpha(char byte)
{
	const char lower = (char)(byte | 0x20);

	return lower >= 'a' && lower <= 'z';
}

static inline bool
ascii_is_alnum(char byte)
{
	return ascii_is_alpha(byte) || ascii_is_digit(byte);
}

#endif
