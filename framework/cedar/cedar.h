/*
 * The Cedar policy language: text -> immutable policy set -> decision. Knows nothing of HTTP and
 * can be lifted out together with core/. What the engine must do is Cedar 4.5 as the official
 * engine 4.13 does it; this is its interface to the rest of Postern.
 *
 * Lifetimes: a policy set lives in the arena it was built in and does not change, so that forked
 * workers share it. Entities, values, requests and answers live in an arena of the caller's; a
 * decision allocates nowhere else.
 */
#ifndef POSTERN_CEDAR_CEDAR_H
#define POSTERN_CEDAR_CEDAR_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/compiler.h"
#include "core/slice.h"

/* Every bound of the engine, in one place. Each ends in an error of its own. */
enum {
	CEDAR_MAX_TEXT = 4 * 1024 * 1024, /* bytes of one policy text */
	CEDAR_MAX_POLICIES = 65536,
	CEDAR_MAX_DEPTH = 256,      /* nesting of expressions; operands of one chain do not nest */
	CEDAR_MAX_STEPS = 10000000, /* expression nodes evaluated for one decision */
	CEDAR_MAX_ERRORS = 20,      /* reported from one text */
	CEDAR_MAX_CHECK_STEPS = 1000000000, /* nodes, types and names compared in one validation */
	CEDAR_MAX_ENTITIES = 65536,
	CEDAR_MAX_SET = 65536,       /* elements of a set, members of a record */
	CEDAR_MAX_VALUE_DEPTH = 512, /* sets and records within each other */
	CEDAR_MAX_JSON_DEPTH = 127,  /* arrays and objects within each other: the official bound */
	CEDAR_MAX_ANNOTATIONS = 256, /* of one policy, declaration or attribute */
	CEDAR_MAX_TYPES = 32768,     /* entity types and common types of one schema */
	CEDAR_MAX_ACTIONS = 32768,   /* of one schema */
	CEDAR_MAX_TYPE_SIZE = 65536, /* types within one type, common types written out */
	CEDAR_MAX_HIERARCHY =
	    16 * 1024 * 1024, /* steps to close who is in whom, in a store or a schema */
};

enum cedar_kind {
	CEDAR_BOOL,
	CEDAR_LONG,
	CEDAR_STRING,
	CEDAR_ENTITY,
	CEDAR_SET,
	CEDAR_RECORD,
	CEDAR_DECIMAL,  /* `number` is the value times 10,000 */
	CEDAR_DATETIME, /* `number` is milliseconds since 1970-01-01T00:00Z */
	CEDAR_DURATION, /* `number` is milliseconds */
	CEDAR_IPADDR
};

/* An address with the length of its prefix. Of IPv4 the first four bytes count, the rest is 0. */
struct cedar_ip {
	uint8_t address[16];
	uint8_t prefix;
	bool is_v6;
};

struct cedar_uid {
	struct slice type; /* "demo::Patient" */
	struct slice id;   /* any Unicode text */
};

struct cedar_set;
struct cedar_record;

/* Passed by value; what it points to is immutable. */
struct cedar_value {
	enum cedar_kind kind;
	union {
		bool boolean;
		int64_t number; /* Long and the extension types that are numbers */
		struct slice string;
		const struct cedar_uid *entity;
		const struct cedar_set *set;
		const struct cedar_record *record;
		const struct cedar_ip *ip;
	} as;
};

struct cedar_member {
	struct slice name;
	struct cedar_value value;
};

/*
 * Builders; false when memory, CEDAR_MAX_SET or CEDAR_MAX_VALUE_DEPTH is out. A set drops
 * repeated elements; a repeated record name is refused. The arrays are copied, what they point to
 * is not.
 */
bool cedar_set_make(struct arena *arena, const struct cedar_value *elements, size_t count,
    struct cedar_value *ret_value);
bool cedar_record_make(struct arena *arena, const struct cedar_member *members, size_t count,
    struct cedar_value *ret_value);
/* Structural equality over all kinds; different kinds are unequal, never an error. */
bool cedar_value_equal(struct cedar_value a, struct cedar_value b);

/*
 * One complaint about a text: where, what, and what would help. Texts live in the arena of the
 * parse.
 */
struct cedar_complaint {
	const char *file;
	unsigned line, column; /* from 1; column in code points */
	const char *message;   /* "expected ';' after the policy" */
	const char *hint;      /* "write == to compare"; NULL: none */
	struct slice source;   /* the line of the text, for a caret */
	bool is_limit;         /* the text may be right, but a bound or memory is out */
};
struct cedar_complaints {
	struct cedar_complaint items[CEDAR_MAX_ERRORS];
	size_t count; /* may exceed CEDAR_MAX_ERRORS */
};
/* "FILE:LINE:COLUMN: message\n  source line\n  ^ hint" for people, into the arena. */
const char *cedar_complaint_text(struct arena *arena, const struct cedar_complaint *complaint);

struct cedar_builder;
struct cedar_policies;

struct cedar_builder *cedar_builder_new(struct arena *arena) MUST_USE;
/*
 * Parses a whole text and adds its policies and templates, named policy0, policy1, ... in the order
 * of the text, on from those of earlier texts. `file` is kept for messages; the text is copied as
 * far as it is needed. Any complaint means that nothing of the text was added; false always comes
 * with one.
 */
bool cedar_builder_add_text(struct cedar_builder *builder, const char *file, struct slice text,
    struct cedar_complaints *reterr_complaints) MUST_USE;
/*
 * One policy or template from a text that holds exactly one, under an id of the caller's (any
 * string, the empty one too). An id that is in use already is a complaint; so is a template where
 * a policy is asked for, and the other way round.
 */
enum cedar_form { CEDAR_STATIC, CEDAR_TEMPLATE };
bool cedar_builder_add_one(struct cedar_builder *builder, enum cedar_form form, struct slice id,
    const char *file, struct slice text, struct cedar_complaints *reterr_complaints) MUST_USE;
/*
 * Links a template: `principal` and `resource` fill its slots, NULL: not given. Exactly the slots
 * that the template has must be given. `file` is for the complaint alone.
 */
bool cedar_builder_link(struct cedar_builder *builder, struct slice template_id,
    struct slice new_id, const struct cedar_uid *principal, const struct cedar_uid *resource,
    const char *file, struct cedar_complaints *reterr_complaints) MUST_USE;
/*
 * Gives every policy and template that has this annotation the annotation's value as its id, as
 * command lines do with @id; must come before links. False, with a complaint: two would have one
 * id; the builder is of no use any more.
 */
bool cedar_builder_rename(struct cedar_builder *builder, struct slice annotation,
    struct cedar_complaints *reterr_complaints) MUST_USE;
/* Compiles and indexes; NULL when memory is out. The builder is spent. */
const struct cedar_policies *cedar_builder_take(struct cedar_builder *builder) MUST_USE;

size_t cedar_policies_count(const struct cedar_policies *policies);
enum cedar_effect { CEDAR_FORBID, CEDAR_PERMIT };
enum cedar_effect cedar_policy_effect(const struct cedar_policies *policies, size_t index);
/* "policy0"; the value of an annotation (data NULL: none); "file:line" where it stands. */
struct slice cedar_policy_id(const struct cedar_policies *policies, size_t index);
struct slice cedar_policy_annotation(
    const struct cedar_policies *policies, size_t index, struct slice key);
struct slice cedar_policy_place(const struct cedar_policies *policies, size_t index);
/* The template that the policy is a link of; data NULL: it is static. */
struct slice cedar_policy_template_id(const struct cedar_policies *policies, size_t index);

/* Templates are kept beside the policies; they take no part in decisions. */
size_t cedar_templates_count(const struct cedar_policies *policies);
struct slice cedar_template_id(const struct cedar_policies *policies, size_t index);
struct slice cedar_template_place(const struct cedar_policies *policies, size_t index);
struct slice cedar_template_annotation(
    const struct cedar_policies *policies, size_t index, struct slice key);
void cedar_template_slots(
    const struct cedar_policies *policies, size_t index, bool *ret_principal, bool *ret_resource);

struct cedar_entities;
struct cedar_entities *cedar_entities_new(struct arena *arena) MUST_USE;
struct cedar_entity {
	const struct cedar_uid *uid;
	const struct cedar_value *attributes, *tags; /* records; NULL: none */
	const struct cedar_uid *parents;             /* direct ones */
	size_t parent_count;
};
/*
 * Adds one entity. It is copied, what it points to is not, and must live as long as the store.
 * False: memory, CEDAR_MAX_ENTITIES (parents that are not in the store count too), a uid that is
 * already there, attributes or tags that are no record, or a store that is already closed.
 */
bool cedar_entities_add(
    struct cedar_entities *entities, const struct cedar_entity *entity) MUST_USE;
/*
 * Closes the parent relation transitively; false on a cycle, memory or CEDAR_MAX_HIERARCHY. Must be
 * called once before a decision.
 */
bool cedar_entities_close(struct cedar_entities *entities) MUST_USE;

struct cedar_request {
	struct cedar_uid principal, action, resource;
	struct cedar_value context; /* a record */
};

enum cedar_decision { CEDAR_DENY = 0, CEDAR_ALLOW };

/* Why a policy could not be evaluated. */
enum cedar_error {
	CEDAR_ERROR_NONE = 0,
	CEDAR_ERROR_TYPE,
	CEDAR_ERROR_MISSING_ATTRIBUTE,
	CEDAR_ERROR_MISSING_TAG,
	CEDAR_ERROR_MISSING_ENTITY,
	CEDAR_ERROR_OVERFLOW,
	CEDAR_ERROR_EXTENSION,
	CEDAR_ERROR_ARITY,
	CEDAR_ERROR_RECURSION,
	CEDAR_ERROR_COUNT
};
const char *cedar_error_name(enum cedar_error error); /* "missing_attribute" */

struct cedar_policy_error {
	uint32_t policy; /* index */
	enum cedar_error error;
};

struct cedar_answer {
	enum cedar_decision decision;
	const uint32_t *reasons; /* indexes of the determining policies */
	size_t reason_count;
	const struct cedar_policy_error
	    *errors; /* policies whose evaluation failed; they count as not satisfied */
	size_t error_count;
};

enum cedar_outcome {
	CEDAR_NO_DECISION = 0, /* memory or a limit: the caller must refuse */
	CEDAR_DECIDED
};

/* Asks. `ret_answer` is filled only on CEDAR_DECIDED and lives in `arena`. */
enum cedar_outcome cedar_authorize(const struct cedar_policies *policies,
    const struct cedar_entities *entities, const struct cedar_request *request, struct arena *arena,
    struct cedar_answer *ret_answer) MUST_USE;

/*
 * `Type::"id"` as the language writes it, with escapes in the id; as the official engine's, without
 * white space or comments around it or in its type. False: it is none, or memory is out.
 */
bool cedar_uid_parse(struct arena *arena, struct slice text, struct cedar_uid *ret_uid);

/*
 * Whether a text is a Path of section 1 and 2 of the language: identifiers joined by "::", none
 * reserved.
 */
bool cedar_is_path(struct slice text);

#endif
