/*
 * Asks libjwt, and remembers its agreements. SECURITY-REQUIREMENTS §13 lists what its answers are
 * worth; the calls here keep to that: a key that is never empty, an algorithm that is compared,
 * no claim read.
 */
#include "authn/second_opinion.h"

#include <jansson.h>
#include <jwt.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

/*
 * What libjwt calls the algorithms that it has known since 1.10; JWT_ALG_NONE (0): it is not
 * asked.
 */
static const jwt_alg_t jwt_algorithms[ALGORITHM_COUNT] = {
	[ALGORITHM_RS256] = JWT_ALG_RS256,
	[ALGORITHM_RS384] = JWT_ALG_RS384,
	[ALGORITHM_RS512] = JWT_ALG_RS512,
	[ALGORITHM_ES256] = JWT_ALG_ES256,
	[ALGORITHM_ES384] = JWT_ALG_ES384,
	[ALGORITHM_ES512] = JWT_ALG_ES512,
};

static char *
encode_pem(EVP_PKEY *pkey, struct arena *arena, size_t *ret_len)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL, *copy = NULL;
	long len;

	if (bio != NULL && PEM_write_bio_PUBKEY(bio, pkey) == 1) {
		len = BIO_get_mem_data(bio, &text);
		if (len > 0)
			copy = arena_dup(arena, text, (size_t)len);
		*ret_len = copy == NULL ? 0 : (size_t)len;
	}
	BIO_free(bio);
	return copy;
}

bool
second_opinion_init(struct second_opinion *opinion, EVP_PKEY *pkey, struct arena *arena)
{
	EVP_MD *md = EVP_MD_fetch(NULL, "SHA256", NULL);
	bool is_made;

	/* libjwt reads JSON by jansson, whose hashes want a seed: now, for a worker may open little. */
	json_object_seed(0);
	*opinion = (struct second_opinion) { .digest_ctx = EVP_MD_CTX_new() };
	opinion->pem = encode_pem(pkey, arena, &opinion->pem_len);
	is_made = md != NULL && opinion->pem != NULL && opinion->digest_ctx != NULL &&
		  EVP_DigestInit_ex2(opinion->digest_ctx, md, NULL) == 1;
	EVP_MD_free(md);
	if (!is_made)
		second_opinion_done(opinion);
	return is_made;
}

void
second_opinion_done(struct second_opinion *opinion)
{
	EVP_MD_CTX_free(opinion->digest_ctx);
	*opinion = (struct second_opinion) { .pem = NULL };
}

static bool
digest_token(struct second_opinion *opinion, struct slice token, unsigned char *ret_digest)
{
	return opinion->digest_ctx != NULL &&
	       EVP_DigestInit_ex2(opinion->digest_ctx, NULL, NULL) == 1 &&
	       EVP_DigestUpdate(opinion->digest_ctx, token.data, token.len) == 1 &&
	       EVP_DigestFinal_ex(opinion->digest_ctx, ret_digest, NULL) == 1;
}

/* One call of libjwt. With key_len 0 it would accept anything, so that is asked first. */
static bool
ask(const struct second_opinion *opinion, const char *token, jwt_alg_t expected)
{
	jwt_t *jwt = NULL;
	bool is_agreed;

	if (opinion->pem == NULL || opinion->pem_len == 0)
		return false;
	is_agreed = jwt_decode(&jwt, token, (const unsigned char *)opinion->pem,
			(int)opinion->pem_len) == 0 &&
		    jwt != NULL && jwt_get_alg(jwt) == expected;
	jwt_free(jwt);
	ERR_clear_error(); /* libjwt leaves entries behind */
	return is_agreed;
}

bool
second_opinion_agrees(struct second_opinion *opinion, struct slice token,
    const struct jose_header *header, struct arena *arena)
{
	jwt_alg_t expected = jwt_algorithms[header->algorithm];
	unsigned char digest[SECOND_OPINION_DIGEST];
	struct arena_mark mark = arena_mark(arena);
	const char *text;
	size_t slot;

	if (expected == JWT_ALG_NONE || header->typ == JOSE_TYP_RELATED ||
	    token.len > SECOND_OPINION_MAX_TOKEN)
		return true; /* abstains */
	if (!digest_token(opinion, token, digest))
		return false;
	slot = digest[0] % SECOND_OPINION_SLOTS;
	if (opinion->slots[slot].is_set &&
	    memcmp(opinion->slots[slot].digest, digest, sizeof(digest)) == 0)
		return true;
	text = arena_dup(arena, token.data, token.len);
	if (text == NULL || !ask(opinion, text, expected))
		return false;
	arena_rollback(arena, mark);
	memcpy(opinion->slots[slot].digest, digest, sizeof(digest));
	opinion->slots[slot].is_set = true;
	return true;
}
