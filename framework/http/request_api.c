/*
 * What a handler may ask of a request (<postern/request.h>, and what `load` keeps for it): thin
 * readers over struct request. What authn found out is read in authn/principal_api.c. Invariant:
 * nothing here hands out the client's address, credentials or cookies.
 */
#include <postern/request.h>

#include "core/compiler.h"
#include "http/request.h"
#include "http/router.h"

unsigned
postern_method(const struct postern_request *req)
{
	return req->in.method;
}

const char *
postern_path_param(const struct postern_request *req, const char *name)
{
	const struct router_match *match = req->in.match;

	if (match == NULL || name == NULL)
		return NULL;
	for (size_t i = 0; i < match->param_count; i++)
		if (strcmp(match->params[i].name, name) == 0)
			return match->params[i].value.data;
	return NULL;
}

const char *
postern_query_param(struct postern_request *req, const char *name)
{
	if (name == NULL)
		return NULL;
	return uri_query_find(req->in.arena, req->in.query, slice_from(name)).data;
}

/*
 * Fields that identify or authenticate the client: a service has the principal instead. And what
 * proxies, or anybody, may have said about client, scheme and host: the guards have made of it what
 * may be believed.
 */
static bool
is_withheld(const char *name)
{
	static const char *const withheld[] = { "Authorization", "Proxy-Authorization", "Cookie",
		"Forwarded", "X-Original-Forwarded-For", "X-Real-IP", "X-Client-IP", "Client-IP",
		"X-Cluster-Client-IP", "True-Client-IP", "CF-Connecting-IP", "Fastly-Client-IP" };
	static const struct slice family = SLICE("X-Forwarded");

	if (slice_equal_nocase(slice_first(slice_from(name), family.len), family))
		return true;
	for (size_t i = 0; i < COUNT_OF(withheld); i++)
		if (strcasecmp(name, withheld[i]) == 0)
			return true;
	return false;
}

const char *
postern_header(const struct postern_request *req, const char *name)
{
	struct slice value;
	unsigned count;

	if (name == NULL || is_withheld(name))
		return NULL;
	value = request_header(&req->in, name, &count);
	return count == 1 ? value.data : NULL;
}

const char *
postern_body(const struct postern_request *req, size_t *ret_len)
{
	*ret_len = req->in.body.len;
	return req->in.body.data == NULL ? "" : req->in.body.data;
}

void *
postern_worker_data(const struct postern_request *req)
{
	return req->in.worker_data;
}

void *
postern_alloc(struct postern_request *req, size_t size)
{
	return arena_calloc(req->in.arena, 1, size);
}

char *
postern_strdup(struct postern_request *req, const char *text)
{
	return text == NULL ? NULL : arena_dup(req->in.arena, text, strlen(text));
}

void
postern_keep(struct postern_request *req, void *data)
{
	req->in.kept = data;
}

void *
postern_kept(const struct postern_request *req)
{
	return req->in.kept;
}
