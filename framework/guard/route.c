/*
 * Guard 4: a request goes to exactly one route or is answered here: 400 or 414 for a path that
 * means nothing or two things, 404 for one that nobody serves, 405 with Allow for a method that
 * its template does not have. The lookup itself was done before the line began (guard/line.c).
 * OPTIONS of a known template passes: guard 5 answers it.
 */
#include "guard/answer.h"

static enum http_error
path_error(enum uri_fault fault)
{
	switch (fault) {
	case URI_TOO_LONG:
		return HTTP_ERROR_TARGET_TOO_LONG;
	case URI_NO_MEMORY:
		return HTTP_ERROR_SERVICE_UNAVAILABLE;
	case URI_MALFORMED:
	case URI_AMBIGUOUS:
	case URI_OK:
		break;
	}
	return HTTP_ERROR_INVALID_REQUEST;
}

enum guard_verdict
guard_route(const struct guard_env *env, struct request *req, struct response *res)
{
	(void)env;
	if (req->path_fault != URI_OK)
		return guard_refuse(res, path_error(req->path_fault));
	if (req->match == NULL)
		return guard_refuse(res, HTTP_ERROR_NOT_FOUND);
	if (req->method == POSTERN_OPTIONS)
		return GUARD_PASSED;
	if (req->method == 0 || req->match->route == NULL) {
		response_header(res, "Allow", slice_from(req->match->allow));
		return guard_refuse(res, HTTP_ERROR_METHOD_NOT_ALLOWED);
	}
	return GUARD_PASSED;
}
