/*
 * `postern cedar check-parse --batch`: {"kind": .., "text": ..} to {"ok": true} or
 * {"ok": false, "message": ..}.
 */
#include "tool/cedar_batch.h"

#include "cedar/entities_json.h"
#include "cedar/parser.h"

typedef bool check_fn(struct cedar_question *question);

static const struct json_value *
text_or(const struct cedar_question *question, const char *name)
{
	const struct json_value *text = json_find(question->root, "text");

	return text != NULL ? text : json_find(question->root, name);
}

/* "text", or "policies" in any of their forms. */
static bool
check_policies(struct cedar_question *question)
{
	return cedar_question_policies(question, text_or(question, "policies")) != NULL;
}

/* "text" in Cedar's format, or "schema" in either. */
static bool
check_schema(struct cedar_question *question)
{
	const struct cedar_schema *schema;

	if (!cedar_question_schema(question, text_or(question, "schema"), &schema))
		return false;
	return schema != NULL || cedar_question_wrong(question, "\"schema\" is missing");
}

/* "text" is raw JSON of a policy set, or of a schema. */
static bool
check_json(struct cedar_question *question, bool is_schema)
{
	struct cedar_json_document document, outer = question->document;
	const struct cedar_schema *schema;
	const struct json_value *part;
	bool is_read;

	if (!cedar_question_part(
		question, is_schema ? "schema" : "policies", "text", "", &document, &part))
		return false;
	if (part->kind != JSON_KIND_OBJECT && part->kind != JSON_KIND_ARRAY)
		return cedar_json_expected(&document, part, "an object");
	question->document = document;
	is_read = is_schema ? cedar_question_schema(question, part, &schema)
			    : cedar_question_policies(question, part) != NULL;
	question->document = outer;
	return is_read;
}

static bool
check_policies_json(struct cedar_question *question)
{
	return check_json(question, false);
}

static bool
check_schema_json(struct cedar_question *question)
{
	return check_json(question, true);
}

/* "text" is raw JSON, "entities" the same as JSON; "schema" if they shall fit one. */
static bool
check_entities(struct cedar_question *question)
{
	struct cedar_json_document document;
	const struct cedar_schema *schema;
	const struct json_value *part;

	return cedar_question_schema(question, json_find(question->root, "schema"), &schema) &&
	       cedar_question_part(question, "entities", "text", "", &document, &part) &&
	       entities_json_read(&document, part, schema) != NULL;
}

static bool
check_expression(struct cedar_question *question)
{
	const struct json_value *text = json_find(question->root, "text");

	if (text == NULL || text->kind != JSON_KIND_STRING)
		return cedar_question_wrong(question, "\"text\" is missing");
	return expression_parse(
		   question->arena, "expression", text->as.string, &question->complaints) != NULL;
}

static const struct kind {
	const char *name;
	check_fn *check;
} kinds[] = {
	{ "policies", check_policies },
	{ "policies-json", check_policies_json },
	{ "schema", check_schema },
	{ "schema-json", check_schema_json },
	{ "entities", check_entities },
	{ "expression", check_expression },
};

static bool
check(struct cedar_question *question)
{
	const struct json_value *kind = json_find(question->root, "kind");

	for (size_t i = 0; kind != NULL && i < COUNT_OF(kinds); i++)
		if (json_is(kind, kinds[i].name))
			return kinds[i].check(question);
	return cedar_question_wrong(question,
	    "\"kind\" is policies, policies-json, schema, schema-json, entities or expression");
}

static void
answer_question(struct cedar_question *question)
{
	if (check(question))
		buffer_text(&question->answer, "{\"ok\":true}");
	else
		cedar_question_not_ok(question, CEDAR_REJECTED_REQUEST);
}

const struct cedar_batch_form cedar_batch_check_parse = { answer_question, cedar_question_not_ok };
