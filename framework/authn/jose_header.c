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
parse_typ(const struct json_value *typ, enum jose_typ *ret_typ)
{
	static const struct slice prefix = SLICE("application/");
	struct slice text;

	if (typ == NULL) {
		*ret_typ = JOSE_TYP_NONE;
		return true;
	}
	if (typ->kind != JSON_KIND_STRING)
		return false;
	text = typ->as.string;
	*ret_typ = slice_is(text, "JWT") ? JOSE_TYP_JWT : JOSE_TYP_RELATED;
	if (slice_equal_nocase(slice_first(text, prefix.len), prefix))
		text = slice_skip(text, prefix.len);
	return slice_equal_nocase(text, SLICE_OF("JWT")) ||
	       slice_equal_nocase(text, SLICE_OF("at+jwt"));
}

/* With one key there is nothing to choose, but what is no key id makes no header (RFC 7515 §4.1.4). */
static bool
is_kid(const struct json_value *kid)
{
	return kid == NULL || kid->kind == JSON_KIND_STRING;
}

/*
 * `crit` is refused whatever it lists: we understand no extension. So is an unencoded payload
 * (RFC 7797).
 */
static bool
asks_for_more(const struct json_value *header)
{
	const struct json_value *b64 = json_find(header, "b64");

	for (size_t i = 0; i < COUNT_OF(key_members); i++)
		if (json_find(header, key_members[i]) != NULL)
			return true;
	return json_find(header, "crit") != NULL ||
	       (b64 != NULL && (b64->kind != JSON_KIND_BOOL || !b64->as.boolean));
}

static enum authn_result
read_members(const struct json_value *json, struct jose_header *header)
{
	const struct json_value *alg = json_find(json, "alg");

	if (!parse_typ(json_find(json, "typ"), &header->typ) || !is_kid(json_find(json, "kid")) ||
	    asks_for_more(json))
		return AUTHN_BAD_HEADER;
	if (alg == NULL || alg->kind != JSON_KIND_STRING)
		return AUTHN_BAD_ALGORITHM;
	header->algorithm = algorithm_find(alg->as.string);
	return header->algorithm == ALGORITHM_UNKNOWN ? AUTHN_BAD_ALGORITHM : AUTHN_OK;
}

enum authn_result
jose_header_parse(struct slice json, struct arena *arena, struct jose_header *ret_header)
{
	struct jose_header header = { .algorithm = ALGORITHM_UNKNOWN };
	const struct arena_mark mark = arena_mark(arena);
	const struct json_value *object = strict_json_object(json, arena);
	enum authn_result result;

	if (object == NULL)
		return AUTHN_MALFORMED;
	result = read_members(object, &header);
	arena_rollback(arena, mark);
	if (result == AUTHN_OK)
		*ret_header = header;
	return result;
}
