/*
 * The batch forms of `postern cedar`: questions as JSON lines on standard input, one answer as a
 * JSON line for each, in order. A line that makes no sense is answered too; nothing but the end of
 * the input ends a batch. What one line needs is gone before the next. When there is no whole line
 * left to read, all answers so far are on their way: a program may ask and wait for its answer.
 */
#ifndef POSTERN_TOOL_CEDAR_BATCH_H
#define POSTERN_TOOL_CEDAR_BATCH_H

#include "cedar/json.h"
#include "cedar/schema.h"
#include "core/buffer.h"
#include "tool/tool.h"

enum {
	CEDAR_BATCH_MAX_LINE = CEDAR_MAX_TEXT, /* bytes; a longer one is answered, not read */
	/* Of a whole question: room for the objects around what is asked. */
	CEDAR_BATCH_MAX_DEPTH = CEDAR_MAX_JSON_DEPTH + 8,
	CEDAR_BATCH_MAX_ANSWER = 64 * 1024 * 1024, /* bytes */
};

/* What is wrong with a question. */
enum cedar_rejection {
	CEDAR_REJECTED_POLICIES,
	CEDAR_REJECTED_SCHEMA,
	CEDAR_REJECTED_ENTITIES,
	CEDAR_REJECTED_CONTEXT,
	CEDAR_REJECTED_REQUEST, /* its uids, its fit to the schema, or the line itself */
	CEDAR_REJECTED_LIMIT    /* a bound, or memory */
};

/* One question while it is answered. */
struct cedar_question {
	struct arena *arena;
	struct cedar_json_document document; /* complains to `complaints` */
	const struct json_value *root;       /* an object */
	struct cedar_complaints complaints;
	struct buffer answer;
};

/* Writes one answer, without the line feed, and any answer. */
typedef void cedar_answer_fn(struct cedar_question *question);
/* Writes the answer to a line that is no question. */
typedef void cedar_refuse_fn(struct cedar_question *question, enum cedar_rejection why);

struct cedar_batch_form {
	cedar_answer_fn *answer;
	cedar_refuse_fn *refuse;
};
extern const struct cedar_batch_form cedar_batch_authorize, cedar_batch_validate,
    cedar_batch_check_parse, cedar_batch_translate;

enum tool_exit cedar_batch(const struct cedar_batch_form *form, FILE *out, FILE *err) MUST_USE;

/* Which part of a line that could not be read is to blame. cedar_blame.c */
enum cedar_rejection cedar_blame(struct slice line, const struct cedar_complaint *complaint);

/* --- for the forms. cedar_question.c */

/*
 * What the first complaint says, as {"rejected":KIND,"message":TEXT}; `why` is
 * CEDAR_REJECTED_LIMIT in truth when the complaint is about a bound.
 */
void cedar_question_reject(struct cedar_question *question, enum cedar_rejection why);
/* The same as {"ok":false,"message":TEXT}. */
void cedar_question_not_ok(struct cedar_question *question, enum cedar_rejection why);
/* Adds a complaint about the whole line. Always false. */
bool cedar_question_wrong(struct cedar_question *question, const char *message);
/* Memory is out: that is the only complaint. Always false. */
bool cedar_question_no_memory(struct cedar_question *question);

/* A string at the start of a list is preceded by nothing, later ones by a comma. */
void cedar_answer_string(struct cedar_question *question, size_t index, struct slice text);

/*
 * The parts of a question. Each leaves complaints when it fails. A part under the name with "Text"
 * behind it is raw JSON text in a string.
 */
const struct cedar_policies *cedar_question_policies(
    struct cedar_question *question, const struct json_value *part) MUST_USE;
bool cedar_question_schema(struct cedar_question *question, const struct json_value *part,
    const struct cedar_schema **ret_schema) MUST_USE;
/* `name` or `name` and "Text", as a document; neither: `otherwise`, a constant text. */
bool cedar_question_part(struct cedar_question *question, const char *name, const char *text_name,
    const char *otherwise, struct cedar_json_document *ret_document,
    const struct json_value **ret_part) MUST_USE;
/* {"type","id"}, {"__entity": ..} or "Type::\"id\"". */
bool cedar_question_uid(
    struct cedar_question *question, const char *name, struct cedar_uid *ret_uid) MUST_USE;

#endif
