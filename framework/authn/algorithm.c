/*
 * The table of signature algorithms. Key, digest and padding are properties of the algorithm
 * alone: nothing of a token but its `alg` string ever reaches them.
 */
#include "authn/algorithm.h"

#include <openssl/rsa.h>

static const struct algorithm algorithms[ALGORITHM_COUNT] = {
	[ALGORITHM_UNKNOWN] = { "", KEY_NONE, NULL, 0 },
	[ALGORITHM_RS256] = { "RS256", KEY_RSA, "SHA256", RSA_PKCS1_PADDING },
	[ALGORITHM_RS384] = { "RS384", KEY_RSA, "SHA384", RSA_PKCS1_PADDING },
	[ALGORITHM_RS512] = { "RS512", KEY_RSA, "SHA512", RSA_PKCS1_PADDING },
	[ALGORITHM_PS256] = { "PS256", KEY_RSA, "SHA256", RSA_PKCS1_PSS_PADDING },
	[ALGORITHM_PS384] = { "PS384", KEY_RSA, "SHA384", RSA_PKCS1_PSS_PADDING },
	[ALGORITHM_PS512] = { "PS512", KEY_RSA, "SHA512", RSA_PKCS1_PSS_PADDING },
	[ALGORITHM_ES256] = { "ES256", KEY_P256, "SHA256", 0 },
	[ALGORITHM_ES384] = { "ES384", KEY_P384, "SHA384", 0 },
	[ALGORITHM_ES512] = { "ES512", KEY_P521, "SHA512", 0 },
	[ALGORITHM_EDDSA] = { "EdDSA", KEY_ED25519, NULL, 0 },
};

const struct algorithm *
algorithm_get(enum algorithm_id id)
{
	return &algorithms[id];
}

enum algorithm_id
algorithm_find(struct slice name)
{
	for (int id = ALGORITHM_UNKNOWN + 1; id < ALGORITHM_COUNT; id++)
		if (slice_is(name, algorithms[id].name))
			return (enum algorithm_id)id;
	return ALGORITHM_UNKNOWN;
}
