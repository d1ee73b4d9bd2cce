/*
 * The inside of <postern/cedar.h>: each of its objects is a heap object with an arena in it, around
 * what the engine makes in that arena. Nothing else of the engine includes this.
 */
#ifndef POSTERN_CEDAR_API_H
#define POSTERN_CEDAR_API_H

#include <postern/cedar.h>

#include "cedar/complaint.h"
#include "cedar/policies.h"
#include "cedar/schema.h"
#include "core/buffer.h"

enum {
	API_BLOCK = 16 * 1024,               /* bytes of an arena's block */
	API_MEMORY = 1024 * 1024 * 1024,     /* bytes of policies, a schema, entities, a text */
	API_WORK_MEMORY = 256 * 1024 * 1024, /* bytes of a request, an answer, a list of problems */
};

static inline struct slice
slice_of_text(struct postern_cedar_text text)
{
	return slice_make(text.data, text.len);
}

static inline struct postern_cedar_text
text_of_slice(struct slice slice)
{
	return (struct postern_cedar_text) { slice.data, slice.len };
}

static inline struct cedar_uid
uid_of_api(struct postern_cedar_uid uid)
{
	return (struct cedar_uid) { slice_of_text(uid.type), slice_of_text(uid.id) };
}

/* A malloc'ed copy with a NUL behind it, for postern_cedar_free; NULL: memory is out. */
char *api_text_take(const struct buffer *buffer, size_t *ret_len);

/* --- problems. All take NULL: nobody wants to know. api_problems.c */

void problems_clear(struct postern_cedar_problems *problems);
void problems_add(struct postern_cedar_problems *problems, enum postern_cedar_severity severity,
    const struct cedar_complaint *complaint, struct slice policy);
/* Adds what was complained about. Always false. */
bool problems_take(
    struct postern_cedar_problems *problems, const struct cedar_complaints *complaints);
/* Something without a place. Always false. */
bool problems_say(struct postern_cedar_problems *problems, const char *message, bool is_limit);

struct postern_cedar_policies {
	struct arena arena;
	const struct cedar_policies *set;
};

struct postern_cedar_schema {
	struct arena arena;
	const struct cedar_schema *schema;
};

/* --- values in the making. api_value.c */

/* Whose values they are: the first thing that failed sticks here. */
struct value_owner {
	struct arena *arena;
	const char *fault; /* NULL: nothing failed */
	bool is_limit;
	bool is_closed; /* takes nothing more */
};

struct value_item;
/* What records and sets are until they are closed: a list in the order of the calls. */
struct value_container {
	struct value_owner *owner;
	struct value_item *first, **last;
	size_t count;
	unsigned depth;
};
struct postern_cedar_record {
	struct value_container container;
};
struct postern_cedar_set {
	struct value_container container;
};

void value_container_init(struct value_container *container, struct value_owner *owner);
/* Makes the record of it. False: something had failed, or does now; the owner knows. */
bool value_record_close(struct postern_cedar_record *record, struct cedar_value *ret_value);
/* Marks the owner unless it is marked already. Always false. */
bool value_fail(struct value_owner *owner, const char *fault, bool is_limit);
/* A copy in the owner's arena, checked: a name as type, UTF-8 as id. */
bool value_uid(struct value_owner *owner, struct postern_cedar_uid uid, struct cedar_uid *ret_uid);

struct postern_cedar_entities {
	struct arena arena;
	struct value_owner owner;
	struct postern_cedar_entity *first, **last;
	struct postern_cedar_entity *lost; /* stands in for one that there is no memory for */
	struct cedar_entities *store;      /* NULL: not closed, or that failed */
};

struct postern_cedar_request {
	struct arena arena;
	struct value_owner owner;
	bool is_begun;
	struct postern_cedar_record context;
	struct cedar_request request;
};
/* Takes nothing more from here on. False: it is not fit for a decision. */
bool request_close(struct postern_cedar_request *request);

#endif
