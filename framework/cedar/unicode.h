/*
 * What Unicode says about characters, as far as warnings need it: in which scripts a character is
 * used (UAX #24, Script_Extensions) and whether it is for identifiers (UTS #39, Identifier_Status).
 * unicode.def has the tables; they are those of Unicode 16, as the official engine has them.
 */
#ifndef POSTERN_CEDAR_UNICODE_H
#define POSTERN_CEDAR_UNICODE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/slice.h"

/* Whether it may be in identifiers; of ASCII only letters, digits and `' - . : _`. */
bool unicode_is_for_identifiers(uint32_t code);

/*
 * Whether there is one script that all characters of the text (UTF-8) are used in. Characters of
 * all scripts (digits, punctuation) go with any; Han goes with Hangul, with Kana and with Bopomofo
 * (UTS #39 section 5.1); what is not assigned goes with nothing.
 */
bool unicode_is_single_script(struct slice text);

#endif
