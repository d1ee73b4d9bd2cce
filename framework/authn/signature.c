/*
 * RSA and ECDSA: digest with one kept context, verification with another. EdDSA hashes by itself
 * and goes through EVP_DigestVerify in one shot. The invariant: true only when OpenSSL said
 * exactly 1.
 */
#include "authn/signature.h"

#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

enum { ECDSA_MAX_DER = 3 + 2 * (3 + 67) }; /* SEQUENCE of two INTEGERs of P-521, with room */

static const unsigned char *
bytes_of(struct slice s)
{
	return (const unsigned char *)s.data;
}

/* PS*: MGF1 over the same digest and a salt of exactly its length (RFC 7518 §3.5). */
static bool
set_parameters(EVP_PKEY_CTX *ctx, const struct algorithm *algorithm, const EVP_MD *md)
{
	if (EVP_PKEY_verify_init(ctx) != 1)
		return false;
	if (algorithm->padding != 0 && EVP_PKEY_CTX_set_rsa_padding(ctx, algorithm->padding) != 1)
		return false;
	if (EVP_PKEY_CTX_set_signature_md(ctx, md) != 1)
		return false;
	if (algorithm->padding != RSA_PKCS1_PSS_PADDING)
		return true;
	return EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, md) == 1 &&
	       EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) == 1;
}

static bool
make_contexts(struct signature *signature, const struct algorithm *algorithm)
{
	EVP_MD *md;
	bool is_made;

	signature->digest_ctx = EVP_MD_CTX_new();
	if (signature->digest_ctx == NULL)
		return false;
	if (algorithm->digest == NULL)
		return true;
	md = EVP_MD_fetch(NULL, algorithm->digest, NULL);
	signature->pkey_ctx = EVP_PKEY_CTX_new(signature->key->pkey, NULL);
	is_made = md != NULL && signature->pkey_ctx != NULL &&
		  EVP_DigestInit_ex2(signature->digest_ctx, md, NULL) == 1 &&
		  set_parameters(signature->pkey_ctx, algorithm, md);
	EVP_MD_free(md);
	return is_made;
}

bool
signature_init(struct signature *signature, const struct key *key, enum algorithm_id id)
{
	const struct algorithm *algorithm = algorithm_get(id);

	*signature = (struct signature) { .key = key };
	if (id == ALGORITHM_UNKNOWN || key->pkey == NULL || key->kind != algorithm->key)
		return false;
	if (!make_contexts(signature, algorithm)) {
		signature_done(signature);
		ERR_clear_error();
		return false;
	}
	signature->algorithm = id;
	return true;
}

void
signature_done(struct signature *signature)
{
	EVP_PKEY_CTX_free(signature->pkey_ctx);
	EVP_MD_CTX_free(signature->digest_ctx);
	*signature = (struct signature) { .algorithm = ALGORITHM_UNKNOWN };
}

/* r and s of equal length (RFC 7518 §3.4) as the DER that OpenSSL wants; the length, or 0. */
static size_t
ecdsa_der(struct slice bytes, unsigned char ret_der[ECDSA_MAX_DER])
{
	size_t half = bytes.len / 2;
	BIGNUM *r = BN_bin2bn(bytes_of(bytes), (int)half, NULL);
	BIGNUM *s = BN_bin2bn(bytes_of(bytes) + half, (int)half, NULL);
	ECDSA_SIG *pair = ECDSA_SIG_new();
	int len = 0;

	if (r != NULL && s != NULL && pair != NULL && ECDSA_SIG_set0(pair, r, s) == 1) {
		r = s = NULL; /* now the pair's */
		len = i2d_ECDSA_SIG(pair, NULL);
		if (len > 0 && len <= ECDSA_MAX_DER)
			len = i2d_ECDSA_SIG(pair, &(unsigned char *) { ret_der });
		else
			len = 0;
	}
	ECDSA_SIG_free(pair);
	BN_free(r);
	BN_free(s);
	return len > 0 ? (size_t)len : 0;
}

static bool
verify_eddsa(struct signature *signature, struct slice message, struct slice bytes)
{
	EVP_MD_CTX *ctx = signature->digest_ctx;

	return EVP_MD_CTX_reset(ctx) == 1 &&
	       EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, signature->key->pkey) == 1 &&
	       EVP_DigestVerify(ctx, bytes_of(bytes), bytes.len, bytes_of(message), message.len) ==
		   1;
}

static bool
verify_digest(struct signature *signature, struct slice message, struct slice bytes)
{
	unsigned char digest[EVP_MAX_MD_SIZE], der[ECDSA_MAX_DER];
	EVP_MD_CTX *ctx = signature->digest_ctx;
	unsigned digest_len;

	if (signature->key->kind != KEY_RSA) {
		size_t der_len = ecdsa_der(bytes, der);

		if (der_len == 0)
			return false;
		bytes = slice_make((const char *)der, der_len);
	}
	return EVP_DigestInit_ex2(ctx, NULL, NULL) == 1 &&
	       EVP_DigestUpdate(ctx, message.data, message.len) == 1 &&
	       EVP_DigestFinal_ex(ctx, digest, &digest_len) == 1 &&
	       EVP_PKEY_verify(
		   signature->pkey_ctx, bytes_of(bytes), bytes.len, digest, digest_len) == 1;
}

bool
signature_verify(struct signature *signature, struct slice message, struct slice bytes)
{
	bool is_good;

	if (signature->algorithm == ALGORITHM_UNKNOWN || bytes.len != signature->key->signature_len)
		return false;
	if (signature->key->kind == KEY_ED25519)
		is_good = verify_eddsa(signature, message, bytes);
	else
		is_good = verify_digest(signature, message, bytes);
	if (!is_good)
		ERR_clear_error(); /* left behind, it would confuse whoever asks OpenSSL next */
	return is_good;
}
