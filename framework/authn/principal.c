/*
 * Looking into a principal. Lists are short (PRINCIPAL_MAX_CLAIMS), so a scan is the fastest
 * there is.
 */
#include "authn/principal.h"

const struct claim *
principal_claim(const struct principal *principal, struct slice name)
{
	for (size_t i = 0; i < principal->claim_count; i++)
		if (slice_equal(principal->claims[i].name, name))
			return &principal->claims[i];
	return NULL;
}
