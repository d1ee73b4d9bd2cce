/*
 * A schema, resolved: every name is what it stands for, every relation is closed. Made by the
 * schema readers (schema_text.c, schema_json.c through schema_resolve.c); read by the validator,
 * by the entity, context and request readers, and by the printers of neither (those print
 * declarations). Immutable; lives in the arena of its builder.
 */
#ifndef POSTERN_CEDAR_SCHEMA_H
#define POSTERN_CEDAR_SCHEMA_H

#include "cedar/cedar.h"

enum schema_type_kind {
	SCHEMA_BOOL,
	SCHEMA_LONG,
	SCHEMA_STRING,
	SCHEMA_SET,
	SCHEMA_RECORD, /* closed: no other attributes than these */
	SCHEMA_ENTITY,
	SCHEMA_EXTENSION
};

/* What the validator knows of the Bool that an expression will be; in a schema, nothing. */
enum schema_truth { SCHEMA_MAYBE = 0, SCHEMA_TRUE, SCHEMA_FALSE };

struct schema_record;
struct schema_entity_type;

struct schema_type {
	enum schema_type_kind kind;
	uint16_t depth; /* 1: no types inside; at most CEDAR_MAX_DEPTH, of expressions twice that */
	enum schema_truth truth; /* SCHEMA_BOOL */
	union {
		const struct schema_type *element;       /* SCHEMA_SET */
		const struct schema_record *record;      /* SCHEMA_RECORD */
		const struct schema_entity_type *entity; /* SCHEMA_ENTITY */
		enum cedar_kind extension; /* SCHEMA_EXTENSION: CEDAR_DECIMAL and the others */
	} as;
};

struct schema_attribute {
	struct slice name;
	bool is_required;
	struct schema_type type;
};

struct schema_record {
	const struct schema_attribute *attributes; /* ascending by name_order, no name twice */
	uint32_t count;
};

/*
 * An entity type. The types of actions (`Action`, `NS::Action`) are entity types too, with
 * `is_action`, no attributes and no tags, so that they may be types of attributes.
 */
struct schema_entity_type {
	struct slice name; /* qualified: "NS::User" */
	uint32_t index;    /* its place in struct cedar_schema */
	bool is_action, is_enum;
	const struct schema_record *attributes; /* never NULL */
	const struct schema_type *tags;         /* NULL: none may be there */
	const struct slice *ids;                /* of an enum; ascending by name_order */
	uint32_t id_count;
	/* memberOf, closed transitively: the types its entities may be in; ascending indexes. */
	const uint32_t *ancestors;
	uint32_t ancestor_count;
};

struct schema_action {
	struct cedar_uid uid;
	const struct schema_entity_type *type;
	/* The actions it is in, closed transitively; indexes of actions, ascending. */
	const uint32_t *ancestors;
	uint32_t ancestor_count;
	/* appliesTo; none of either: the action applies to nothing. Ascending by index. */
	const struct schema_entity_type *const *principals, *const *resources;
	uint32_t principal_count, resource_count;
	const struct schema_record *context; /* never NULL */
};

struct schema_index; /* from names to places; schema_resolve.c */

struct cedar_schema {
	const struct schema_entity_type *const *types;
	uint32_t type_count;
	const struct schema_action *actions;
	uint32_t action_count;
	const struct schema_index *index;
	const struct cedar_complaints *warnings; /* never NULL: names of a text that hide others */
};

/* NULL: not declared. Found by hashing. */
const struct schema_entity_type *schema_find_type(
    const struct cedar_schema *schema, struct slice name);
const struct schema_action *schema_find_action(
    const struct cedar_schema *schema, const struct cedar_uid *uid);

/* The type that a uid has; NULL: it is not declared. */
const struct schema_entity_type *schema_type_of_uid(
    const struct cedar_schema *schema, const struct cedar_uid *uid);

/* NULL: the record has no attribute of this name. */
const struct schema_attribute *schema_find_attribute(
    const struct schema_record *record, struct slice name);
/* Whether the enum has this id. */
bool schema_has_id(const struct schema_entity_type *type, struct slice id);
/* Whether entities of `type` may be in entities of `ancestor`, other than themselves. */
bool schema_may_be_in(
    const struct schema_entity_type *type, const struct schema_entity_type *ancestor);
/* Whether the action is the other one or in it. */
bool schema_action_is_in(const struct cedar_schema *schema, const struct schema_action *action,
    const struct schema_action *other);

#endif
