/*
 * The calls of <postern/entity.h>: attributes and parents of the resource, copied into the
 * request's arena. A failure (memory, a limit, a NULL, no UTF-8, a name given twice, a type that
 * is no Cedar type) sticks.
 */
#include "authz/entity.h"

#include "core/utf8.h"

struct postern_entity *
authz_resource_new(struct arena *arena, const struct authz *authz)
{
	struct postern_entity *entity = arena_calloc(arena, 1, sizeof(*entity));

	if (entity != NULL) {
		entity->arena = arena;
		entity->authz = authz;
	}
	return entity;
}

/* A copy; data NULL: it cannot be used. */
static struct slice
keep_text(struct postern_entity *entity, const char *text)
{
	struct slice s = slice_from(text);

	if (text == NULL || !utf8_is_valid(s))
		return slice_make(NULL, 0);
	return arena_dup_slice(entity->arena, s);
}

static bool
is_named_already(const struct postern_entity *entity, struct slice name)
{
	for (size_t i = 0; i < entity->attribute_count; i++)
		if (slice_equal(entity->attributes[i].name, name))
			return true;
	return false;
}

static void
add_attribute(struct postern_entity *entity, const char *name, struct cedar_value value)
{
	struct slice kept = keep_text(entity, name);

	if (entity->attributes == NULL)
		entity->attributes =
		    arena_alloc(entity->arena, ENTITY_MAX_ATTRIBUTES * sizeof(*entity->attributes));
	if (entity->attributes == NULL || kept.data == NULL ||
	    entity->attribute_count == ENTITY_MAX_ATTRIBUTES || is_named_already(entity, kept)) {
		entity->failed = true;
		return;
	}
	entity->attributes[entity->attribute_count++] = (struct cedar_member) { kept, value };
}

void
postern_entity_string(struct postern_entity *entity, const char *name, const char *value)
{
	struct slice kept = keep_text(entity, value);

	if (kept.data == NULL)
		entity->failed = true;
	else
		add_attribute(
		    entity, name, (struct cedar_value) { CEDAR_STRING, .as.string = kept });
}

void
postern_entity_integer(struct postern_entity *entity, const char *name, int64_t value)
{
	add_attribute(entity, name, (struct cedar_value) { CEDAR_LONG, .as.number = value });
}

void
postern_entity_boolean(struct postern_entity *entity, const char *name, bool value)
{
	add_attribute(entity, name, (struct cedar_value) { CEDAR_BOOL, .as.boolean = value });
}

static bool
make_uid(struct postern_entity *entity, const char *type, const char *id, struct cedar_uid *ret_uid)
{
	if (type == NULL || !cedar_is_path(slice_from(type)))
		return false;
	ret_uid->type = authz_qualify(entity->authz, entity->arena, slice_from(type));
	ret_uid->id = keep_text(entity, id);
	return ret_uid->type.data != NULL && ret_uid->id.data != NULL;
}

void
postern_entity_reference(
    struct postern_entity *entity, const char *name, const char *type, const char *id)
{
	struct cedar_uid *uid = arena_alloc(entity->arena, sizeof(*uid));

	if (uid == NULL || !make_uid(entity, type, id, uid))
		entity->failed = true;
	else
		add_attribute(
		    entity, name, (struct cedar_value) { CEDAR_ENTITY, .as.entity = uid });
}

void
postern_entity_parent(struct postern_entity *entity, const char *type, const char *id)
{
	if (entity->parents == NULL)
		entity->parents =
		    arena_alloc(entity->arena, ENTITY_MAX_PARENTS * sizeof(*entity->parents));
	if (entity->parents == NULL || entity->parent_count == ENTITY_MAX_PARENTS ||
	    !make_uid(entity, type, id, &entity->parents[entity->parent_count]))
		entity->failed = true;
	else
		entity->parent_count++;
}
