/*
 * JWS compact serialisation (RFC 7515 §3.1): bytes in, verified payload bytes out. Knows nothing
 * of what a payload means: claims are the next layer's. Nothing of the payload is looked at
 * before the signature holds.
 */
#ifndef POSTERN_AUTHN_JWS_H
#define POSTERN_AUTHN_JWS_H

#include <stdbool.h>

#include "authn/authn.h"
#include "authn/jose_header.h"
#include "authn/key.h"
#include "authn/signature.h"
#include "core/arena.h"
#include "core/slice.h"

enum { JWS_KEPT_HEADER = 256 }; /* bytes of the header that is remembered */

/* A token taken apart. */
struct jws {
	struct slice signing_input; /* of the token: header and payload segments with their dot */
	struct slice header, payload, signature; /* decoded, in the arena */
};

/*
 * The key and what it may verify. `kept` is the last header that was accepted: the tokens of one
 * issuer have the same header bytes, and same bytes have the same meaning.
 */
struct jws_verifier {
	struct key key;
	struct signature signatures[ALGORITHM_COUNT]; /* those not allowed are unused */
	struct {
		char bytes[JWS_KEPT_HEADER];
		size_t len; /* 0: none yet */
		struct jose_header header;
	} kept;
};

/*
 * Three segments of canonical base64url, the first and the last not empty. An empty payload is a
 * JWS but no token: the caller decides. False also when the arena is full.
 */
bool jws_split(struct slice token, struct arena *arena, struct jws *ret_jws) MUST_USE;

/* Takes over `key`. Without any jws_verifier_allow it refuses everything. */
void jws_verifier_init(struct jws_verifier *verifier, struct key *key);
/* False when the algorithm does not fit the key. */
bool jws_verifier_allow(struct jws_verifier *verifier, enum algorithm_id id) MUST_USE;
void jws_verifier_done(struct jws_verifier *verifier);

/*
 * Header, key, signature, in this order; `arena` is left as it is found. On AUTHN_OK jws->payload
 * is what the holder of the key signed.
 */
enum authn_result jws_verify(struct jws_verifier *verifier, const struct jws *jws,
    struct arena *arena, struct jose_header *ret_header) MUST_USE;

#endif
