/*
 * Making tokens, for development and tests: libjwt signs (RS256), our own verifier must accept
 * what it made.
 */
#ifndef POSTERN_AUTHN_MINT_H
#define POSTERN_AUTHN_MINT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/slice.h"
#include "core/compiler.h"

/*
 * `claims` is a JSON object. The token is malloc'ed; NULL on failure with a constant text in
 * *reterr_text.
 */
char *mint_token(
    struct slice private_pem, const char *claims_json, const char **reterr_text) MUST_USE;

#endif
