/*
 * The value of an Authorization header: the scheme `Bearer`, one space, a token and nothing else
 * (RFC 6750 §2.1).
 */
#ifndef POSTERN_AUTHN_BEARER_H
#define POSTERN_AUTHN_BEARER_H

#include <stdbool.h>

#include "core/compiler.h"
#include "core/slice.h"

/*
 * The scheme is compared without case, as RFC 9110 §11.1 says it must be; one space and only one
 * follows it, and no byte of the token is a space, a control or outside ASCII. `*ret_token`
 * points into `value`. Whether the token is well-formed beyond that is the next file's question
 * (jws.h).
 */
bool bearer_parse(struct slice value, struct slice *ret_token) MUST_USE;

#endif
