/* libjwt signs, our own verifier accepts; keys that will not do are refused without a prompt. */
#include "authn/mint.h"

#include <stdio.h>
#include <unistd.h>

#include "../core/rows.h"
#include "authn/authn.h"
#include "issuer.h"

static EVP_PKEY *rsa;
static struct arena arena;

#define CLAIMS                                                                  \
	"{\"exp\":1700000060,\"iat\":1,\"sub\":\"p1\",\"aud\":[\"documents\"]," \
	"\"neosofia:actors\":[\"operator\"],\"neosofia:clinic_id\":\"gr\xc3\xbcn\"}"

static enum authn_result
verify(EVP_PKEY *pkey, const char *token, const struct principal **principal)
{
	static const struct slice audience[] = { SLICE("documents") };
	static const struct slice algorithms[] = { SLICE("RS256") };
	struct config_faults faults = { .count = 0 };
	char *pem = issuer_public_pem(pkey);
	const struct config config = {
		.jwt_public_key = pem,
		.jwt_audience = { audience, 1 },
		.jwt_algorithms = { algorithms, 1 },
		.jwt_claim_namespace = "neosofia",
		.jwt_max_bytes = 8192,
		.jwt_second_opinion = true,
	};
	struct authn *authn = authn_new(&arena, &config, &faults);
	char *value = arena_printf(&arena, "Bearer %s", token);
	enum authn_result result = authn_verify(
	    authn, slice_from(value), 1, INT64_C(1700000000) * 1000000, &arena, principal);

	authn_free(authn);
	free(pem);
	return result;
}

static void
a_minted_token_verifies(void **state)
{
	char *pem = issuer_private_pem(rsa, NULL);
	const struct principal *principal = NULL;
	const char *fault = NULL;
	char *token = mint_token(slice_from(pem), CLAIMS, &fault);

	(void)state;
	assert_null(fault);
	assert_non_null(token);
	assert_int_equal(verify(rsa, token, &principal), AUTHN_OK);
	assert_string_equal(principal->id.data, "p1");
	assert_string_equal(
	    principal_claim(principal, SLICE_OF("clinic_id"))->as.string.data, "gr\xc3\xbcn");
	assert_int_equal(principal_claim(principal, SLICE_OF("actors"))->as.strings.count, 1);
	free(token);
	free(pem);
}

struct row {
	const char *name, *kind, *passphrase, *claims, *word; /* word of the error */
};

static const struct row rows[] = {
	{ "claims that are an array", "RSA", NULL, "[]", "claims" },
	{ "claims that are no JSON", "RSA", NULL, "sub=p1", "claims" },
	{ "a weak key", "RSA-1024", NULL, CLAIMS, "weak" },
	{ "an EC key", "P-256", NULL, CLAIMS, "RSA" },
	{ "an encrypted key", "RSA", "secret", CLAIMS, "unencrypted" },
};

static void
refused(void **state)
{
	const struct row *row = *state;
	EVP_PKEY *pkey = issuer_key(row->kind);
	char *pem = issuer_private_pem(pkey, row->passphrase);
	const char *fault = NULL;

	assert_null(mint_token(slice_from(pem), row->claims, &fault));
	assert_non_null(fault);
	assert_non_null(strstr(fault, row->word));
	free(pem);
	EVP_PKEY_free(pkey);
}

static void
no_private_key_at_all(void **state)
{
	char *public_pem = issuer_public_pem(rsa);
	const char *fault = NULL;
	char large[20000];

	(void)state;
	assert_null(mint_token(slice_from(public_pem), CLAIMS, &fault));
	assert_non_null(strstr(fault, "private"));
	assert_null(mint_token(SLICE_OF(""), CLAIMS, &fault));
	assert_non_null(strstr(fault, "empty"));
	memset(large, ' ', sizeof(large));
	assert_null(mint_token(slice_make(large, sizeof(large)), CLAIMS, &fault));
	free(public_pem);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(a_minted_token_verifies),
		cmocka_unit_test(no_private_key_at_all),
	};
	int failures;

	arena_init(&arena, 16384, 1 << 20);
	rsa = issuer_key("RSA");
	failures = RUN_ROWS(rows, refused) + cmocka_run_group_tests(others, NULL, NULL);
	EVP_PKEY_free(rsa);
	arena_done(&arena);
	return failures;
}
