/*
 * The token splitter and the JOSE header. A token that splits has one spelling: encoding the
 * parts again gives it back. And no input verifies, for the key was made for this run and nobody
 * signed with it.
 */
#include <stdint.h>
#include <stdlib.h>

#include <openssl/evp.h>

#include "authn/jws.h"
#include "core/base64.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_CEILING = 1 << 22 };

static struct jws_verifier *
get_verifier(void)
{
	static struct jws_verifier verifier;
	struct key key = { .pkey = NULL };
	EVP_PKEY *pkey;

	if (verifier.key.pkey != NULL)
		return &verifier;
	pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	if (pkey == NULL || key_check(pkey, &key) != KEY_OK)
		abort();
	EVP_PKEY_free(pkey);
	jws_verifier_init(&verifier, &key);
	if (!jws_verifier_allow(&verifier, ALGORITHM_ES256))
		abort();
	return &verifier;
}

/* Whether `bytes` encode to the segment at `*at`, which is then passed. */
static void
check_segment(const char **at, struct slice bytes)
{
	char *text = malloc(BASE64_ENCODED_SIZE(bytes.len));
	size_t len;

	if (text == NULL)
		abort();
	len = base64url_encode(bytes.data, bytes.len, text);
	if (len > 0 && memcmp(*at, text, len) != 0)
		abort();
	*at += len;
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice token = { (const char *)data, size };
	const char *at = token.data;
	struct jose_header header;
	struct arena arena;
	struct jws jws;

	arena_init(&arena, 4096, ARENA_CEILING);
	(void)!jose_header_parse(token, &arena, &header);
	if (jws_split(token, &arena, &jws)) {
		check_segment(&at, jws.header);
		if (*at++ != '.')
			abort();
		check_segment(&at, jws.payload);
		if (*at++ != '.')
			abort();
		check_segment(&at, jws.signature);
		if (at != token.data + token.len)
			abort();
		if (jws_verify(get_verifier(), &jws, &arena, &header) == AUTHN_OK)
			abort();
	}
	arena_done(&arena);
	return 0;
}
