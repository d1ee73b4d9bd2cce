/*
 * What a handler may ask about who calls (<postern/request.h>). It lies here and not with the other
 * readers in http/, which knows no principal. Invariant: NULL on a route that authenticates nobody.
 */
#include <postern/request.h>

#include "authn/principal.h"
#include "http/request.h"

const char *
postern_principal_type(const struct postern_request *req)
{
	return req->in.principal == NULL ? NULL : req->in.principal->type.data;
}

const char *
postern_principal_id(const struct postern_request *req)
{
	return req->in.principal == NULL ? NULL : req->in.principal->id.data;
}

const char *
postern_claim(const struct postern_request *req, const char *name)
{
	const struct claim *claim;

	if (req->in.principal == NULL || name == NULL)
		return NULL;
	claim = principal_claim(req->in.principal, slice_from(name));
	return claim != NULL && claim->kind == CLAIM_STRING ? claim->as.string.data : NULL;
}
