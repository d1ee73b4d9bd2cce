/*
 * The JWS layer: shape, header, key, signature (SECURITY-REQUIREMENTS 1.3 to 1.8), with payloads
 * that need be no claims.
 */
#include "authn/jws.h"

#include <stdio.h>

#include <openssl/err.h>

#include "../core/rows.h"
#include "issuer.h"

enum { ARENA_CEILING = 1 << 20 };

/*
 * What the header must say. Every row is signed correctly, so that only the header can be the
 * cause.
 */
struct header_row {
	const char *name;
	struct slice header;
	enum authn_result result;
	enum jose_typ typ;
};

#define RS(rest) SLICE("{\"alg\":\"RS256\"" rest "}")

static const struct header_row header_rows[] = {
	{ "alg alone", RS(""), AUTHN_OK, JOSE_TYP_NONE },
	{ "typ JWT", RS(",\"typ\":\"JWT\""), AUTHN_OK, JOSE_TYP_JWT },
	{ "typ jwt", RS(",\"typ\":\"jwt\""), AUTHN_OK, JOSE_TYP_RELATED },
	{ "typ at+jwt", RS(",\"typ\":\"at+jwt\""), AUTHN_OK, JOSE_TYP_RELATED },
	{ "typ AT+JWT", RS(",\"typ\":\"AT+JWT\""), AUTHN_OK, JOSE_TYP_RELATED },
	{ "typ application/at+jwt", RS(",\"typ\":\"application/at+jwt\""), AUTHN_OK,
	    JOSE_TYP_RELATED },
	{ "typ Application/JWT", RS(",\"typ\":\"Application/JWT\""), AUTHN_OK, JOSE_TYP_RELATED },
	{ "typ JOSE", RS(",\"typ\":\"JOSE\""), AUTHN_BAD_HEADER, 0 },
	{ "typ dpop+jwt", RS(",\"typ\":\"dpop+jwt\""), AUTHN_BAD_HEADER, 0 },
	{ "typ empty", RS(",\"typ\":\"\""), AUTHN_BAD_HEADER, 0 },
	{ "typ application/ alone", RS(",\"typ\":\"application/\""), AUTHN_BAD_HEADER, 0 },
	{ "typ twice application/", RS(",\"typ\":\"application/application/jwt\""),
	    AUTHN_BAD_HEADER, 0 },
	{ "typ_number", RS(",\"typ\":1"), AUTHN_BAD_HEADER, 0 },
	{ "typ_null", RS(",\"typ\":null"), AUTHN_BAD_HEADER, 0 },
	{ "an unknown member", RS(",\"hello\":{}"), AUTHN_OK, JOSE_TYP_NONE },
	{ "a kid that is a number", RS(",\"kid\":1"), AUTHN_BAD_HEADER, 0 },
	{ "a kid that is null", RS(",\"kid\":null"), AUTHN_BAD_HEADER, 0 },
	{ "a kid that is a list", RS(",\"kid\":[\"a\"]"), AUTHN_BAD_HEADER, 0 },
	{ "kid is not looked at", RS(",\"kid\":\"../../etc/passwd\""), AUTHN_OK, JOSE_TYP_NONE },
	{ "crit", RS(",\"crit\":[\"exp\"],\"exp\":1"), AUTHN_BAD_HEADER, 0 },
	{ "crit empty", RS(",\"crit\":[]"), AUTHN_BAD_HEADER, 0 },
	{ "crit null", RS(",\"crit\":null"), AUTHN_BAD_HEADER, 0 },
	{ "b64_false", RS(",\"b64\":false"), AUTHN_BAD_HEADER, 0 },
	{ "b64_false with crit", RS(",\"b64\":false,\"crit\":[\"b64\"]"), AUTHN_BAD_HEADER, 0 },
	{ "b64_string", RS(",\"b64\":\"false\""), AUTHN_BAD_HEADER, 0 },
	{ "b64 true changes nothing", RS(",\"b64\":true"), AUTHN_OK, JOSE_TYP_NONE },
	{ "jwk_in_header", RS(",\"jwk\":{\"kty\":\"RSA\",\"n\":\"AQ\",\"e\":\"AQAB\"}"),
	    AUTHN_BAD_HEADER, 0 },
	{ "jku_in_header", RS(",\"jku\":\"https://attacker.example/jwks\""), AUTHN_BAD_HEADER, 0 },
	{ "x5u_in_header", RS(",\"x5u\":\"https://attacker.example/cert\""), AUTHN_BAD_HEADER, 0 },
	{ "x5c_in_header", RS(",\"x5c\":[]"), AUTHN_BAD_HEADER, 0 },
	{ "x5t_in_header", RS(",\"x5t\":\"AA\""), AUTHN_BAD_HEADER, 0 },
	{ "x5t#S256_in_header", RS(",\"x5t#S256\":\"AA\""), AUTHN_BAD_HEADER, 0 },
	{ "no alg", SLICE("{}"), AUTHN_BAD_ALGORITHM, 0 },
	{ "alg_number", SLICE("{\"alg\":256}"), AUTHN_BAD_ALGORITHM, 0 },
	{ "alg_null", SLICE("{\"alg\":null}"), AUTHN_BAD_ALGORITHM, 0 },
	{ "alg_array", SLICE("{\"alg\":[\"RS256\"]}"), AUTHN_BAD_ALGORITHM, 0 },
	{ "alg_none", SLICE("{\"alg\":\"none\"}"), AUTHN_BAD_ALGORITHM, 0 },
	{ "alg_None", SLICE("{\"alg\":\"None\"}"), AUTHN_BAD_ALGORITHM, 0 },
	{ "alg_nOnE", SLICE("{\"alg\":\"nOnE\"}"), AUTHN_BAD_ALGORITHM, 0 },
	{ "alg_lower_case", SLICE("{\"alg\":\"rs256\"}"), AUTHN_BAD_ALGORITHM, 0 },
	{ "alg_with_space", SLICE("{\"alg\":\"RS256 \"}"), AUTHN_BAD_ALGORITHM, 0 },
	{ "alg_hs256", SLICE("{\"alg\":\"HS256\"}"), AUTHN_BAD_ALGORITHM, 0 },
	{ "alg not in the list", SLICE("{\"alg\":\"RS512\"}"), AUTHN_BAD_ALGORITHM, 0 },
	{ "alg of another kind of key", SLICE("{\"alg\":\"ES256\"}"), AUTHN_BAD_ALGORITHM, 0 },
	{ "duplicate_member", SLICE("{\"alg\":\"none\",\"alg\":\"RS256\"}"), AUTHN_MALFORMED, 0 },
	{ "duplicate_member below the top", RS(",\"x\":{\"a\":1,\"a\":2}"), AUTHN_MALFORMED, 0 },
	{ "nul_after_json", SLICE("{\"alg\":\"RS256\"}\0"), AUTHN_MALFORMED, 0 },
	{ "no object", SLICE("[\"RS256\"]"), AUTHN_MALFORMED, 0 },
	{ "no JSON", SLICE("alg=RS256"), AUTHN_MALFORMED, 0 },
};

static EVP_PKEY *rsa;

/* A verifier of one algorithm with a key of `kind`. */
static void
start(const char *kind, const char *alg, EVP_PKEY **pkey, struct jws_verifier *verifier)
{
	struct key key;

	if (strcmp(kind, "RSA") == 0) {
		assert_int_equal(EVP_PKEY_up_ref(rsa), 1); /* made once: it takes its time */
		*pkey = rsa;
	} else {
		*pkey = issuer_key(kind);
	}
	assert_int_equal(key_check(*pkey, &key), KEY_OK);
	jws_verifier_init(verifier, &key);
	assert_true(jws_verifier_allow(verifier, algorithm_find(slice_from(alg))));
}

static enum authn_result
verify(struct jws_verifier *verifier, struct slice token, struct jose_header *header,
    const char *expected_payload)
{
	enum authn_result result = AUTHN_MALFORMED;
	struct arena arena;
	struct jws jws;

	arena_init(&arena, 4096, ARENA_CEILING);
	if (jws_split(token, &arena, &jws)) {
		result = jws_verify(verifier, &jws, &arena, header);
		if (result == AUTHN_OK && expected_payload != NULL)
			assert_true(slice_is(jws.payload, expected_payload));
	}
	arena_done(&arena);
	assert_int_equal(ERR_peek_error(), 0);
	return result;
}

static void
header(void **state)
{
	const struct header_row *row = *state;
	struct jws_verifier verifier;
	struct jose_header seen = { .algorithm = ALGORITHM_UNKNOWN };
	EVP_PKEY *pkey;
	char *token;

	start("RSA", "RS256", &pkey, &verifier);
	token = issuer_sign(pkey, "RS256", row->header, SLICE_OF("payload"));
	assert_int_equal(verify(&verifier, slice_from(token), &seen, "payload"), row->result);
	assert_int_equal(seen.typ, row->typ);
	/* Again: an accepted header is remembered, a refused one never. */
	assert_int_equal(verify(&verifier, slice_from(token), &seen, "payload"), row->result);
	jws_verifier_done(&verifier);
	EVP_PKEY_free(pkey);
	free(token);
}

/* The shape. H, P and S stand for header, payload and signature of a good token. */
struct shape_row {
	const char *name, *format;
	enum authn_result result;
};

static const struct shape_row shape_rows[] = {
	{ "as signed", "H.P.S", AUTHN_OK },
	{ "one segment", "H", AUTHN_MALFORMED },
	{ "two segments", "H.P", AUTHN_MALFORMED },
	{ "four segments", "H.P.S.S", AUTHN_MALFORMED },
	{ "a trailing dot", "H.P.S.", AUTHN_MALFORMED },
	{ "a leading dot", ".H.P.S", AUTHN_MALFORMED },
	{ "empty_header", ".P.S", AUTHN_MALFORMED },
	{ "empty_signature", "H.P.", AUTHN_MALFORMED },
	{ "dots alone", "..", AUTHN_MALFORMED },
	{ "a dot alone", ".", AUTHN_MALFORMED },
	{ "padding", "H.P.S==", AUTHN_MALFORMED },
	{ "padding in the payload", "H.P==.S", AUTHN_MALFORMED },
	{ "plus", "H.P.+S", AUTHN_MALFORMED },
	{ "slash", "H.P./S", AUTHN_MALFORMED },
	{ "space_in_signature", "H.P.S ", AUTHN_MALFORMED },
	{ "newline_in_payload", "H.P\n.S", AUTHN_MALFORMED },
	{ "question mark in the header", "?H.P.S", AUTHN_MALFORMED },
	{ "length mod 4 is 1", "H.P.SAAA", AUTHN_MALFORMED },
	{ "signature_too_long", "H.P.AAAAS", AUTHN_BAD_SIGNATURE },
	{ "signature_too_short", "H.P.AAAA", AUTHN_BAD_SIGNATURE },
	{ "payload_swapped", "H.AAAA.S", AUTHN_BAD_SIGNATURE },
	{ "json_serialisation", "{\"payload\":\"P\",\"protected\":\"H\",\"signature\":\"S\"}",
	    AUTHN_MALFORMED },
};

static char *
format_parts(const char *format, char *token)
{
	char *payload = strchr(token, '.'), *signature = strrchr(token, '.'), *text;
	size_t size = strlen(format) * (strlen(token) + 1) + 1, at = 0;

	*payload = *signature = '\0';
	text = calloc(1, size);
	assert_non_null(text);
	for (; *format != '\0'; format++) {
		const char *part = *format == 'H'   ? token
				   : *format == 'P' ? payload + 1
				   : *format == 'S' ? signature + 1
						    : NULL;

		if (part == NULL)
			text[at++] = *format;
		else
			at += (size_t)snprintf(text + at, size - at, "%s", part);
	}
	free(token);
	return text;
}

static void
shape(void **state)
{
	const struct shape_row *row = *state;
	struct jws_verifier verifier;
	struct jose_header seen;
	EVP_PKEY *pkey;
	char *token;

	start("RSA", "RS256", &pkey, &verifier);
	token = issuer_sign(pkey, "RS256", SLICE_OF("{\"alg\":\"RS256\"}"), SLICE_OF("payload"));
	token = format_parts(row->format, token);
	assert_int_equal(verify(&verifier, slice_from(token), &seen, "payload"), row->result);
	jws_verifier_done(&verifier);
	EVP_PKEY_free(pkey);
	free(token);
}

/* Changes the spare bits of the last digit: libraries that ignore them see the same signature. */
static void
trailing_bits(void **state)
{
	struct jws_verifier verifier;
	struct jose_header seen;
	EVP_PKEY *pkey;
	char *token, *last;

	(void)state;
	start("RSA", "RS256", &pkey, &verifier);
	token = issuer_sign(pkey, "RS256", SLICE_OF("{\"alg\":\"RS256\"}"), SLICE_OF("payload"));
	last = token + strlen(token) - 1; /* 256 bytes: the last digit is A, Q, g or w */
	assert_non_null(strchr("AQgw", *last));
	*last = (char)(*last + 1);
	assert_int_equal(verify(&verifier, slice_from(token), &seen, NULL), AUTHN_MALFORMED);
	*last = (char)(*last - 1);
	assert_int_equal(verify(&verifier, slice_from(token), &seen, NULL), AUTHN_OK);
	jws_verifier_done(&verifier);
	EVP_PKEY_free(pkey);
	free(token);
}

/*
 * Every algorithm with its own kind of key: accepts, refuses a changed byte, refuses another
 * key's.
 */
struct algorithm_row {
	const char *name, *kind;
};

static const struct algorithm_row algorithm_rows[] = {
	{ "RS256", "RSA" },
	{ "RS384", "RSA" },
	{ "RS512", "RSA" },
	{ "PS256", "RSA" },
	{ "PS384", "RSA" },
	{ "PS512", "RSA-3072" },
	{ "ES256", "P-256" },
	{ "ES384", "P-384" },
	{ "ES512", "P-521" },
	{ "EdDSA", "ED25519" },
};

static void
algorithm(void **state)
{
	const struct algorithm_row *row = *state;
	struct jws_verifier verifier, other;
	struct jose_header seen;
	EVP_PKEY *pkey, *stranger;
	char text[32], *token, *at;

	start(row->kind, row->name, &pkey, &verifier);
	start(strcmp(row->kind, "RSA") == 0 ? "RSA-3072" : row->kind, row->name, &stranger, &other);
	(void)snprintf(text, sizeof(text), "{\"alg\":\"%s\"}", row->name);
	token = issuer_sign(pkey, row->name, slice_from(text), SLICE_OF("payload"));
	at = strrchr(token, '.') + 3;
	for (int round = 0; round < 2; round++) {
		assert_int_equal(verify(&verifier, slice_from(token), &seen, "payload"), AUTHN_OK);
		assert_int_equal(
		    verify(&other, slice_from(token), &seen, NULL), AUTHN_BAD_SIGNATURE);
		*at = *at == 'B' ? 'C' : 'B';
		assert_int_equal(
		    verify(&verifier, slice_from(token), &seen, NULL), AUTHN_BAD_SIGNATURE);
		free(token);
		token = issuer_sign(pkey, row->name, slice_from(text), SLICE_OF("payload"));
		at = strrchr(token, '.') + 3;
	}
	jws_verifier_done(&verifier);
	jws_verifier_done(&other);
	EVP_PKEY_free(stranger);
	EVP_PKEY_free(pkey);
	free(token);
}

/* The header names one algorithm, the signature was made with another of the same key. */
static void
cross_algorithm(void **state)
{
	static const char *const pairs[][2] = { { "RS256", "PS256" }, { "PS256", "RS256" },
		{ "RS256", "RS512" }, { "PS256", "PS384" } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(pairs); i++) {
		struct jws_verifier verifier;
		struct jose_header seen;
		char text[32], *token;
		EVP_PKEY *pkey;

		start("RSA", pairs[i][0], &pkey, &verifier);
		(void)snprintf(text, sizeof(text), "{\"alg\":\"%s\"}", pairs[i][0]);
		token = issuer_sign(pkey, pairs[i][1], slice_from(text), SLICE_OF("x"));
		assert_int_equal(
		    verify(&verifier, slice_from(token), &seen, NULL), AUTHN_BAD_SIGNATURE);
		jws_verifier_done(&verifier);
		EVP_PKEY_free(pkey);
		free(token);
	}
}

/* RFC 7518 §3.4: r and s at full length. DER, and zeros, verify nothing. */
static void
ecdsa_signature_forms(void **state)
{
	struct jws_verifier verifier;
	struct jose_header seen;
	char *token, text[512];
	EVP_PKEY *pkey;

	(void)state;
	start("P-256", "ES256", &pkey, &verifier);
	token = issuer_sign(pkey, "ES256", SLICE_OF("{\"alg\":\"ES256\"}"), SLICE_OF("x"));
	*strrchr(token, '.') = '\0';
	/* psychic_signature (CVE-2022-21449): r and s are zero */
	(void)snprintf(text, sizeof(text), "%s.%.86s", token,
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	    "AAAAAAAA");
	assert_int_equal(verify(&verifier, slice_from(text), &seen, NULL), AUTHN_BAD_SIGNATURE);
	/* der_signature: 70 bytes */
	(void)snprintf(text, sizeof(text), "%s.MEQCIA%.88s", token,
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	    "AAAAAAAA");
	assert_int_equal(verify(&verifier, slice_from(text), &seen, NULL), AUTHN_BAD_SIGNATURE);
	jws_verifier_done(&verifier);
	EVP_PKEY_free(pkey);
	free(token);
}

static void
alg_confusion_hs256_with_public_pem(void **state)
{
	struct jws_verifier verifier;
	struct jose_header seen;
	char *token, *pem;
	EVP_PKEY *pkey;

	(void)state;
	start("RSA", "RS256", &pkey, &verifier);
	pem = issuer_public_pem(pkey);
	token = issuer_sign_hmac(slice_from(pem), SLICE_OF("{\"alg\":\"HS256\"}"), SLICE_OF("x"));
	assert_int_equal(verify(&verifier, slice_from(token), &seen, NULL), AUTHN_BAD_ALGORITHM);
	free(token);
	token = issuer_sign_hmac(slice_from(pem), SLICE_OF("{\"alg\":\"RS256\"}"), SLICE_OF("x"));
	assert_int_equal(verify(&verifier, slice_from(token), &seen, NULL), AUTHN_BAD_SIGNATURE);
	jws_verifier_done(&verifier);
	EVP_PKEY_free(pkey);
	free(pem);
	free(token);
}

/* SECURITY-REQUIREMENTS 1.16 */
static void
no_key_is_never_no_verification(void **state)
{
	struct jws_verifier verifier = { .key = { .pkey = NULL } };
	struct jose_header seen;
	char *token;

	(void)state;
	token = issuer_sign(rsa, "RS256", SLICE_OF("{\"alg\":\"RS256\"}"), SLICE_OF("x"));
	assert_int_equal(verify(&verifier, slice_from(token), &seen, NULL), AUTHN_NO_KEY);
	assert_false(jws_verifier_allow(&verifier, ALGORITHM_RS256));
	assert_int_equal(verify(&verifier, slice_from(token), &seen, NULL), AUTHN_NO_KEY);
	free(token);
}

static void
a_key_that_is_removed_verifies_no_more(void **state)
{
	struct jws_verifier verifier;
	struct jose_header seen;
	EVP_PKEY *pkey;
	char *token;

	(void)state;
	start("RSA", "RS256", &pkey, &verifier);
	token = issuer_sign(pkey, "RS256", SLICE_OF("{\"alg\":\"RS256\"}"), SLICE_OF("x"));
	assert_int_equal(verify(&verifier, slice_from(token), &seen, NULL), AUTHN_OK);
	jws_verifier_done(&verifier);
	assert_int_equal(verify(&verifier, slice_from(token), &seen, NULL), AUTHN_NO_KEY);
	EVP_PKEY_free(pkey);
	free(token);
}

static void
nothing_allowed_refuses_everything(void **state)
{
	struct jws_verifier verifier;
	struct jose_header seen;
	struct key key;
	char *token;

	(void)state;
	assert_int_equal(key_check(rsa, &key), KEY_OK);
	jws_verifier_init(&verifier, &key);
	assert_null(key.pkey); /* taken over */
	token = issuer_sign(rsa, "RS256", SLICE_OF("{\"alg\":\"RS256\"}"), SLICE_OF("x"));
	assert_int_equal(verify(&verifier, slice_from(token), &seen, NULL), AUTHN_BAD_ALGORITHM);
	assert_false(jws_verifier_allow(&verifier, ALGORITHM_ES256));
	assert_false(jws_verifier_allow(&verifier, ALGORITHM_EDDSA));
	assert_false(jws_verifier_allow(&verifier, ALGORITHM_UNKNOWN));
	assert_true(jws_verifier_allow(&verifier, ALGORITHM_RS256));
	assert_true(jws_verifier_allow(&verifier, ALGORITHM_RS256)); /* named twice */
	assert_int_equal(verify(&verifier, slice_from(token), &seen, NULL), AUTHN_OK);
	jws_verifier_done(&verifier);
	free(token);
}

/* A JWS may have an empty payload; whether a token may is decided above. */
static void
empty_payload(void **state)
{
	struct jws_verifier verifier;
	struct jose_header seen;
	EVP_PKEY *pkey;
	char *token;

	(void)state;
	start("RSA", "RS256", &pkey, &verifier);
	token = issuer_sign(pkey, "RS256", SLICE_OF("{\"alg\":\"RS256\"}"), SLICE_OF(""));
	assert_int_equal(verify(&verifier, slice_from(token), &seen, ""), AUTHN_OK);
	jws_verifier_done(&verifier);
	EVP_PKEY_free(pkey);
	free(token);
}

/* A header above JWS_KEPT_HEADER bytes is read anew each time, and is as good. */
static void
a_long_header_is_not_remembered(void **state)
{
	struct jws_verifier verifier;
	struct jose_header seen;
	char text[512], *token;
	EVP_PKEY *pkey;

	(void)state;
	start("RSA", "RS256", &pkey, &verifier);
	(void)snprintf(text, sizeof(text), "{\"alg\":\"RS256\",\"kid\":\"%0300d\"}", 7);
	token = issuer_sign(pkey, "RS256", slice_from(text), SLICE_OF("x"));
	assert_int_equal(verify(&verifier, slice_from(token), &seen, "x"), AUTHN_OK);
	assert_int_equal(verifier.kept.len, 0);
	assert_int_equal(verify(&verifier, slice_from(token), &seen, "x"), AUTHN_OK);
	jws_verifier_done(&verifier);
	EVP_PKEY_free(pkey);
	free(token);
}

static void
a_full_arena_refuses(void **state)
{
	struct arena arena;
	struct jws jws;

	(void)state;
	arena_init(&arena, 16, 16);
	assert_false(jws_split(SLICE_OF("YWFhYWFhYWFhYWFh.YWFhYWFhYWFhYWFh.YWFh"), &arena, &jws));
	arena_done(&arena);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(trailing_bits),
		cmocka_unit_test(cross_algorithm),
		cmocka_unit_test(ecdsa_signature_forms),
		cmocka_unit_test(alg_confusion_hs256_with_public_pem),
		cmocka_unit_test(no_key_is_never_no_verification),
		cmocka_unit_test(a_key_that_is_removed_verifies_no_more),
		cmocka_unit_test(nothing_allowed_refuses_everything),
		cmocka_unit_test(empty_payload),
		cmocka_unit_test(a_long_header_is_not_remembered),
		cmocka_unit_test(a_full_arena_refuses),
	};
	int failures;

	rsa = issuer_key("RSA");
	failures = RUN_ROWS(header_rows, header) + RUN_ROWS(shape_rows, shape) +
		   RUN_ROWS(algorithm_rows, algorithm) + cmocka_run_group_tests(others, NULL, NULL);
	EVP_PKEY_free(rsa);
	return failures;
}
