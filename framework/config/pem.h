/*
 * A public key's text: PEM as it is, or base64 of it, which fits into one line of an environment
 * file.
 */
#ifndef POSTERN_CONFIG_PEM_H
#define POSTERN_CONFIG_PEM_H

#include "config/value.h"

/* The PEM, NUL-terminated. Only that it is text is checked; what key it is, authn finds out. */
enum value_result pem_read(struct arena *arena, struct slice text, const char **ret_pem);

#endif
