/*
 * Strict JSON, the registered claims and the principal. Whatever passes has a subject within its
 * bounds, an identifier for a type, and no more claims, items and bytes than principal.h allows.
 */
#include <stdint.h>
#include <stdlib.h>

#include "authn/attributes.h"
#include "authn/claims.h"
#include "authn/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW_US (INT64_C(1700000000) * 1000000)

static void
check_claim(const struct claim *claim)
{
	if (claim->name.len == 0 || claim->name.len > PRINCIPAL_MAX_STRING)
		abort();
	if (claim->kind == CLAIM_STRING && (claim->as.string.len > PRINCIPAL_MAX_STRING ||
					       claim->as.string.data[claim->as.string.len] != '\0'))
		abort();
	if (claim->kind == CLAIM_STRINGS && claim->as.strings.count > PRINCIPAL_MAX_ITEMS)
		abort();
}

static void
check_principal(const struct principal *principal)
{
	if (principal->id.len == 0 || principal->id.len > CLAIMS_MAX_SUBJECT ||
	    principal->type.len == 0 || strchr(principal->type.data, ':') != NULL ||
	    principal->claim_count > PRINCIPAL_MAX_CLAIMS)
		abort();
	for (size_t i = 0; i < principal->claim_count; i++)
		check_claim(&principal->claims[i]);
	if (principal->is_service && principal_claim(principal, SLICE_OF("actors")) != NULL)
		abort();
}

/* An actor chosen by a header is one of the token's. */
static void
check_actor(const struct principal *principal, struct arena *arena)
{
	const struct principal *narrowed = NULL;
	struct slice active = { NULL, 0 };

	if (authn_select_actor(principal, SLICE_OF("operator"), 1, arena, &narrowed, &active) ==
		ACTOR_OK &&
	    !slice_is(active, "operator"))
		abort();
	(void)!authn_select_actor(principal, active, 0, arena, &narrowed, &active);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct slice audience[] = { SLICE("documents") };
	const struct config config = { .jwt_audience = { audience, 1 } };
	const struct principal *principal = NULL;
	struct attribute_names names;
	const struct json_value *claims;
	struct arena arena;

	arena_init(&arena, 4096, 1 << 24);
	claims = strict_json_object(slice_make((const char *)data, size), &arena);
	if (!attribute_names_make("neosofia", &arena, &names))
		abort();
	if (claims != NULL && claims_check(claims, &config, NOW_US) == AUTHN_OK &&
	    attributes_read(claims, &names, &arena, &principal) == AUTHN_OK) {
		check_principal(principal);
		check_actor(principal, &arena);
	}
	arena_done(&arena);
	return 0;
}
