/* <postern/cedar.h>: texts to texts: the formatter, schemas in the other format, expressions. */
#include "cedar/api.h"

#include <stdlib.h>

#include "cedar/entities_json.h"
#include "cedar/evaluator.h"
#include "cedar/format_text.h"
#include "cedar/parser.h"
#include "cedar/schema_read.h"

char *
api_text_take(const struct buffer *buffer, size_t *ret_len)
{
	char *text = buffer_failed(buffer) ? NULL : malloc(buffer->len + 1);

	if (text == NULL)
		return NULL;
	if (buffer->len > 0)
		memcpy(text, buffer->data, buffer->len);
	text[buffer->len] = '\0';
	*ret_len = buffer->len;
	return text;
}

void
postern_cedar_free(char *text)
{
	free(text);
}

/* One such call: its memory, what it writes, what it complains about. */
struct work {
	struct arena arena;
	struct buffer out;
	struct cedar_complaints complaints;
	struct postern_cedar_problems *problems;
};

static void
work_init(struct work *work, struct postern_cedar_problems *problems)
{
	problems_clear(problems);
	work->problems = problems;
	work->complaints.count = 0;
	arena_init(&work->arena, API_BLOCK, API_MEMORY);
	buffer_init(&work->out, &work->arena, API_BLOCK / 4, API_MEMORY / 2);
}

/* What was written, or why nothing was; the memory goes. */
static char *
work_done(struct work *work, bool is_written, size_t *ret_len)
{
	char *text = is_written ? api_text_take(&work->out, ret_len) : NULL;

	if (text == NULL)
		(void)problems_take(work->problems, &work->complaints);
	arena_done(&work->arena);
	return text;
}

char *
postern_cedar_schema_convert(const char *file, struct postern_cedar_text text,
    enum postern_cedar_format from, struct postern_cedar_problems *problems, size_t *ret_len)
{
	struct cedar_json_document document;
	struct work work;
	bool is_written;

	work_init(&work, problems);
	if (from == POSTERN_CEDAR_FORMAT_CEDAR)
		is_written = schema_text_to_json(
		    &work.arena, file, slice_of_text(text), &work.complaints, &work.out);
	else
		is_written = cedar_json_read(&work.arena, file, slice_of_text(text),
				 CEDAR_MAX_JSON_DEPTH, &work.complaints, &document) &&
			     schema_json_to_text(&document, document.root, &work.out);
	return work_done(&work, is_written, ret_len);
}

static bool
wrong(struct work *work, const char *message, bool is_limit)
{
	const struct source source =
	    source_of("expression", SLICE_OF(""), &work->arena, &work->complaints);

	if (is_limit)
		complaint_limit(&source, 0, NULL, "%s", message);
	else
		complaint_add(&source, 0, NULL, "no value: %s", message);
	return false;
}

static bool
evaluate(struct work *work, struct slice expression, const struct postern_cedar_entities *entities,
    struct postern_cedar_request *request)
{
	struct evaluation evaluation;
	struct cedar_value value;
	const struct node *node;
	enum cedar_error error;

	if (!request_close(request))
		return wrong(work, request->owner.fault, request->owner.is_limit);
	if (entities->store == NULL || entities->owner.fault != NULL)
		return wrong(work, "the entities are not closed", false);
	node = expression_parse(&work->arena, "expression", expression, &work->complaints);
	if (node == NULL)
		return false;
	evaluation_init(&evaluation, entities->store, &request->request, &work->arena);
	error = cedar_evaluate(&evaluation, node, &value);
	if (evaluation.is_stopped)
		return wrong(work, "the memory or the steps of an evaluation are out", true);
	if (error != CEDAR_ERROR_NONE)
		return wrong(work, cedar_error_name(error), false);
	return value_text_write(&work->out, value);
}

char *
postern_cedar_evaluate(struct postern_cedar_text expression,
    const struct postern_cedar_entities *entities, struct postern_cedar_request *request,
    struct postern_cedar_problems *problems, size_t *ret_len)
{
	struct work work;

	work_init(&work, problems);
	return work_done(
	    &work, evaluate(&work, slice_of_text(expression), entities, request), ret_len);
}

char *
postern_cedar_format(const char *file, struct postern_cedar_text text, unsigned line_width,
    unsigned indent_width, struct postern_cedar_problems *problems, size_t *ret_len)
{
	struct work work;

	work_init(&work, problems);
	return work_done(&work,
	    policy_text_format(&work.arena, file, slice_of_text(text), line_width, indent_width,
		&work.complaints, &work.out),
	    ret_len);
}
