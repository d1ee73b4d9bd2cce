/*
 * Holds the engine against what the official one decided: whole cases with policies, a schema,
 * entities and requests, run as the data's README says. Every case runs and agrees.
 */
#include "cases.h"

#include "cedar/entities_json.h"
#include "cedar/schema_read.h"
#include "core/compiler.h"

enum {
	CORPUS_REQUESTS = 36928,
	HANDWRITTEN_REQUESTS = 74,
	MAX_SHOWN = 10, /* disagreements that are printed */
};

/* A file while it is run. */
struct run {
	const struct case_file *file;
	size_t requests, disagreed;
	/* The case at hand. */
	struct cedar_json_document document;
	struct cedar_complaints complaints;
	const struct cedar_policies *policies;
	const struct cedar_schema *schema;
	const struct cedar_entities *entities;
};

static void
disagree(struct run *run, const char *about)
{
	const struct json_value *line = run->document.root;

	if (run->disagreed++ >= MAX_SHOWN)
		return;
	print_error("%s: %.*s: %s\n%.*s\n", run->file->name, SLICE_ARGS(data_text(line, "name")),
	    about, SLICE_ARGS(data_text(line, "policies")));
	if (run->complaints.count > 0)
		print_error("%s\n",
		    cedar_complaint_text(run->document.source.arena, &run->complaints.items[0]));
}

static bool
names_policy(const struct json_value *ids, struct slice id)
{
	for (uint32_t i = 0; i < ids->count; i++)
		if (slice_equal(id, ids->as.elements[i].as.string))
			return true;
	return false;
}

/* All cases name each policy once, so equal counts and inclusion are equality of sets. */
static bool
agrees(const struct run *run, const struct cedar_answer *answer, const struct json_value *recorded)
{
	const struct json_value *reasons = data_get(recorded, "reason");
	const struct json_value *errors = data_get(recorded, "errors");
	bool allows = json_is(data_get(recorded, "decision"), "allow");

	if ((answer->decision == CEDAR_ALLOW) != allows || answer->reason_count != reasons->count ||
	    answer->error_count != errors->count)
		return false;
	for (size_t i = 0; i < answer->reason_count; i++)
		if (!names_policy(reasons, cedar_policy_id(run->policies, answer->reasons[i])))
			return false;
	for (size_t i = 0; i < answer->error_count; i++)
		if (!names_policy(errors, cedar_policy_id(run->policies, answer->errors[i].policy)))
			return false;
	return true;
}

/* The uids, the context with the schema and the action, and whether the schema knows all of it. */
static bool
read_request(struct run *run, const struct json_value *json, struct cedar_request *ret_request)
{
	const struct cedar_json_document *document = &run->document;
	const char *message = NULL;

	if (!uid_json_read(document, data_get(json, "principal"), &ret_request->principal) ||
	    !uid_json_read(document, data_get(json, "action"), &ret_request->action) ||
	    !uid_json_read(document, data_get(json, "resource"), &ret_request->resource) ||
	    !context_json_read(document, data_get(json, "context"), run->schema,
		&ret_request->action, &ret_request->context))
		return false;
	if (data_get(json, "validateRequest")->as.boolean)
		message = request_check(document->source.arena, run->schema, ret_request);
	if (message != NULL)
		complaint_add(&document->source, json->offset, NULL, "%s", message);
	return message == NULL;
}

static void
run_request(struct run *run, const struct json_value *json)
{
	struct cedar_request request;
	struct cedar_answer answer;

	run->requests++;
	if (!read_request(run, json, &request))
		disagree(run, "a request is refused");
	else if (cedar_authorize(run->policies, run->entities, &request, run->document.source.arena,
		     &answer) != CEDAR_DECIDED)
		disagree(run, "no decision");
	else if (!agrees(run, &answer, json))
		disagree(run, "another answer");
}

/* Policies, schema and entities of a case; all of them are accepted. */
static bool
read_case(struct run *run)
{
	const struct json_value *line = run->document.root;
	struct arena *arena = run->document.source.arena;
	struct cedar_builder *builder = cedar_builder_new(arena);

	assert_non_null(builder);
	run->complaints.count = 0;
	if (!cedar_builder_add_text(
		builder, "policies", data_text(line, "policies"), &run->complaints))
		return false;
	run->policies = cedar_builder_take(builder);
	assert_non_null(run->policies);
	run->schema =
	    schema_read_text(arena, "schema", data_text(line, "schema"), &run->complaints);
	if (run->schema == NULL)
		return false;
	/* both readers start their complaints anew; what follows adds to the line's */
	run->complaints.count = 0;
	run->entities = entities_json_read(&run->document, data_get(line, "entities"), run->schema);
	return run->entities != NULL;
}

static void
run_case(void *data, const struct recorded *recorded)
{
	struct run *run = data;
	const struct json_value *requests = data_get(recorded->line, "requests");

	run->document = (struct cedar_json_document) {
		.source = {
			.file = run->file->name,
			.text = recorded->text,
			.arena = recorded->arena,
			.complaints = &run->complaints,
		},
		.root = recorded->line,
	};
	if (!read_case(run)) {
		disagree(run, "a part of the case is refused");
		return;
	}
	for (uint32_t i = 0; i < requests->count; i++)
		run_request(run, &requests->as.elements[i]);
}

static void
run_file(const struct case_file *file, size_t requests)
{
	struct run run = { .file = file };

	if (!cases_each(file, run_case, &run))
		return;
	print_message("%s: %zu cases, %zu requests, %zu disagree\n", file->name, file->count,
	    run.requests, run.disagreed);
	assert_int_equal(run.disagreed, 0);
	assert_int_equal(run.requests, requests);
}

static void
the_corpus_is_decided_as_recorded(void **state)
{
	(void)state;
	run_file(&corpus_file, CORPUS_REQUESTS);
}

static void
the_handwritten_cases_are_decided_as_recorded(void **state)
{
	(void)state;
	run_file(&handwritten_file, HANDWRITTEN_REQUESTS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_handwritten_cases_are_decided_as_recorded),
		cmocka_unit_test(the_corpus_is_decided_as_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
