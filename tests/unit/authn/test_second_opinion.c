/*
 * libjwt as a second reader: asked once per token, able to refuse, unable to accept
 * (SECURITY-REQUIREMENTS §13). This program defines jwt_decode itself, in front of libjwt's, to
 * count the questions and to answer wrongly.
 */
#include "authn/second_opinion.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jwt.h>

#include "../core/rows.h"
#include "authn/authn.h"
#include "issuer.h"

enum { ARENA_CEILING = 1 << 20 };

#define NOW_US (INT64_C(1700000000) * 1000000)
#define CLAIMS "{\"exp\":1700000060,\"iat\":1,\"sub\":\"p1\",\"aud\":\"documents\"}"

static unsigned questions;
static enum { ANSWER_TRULY, ANSWER_NO, ANSWER_UNVERIFIED } answer;
static EVP_PKEY *rsa;
static struct arena arena;

int
jwt_decode(jwt_t **jwt, const char *token, const unsigned char *key, int key_len)
{
	static int (*real)(jwt_t **, const char *, const unsigned char *, int);

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "jwt_decode");
	assert_non_null(real);
	assert_non_null(key);
	assert_true(key_len > 0);
	questions++;
	if (answer == ANSWER_NO)
		return EINVAL;
	if (answer ==
	    ANSWER_UNVERIFIED) /* what libjwt does without a key: success, algorithm none */
		return real(jwt, token, NULL, 0);
	return real(jwt, token, key, key_len);
}

static bool
agrees(struct second_opinion *opinion, const char *token, enum algorithm_id algorithm,
    enum jose_typ typ)
{
	const struct jose_header header = { algorithm, typ };

	return second_opinion_agrees(opinion, slice_from(token), &header, &arena);
}

static void
start(struct second_opinion *opinion, EVP_PKEY *pkey)
{
	arena_reset(&arena);
	questions = 0;
	answer = ANSWER_TRULY;
	assert_true(second_opinion_init(opinion, pkey, &arena));
}

/* Which tokens are libjwt's business at all. */
struct row {
	const char *name, *kind, *alg, *header;
	enum jose_typ typ;
	unsigned questions;
};

static const struct row rows[] = {
	{ "RS256", "RSA", "RS256", "{\"alg\":\"RS256\"}", JOSE_TYP_NONE, 1 },
	{ "RS256 with typ JWT", "RSA", "RS256", "{\"alg\":\"RS256\",\"typ\":\"JWT\"}", JOSE_TYP_JWT,
	    1 },
	{ "RS384", "RSA", "RS384", "{\"alg\":\"RS384\"}", JOSE_TYP_NONE, 1 },
	{ "RS512", "RSA", "RS512", "{\"alg\":\"RS512\"}", JOSE_TYP_NONE, 1 },
	{ "ES256", "P-256", "ES256", "{\"alg\":\"ES256\"}", JOSE_TYP_NONE, 1 },
	{ "ES384", "P-384", "ES384", "{\"alg\":\"ES384\"}", JOSE_TYP_NONE, 1 },
	{ "ES512", "P-521", "ES512", "{\"alg\":\"ES512\"}", JOSE_TYP_NONE, 1 },
	{ "PS256 it does not know", "RSA", "PS256", "{\"alg\":\"PS256\"}", JOSE_TYP_NONE, 0 },
	{ "EdDSA it does not know", "ED25519", "EdDSA", "{\"alg\":\"EdDSA\"}", JOSE_TYP_NONE, 0 },
	{ "at+jwt it does not take", "RSA", "RS256", "{\"alg\":\"RS256\",\"typ\":\"at+jwt\"}",
	    JOSE_TYP_RELATED, 0 },
};

static void
asked(void **state)
{
	const struct row *row = *state;
	EVP_PKEY *pkey = issuer_key(row->kind);
	char *token = issuer_sign(pkey, row->alg, slice_from(row->header), SLICE_OF(CLAIMS));
	enum algorithm_id algorithm = algorithm_find(slice_from(row->alg));
	struct second_opinion opinion;

	start(&opinion, pkey);
	assert_true(agrees(&opinion, token, algorithm, row->typ));
	assert_int_equal(questions, row->questions);
	assert_true(agrees(&opinion, token, algorithm, row->typ));
	assert_int_equal(questions, row->questions); /* remembered, or never asked */
	second_opinion_done(&opinion);
	free(token);
	EVP_PKEY_free(pkey);
}

static char *
sign_id(unsigned id)
{
	char claims[64];

	(void)snprintf(claims, sizeof(claims), "{\"jti\":%u}", id);
	return issuer_sign(rsa, "RS256", SLICE_OF("{\"alg\":\"RS256\"}"), slice_from(claims));
}

static void
a_refusal_is_not_remembered(void **state)
{
	struct second_opinion opinion;
	char *token = sign_id(1);

	(void)state;
	start(&opinion, rsa);
	answer = ANSWER_NO;
	assert_false(agrees(&opinion, token, ALGORITHM_RS256, JOSE_TYP_NONE));
	assert_false(agrees(&opinion, token, ALGORITHM_RS256, JOSE_TYP_NONE));
	assert_int_equal(questions, 2);
	answer = ANSWER_TRULY;
	assert_true(agrees(&opinion, token, ALGORITHM_RS256, JOSE_TYP_NONE));
	second_opinion_done(&opinion);
	free(token);
}

static void
another_key_disagrees(void **state)
{
	struct second_opinion opinion;
	EVP_PKEY *other = issuer_key("RSA");
	char *token = sign_id(1);

	(void)state;
	start(&opinion, other);
	assert_false(agrees(&opinion, token, ALGORITHM_RS256, JOSE_TYP_NONE));
	second_opinion_done(&opinion);
	EVP_PKEY_free(other);
	free(token);
}

/* Success counts for nothing unless libjwt used the algorithm that we pinned. */
static void
success_with_another_algorithm_is_a_refusal(void **state)
{
	struct second_opinion opinion;
	char *token = sign_id(1);

	(void)state;
	start(&opinion, rsa);
	assert_false(agrees(&opinion, token, ALGORITHM_RS384, JOSE_TYP_NONE));
	answer = ANSWER_UNVERIFIED;
	assert_false(agrees(&opinion, token, ALGORITHM_RS256, JOSE_TYP_NONE));
	assert_int_equal(questions, 2);
	second_opinion_done(&opinion);
	free(token);
}

/*
 * The whole token is remembered: same header and payload with other signature bytes is another
 * token.
 */
static void
another_spelling_is_asked_anew(void **state)
{
	struct second_opinion opinion;
	char *token = sign_id(1), *at;

	(void)state;
	start(&opinion, rsa);
	assert_true(agrees(&opinion, token, ALGORITHM_RS256, JOSE_TYP_NONE));
	at = strrchr(token, '.') + 5;
	*at = *at == 'B' ? 'C' : 'B';
	assert_false(agrees(&opinion, token, ALGORITHM_RS256, JOSE_TYP_NONE));
	assert_int_equal(questions, 2);
	second_opinion_done(&opinion);
	free(token);
}

/* More tokens than slots: they push each other out, and every answer stays right. */
static void
a_full_table_forgets(void **state)
{
	enum { TOKENS = 300 };
	struct second_opinion opinion;
	char *tokens[TOKENS];

	(void)state;
	start(&opinion, rsa);
	for (unsigned i = 0; i < TOKENS; i++) {
		tokens[i] = sign_id(i);
		assert_true(agrees(&opinion, tokens[i], ALGORITHM_RS256, JOSE_TYP_NONE));
	}
	assert_int_equal(questions, TOKENS);
	for (unsigned i = 0; i < TOKENS; i++) {
		assert_true(agrees(&opinion, tokens[i], ALGORITHM_RS256, JOSE_TYP_NONE));
		free(tokens[i]);
	}
	assert_in_range(questions, TOKENS + TOKENS - SECOND_OPINION_SLOTS, 2 * TOKENS);
	second_opinion_done(&opinion);
}

static void
a_token_above_the_bound_is_not_given_to_it(void **state)
{
	struct second_opinion opinion;
	char *text = malloc(SECOND_OPINION_MAX_TOKEN + 2);

	(void)state;
	assert_non_null(text);
	memset(text, 'A', SECOND_OPINION_MAX_TOKEN + 1);
	text[SECOND_OPINION_MAX_TOKEN + 1] = '\0';
	start(&opinion, rsa);
	assert_true(agrees(&opinion, text, ALGORITHM_RS256, JOSE_TYP_NONE));
	assert_int_equal(questions, 0);
	text[SECOND_OPINION_MAX_TOKEN] = '\0';
	assert_false(agrees(&opinion, text, ALGORITHM_RS256, JOSE_TYP_NONE));
	assert_int_equal(questions, 1);
	second_opinion_done(&opinion);
	free(text);
}

/* Each process remembers for itself: what a child learns, the parent asks anew. */
static void
memory_is_per_process(void **state)
{
	struct second_opinion opinion;
	char *token = sign_id(1);
	int status;
	pid_t child;

	(void)state;
	start(&opinion, rsa);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		bool is_good = agrees(&opinion, token, ALGORITHM_RS256, JOSE_TYP_NONE) &&
			       agrees(&opinion, token, ALGORITHM_RS256, JOSE_TYP_NONE) &&
			       questions == 1;

		_exit(is_good ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_true(agrees(&opinion, token, ALGORITHM_RS256, JOSE_TYP_NONE));
	assert_int_equal(questions, 1);
	second_opinion_done(&opinion);
	free(token);
}

static void
without_preparation_it_agrees_to_nothing(void **state)
{
	struct second_opinion opinion = { .pem = NULL };
	struct arena tiny;
	char *token = sign_id(1);

	(void)state;
	answer = ANSWER_TRULY;
	questions = 0;
	assert_false(agrees(&opinion, token, ALGORITHM_RS256, JOSE_TYP_NONE));
	assert_int_equal(questions, 0);
	arena_init(&tiny, 16, 16);
	assert_false(second_opinion_init(&opinion, rsa, &tiny));
	assert_false(agrees(&opinion, token, ALGORITHM_RS256, JOSE_TYP_NONE));
	assert_int_equal(questions, 0);
	arena_done(&tiny);
	free(token);
}

/* Through the front door: what comes first, what is remembered, and what is not skipped. */
static const char *
verify(struct authn *authn, const char *token)
{
	const struct principal *principal = NULL;
	enum authn_result result;
	struct arena request;
	char *value;

	assert_true(asprintf(&value, "Bearer %s", token) > 0);
	arena_init(&request, 4096, ARENA_CEILING);
	result = authn_verify(authn, slice_from(value), 1, NOW_US, &request, &principal);
	assert_int_equal(principal != NULL, result == AUTHN_OK);
	arena_done(&request);
	free(value);
	return authn_reason(result);
}

static struct authn *
make_authn(struct config *config, bool second_opinion)
{
	static const struct slice audience[] = { SLICE("documents") };
	static const struct slice algorithms[] = { SLICE("RS256") };
	struct config_faults faults = { .count = 0 };
	struct authn *authn;
	char *pem = issuer_public_pem(rsa);

	*config = (struct config) {
		.jwt_public_key = pem,
		.jwt_audience = { audience, 1 },
		.jwt_algorithms = { algorithms, 1 },
		.jwt_claim_namespace = "neosofia",
		.jwt_max_bytes = 8192,
		.jwt_second_opinion = second_opinion,
	};
	authn = authn_new(&arena, config, &faults);
	assert_non_null(authn);
	config->jwt_public_key = NULL; /* parsed once: the text is not needed any more */
	free(pem);
	return authn;
}

static void
disagreement_refuses_a_good_token(void **state)
{
	char *token = issuer_sign(rsa, "RS256", SLICE_OF("{\"alg\":\"RS256\"}"), SLICE_OF(CLAIMS));
	struct config config;
	struct authn *authn = make_authn(&config, true);

	(void)state;
	questions = 0;
	answer = ANSWER_NO;
	assert_string_equal(verify(authn, token), "second_opinion");
	answer = ANSWER_TRULY;
	assert_string_equal(verify(authn, token), "ok");
	answer = ANSWER_NO; /* remembered: not asked again */
	assert_string_equal(verify(authn, token), "ok");
	assert_int_equal(questions, 2);
	authn_free(authn);
	free(token);
}

static void
it_is_not_asked_about_refused_tokens(void **state)
{
	char *bad_claims =
	    issuer_sign(rsa, "RS256", SLICE_OF("{\"alg\":\"RS256\"}"), SLICE_OF("{}"));
	char *bad_signature =
	    issuer_sign(rsa, "RS512", SLICE_OF("{\"alg\":\"RS256\"}"), SLICE_OF(CLAIMS));
	struct config config;
	struct authn *authn = make_authn(&config, true);

	(void)state;
	questions = 0;
	answer = ANSWER_TRULY;
	assert_string_equal(verify(authn, bad_claims), "claim_missing");
	assert_string_equal(verify(authn, bad_signature), "signature");
	assert_int_equal(questions, 0);
	authn_free(authn);
	free(bad_claims);
	free(bad_signature);
}

static void
switched_off_it_is_never_asked(void **state)
{
	char *token = issuer_sign(rsa, "RS256", SLICE_OF("{\"alg\":\"RS256\"}"), SLICE_OF(CLAIMS));
	struct config config;
	struct authn *authn = make_authn(&config, false);

	(void)state;
	questions = 0;
	answer = ANSWER_NO;
	assert_string_equal(verify(authn, token), "ok");
	assert_int_equal(questions, 0);
	authn_free(authn);
	free(token);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(a_refusal_is_not_remembered),
		cmocka_unit_test(another_key_disagrees),
		cmocka_unit_test(success_with_another_algorithm_is_a_refusal),
		cmocka_unit_test(another_spelling_is_asked_anew),
		cmocka_unit_test(a_full_table_forgets),
		cmocka_unit_test(a_token_above_the_bound_is_not_given_to_it),
		cmocka_unit_test(memory_is_per_process),
		cmocka_unit_test(without_preparation_it_agrees_to_nothing),
		cmocka_unit_test(disagreement_refuses_a_good_token),
		cmocka_unit_test(it_is_not_asked_about_refused_tokens),
		cmocka_unit_test(switched_off_it_is_never_asked),
	};
	int failures;

	arena_init(&arena, 16384, ARENA_CEILING);
	rsa = issuer_key("RSA");
	failures = RUN_ROWS(rows, asked) + cmocka_run_group_tests(others, NULL, NULL);
	EVP_PKEY_free(rsa);
	arena_done(&arena);
	return failures;
}
