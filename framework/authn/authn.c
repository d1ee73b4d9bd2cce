/*
 * The whole way from header value to principal, in the fixed order: size, shape, header, key,
 * signature, claims; then the second opinion, which is asked last because it is dear and can only
 * refuse. Every early return is a refusal.
 */
#include "authn/authn.h"

#include "authn/attributes.h"
#include "authn/bearer.h"
#include "authn/claims.h"
#include "authn/json.h"
#include "authn/jws.h"
#include "authn/second_opinion.h"

struct authn {
	const struct config *config;
	struct attribute_names names;
	struct jws_verifier verifier;
	struct second_opinion *second_opinion; /* NULL: JWT_SECOND_OPINION is off */
};

static const char *const reasons[AUTHN_RESULT_COUNT] = {
	[AUTHN_REFUSED] = "internal",
	[AUTHN_OK] = "ok",
	[AUTHN_NO_TOKEN] = "missing",
	[AUTHN_MALFORMED] = "malformed",
	[AUTHN_TOO_LARGE] = "too_large",
	[AUTHN_BAD_HEADER] = "header",
	[AUTHN_BAD_ALGORITHM] = "algorithm",
	[AUTHN_NO_KEY] = "key",
	[AUTHN_BAD_SIGNATURE] = "signature",
	[AUTHN_MISSING_CLAIM] = "claim_missing",
	[AUTHN_BAD_CLAIM] = "claim_type",
	[AUTHN_EXPIRED] = "expired",
	[AUTHN_NOT_YET] = "not_yet_valid",
	[AUTHN_BAD_AUDIENCE] = "audience",
	[AUTHN_BAD_ISSUER] = "issuer",
	[AUTHN_SECOND_OPINION] = "second_opinion",
	[AUTHN_BAD_PRINCIPAL_TYPE] = "principal_type",
};

const char *
authn_reason(enum authn_result result)
{
	return reasons[result];
}

static void
add_fault(struct config_faults *faults, struct arena *arena, const char *setting, const char *text)
{
	config_fault(faults, arena, "%s: %s", setting, text);
}

static bool
load_key(struct authn *authn, struct arena *arena, struct config_faults *faults)
{
	const char *pem = authn->config->jwt_public_key;
	struct key key = { .pkey = NULL };
	enum key_fault fault;

	if (pem == NULL) {
		/* Why there is none config/ has told, unless nobody has. */
		if (faults->count == 0)
			add_fault(faults, arena, "JWT_PUBLIC_KEY", "expected a PEM public key");
		return false;
	}
	fault = key_parse(slice_from(pem), arena, &key);
	if (fault != KEY_OK) {
		add_fault(faults, arena, "JWT_PUBLIC_KEY", key_fault_text(fault));
		return false;
	}
	jws_verifier_init(&authn->verifier, &key);
	return true;
}

/* Every entry must be in the table, and verify with the key that there is. */
static bool
allow_algorithms(
    struct authn *authn, bool has_key, struct arena *arena, struct config_faults *faults)
{
	const struct config_list *list = &authn->config->jwt_algorithms;
	bool is_good = list->count > 0;

	if (!is_good)
		add_fault(faults, arena, "JWT_ALGORITHMS", "expected at least one algorithm");
	for (size_t i = 0; i < list->count; i++) {
		enum algorithm_id id = algorithm_find(list->items[i]);

		if (id == ALGORITHM_UNKNOWN) {
			add_fault(faults, arena, "JWT_ALGORITHMS",
			    "expected of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, "
			    "ES512, EdDSA");
			is_good = false;
		} else if (has_key && !jws_verifier_allow(&authn->verifier, id)) {
			add_fault(faults, arena, "JWT_ALGORITHMS",
			    "expected algorithms that fit the type of the key in JWT_PUBLIC_KEY");
			is_good = false;
		}
	}
	return is_good;
}

static bool
make_second_opinion(struct authn *authn, struct arena *arena, struct config_faults *faults)
{
	if (!authn->config->jwt_second_opinion)
		return true;
	authn->second_opinion = arena_calloc(arena, 1, sizeof(*authn->second_opinion));
	if (authn->second_opinion != NULL &&
	    second_opinion_init(authn->second_opinion, authn->verifier.key.pkey, arena))
		return true;
	add_fault(faults, arena, "JWT_SECOND_OPINION", "could not be prepared");
	return false;
}

struct authn *
authn_new(struct arena *arena, const struct config *config, struct config_faults *faults)
{
	struct authn *authn = arena_calloc(arena, 1, sizeof(*authn));
	bool has_key, is_good;

	if (authn == NULL ||
	    !attribute_names_make(config->jwt_claim_namespace, arena, &authn->names)) {
		add_fault(faults, arena, "JWT_PUBLIC_KEY", "could not be read: out of memory");
		return NULL;
	}
	authn->config = config;
	has_key = load_key(authn, arena, faults);
	is_good = allow_algorithms(authn, has_key, arena, faults) && has_key;
	if (is_good && make_second_opinion(authn, arena, faults))
		return authn;
	authn_free(authn);
	return NULL;
}

void
authn_free(struct authn *authn)
{
	if (authn == NULL)
		return;
	if (authn->second_opinion != NULL)
		second_opinion_done(authn->second_opinion);
	jws_verifier_done(&authn->verifier);
}

static enum authn_result
read_claims(const struct authn *authn, struct slice payload, int64_t now_us, struct arena *arena,
    const struct principal **ret_principal)
{
	const struct json_value *claims = strict_json_object(payload, arena);
	enum authn_result result;

	if (claims == NULL)
		return AUTHN_MALFORMED;
	result = claims_check(claims, authn->config, now_us);
	if (result == AUTHN_OK)
		result = attributes_read(claims, &authn->names, arena, ret_principal);
	return result;
}

static enum authn_result
verify_token(struct authn *authn, struct slice token, int64_t now_us, struct arena *arena,
    const struct principal **ret_principal)
{
	const struct principal *principal = NULL;
	struct jose_header header;
	enum authn_result result;
	struct jws jws;

	if (!jws_split(token, arena, &jws) || jws.payload.len == 0)
		return AUTHN_MALFORMED;
	result = jws_verify(&authn->verifier, &jws, arena, &header);
	if (result != AUTHN_OK)
		return result;
	result = read_claims(authn, jws.payload, now_us, arena, &principal);
	if (result != AUTHN_OK)
		return result;
	if (authn->second_opinion != NULL &&
	    !second_opinion_agrees(authn->second_opinion, token, &header, arena))
		return AUTHN_SECOND_OPINION;
	*ret_principal = principal;
	return AUTHN_OK;
}

enum authn_result
authn_verify(struct authn *authn, struct slice authorization, unsigned count, int64_t now_us,
    struct arena *arena, const struct principal **ret_principal)
{
	struct slice token;

	if (count == 0)
		return AUTHN_NO_TOKEN;
	if (count > 1)
		return AUTHN_MALFORMED;
	if (authn == NULL)
		return AUTHN_NO_KEY;
	if (authorization.len > authn->config->jwt_max_bytes)
		return AUTHN_TOO_LARGE;
	if (!bearer_parse(authorization, &token))
		return AUTHN_MALFORMED;
	return verify_token(authn, token, now_us, arena, ret_principal);
}
