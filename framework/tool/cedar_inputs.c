/*
 * What the options of `postern cedar` name: files of policies, links, schemas, entities and
 * requests, in the forms that the official command takes.
 */
#include "tool/cedar.h"

#include <errno.h>
#include <string.h>

#include "cedar/complaint.h"
#include "cedar/entities_json.h"
#include "cedar/schema_read.h"
#include "tool/cedar_convert.h"
#include "tool/cedar_links.h"
#include "tool/file.h"

bool
cedar_read_file(struct cedar_run *run, const char *path, const char *what, struct slice *ret_text)
{
	const char *name = path == NULL ? "standard input" : path;

	if (file_read(&run->arena, path, CEDAR_MAX_TEXT, ret_text))
		return true;
	if (errno == EFBIG)
		return cedar_report_text(
		    run, "the %s in %s is larger than %d bytes", what, name, CEDAR_MAX_TEXT);
	return cedar_report_text(
	    run, "the %s could not be read from %s: %s", what, name, strerror(errno));
}

const char *
cedar_file_name(const char *path)
{
	return path == NULL ? "<stdin>" : path;
}

/* A JSON file as a document that complains into run->complaints. */
static bool
read_document(struct cedar_run *run, const char *path, const char *what,
    struct cedar_json_document *ret_document)
{
	struct slice text;

	run->complaints.count = 0;
	if (!cedar_read_file(run, path, what, &text))
		return false;
	return cedar_json_read(&run->arena, cedar_file_name(path), text, CEDAR_MAX_JSON_DEPTH,
		   &run->complaints, ret_document) ||
	       cedar_report_complaints(run);
}

bool
cedar_read_uid(
    struct cedar_run *run, const char *what, struct slice text, struct cedar_uid *ret_uid)
{
	const struct source source = source_of(what, text, &run->arena, &run->complaints);

	run->complaints.count = 0;
	if (cedar_uid_parse(&run->arena, text, ret_uid))
		return true;
	complaint_add(&source, 0, "write Type::\"id\"", "this is no entity");
	return cedar_report_complaints(run);
}

static bool
add_json(struct cedar_run *run, struct cedar_builder *builder, struct slice text)
{
	struct cedar_json_document document;

	return (cedar_json_read(&run->arena, cedar_file_name(run->policies), text,
		    CEDAR_MAX_JSON_DEPTH, &run->complaints, &document) &&
		   cedar_policies_json_add(builder, &document, document.root)) ||
	       cedar_report_complaints(run);
}

struct cedar_builder *
cedar_read_builder(struct cedar_run *run)
{
	struct cedar_builder *builder = cedar_builder_new(&run->arena);
	struct slice text;
	bool is_read;

	if (builder == NULL) {
		(void)cedar_report_text(run, "out of memory");
		return NULL;
	}
	if (!cedar_read_file(run, run->policies, "policy set", &text))
		return NULL;
	if (run->policies_are_json)
		return add_json(run, builder, text) ? builder : NULL;
	is_read = cedar_builder_add_text(
		      builder, cedar_file_name(run->policies), text, &run->complaints) &&
		  cedar_builder_rename(builder, SLICE_OF("id"), &run->complaints);
	if (!is_read)
		(void)cedar_report_complaints(run);
	return is_read ? builder : NULL;
}

bool
cedar_read_links(struct cedar_run *run, struct cedar_builder *builder)
{
	struct cedar_links links;

	if (run->links == NULL)
		return true;
	return cedar_links_read(run, run->links, &links) && cedar_links_add(run, &links, builder);
}

const struct cedar_policies *
cedar_read_policies(struct cedar_run *run)
{
	struct cedar_builder *builder = cedar_read_builder(run);
	const struct cedar_policies *policies;

	if (builder == NULL || !cedar_read_links(run, builder))
		return NULL;
	policies = cedar_builder_take(builder);
	if (policies == NULL)
		(void)cedar_report_text(run, "out of memory");
	return policies;
}

/* Of a text, what is right and may surprise. */
static void
report_warnings(struct cedar_run *run, const struct cedar_complaints *warnings)
{
	for (size_t i = 0; i < warnings->count && i < CEDAR_MAX_ERRORS; i++)
		cedar_report(run, "warning", &warnings->items[i]);
}

bool
cedar_read_schema(struct cedar_run *run, const struct cedar_schema **ret_schema)
{
	const char *name = cedar_file_name(run->schema);
	const struct cedar_schema *schema;
	struct cedar_json_document document;
	struct slice text;

	*ret_schema = NULL;
	if (run->schema == NULL)
		return true;
	if (run->schema_is_json) {
		if (!read_document(run, run->schema, "schema", &document))
			return false;
		schema = schema_read_json(&document, document.root);
	} else {
		if (!cedar_read_file(run, run->schema, "schema", &text))
			return false;
		schema = schema_read_text(&run->arena, name, text, &run->complaints);
	}
	if (schema == NULL)
		return cedar_report_complaints(run);
	report_warnings(run, schema->warnings);
	*ret_schema = schema;
	return true;
}

const struct cedar_entities *
cedar_read_entities(struct cedar_run *run, const struct cedar_schema *schema)
{
	struct cedar_json_document document = {
		.source = source_of("entities", SLICE_OF("[]"), &run->arena, &run->complaints),
		.root = NULL,
	};
	const struct cedar_entities *entities;

	run->complaints.count = 0;
	if (run->entities != NULL && !read_document(run, run->entities, "entities", &document))
		return NULL;
	entities = entities_json_read(&document, document.root, schema);
	if (entities == NULL)
		(void)cedar_report_complaints(run);
	return entities;
}

static bool
read_context(struct cedar_run *run, const struct cedar_json_document *document,
    const struct json_value *object, const struct cedar_schema *schema,
    struct cedar_request *request)
{
	return context_json_read(document, object, schema, &request->action, &request->context) ||
	       cedar_report_complaints(run);
}

/* {"principal", "action", "resource", "context"}: uids as the language writes them. */
static bool
read_request_file(
    struct cedar_run *run, const struct cedar_schema *schema, struct cedar_request *request)
{
	static const char *const names[] = { "principal", "action", "resource" };
	struct cedar_uid *uids[] = { &request->principal, &request->action, &request->resource };
	struct cedar_json_document document;
	const struct json_value *part;

	if (!read_document(run, run->request, "request", &document))
		return false;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		part = json_find(document.root, names[i]);
		if (part == NULL || part->kind != JSON_KIND_STRING)
			return cedar_report_text(run,
			    "%s: \"principal\", \"action\" and \"resource\" must be there, as "
			    "strings like User::\\\"alice\\\"",
			    run->request);
		if (!cedar_read_uid(run, names[i], part->as.string, uids[i]))
			return false;
	}
	part = json_find(document.root, "context");
	if (part == NULL)
		return cedar_report_text(run, "%s: \"context\" is missing", run->request);
	return read_context(run, &document, part, schema, request);
}

static bool
read_request_options(
    struct cedar_run *run, const struct cedar_schema *schema, struct cedar_request *request)
{
	struct cedar_json_document document;

	if (run->principal == NULL || run->action == NULL || run->resource == NULL)
		return cedar_report_text(
		    run, "--principal, --action and --resource must be given, or --request-json");
	if (!cedar_read_uid(run, "principal", slice_from(run->principal), &request->principal) ||
	    !cedar_read_uid(run, "action", slice_from(run->action), &request->action) ||
	    !cedar_read_uid(run, "resource", slice_from(run->resource), &request->resource))
		return false;
	if (run->context == NULL)
		return cedar_record_make(&run->arena, NULL, 0, &request->context) ||
		       cedar_report_text(run, "out of memory");
	return read_document(run, run->context, "context", &document) &&
	       read_context(run, &document, document.root, schema, request);
}

bool
cedar_read_request(
    struct cedar_run *run, const struct cedar_schema *schema, struct cedar_request *ret_request)
{
	const char *fault;

	if (run->request != NULL ? !read_request_file(run, schema, ret_request)
				 : !read_request_options(run, schema, ret_request))
		return false;
	if (schema == NULL || run->skips_request_validation)
		return true;
	fault = request_check(&run->arena, schema, ret_request);
	return fault == NULL || cedar_report_text(run, "%s", fault);
}
