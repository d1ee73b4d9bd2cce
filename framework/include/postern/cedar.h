/*
 * Cedar (https://www.cedarpolicy.com), the policy language, version 4.5: policies, schemas, entities and
 * decisions, as the official engine 4.13 makes them. Stands alone: a program that includes this
 * header and links libpostern uses nothing of HTTP, opens no file, starts no thread.
 *
 *     struct postern_cedar_builder *builder = postern_cedar_builder_new();
 *     postern_cedar_builder_text(builder, "x.cedar", postern_cedar_text_of("permit(..);"), problems);
 *     policies = postern_cedar_builder_take(builder);
 *     ...
 *     allowed = postern_cedar_authorize(policies, entities, request, answer);
 *
 * docs/examples/cedar.c is a whole program; docs/cedar.md states every bound.
 *
 * Objects. Each is made by a ..._new or ..._parse, which return NULL when memory is out or the
 * input is wrong, and is given back by its ..._free, which takes NULL. Nothing that is passed in is
 * kept: texts are copied. What is asked of an object lives as long as the object.
 *
 * Threads. Policies, schemas and closed entities do not change: any number of threads (or forked
 * processes) may use them at once. Problems, requests and answers belong to one thread at a time.
 *
 * Failing. Nothing defaults to yes. An input is taken whole or not at all, and what was wrong with
 * it is told by a struct postern_cedar_problems. A decision that could not be made is no permit.
 */
#ifndef POSTERN_CEDAR_H
#define POSTERN_CEDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <postern/export.h>

POSTERN_BEGIN

/* Bytes with a length, in UTF-8: they may hold U+0000, and no NUL need follow. */
struct postern_cedar_text {
	const char *data;
	size_t len;
};

/* Of a C string. */
static inline struct postern_cedar_text
postern_cedar_text_of(const char *text)
{
	struct postern_cedar_text result = { text, strlen(text) };

	return result;
}

/* An entity's type ("App::User") and id ("alice"), each as it is: no quotes, no escapes. */
struct postern_cedar_uid {
	struct postern_cedar_text type, id;
};

static inline struct postern_cedar_uid
postern_cedar_uid_of(const char *type, const char *id)
{
	struct postern_cedar_uid result = { postern_cedar_text_of(type),
		postern_cedar_text_of(id) };

	return result;
}

/* The two formats of policies and schemas. */
enum postern_cedar_format { POSTERN_CEDAR_FORMAT_CEDAR, POSTERN_CEDAR_FORMAT_JSON };

/* --- What was wrong with an input */

enum postern_cedar_severity { POSTERN_CEDAR_ERROR, POSTERN_CEDAR_WARNING };

/* Never allocated by a caller, so that later versions may add fields at the end. */
struct postern_cedar_problem {
	enum postern_cedar_severity severity;
	const char *file;      /* as it was given with the input */
	unsigned line, column; /* from 1, the column in code points; 0: it has no place */
	const char *message;   /* "expected ';' behind the policy, found the end of the text" */
	const char *hint;      /* what would help: "write == to compare"; NULL: none */
	struct postern_cedar_text source; /* the line of the input */
	struct postern_cedar_text policy; /* of a validation: the policy's id; data NULL: none */
	bool is_limit;                    /* the input may be right, but a bound or memory is out */
	const char *text;                 /* all of it for people, with the line and a caret */
};

/*
 * A list of problems. Every function that takes one empties it first; NULL: the caller does not
 * want to know. After a failure there is at least one, unless memory is out.
 */
struct postern_cedar_problems;
POSTERN_API struct postern_cedar_problems *postern_cedar_problems_new(void) POSTERN_MUST_USE;
POSTERN_API void postern_cedar_problems_free(struct postern_cedar_problems *problems);
POSTERN_API size_t postern_cedar_problems_count(const struct postern_cedar_problems *problems);
/* `index` below the count. Lives until the list is used again. */
POSTERN_API const struct postern_cedar_problem *postern_cedar_problems_get(
    const struct postern_cedar_problems *problems, size_t index);

/* --- Policies */

struct postern_cedar_builder;
struct postern_cedar_policies;

POSTERN_API struct postern_cedar_builder *postern_cedar_builder_new(void) POSTERN_MUST_USE;
POSTERN_API void postern_cedar_builder_free(struct postern_cedar_builder *builder);
/*
 * Adds the policies and templates of a text, named policy0, policy1, ... in its order, on from
 * those of earlier texts. `file` names the text in problems. False: nothing of it was added.
 */
POSTERN_API bool postern_cedar_builder_text(struct postern_cedar_builder *builder, const char *file,
    struct postern_cedar_text text, struct postern_cedar_problems *problems) POSTERN_MUST_USE;
/*
 * Adds a policy set in the JSON format: {"staticPolicies": {id: policy}, "templates": {id: template},
 * "templateLinks": [{"templateId", "newId", "values": {"?principal": {"type", "id"}}}]}.
 */
POSTERN_API bool postern_cedar_builder_json(struct postern_cedar_builder *builder, const char *file,
    struct postern_cedar_text json, struct postern_cedar_problems *problems) POSTERN_MUST_USE;
/* One policy, or one template, from a text that holds exactly one, under an unused id. */
POSTERN_API bool postern_cedar_builder_policy(struct postern_cedar_builder *builder,
    struct postern_cedar_text id, const char *file, struct postern_cedar_text text,
    struct postern_cedar_problems *problems) POSTERN_MUST_USE;
POSTERN_API bool postern_cedar_builder_template(struct postern_cedar_builder *builder,
    struct postern_cedar_text id, const char *file, struct postern_cedar_text text,
    struct postern_cedar_problems *problems) POSTERN_MUST_USE;
/*
 * Makes a policy of a template under an unused id. Exactly the slots that the template has must be
 * given; NULL: not given.
 */
POSTERN_API bool postern_cedar_builder_link(struct postern_cedar_builder *builder,
    struct postern_cedar_text template_id, struct postern_cedar_text new_id,
    const struct postern_cedar_uid *principal, const struct postern_cedar_uid *resource,
    struct postern_cedar_problems *problems) POSTERN_MUST_USE;
/*
 * Gives all policies and templates so far that have this annotation ("id", as the official command
 * does) its value as their id. Before any link. False: two would have one id; the builder is of no
 * use any more.
 */
POSTERN_API bool postern_cedar_builder_rename(struct postern_cedar_builder *builder,
    struct postern_cedar_text annotation, struct postern_cedar_problems *problems) POSTERN_MUST_USE;
/* The immutable set. NULL: memory is out. The builder is freed either way. */
POSTERN_API struct postern_cedar_policies *postern_cedar_builder_take(
    struct postern_cedar_builder *builder) POSTERN_MUST_USE;

POSTERN_API void postern_cedar_policies_free(struct postern_cedar_policies *policies);

/* Static policies and links, in the order in which they were added. An index is below the count. */
enum postern_cedar_effect { POSTERN_CEDAR_FORBID, POSTERN_CEDAR_PERMIT };
POSTERN_API size_t postern_cedar_policies_count(const struct postern_cedar_policies *policies);
POSTERN_API struct postern_cedar_text postern_cedar_policy_id(
    const struct postern_cedar_policies *policies, size_t index);
POSTERN_API enum postern_cedar_effect postern_cedar_policy_effect(
    const struct postern_cedar_policies *policies, size_t index);
/* data NULL: it has no such annotation. A bare `@key` has the value "". */
POSTERN_API struct postern_cedar_text postern_cedar_policy_annotation(
    const struct postern_cedar_policies *policies, size_t index, struct postern_cedar_text key);
/* "FILE:LINE" where it stands; empty where it came from no text. */
POSTERN_API struct postern_cedar_text postern_cedar_policy_place(
    const struct postern_cedar_policies *policies, size_t index);

/*
 * The set in either format; in text links have their slots filled and ids are lost. `*ret_len` bytes
 * with a NUL behind them, for postern_cedar_free. NULL: memory is out.
 */
POSTERN_API char *postern_cedar_policies_print(const struct postern_cedar_policies *policies,
    enum postern_cedar_format format, size_t *ret_len) POSTERN_MUST_USE;

/* --- Schemas */

struct postern_cedar_schema;
/* The problems of a schema that is right are warnings: names that hide others. */
POSTERN_API struct postern_cedar_schema *postern_cedar_schema_parse(const char *file,
    struct postern_cedar_text text, enum postern_cedar_format format,
    struct postern_cedar_problems *problems) POSTERN_MUST_USE;
POSTERN_API void postern_cedar_schema_free(struct postern_cedar_schema *schema);

/* --- Values: records and sets that are filled call by call */

/*
 * Both belong to the request or the entities that they were asked of. A failure (memory, a bound,
 * a name twice, a type that is no name, an extension value that is none) sticks to that owner, and
 * is told when it is used: a value that could not be added never goes missing silently.
 */
struct postern_cedar_record;
struct postern_cedar_set;

POSTERN_API void postern_cedar_record_bool(
    struct postern_cedar_record *record, struct postern_cedar_text name, bool value);
POSTERN_API void postern_cedar_record_long(
    struct postern_cedar_record *record, struct postern_cedar_text name, int64_t value);
POSTERN_API void postern_cedar_record_string(struct postern_cedar_record *record,
    struct postern_cedar_text name, struct postern_cedar_text value);
POSTERN_API void postern_cedar_record_entity(struct postern_cedar_record *record,
    struct postern_cedar_text name, struct postern_cedar_uid value);
/* What a constructor of the language makes of its argument: "ip" of "10.0.0.1", "decimal" of "1.5". */
POSTERN_API void postern_cedar_record_extension(struct postern_cedar_record *record,
    struct postern_cedar_text name, const char *constructor, struct postern_cedar_text argument);
POSTERN_API struct postern_cedar_record *postern_cedar_record_record(
    struct postern_cedar_record *record, struct postern_cedar_text name);
POSTERN_API struct postern_cedar_set *postern_cedar_record_set(
    struct postern_cedar_record *record, struct postern_cedar_text name);

POSTERN_API void postern_cedar_set_bool(struct postern_cedar_set *set, bool value);
POSTERN_API void postern_cedar_set_long(struct postern_cedar_set *set, int64_t value);
POSTERN_API void postern_cedar_set_string(
    struct postern_cedar_set *set, struct postern_cedar_text value);
POSTERN_API void postern_cedar_set_entity(
    struct postern_cedar_set *set, struct postern_cedar_uid value);
POSTERN_API void postern_cedar_set_extension(
    struct postern_cedar_set *set, const char *constructor, struct postern_cedar_text argument);
POSTERN_API struct postern_cedar_record *postern_cedar_set_record(struct postern_cedar_set *set);
POSTERN_API struct postern_cedar_set *postern_cedar_set_set(struct postern_cedar_set *set);

/* --- Entities */

struct postern_cedar_entities;
struct postern_cedar_entity;

/*
 * A closed store from JSON: [{"uid", "attrs", "parents", "tags"}, ...]. With a schema everything is
 * checked against it, its short forms are understood and its actions are added; NULL: none.
 */
POSTERN_API struct postern_cedar_entities *postern_cedar_entities_parse(const char *file,
    struct postern_cedar_text json, const struct postern_cedar_schema *schema,
    struct postern_cedar_problems *problems) POSTERN_MUST_USE;

/* An open store to be filled call by call, and closed before a decision. */
POSTERN_API struct postern_cedar_entities *postern_cedar_entities_new(void) POSTERN_MUST_USE;
/* One more entity; never NULL (what fails sticks). Lives as long as the store is open. */
POSTERN_API struct postern_cedar_entity *postern_cedar_entities_add(
    struct postern_cedar_entities *entities, struct postern_cedar_uid uid);
POSTERN_API struct postern_cedar_record *postern_cedar_entity_attributes(
    struct postern_cedar_entity *entity);
POSTERN_API struct postern_cedar_record *postern_cedar_entity_tags(
    struct postern_cedar_entity *entity);
/* A direct parent, which need not be in the store. */
POSTERN_API void postern_cedar_entity_parent(
    struct postern_cedar_entity *entity, struct postern_cedar_uid parent);
/*
 * Ends the filling. False: something could not be added, an entity is there twice, or the parents
 * go round in a circle; the store decides nothing then.
 */
POSTERN_API bool postern_cedar_entities_close(struct postern_cedar_entities *entities,
    struct postern_cedar_problems *problems) POSTERN_MUST_USE;
/*
 * Whether all of a closed store is what the schema says, which adds the schema's actions to it, as
 * parsing with a schema does. False: the store decides nothing any more.
 */
POSTERN_API bool postern_cedar_entities_check(struct postern_cedar_entities *entities,
    const struct postern_cedar_schema *schema,
    struct postern_cedar_problems *problems) POSTERN_MUST_USE;
/* Empties it and opens it again, keeping memory for the next. */
POSTERN_API void postern_cedar_entities_reset(struct postern_cedar_entities *entities);
POSTERN_API void postern_cedar_entities_free(struct postern_cedar_entities *entities);

/* --- Requests */

struct postern_cedar_request;
POSTERN_API struct postern_cedar_request *postern_cedar_request_new(void) POSTERN_MUST_USE;
POSTERN_API void postern_cedar_request_free(struct postern_cedar_request *request);
/* Begins a request: who asks for what on which. The context is empty until it is filled. */
POSTERN_API void postern_cedar_request_begin(struct postern_cedar_request *request,
    struct postern_cedar_uid principal, struct postern_cedar_uid action,
    struct postern_cedar_uid resource);
/* The context, to be filled. After a decision or a check it takes nothing more. */
POSTERN_API struct postern_cedar_record *postern_cedar_request_context(
    struct postern_cedar_request *request);
/*
 * The context from a JSON object, instead. With a schema the short forms of the action's context
 * are understood, and an action that is not declared is refused; NULL: none.
 */
POSTERN_API bool postern_cedar_request_context_json(struct postern_cedar_request *request,
    const char *file, struct postern_cedar_text json, const struct postern_cedar_schema *schema,
    struct postern_cedar_problems *problems) POSTERN_MUST_USE;
/* Whether it is one that the schema knows: the action, the types of both, the context. */
POSTERN_API bool postern_cedar_request_check(struct postern_cedar_request *request,
    const struct postern_cedar_schema *schema,
    struct postern_cedar_problems *problems) POSTERN_MUST_USE;

/* --- Decisions */

struct postern_cedar_answer;
POSTERN_API struct postern_cedar_answer *postern_cedar_answer_new(void) POSTERN_MUST_USE;
POSTERN_API void postern_cedar_answer_free(struct postern_cedar_answer *answer);

/*
 * Decides. True: allowed. False: denied, or not decided, which the answer tells apart. The answer
 * holds the memory of the decision and may be used for the next; NULL: only the decision is wanted.
 * A policy whose evaluation fails counts as not satisfied, a forbid too: that is Cedar's rule. Who
 * wants to deny then looks at the errors.
 */
POSTERN_API bool postern_cedar_authorize(const struct postern_cedar_policies *policies,
    const struct postern_cedar_entities *entities, struct postern_cedar_request *request,
    struct postern_cedar_answer *answer) POSTERN_MUST_USE;

enum postern_cedar_decision {
	POSTERN_CEDAR_DENY = 0,
	POSTERN_CEDAR_ALLOW,
	POSTERN_CEDAR_UNDECIDED /* memory, a bound, or an input that failed before: refuse */
};
POSTERN_API enum postern_cedar_decision postern_cedar_answer_decision(
    const struct postern_cedar_answer *answer);
/* Why it is undecided, a constant text for people; NULL: it is decided. */
POSTERN_API const char *postern_cedar_answer_fault(const struct postern_cedar_answer *answer);
/* The policies that decided, as indexes: of an allow the satisfied permits, of a deny the forbids. */
POSTERN_API size_t postern_cedar_answer_reason_count(const struct postern_cedar_answer *answer);
POSTERN_API size_t postern_cedar_answer_reason(
    const struct postern_cedar_answer *answer, size_t index);
/* The policies whose evaluation failed, as indexes, and why: "missing_attribute". */
POSTERN_API size_t postern_cedar_answer_error_count(const struct postern_cedar_answer *answer);
POSTERN_API size_t postern_cedar_answer_error_policy(
    const struct postern_cedar_answer *answer, size_t index);
POSTERN_API const char *postern_cedar_answer_error_name(
    const struct postern_cedar_answer *answer, size_t index);

/* --- Validation */

enum postern_cedar_validity {
	POSTERN_CEDAR_UNKNOWN = 0, /* memory or a bound is out */
	POSTERN_CEDAR_INVALID,
	POSTERN_CEDAR_VALID /* the problems may hold warnings */
};

enum { POSTERN_CEDAR_ANY_LEVEL = -1 };
/*
 * Whether the policies fit the schema, in the strict mode. `level` 0 and more: also whether none
 * follows entities further than so many steps.
 */
POSTERN_API enum postern_cedar_validity postern_cedar_validate(
    const struct postern_cedar_policies *policies, const struct postern_cedar_schema *schema,
    int level, struct postern_cedar_problems *problems) POSTERN_MUST_USE;

/* --- Texts to texts. Results are `*ret_len` bytes with a NUL behind them, for postern_cedar_free. */

POSTERN_API void postern_cedar_free(char *text);

/* Policies laid out anew, comments kept. NULL: the problems say why. */
POSTERN_API char *postern_cedar_format(const char *file, struct postern_cedar_text text,
    unsigned line_width, unsigned indent_width, struct postern_cedar_problems *problems,
    size_t *ret_len) POSTERN_MUST_USE;
/* A schema of format `from` in the other format; comments are lost. */
POSTERN_API char *postern_cedar_schema_convert(const char *file, struct postern_cedar_text text,
    enum postern_cedar_format from, struct postern_cedar_problems *problems,
    size_t *ret_len) POSTERN_MUST_USE;
/* The value of an expression, as the language writes it. NULL: it has none, the problems say why. */
POSTERN_API char *postern_cedar_evaluate(struct postern_cedar_text expression,
    const struct postern_cedar_entities *entities, struct postern_cedar_request *request,
    struct postern_cedar_problems *problems, size_t *ret_len) POSTERN_MUST_USE;

POSTERN_END

#endif
