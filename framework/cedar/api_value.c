/*
 * <postern/cedar.h>: values that are filled call by call. Until their owner is closed they are
 * lists; then records and sets are made of them, from the inside out. Depth is counted as they are
 * opened, so closing may recurse.
 */
#include "cedar/api.h"

#include "cedar/calls.h"
#include "cedar/extension.h"
#include "cedar/value.h"
#include "core/utf8.h"

struct value_item {
	struct slice name; /* in records */
	struct cedar_value value;
	struct value_container *inner; /* NULL: `value` is all of it */
	bool is_set;                   /* what `inner` is */
	struct value_item *next;
};

bool
value_fail(struct value_owner *owner, const char *fault, bool is_limit)
{
	if (owner->fault == NULL) {
		owner->fault = fault;
		owner->is_limit = is_limit;
	}
	return false;
}

void
value_container_init(struct value_container *container, struct value_owner *owner)
{
	*container =
	    (struct value_container) { .owner = owner, .last = &container->first, .depth = 1 };
}

/* A copy that is UTF-8. */
static bool
copy(struct value_owner *owner, struct slice text, struct slice *ret_text)
{
	if (!utf8_is_valid(text))
		return value_fail(owner, "a name, an id or a string is not UTF-8", false);
	*ret_text = arena_dup_slice(owner->arena, text);
	return ret_text->data != NULL || value_fail(owner, "out of memory", true);
}

bool
value_uid(struct value_owner *owner, struct postern_cedar_uid uid, struct cedar_uid *ret_uid)
{
	if (!cedar_is_path(slice_of_text(uid.type)))
		return value_fail(owner, "the type of an entity is no name", false);
	return copy(owner, slice_of_text(uid.type), &ret_uid->type) &&
	       copy(owner, slice_of_text(uid.id), &ret_uid->id);
}

/* One more item; NULL: the owner takes nothing, or has failed. */
static struct value_item *
add(struct value_container *container, struct postern_cedar_text name)
{
	struct value_owner *owner = container->owner;
	struct value_item *item;

	if (owner->is_closed) {
		(void)value_fail(owner, "something was added after it had been closed", false);
		return NULL;
	}
	if (owner->fault != NULL)
		return NULL;
	if (container->count >= CEDAR_MAX_SET) {
		(void)value_fail(owner, "a set or a record is too large", true);
		return NULL;
	}
	item = arena_calloc(owner->arena, 1, sizeof(*item));
	if (item == NULL) {
		(void)value_fail(owner, "out of memory", true);
		return NULL;
	}
	if (!copy(owner, slice_of_text(name), &item->name))
		return NULL;
	*container->last = item;
	container->last = &item->next;
	container->count++;
	return item;
}

static const struct postern_cedar_text no_name = { "", 0 };

static void
add_value(
    struct value_container *container, struct postern_cedar_text name, struct cedar_value value)
{
	struct value_item *item = add(container, name);

	if (item != NULL)
		item->value = value;
}

static void
add_string(struct value_container *container, struct postern_cedar_text name,
    struct postern_cedar_text string)
{
	struct value_item *item = add(container, name);
	struct slice text;

	if (item != NULL && copy(container->owner, slice_of_text(string), &text))
		item->value = value_string(text);
}

static void
add_entity(
    struct value_container *container, struct postern_cedar_text name, struct postern_cedar_uid uid)
{
	struct value_item *item = add(container, name);
	struct cedar_uid *entity;

	if (item == NULL)
		return;
	entity = arena_alloc(container->owner->arena, sizeof(*entity));
	if (entity == NULL)
		(void)value_fail(container->owner, "out of memory", true);
	else if (value_uid(container->owner, uid, entity))
		item->value = value_entity(entity);
}

static void
add_extension(struct value_container *container, struct postern_cedar_text name,
    const char *constructor, struct postern_cedar_text argument)
{
	const struct cedar_value operand = value_string(slice_of_text(argument));
	enum call call = call_find(slice_from(constructor));
	struct value_owner *owner = container->owner;
	struct value_item *item = add(container, name);
	struct cedar_ip *room;

	if (item == NULL)
		return;
	if (call == CALL_UNKNOWN || call_traits(call)->is_method) {
		(void)value_fail(owner, "there is no constructor of this name", false);
		return;
	}
	room = arena_alloc(owner->arena, sizeof(*room));
	if (room == NULL)
		(void)value_fail(owner, "out of memory", true);
	else if (extension_apply(call, &operand, 1, room, &item->value) != CEDAR_ERROR_NONE)
		(void)value_fail(owner, "an extension value is none", false);
}

/* A container in the container. One that is lost with its owner still takes what is added to it. */
static struct value_container *
add_inner(struct value_container *container, struct postern_cedar_text name, bool is_set)
{
	struct value_item *item;

	if (container->depth >= CEDAR_MAX_VALUE_DEPTH)
		(void)value_fail(container->owner, "sets and records are nested too deep", true);
	item = add(container, name);
	if (item == NULL)
		return container;
	item->inner = arena_alloc(container->owner->arena, sizeof(*item->inner));
	if (item->inner == NULL) {
		(void)value_fail(container->owner, "out of memory", true);
		return container;
	}
	value_container_init(item->inner, container->owner);
	item->inner->depth = container->depth + 1;
	item->is_set = is_set;
	return item->inner;
}

static bool close_container(
    const struct value_container *container, bool is_set, struct cedar_value *ret_value);

static bool
close_item(const struct value_item *item, struct cedar_value *ret_value)
{
	*ret_value = item->value;
	return item->inner == NULL || close_container(item->inner, item->is_set, ret_value);
}

static bool
explain(struct value_owner *owner, enum value_fault fault)
{
	switch (fault) {
	case VALUE_OK:
		return true;
	case VALUE_NO_MEMORY:
		return value_fail(owner, "out of memory", true);
	case VALUE_TOO_LARGE:
		return value_fail(owner, "a set or a record is too large", true);
	case VALUE_TOO_DEEP:
		return value_fail(owner, "sets and records are nested too deep", true);
	case VALUE_NAME_TWICE:
		return value_fail(owner, "a record has two members of one name", false);
	}
	return false;
}

static bool
close_set(const struct value_container *container, struct cedar_value *ret_value)
{
	struct value_owner *owner = container->owner;
	struct cedar_value *elements =
	    arena_calloc(owner->arena, container->count, sizeof(*elements));
	size_t count = 0;

	if (elements == NULL)
		return value_fail(owner, "out of memory", true);
	for (const struct value_item *item = container->first; item != NULL; item = item->next)
		if (!close_item(item, &elements[count++]))
			return false;
	return explain(owner, set_adopt(owner->arena, elements, count, ret_value));
}

static bool
close_record(const struct value_container *container, struct cedar_value *ret_value)
{
	struct value_owner *owner = container->owner;
	struct cedar_member *members =
	    arena_calloc(owner->arena, container->count, sizeof(*members));
	size_t count = 0;

	if (members == NULL)
		return value_fail(owner, "out of memory", true);
	for (const struct value_item *item = container->first; item != NULL; item = item->next) {
		members[count].name = item->name;
		if (!close_item(item, &members[count++].value))
			return false;
	}
	return explain(owner, record_adopt(owner->arena, members, count, ret_value));
}

static bool
close_container(const struct value_container *container, bool is_set, struct cedar_value *ret_value)
{
	return is_set ? close_set(container, ret_value) : close_record(container, ret_value);
}

bool
value_record_close(struct postern_cedar_record *record, struct cedar_value *ret_value)
{
	return record->container.owner->fault == NULL &&
	       close_record(&record->container, ret_value);
}

/* Both kinds are the container alone, which is why one can stand for the other above. */
static struct postern_cedar_record *
as_record(struct value_container *container)
{
	return (struct postern_cedar_record *)container;
}

static struct postern_cedar_set *
as_set(struct value_container *container)
{
	return (struct postern_cedar_set *)container;
}

void
postern_cedar_record_bool(
    struct postern_cedar_record *record, struct postern_cedar_text name, bool value)
{
	add_value(&record->container, name, value_boolean(value));
}

void
postern_cedar_record_long(
    struct postern_cedar_record *record, struct postern_cedar_text name, int64_t value)
{
	add_value(&record->container, name, value_long(value));
}

void
postern_cedar_record_string(struct postern_cedar_record *record, struct postern_cedar_text name,
    struct postern_cedar_text value)
{
	add_string(&record->container, name, value);
}

void
postern_cedar_record_entity(struct postern_cedar_record *record, struct postern_cedar_text name,
    struct postern_cedar_uid value)
{
	add_entity(&record->container, name, value);
}

void
postern_cedar_record_extension(struct postern_cedar_record *record, struct postern_cedar_text name,
    const char *constructor, struct postern_cedar_text argument)
{
	add_extension(&record->container, name, constructor, argument);
}

struct postern_cedar_record *
postern_cedar_record_record(struct postern_cedar_record *record, struct postern_cedar_text name)
{
	return as_record(add_inner(&record->container, name, false));
}

struct postern_cedar_set *
postern_cedar_record_set(struct postern_cedar_record *record, struct postern_cedar_text name)
{
	return as_set(add_inner(&record->container, name, true));
}

void
postern_cedar_set_bool(struct postern_cedar_set *set, bool value)
{
	add_value(&set->container, no_name, value_boolean(value));
}

void
postern_cedar_set_long(struct postern_cedar_set *set, int64_t value)
{
	add_value(&set->container, no_name, value_long(value));
}

void
postern_cedar_set_string(struct postern_cedar_set *set, struct postern_cedar_text value)
{
	add_string(&set->container, no_name, value);
}

void
postern_cedar_set_entity(struct postern_cedar_set *set, struct postern_cedar_uid value)
{
	add_entity(&set->container, no_name, value);
}

void
postern_cedar_set_extension(
    struct postern_cedar_set *set, const char *constructor, struct postern_cedar_text argument)
{
	add_extension(&set->container, no_name, constructor, argument);
}

struct postern_cedar_record *
postern_cedar_set_record(struct postern_cedar_set *set)
{
	return as_record(add_inner(&set->container, no_name, false));
}

struct postern_cedar_set *
postern_cedar_set_set(struct postern_cedar_set *set)
{
	return as_set(add_inner(&set->container, no_name, true));
}
