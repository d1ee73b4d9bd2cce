/*
 * Mints tokens with libjwt. For tools and tests: a service never holds a private key. The key is
 * read by OpenSSL first with a callback that has no passphrase, because libjwt's way would stop
 * and ask the terminal for one.
 */
#include "authn/mint.h"

#include <stdlib.h>
#include <string.h>

#include <jwt.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "authn/key.h"

enum { MINT_MAX_PEM = 16384 }; /* bytes; a private RSA key of 8192 bits takes some 6400 */

static int
no_passphrase(char *room UNUSED, int size UNUSED, int is_writing UNUSED, void *context UNUSED)
{
	return -1;
}

/* NULL: the key will do. */
static const char *
check_pkey(EVP_PKEY *pkey)
{
	struct key key = { .pkey = NULL };
	const char *fault = NULL;

	if (pkey == NULL)
		return "the key is not an unencrypted PEM private key";
	if (key_check(pkey, &key) != KEY_OK)
		fault = "the key is too weak for a verifier, or of a kind that it does not take";
	else if (key.kind != KEY_RSA)
		fault = "the key is not an RSA key";
	key_done(&key);
	return fault;
}

static const char *
check_private_key(struct slice pem)
{
	BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.len);
	EVP_PKEY *pkey = NULL;
	const char *fault;

	if (bio != NULL)
		pkey = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
	fault = check_pkey(pkey);
	EVP_PKEY_free(pkey);
	BIO_free(bio);
	ERR_clear_error();
	return fault;
}

static char *
sign(struct slice pem, const char *claims_json, const char **reterr_text)
{
	char *token = NULL;
	jwt_t *jwt = NULL;

	if (jwt_new(&jwt) != 0)
		*reterr_text = "out of memory";
	else if (jwt_add_grants_json(jwt, claims_json) != 0)
		*reterr_text = "the claims are not one JSON object";
	else if (jwt_set_alg(jwt, JWT_ALG_RS256, (const unsigned char *)pem.data, (int)pem.len) !=
		 0)
		*reterr_text = "libjwt did not take the key";
	else if ((token = jwt_encode_str(jwt)) == NULL)
		*reterr_text = "libjwt could not sign";
	jwt_free(jwt);
	ERR_clear_error();
	return token; /* malloc'ed: jwt_set_alloc is never called here */
}

char *
mint_token(struct slice private_pem, const char *claims_json, const char **reterr_text)
{
	const char *fault;

	if (private_pem.len == 0 || private_pem.len > MINT_MAX_PEM) {
		*reterr_text = "the key is empty or too large";
		return NULL;
	}
	fault = check_private_key(private_pem);
	if (fault != NULL) {
		*reterr_text = fault;
		return NULL;
	}
	return sign(private_pem, claims_json, reterr_text);
}
