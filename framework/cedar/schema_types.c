/*
 * Types as written to types as meant. Common types are put in where they are named; what they
 * stand for is shared, not copied, and how large it is altogether is counted all the same, so that
 * whoever walks a type takes a bounded number of steps. Recursion is as deep as a type is written,
 * which the readers hold within CEDAR_MAX_DEPTH.
 */
#include "cedar/schema_resolve.h"

#include "core/sort.h"
#include "cedar/value.h"

enum { MAX_SHOWN_NAME = 64, MAX_LISTED = 5 };

static const struct schema_type bool_type = { .kind = SCHEMA_BOOL, .depth = 1 };
static const struct schema_type long_type = { .kind = SCHEMA_LONG, .depth = 1 };
static const struct schema_type string_type = { .kind = SCHEMA_STRING, .depth = 1 };

/* A type without types inside. */
static bool
finish_small(struct schema_type type, struct resolved_type *ret_type)
{
	*ret_type = (struct resolved_type) { type, 1 };
	return true;
}

static bool
check_bounds(const struct decl_namespace *namespace, uint32_t offset, unsigned depth, uint64_t size)
{
	const struct source *source = &namespace->fragment->source;

	if (depth > CEDAR_MAX_DEPTH)
		complaint_limit(source, offset, NULL,
		    "with its common types written out this type is nested more than %d deep",
		    CEDAR_MAX_DEPTH);
	else if (size > CEDAR_MAX_TYPE_SIZE)
		complaint_limit(source, offset, NULL,
		    "with its common types written out this type is made of more than %d types",
		    CEDAR_MAX_TYPE_SIZE);
	else
		return true;
	return false;
}

static bool
resolve_set(struct resolver *resolver, const struct decl_namespace *namespace,
    const struct decl_type *decl, struct resolved_type *ret_type)
{
	struct schema_type *element;
	struct resolved_type inner;

	if (!schema_types_resolve(resolver, namespace, decl->element, &inner) ||
	    !check_bounds(namespace, decl->offset, inner.type.depth + 1u, inner.size + 1u))
		return false;
	element = resolver_alloc(resolver, 1, sizeof(*element));
	if (element == NULL)
		return false;
	*element = inner.type;
	*ret_type = (struct resolved_type) {
		{ .kind = SCHEMA_SET,
		    .depth = (uint16_t)(inner.type.depth + 1),
		    .as.element = element },
		inner.size + 1,
	};
	return true;
}

static int
attribute_order(const void *a, const void *b)
{
	return name_order(
	    ((const struct schema_attribute *)a)->name, ((const struct schema_attribute *)b)->name);
}

/* All attributes, so that everything is complained about that is wrong. */
static bool
resolve_attributes(struct resolver *resolver, const struct decl_namespace *namespace,
    const struct decl_type *decl, struct schema_attribute *attributes, struct resolved_type *record)
{
	uint64_t size = 1;
	unsigned depth = 1;
	bool is_right = true;

	for (const struct decl_name *name = decl->attributes.first; name != NULL;
	     name = name->next) {
		const struct decl_attribute *attribute = (const struct decl_attribute *)name;
		struct resolved_type inner;

		if (!schema_types_resolve(resolver, namespace, attribute->type, &inner)) {
			is_right = false;
			continue;
		}
		*attributes++ = (struct schema_attribute) {
			.name = name->text,
			.is_required = attribute->is_required,
			.type = inner.type,
		};
		size += inner.size;
		if (inner.type.depth >= depth)
			depth = inner.type.depth + 1u;
	}
	if (!is_right || !check_bounds(namespace, decl->offset, depth, size))
		return false;
	record->type.depth = (uint16_t)depth;
	record->size = (uint32_t)size;
	return true;
}

static bool
resolve_record(struct resolver *resolver, const struct decl_namespace *namespace,
    const struct decl_type *decl, struct resolved_type *ret_type)
{
	uint32_t count = decl->attributes.count;
	struct schema_record *record = resolver_alloc(resolver, 1, sizeof(*record));
	struct schema_attribute *attributes = resolver_alloc(resolver, count, sizeof(*attributes));

	if (record == NULL || attributes == NULL)
		return false;
	if (decl->is_open)
		return resolver_wrong(namespace, decl->offset, NULL,
		    "records that are open to further attributes are not supported");
	if (!resolve_attributes(resolver, namespace, decl, attributes, ret_type))
		return false;
	SORT(attributes, count, attribute_order);
	*record = (struct schema_record) { attributes, count };
	ret_type->type.kind = SCHEMA_RECORD;
	ret_type->type.truth = SCHEMA_MAYBE;
	ret_type->type.as.record = record;
	return true;
}

static bool
resolve_extension(const struct decl_namespace *namespace, const struct decl_type *decl,
    struct resolved_type *ret_type)
{
	struct schema_type type;

	if (schema_name_is_builtin(decl->name, &type) && type.kind == SCHEMA_EXTENSION)
		return finish_small(type, ret_type);
	return resolver_wrong(namespace, decl->offset,
	    "there are ipaddr, decimal, datetime and duration", "there is no extension type '%.*s'",
	    SLICE_ARGS(slice_first(decl->name, MAX_SHOWN_NAME)));
}

static bool
resolve_named(struct resolver *resolver, const struct decl_namespace *namespace,
    const struct decl_type *decl, enum name_use use, struct resolved_type *ret_type)
{
	struct named named;

	if (!schema_name_resolve(resolver, namespace, decl->name, decl->offset, use, &named))
		return false;
	switch (named.kind) {
	case NAME_UNKNOWN:
		return false;
	case NAME_BUILTIN:
		return finish_small(named.type, ret_type);
	case NAME_ENTITY:
		return finish_small((struct schema_type) { .kind = SCHEMA_ENTITY,
					.depth = 1,
					.as.entity = resolver->entities[named.index].type },
		    ret_type);
	case NAME_COMMON:
		*ret_type = resolver->commons[named.index].type;
		return resolver->commons[named.index].is_resolved;
	}
	return false;
}

bool
schema_types_resolve(struct resolver *resolver, const struct decl_namespace *namespace,
    const struct decl_type *decl, struct resolved_type *ret_type)
{
	switch (decl->kind) {
	case DECL_BOOL:
		return finish_small(bool_type, ret_type);
	case DECL_LONG:
		return finish_small(long_type, ret_type);
	case DECL_STRING:
		return finish_small(string_type, ret_type);
	case DECL_SET:
		return resolve_set(resolver, namespace, decl, ret_type);
	case DECL_RECORD:
		return resolve_record(resolver, namespace, decl, ret_type);
	case DECL_ENTITY:
		return resolve_named(resolver, namespace, decl, NAME_OF_ENTITY, ret_type);
	case DECL_COMMON:
		return resolve_named(resolver, namespace, decl, NAME_OF_COMMON, ret_type);
	case DECL_ENTITY_OR_COMMON:
		return resolve_named(resolver, namespace, decl, NAME_OF_EITHER, ret_type);
	case DECL_EXTENSION:
		return resolve_extension(namespace, decl, ret_type);
	}
	return false;
}

/* Common types */

/* The common types that a type names. */
struct mentions {
	struct resolver *resolver;
	const struct decl_namespace *namespace;
	uint32_t *indexes; /* NULL: they are only counted */
	uint32_t count;
};

static void
collect_mentions(struct mentions *mentions, const struct decl_type *decl)
{
	enum name_use use = decl->kind == DECL_COMMON ? NAME_OF_COMMON : NAME_OF_EITHER;
	struct named named;

	switch (decl->kind) {
	case DECL_SET:
		collect_mentions(mentions, decl->element);
		break;
	case DECL_RECORD:
		for (const struct decl_name *name = decl->attributes.first; name != NULL;
		     name = name->next)
			collect_mentions(mentions, ((const struct decl_attribute *)name)->type);
		break;
	case DECL_COMMON:
	case DECL_ENTITY_OR_COMMON:
		if (!schema_name_find(
			mentions->resolver, mentions->namespace, decl->name, use, &named) ||
		    named.kind != NAME_COMMON)
			break;
		if (mentions->indexes != NULL)
			mentions->indexes[mentions->count] = named.index;
		mentions->count++;
		break;
	case DECL_BOOL:
	case DECL_LONG:
	case DECL_STRING:
	case DECL_ENTITY:
	case DECL_EXTENSION:
		break;
	}
}

static bool
find_mentions(
    struct resolver *resolver, const struct resolved_common *common, struct schema_edges *ret_edges)
{
	struct mentions mentions = { resolver, common->namespace, NULL, 0 };

	collect_mentions(&mentions, common->decl->type);
	mentions.indexes = resolver_alloc(resolver, mentions.count, sizeof(*mentions.indexes));
	if (mentions.indexes == NULL)
		return false;
	mentions.count = 0;
	collect_mentions(&mentions, common->decl->type);
	*ret_edges = (struct schema_edges) { mentions.indexes, mentions.count };
	return true;
}

static bool
sort_commons(struct resolver *resolver, struct schema_graph *graph)
{
	struct schema_edges *edges;

	*graph = (struct schema_graph) {
		.arena = resolver->arena,
		.count = resolver->common_names.count,
	};
	edges = resolver_alloc(resolver, graph->count, sizeof(*edges));
	if (edges == NULL)
		return false;
	graph->edges = edges;
	for (uint32_t i = 0; i < graph->count; i++)
		if (!find_mentions(resolver, &resolver->commons[i], &edges[i]))
			return false;
	switch (schema_graph_sort(graph)) {
	case SCHEMA_GRAPH_OK:
		return true;
	case SCHEMA_GRAPH_NO_MEMORY:
		return resolver_no_memory(resolver);
	case SCHEMA_GRAPH_TOO_LARGE:
		break;
	}
	complaint_limit(&resolver->fragments->source, 0, NULL,
	    "the common types name each other more than %d times", CEDAR_MAX_HIERARCHY);
	return false;
}

/* "through A, B, C": the members of a circle, the first few of them. */
static const char *
list_circle(
    struct resolver *resolver, const struct schema_graph *graph, uint32_t first, uint32_t end)
{
	const char *text = NULL;

	for (uint32_t i = first; i < end && i < first + MAX_LISTED; i++) {
		struct slice name = resolver->commons[graph->order[i]].decl->name.text;

		text = arena_printf(resolver->arena, "%s%.*s", text == NULL ? "through " : text,
		    SLICE_ARGS(slice_first(name, MAX_SHOWN_NAME)));
		if (text != NULL && i + 1 < end)
			text = arena_printf(resolver->arena, "%s, ", text);
		if (text == NULL)
			return NULL;
	}
	return text;
}

/* Complains where the first one of them is declared. */
static void
complain_about_circle(
    struct resolver *resolver, const struct schema_graph *graph, uint32_t first, uint32_t end)
{
	uint32_t index = graph->order[first];
	const struct resolved_common *common;
	const char *hint = NULL;

	for (uint32_t i = first + 1; i < end; i++)
		if (graph->order[i] < index)
			index = graph->order[i];
	if (end > first + 1)
		hint = list_circle(resolver, graph, first, end);
	common = &resolver->commons[index];
	(void)resolver_wrong(common->namespace, common->decl->name.offset, hint,
	    "the type '%.*s' contains itself",
	    SLICE_ARGS(slice_first(common->decl->name.text, MAX_SHOWN_NAME)));
}

bool
schema_types_resolve_commons(struct resolver *resolver)
{
	struct schema_graph graph;

	if (!sort_commons(resolver, &graph))
		return false;
	for (uint32_t first = 0, end; first < graph.count; first = end) {
		struct resolved_common *common = &resolver->commons[graph.order[first]];

		end = schema_graph_component_end(&graph, first);
		if (schema_graph_is_circle(&graph, first))
			complain_about_circle(resolver, &graph, first, end);
		else
			common->is_resolved = schema_types_resolve(
			    resolver, common->namespace, common->decl->type, &common->type);
	}
	return !resolver->is_out_of_memory;
}
