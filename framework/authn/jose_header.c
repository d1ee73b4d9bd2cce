/* Bytes of a JOSE header to the two facts that the verifier needs, or a refusal. */
#include "authn/jose_header.h"

#include "authn/json.h"

/*
 * Members that name a key, or a place to get one from (RFC 8725 §3.10): a token that brings its
 * own is refused.
 */
static const char *const key_members[] = { "jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256" };

/* `JWT` or `at+jwt`, any case, with or without `application/` (RFC 7515 §4.1.9, RFC 9068 §4). */
static bool
parse_typ(const json_t *typ, enum jose_typ *ret_typ)
{
	static const struct slice prefix = SLICE("application/");
	struct slice text;

	if (typ == NULL) {
		*ret_typ = JOSE_TYP_NONE;
		return true;
	}
	if (!json_is_string(typ))
		return false;
	text = strict_json_string(typ);
	*ret_typ = slice_is(text, "JWT") ? JOSE_TYP_JWT : JOSE_TYP_RELATED;
	if (slice_equal_nocase(slice_first(text, prefix.len), prefix))
		text = slice_skip(text, prefix.len);
	return slice_equal_nocase(text, SLICE_OF("JWT")) ||
	       slice_equal_nocase(text, SLICE_OF("at+jwt"));
}

/* With one key there is nothing to choose, but what is no key id makes no header (RFC 7515 §4.1.4). */
static bool
is_kid(const json_t *kid)
{
	return kid == NULL || json_is_string(kid);
}

/*
 * `crit` is refused whatever it lists: we understand no extension. So is an unencoded payload
 * (RFC 7797).
 */
static bool
asks_for_more(const json_t *header)
{
	const json_t *b64 = json_object_get(header, "b64");

	for (size_t i = 0; i < COUNT_OF(key_members); i++)
		if (json_object_get(header, key_members[i]) != NULL)
			return true;
	return json_object_get(header, "crit") != NULL || (b64 != NULL && !json_is_true(b64));
}

static enum authn_result
read_members(const json_t *json, struct jose_header *header)
{
	const json_t *alg = json_object_get(json, "alg");

	if (!parse_typ(json_object_get(json, "typ"), &header->typ) ||
	    !is_kid(json_object_get(json, "kid")) || asks_for_more(json))
		return AUTHN_BAD_HEADER;
	if (!json_is_string(alg))
		return AUTHN_BAD_ALGORITHM;
	header->algorithm = algorithm_find(strict_json_string(alg));
	return header->algorithm == ALGORITHM_UNKNOWN ? AUTHN_BAD_ALGORITHM : AUTHN_OK;
}

enum authn_result
jose_header_parse(struct slice json, struct jose_header *ret_header)
{
	struct jose_header header = { .algorithm = ALGORITHM_UNKNOWN };
	json_t *object = strict_json_object(json);
	enum authn_result result;

	if (object == NULL)
		return AUTHN_MALFORMED;
	result = read_members(object, &header);
	json_decref(object);
	if (result == AUTHN_OK)
		*ret_header = header;
	return result;
}
