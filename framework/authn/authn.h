/*
 * From the bytes of an Authorization header to a principal or a named refusal. The order of
 * checks is fixed (size, shape, header, key, signature, claims) and nothing of the payload is
 * used before the signature holds. SECURITY-REQUIREMENTS §1 is the specification; RFC 7515, 7519,
 * 8725 the sources.
 */
#ifndef POSTERN_AUTHN_AUTHN_H
#define POSTERN_AUTHN_AUTHN_H

#include <stdbool.h>
#include <stdint.h>

#include "authn/principal.h"
#include "config/config.h"
#include "core/arena.h"
#include "core/compiler.h"
#include "core/slice.h"

/* Why a token was refused: the closed list of reason words of the log. Zero is a refusal. */
enum authn_result {
	AUTHN_REFUSED = 0, /* "internal" */
	AUTHN_OK,
	AUTHN_NO_TOKEN,           /* "missing" */
	AUTHN_MALFORMED,          /* "malformed": header value, segments, base64url, JSON */
	AUTHN_TOO_LARGE,          /* "too_large" */
	AUTHN_BAD_HEADER,         /* "header": crit, b64, jwk, jku, x5*, typ, kid */
	AUTHN_BAD_ALGORITHM,      /* "algorithm" */
	AUTHN_NO_KEY,             /* "key" */
	AUTHN_BAD_SIGNATURE,      /* "signature" */
	AUTHN_MISSING_CLAIM,      /* "claim_missing" */
	AUTHN_BAD_CLAIM,          /* "claim_type" */
	AUTHN_EXPIRED,            /* "expired" */
	AUTHN_NOT_YET,            /* "not_yet_valid": nbf or iat ahead */
	AUTHN_BAD_AUDIENCE,       /* "audience" */
	AUTHN_BAD_ISSUER,         /* "issuer" */
	AUTHN_SECOND_OPINION,     /* "second_opinion": libjwt disagreed */
	AUTHN_BAD_PRINCIPAL_TYPE, /* "principal_type": answered with 403 */
	AUTHN_RESULT_COUNT
};
const char *authn_reason(enum authn_result result);

/*
 * The key and rules of one generation; immutable but for each process's own memory of second
 * opinions.
 */
struct authn;

/*
 * Parses the key once and binds the algorithms to it. Faults (weak key, private PEM, several
 * blocks, an algorithm that does not fit the key, HS* or none in the list) are added by setting
 * name. NULL when there was one.
 */
struct authn *authn_new(
    struct arena *arena, const struct config *config, struct config_faults *faults) MUST_USE;
void authn_free(struct authn *authn);

/*
 * Verifies one Authorization value (`count` is how many such headers came: anything but 1 is
 * refused) at wall time `now_us`. On AUTHN_OK `*ret_principal` lives in `arena`.
 */
enum authn_result authn_verify(struct authn *authn, struct slice authorization, unsigned count,
    int64_t now_us, struct arena *arena, const struct principal **ret_principal) MUST_USE;

/* X-Active-Actor against the token's actors (SECURITY-REQUIREMENTS 1.15). */
enum actor_result { ACTOR_REFUSED = 0 /* 403 */, ACTOR_OK, ACTOR_INVALID /* 400 */ };
/*
 * Narrows: on ACTOR_OK `*ret_principal` is the same principal or a copy whose actors are the
 * active one alone, and `*ret_active` that actor (data NULL: the token has none).
 */
enum actor_result authn_select_actor(const struct principal *principal, struct slice header,
    unsigned count, struct arena *arena, const struct principal **ret_principal,
    struct slice *ret_active) MUST_USE;

#endif
