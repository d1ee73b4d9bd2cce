/*
 * From an Authorization value to a principal or a named refusal: SECURITY-REQUIREMENTS §1, line
 * by line.
 */
#include "authn/authn.h"

#include <stdio.h>

#include <openssl/err.h>

#include "../core/rows.h"
#include "issuer.h"

enum { ARENA_CEILING = 1 << 20 };

#define NOW_S INT64_C(1700000000)
#define NOW_US (NOW_S * 1000000)
#define HEADER "{\"alg\":\"RS256\",\"typ\":\"JWT\"}"
/* The required claims but for the closing brace. */
#define GOOD "{\"exp\":1700000060,\"iat\":1699999990,\"sub\":\"p1\",\"aud\":\"documents\""

static EVP_PKEY *rsa;
static char *rsa_pem;
static struct arena generation;

static struct config
good_config(void)
{
	static const struct slice audience[] = { SLICE("documents"), SLICE("other-service") };
	static const struct slice algorithms[] = { SLICE("RS256") };

	return (struct config) {
		.jwt_public_key = rsa_pem,
		.jwt_audience = { audience, COUNT_OF(audience) },
		.jwt_algorithms = { algorithms, COUNT_OF(algorithms) },
		.jwt_claim_namespace = "neosofia",
		.jwt_max_bytes = 8192,
		.jwt_second_opinion = true,
	};
}

static struct authn *
make_authn(const struct config *config)
{
	struct config_faults faults = { .count = 0 };
	struct authn *authn = authn_new(&generation, config, &faults);

	assert_int_equal(faults.count, 0);
	assert_non_null(authn);
	return authn;
}

/* Signs, verifies under `config` and returns the reason word; `*principal` lives in `arena`. */
static const char *
try_token(const struct config *config, struct slice header, struct slice payload,
    struct arena *arena, const struct principal **principal)
{
	struct authn *authn = make_authn(config);
	char *token = issuer_sign(rsa, "RS256", header, payload), *value;
	enum authn_result result;

	assert_true(asprintf(&value, "Bearer %s", token) > 0);
	result = authn_verify(authn, slice_from(value), 1, NOW_US, arena, principal);
	assert_int_equal(*principal != NULL, result == AUTHN_OK);
	assert_int_equal(ERR_peek_error(), 0);
	authn_free(authn);
	free(token);
	free(value);
	return authn_reason(result);
}

/* Payloads, all signed by the right key: only what they say can be the cause. */
struct payload_row {
	const char *name;
	struct slice payload;
	const char *reason;
};

#define TIMES "\"exp\":1700000060,\"iat\":1699999990"
#define WHO "\"sub\":\"p1\",\"aud\":\"documents\""
#define TEXT_255                                                                                \
	"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234" \
	"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234" \
	"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234"
#define NEST_32 "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
#define CLOSE_32 "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"

static const struct payload_row payload_rows[] = {
	{ "the required claims", SLICE(GOOD "}"), "ok" },
	{ "an unknown claim", SLICE(GOOD ",\"jti\":\"x\",\"hello\":[1]}"), "ok" },
	/* 1.4 */
	{ "empty_payload", SLICE(""), "malformed" },
	{ "array_payload", SLICE("[]"), "malformed" },
	{ "string payload", SLICE("\"p1\""), "malformed" },
	{ "no JSON", SLICE("exp=1"), "malformed" },
	{ "nul_after_json", SLICE(GOOD "}\0"), "malformed" },
	{ "nul_after_json with claims behind", SLICE(GOOD "}\0{\"sub\":\"p2\"}"), "malformed" },
	{ "bytes_after_json", SLICE(GOOD "}x"), "malformed" },
	{ "duplicate_claim", SLICE(GOOD ",\"sub\":\"p2\"}"), "malformed" },
	{ "duplicate_claim by an escape", SLICE(GOOD ",\"s\\u0075b\":\"p2\"}"), "malformed" },
	{ "deep_nesting", SLICE(GOOD ",\"x\":" NEST_32 CLOSE_32 "}"), "malformed" },
	{ "nan", SLICE("{\"exp\":NaN,\"iat\":1," WHO "}"), "malformed" },
	{ "infinity", SLICE("{\"exp\":Infinity,\"iat\":1," WHO "}"), "malformed" },
	{ "exp_beyond_double", SLICE("{\"exp\":1e400,\"iat\":1," WHO "}"), "malformed" },
	{ "exp_beyond_64_bits", SLICE("{\"exp\":18446744073709551615,\"iat\":1," WHO "}"),
	    "malformed" },
	{ "nul_in_sub", SLICE("{" TIMES ",\"sub\":\"p1\\u0000\",\"aud\":\"documents\"}"),
	    "malformed" },
	{ "invalid_utf8", SLICE("{" TIMES ",\"sub\":\"p\xff\",\"aud\":\"documents\"}"),
	    "malformed" },
	/* 1.9 */
	{ "exp_missing", SLICE("{\"iat\":1," WHO "}"), "claim_missing" },
	{ "iat_missing", SLICE("{\"exp\":1700000060," WHO "}"), "claim_missing" },
	{ "sub_missing", SLICE("{" TIMES ",\"aud\":\"documents\"}"), "claim_missing" },
	{ "aud_missing", SLICE("{" TIMES ",\"sub\":\"p1\"}"), "claim_missing" },
	{ "no claims", SLICE("{}"), "claim_missing" },
	/* 1.10 */
	{ "exp_string", SLICE("{\"exp\":\"1700000060\",\"iat\":1," WHO "}"), "claim_type" },
	{ "exp_true", SLICE("{\"exp\":true,\"iat\":1," WHO "}"), "claim_type" },
	{ "exp_null", SLICE("{\"exp\":null,\"iat\":1," WHO "}"), "claim_type" },
	{ "exp_array", SLICE("{\"exp\":[1700000060],\"iat\":1," WHO "}"), "claim_type" },
	{ "exp_negative", SLICE("{\"exp\":-1,\"iat\":1," WHO "}"), "claim_type" },
	{ "exp_negative_real", SLICE("{\"exp\":-0.5,\"iat\":1," WHO "}"), "claim_type" },
	{ "exp in the year 9999", SLICE("{\"exp\":253402300799,\"iat\":1," WHO "}"), "ok" },
	{ "exp in the year 9999 as a real", SLICE("{\"exp\":253402300799.0,\"iat\":1," WHO "}"),
	    "ok" },
	{ "exp_year_10000", SLICE("{\"exp\":253402300800,\"iat\":1," WHO "}"), "claim_type" },
	{ "exp_year_10000 as a real", SLICE("{\"exp\":253402300799.5,\"iat\":1," WHO "}"),
	    "claim_type" },
	{ "exp_largest_integer", SLICE("{\"exp\":9223372036854775807,\"iat\":1," WHO "}"),
	    "claim_type" },
	{ "exp_largest_real", SLICE("{\"exp\":1.7e308,\"iat\":1," WHO "}"), "claim_type" },
	{ "exp a second ahead", SLICE("{\"exp\":1700000001,\"iat\":1," WHO "}"), "ok" },
	{ "exp half a second ahead", SLICE("{\"exp\":1700000000.5,\"iat\":1," WHO "}"), "ok" },
	{ "exp with an exponent", SLICE("{\"exp\":1.70000006e9,\"iat\":1," WHO "}"), "ok" },
	{ "exp is now", SLICE("{\"exp\":1700000000,\"iat\":1," WHO "}"), "expired" },
	{ "exp past", SLICE("{\"exp\":1699999999,\"iat\":1," WHO "}"), "expired" },
	{ "exp zero", SLICE("{\"exp\":0,\"iat\":0," WHO "}"), "expired" },
	{ "iat_string", SLICE("{\"exp\":1700000060,\"iat\":\"1\"," WHO "}"), "claim_type" },
	{ "iat is now", SLICE("{\"exp\":1700000060,\"iat\":1700000000," WHO "}"), "ok" },
	{ "iat_ahead", SLICE("{\"exp\":1700000060,\"iat\":1700000001," WHO "}"), "not_yet_valid" },
	{ "iat_ahead by a fraction", SLICE("{\"exp\":1700000060,\"iat\":1700000000.25," WHO "}"),
	    "not_yet_valid" },
	{ "iat_negative", SLICE("{\"exp\":1700000060,\"iat\":-1," WHO "}"), "claim_type" },
	{ "nbf is now", SLICE(GOOD ",\"nbf\":1700000000}"), "ok" },
	{ "nbf_ahead", SLICE(GOOD ",\"nbf\":1700000001}"), "not_yet_valid" },
	{ "nbf_string", SLICE(GOOD ",\"nbf\":\"0\"}"), "claim_type" },
	{ "nbf_null", SLICE(GOOD ",\"nbf\":null}"), "claim_type" },
	{ "nbf_false", SLICE(GOOD ",\"nbf\":false}"), "claim_type" },
	{ "nbf_largest_integer", SLICE(GOOD ",\"nbf\":9223372036854775807}"), "claim_type" },
	/* 1.11 */
	{ "sub_empty", SLICE("{" TIMES ",\"sub\":\"\",\"aud\":\"documents\"}"), "claim_type" },
	{ "sub_number", SLICE("{" TIMES ",\"sub\":1,\"aud\":\"documents\"}"), "claim_type" },
	{ "sub_null", SLICE("{" TIMES ",\"sub\":null,\"aud\":\"documents\"}"), "claim_type" },
	{ "sub of 255 bytes", SLICE("{" TIMES ",\"sub\":\"" TEXT_255 "\",\"aud\":\"documents\"}"),
	    "ok" },
	{ "sub_of_256_bytes", SLICE("{" TIMES ",\"sub\":\"" TEXT_255 "x\",\"aud\":\"documents\"}"),
	    "claim_type" },
	{ "sub_with_newline", SLICE("{" TIMES ",\"sub\":\"p\\n1\",\"aud\":\"documents\"}"),
	    "claim_type" },
	{ "sub_with_del", SLICE("{" TIMES ",\"sub\":\"p\\u007f\",\"aud\":\"documents\"}"),
	    "claim_type" },
	{ "sub_with_c1", SLICE("{" TIMES ",\"sub\":\"p\\u0085\",\"aud\":\"documents\"}"),
	    "claim_type" },
	{ "sub with a no-break space, next to C1",
	    SLICE("{" TIMES ",\"sub\":\"p\\u00a0\",\"aud\":\"documents\"}"), "ok" },
	{ "sub of other letters",
	    SLICE("{" TIMES ",\"sub\":\"\\u00fc|\\u4e2d\",\"aud\":\"documents\"}"), "ok" },
	/* 1.12 */
	{ "aud is the second configured one",
	    SLICE("{" TIMES ",\"sub\":\"p1\",\"aud\":\"other-service\"}"), "ok" },
	{ "aud array", SLICE("{" TIMES ",\"sub\":\"p1\",\"aud\":[\"x\",\"documents\"]}"), "ok" },
	{ "aud_foreign", SLICE("{" TIMES ",\"sub\":\"p1\",\"aud\":\"x\"}"), "audience" },
	{ "aud_array_foreign", SLICE("{" TIMES ",\"sub\":\"p1\",\"aud\":[\"x\",\"y\"]}"),
	    "audience" },
	{ "aud_other_case", SLICE("{" TIMES ",\"sub\":\"p1\",\"aud\":\"Documents\"}"), "audience" },
	{ "aud_prefix", SLICE("{" TIMES ",\"sub\":\"p1\",\"aud\":\"document\"}"), "audience" },
	{ "aud_list_in_string",
	    SLICE("{" TIMES ",\"sub\":\"p1\",\"aud\":\"documents,other-service\"}"), "audience" },
	{ "aud_empty_string", SLICE("{" TIMES ",\"sub\":\"p1\",\"aud\":\"\"}"), "audience" },
	{ "aud_empty_array", SLICE("{" TIMES ",\"sub\":\"p1\",\"aud\":[]}"), "claim_type" },
	{ "aud_array_with_number", SLICE("{" TIMES ",\"sub\":\"p1\",\"aud\":[\"documents\",1]}"),
	    "claim_type" },
	{ "aud_array_with_null", SLICE("{" TIMES ",\"sub\":\"p1\",\"aud\":[null,\"documents\"]}"),
	    "claim_type" },
	{ "aud_nested_array", SLICE("{" TIMES ",\"sub\":\"p1\",\"aud\":[[\"documents\"]]}"),
	    "claim_type" },
	{ "aud_number", SLICE("{" TIMES ",\"sub\":\"p1\",\"aud\":1}"), "claim_type" },
	{ "aud_object", SLICE("{" TIMES ",\"sub\":\"p1\",\"aud\":{\"documents\":1}}"),
	    "claim_type" },
	{ "aud_null", SLICE("{" TIMES ",\"sub\":\"p1\",\"aud\":null}"), "claim_type" },
	/* The principal */
	{ "principal_type", SLICE(GOOD ",\"neosofia:principal_type\":\"Patient\"}"), "ok" },
	{ "principal_type_with_colons", SLICE(GOOD ",\"neosofia:principal_type\":\"a::B\"}"),
	    "principal_type" },
	{ "principal_type_injection",
	    SLICE(GOOD ",\"neosofia:principal_type\":\"User\\\"} permit(principal,\"}"),
	    "principal_type" },
	{ "principal_type_digit_first", SLICE(GOOD ",\"neosofia:principal_type\":\"1a\"}"),
	    "principal_type" },
	{ "principal_type_empty", SLICE(GOOD ",\"neosofia:principal_type\":\"\"}"),
	    "principal_type" },
	{ "principal_type_number", SLICE(GOOD ",\"neosofia:principal_type\":1}"),
	    "principal_type" },
	{ "principal_type_null", SLICE(GOOD ",\"neosofia:principal_type\":null}"),
	    "principal_type" },
	{ "token_type_array", SLICE(GOOD ",\"token_type\":[\"service\"]}"), "claim_type" },
	{ "token_type_array in the namespace", SLICE(GOOD ",\"neosofia:token_type\":null}"),
	    "claim_type" },
};

static void
payload(void **state)
{
	const struct payload_row *row = *state;
	struct config config = good_config();
	const struct principal *principal = NULL;
	struct arena arena;

	arena_init(&arena, 4096, ARENA_CEILING);
	assert_string_equal(
	    try_token(&config, SLICE_OF(HEADER), row->payload, &arena, &principal), row->reason);
	arena_done(&arena);
}

/* Issuer and leeway are settings. */
struct setting_row {
	const char *name, *issuer;
	unsigned leeway_s;
	struct slice payload;
	const char *reason;
};

static const struct setting_row setting_rows[] = {
	{ "issuer as configured", "https://id.example", 0,
	    SLICE(GOOD ",\"iss\":\"https://id.example\"}"), "ok" },
	{ "iss_foreign", "https://id.example", 0, SLICE(GOOD ",\"iss\":\"https://id.example/\"}"),
	    "issuer" },
	{ "iss_missing", "https://id.example", 0, SLICE(GOOD "}"), "claim_missing" },
	{ "iss_array", "https://id.example", 0, SLICE(GOOD ",\"iss\":[\"https://id.example\"]}"),
	    "claim_type" },
	{ "iss is not looked at when none is configured", NULL, 0, SLICE(GOOD ",\"iss\":1}"),
	    "ok" },
	{ "expired within the leeway", NULL, 60, SLICE("{\"exp\":1699999941,\"iat\":1," WHO "}"),
	    "ok" },
	{ "expired at the leeway", NULL, 60, SLICE("{\"exp\":1699999940,\"iat\":1," WHO "}"),
	    "expired" },
	{ "nbf within the leeway", NULL, 60, SLICE(GOOD ",\"nbf\":1700000060}"), "ok" },
	{ "nbf above the leeway", NULL, 60, SLICE(GOOD ",\"nbf\":1700000061}"), "not_yet_valid" },
	{ "iat within the leeway", NULL, 60,
	    SLICE("{\"exp\":1700009999,\"iat\":1700000060," WHO "}"), "ok" },
	{ "iat above the leeway", NULL, 60,
	    SLICE("{\"exp\":1700009999,\"iat\":1700000061," WHO "}"), "not_yet_valid" },
};

static void
setting(void **state)
{
	const struct setting_row *row = *state;
	struct config config = good_config();
	const struct principal *principal = NULL;
	struct arena arena;

	config.jwt_issuer = row->issuer;
	config.jwt_leeway_s = row->leeway_s;
	arena_init(&arena, 4096, ARENA_CEILING);
	assert_string_equal(
	    try_token(&config, SLICE_OF(HEADER), row->payload, &arena, &principal), row->reason);
	arena_done(&arena);
}

/* The value around a good token. `%s` stands for it. */
struct value_row {
	const char *name, *format;
	unsigned count;
	const char *reason;
};

static const struct value_row value_rows[] = {
	{ "one header", "Bearer %s", 1, "ok" },
	{ "scheme in lower case", "bearer %s", 1, "ok" },
	{ "no header", "", 0, "missing" },
	{ "two_headers", "Bearer %s", 2, "malformed" },
	{ "an empty header", "", 1, "malformed" },
	{ "comma_list", "Bearer %s, Bearer x.y.z", 1, "malformed" },
	{ "two_spaces", "Bearer  %s", 1, "malformed" },
	{ "tab", "Bearer\t%s", 1, "malformed" },
	{ "empty_token", "Bearer ", 1, "malformed" },
	{ "trailing_words", "Bearer %s x", 1, "malformed" },
	{ "basic credentials", "Basic cDE6c2VjcmV0", 1, "malformed" },
	{ "a fourth segment", "Bearer %s.AAAA", 1, "malformed" },
	{ "a trailing dot", "Bearer %s.", 1, "malformed" },
};

static void
value(void **state)
{
	const struct value_row *row = *state;
	struct config config = good_config();
	struct authn *authn = make_authn(&config);
	char *token = issuer_sign(rsa, "RS256", SLICE_OF(HEADER), SLICE_OF(GOOD "}"));
	const struct principal *principal = NULL;
	char text[4096];
	struct arena arena;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	(void)snprintf(text, sizeof(text), row->format, token);
#pragma GCC diagnostic pop
	arena_init(&arena, 4096, ARENA_CEILING);
	assert_string_equal(authn_reason(authn_verify(
				authn, slice_from(text), row->count, NOW_US, &arena, &principal)),
	    row->reason);
	assert_int_equal(principal != NULL, strcmp(row->reason, "ok") == 0);
	arena_done(&arena);
	authn_free(authn);
	free(token);
}

/* SECURITY-REQUIREMENTS 1.2: measured on the value, before anything is copied. */
static void
size_is_measured_first(void **state)
{
	struct config config = good_config();
	const struct principal *principal = NULL;
	char *token = issuer_sign(rsa, "RS256", SLICE_OF(HEADER), SLICE_OF(GOOD "}")), *text;
	struct authn *authn;
	struct arena arena;

	(void)state;
	assert_true(asprintf(&text, "Bearer %s", token) > 0);
	arena_init(&arena, 4096, ARENA_CEILING);
	config.jwt_max_bytes = (unsigned)strlen(text);
	authn = make_authn(&config);
	assert_int_equal(
	    authn_verify(authn, slice_from(text), 1, NOW_US, &arena, &principal), AUTHN_OK);
	config.jwt_max_bytes--;
	arena_reset(&arena);
	assert_int_equal(
	    authn_verify(authn, slice_from(text), 1, NOW_US, &arena, &principal), AUTHN_TOO_LARGE);
	assert_int_equal(arena.used, 0);
	arena_done(&arena);
	authn_free(authn);
	free(text);
	free(token);
}

/* SECURITY-REQUIREMENTS 1.16 */
static void
no_key_means_refuse(void **state)
{
	struct config config = good_config();
	struct config_faults faults = { .count = 0 };
	const struct principal *principal = NULL;
	struct arena arena;

	(void)state;
	config.jwt_public_key = NULL;
	assert_null(authn_new(&generation, &config, &faults));
	assert_int_equal(faults.count, 1);
	assert_non_null(strstr(faults.texts[0], "JWT_PUBLIC_KEY"));
	arena_init(&arena, 4096, ARENA_CEILING);
	assert_int_equal(
	    authn_verify(NULL, SLICE_OF("Bearer a.b.c"), 1, NOW_US, &arena, &principal),
	    AUTHN_NO_KEY);
	assert_null(principal);
	arena_done(&arena);
	authn_free(NULL);
}

/* Refused at start, by name and never by value. */
struct fault_row {
	const char *name;
	const char *kind;       /* of the key */
	const char *algorithms; /* separated by spaces */
	const char *setting;    /* that is named; NULL: no fault */
	size_t count;
};

static const struct fault_row fault_rows[] = {
	{ "RSA with all of its algorithms", "RSA", "RS256 RS384 RS512 PS256 PS384 PS512", NULL, 0 },
	{ "P-256 with ES256", "P-256", "ES256", NULL, 0 },
	{ "P-521 with ES512", "P-521", "ES512", NULL, 0 },
	{ "Ed25519 with EdDSA", "ED25519", "EdDSA", NULL, 0 },
	{ "none in the list", "RSA", "RS256 none", "JWT_ALGORITHMS", 1 },
	{ "None in the list", "RSA", "None", "JWT_ALGORITHMS", 1 },
	{ "HS256 in the list", "RSA", "HS256 RS256", "JWT_ALGORITHMS", 1 },
	{ "an unknown algorithm", "RSA", "secret-value", "JWT_ALGORITHMS", 1 },
	{ "an empty list", "RSA", "", "JWT_ALGORITHMS", 1 },
	{ "ES256 with an RSA key", "RSA", "ES256", "JWT_ALGORITHMS", 1 },
	{ "ES256 with P-384", "P-384", "ES256", "JWT_ALGORITHMS", 1 },
	{ "RS256 with P-256", "P-256", "RS256", "JWT_ALGORITHMS", 1 },
	{ "two that do not fit", "P-256", "RS256 ES256 EdDSA", "JWT_ALGORITHMS", 2 },
	{ "a weak key", "RSA-1024", "RS256", "JWT_PUBLIC_KEY", 1 },
	{ "a weak key and a bad list", "RSA-1024", "RS256 HS256", "JWT_ALGORITHMS", 2 },
};

static void
fault(void **state)
{
	const struct fault_row *row = *state;
	struct config config = good_config();
	struct config_faults faults = { .count = 0 };
	EVP_PKEY *pkey = issuer_key(row->kind);
	char *pem = issuer_public_pem(pkey);
	struct slice items[8], rest = slice_from(row->algorithms);
	struct authn *authn;
	size_t count = 0;

	while (rest.len > 0)
		items[count++] = slice_cut(&rest, ' ');
	config.jwt_public_key = pem;
	config.jwt_algorithms = (struct config_list) { items, count };
	authn = authn_new(&generation, &config, &faults);
	assert_int_equal(authn == NULL, row->setting != NULL);
	assert_int_equal(faults.count, row->count);
	if (row->count > 0) {
		assert_non_null(strstr(faults.texts[row->count - 1], row->setting));
		assert_null(strstr(faults.texts[row->count - 1], "secret-value"));
	}
	authn_free(authn);
	free(pem);
	EVP_PKEY_free(pkey);
}

static void
an_arena_without_room_refuses(void **state)
{
	struct config config = good_config();
	struct config_faults faults = { .count = 0 };
	struct authn *authn = make_authn(&config);
	char *token = issuer_sign(rsa, "RS256", SLICE_OF(HEADER),
	    SLICE_OF(GOOD ",\"neosofia:a\":[\"x\",\"y\"],\"neosofia:b\":\"z\"}"));
	const struct principal *principal = NULL;
	struct arena arena;
	char *text;
	size_t room;

	(void)state;
	assert_true(asprintf(&text, "Bearer %s", token) > 0);
	/* Wherever memory ends, the answer is a refusal and never half a principal. */
	for (room = 16; principal == NULL && room < 65536; room += 16) {
		enum authn_result result;

		arena_init(&arena, room, room);
		result = authn_verify(authn, slice_from(text), 1, NOW_US, &arena, &principal);
		assert_int_equal(result == AUTHN_OK, principal != NULL);
		arena_done(&arena);
	}
	assert_in_range(room, 1024, 65535);
	for (room = 0; room < 1024; room += 64) {
		arena_init(&arena, 1024, room);
		assert_null(authn_new(&arena, &config, &faults));
		arena_done(&arena);
	}
	authn_free(authn);
	free(text);
	free(token);
}

static void
every_result_has_its_word(void **state)
{
	(void)state;
	for (int result = 0; result < AUTHN_RESULT_COUNT; result++)
		assert_non_null(authn_reason((enum authn_result)result));
	assert_string_equal(authn_reason(AUTHN_REFUSED), "internal");
	assert_string_equal(authn_reason(AUTHN_SECOND_OPINION), "second_opinion");
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(size_is_measured_first),
		cmocka_unit_test(no_key_means_refuse),
		cmocka_unit_test(an_arena_without_room_refuses),
		cmocka_unit_test(every_result_has_its_word),
	};
	int failures;

	arena_init(&generation, 65536, 16 << 20);
	rsa = issuer_key("RSA");
	rsa_pem = issuer_public_pem(rsa);
	failures = RUN_ROWS(payload_rows, payload) + RUN_ROWS(setting_rows, setting) +
		   RUN_ROWS(value_rows, value) + RUN_ROWS(fault_rows, fault) +
		   cmocka_run_group_tests(others, NULL, NULL);
	free(rsa_pem);
	EVP_PKEY_free(rsa);
	arena_done(&generation);
	return failures;
}
