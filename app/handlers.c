/*
 * The handlers. When one runs, the caller is known and allowed: document_load has described the
 * document to the policies and kept it, so each request reads the store once.
 *
 * Invariant: no event names a document or a person.
 */
#include "handlers.h"

#include <postern/log.h>

#include "store.h"

static const struct postern_event store_unavailable = {
	.type = "documents.store_unavailable",
	.message = "The document store did not answer",
	.level = POSTERN_ERROR,
};

static char *
copy_into_request(void *req, const char *text)
{
	return postern_strdup(req, text);
}

/* Every outcome of the store as the framework's: nothing but STORE_OK becomes a success. */
static enum postern_status
status_of(const struct postern_request *req, enum store_result result)
{
	switch (result) {
	case STORE_OK:
		return POSTERN_OK;
	case STORE_NOT_FOUND:
		return POSTERN_NOT_FOUND;
	case STORE_NO_MEMORY:
		return POSTERN_FAILED;
	case STORE_FAILED:
		break;
	}
	postern_log(req, &store_unavailable);
	return POSTERN_UNAVAILABLE;
}

enum postern_status
document_load(struct postern_request *req, struct postern_entity *resource)
{
	struct document *document = postern_alloc(req, sizeof(*document));
	enum postern_status status;

	if (document == NULL)
		return POSTERN_FAILED;
	status = status_of(
	    req, store_find(postern_worker_data(req), postern_path_param(req, "document_id"),
		     copy_into_request, req, document));
	if (status != POSTERN_OK)
		return status;
	postern_entity_reference(resource, "owner", "Patient", document->owner_id);
	postern_entity_string(resource, "clinic_id", document->clinic_id);
	postern_keep(req, document);
	return POSTERN_OK;
}

enum postern_status
document_read(struct postern_request *req, struct postern_response *res)
{
	const struct document *document = postern_kept(req);

	postern_json_string(res, "document_id", document->document_id);
	postern_json_string(res, "title", document->title);
	postern_json_string(res, "clinic_id", document->clinic_id);
	return POSTERN_OK;
}

enum postern_status
document_read_summary(struct postern_request *req, struct postern_response *res)
{
	const struct document *document = postern_kept(req);

	postern_json_string(res, "document_id", document->document_id);
	postern_json_string(res, "summary", document->summary);
	return POSTERN_OK;
}

enum postern_status
document_delete(struct postern_request *req, struct postern_response *res)
{
	const struct document *document = postern_kept(req);
	const struct actor actor = { postern_principal_type(req), postern_principal_id(req) };
	enum postern_status status =
	    status_of(req, store_delete(postern_worker_data(req), document->document_id, &actor));

	if (status == POSTERN_OK)
		postern_json_string(res, "deleted", document->document_id);
	return status;
}
