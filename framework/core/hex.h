/* What a hex digit is worth. */
#ifndef POSTERN_CORE_HEX_H
#define POSTERN_CORE_HEX_H

/* In either case; -1: it is no hex digit. */
static inline int
hex_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return -1;
}

#endif
