/*
 * Names in a schema's declarations written whole, and said to be what they stand for: `G` in the
 * namespace NS becomes the entity type `NS::G`. For those who print declarations; schema_resolve.c
 * looks names up itself. Recursion is as deep as a type is written. Doing it twice to a body that
 * two declarations share changes nothing more.
 */
#include "cedar/schema_resolve.h"

static const struct decl_type *qualify_type(struct resolver *resolver,
    const struct decl_namespace *namespace, const struct decl_type *decl);

/* A copy to be changed; NULL: memory is out. */
static struct decl_type *
copy_type(struct resolver *resolver, const struct decl_type *decl)
{
	struct decl_type *copy = resolver_alloc(resolver, 1, sizeof(*copy));

	if (copy != NULL)
		*copy = *decl;
	return copy;
}

static const struct decl_type *
qualify_set(
    struct resolver *resolver, const struct decl_namespace *namespace, const struct decl_type *decl)
{
	struct decl_type *copy = copy_type(resolver, decl);

	if (copy != NULL)
		copy->element = qualify_type(resolver, namespace, decl->element);
	return copy;
}

static const struct decl_type *
qualify_record(
    struct resolver *resolver, const struct decl_namespace *namespace, const struct decl_type *decl)
{
	struct decl_type *copy = copy_type(resolver, decl);

	if (copy == NULL)
		return NULL;
	copy->attributes = (struct decl_names) { NULL, NULL, 0 };
	for (const struct decl_name *name = decl->attributes.first; name != NULL;
	     name = name->next) {
		struct decl_attribute *attribute = resolver_alloc(resolver, 1, sizeof(*attribute));

		if (attribute == NULL)
			return NULL;
		*attribute = *(const struct decl_attribute *)name;
		attribute->name.next = NULL;
		attribute->type = qualify_type(resolver, namespace, attribute->type);
		decl_names_add(&copy->attributes, &attribute->name);
	}
	return copy;
}

/* Built-in types count as common types, and keep the name that they were written with. */
static const struct decl_type *
qualify_name(struct resolver *resolver, const struct decl_namespace *namespace,
    const struct decl_type *decl, enum name_use use)
{
	struct decl_type *copy = copy_type(resolver, decl);
	struct named named;

	if (copy == NULL ||
	    !schema_name_resolve(resolver, namespace, decl->name, decl->offset, use, &named))
		return decl;
	copy->kind = named.kind == NAME_ENTITY ? DECL_ENTITY : DECL_COMMON;
	if (named.kind == NAME_ENTITY)
		copy->name = resolver->index->types.keys[named.index].type;
	else if (named.kind == NAME_COMMON)
		copy->name = resolver->common_names.keys[named.index].type;
	return copy;
}

static const struct decl_type *
qualify_type(
    struct resolver *resolver, const struct decl_namespace *namespace, const struct decl_type *decl)
{
	if (decl == NULL)
		return NULL;
	switch (decl->kind) {
	case DECL_BOOL:
	case DECL_LONG:
	case DECL_STRING:
	case DECL_EXTENSION:
		return decl;
	case DECL_SET:
		return qualify_set(resolver, namespace, decl);
	case DECL_RECORD:
		return qualify_record(resolver, namespace, decl);
	case DECL_ENTITY:
		return qualify_name(resolver, namespace, decl, NAME_OF_ENTITY);
	case DECL_COMMON:
		return qualify_name(resolver, namespace, decl, NAME_OF_COMMON);
	case DECL_ENTITY_OR_COMMON:
		return qualify_name(resolver, namespace, decl, NAME_OF_EITHER);
	}
	return decl;
}

/* A list of entity types. */
static void
qualify_entity_types(struct resolver *resolver, const struct decl_namespace *namespace,
    const struct decl_names *names)
{
	struct named named;

	for (struct decl_name *name = names->first; name != NULL; name = name->next)
		if (schema_name_resolve(
			resolver, namespace, name->text, name->offset, NAME_OF_ENTITY, &named))
			name->text = resolver->index->types.keys[named.index].type;
}

static void
qualify_entity(struct resolver *resolver, const struct decl_namespace *namespace,
    struct decl_entity_body *body)
{
	qualify_entity_types(resolver, namespace, &body->parents);
	body->shape = qualify_type(resolver, namespace, body->shape);
	body->tags = qualify_type(resolver, namespace, body->tags);
}

static void
qualify_action(struct resolver *resolver, const struct decl_namespace *namespace,
    struct decl_action_body *body)
{
	qualify_entity_types(resolver, namespace, &body->principals);
	qualify_entity_types(resolver, namespace, &body->resources);
	body->context = qualify_type(resolver, namespace, body->context);
	for (struct decl_name *name = body->parents.first; name != NULL; name = name->next) {
		struct decl_action_reference *reference = (struct decl_action_reference *)name;
		uint32_t index = schema_name_resolve_action(resolver, namespace, reference);

		if (index != SCHEMA_NONE)
			reference->type = resolver->index->actions.keys[index].type;
	}
}

static void
qualify_namespace(struct resolver *resolver, const struct decl_namespace *namespace)
{
	for (struct decl_name *name = namespace->commons.first; name != NULL; name = name->next) {
		struct decl_common *common = (struct decl_common *)name;

		common->type = qualify_type(resolver, namespace, common->type);
	}
	for (struct decl_name *name = namespace->entities.first; name != NULL; name = name->next)
		qualify_entity(resolver, namespace, ((struct decl_entity *)name)->body);
	for (struct decl_name *name = namespace->actions.first; name != NULL; name = name->next)
		qualify_action(resolver, namespace, ((struct decl_action *)name)->body);
}

bool
schema_qualify(struct decl_fragment *fragment)
{
	struct resolver resolver = {
		.arena = fragment->source.arena,
		.complaints = fragment->source.complaints,
		.fragments = fragment,
	};

	if (!schema_names_gather(&resolver))
		return false;
	for (struct decl_name *name = fragment->namespaces.first; name != NULL; name = name->next)
		qualify_namespace(&resolver, (const struct decl_namespace *)name);
	return resolver.complaints->count == 0 && !resolver.is_out_of_memory;
}
