/*
 * Public keys: PEM text to a checked key object, once, at start. The PEM is exactly one PUBLIC
 * KEY block (RFC 7468 §13) with one DER SubjectPublicKeyInfo in it. It is read by our own few
 * lines, so no library looks for further blocks, takes another format or asks a terminal for a
 * passphrase.
 */
#ifndef POSTERN_AUTHN_KEY_H
#define POSTERN_AUTHN_KEY_H

#include <stddef.h>

#include <openssl/evp.h>

#include "authn/algorithm.h"
#include "core/arena.h"
#include "core/compiler.h"
#include "core/slice.h"

enum {
	KEY_MAX_PEM = 8192, /* bytes; an RSA key of 8192 bits takes some 1500 */
	KEY_RSA_MIN_BITS = 2048,
	KEY_RSA_MAX_BITS = 8192,
	KEY_RSA_MIN_EXPONENT = 65537,
	KEY_RSA_MAX_EXPONENT_BITS = 64, /* what OpenSSL verifies with above 3072 bits */
	KEY_MAX_SIGNATURE = KEY_RSA_MAX_BITS / 8,
};

/* Why a key is refused. Zero is a refusal. */
enum key_fault {
	KEY_REFUSED = 0, /* memory, or the library failed */
	KEY_OK,
	KEY_NOT_ONE_BLOCK,
	KEY_IS_PRIVATE,
	KEY_NOT_DER,
	KEY_WRONG_TYPE,
	KEY_WRONG_SIZE,
	KEY_WRONG_EXPONENT,
	KEY_IS_ROCA,
	KEY_NOT_ON_CURVE,
	KEY_FAULT_COUNT
};

struct key {
	EVP_PKEY *pkey; /* NULL: there is no key */
	enum key_kind kind;
	size_t signature_len; /* bytes that a signature by this key has, in a JWS */
};

/* What the key should have been, for the operator: "expected ...". */
const char *key_fault_text(enum key_fault fault);

/* PEM to key; `arena` is used as scratch. On KEY_OK `*ret_key` is to be released by key_done. */
enum key_fault key_parse(struct slice pem, struct arena *arena, struct key *ret_key) MUST_USE;
/* The same checks for a key from elsewhere. On KEY_OK `*ret_key` holds a reference of its own. */
enum key_fault key_check(EVP_PKEY *pkey, struct key *ret_key) MUST_USE;
void key_done(struct key *key);

#endif
