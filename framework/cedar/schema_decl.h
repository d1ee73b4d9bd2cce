/*
 * A schema as it is written: what both readers (schema_text.c, schema_json.c) make, both printers
 * print and schema_resolve.c turns into struct cedar_schema. Names are not looked up yet; each
 * knows where it stands. Everything lives in the arena of the builder.
 *
 * Lists are chained through their elements, all of which begin with a struct decl_name.
 * Declarations, attributes and namespaces are kept ascending by slice_compare, as the official
 * engine prints them; references stay in the order of the text.
 */
#ifndef POSTERN_CEDAR_SCHEMA_DECL_H
#define POSTERN_CEDAR_SCHEMA_DECL_H

#include "cedar/ast.h"
#include "cedar/json.h"
#include "core/buffer.h"

struct decl_name {
	struct decl_name *next;
	struct slice text;
	uint32_t offset; /* in the text of the fragment */
};
struct decl_names {
	struct decl_name *first, *last;
	uint32_t count;
};

enum decl_type_kind {
	DECL_BOOL, /* these three as the JSON format has them; in text they are names like others */
	DECL_LONG,
	DECL_STRING,
	DECL_SET,
	DECL_RECORD,
	DECL_ENTITY,           /* a name that must be an entity type's */
	DECL_COMMON,           /* a name that must be a common type's */
	DECL_ENTITY_OR_COMMON, /* a name in text */
	DECL_EXTENSION
};

struct decl_type {
	enum decl_type_kind kind;
	bool is_open; /* a record with "additionalAttributes": true, which nobody supports */
	uint32_t offset;
	struct slice name;               /* of the kinds that have one */
	const struct decl_type *element; /* DECL_SET */
	struct decl_names attributes;    /* DECL_RECORD: struct decl_attribute */
};

struct decl_attribute {
	struct decl_name name;
	const struct annotation *annotations;
	bool is_required;
	const struct decl_type *type;
};

struct decl_common {
	struct decl_name name;
	const struct annotation *annotations;
	const struct decl_type *type;
};

struct resolved_entity;
struct resolved_action;

/* `entity A, B ..;` declares two types that share one body. */
struct decl_entity_body {
	bool is_enum;
	struct decl_names ids;                  /* of an enum */
	struct decl_names parents;              /* of the others, as all below */
	const struct decl_type *shape;          /* NULL: no attributes */
	const struct decl_type *tags;           /* NULL: none */
	const struct resolved_entity *resolved; /* for schema_resolve.c alone */
};

struct decl_entity {
	struct decl_name name;
	const struct annotation *annotations;
	struct decl_entity_body *body;
};

/* The name is the id; `type` has data NULL where none is written. */
struct decl_action_reference {
	struct decl_name name;
	struct slice type;
};

struct decl_action_body {
	bool has_applies_to; /* in JSON it may be absent, which means the same as two empty lists */
	struct decl_names principals, resources;
	const struct decl_type *context;        /* NULL: an empty record */
	bool has_parents;                       /* in JSON "memberOf": [] is not the same as none */
	struct decl_names parents;              /* struct decl_action_reference */
	const struct resolved_action *resolved; /* for schema_resolve.c alone */
};

struct decl_action {
	struct decl_name name;
	const struct annotation *annotations;
	struct decl_action_body *body;
};

struct decl_fragment;

struct decl_namespace {
	struct decl_name name; /* empty: the empty namespace */
	const struct annotation *annotations;
	const struct decl_fragment *fragment;
	struct decl_names commons, entities, actions;
};

/* One text. */
struct decl_fragment {
	struct source source;         /* its complaints are whose turn it is */
	bool is_text;                 /* else it is JSON */
	struct decl_names namespaces; /* struct decl_namespace */
	struct decl_fragment *next;
};

void decl_names_add(struct decl_names *names, struct decl_name *name);
/* Ascending; equal names stay in their order. */
void decl_names_sort(struct decl_names *names);
/* Of several equal names in a sorted list only the last one stays. */
void decl_names_keep_last(struct decl_names *names);

/* Ascending by key; returns the first one. */
struct annotation *decl_annotations_sort(struct annotation *first);

/* Whether text is an identifier as Cedar spells it; with `is_free` a reserved word is fine too. */
bool decl_is_identifier(struct slice text, bool is_free);
/* Identifiers joined by "::", none a reserved word; `__cedar` is fine. */
bool decl_is_path(struct slice text);
/* Whether some component of a path is `__cedar`. */
bool decl_is_reserved(struct slice path);
/* The last component of a path. */
struct slice decl_base_name(struct slice path);

/*
 * Sorts all of a fragment and complains about what stands twice and about names that may not be
 * declared.
 */
void decl_fragment_finish(struct decl_fragment *fragment);

/*
 * Readers. They add the namespaces of one text to a fragment whose source is open; false: the
 * complaints say why.
 */
bool schema_text_parse(struct decl_fragment *fragment) MUST_USE;
bool schema_json_parse(struct decl_fragment *fragment, const struct json_value *value) MUST_USE;

/*
 * Writes all names of a fragment whole, and says of each what it is: an entity type or a common
 * type. False: the complaints say which stand for nothing. schema_qualify.c
 */
bool schema_qualify(struct decl_fragment *fragment) MUST_USE;

/*
 * Writers, which fail into the buffer. Not every declaration has a text; false: complaints say
 * which have none.
 */
void schema_json_write(const struct decl_fragment *fragment, struct buffer *out);
bool schema_text_write(const struct decl_fragment *fragment, struct buffer *out) MUST_USE;

#endif
