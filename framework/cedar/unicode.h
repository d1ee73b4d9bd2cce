/*
 * What Unicode says about characters, as far as warnings need it: in which scripts a character is
 * used (UAX #24, Script_Extensions) and whether it is for identifiers (UTS #39, Identifier_Status).
 * The tables are in unicode.def.
 */
#ifndef POSTERN_CEDAR_UNICODE_H
#define POSTERN_CEDAR_UNICODE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/slice.h"

/* Whether a character above ASCII may be in identifiers. */
bool unicode_is_for_identifiers(uint32_t code);

/*
 * Whether there is one script that all characters of the text (UTF-8) are used in. Characters of
 * all scripts (digits, punctuation) go with any; Han goes with Hangul, with Kana and with Bopomofo
 * (UTS #39 section 5.1); what is not assigned goes with nothing.
 */
bool unicode_is_single_script(struct slice text);
/*
 * The same for a text that is shown with escapes, as the official engine shows patterns: what is
 * not printed or joins the character before it is "\u{301}" there, which has Latin letters.
 */
bool unicode_is_single_script_escaped(struct slice text);

#endif
