/*
 * The inside of turning declarations into struct cedar_schema, in this order:
 *
 *     schema_names.c    all declarations of all fragments into tables; names to what they stand for
 *     schema_types.c    common types, each behind those that it names; types
 *     schema_resolve.c  entity types, actions, who may be in whom; the schema
 *     schema_warnings.c what is right and may surprise
 *
 * Each step complains about all that it finds wrong and goes on. What has been complained about
 * resolves to nothing, and whoever refers to it keeps quiet.
 */
#ifndef POSTERN_CEDAR_SCHEMA_RESOLVE_H
#define POSTERN_CEDAR_SCHEMA_RESOLVE_H

#include "cedar/schema_decl.h"
#include "cedar/schema_graph.h"
#include "cedar/schema_index.h"

/* A type and how many types it is made of, itself included. */
struct resolved_type {
	struct schema_type type;
	uint32_t size;
};

struct resolved_common {
	const struct decl_common *decl;
	const struct decl_namespace *namespace;
	bool is_resolved; /* else it is wrong, or its turn has not come */
	struct resolved_type type;
};

struct declared_entity {
	const struct decl_entity *decl; /* NULL: the type of actions */
	const struct decl_namespace *namespace;
	struct schema_entity_type *type;
};

struct declared_action {
	const struct decl_action *decl;
	const struct decl_namespace *namespace;
};

struct resolver {
	struct arena *arena;
	struct cedar_complaints *complaints;
	struct decl_fragment *fragments;
	bool is_out_of_memory; /* complained about once */
	/* By index; the tables' keys are the qualified names. */
	struct schema_table common_names;
	struct resolved_common *commons;
	struct declared_entity *entities; /* those of `index.types`, declared ones first */
	struct declared_action *actions;
	struct schema_index *index;
};

/* Complains once. Always false. */
bool resolver_no_memory(struct resolver *resolver);
/* Zeroed; complains when there is none. */
void *resolver_alloc(struct resolver *resolver, size_t count, size_t size);
/* Complains about a place in the text that the namespace is from. Always false. */
bool resolver_wrong(const struct decl_namespace *namespace, uint32_t offset, const char *hint,
    const char *format, ...) PRINTF_LIKE(4, 5);

/* Fills the tables. False: memory or a bound is out. */
bool schema_names_gather(struct resolver *resolver) MUST_USE;

/* What a name may stand for. */
enum name_use { NAME_OF_COMMON = 1, NAME_OF_ENTITY = 2, NAME_OF_EITHER = 3 };
enum name_kind { NAME_UNKNOWN, NAME_COMMON, NAME_ENTITY, NAME_BUILTIN };
struct named {
	enum name_kind kind;
	uint32_t index;          /* NAME_COMMON, NAME_ENTITY */
	struct schema_type type; /* NAME_BUILTIN */
};
/*
 * What a name in a namespace stands for. `schema_name_resolve` complains when it is nothing, and
 * is false then; `schema_name_find` does not.
 */
bool schema_name_find(struct resolver *resolver, const struct decl_namespace *namespace,
    struct slice name, enum name_use use, struct named *ret_named) MUST_USE;
bool schema_name_resolve(struct resolver *resolver, const struct decl_namespace *namespace,
    struct slice name, uint32_t offset, enum name_use use, struct named *ret_named) MUST_USE;
/* An action that another one is in; SCHEMA_NONE after a complaint. */
uint32_t schema_name_resolve_action(struct resolver *resolver,
    const struct decl_namespace *namespace, const struct decl_action_reference *reference);
/* The built-in type of this bare name. */
bool schema_name_is_builtin(struct slice name, struct schema_type *ret_type);

/* Resolves all common types. False: memory or a bound is out. */
bool schema_types_resolve_commons(struct resolver *resolver) MUST_USE;
/* False: complained about, now or before. */
bool schema_types_resolve(struct resolver *resolver, const struct decl_namespace *namespace,
    const struct decl_type *decl, struct resolved_type *ret_type) MUST_USE;

/* Adds what is right and may surprise. */
void schema_warn(struct resolver *resolver, struct cedar_complaints *warnings);

/*
 * All fragments to one schema; NULL: the complaints say why. The fragments' sources complain to
 * `reterr_complaints` from now on.
 */
const struct cedar_schema *schema_resolve(struct arena *arena, struct decl_fragment *fragments,
    struct cedar_complaints *reterr_complaints) MUST_USE;

#endif
