/*
 * What is declared under which name, and what a name stands for. A bare name is looked for in its
 * own namespace, then in the empty one, then among the built-in types; in each place a common type
 * comes before an entity type (RFC 24). A qualified name stands for itself alone. No name of the
 * empty namespace may be declared again elsewhere (RFC 70), so that this order hides nothing.
 */
#include "cedar/schema_resolve.h"

#include <stdarg.h>
#include <stdio.h>

enum { MAX_SHOWN_NAME = 64 };

#define SHOWN(name) SLICE_ARGS(slice_first((name), MAX_SHOWN_NAME))

static const struct {
	struct slice name;
	struct schema_type type;
} builtins[] = {
	{ SLICE("Bool"), { .kind = SCHEMA_BOOL, .depth = 1 } },
	{ SLICE("Long"), { .kind = SCHEMA_LONG, .depth = 1 } },
	{ SLICE("String"), { .kind = SCHEMA_STRING, .depth = 1 } },
	{ SLICE("decimal"),
	    { .kind = SCHEMA_EXTENSION, .depth = 1, .as.extension = CEDAR_DECIMAL } },
	{ SLICE("ipaddr"), { .kind = SCHEMA_EXTENSION, .depth = 1, .as.extension = CEDAR_IPADDR } },
	{ SLICE("datetime"),
	    { .kind = SCHEMA_EXTENSION, .depth = 1, .as.extension = CEDAR_DATETIME } },
	{ SLICE("duration"),
	    { .kind = SCHEMA_EXTENSION, .depth = 1, .as.extension = CEDAR_DURATION } },
};

bool
resolver_no_memory(struct resolver *resolver)
{
	if (!resolver->is_out_of_memory)
		complaint_limit(&resolver->fragments->source, 0, NULL, "out of memory");
	resolver->is_out_of_memory = true;
	return false;
}

void *
resolver_alloc(struct resolver *resolver, size_t count, size_t size)
{
	void *memory = arena_calloc(resolver->arena, count, size);

	if (memory == NULL)
		(void)resolver_no_memory(resolver);
	return memory;
}

bool
resolver_wrong(const struct decl_namespace *namespace, uint32_t offset, const char *hint,
    const char *format, ...)
{
	char message[256];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	complaint_add(&namespace->fragment->source, offset, hint, "%s", message);
	return false;
}

/* "namespace::name"; in the empty namespace the name itself. data NULL: memory is out. */
static struct slice
qualify(struct resolver *resolver, struct slice namespace, struct slice name)
{
	size_t len = namespace.len + 2 + name.len;
	char *text;

	if (namespace.len == 0)
		return name;
	text = arena_alloc(resolver->arena, len);
	if (text == NULL) {
		(void)resolver_no_memory(resolver);
		return slice_make(NULL, 0);
	}
	memcpy(text, namespace.data, namespace.len);
	memcpy(text + namespace.len, "::", 2);
	memcpy(text + namespace.len + 2, name.data, name.len);
	return slice_make(text, len);
}

static uint32_t
find_name(const struct schema_table *table, struct slice name)
{
	return schema_table_find(table, &(struct cedar_uid) { .type = name });
}

/* The index of "namespace::name" in a table; SCHEMA_NONE: it is not there, or memory is out. */
static uint32_t
find_qualified(struct resolver *resolver, const struct schema_table *table, struct slice namespace,
    struct slice name)
{
	struct arena_mark mark = arena_mark(resolver->arena);
	struct slice qualified = qualify(resolver, namespace, name);
	uint32_t index = qualified.data == NULL ? SCHEMA_NONE : find_name(table, qualified);

	arena_rollback(resolver->arena, mark);
	return index;
}

/* Gathering */

/* Declarations of all fragments. */
struct totals {
	size_t commons, entities, actions, action_types;
};

static void
count_all(const struct decl_fragment *fragment, struct totals *totals)
{
	for (; fragment != NULL; fragment = fragment->next)
		for (const struct decl_name *name = fragment->namespaces.first; name != NULL;
		     name = name->next) {
			const struct decl_namespace *namespace =
			    (const struct decl_namespace *)name;

			totals->commons += namespace->commons.count;
			totals->entities += namespace->entities.count;
			totals->actions += namespace->actions.count;
			totals->action_types += namespace->actions.count > 0;
		}
}

static bool
check_totals(struct resolver *resolver, const struct totals *totals)
{
	const struct source *source = &resolver->fragments->source;

	if (totals->commons + totals->entities + totals->action_types > CEDAR_MAX_TYPES)
		complaint_limit(source, 0, NULL, "there are more than %d types", CEDAR_MAX_TYPES);
	else if (totals->actions > CEDAR_MAX_ACTIONS)
		complaint_limit(
		    source, 0, NULL, "there are more than %d actions", CEDAR_MAX_ACTIONS);
	else
		return true;
	return false;
}

static bool
make_tables(struct resolver *resolver, const struct totals *totals)
{
	struct arena *arena = resolver->arena;
	size_t types = totals->entities + totals->action_types;

	resolver->index = resolver_alloc(resolver, 1, sizeof(*resolver->index));
	resolver->commons = resolver_alloc(resolver, totals->commons, sizeof(*resolver->commons));
	resolver->entities = resolver_alloc(resolver, types, sizeof(*resolver->entities));
	resolver->actions = resolver_alloc(resolver, totals->actions, sizeof(*resolver->actions));
	if (resolver->is_out_of_memory)
		return false;
	if (!schema_table_init(arena, (uint32_t)totals->commons, &resolver->common_names) ||
	    !schema_table_init(arena, (uint32_t)types, &resolver->index->types) ||
	    !schema_table_init(arena, (uint32_t)totals->actions, &resolver->index->actions))
		return resolver_no_memory(resolver);
	return true;
}

/*
 * Enters a name. SCHEMA_NONE after a complaint; a name that is there already is one, since only
 * different fragments get here with it.
 */
static uint32_t
enter(struct resolver *resolver, const struct decl_namespace *namespace,
    const struct decl_name *name, struct schema_table *table, const struct cedar_uid *key)
{
	if (resolver->is_out_of_memory)
		return SCHEMA_NONE;
	if (schema_table_find(table, key) == SCHEMA_NONE)
		return schema_table_add(table, key);
	(void)resolver_wrong(namespace, name->offset, NULL,
	    "'%.*s' is declared in another schema text already", SHOWN(name->text));
	return SCHEMA_NONE;
}

static void
enter_common(struct resolver *resolver, const struct decl_namespace *namespace,
    const struct decl_common *common)
{
	struct cedar_uid key = {
		.type = qualify(resolver, namespace->name.text, common->name.text),
	};
	uint32_t index = enter(resolver, namespace, &common->name, &resolver->common_names, &key);

	if (index != SCHEMA_NONE)
		resolver->commons[index] =
		    (struct resolved_common) { .decl = common, .namespace = namespace };
}

/* `decl` NULL: the type of actions. */
static void
enter_type(struct resolver *resolver, const struct decl_namespace *namespace,
    const struct decl_entity *decl, struct slice name)
{
	struct schema_entity_type *type = resolver_alloc(resolver, 1, sizeof(*type));
	uint32_t index =
	    schema_table_add(&resolver->index->types, &(struct cedar_uid) { .type = name });

	resolver->entities[index] = (struct declared_entity) { decl, namespace, type };
	if (type == NULL)
		return;
	type->name = name;
	type->index = index;
	type->is_action = decl == NULL;
}

static void
enter_entity(struct resolver *resolver, const struct decl_namespace *namespace,
    const struct decl_entity *entity)
{
	struct slice name = qualify(resolver, namespace->name.text, entity->name.text);

	if (resolver->is_out_of_memory)
		return;
	if (find_name(&resolver->index->types, name) == SCHEMA_NONE)
		enter_type(resolver, namespace, entity, name);
	else
		(void)resolver_wrong(namespace, entity->name.offset, NULL,
		    "'%.*s' is declared in another schema text already", SHOWN(entity->name.text));
}

static void
enter_action(struct resolver *resolver, const struct decl_namespace *namespace,
    const struct decl_action *action)
{
	struct cedar_uid key = {
		.type = qualify(resolver, namespace->name.text, SLICE_OF("Action")),
		.id = action->name.text,
	};
	uint32_t index = enter(resolver, namespace, &action->name, &resolver->index->actions, &key);

	if (index != SCHEMA_NONE)
		resolver->actions[index] = (struct declared_action) { action, namespace };
}

static void
enter_action_type(struct resolver *resolver, const struct decl_namespace *namespace)
{
	struct slice name;

	if (namespace->actions.count == 0)
		return;
	name = qualify(resolver, namespace->name.text, SLICE_OF("Action"));
	if (!resolver->is_out_of_memory && find_name(&resolver->index->types, name) == SCHEMA_NONE)
		enter_type(resolver, namespace, NULL, name);
}

typedef void on_namespace(struct resolver *resolver, const struct decl_namespace *namespace);

static void
for_each_namespace(struct resolver *resolver, on_namespace *call)
{
	for (struct decl_fragment *fragment = resolver->fragments; fragment != NULL;
	     fragment = fragment->next)
		for (struct decl_name *name = fragment->namespaces.first; name != NULL;
		     name = name->next)
			call(resolver, (const struct decl_namespace *)name);
}

static void
enter_declarations(struct resolver *resolver, const struct decl_namespace *namespace)
{
	const struct decl_name *name;

	for (name = namespace->commons.first; name != NULL; name = name->next)
		enter_common(resolver, namespace, (const struct decl_common *)name);
	for (name = namespace->entities.first; name != NULL; name = name->next)
		enter_entity(resolver, namespace, (const struct decl_entity *)name);
	for (name = namespace->actions.first; name != NULL; name = name->next)
		enter_action(resolver, namespace, (const struct decl_action *)name);
}

static void
check_type_shadowing(struct resolver *resolver, const struct decl_namespace *namespace,
    const struct decl_names *declared)
{
	for (const struct decl_name *name = declared->first; name != NULL; name = name->next)
		if (find_name(&resolver->common_names, name->text) != SCHEMA_NONE ||
		    find_name(&resolver->index->types, name->text) != SCHEMA_NONE)
			(void)resolver_wrong(namespace, name->offset,
			    "rename one of the two, or move the other one into a namespace",
			    "'%.*s' is also a type of the empty namespace", SHOWN(name->text));
}

/* RFC 70. */
static void
check_shadowing(struct resolver *resolver, const struct decl_namespace *namespace)
{
	if (namespace->name.text.len == 0)
		return;
	check_type_shadowing(resolver, namespace, &namespace->commons);
	check_type_shadowing(resolver, namespace, &namespace->entities);
	for (const struct decl_name *name = namespace->actions.first; name != NULL;
	     name = name->next) {
		struct cedar_uid uid = { SLICE("Action"), name->text };

		if (schema_table_find(&resolver->index->actions, &uid) != SCHEMA_NONE)
			(void)resolver_wrong(namespace, name->offset,
			    "rename one of the two, or move the other one into a namespace",
			    "'%.*s' is also an action of the empty namespace", SHOWN(name->text));
	}
}

bool
schema_names_gather(struct resolver *resolver)
{
	struct totals totals = { 0 };

	count_all(resolver->fragments, &totals);
	if (!check_totals(resolver, &totals) || !make_tables(resolver, &totals))
		return false;
	for_each_namespace(resolver, enter_declarations);
	for_each_namespace(resolver, check_shadowing);
	for_each_namespace(resolver, enter_action_type);
	return !resolver->is_out_of_memory;
}

/* Looking up */

bool
schema_name_is_builtin(struct slice name, struct schema_type *ret_type)
{
	for (size_t i = 0; i < COUNT_OF(builtins); i++)
		if (slice_equal(name, builtins[i].name)) {
			*ret_type = builtins[i].type;
			return true;
		}
	return false;
}

static bool
found(struct named *named, enum name_kind kind, uint32_t index)
{
	named->kind = kind;
	named->index = index;
	return index != SCHEMA_NONE;
}

/* The name in one namespace, which is not given again where the name is qualified. */
static bool
find_in(struct resolver *resolver, struct slice namespace, struct slice name, enum name_use use,
    struct named *named)
{
	if ((use & NAME_OF_COMMON) != 0 &&
	    found(named, NAME_COMMON,
		find_qualified(resolver, &resolver->common_names, namespace, name)))
		return true;
	return (use & NAME_OF_ENTITY) != 0 &&
	       found(named, NAME_ENTITY,
		   find_qualified(resolver, &resolver->index->types, namespace, name));
}

/* `Long` where no entity type has that name, and `__cedar::Long`. They count as common types. */
static bool
find_alias(struct resolver *resolver, struct slice name, struct named *named)
{
	struct slice prefix = SLICE("__cedar::");

	named->kind = NAME_BUILTIN;
	if (slice_starts(name, prefix))
		return schema_name_is_builtin(slice_skip(name, prefix.len), &named->type);
	return find_name(&resolver->index->types, name) == SCHEMA_NONE &&
	       schema_name_is_builtin(name, &named->type);
}

bool
schema_name_find(struct resolver *resolver, const struct decl_namespace *namespace,
    struct slice name, enum name_use use, struct named *ret_named)
{
	bool is_bare = slice_find(name, ':') == name.len;

	if (is_bare && find_in(resolver, namespace->name.text, name, use, ret_named))
		return true;
	if (find_in(resolver, SLICE_OF(""), name, use, ret_named))
		return true;
	if ((use & NAME_OF_COMMON) != 0 && find_alias(resolver, name, ret_named))
		return true;
	ret_named->kind = NAME_UNKNOWN;
	return false;
}

/* What people write for the built-in types. */
static const char *
hint_for_builtin(struct slice name)
{
	static const struct {
		const char *written, *hint;
	} slips[] = {
		{ "Boolean", "the type is called Bool" },
		{ "boolean", "the type is called Bool" },
		{ "bool", "the type is called Bool" },
		{ "string", "the type is called String" },
		{ "long", "the type is called Long" },
		{ "int", "the type is called Long" },
		{ "Int", "the type is called Long" },
		{ "Integer", "the type is called Long" },
		{ "integer", "the type is called Long" },
		{ "Number", "the type is called Long" },
		{ "Decimal", "the type is called decimal" },
		{ "ip", "the type is called ipaddr" },
		{ "ipAddr", "the type is called ipaddr" },
		{ "IpAddr", "the type is called ipaddr" },
		{ "Datetime", "the type is called datetime" },
		{ "DateTime", "the type is called datetime" },
		{ "Duration", "the type is called duration" },
		{ "Set", "a set is written Set<String>" },
	};

	for (size_t i = 0; i < COUNT_OF(slips); i++)
		if (slice_is(name, slips[i].written))
			return slips[i].hint;
	return NULL;
}

/* A type that has the same last name elsewhere. */
static const char *
hint_for_elsewhere(struct resolver *resolver, const struct schema_table *table, struct slice name)
{
	struct slice base = decl_base_name(name);

	for (uint32_t i = 0; i < table->count; i++)
		if (slice_equal(decl_base_name(table->keys[i].type), base) &&
		    !slice_equal(table->keys[i].type, name))
			return arena_printf(
			    resolver->arena, "there is %.*s", SHOWN(table->keys[i].type));
	return NULL;
}

static const char *
hint_for_name(struct resolver *resolver, const struct decl_namespace *namespace, struct slice name,
    enum name_use use)
{
	const char *hint = hint_for_builtin(name);
	struct named other;

	if (use == NAME_OF_ENTITY &&
	    schema_name_find(resolver, namespace, name, NAME_OF_COMMON, &other))
		return "this is a type of values, not of entities";
	if (hint == NULL && resolver->complaints->count < CEDAR_MAX_ERRORS)
		hint = hint_for_elsewhere(resolver, &resolver->index->types, name);
	if (hint == NULL && use != NAME_OF_ENTITY && resolver->complaints->count < CEDAR_MAX_ERRORS)
		hint = hint_for_elsewhere(resolver, &resolver->common_names, name);
	return hint;
}

bool
schema_name_resolve(struct resolver *resolver, const struct decl_namespace *namespace,
    struct slice name, uint32_t offset, enum name_use use, struct named *ret_named)
{
	static const char *const what[] = {
		[NAME_OF_COMMON] = "common type",
		[NAME_OF_ENTITY] = "entity type",
		[NAME_OF_EITHER] = "type",
	};

	if (schema_name_find(resolver, namespace, name, use, ret_named))
		return true;
	if (resolver->is_out_of_memory)
		return false;
	return resolver_wrong(namespace, offset, hint_for_name(resolver, namespace, name, use),
	    "there is no %s '%.*s'", what[use], SHOWN(name));
}

/* The action of this type, which may be bare, as seen from a namespace. */
static uint32_t
find_action(struct resolver *resolver, struct slice namespace, struct slice type, struct slice id)
{
	struct arena_mark mark = arena_mark(resolver->arena);
	struct cedar_uid uid = { qualify(resolver, namespace, type), id };
	uint32_t index = SCHEMA_NONE;

	if (!resolver->is_out_of_memory)
		index = schema_table_find(&resolver->index->actions, &uid);
	arena_rollback(resolver->arena, mark);
	return index;
}

uint32_t
schema_name_resolve_action(struct resolver *resolver, const struct decl_namespace *namespace,
    const struct decl_action_reference *reference)
{
	struct slice type = reference->type.data == NULL ? SLICE_OF("Action") : reference->type;
	bool is_bare = slice_find(type, ':') == type.len;
	uint32_t index = SCHEMA_NONE;

	if (is_bare)
		index = find_action(resolver, namespace->name.text, type, reference->name.text);
	if (index == SCHEMA_NONE)
		index = find_action(resolver, SLICE_OF(""), type, reference->name.text);
	if (index == SCHEMA_NONE && !resolver->is_out_of_memory)
		(void)resolver_wrong(namespace, reference->name.offset, NULL,
		    "there is no action %.*s::\"%.*s\"", SHOWN(type), SHOWN(reference->name.text));
	return index;
}
