/* See unicode.h. */
#include "cedar/unicode.h"

bool
unicode_is_for_identifiers(uint32_t code)
{
	return code < 0x80;
}

bool
unicode_is_single_script(struct slice text)
{
	(void)text;
	return true;
}
