/* `postern cedar authorize --batch`: one question to one decision, or why there is none. */
#include "tool/cedar_batch.h"

#include "cedar/entities_json.h"

/* What a question holds, as far as it could be read. */
struct asked {
	const struct cedar_policies *policies;
	const struct cedar_schema *schema;
	const struct cedar_entities *entities;
	struct cedar_request request;
};

static bool
read_entities(struct cedar_question *question, struct asked *asked)
{
	struct cedar_json_document document;
	const struct json_value *part;

	if (!cedar_question_part(question, "entities", "entitiesText", "[]", &document, &part))
		return false;
	asked->entities = entities_json_read(&document, part, asked->schema);
	return asked->entities != NULL;
}

/* With a schema nothing can be said of the context of an action that is not declared. */
static bool
read_uids(struct cedar_question *question, struct asked *asked)
{
	if (!cedar_question_uid(question, "principal", &asked->request.principal) ||
	    !cedar_question_uid(question, "action", &asked->request.action) ||
	    !cedar_question_uid(question, "resource", &asked->request.resource))
		return false;
	return asked->schema == NULL ||
	       schema_find_action(asked->schema, &asked->request.action) != NULL ||
	       cedar_question_wrong(question, "action: the schema does not declare it");
}

static bool
read_context(struct cedar_question *question, struct asked *asked)
{
	struct cedar_json_document document;
	const struct json_value *part;

	return cedar_question_part(question, "context", "contextText", "{}", &document, &part) &&
	       context_json_read(
		   &document, part, asked->schema, &asked->request.action, &asked->request.context);
}

/* "validateRequest" is true unless it is said to be false. */
static bool
read_flag(struct cedar_question *question, bool *ret_checks)
{
	const struct json_value *flag = json_find(question->root, "validateRequest");

	*ret_checks = flag == NULL || flag->as.boolean;
	return flag == NULL || flag->kind == JSON_KIND_BOOL ||
	       cedar_json_expected(&question->document, flag, "true or false");
}

static bool
passes(struct cedar_question *question, const char *fault)
{
	return fault == NULL || cedar_question_wrong(question, fault);
}

static bool
read_question(
    struct cedar_question *question, struct asked *asked, enum cedar_rejection *reterr_why)
{
	struct arena *arena = question->arena;
	bool checks;

	*reterr_why = CEDAR_REJECTED_POLICIES;
	asked->policies = cedar_question_policies(question, json_find(question->root, "policies"));
	if (asked->policies == NULL)
		return false;
	*reterr_why = CEDAR_REJECTED_SCHEMA;
	if (!cedar_question_schema(question, json_find(question->root, "schema"), &asked->schema))
		return false;
	*reterr_why = CEDAR_REJECTED_ENTITIES;
	if (!read_entities(question, asked))
		return false;
	*reterr_why = CEDAR_REJECTED_REQUEST;
	if (!read_flag(question, &checks) || !read_uids(question, asked))
		return false;
	*reterr_why = CEDAR_REJECTED_CONTEXT;
	if (!read_context(question, asked))
		return false;
	if (asked->schema == NULL || !checks)
		return true;
	*reterr_why = CEDAR_REJECTED_REQUEST;
	if (!passes(question, request_check_roles(arena, asked->schema, &asked->request)))
		return false;
	*reterr_why = CEDAR_REJECTED_CONTEXT;
	return passes(question, request_check_context(arena, asked->schema, &asked->request));
}

static void
write_decision(struct cedar_question *question, const struct cedar_policies *policies,
    const struct cedar_answer *answer)
{
	buffer_printf(&question->answer, "{\"decision\":\"%s\",\"reason\":[",
	    answer->decision == CEDAR_ALLOW ? "allow" : "deny");
	for (size_t i = 0; i < answer->reason_count; i++)
		cedar_answer_string(question, i, cedar_policy_id(policies, answer->reasons[i]));
	buffer_text(&question->answer, "],\"errors\":[");
	for (size_t i = 0; i < answer->error_count; i++)
		cedar_answer_string(
		    question, i, cedar_policy_id(policies, answer->errors[i].policy));
	buffer_text(&question->answer, "]}");
}

static void
answer_question(struct cedar_question *question)
{
	struct asked asked = { .policies = NULL };
	struct cedar_answer answer;
	enum cedar_rejection why;

	if (!read_question(question, &asked, &why)) {
		cedar_question_reject(question, why);
		return;
	}
	if (cedar_authorize(asked.policies, asked.entities, &asked.request, question->arena,
		&answer) == CEDAR_DECIDED) {
		write_decision(question, asked.policies, &answer);
		return;
	}
	complaint_limit(&question->document.source, 0, NULL,
	    "no decision: the memory or the steps of an evaluation are out");
	cedar_question_reject(question, CEDAR_REJECTED_LIMIT);
}

const struct cedar_batch_form cedar_batch_authorize = { answer_question, cedar_question_reject };
