/*
 * The inside of the reader of JSON schemas: what its parts offer each other. All return false or
 * NULL when the schema is wrong, and have complained.
 *
 *     schema_json.c        namespaces, common types, entity types, actions
 *     schema_json_types.c  objects with their members, names, annotations, types
 */
#ifndef POSTERN_CEDAR_SCHEMA_JSON_H
#define POSTERN_CEDAR_SCHEMA_JSON_H

#include "cedar/json.h"
#include "cedar/schema_decl.h"

enum { SCHEMA_JSON_MAX_MEMBERS = 8 };

struct schema_json_reading {
	struct decl_fragment *fragment;
	struct cedar_json_document document; /* for complaints */
	unsigned depth;                      /* types within each other now */
};

/*
 * What the members of one kind of object are called. The official engine reads a list for some
 * objects too, as their values in this order.
 */
struct schema_json_shape {
	const char *what; /* "an action" */
	bool may_be_list;
	uint32_t required; /* bits by index */
	uint32_t count;
	const char *names[SCHEMA_JSON_MAX_MEMBERS];
};

/* The members that are there, by index in the shape; NULL: not there. */
struct schema_json_members {
	const struct json_value *at[SCHEMA_JSON_MAX_MEMBERS];
};

#define MEMBER_BIT(member) (1u << (member))

/* Complains with a constant text. Always false. */
bool schema_json_wrong(const struct schema_json_reading *reading, uint32_t offset, const char *hint,
    const char *message);
/* "expected WHAT, found .." Always false. */
bool schema_json_expected(
    const struct schema_json_reading *reading, const struct json_value *value, const char *what);
void *schema_json_alloc(const struct schema_json_reading *reading, size_t size);

/* Takes an object apart; members that are unknown or missing are complained about. */
bool schema_json_open(const struct schema_json_reading *reading, const struct json_value *value,
    const struct schema_json_shape *shape, struct schema_json_members *ret_members);

/* Whether the name of a member may be a type's. */
bool schema_json_identifier(
    const struct schema_json_reading *reading, const struct json_member *member);
/* A name, and a list of names. */
bool schema_json_path(const struct schema_json_reading *reading, const struct json_value *value,
    const char *what, struct slice *ret_path);
bool schema_json_paths(const struct schema_json_reading *reading, const struct json_value *value,
    struct decl_names *names);
/* `value` NULL: none. */
bool schema_json_annotations(const struct schema_json_reading *reading,
    const struct json_value *value, const struct annotation **ret_annotations);

/* `value` NULL: leaves `*ret_type` alone. */
bool schema_json_optional_type(struct schema_json_reading *reading, const struct json_value *value,
    const struct decl_type **ret_type);
/* A type that has annotations beside its members. */
const struct decl_type *schema_json_annotated_type(struct schema_json_reading *reading,
    const struct json_value *value, const struct annotation **ret_annotations);

#endif
