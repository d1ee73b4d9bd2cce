/*
 * `postern cedar translate --batch`: {"kind": "policies" or "schema", "direction": .., "text": ..}
 * to {"ok": true, "text": ..} or {"ok": false, "message": ..}. With the direction "format" policies
 * are laid out anew. Ids are policy0, policy1, ..: `@id` renames nothing here.
 */
#include "tool/cedar_batch.h"

#include "cedar/format_text.h"
#include "tool/cedar_convert.h"

enum { LINE_WIDTH = 80, INDENT_WIDTH = 2, MAX_RESULT = CEDAR_BATCH_MAX_ANSWER / 8 };

static bool
translate(struct cedar_question *question, const struct json_value *text, struct buffer *result)
{
	const struct json_value *kind = json_find(question->root, "kind");
	const struct json_value *direction = json_find(question->root, "direction");
	bool is_schema = kind != NULL && json_is(kind, "schema");
	const struct cedar_conversion conversion = { question->arena, &question->complaints, "text",
		false };
	enum cedar_direction found;

	if (!is_schema && (kind == NULL || !json_is(kind, "policies")))
		return cedar_question_wrong(question, "\"kind\" is policies or schema");
	if (direction == NULL || direction->kind != JSON_KIND_STRING)
		return cedar_question_wrong(question, "\"direction\" is missing");
	if (!is_schema && json_is(direction, "format"))
		return policy_text_format(question->arena, "text", text->as.string, LINE_WIDTH,
		    INDENT_WIDTH, &question->complaints, result);
	if (!cedar_direction_find(direction->as.string, &found) ||
	    (!is_schema && found == CEDAR_TO_RESOLVED_JSON))
		return cedar_question_wrong(question, "there is no such \"direction\"");
	return cedar_convert(&conversion, is_schema ? CEDAR_SUBJECT_SCHEMA : CEDAR_SUBJECT_POLICIES,
	    found, text->as.string, result);
}

static void
answer_question(struct cedar_question *question)
{
	const struct json_value *text = json_find(question->root, "text");
	struct buffer result;
	bool is_done;

	buffer_init(&result, question->arena, 1024, MAX_RESULT);
	if (text == NULL || text->kind != JSON_KIND_STRING)
		is_done = cedar_question_wrong(question, "\"text\" is missing");
	else
		is_done = translate(question, text, &result);
	if (!is_done) {
		cedar_question_not_ok(question, CEDAR_REJECTED_REQUEST);
		return;
	}
	buffer_text(&question->answer, "{\"ok\":true,\"text\":");
	buffer_json_string(&question->answer, buffer_content(&result));
	buffer_byte(&question->answer, '}');
}

const struct cedar_batch_form cedar_batch_translate = { answer_question, cedar_question_not_ok };
