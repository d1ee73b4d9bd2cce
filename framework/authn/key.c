/*
 * PEM to checked key. Everything that a weak or mistaken key could do is decided here, before the
 * first request; afterwards a struct key is a key that may be trusted to verify.
 */
#include "authn/key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include "authn/roca.h"
#include "core/base64.h"

static const char *const fault_texts[KEY_FAULT_COUNT] = {
	[KEY_REFUSED] = "could not be read",
	[KEY_OK] = "is good",
	[KEY_NOT_ONE_BLOCK] = "expected one PEM block \"PUBLIC KEY\" and nothing else",
	[KEY_IS_PRIVATE] = "expected a public key, this is a private one: it must not be here",
	[KEY_NOT_DER] =
	    "expected a DER SubjectPublicKeyInfo (EC: a point on its curve) in the block",
	[KEY_WRONG_TYPE] =
	    "expected RSA, Ed25519 or EC on P-256, P-384, P-521 (named, uncompressed)",
	[KEY_WRONG_SIZE] = "expected an RSA modulus of 2048 to 8192 bits",
	[KEY_WRONG_EXPONENT] = "expected an odd RSA exponent of at least 65537",
	[KEY_IS_ROCA] = "the RSA modulus has the ROCA fingerprint (CVE-2017-15361): make a new key",
	[KEY_NOT_ON_CURVE] = "the EC point is not on its curve",
};

const char *
key_fault_text(enum key_fault fault)
{
	return fault_texts[fault];
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct slice
trim(struct slice s)
{
	while (s.len > 0 && is_space(s.data[0]))
		s = slice_skip(s, 1);
	while (s.len > 0 && is_space(s.data[s.len - 1]))
		s.len--;
	return s;
}

/*
 * What stands between the two boundary lines. A second block fails in the decoder: '-' is not
 * base64.
 */
static enum key_fault
find_block(struct slice pem, struct slice *ret_base64)
{
	static const struct slice begin = SLICE("-----BEGIN PUBLIC KEY-----");
	static const struct slice end = SLICE("-----END PUBLIC KEY-----");
	struct slice text = trim(pem);

	if (text.len == 0)
		return KEY_NOT_ONE_BLOCK;
	if (memmem(text.data, text.len, "PRIVATE KEY", 11) != NULL)
		return KEY_IS_PRIVATE;
	if (text.len < begin.len + end.len || !slice_starts(text, begin) ||
	    !slice_equal(slice_skip(text, text.len - end.len), end))
		return KEY_NOT_ONE_BLOCK;
	*ret_base64 = slice_make(text.data + begin.len, text.len - begin.len - end.len);
	return KEY_OK;
}

static enum key_fault
check_rsa(EVP_PKEY *pkey)
{
	enum key_fault fault = KEY_REFUSED;
	BIGNUM *n = NULL, *e = NULL;

	if (EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_N, &n) != 1 ||
	    EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &e) != 1)
		fault = KEY_REFUSED;
	else if (BN_num_bits(n) < KEY_RSA_MIN_BITS || BN_num_bits(n) > KEY_RSA_MAX_BITS)
		fault = KEY_WRONG_SIZE;
	else if (!BN_is_odd(e) || BN_num_bits(e) > KEY_RSA_MAX_EXPONENT_BITS ||
		 BN_get_word(e) < KEY_RSA_MIN_EXPONENT)
		fault = KEY_WRONG_EXPONENT;
	else if (!BN_is_odd(n))
		fault = KEY_NOT_DER;
	else if (roca_is_suspect(n))
		fault = KEY_IS_ROCA;
	else
		fault = KEY_OK;
	BN_free(n);
	BN_free(e);
	return fault;
}

static bool
param_is(EVP_PKEY *pkey, const char *name, const char *expected)
{
	char text[32];
	size_t len;

	return EVP_PKEY_get_utf8_string_param(pkey, name, text, sizeof(text), &len) == 1 &&
	       strcmp(text, expected) == 0;
}

static enum key_kind
ec_kind(EVP_PKEY *pkey)
{
	if (param_is(pkey, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1"))
		return KEY_P256;
	if (param_is(pkey, OSSL_PKEY_PARAM_GROUP_NAME, "secp384r1"))
		return KEY_P384;
	if (param_is(pkey, OSSL_PKEY_PARAM_GROUP_NAME, "secp521r1"))
		return KEY_P521;
	return KEY_NONE;
}

/*
 * Curve parameters spelled out are refused even when they match a named curve (CVE-2020-0601 is
 * what trusting them leads to); so are compressed points, whose second coordinate is not there.
 */
static enum key_fault
check_ec(EVP_PKEY *pkey)
{
	int is_explicit = 0;
	EVP_PKEY_CTX *ctx;
	bool is_good;

	if (EVP_PKEY_get_int_param(
		pkey, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &is_explicit) == 1 &&
	    is_explicit != 0)
		return KEY_WRONG_TYPE;
	if (ec_kind(pkey) == KEY_NONE || !param_is(pkey, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
					     OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_UNCOMPRESSED))
		return KEY_WRONG_TYPE;
	ctx = EVP_PKEY_CTX_new(pkey, NULL);
	is_good = ctx != NULL && EVP_PKEY_public_check(ctx) == 1;
	EVP_PKEY_CTX_free(ctx);
	return is_good ? KEY_OK : KEY_NOT_ON_CURVE;
}

static enum key_fault
check_pkey(EVP_PKEY *pkey, struct key *key)
{
	enum key_fault fault;

	if (EVP_PKEY_is_a(pkey, "RSA")) {
		key->kind = KEY_RSA;
		key->signature_len = (size_t)EVP_PKEY_get_size(pkey);
		return check_rsa(pkey);
	}
	if (EVP_PKEY_is_a(pkey, "ED25519")) {
		key->kind = KEY_ED25519;
		key->signature_len = 64;
		return KEY_OK;
	}
	if (!EVP_PKEY_is_a(pkey, "EC"))
		return KEY_WRONG_TYPE;
	fault = check_ec(pkey);
	key->kind = ec_kind(pkey);
	key->signature_len = 2 * (((size_t)EVP_PKEY_get_bits(pkey) + 7) / 8);
	return fault;
}

enum key_fault
key_check(EVP_PKEY *pkey, struct key *ret_key)
{
	struct key key = { .pkey = pkey };
	enum key_fault fault = check_pkey(pkey, &key);

	ERR_clear_error();
	if (fault != KEY_OK)
		return fault;
	if (EVP_PKEY_up_ref(pkey) != 1)
		return KEY_REFUSED;
	*ret_key = key;
	return KEY_OK;
}

/*
 * Whether encoding the key again gives the same bytes: one DER value, nothing behind it, no other
 * spelling.
 */
static bool
is_canonical(EVP_PKEY *pkey, const unsigned char *der, size_t der_len)
{
	unsigned char *again = NULL;
	int len = i2d_PUBKEY(pkey, &again);
	bool is_same = len > 0 && (size_t)len == der_len && memcmp(again, der, der_len) == 0;

	OPENSSL_free(again);
	return is_same;
}

static enum key_fault
parse_der(const unsigned char *der, size_t der_len, struct key *ret_key)
{
	const unsigned char *at = der;
	EVP_PKEY *pkey = d2i_PUBKEY(NULL, &at, (long)der_len);
	enum key_fault fault = KEY_NOT_DER;

	if (pkey != NULL) {
		fault = key_check(pkey, ret_key);
		if (fault == KEY_OK && !is_canonical(pkey, der, der_len)) {
			key_done(ret_key);
			fault = KEY_NOT_DER;
		}
	}
	EVP_PKEY_free(pkey);
	ERR_clear_error();
	return fault;
}

enum key_fault
key_parse(struct slice pem, struct arena *arena, struct key *ret_key)
{
	struct arena_mark mark = arena_mark(arena);
	struct slice base64 = SLICE("");
	enum key_fault fault;
	unsigned char *der;
	size_t der_len;

	if (pem.len > KEY_MAX_PEM)
		return KEY_NOT_ONE_BLOCK;
	fault = find_block(pem, &base64);
	if (fault != KEY_OK)
		return fault;
	der = arena_alloc(arena, BASE64_DECODED_SIZE(base64.len));
	if (der == NULL)
		return KEY_REFUSED;
	if (!base64_decode(base64, der, &der_len))
		fault = KEY_NOT_ONE_BLOCK;
	else
		fault = parse_der(der, der_len, ret_key);
	arena_rollback(arena, mark);
	return fault;
}

void
key_done(struct key *key)
{
	EVP_PKEY_free(key->pkey);
	*key = (struct key) { .pkey = NULL };
}
