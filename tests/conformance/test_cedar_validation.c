/*
 * The validator against the official engine: the recorded verdict of every case, from the text
 * formats of policies and schema and from their JSON formats. And what validation promises: a policy
 * that is valid meets no value of a wrong type and no missing attribute or tag in any recorded request,
 * all of which conform to their schema.
 */
#include "cases.h"

#include "cedar/entities_json.h"
#include "cedar/policy_json.h"
#include "cedar/schema_read.h"
#include "cedar/validator.h"

enum { MAX_SHOWN = 5 };

struct tally {
	size_t valid, invalid, requests, errors, wrong;
};

static void
is_wrong(struct tally *tally, const char *about, const struct json_value *test)
{
	if (tally->wrong++ < MAX_SHOWN)
		print_error("%s: %.*s\n", about, SLICE_ARGS(data_text(test, "name")));
}

/* The verdict of 4.13, where an earlier one had another. */
static bool
should_validate(const struct json_value *test)
{
	const struct json_value *later = json_find(test, "shouldValidate_4_13");

	return (later != NULL ? later : data_get(test, "shouldValidate"))->as.boolean;
}

static bool
is_valid(
    struct arena *arena, const struct cedar_policies *policies, const struct cedar_schema *schema)
{
	struct validator_result result;
	enum validator_outcome outcome =
	    validator_check(policies, schema, VALIDATOR_NO_LEVEL, arena, &result);

	assert_true(outcome == VALIDATOR_VALID || outcome == VALIDATOR_INVALID);
	assert_int_equal(outcome == VALIDATOR_INVALID, result.error_count > 0);
	return outcome == VALIDATOR_VALID;
}

/* With a document, since the readers of JSON complain to one. */
static struct cedar_json_document
document_of(struct arena *arena, struct cedar_complaints *complaints)
{
	struct cedar_json_document document = {
		.source = { .file = "data", .arena = arena, .complaints = complaints }
	};

	complaints->count = 0;
	return document;
}

/* Errors that a valid policy may end in: overflow, entities that are not there, bounds. */
static bool
may_be(enum cedar_error error)
{
	return error != CEDAR_ERROR_TYPE && error != CEDAR_ERROR_MISSING_ATTRIBUTE &&
	       error != CEDAR_ERROR_MISSING_TAG && error != CEDAR_ERROR_ARITY;
}

static void
ask(struct tally *tally, struct arena *arena, const struct json_value *test,
    const struct json_value *asked, const struct cedar_policies *policies,
    const struct cedar_entities *entities, const struct cedar_schema *schema)
{
	struct cedar_complaints complaints;
	struct cedar_json_document document = document_of(arena, &complaints);
	struct cedar_request request;
	struct cedar_answer answer;

	assert_true(uid_json_read(&document, data_get(asked, "principal"), &request.principal));
	assert_true(uid_json_read(&document, data_get(asked, "action"), &request.action));
	assert_true(uid_json_read(&document, data_get(asked, "resource"), &request.resource));
	assert_true(context_json_read(
	    &document, data_get(asked, "context"), schema, &request.action, &request.context));
	assert_int_equal(
	    cedar_authorize(policies, entities, &request, arena, &answer), CEDAR_DECIDED);
	tally->requests++;
	tally->errors += answer.error_count;
	for (size_t i = 0; i < answer.error_count; i++)
		if (!may_be(answer.errors[i].error))
			is_wrong(tally, cedar_error_name(answer.errors[i].error), test);
}

static void
ask_all(struct tally *tally, struct arena *arena, const struct json_value *test,
    const struct cedar_policies *policies, const struct cedar_schema *schema)
{
	const struct json_value *requests = data_get(test, "requests");
	struct cedar_complaints complaints;
	struct cedar_json_document document = document_of(arena, &complaints);
	const struct cedar_entities *entities =
	    entities_json_read(&document, data_get(test, "entities"), schema);

	assert_non_null(entities);
	for (uint32_t i = 0; i < requests->count; i++)
		ask(tally, arena, test, &requests->as.elements[i], policies, entities, schema);
}

static void
check_texts(struct tally *tally, struct arena *arena, const struct json_value *test)
{
	struct cedar_complaints complaints;
	const struct cedar_schema *schema =
	    schema_read_text(arena, "schema", data_text(test, "schema"), &complaints);
	struct cedar_builder *builder = cedar_builder_new(arena);
	const struct cedar_policies *policies;
	bool expected = should_validate(test);

	assert_non_null(schema);
	assert_non_null(builder);
	assert_true(
	    cedar_builder_add_text(builder, "policies", data_text(test, "policies"), &complaints));
	policies = cedar_builder_take(builder);
	if (is_valid(arena, policies, schema) != expected)
		is_wrong(tally, "another verdict", test);
	else if (expected)
		ask_all(tally, arena, test, policies, schema);
	tally->valid += expected ? 1 : 0;
	tally->invalid += expected ? 0 : 1;
}

static void
check_jsons(struct tally *tally, struct arena *arena, const struct json_value *test,
    const struct json_value *jsons)
{
	struct cedar_complaints complaints;
	struct cedar_json_document document = document_of(arena, &complaints);
	struct cedar_builder *builder = cedar_builder_new(arena);
	const struct cedar_schema *schema = schema_read_json(&document, data_get(jsons, "schema"));

	assert_non_null(schema);
	assert_non_null(builder);
	assert_true(policy_json_add_set(
	    builder, POLICY_JSON_STRICT, &document, data_get(jsons, "policies")));
	if (is_valid(arena, cedar_builder_take(builder), schema) != should_validate(test))
		is_wrong(tally, "another verdict from JSON", test);
}

static void
report(const char *name, const struct tally *tally)
{
	print_message("%s: %zu valid, %zu invalid; %zu requests to the valid ones end in %zu "
		      "errors, none of which they may not; %zu wrong\n",
	    name, tally->valid, tally->invalid, tally->requests, tally->errors, tally->wrong);
	assert_int_equal(tally->wrong, 0);
}

static void
check_corpus_line(void *data, const struct recorded *recorded)
{
	check_texts(data, recorded->arena, recorded->line);
	check_jsons(data, recorded->arena, recorded->line, recorded->jsons);
}

static void
the_corpus_has_the_recorded_verdicts(void **state)
{
	struct tally tally = { 0 };

	(void)state;
	if (cases_each_in_both(check_corpus_line, &tally))
		report("corpus", &tally);
}

static void
check_handwritten(void *data, const struct recorded *recorded)
{
	check_texts(data, recorded->arena, recorded->line);
}

static void
the_handwritten_cases_have_the_recorded_verdicts(void **state)
{
	struct tally tally = { 0 };

	(void)state;
	if (cases_each(&handwritten_file, check_handwritten, &tally))
		report("handwritten", &tally);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_handwritten_cases_have_the_recorded_verdicts),
		cmocka_unit_test(the_corpus_has_the_recorded_verdicts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
