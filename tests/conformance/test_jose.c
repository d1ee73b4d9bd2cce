/*
 * The Wycheproof vectors for JOSE against the JWS layer: bytes in, verified payload bytes out.
 * Their payloads are no JSON, so a whole token verifier would refuse all of them and prove
 * nothing.
 *
 * Labels are corrected by expected-deviations.json (why is said there). HMAC is not offered, so
 * vectors of HS* must be refused whatever their label. Every vector is counted: a group that is
 * not run makes the test fail.
 *
 * The data is looked for in $POSTERN_SHARED/jose, else in $srcdir/../shared/jose. Without it
 * every case is skipped, and said so.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <jansson.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include "authn/jws.h"
#include "core/base64.h"

enum { ARENA_CEILING = 4 << 20, MAX_NUMBER = 2048 };

static char folder[4096];

static json_t *
load(const char *name)
{
	char path[4608];
	json_error_t error;
	json_t *json;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	json = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	if (json == NULL)
		fail_msg("%s:%d: %s", path, error.line, error.text);
	return json;
}

static const char *
text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text == NULL ? "" : text;
}

/* JWK to key: what a key set's rules would say of a single key (SECURITY-REQUIREMENTS 2.4). */

static BIGNUM *
number_of(const json_t *jwk, const char *name, size_t exact_len)
{
	unsigned char bytes[BASE64_DECODED_SIZE(MAX_NUMBER)];
	struct slice text = slice_from(text_of(jwk, name));
	size_t len;

	if (text.len == 0 || text.len > MAX_NUMBER || !base64url_decode(text, bytes, &len) ||
	    (exact_len > 0 && len != exact_len))
		return NULL;
	return BN_bin2bn(bytes, (int)len, NULL);
}

static EVP_PKEY *
pkey_from(const char *type, OSSL_PARAM_BLD *build)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
	EVP_PKEY *pkey = NULL;

	if (EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
		pkey = NULL;
	OSSL_PARAM_free(params);
	EVP_PKEY_CTX_free(ctx);
	return pkey;
}

static EVP_PKEY *
rsa_from(const json_t *jwk)
{
	BIGNUM *n = number_of(jwk, "n", 0), *e = number_of(jwk, "e", 0);
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY *pkey = NULL;

	if (n != NULL && e != NULL &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e) == 1)
		pkey = pkey_from("RSA", build);
	OSSL_PARAM_BLD_free(build);
	BN_free(n);
	BN_free(e);
	return pkey;
}

static EVP_PKEY *
ec_from(const json_t *jwk)
{
	const char *curve = text_of(jwk, "crv");
	int len = strcmp(curve, "P-256") == 0   ? 32
		  : strcmp(curve, "P-384") == 0 ? 48
		  : strcmp(curve, "P-521") == 0 ? 66
						: 0;
	BIGNUM *x = number_of(jwk, "x", (size_t)len), *y = number_of(jwk, "y", (size_t)len);
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	unsigned char point[1 + 2 * 66] = { 4 };
	EVP_PKEY *pkey = NULL;

	if (len > 0 && x != NULL && y != NULL) {
		assert_int_equal(BN_bn2binpad(x, point + 1, len), len);
		assert_int_equal(BN_bn2binpad(y, point + 1 + len, len), len);
		if (OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, curve, 0) ==
			1 &&
		    OSSL_PARAM_BLD_push_octet_string(
			build, OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * (size_t)len) == 1)
			pkey = pkey_from("EC", build);
	}
	OSSL_PARAM_BLD_free(build);
	BN_free(x);
	BN_free(y);
	return pkey;
}

static bool
may_verify(const json_t *jwk)
{
	const json_t *operations = json_object_get(jwk, "key_ops");
	bool is_listed = operations == NULL;

	for (size_t i = 0; i < json_array_size(operations); i++)
		if (strcmp(json_string_value(json_array_get(operations, i)), "verify") == 0)
			is_listed = true;
	return is_listed &&
	       (json_object_get(jwk, "use") == NULL || strcmp(text_of(jwk, "use"), "sig") == 0);
}

/*
 * A verifier of what the key itself says, or of RS256 alone. One without a key when the key is
 * unusable: it must then refuse everything.
 */
static void
make_verifier(struct jws_verifier *verifier, const json_t *jwk, bool rs256_only)
{
	const char *kty = text_of(jwk, "kty");
	struct slice alg = slice_from(text_of(jwk, "alg"));
	struct key key = { .pkey = NULL };
	EVP_PKEY *pkey = NULL;

	if (may_verify(jwk) && strcmp(kty, "RSA") == 0)
		pkey = rsa_from(jwk);
	else if (may_verify(jwk) && strcmp(kty, "EC") == 0)
		pkey = ec_from(jwk);
	if (pkey != NULL && key_check(pkey, &key) != KEY_OK)
		key.pkey = NULL;
	EVP_PKEY_free(pkey);
	jws_verifier_init(verifier, &key);
	for (int id = ALGORITHM_UNKNOWN + 1; id < ALGORITHM_COUNT; id++) {
		bool is_named =
		    alg.len == 0 || slice_is(alg, algorithm_get((enum algorithm_id)id)->name);

		if (is_named && (!rs256_only || id == ALGORITHM_RS256))
			(void)!jws_verifier_allow(verifier, (enum algorithm_id)id);
	}
}

static bool
accepts(struct jws_verifier *verifier, const char *token)
{
	struct jose_header header;
	struct arena arena;
	struct jws jws;
	bool is_accepted;

	arena_init(&arena, 16384, ARENA_CEILING);
	is_accepted = jws_split(slice_from(token), &arena, &jws) &&
		      jws_verify(verifier, &jws, &arena, &header) == AUTHN_OK;
	arena_done(&arena);
	return is_accepted;
}

/* What the label should have been. */
static bool
is_valid(const json_t *deviations, const json_t *test)
{
	json_int_t id = json_integer_value(json_object_get(test, "tcId"));

	for (size_t i = 0; i < json_array_size(deviations); i++) {
		const json_t *deviation = json_array_get(deviations, i);

		if (json_integer_value(json_object_get(deviation, "tcId")) == id) {
			assert_string_equal(text_of(deviation, "label"), text_of(test, "result"));
			return strcmp(text_of(deviation, "strict"), "valid") == 0;
		}
	}
	return strcmp(text_of(test, "result"), "valid") == 0;
}

/* What there is in a file by its README, and what of it this version does not run. */
struct jws_row {
	const char *name, *file;
	size_t executed, sets, encrypted; /* encrypted: JWE, none of a verifier's business */
	bool rs256_only;
	size_t accepted; /* of those executed */
};

static const struct jws_row jws_rows[] = {
	{ "json_web_signature, each group's algorithm", "json_web_signature_test.json", 401, 0, 0,
	    false, 32 },
	{ "json_web_signature, RS256 alone", "json_web_signature_test.json", 401, 0, 0, true, 8 },
	{ "json_web_key, each group's algorithm", "json_web_key_test.json", 22, 4, 0, false, 1 },
	{ "json_web_key, RS256 alone", "json_web_key_test.json", 22, 4, 0, true, 1 },
	{ "json_web_crypto, each group's algorithm", "json_web_crypto_test.json", 46, 3, 34, false,
	    2 },
	{ "json_web_crypto, RS256 alone", "json_web_crypto_test.json", 46, 3, 34, true, 1 },
};

struct counts {
	size_t executed, accepted, acceptable, sets, encrypted, weak, wrong;
};

static void
run_case(
    struct jws_verifier *verifier, const json_t *test, bool should_accept, struct counts *counts)
{
	bool is_accepted = accepts(verifier, text_of(test, "jws"));

	counts->executed++;
	counts->accepted += is_accepted;
	if (is_accepted != should_accept) {
		counts->wrong++;
		print_error("tcId %d (%s): %s\n",
		    (int)json_integer_value(json_object_get(test, "tcId")),
		    text_of(test, "comment"), is_accepted ? "accepted" : "refused");
	}
}

static void
run_group(
    const struct jws_row *row, const json_t *group, const json_t *deviations, struct counts *counts)
{
	const json_t *key = json_object_get(group, "public");
	const json_t *tests = json_object_get(group, "tests"), *keys;
	struct jws_verifier verifier;
	bool is_offered;

	if (key == NULL)
		key = json_object_get(group, "private");
	keys = json_object_get(key, "keys");
	if (json_array_size(keys) == 1)
		key = json_array_get(keys, 0);
	is_offered = strcmp(text_of(key, "kty"), "oct") != 0 &&
		     (!row->rs256_only || strcmp(text_of(key, "alg"), "RS256") == 0);
	make_verifier(&verifier, key, row->rs256_only);
	for (size_t i = 0; i < json_array_size(tests); i++) {
		const json_t *test = json_array_get(tests, i);

		if (json_object_get(test, "jws") == NULL)
			counts->encrypted++;
		else if (json_array_size(keys) > 1)
			counts->sets++;
		else
			run_case(&verifier, test, is_offered && is_valid(deviations, test), counts);
	}
	jws_verifier_done(&verifier);
}

static void
jws_file(void **state)
{
	const struct jws_row *row = *state;
	json_t *file, *all_deviations;
	const json_t *groups;
	struct counts counts = { .executed = 0 };

	if (folder[0] == '\0') {
		print_message("skipped: %zu cases of %s, the test vectors are not here\n",
		    row->executed + row->sets, row->file);
		skip();
	}
	file = load(row->file);
	all_deviations = load("expected-deviations.json");
	groups = json_object_get(file, "testGroups");
	for (size_t i = 0; i < json_array_size(groups); i++)
		run_group(row, json_array_get(groups, i),
		    json_object_get(all_deviations, row->file), &counts);
	if (counts.sets > 0)
		print_message(
		    "skipped: %zu cases of %s, they choose a key from a set and this version "
		    "is given one PEM\n",
		    counts.sets, row->file);
	assert_int_equal(counts.wrong, 0);
	assert_int_equal(counts.executed, row->executed);
	assert_int_equal(counts.accepted, row->accepted);
	assert_int_equal(counts.sets, row->sets);
	assert_int_equal(counts.encrypted, row->encrypted);
	assert_int_equal(counts.executed + counts.sets + counts.encrypted,
	    json_integer_value(json_object_get(file, "numberOfTests")));
	json_decref(file);
	json_decref(all_deviations);
}

/*
 * Raw signatures: message and signature as hex, keys as PEM, so that these pass through the
 * reader of PEM too.
 */
struct raw_row {
	const char *name, *file;
	enum algorithm_id algorithm;
	size_t executed, valid, acceptable;
	size_t weak; /* of the valid ones: their key is refused, which refuses them */
};

static const struct raw_row raw_rows[] = {
	{ "RS256", "rsa_signature_2048_sha256_test.json", ALGORITHM_RS256, 259, 9, 1, 2 },
	{ "PS256", "rsa_pss_2048_sha256_mgf1_32_test.json", ALGORITHM_PS256, 108, 63, 0, 0 },
	{ "ES256", "ecdsa_secp256r1_sha256_p1363_test.json", ALGORITHM_ES256, 262, 173, 0, 0 },
	{ "ES384", "ecdsa_secp384r1_sha384_p1363_test.json", ALGORITHM_ES384, 280, 193, 0, 0 },
	{ "ES512", "ecdsa_secp521r1_sha512_p1363_test.json", ALGORITHM_ES512, 318, 231, 0, 0 },
	{ "EdDSA", "ed25519_test.json", ALGORITHM_EDDSA, 151, 88, 0, 0 },
};

static struct slice
unhex(const char *text, struct arena *arena)
{
	size_t len = strlen(text) / 2;
	char *bytes = arena_alloc(arena, len);

	assert_non_null(bytes);
	for (size_t i = 0; i < len; i++) {
		const char digits[3] = { text[2 * i], text[2 * i + 1], '\0' };

		bytes[i] = (char)strtoul(digits, NULL, 16);
	}
	return slice_make(bytes, len);
}

static void
run_raw(struct signature *signature, const json_t *test, struct counts *counts)
{
	const char *label = text_of(test, "result");
	struct arena arena;
	bool is_weak = signature->algorithm == ALGORITHM_UNKNOWN, is_accepted;

	arena_init(&arena, 16384, ARENA_CEILING);
	is_accepted = signature_verify(
	    signature, unhex(text_of(test, "msg"), &arena), unhex(text_of(test, "sig"), &arena));
	arena_done(&arena);
	counts->executed++;
	if (strcmp(label, "acceptable") == 0) {
		counts->acceptable++;
		return;
	}
	counts->accepted += is_accepted;
	counts->weak += is_weak && strcmp(label, "valid") == 0;
	if (is_accepted != (!is_weak && strcmp(label, "valid") == 0)) {
		counts->wrong++;
		print_error("tcId %d (%s): %s\n",
		    (int)json_integer_value(json_object_get(test, "tcId")),
		    text_of(test, "comment"), is_accepted ? "accepted" : "refused");
	}
}

static void
raw_group(const json_t *group, enum algorithm_id algorithm, struct counts *counts)
{
	const json_t *tests = json_object_get(group, "tests");
	struct key key = { .pkey = NULL };
	struct signature signature;
	enum key_fault fault;
	struct arena arena;

	arena_init(&arena, 16384, ARENA_CEILING);
	fault = key_parse(slice_from(text_of(group, "publicKeyPem")), &arena, &key);
	arena_done(&arena);
	assert_true(fault == KEY_OK || fault == KEY_WRONG_EXPONENT); /* two groups have e = 3 */
	assert_int_equal(signature_init(&signature, &key, algorithm), fault == KEY_OK);
	for (size_t i = 0; i < json_array_size(tests); i++)
		run_raw(&signature, json_array_get(tests, i), counts);
	signature_done(&signature);
	key_done(&key);
}

static void
raw_file(void **state)
{
	const struct raw_row *row = *state;
	struct counts counts = { .executed = 0 };
	const json_t *groups;
	json_t *file;

	if (folder[0] == '\0') {
		print_message("skipped: %zu cases of %s, the test vectors are not here\n",
		    row->executed, row->file);
		skip();
	}
	file = load(row->file);
	groups = json_object_get(file, "testGroups");
	for (size_t i = 0; i < json_array_size(groups); i++)
		raw_group(json_array_get(groups, i), row->algorithm, &counts);
	assert_int_equal(counts.wrong, 0);
	assert_int_equal(counts.executed, row->executed);
	assert_int_equal(counts.accepted + counts.weak, row->valid);
	assert_int_equal(counts.weak, row->weak);
	assert_int_equal(counts.acceptable, row->acceptable);
	json_decref(file);
}

/* Leaves `folder` empty when the data is not there. */
static void
find_folder(void)
{
	const char *shared = getenv("POSTERN_SHARED"), *srcdir = getenv("srcdir");
	char probe[4608];

	if (shared != NULL)
		(void)snprintf(folder, sizeof(folder), "%s/jose", shared);
	else
		(void)snprintf(
		    folder, sizeof(folder), "%s/../shared/jose", srcdir == NULL ? "." : srcdir);
	(void)snprintf(probe, sizeof(probe), "%s/json_web_signature_test.json", folder);
	if (access(probe, R_OK) != 0)
		folder[0] = '\0';
}

int
main(void)
{
	struct CMUnitTest tests[COUNT_OF(jws_rows) + COUNT_OF(raw_rows)];
	size_t count = 0;

	find_folder();
	for (size_t i = 0; i < COUNT_OF(jws_rows); i++)
		tests[count++] = (struct CMUnitTest) { jws_rows[i].name, jws_file, NULL, NULL,
			(void *)(uintptr_t)&jws_rows[i] };
	for (size_t i = 0; i < COUNT_OF(raw_rows); i++)
		tests[count++] = (struct CMUnitTest) { raw_rows[i].name, raw_file, NULL, NULL,
			(void *)(uintptr_t)&raw_rows[i] };
	return cmocka_run_group_tests_name("jose", tests, NULL, NULL);
}
