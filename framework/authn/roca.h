/*
 * The fingerprint of ROCA moduli (CVE-2017-15361; Nemec et al., "The Return of Coppersmith's
 * Attack", 2017): keys that a faulty chip library made and that can be factored. Needs nothing
 * but the modulus.
 */
#ifndef POSTERN_AUTHN_ROCA_H
#define POSTERN_AUTHN_ROCA_H

#include <stdbool.h>

#include <openssl/bn.h>

/* A good key is taken for a bad one about once in 2^27 keys. */
bool roca_is_suspect(const BIGNUM *modulus);

#endif
