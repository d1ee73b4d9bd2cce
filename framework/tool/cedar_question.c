/* The parts that the questions of a batch are made of, and answers that refuse. */
#include "tool/cedar_batch.h"

#include <stdio.h>

#include "cedar/entities_json.h"
#include "cedar/policy_json.h"
#include "cedar/schema_read.h"

enum { MAX_MESSAGE = 1024 }; /* bytes; a complaint is shorter */

/* The first complaint on one line: where, what, what would help. */
static void
write_message(struct cedar_question *question)
{
	const struct cedar_complaint *complaint = &question->complaints.items[0];
	char text[MAX_MESSAGE];

	if (question->complaints.count == 0) {
		buffer_json_string(&question->answer, SLICE_OF("out of memory"));
		return;
	}
	(void)snprintf(text, sizeof(text), "%s:%u:%u: %s%s%s%s", complaint->file, complaint->line,
	    complaint->column, complaint->message, complaint->hint == NULL ? "" : " (",
	    complaint->hint == NULL ? "" : complaint->hint, complaint->hint == NULL ? "" : ")");
	buffer_json_string(&question->answer, slice_from(text));
}

void
cedar_question_reject(struct cedar_question *question, enum cedar_rejection why)
{
	static const char *const kinds[] = {
		[CEDAR_REJECTED_POLICIES] = "policies",
		[CEDAR_REJECTED_SCHEMA] = "schema",
		[CEDAR_REJECTED_ENTITIES] = "entities",
		[CEDAR_REJECTED_CONTEXT] = "context",
		[CEDAR_REJECTED_REQUEST] = "request",
		[CEDAR_REJECTED_LIMIT] = "limit",
	};

	if (question->complaints.count == 0 || question->complaints.items[0].is_limit)
		why = CEDAR_REJECTED_LIMIT;
	buffer_printf(&question->answer, "{\"rejected\":\"%s\",\"message\":", kinds[why]);
	write_message(question);
	buffer_byte(&question->answer, '}');
}

void
cedar_question_not_ok(struct cedar_question *question, enum cedar_rejection why)
{
	(void)why;
	buffer_text(&question->answer, "{\"ok\":false,\"message\":");
	write_message(question);
	buffer_byte(&question->answer, '}');
}

bool
cedar_question_wrong(struct cedar_question *question, const char *message)
{
	complaint_add(&question->document.source, 0, NULL, "%s", message);
	return false;
}

bool
cedar_question_no_memory(struct cedar_question *question)
{
	question->complaints.items[0] = (struct cedar_complaint) {
		.file = "line",
		.line = 1,
		.column = 1,
		.message = "out of memory",
		.is_limit = true,
	};
	question->complaints.count = 1;
	return false;
}

void
cedar_answer_string(struct cedar_question *question, size_t index, struct slice text)
{
	if (index > 0)
		buffer_byte(&question->answer, ',');
	buffer_json_string(&question->answer, text);
}

const struct cedar_policies *
cedar_question_policies(struct cedar_question *question, const struct json_value *part)
{
	struct cedar_builder *builder = cedar_builder_new(question->arena);
	const struct cedar_policies *policies;
	bool is_read;

	if (builder == NULL) {
		(void)cedar_question_no_memory(question);
		return NULL;
	}
	if (part == NULL) {
		(void)cedar_question_wrong(question, "\"policies\" is missing");
		return NULL;
	}
	if (part->kind == JSON_KIND_STRING)
		is_read = cedar_builder_add_text(
		    builder, "policies", part->as.string, &question->complaints);
	else
		is_read =
		    policy_json_add_set(builder, POLICY_JSON_TEXTS_TOO, &question->document, part);
	if (!is_read)
		return NULL;
	policies = cedar_builder_take(builder);
	if (policies == NULL)
		(void)cedar_question_no_memory(question);
	return policies;
}

bool
cedar_question_schema(struct cedar_question *question, const struct json_value *part,
    const struct cedar_schema **ret_schema)
{
	*ret_schema = NULL;
	if (part == NULL || part->kind == JSON_KIND_NULL)
		return true;
	if (part->kind == JSON_KIND_STRING)
		*ret_schema = schema_read_text(
		    question->arena, "schema", part->as.string, &question->complaints);
	else
		*ret_schema = schema_read_json(&question->document, part);
	return *ret_schema != NULL;
}

bool
cedar_question_part(struct cedar_question *question, const char *name, const char *text_name,
    const char *otherwise, struct cedar_json_document *ret_document,
    const struct json_value **ret_part)
{
	const struct json_value *part = json_find(question->root, name);
	const struct json_value *text = json_find(question->root, text_name);
	struct slice raw = slice_from(otherwise);

	if (part != NULL && text != NULL)
		return cedar_question_wrong(
		    question, "a part is given as JSON and as text; one is enough");
	if (part != NULL) {
		*ret_document = question->document;
		*ret_part = part;
		return true;
	}
	if (text != NULL && text->kind != JSON_KIND_STRING)
		return cedar_json_expected(&question->document, text, "a string of JSON text");
	if (text != NULL)
		raw = text->as.string;
	if (!cedar_json_read(question->arena, text == NULL ? name : text_name, raw,
		CEDAR_MAX_JSON_DEPTH, &question->complaints, ret_document))
		return false;
	*ret_part = ret_document->root;
	return true;
}

bool
cedar_question_uid(struct cedar_question *question, const char *name, struct cedar_uid *ret_uid)
{
	const struct json_value *part = json_find(question->root, name);

	if (part == NULL) {
		complaint_add(&question->document.source, 0, NULL, "\"%s\" is missing", name);
		return false;
	}
	if (part->kind != JSON_KIND_STRING)
		return uid_json_read(&question->document, part, ret_uid);
	if (cedar_uid_parse(question->arena, part->as.string, ret_uid))
		return true;
	complaint_add(
	    &question->document.source, part->offset, "write Type::\"id\"", "this is no entity");
	return false;
}
