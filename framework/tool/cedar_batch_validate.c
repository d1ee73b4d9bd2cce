/*
 * `postern cedar validate --batch`: {"schema", "policies"} to {"ok", "policies": [ids with errors],
 * "warnings": [{"policy", "message"}], "errors": [the same of errors]}.
 */
#include "tool/cedar_batch.h"

#include "cedar/validator.h"

/* Ids of policies that have errors, each once; findings of one policy stand together. */
static void
write_ids(struct cedar_question *question, const struct validator_result *result)
{
	size_t written = 0;

	for (size_t i = 0; i < result->error_count; i++)
		if (i == 0 || !slice_equal(result->errors[i].policy, result->errors[i - 1].policy))
			cedar_answer_string(question, written++, result->errors[i].policy);
}

static void
write_findings(
    struct cedar_question *question, const struct validator_finding *findings, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		buffer_text(&question->answer, i == 0 ? "{\"policy\":" : ",{\"policy\":");
		buffer_json_string(&question->answer, findings[i].policy);
		buffer_text(&question->answer, ",\"message\":");
		buffer_json_string(&question->answer, slice_from(findings[i].complaint.message));
		buffer_byte(&question->answer, '}');
	}
}

static void
write_result(struct cedar_question *question, const struct validator_result *result)
{
	buffer_printf(&question->answer, "{\"ok\":%s,\"policies\":[",
	    result->error_count == 0 ? "true" : "false");
	write_ids(question, result);
	buffer_text(&question->answer, "],\"warnings\":[");
	write_findings(question, result->warnings, result->warning_count);
	buffer_text(&question->answer, "],\"errors\":[");
	write_findings(question, result->errors, result->error_count);
	buffer_text(&question->answer, "]}");
}

static void
validate(struct cedar_question *question, const struct cedar_policies *policies,
    const struct cedar_schema *schema)
{
	struct validator_result result;

	switch (validator_check(policies, schema, VALIDATOR_NO_LEVEL, question->arena, &result)) {
	case VALIDATOR_NO_MEMORY:
		(void)cedar_question_no_memory(question);
		cedar_question_reject(question, CEDAR_REJECTED_LIMIT);
		return;
	case VALIDATOR_NO_STEPS:
		complaint_limit(&question->document.source, 0, NULL,
		    "the validation needs more than %d steps", CEDAR_MAX_CHECK_STEPS);
		cedar_question_reject(question, CEDAR_REJECTED_LIMIT);
		return;
	case VALIDATOR_INVALID:
	case VALIDATOR_VALID:
		write_result(question, &result);
		return;
	}
}

static void
answer_question(struct cedar_question *question)
{
	const struct json_value *part = json_find(question->root, "schema");
	const struct cedar_policies *policies =
	    cedar_question_policies(question, json_find(question->root, "policies"));
	const struct cedar_schema *schema = NULL;

	if (policies == NULL) {
		cedar_question_reject(question, CEDAR_REJECTED_POLICIES);
		return;
	}
	if (!cedar_question_schema(question, part, &schema) ||
	    (schema == NULL && !cedar_question_wrong(question, "\"schema\" is missing"))) {
		cedar_question_reject(question, CEDAR_REJECTED_SCHEMA);
		return;
	}
	validate(question, policies, schema);
}

const struct cedar_batch_form cedar_batch_validate = { answer_question, cedar_question_reject };
