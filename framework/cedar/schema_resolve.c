/*
 * Entity types and actions: their types, who may be in whom, and the schema that is made of it
 * all.
 */
#include "cedar/schema_resolve.h"

#include "core/sort.h"
#include "cedar/value.h"

enum { MAX_SHOWN_NAME = 64 };

#define SHOWN(name) SLICE_ARGS(slice_first((name), MAX_SHOWN_NAME))

/* What names that are declared together have in common. */
struct resolved_entity {
	const struct schema_record *attributes;
	const struct schema_type *tags;
	struct schema_edges parents;
	const struct slice *ids;
	uint32_t id_count;
};

struct resolved_action {
	const struct schema_record *context;
	struct schema_edges parents;
	const struct schema_entity_type **principals, **resources;
	uint32_t principal_count, resource_count;
};

static const struct schema_record empty_record = { NULL, 0 };

static int
index_order(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Sorts indexes and drops repeated ones; returns how many stay. */
static uint32_t
sort_indexes(uint32_t *indexes, uint32_t count)
{
	uint32_t kept = 0;

	SORT(indexes, count, index_order);
	for (uint32_t i = 0; i < count; i++)
		if (kept == 0 || indexes[kept - 1] != indexes[i])
			indexes[kept++] = indexes[i];
	return kept;
}

/*
 * The entity types of a list, ascending, none twice. The type of actions is none here: nothing is
 * in it or asks for it but actions.
 */
static void
resolve_types(struct resolver *resolver, const struct decl_namespace *namespace,
    const struct decl_names *names, struct schema_edges *ret_types)
{
	uint32_t *indexes = resolver_alloc(resolver, names->count, sizeof(*indexes)), count = 0;

	for (const struct decl_name *name = names->first; indexes != NULL && name != NULL;
	     name = name->next) {
		struct named named;

		if (!schema_name_resolve(
			resolver, namespace, name->text, name->offset, NAME_OF_ENTITY, &named))
			continue;
		if (resolver->entities[named.index].decl == NULL)
			(void)resolver_wrong(
			    namespace, name->offset, NULL, "the type of actions cannot stand here");
		else
			indexes[count++] = named.index;
	}
	*ret_types = (struct schema_edges) { indexes, sort_indexes(indexes, count) };
}

/* A shape or a context: a record, possibly by name. NULL: an empty one. */
static void
resolve_attributes(struct resolver *resolver, const struct decl_namespace *namespace,
    const struct decl_type *decl, const char *what, const struct schema_record **ret_record)
{
	struct resolved_type type;

	*ret_record = &empty_record;
	if (decl == NULL || !schema_types_resolve(resolver, namespace, decl, &type))
		return;
	if (type.type.kind == SCHEMA_RECORD)
		*ret_record = type.type.as.record;
	else
		(void)resolver_wrong(namespace, decl->offset, NULL, "%s must be a record", what);
}

/* Entity types */

static int
id_order(const void *a, const void *b)
{
	return name_order(*(const struct slice *)a, *(const struct slice *)b);
}

/* Ascending; an id that is repeated counts once. */
static void
resolve_ids(
    struct resolver *resolver, const struct decl_names *names, struct resolved_entity *resolved)
{
	struct slice *ids = resolver_alloc(resolver, names->count, sizeof(*ids));
	uint32_t count = 0, kept = 0;

	if (ids == NULL)
		return;
	for (const struct decl_name *name = names->first; name != NULL; name = name->next)
		ids[count++] = name->text;
	SORT(ids, count, id_order);
	for (uint32_t i = 0; i < count; i++)
		if (kept == 0 || !slice_equal(ids[kept - 1], ids[i]))
			ids[kept++] = ids[i];
	resolved->ids = ids;
	resolved->id_count = kept;
}

static void
resolve_tags(struct resolver *resolver, const struct decl_namespace *namespace,
    const struct decl_type *decl, struct resolved_entity *resolved)
{
	struct schema_type *tags;
	struct resolved_type type;

	if (decl == NULL || !schema_types_resolve(resolver, namespace, decl, &type))
		return;
	tags = resolver_alloc(resolver, 1, sizeof(*tags));
	if (tags == NULL)
		return;
	*tags = type.type;
	resolved->tags = tags;
}

static const struct resolved_entity *
resolve_entity_body(struct resolver *resolver, const struct decl_namespace *namespace,
    const struct decl_entity_body *body)
{
	struct resolved_entity *resolved = resolver_alloc(resolver, 1, sizeof(*resolved));

	if (resolved == NULL)
		return NULL;
	resolve_types(resolver, namespace, &body->parents, &resolved->parents);
	resolve_attributes(
	    resolver, namespace, body->shape, "the shape of an entity type", &resolved->attributes);
	resolve_tags(resolver, namespace, body->tags, resolved);
	resolve_ids(resolver, &body->ids, resolved);
	return resolved;
}

static bool
resolve_entity(struct resolver *resolver, const struct declared_entity *entity)
{
	struct schema_entity_type *type = entity->type;
	struct decl_entity_body *body;

	type->attributes = &empty_record;
	if (entity->decl == NULL)
		return true;
	body = entity->decl->body;
	if (body->resolved == NULL)
		body->resolved = resolve_entity_body(resolver, entity->namespace, body);
	if (body->resolved == NULL)
		return false;
	type->is_enum = body->is_enum;
	type->attributes = body->resolved->attributes;
	type->tags = body->resolved->tags;
	type->ids = body->resolved->ids;
	type->id_count = body->resolved->id_count;
	return true;
}

static bool
resolve_entities(struct resolver *resolver)
{
	for (uint32_t i = 0; i < resolver->index->types.count; i++)
		if (!resolve_entity(resolver, &resolver->entities[i]))
			return false;
	return true;
}

/* Actions */

static void
resolve_participants(struct resolver *resolver, const struct decl_namespace *namespace,
    const struct decl_names *names, const struct schema_entity_type ***ret_types,
    uint32_t *ret_count)
{
	struct schema_edges indexes;
	const struct schema_entity_type **types;

	resolve_types(resolver, namespace, names, &indexes);
	types = resolver_alloc(resolver, indexes.count, sizeof(const struct schema_entity_type *));
	if (types == NULL)
		return;
	for (uint32_t i = 0; i < indexes.count; i++)
		types[i] = resolver->entities[indexes.to[i]].type;
	*ret_types = types;
	*ret_count = indexes.count;
}

static void
resolve_action_parents(struct resolver *resolver, const struct decl_namespace *namespace,
    const struct decl_names *names, struct schema_edges *ret_parents)
{
	uint32_t *indexes = resolver_alloc(resolver, names->count, sizeof(*indexes)), count = 0;

	for (const struct decl_name *name = names->first; indexes != NULL && name != NULL;
	     name = name->next) {
		uint32_t index = schema_name_resolve_action(
		    resolver, namespace, (const struct decl_action_reference *)name);

		if (index != SCHEMA_NONE)
			indexes[count++] = index;
	}
	*ret_parents = (struct schema_edges) { indexes, sort_indexes(indexes, count) };
}

static const struct resolved_action *
resolve_action_body(struct resolver *resolver, const struct decl_namespace *namespace,
    const struct decl_action_body *body)
{
	struct resolved_action *resolved = resolver_alloc(resolver, 1, sizeof(*resolved));

	if (resolved == NULL)
		return NULL;
	resolve_participants(resolver, namespace, &body->principals, &resolved->principals,
	    &resolved->principal_count);
	resolve_participants(
	    resolver, namespace, &body->resources, &resolved->resources, &resolved->resource_count);
	resolve_attributes(
	    resolver, namespace, body->context, "the context of an action", &resolved->context);
	resolve_action_parents(resolver, namespace, &body->parents, &resolved->parents);
	return resolved;
}

static bool
resolve_action(
    struct resolver *resolver, const struct declared_action *declared, struct schema_action *action)
{
	struct decl_action_body *body = declared->decl->body;
	const struct resolved_action *resolved;
	uint32_t type;

	if (body->resolved == NULL)
		body->resolved = resolve_action_body(resolver, declared->namespace, body);
	resolved = body->resolved;
	if (resolved == NULL)
		return false;
	action->uid = resolver->index->actions.keys[declared - resolver->actions];
	type = schema_table_find(
	    &resolver->index->types, &(struct cedar_uid) { .type = action->uid.type });
	action->type = resolver->entities[type].type;
	action->principals = resolved->principals;
	action->principal_count = resolved->principal_count;
	action->resources = resolved->resources;
	action->resource_count = resolved->resource_count;
	action->context = resolved->context;
	return true;
}

static struct schema_action *
resolve_actions(struct resolver *resolver)
{
	uint32_t count = resolver->index->actions.count;
	struct schema_action *actions = resolver_alloc(resolver, count, sizeof(*actions));

	for (uint32_t i = 0; actions != NULL && i < count; i++)
		if (!resolve_action(resolver, &resolver->actions[i], &actions[i]))
			return NULL;
	return actions;
}

/* Who may be in whom */

static bool
check_graph(struct resolver *resolver, enum schema_graph_outcome outcome, const char *what)
{
	switch (outcome) {
	case SCHEMA_GRAPH_OK:
		return true;
	case SCHEMA_GRAPH_NO_MEMORY:
		return resolver_no_memory(resolver);
	case SCHEMA_GRAPH_TOO_LARGE:
		break;
	}
	complaint_limit(&resolver->fragments->source, 0, NULL,
	    "to close the relation of all %s takes more than %d steps", what, CEDAR_MAX_HIERARCHY);
	return false;
}

static bool
close_entities(struct resolver *resolver)
{
	uint32_t count = resolver->index->types.count;
	struct schema_graph graph = { .arena = resolver->arena, .count = count };
	struct schema_edges *edges = resolver_alloc(resolver, count, sizeof(*edges));
	struct schema_edges *closed = resolver_alloc(resolver, count, sizeof(*closed));

	if (edges == NULL || closed == NULL)
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (resolver->entities[i].decl != NULL)
			edges[i] = resolver->entities[i].decl->body->resolved->parents;
	graph.edges = edges;
	if (!check_graph(resolver, schema_graph_sort(&graph), "entity types") ||
	    !check_graph(resolver, schema_graph_close(&graph, closed), "entity types"))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		resolver->entities[i].type->ancestors = closed[i].to;
		resolver->entities[i].type->ancestor_count = closed[i].count;
	}
	return true;
}

/* Entity types may be in each other in a circle, actions may not. */
static bool
check_action_circles(struct resolver *resolver, const struct schema_graph *graph)
{
	bool is_right = true;

	for (uint32_t first = 0, end; first < graph->count; first = end) {
		uint32_t index = graph->order[first];
		const struct declared_action *action;

		end = schema_graph_component_end(graph, first);
		if (!schema_graph_is_circle(graph, first))
			continue;
		for (uint32_t i = first + 1; i < end; i++)
			if (graph->order[i] < index)
				index = graph->order[i];
		action = &resolver->actions[index];
		is_right = resolver_wrong(action->namespace, action->decl->name.offset, NULL,
		    "the action '%.*s' is in itself", SHOWN(action->decl->name.text));
	}
	return is_right;
}

static bool
close_actions(struct resolver *resolver, struct schema_action *actions)
{
	uint32_t count = resolver->index->actions.count;
	struct schema_graph graph = { .arena = resolver->arena, .count = count };
	struct schema_edges *edges = resolver_alloc(resolver, count, sizeof(*edges));
	struct schema_edges *closed = resolver_alloc(resolver, count, sizeof(*closed));

	if (edges == NULL || closed == NULL)
		return false;
	for (uint32_t i = 0; i < count; i++)
		edges[i] = resolver->actions[i].decl->body->resolved->parents;
	graph.edges = edges;
	if (!check_graph(resolver, schema_graph_sort(&graph), "actions") ||
	    !check_action_circles(resolver, &graph) ||
	    !check_graph(resolver, schema_graph_close(&graph, closed), "actions"))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		actions[i].ancestors = closed[i].to;
		actions[i].ancestor_count = closed[i].count;
	}
	return true;
}

static const struct cedar_schema *
assemble(struct resolver *resolver, const struct schema_action *actions)
{
	struct cedar_schema *schema = resolver_alloc(resolver, 1, sizeof(*schema));
	uint32_t count = resolver->index->types.count;
	const struct schema_entity_type **types =
	    resolver_alloc(resolver, count, sizeof(const struct schema_entity_type *));
	struct cedar_complaints *warnings = resolver_alloc(resolver, 1, sizeof(*warnings));

	if (schema == NULL || types == NULL || warnings == NULL)
		return NULL;
	schema_warn(resolver, warnings);
	for (uint32_t i = 0; i < count; i++)
		types[i] = resolver->entities[i].type;
	*schema = (struct cedar_schema) {
		.types = types,
		.type_count = count,
		.actions = actions,
		.action_count = resolver->index->actions.count,
		.index = resolver->index,
		.warnings = warnings,
	};
	return schema;
}

/* NULL: complained about. */
static const struct cedar_schema *
resolve(struct resolver *resolver, size_t before)
{
	struct schema_action *actions;

	if (!schema_names_gather(resolver) || !schema_types_resolve_commons(resolver) ||
	    !resolve_entities(resolver))
		return NULL;
	actions = resolve_actions(resolver);
	if (actions == NULL || !close_entities(resolver) || !close_actions(resolver, actions) ||
	    resolver->complaints->count > before)
		return NULL;
	return assemble(resolver, actions);
}

const struct cedar_schema *
schema_resolve(struct arena *arena, struct decl_fragment *fragments,
    struct cedar_complaints *reterr_complaints)
{
	struct resolver resolver = {
		.arena = arena,
		.complaints = reterr_complaints,
		.fragments = fragments,
	};
	size_t before = reterr_complaints->count;
	const struct cedar_schema *schema;

	for (struct decl_fragment *each = fragments; each != NULL; each = each->next)
		each->source.complaints = reterr_complaints;
	schema = resolve(&resolver, before);
	complaints_sort(reterr_complaints, before);
	return schema;
}
