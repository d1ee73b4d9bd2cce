/*
 * X-Active-Actor: somebody who may act in several roles says in which one he acts now. The header
 * only ever narrows what the token grants; a choice that was not made is asked for, never
 * guessed.
 */
#include "authn/authn.h"

#include "core/ascii.h"

/* [A-Za-z0-9_-]+ */
static bool
is_actor_name(struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.data[i];

		if (!ascii_is_alnum(c) && c != '_' && c != '-')
			return false;
	}
	return s.len > 0;
}

static const struct slice *
find_actor(const struct claim *actors, struct slice name)
{
	for (size_t i = 0; i < actors->as.strings.count; i++)
		if (slice_equal(actors->as.strings.items[i], name))
			return &actors->as.strings.items[i];
	return NULL;
}

/* A copy of the principal whose actors are `*active` alone; NULL when the arena is full. */
static const struct principal *
narrow(const struct principal *principal, const struct claim *actors, const struct slice *active,
    struct arena *arena)
{
	struct principal *copy = arena_calloc(arena, 1, sizeof(*copy));
	struct claim *claims = arena_calloc(arena, principal->claim_count, sizeof(*claims));
	size_t index = (size_t)(actors - principal->claims);

	if (copy == NULL || claims == NULL)
		return NULL;
	memcpy(claims, principal->claims, principal->claim_count * sizeof(*claims));
	claims[index].as.strings.items = active;
	claims[index].as.strings.count = 1;
	*copy = *principal;
	copy->claims = claims;
	return copy;
}

enum actor_result
authn_select_actor(const struct principal *principal, struct slice header, unsigned count,
    struct arena *arena, const struct principal **ret_principal, struct slice *ret_active)
{
	const struct claim *actors = principal_claim(principal, SLICE_OF("actors"));
	bool has_actors =
	    actors != NULL && actors->kind == CLAIM_STRINGS && actors->as.strings.count > 0;
	const struct principal *narrowed = principal;
	const struct slice *active = NULL;

	if (count > 1 || (count == 1 && !is_actor_name(header)))
		return ACTOR_INVALID;
	if (count == 0 && has_actors && actors->as.strings.count > 1)
		return ACTOR_INVALID;
	if (has_actors)
		active = count == 0 ? &actors->as.strings.items[0] : find_actor(actors, header);
	if (count == 1 && active == NULL)
		return ACTOR_REFUSED;
	if (has_actors && actors->as.strings.count > 1)
		narrowed = narrow(principal, actors, active, arena);
	if (narrowed == NULL)
		return ACTOR_REFUSED;
	*ret_principal = narrowed;
	*ret_active = active == NULL ? slice_make(NULL, 0) : *active;
	return ACTOR_OK;
}
