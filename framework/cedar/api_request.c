/* <postern/cedar.h>: requests. */
#include "cedar/api.h"

#include <stdlib.h>

#include "cedar/entities_json.h"

static void
empty(struct postern_cedar_request *request)
{
	request->owner = (struct value_owner) { .arena = &request->arena };
	request->is_begun = false;
	value_container_init(&request->context.container, &request->owner);
}

struct postern_cedar_request *
postern_cedar_request_new(void)
{
	struct postern_cedar_request *request = calloc(1, sizeof(*request));

	if (request == NULL)
		return NULL;
	arena_init(&request->arena, API_BLOCK, API_WORK_MEMORY);
	empty(request);
	return request;
}

void
postern_cedar_request_free(struct postern_cedar_request *request)
{
	if (request == NULL)
		return;
	arena_done(&request->arena);
	free(request);
}

void
postern_cedar_request_begin(struct postern_cedar_request *request,
    struct postern_cedar_uid principal, struct postern_cedar_uid action,
    struct postern_cedar_uid resource)
{
	arena_reset(&request->arena);
	empty(request);
	request->is_begun = value_uid(&request->owner, principal, &request->request.principal) &&
			    value_uid(&request->owner, action, &request->request.action) &&
			    value_uid(&request->owner, resource, &request->request.resource);
}

struct postern_cedar_record *
postern_cedar_request_context(struct postern_cedar_request *request)
{
	return &request->context;
}

bool
request_close(struct postern_cedar_request *request)
{
	if (!request->is_begun)
		(void)value_fail(&request->owner, "the request has not been begun", false);
	if (!request->owner.is_closed)
		(void)value_record_close(&request->context, &request->request.context);
	request->owner.is_closed = true;
	return request->owner.fault == NULL;
}

bool
postern_cedar_request_context_json(struct postern_cedar_request *request, const char *file,
    struct postern_cedar_text json, const struct postern_cedar_schema *schema,
    struct postern_cedar_problems *problems)
{
	struct cedar_complaints complaints = { .count = 0 };
	struct cedar_json_document document;

	problems_clear(problems);
	if (!request->is_begun || request->owner.is_closed || request->context.container.count > 0)
		(void)value_fail(&request->owner,
		    "the context of a request is given once, after its beginning", false);
	if (request->owner.fault != NULL)
		return problems_say(problems, request->owner.fault, request->owner.is_limit);
	if (cedar_json_read(&request->arena, file, slice_of_text(json), CEDAR_MAX_JSON_DEPTH,
		&complaints, &document) &&
	    context_json_read(&document, document.root, schema == NULL ? NULL : schema->schema,
		&request->request.action, &request->request.context)) {
		request->owner.is_closed = true;
		return true;
	}
	(void)value_fail(&request->owner, "the context could not be read", false);
	return problems_take(problems, &complaints);
}

bool
postern_cedar_request_check(struct postern_cedar_request *request,
    const struct postern_cedar_schema *schema, struct postern_cedar_problems *problems)
{
	const char *fault;

	problems_clear(problems);
	if (!request_close(request))
		return problems_say(problems, request->owner.fault, request->owner.is_limit);
	fault = request_check(&request->arena, schema->schema, &request->request);
	return fault == NULL || problems_say(problems, fault, false);
}
