/* Makes keys and signs bytes with plain OpenSSL calls. */
#include "issuer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "core/base64.h"

/* EVP_PKEY_Q_keygen does not know this kind. */
static EVP_PKEY *
make_rsa_pss(void)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA-PSS", NULL);
	EVP_PKEY *pkey = NULL;

	assert_int_equal(EVP_PKEY_keygen_init(ctx), 1);
	assert_int_equal(EVP_PKEY_generate(ctx, &pkey), 1);
	EVP_PKEY_CTX_free(ctx);
	return pkey;
}

EVP_PKEY *
issuer_key(const char *kind)
{
	EVP_PKEY *pkey;

	if (strcmp(kind, "RSA") == 0)
		pkey = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
	else if (strcmp(kind, "RSA-1024") == 0)
		pkey = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024);
	else if (strcmp(kind, "RSA-3072") == 0)
		pkey = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)3072);
	else if (strcmp(kind, "RSA-PSS") == 0)
		pkey = make_rsa_pss();
	else if (strcmp(kind, "ED25519") == 0 || strcmp(kind, "X25519") == 0)
		pkey = EVP_PKEY_Q_keygen(NULL, NULL, kind);
	else
		pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", kind);
	assert_non_null(pkey);
	return pkey;
}

static char *
bio_text(BIO *bio)
{
	char *data, *copy;
	long len = BIO_get_mem_data(bio, &data);

	copy = calloc(1, (size_t)len + 1);
	assert_non_null(copy);
	memcpy(copy, data, (size_t)len);
	BIO_free(bio);
	return copy;
}

char *
issuer_public_pem(EVP_PKEY *pkey)
{
	BIO *bio = BIO_new(BIO_s_mem());

	assert_int_equal(PEM_write_bio_PUBKEY(bio, pkey), 1);
	return bio_text(bio);
}

char *
issuer_private_pem(EVP_PKEY *pkey, const char *passphrase)
{
	BIO *bio = BIO_new(BIO_s_mem());
	const EVP_CIPHER *cipher = passphrase == NULL ? NULL : EVP_aes_128_cbc();

	assert_int_equal(PEM_write_bio_PKCS8PrivateKey(bio, pkey, cipher, passphrase,
			     passphrase == NULL ? 0 : (int)strlen(passphrase), NULL, NULL),
	    1);
	return bio_text(bio);
}

char *
issuer_base64url(struct slice bytes)
{
	char *text = malloc(BASE64_ENCODED_SIZE(bytes.len));

	assert_non_null(text);
	(void)base64url_encode(bytes.data, bytes.len, text);
	return text;
}

static char *
join(const char *first, const char *second)
{
	char *text;

	assert_true(asprintf(&text, "%s.%s", first, second) > 0);
	return text;
}

static char *
signing_input(struct slice header, struct slice payload)
{
	char *first = issuer_base64url(header), *second = issuer_base64url(payload);
	char *input = join(first, second);

	free(first);
	free(second);
	return input;
}

static const char *
digest_of(const char *alg)
{
	if (strcmp(alg, "EdDSA") == 0)
		return NULL;
	return strcmp(alg + 2, "256") == 0   ? "SHA256"
	       : strcmp(alg + 2, "384") == 0 ? "SHA384"
					     : "SHA512";
}

/* DER to r and s side by side. */
static size_t
concatenate(EVP_PKEY *pkey, unsigned char *bytes, size_t len)
{
	const unsigned char *at = bytes;
	ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &at, (long)len);
	int half = (EVP_PKEY_get_bits(pkey) + 7) / 8;

	assert_non_null(pair);
	assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(pair), bytes, half), half);
	assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(pair), bytes + half, half), half);
	ECDSA_SIG_free(pair);
	return 2 * (size_t)half;
}

char *
issuer_sign(EVP_PKEY *pkey, const char *alg, struct slice header, struct slice payload)
{
	char *input = signing_input(header, payload), *segment, *token;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx;
	unsigned char bytes[2048];
	size_t len = sizeof(bytes);

	assert_int_equal(
	    EVP_DigestSignInit_ex(ctx, &pctx, digest_of(alg), NULL, NULL, pkey, NULL), 1);
	if (alg[0] == 'P') {
		assert_true(EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING) > 0);
		assert_true(EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, RSA_PSS_SALTLEN_DIGEST) > 0);
	}
	assert_int_equal(
	    EVP_DigestSign(ctx, bytes, &len, (const unsigned char *)input, strlen(input)), 1);
	if (EVP_PKEY_is_a(pkey, "EC"))
		len = concatenate(pkey, bytes, len);
	segment = issuer_base64url(slice_make((const char *)bytes, len));
	token = join(input, segment);
	EVP_MD_CTX_free(ctx);
	free(segment);
	free(input);
	return token;
}

char *
issuer_sign_hmac(struct slice hmac_key, struct slice header, struct slice payload)
{
	char *input = signing_input(header, payload), *segment, *token;
	unsigned char bytes[EVP_MAX_MD_SIZE];
	unsigned len;

	assert_non_null(HMAC(EVP_sha256(), hmac_key.data, (int)hmac_key.len,
	    (const unsigned char *)input, strlen(input), bytes, &len));
	segment = issuer_base64url(slice_make((const char *)bytes, len));
	token = join(input, segment);
	free(segment);
	free(input);
	return token;
}
