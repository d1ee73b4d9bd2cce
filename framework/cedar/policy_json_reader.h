/*
 * The inside of the reader of policies in JSON: what its two files share. policy_json_read.c knows
 * policies and sets, policy_json_expression.c what stands in their conditions.
 *
 * Every reading function returns NULL or false when it has complained.
 */
#ifndef POSTERN_CEDAR_POLICY_JSON_READER_H
#define POSTERN_CEDAR_POLICY_JSON_READER_H

#include "cedar/json.h"
#include "cedar/tree.h"

struct policy_reader {
	/* Places are the document's; memory is the policy set's. */
	struct cedar_json_document document;
	struct tree tree;
	unsigned depth; /* expressions within each other now */
	/* Counting lines for "file:line" of each policy. */
	size_t line_at;
	unsigned line;
};

/* Complains about a value. Always false. */
bool policy_reader_wrong(struct policy_reader *reader, const struct json_value *value,
    const char *hint, const char *format, ...) PRINTF_LIKE(4, 5);

/* The members that an object may have, in the order in which they are wanted. */
enum { POLICY_READER_MAX_MEMBERS = 6 };
struct policy_reader_members {
	const char *what; /* "a policy" */
	const char *names[POLICY_READER_MAX_MEMBERS];
	unsigned required; /* the first so many must be there */
	bool is_open;      /* others are ignored, else refused */
};
/* Finds them; NULL for one that is not there. */
bool policy_reader_members(struct policy_reader *reader, const struct json_value *object,
    const struct policy_reader_members *wanted,
    const struct json_value *ret_values[POLICY_READER_MAX_MEMBERS]);

/* A string. */
bool policy_reader_string(struct policy_reader *reader, const struct json_value *value,
    const char *what, struct slice *ret_string);
/* A string that is a Path. */
bool policy_reader_type(
    struct policy_reader *reader, const struct json_value *value, struct slice *ret_type);
/* The body of a condition. */
const struct node *policy_reader_expression(
    struct policy_reader *reader, const struct json_value *json);

#endif
