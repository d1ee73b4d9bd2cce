/*
 * Takes a compact JWS apart and verifies it: shape, header, key, signature, and each step only
 * after the one before.
 */
#include "authn/jws.h"

#include "core/base64.h"

static bool
decode(struct slice segment, struct arena *arena, struct slice *ret_bytes)
{
	unsigned char *bytes = arena_alloc(arena, BASE64_DECODED_SIZE(segment.len));
	size_t len;

	if (bytes == NULL || !base64url_decode(segment, bytes, &len))
		return false;
	*ret_bytes = slice_make((const char *)bytes, len);
	return true;
}

bool
jws_split(struct slice token, struct arena *arena, struct jws *ret_jws)
{
	size_t first = slice_find(token, '.');
	size_t second = first + 1 + slice_find(slice_skip(token, first + 1), '.');
	struct slice last = slice_skip(token, second + 1);
	struct jws jws;

	/* With fewer than two dots `last` is empty; a third dot is no base64url. */
	if (first == 0 || last.len == 0)
		return false;
	jws.signing_input = slice_first(token, second);
	if (!decode(slice_first(token, first), arena, &jws.header) ||
	    !decode(slice_skip(jws.signing_input, first + 1), arena, &jws.payload) ||
	    !decode(last, arena, &jws.signature))
		return false;
	*ret_jws = jws;
	return true;
}

void
jws_verifier_init(struct jws_verifier *verifier, struct key *key)
{
	*verifier = (struct jws_verifier) { .key = *key };
	*key = (struct key) { .pkey = NULL };
}

bool
jws_verifier_allow(struct jws_verifier *verifier, enum algorithm_id id)
{
	if (verifier->signatures[id].algorithm != ALGORITHM_UNKNOWN)
		return true;
	return signature_init(&verifier->signatures[id], &verifier->key, id);
}

void
jws_verifier_done(struct jws_verifier *verifier)
{
	for (int id = 0; id < ALGORITHM_COUNT; id++)
		signature_done(&verifier->signatures[id]);
	key_done(&verifier->key);
}

static enum authn_result
read_header(struct jws_verifier *verifier, struct slice bytes, struct arena *arena,
    struct jose_header *ret_header)
{
	enum authn_result result;

	if (verifier->kept.len > 0 &&
	    slice_equal(bytes, slice_make(verifier->kept.bytes, verifier->kept.len))) {
		*ret_header = verifier->kept.header;
		return AUTHN_OK;
	}
	result = jose_header_parse(bytes, arena, ret_header);
	if (result == AUTHN_OK && bytes.len <= sizeof(verifier->kept.bytes)) {
		memcpy(verifier->kept.bytes, bytes.data, bytes.len);
		verifier->kept.len = bytes.len;
		verifier->kept.header = *ret_header;
	}
	return result;
}

enum authn_result
jws_verify(struct jws_verifier *verifier, const struct jws *jws, struct arena *arena,
    struct jose_header *ret_header)
{
	struct jose_header header = { .algorithm = ALGORITHM_UNKNOWN };
	enum authn_result result = read_header(verifier, jws->header, arena, &header);
	struct signature *signature = &verifier->signatures[header.algorithm];

	if (result != AUTHN_OK)
		return result;
	if (verifier->key.pkey == NULL)
		return AUTHN_NO_KEY;
	if (signature->algorithm == ALGORITHM_UNKNOWN)
		return AUTHN_BAD_ALGORITHM;
	if (!signature_verify(signature, jws->signing_input, jws->signature))
		return AUTHN_BAD_SIGNATURE;
	*ret_header = header;
	return AUTHN_OK;
}
