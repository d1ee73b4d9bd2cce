/*
 * Building, ordering and searching values. Recursion is as deep as the value, which the builders
 * hold within CEDAR_MAX_VALUE_DEPTH.
 */
#include "cedar/value.h"

#include "core/sort.h"

bool
uid_type_is_action(struct slice type)
{
	const struct slice action = SLICE("Action");

	if (type.len < action.len || !slice_equal(slice_skip(type, type.len - action.len), action))
		return false;
	return type.len == action.len || type.data[type.len - action.len - 1] == ':';
}

bool
uid_is_action(const struct cedar_uid *uid)
{
	return uid_type_is_action(uid->type);
}

int
name_order(struct slice a, struct slice b)
{
	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return a.len == 0 ? 0 : memcmp(a.data, b.data, a.len);
}

static int
set_order(const struct cedar_set *a, const struct cedar_set *b)
{
	if (a == b)
		return 0;
	if (a->count != b->count)
		return a->count < b->count ? -1 : 1;
	for (uint32_t i = 0; i < a->count; i++) {
		int order = value_order(a->elements[i], b->elements[i]);

		if (order != 0)
			return order;
	}
	return 0;
}

static int
record_order(const struct cedar_record *a, const struct cedar_record *b)
{
	if (a == b)
		return 0;
	if (a->count != b->count)
		return a->count < b->count ? -1 : 1;
	for (uint32_t i = 0; i < a->count; i++) {
		int order = name_order(a->members[i].name, b->members[i].name);

		if (order == 0)
			order = value_order(a->members[i].value, b->members[i].value);
		if (order != 0)
			return order;
	}
	return 0;
}

static int
uid_order(const struct cedar_uid *a, const struct cedar_uid *b)
{
	int order = a == b ? 0 : name_order(a->id, b->id);

	return order != 0 || a == b ? order : name_order(a->type, b->type);
}

static int
ip_order(const struct cedar_ip *a, const struct cedar_ip *b)
{
	int order = memcmp(a->address, b->address, sizeof(a->address));

	if (a->is_v6 != b->is_v6)
		return a->is_v6 ? 1 : -1;
	return order != 0 ? order : (a->prefix > b->prefix) - (a->prefix < b->prefix);
}

int
value_order(struct cedar_value a, struct cedar_value b)
{
	if (a.kind != b.kind)
		return a.kind < b.kind ? -1 : 1;
	switch (a.kind) {
	case CEDAR_BOOL:
		return a.as.boolean - b.as.boolean;
	case CEDAR_LONG:
	case CEDAR_DECIMAL:
	case CEDAR_DATETIME:
	case CEDAR_DURATION:
		return (a.as.number > b.as.number) - (a.as.number < b.as.number);
	case CEDAR_STRING:
		return name_order(a.as.string, b.as.string);
	case CEDAR_ENTITY:
		return uid_order(a.as.entity, b.as.entity);
	case CEDAR_SET:
		return set_order(a.as.set, b.as.set);
	case CEDAR_RECORD:
		return record_order(a.as.record, b.as.record);
	case CEDAR_IPADDR:
		return ip_order(a.as.ip, b.as.ip);
	}
	return 0;
}

bool
cedar_value_equal(struct cedar_value a, struct cedar_value b)
{
	return value_order(a, b) == 0;
}

static uint32_t
text_weight(struct slice text)
{
	size_t weight = 1 + text.len / VALUE_BYTES_A_STEP;

	return weight < UINT32_MAX ? (uint32_t)weight : UINT32_MAX;
}

uint32_t
value_weight(struct cedar_value value)
{
	switch (value.kind) {
	case CEDAR_SET:
		return value.as.set->weight;
	case CEDAR_RECORD:
		return value.as.record->weight;
	case CEDAR_STRING:
		return text_weight(value.as.string);
	case CEDAR_ENTITY:
		return text_weight(value.as.entity->id);
	default:
		return 1;
	}
}

static unsigned
value_depth(struct cedar_value value)
{
	if (value.kind == CEDAR_SET)
		return value.as.set->depth;
	if (value.kind == CEDAR_RECORD)
		return value.as.record->depth;
	return 0;
}

/* Takes one more value into account. */
static void
weigh(struct cedar_value value, uint32_t *weight, unsigned *depth)
{
	if (__builtin_add_overflow(*weight, value_weight(value), weight))
		*weight = UINT32_MAX;
	if (value_depth(value) >= *depth)
		*depth = value_depth(value) + 1;
}

static int
element_order(const void *a, const void *b)
{
	return value_order(*(const struct cedar_value *)a, *(const struct cedar_value *)b);
}

int
member_name_order(const void *a, const void *b)
{
	return name_order(
	    ((const struct cedar_member *)a)->name, ((const struct cedar_member *)b)->name);
}

enum value_fault
set_adopt(
    struct arena *arena, struct cedar_value *elements, size_t count, struct cedar_value *ret_value)
{
	uint32_t kept = 0, weight = 1;
	struct cedar_set *set;
	unsigned depth = 1;

	if (count > CEDAR_MAX_SET)
		return VALUE_TOO_LARGE;
	for (size_t i = 0; i < count; i++)
		weigh(elements[i], &weight, &depth);
	if (depth > CEDAR_MAX_VALUE_DEPTH)
		return VALUE_TOO_DEEP;
	set = arena_alloc(arena, sizeof(*set));
	if (set == NULL)
		return VALUE_NO_MEMORY;
	SORT(elements, count, element_order);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || value_order(elements[kept - 1], elements[i]) != 0)
			elements[kept++] = elements[i];
	*set = (struct cedar_set) { elements, kept, weight, (uint16_t)depth };
	*ret_value = (struct cedar_value) { CEDAR_SET, .as.set = set };
	return VALUE_OK;
}

enum value_fault
record_adopt(
    struct arena *arena, struct cedar_member *members, size_t count, struct cedar_value *ret_value)
{
	struct cedar_record *record;
	uint32_t weight = 1;
	unsigned depth = 1;

	if (count > CEDAR_MAX_SET)
		return VALUE_TOO_LARGE;
	for (size_t i = 0; i < count; i++)
		weigh(members[i].value, &weight, &depth);
	if (depth > CEDAR_MAX_VALUE_DEPTH)
		return VALUE_TOO_DEEP;
	SORT(members, count, member_name_order);
	for (size_t i = 1; i < count; i++)
		if (slice_equal(members[i - 1].name, members[i].name))
			return VALUE_NAME_TWICE;
	record = arena_alloc(arena, sizeof(*record));
	if (record == NULL)
		return VALUE_NO_MEMORY;
	*record = (struct cedar_record) { members, (uint32_t)count, weight, (uint16_t)depth };
	*ret_value = (struct cedar_value) { CEDAR_RECORD, .as.record = record };
	return VALUE_OK;
}

bool
cedar_set_make(struct arena *arena, const struct cedar_value *elements, size_t count,
    struct cedar_value *ret_value)
{
	struct cedar_value *copy;

	if (count > CEDAR_MAX_SET)
		return false;
	copy = arena_alloc(arena, count * sizeof(*copy));
	if (copy == NULL)
		return false;
	if (count > 0)
		memcpy(copy, elements, count * sizeof(*copy));
	return set_adopt(arena, copy, count, ret_value) == VALUE_OK;
}

bool
cedar_record_make(struct arena *arena, const struct cedar_member *members, size_t count,
    struct cedar_value *ret_value)
{
	struct cedar_member *copy;

	if (count > CEDAR_MAX_SET)
		return false;
	copy = arena_alloc(arena, count * sizeof(*copy));
	if (copy == NULL)
		return false;
	if (count > 0)
		memcpy(copy, members, count * sizeof(*copy));
	return record_adopt(arena, copy, count, ret_value) == VALUE_OK;
}

bool
set_has(const struct cedar_set *set, struct cedar_value value)
{
	uint32_t low = 0, high = set->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = value_order(set->elements[middle], value);

		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

const struct cedar_value *
record_find(const struct cedar_record *record, struct slice name)
{
	uint32_t low = 0, high = record->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = name_order(record->members[middle].name, name);

		if (order == 0)
			return &record->members[middle].value;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
