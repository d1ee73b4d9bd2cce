/*
 * The one table of signature algorithms (RFC 7518 §3.1, RFC 8037 §3.1): what each is called in a
 * token, which kind of key it takes, which digest and padding it means. Asymmetric only: HS* and
 * none are not in it, so that no list of settings can name them.
 */
#ifndef POSTERN_AUTHN_ALGORITHM_H
#define POSTERN_AUTHN_ALGORITHM_H

#include <stddef.h>

#include "core/slice.h"

/* What a key is good for; KEY_NONE is good for nothing. */
enum key_kind { KEY_NONE = 0, KEY_RSA, KEY_P256, KEY_P384, KEY_P521, KEY_ED25519 };

enum algorithm_id {
	ALGORITHM_UNKNOWN = 0,
	ALGORITHM_RS256,
	ALGORITHM_RS384,
	ALGORITHM_RS512,
	ALGORITHM_PS256,
	ALGORITHM_PS384,
	ALGORITHM_PS512,
	ALGORITHM_ES256,
	ALGORITHM_ES384,
	ALGORITHM_ES512,
	ALGORITHM_EDDSA,
	ALGORITHM_COUNT
};

struct algorithm {
	const char *name;   /* as `alg` spells it; compared byte for byte */
	enum key_kind key;  /* the one kind of key that it verifies with */
	const char *digest; /* OpenSSL's name; NULL: the algorithm hashes by itself */
	int padding;        /* RSA_PKCS1_PADDING, RSA_PKCS1_PSS_PADDING; 0: no RSA */
};

/* `id` is one of the table's, not ALGORITHM_UNKNOWN. */
const struct algorithm *algorithm_get(enum algorithm_id id);
/* ALGORITHM_UNKNOWN when there is none of exactly this name. */
enum algorithm_id algorithm_find(struct slice name);

#endif
