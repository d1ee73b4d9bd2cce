/*
 * One key and one algorithm: does this signature belong to these bytes? The OpenSSL contexts are
 * made once and used for every request of the process; setting them up anew would cost more than
 * half of an RSA verification. They hold no descriptor and no secret, so they may be inherited
 * through a fork.
 */
#ifndef POSTERN_AUTHN_SIGNATURE_H
#define POSTERN_AUTHN_SIGNATURE_H

#include <stdbool.h>

#include <openssl/evp.h>

#include "authn/algorithm.h"
#include "authn/key.h"
#include "core/compiler.h"
#include "core/slice.h"

struct signature {
	enum algorithm_id algorithm; /* ALGORITHM_UNKNOWN: unused, verifies nothing */
	const struct key *key;
	EVP_PKEY_CTX *pkey_ctx;
	EVP_MD_CTX *digest_ctx;
};

/*
 * False when the algorithm does not fit the kind of key, or memory is out. `key` must outlive it.
 */
bool signature_init(
    struct signature *signature, const struct key *key, enum algorithm_id id) MUST_USE;
void signature_done(struct signature *signature);

/* `bytes` is the decoded third segment: its length is checked before anything else looks at it. */
bool signature_verify(
    struct signature *signature, struct slice message, struct slice bytes) MUST_USE;

#endif
