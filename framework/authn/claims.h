/* The registered claims of a token (RFC 7519 §4.1) against the settings and the clock. */
#ifndef POSTERN_AUTHN_CLAIMS_H
#define POSTERN_AUTHN_CLAIMS_H

#include <stdint.h>

#include "authn/authn.h"
#include "config/config.h"
#include "core/json_read.h"

enum { CLAIMS_MAX_SUBJECT = 255 };            /* bytes of `sub` */
#define CLAIMS_MAX_TIME INT64_C(253402300799) /* 9999-12-31T23:59:59Z */

/*
 * Required: exp, iat, sub, aud, and iss when JWT_ISSUER is set; nbf when present. `claims` comes
 * from a payload whose signature holds. AUTHN_OK or the reason of the first check that failed.
 */
enum authn_result claims_check(
    const struct json_value *claims, const struct config *config, int64_t now_us) MUST_USE;

#endif
