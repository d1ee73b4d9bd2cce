/*
 * An issuer of tokens for tests: keys of any kind, and tokens over any header and payload bytes,
 * the malformed ones too. It knows nothing of the code under test.
 */
#ifndef POSTERN_TESTS_ISSUER_H
#define POSTERN_TESTS_ISSUER_H

#include <openssl/evp.h>

#include "core/slice.h"

/*
 * "RSA", "RSA-1024", "RSA-3072", "RSA-PSS", "P-256", "P-384", "P-521", "secp256k1", "ED25519",
 * "X25519". Fails the test, never NULL.
 */
EVP_PKEY *issuer_key(const char *kind);

/* All results are malloc'ed text. */
char *issuer_public_pem(EVP_PKEY *pkey);
char *issuer_private_pem(EVP_PKEY *pkey, const char *passphrase);
char *issuer_base64url(struct slice bytes);

/*
 * header.payload.signature, signed as `alg` says whatever the header says. HS256 takes
 * `hmac_key`.
 */
char *issuer_sign(EVP_PKEY *pkey, const char *alg, struct slice header, struct slice payload);
char *issuer_sign_hmac(struct slice hmac_key, struct slice header, struct slice payload);

#endif
