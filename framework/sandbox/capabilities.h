/*
 * Giving up capabilities, the parts that root's power is made of: what this process has, what it
 * could have again, and what a program that it starts could get.
 */
#ifndef POSTERN_SANDBOX_CAPABILITIES_H
#define POSTERN_SANDBOX_CAPABILITIES_H

#include <stdbool.h>

#include "core/compiler.h"

/*
 * Empties the bounding set. Without CAP_SETPCAP, as any user but root, that cannot be done and is
 * not needed: no_new_privs keeps what is in it from ever being had. False: it could be done and was
 * not.
 */
bool capabilities_bound(void) MUST_USE;
/* Empties the ambient, permitted, effective and inheritable sets, and looks whether they are. */
bool capabilities_drop(void) MUST_USE;
/* How many are in the bounding set. */
unsigned capabilities_bounding(void);

#endif
