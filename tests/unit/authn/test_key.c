/*
 * Keys: one PUBLIC KEY block of a kind and strength that may verify (SECURITY-REQUIREMENTS 1.8,
 * 2.1), and the table of algorithms.
 */
#include "authn/key.h"

#include <stdio.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "../core/rows.h"
#include "authn/roca.h"
#include "core/base64.h"
#include "issuer.h"

enum { ARENA_CEILING = 65536 };

static enum key_fault
parse(const char *pem, struct key *key)
{
	struct arena arena;
	enum key_fault fault;

	arena_init(&arena, 4096, ARENA_CEILING);
	fault = key_parse(slice_from(pem), &arena, key);
	arena_done(&arena);
	assert_int_equal(ERR_peek_error(), 0);
	return fault;
}

/* Keys made on the spot. */
struct kind_row {
	const char *name, *kind;
	enum key_fault fault;
	enum key_kind key_kind;
	size_t signature_len;
};

static const struct kind_row kind_rows[] = {
	{ "RSA of 2048 bits", "RSA", KEY_OK, KEY_RSA, 256 },
	{ "RSA of 3072 bits", "RSA-3072", KEY_OK, KEY_RSA, 384 },
	{ "P-256", "P-256", KEY_OK, KEY_P256, 64 },
	{ "P-384", "P-384", KEY_OK, KEY_P384, 96 },
	{ "P-521", "P-521", KEY_OK, KEY_P521, 132 },
	{ "Ed25519", "ED25519", KEY_OK, KEY_ED25519, 64 },
	{ "rsa_1024", "RSA-1024", KEY_WRONG_SIZE, KEY_NONE, 0 },
	{ "RSA with the PSS identifier", "RSA-PSS", KEY_WRONG_TYPE, KEY_NONE, 0 },
	{ "secp256k1", "secp256k1", KEY_WRONG_TYPE, KEY_NONE, 0 },
	{ "X25519, which can not sign", "X25519", KEY_WRONG_TYPE, KEY_NONE, 0 },
};

static void
made_key(void **state)
{
	const struct kind_row *row = *state;
	EVP_PKEY *pkey = issuer_key(row->kind);
	char *pem = issuer_public_pem(pkey);
	struct key key = { .pkey = NULL };

	assert_int_equal(parse(pem, &key), row->fault);
	assert_int_equal(key.pkey != NULL, row->fault == KEY_OK);
	assert_int_equal(key.kind, row->key_kind);
	assert_int_equal(key.signature_len, row->signature_len);
	key_done(&key);
	assert_null(key.pkey);
	free(pem);
	EVP_PKEY_free(pkey);
}

/* RSA keys of chosen numbers: no private half is needed. */
struct rsa_row {
	const char *name;
	const char *exponent; /* hex */
	int bits;
	bool is_even;
	enum key_fault fault;
};

#define E65537 "010001"

static const struct rsa_row rsa_rows[] = {
	{ "2048 bits", E65537, 2048, false, KEY_OK },
	{ "2047 bits", E65537, 2047, false, KEY_WRONG_SIZE },
	{ "8192 bits", E65537, 8192, false, KEY_OK },
	{ "8193 bits", E65537, 8193, false, KEY_WRONG_SIZE },
	{ "an even modulus", E65537, 2048, true, KEY_NOT_DER },
	{ "exponent_one", "01", 2048, false, KEY_WRONG_EXPONENT },
	{ "exponent three", "03", 2048, false, KEY_WRONG_EXPONENT },
	{ "exponent 65535", "FFFF", 2048, false, KEY_WRONG_EXPONENT },
	{ "exponent 65536", "010000", 2048, false, KEY_WRONG_EXPONENT },
	{ "exponent 65539", "010003", 2048, false, KEY_OK },
	{ "an even exponent above", "010002", 2048, false, KEY_WRONG_EXPONENT },
	{ "an exponent of 64 bits", "FFFFFFFFFFFFFFFF", 2048, false, KEY_OK },
	{ "an exponent of 65 bits", "010000000000000001", 2048, false, KEY_WRONG_EXPONENT },
};

static EVP_PKEY *
rsa_from(const BIGNUM *n, const BIGNUM *e)
{
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	EVP_PKEY *pkey = NULL;
	OSSL_PARAM *params;

	assert_int_equal(OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n), 1);
	assert_int_equal(OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e), 1);
	params = OSSL_PARAM_BLD_to_param(build);
	assert_int_equal(EVP_PKEY_fromdata_init(ctx), 1);
	assert_int_equal(EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params), 1);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	EVP_PKEY_CTX_free(ctx);
	return pkey;
}

static void
chosen_rsa(void **state)
{
	const struct rsa_row *row = *state;
	BIGNUM *n = BN_new(), *e = NULL;
	struct key key = { .pkey = NULL };
	EVP_PKEY *pkey;
	char *pem;

	assert_true(BN_hex2bn(&e, row->exponent) > 0);
	/* 2^(bits-1) + 1 is odd and no power of 65537 modulo the small primes. */
	assert_int_equal(BN_set_bit(n, row->bits - 1), 1);
	assert_int_equal(BN_add_word(n, row->is_even ? 2 : 1), 1);
	pkey = rsa_from(n, e);
	pem = issuer_public_pem(pkey);
	assert_int_equal(parse(pem, &key), row->fault);
	key_done(&key);
	free(pem);
	EVP_PKEY_free(pkey);
	BN_free(n);
	BN_free(e);
}

/*
 * A modulus that the faulty library could have made: 65537^a modulo the product of all the small
 * primes.
 */
static void
roca_fingerprint(void **state)
{
	static const unsigned primes[] = { 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53,
		59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139,
		149, 151, 157, 163, 167 };
	BIGNUM *m = BN_new(), *n = BN_new(), *e = BN_new(), *a = BN_new(), *shift = BN_new();
	BN_CTX *ctx = BN_CTX_new();
	struct key key = { .pkey = NULL };
	EVP_PKEY *pkey;

	(void)state;
	assert_int_equal(BN_set_word(m, 2), 1);
	for (size_t i = 0; i < COUNT_OF(primes); i++)
		assert_int_equal(BN_mul_word(m, primes[i]), 1);
	BN_set_word(e, 65537);
	BN_set_word(a, 12345);
	assert_int_equal(BN_mod_exp(n, e, a, m, ctx), 1);
	BN_set_bit(shift, 2047);
	/* n + k*m with 2048 bits: k = 2^2047 / m + 1 */
	assert_int_equal(BN_div(a, NULL, shift, m, ctx), 1);
	BN_add_word(a, 1);
	assert_int_equal(BN_mul(a, a, m, ctx), 1);
	assert_int_equal(BN_add(n, n, a), 1);
	assert_int_equal(BN_num_bits(n), 2048);
	assert_true(roca_is_suspect(n));
	pkey = rsa_from(n, e);
	assert_int_equal(key_check(pkey, &key), KEY_IS_ROCA);
	assert_int_equal(BN_add_word(n, 2), 1);
	assert_false(roca_is_suspect(n));
	EVP_PKEY_free(pkey);
	BN_free(m);
	BN_free(n);
	BN_free(e);
	BN_free(a);
	BN_free(shift);
	BN_CTX_free(ctx);
}

/* The text around a good key. `%s` stands for the base64 lines. */
#define BEGIN "-----BEGIN PUBLIC KEY-----\n"
#define END "-----END PUBLIC KEY-----\n"

struct text_row {
	const char *name, *format;
	enum key_fault fault;
};

static const struct text_row text_rows[] = {
	{ "one block", BEGIN "%s" END, KEY_OK },
	{ "white space around", " \r\n" BEGIN "%s" END "\n\t ", KEY_OK },
	{ "nothing", "", KEY_NOT_ONE_BLOCK },
	{ "white space alone", " \n", KEY_NOT_ONE_BLOCK },
	{ "no PEM", "%s", KEY_NOT_ONE_BLOCK },
	{ "two_blocks", BEGIN "%s" END BEGIN "%s" END, KEY_NOT_ONE_BLOCK },
	{ "text_before", "Bag Attributes\n" BEGIN "%s" END, KEY_NOT_ONE_BLOCK },
	{ "text_after", BEGIN "%s" END "hello", KEY_NOT_ONE_BLOCK },
	{ "a header in the block", BEGIN "Comment: x\n\n%s" END, KEY_NOT_ONE_BLOCK },
	{ "no end", BEGIN "%s", KEY_NOT_ONE_BLOCK },
	{ "an empty block", BEGIN END, KEY_NOT_DER },
	{ "another label", "-----BEGIN RSA PUBLIC KEY-----\n%s-----END RSA PUBLIC KEY-----\n",
	    KEY_NOT_ONE_BLOCK },
	{ "a certificate", "-----BEGIN CERTIFICATE-----\n%s-----END CERTIFICATE-----\n",
	    KEY_NOT_ONE_BLOCK },
	{ "private_pem by its label", "-----BEGIN PRIVATE KEY-----\n%s-----END PRIVATE KEY-----\n",
	    KEY_IS_PRIVATE },
	{ "private_pem behind the public one",
	    BEGIN "%s" END "-----BEGIN RSA PRIVATE KEY-----\n%s-----END RSA PRIVATE KEY-----\n",
	    KEY_IS_PRIVATE },
	{ "base64 that is no DER", BEGIN "AAAA\n" END, KEY_NOT_DER },
	{ "broken base64", BEGIN "%s*" END, KEY_NOT_ONE_BLOCK },
};

static char *
base64_lines(const char *pem)
{
	size_t len = strlen(pem) - strlen(BEGIN) - strlen(END);
	char *lines = calloc(1, len + 1);

	assert_non_null(lines);
	memcpy(lines, pem + strlen(BEGIN), len);
	return lines;
}

static void
pem_text(void **state)
{
	const struct text_row *row = *state;
	EVP_PKEY *pkey = issuer_key("P-256");
	char *pem = issuer_public_pem(pkey), *lines = base64_lines(pem), text[4096] = "";
	const char *at = row->format, *mark;
	struct key key = { .pkey = NULL };

	for (; (mark = strstr(at, "%s")) != NULL; at = mark + 2) {
		strncat(text, at, (size_t)(mark - at));
		strcat(text, lines);
	}
	strcat(text, at);
	assert_int_equal(parse(text, &key), row->fault);
	key_done(&key);
	free(lines);
	free(pem);
	EVP_PKEY_free(pkey);
}

static void
real_private_pems_are_refused_without_prompting(void **state)
{
	EVP_PKEY *pkey = issuer_key("P-256");
	char *plain = issuer_private_pem(pkey, NULL), *locked = issuer_private_pem(pkey, "secret");
	struct key key;

	(void)state;
	assert_int_equal(parse(plain, &key), KEY_IS_PRIVATE);
	assert_int_equal(parse(locked, &key), KEY_IS_PRIVATE);
	free(plain);
	free(locked);
	EVP_PKEY_free(pkey);
}

static char *
der_to_pem(const unsigned char *der, size_t len)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *data, *copy;
	long text_len;

	assert_true(PEM_write_bio(bio, "PUBLIC KEY", "", der, (long)len) > 0);
	text_len = BIO_get_mem_data(bio, &data);
	copy = calloc(1, (size_t)text_len + 1);
	assert_non_null(copy);
	memcpy(copy, data, (size_t)text_len);
	BIO_free(bio);
	return copy;
}

/* Changes the DER of a good P-256 key and expects a refusal. */
static void
expect_der_fault(void (*change)(unsigned char *der, size_t *len), enum key_fault fault)
{
	EVP_PKEY *pkey = issuer_key("P-256");
	unsigned char *der = NULL, room[256] = { 0 };
	int der_len = i2d_PUBKEY(pkey, &der);
	size_t len = (size_t)der_len;
	struct key key;
	char *pem;

	memcpy(room, der, len);
	change(room, &len);
	pem = der_to_pem(room, len);
	assert_int_equal(parse(pem, &key), fault);
	free(pem);
	OPENSSL_free(der);
	EVP_PKEY_free(pkey);
}

static void
append_byte(unsigned char *der, size_t *len)
{
	der[(*len)++] = 0;
}

static void
move_point(unsigned char *der, size_t *len)
{
	der[*len - 1] ^= 1;
}

static void
cut_point(unsigned char *der, size_t *len)
{
	(void)der;
	*len -= 1;
}

static void
bytes_behind_the_der(void **state)
{
	(void)state;
	expect_der_fault(append_byte, KEY_NOT_DER);
}

static void
invalid_point(void **state)
{
	(void)state;
	expect_der_fault(move_point, KEY_NOT_DER);
}

static void
der_cut_short(void **state)
{
	(void)state;
	expect_der_fault(cut_point, KEY_NOT_DER);
}

/* The same key with its point compressed, or its curve spelled out. */
static void
other_encodings_of_a_good_key(void **state)
{
	EVP_PKEY *pkey = issuer_key("P-256");
	struct key key;
	char *pem;

	(void)state;
	assert_int_equal(EVP_PKEY_set_utf8_string_param(
			     pkey, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "compressed"),
	    1);
	pem = issuer_public_pem(pkey);
	assert_int_equal(parse(pem, &key), KEY_WRONG_TYPE);
	free(pem);
	EVP_PKEY_free(pkey);

	pkey = issuer_key("P-256");
	assert_int_equal(
	    EVP_PKEY_set_utf8_string_param(pkey, OSSL_PKEY_PARAM_EC_ENCODING, "explicit"), 1);
	pem = issuer_public_pem(pkey);
	assert_int_equal(parse(pem, &key), KEY_WRONG_TYPE);
	free(pem);
	EVP_PKEY_free(pkey);
}

static void
a_pem_above_the_bound(void **state)
{
	char *text = malloc(KEY_MAX_PEM + 2);
	struct key key;

	(void)state;
	assert_non_null(text);
	memset(text, ' ', KEY_MAX_PEM + 1);
	text[KEY_MAX_PEM + 1] = '\0';
	assert_int_equal(parse(text, &key), KEY_NOT_ONE_BLOCK);
	free(text);
}

static void
an_arena_without_room(void **state)
{
	EVP_PKEY *pkey = issuer_key("P-256");
	char *pem = issuer_public_pem(pkey);
	struct arena arena;
	struct key key;

	(void)state;
	arena_init(&arena, 16, 16);
	assert_int_equal(key_parse(slice_from(pem), &arena, &key), KEY_REFUSED);
	arena_done(&arena);
	free(pem);
	EVP_PKEY_free(pkey);
}

static void
every_fault_has_a_text(void **state)
{
	(void)state;
	for (int fault = 0; fault < KEY_FAULT_COUNT; fault++)
		assert_true(strlen(key_fault_text((enum key_fault)fault)) > 5);
}

struct name_row {
	const char *name;
	enum algorithm_id id;
};

static const struct name_row name_rows[] = {
	{ "RS256", ALGORITHM_RS256 },
	{ "RS384", ALGORITHM_RS384 },
	{ "RS512", ALGORITHM_RS512 },
	{ "PS256", ALGORITHM_PS256 },
	{ "PS384", ALGORITHM_PS384 },
	{ "PS512", ALGORITHM_PS512 },
	{ "ES256", ALGORITHM_ES256 },
	{ "ES384", ALGORITHM_ES384 },
	{ "ES512", ALGORITHM_ES512 },
	{ "EdDSA", ALGORITHM_EDDSA },
	{ "", ALGORITHM_UNKNOWN },
	{ "none", ALGORITHM_UNKNOWN },
	{ "None", ALGORITHM_UNKNOWN },
	{ "NONE", ALGORITHM_UNKNOWN },
	{ "HS256", ALGORITHM_UNKNOWN },
	{ "HS384", ALGORITHM_UNKNOWN },
	{ "HS512", ALGORITHM_UNKNOWN },
	{ "rs256", ALGORITHM_UNKNOWN },
	{ "RS256 ", ALGORITHM_UNKNOWN },
	{ "RS2566", ALGORITHM_UNKNOWN },
	{ "RS25", ALGORITHM_UNKNOWN },
	{ "ES256K", ALGORITHM_UNKNOWN },
	{ "EDDSA", ALGORITHM_UNKNOWN },
};

static void
algorithm_by_name(void **state)
{
	const struct name_row *row = *state;

	assert_int_equal(algorithm_find(slice_from(row->name)), row->id);
	if (row->id != ALGORITHM_UNKNOWN)
		assert_string_equal(algorithm_get(row->id)->name, row->name);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(roca_fingerprint),
		cmocka_unit_test(real_private_pems_are_refused_without_prompting),
		cmocka_unit_test(bytes_behind_the_der),
		cmocka_unit_test(invalid_point),
		cmocka_unit_test(der_cut_short),
		cmocka_unit_test(other_encodings_of_a_good_key),
		cmocka_unit_test(a_pem_above_the_bound),
		cmocka_unit_test(an_arena_without_room),
		cmocka_unit_test(every_fault_has_a_text),
	};

	return RUN_ROWS(kind_rows, made_key) + RUN_ROWS(rsa_rows, chosen_rsa) +
	       RUN_ROWS(text_rows, pem_text) + RUN_ROWS(name_rows, algorithm_by_name) +
	       cmocka_run_group_tests(others, NULL, NULL);
}
