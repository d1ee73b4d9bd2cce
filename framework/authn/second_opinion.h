/*
 * libjwt as a second reader of a token that our own verifier has already accepted. It can only
 * refuse. Its claims are never read, its "success" counts only for the algorithm that we pinned,
 * and it abstains where it does not know the algorithm or the `typ`
 * (docs/decisions/0003-token-verification.md).
 *
 * libjwt parses the PEM anew each time, some fifteen verifications' worth. So a process remembers
 * the tokens that it agreed to: a direct-mapped table of SHA-256 digests over the whole token,
 * SECOND_OPINION_SLOTS * 33 bytes. That skips the second reader alone: our own verification runs
 * on every request and comes first.
 */
#ifndef POSTERN_AUTHN_SECOND_OPINION_H
#define POSTERN_AUTHN_SECOND_OPINION_H

#include <stdbool.h>

#include <openssl/evp.h>

#include "authn/jose_header.h"
#include "core/arena.h"
#include "core/slice.h"

enum {
	SECOND_OPINION_SLOTS = 256,
	SECOND_OPINION_DIGEST = 32,
	SECOND_OPINION_MAX_TOKEN = 65536, /* libjwt copies the token to the stack */
};

struct second_opinion {
	char *pem; /* our own encoding of the key, not the setting's text */
	size_t pem_len;
	EVP_MD_CTX *digest_ctx;
	struct {
		bool is_set;
		unsigned char digest[SECOND_OPINION_DIGEST];
	} slots[SECOND_OPINION_SLOTS];
};

/* False when memory is out. Until then, and after second_opinion_done, it agrees to nothing. */
bool second_opinion_init(
    struct second_opinion *opinion, EVP_PKEY *pkey, struct arena *arena) MUST_USE;
void second_opinion_done(struct second_opinion *opinion);

/* False: libjwt refuses `token`, or could not be asked. `arena` is used as scratch. */
bool second_opinion_agrees(struct second_opinion *opinion, struct slice token,
    const struct jose_header *header, struct arena *arena) MUST_USE;

#endif
