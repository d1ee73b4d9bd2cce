/*
 * The inside of sets and records. Both are kept in a canonical order, so that equality is member
 * by member and membership a binary search; no hashing, hence no collisions for anybody to aim
 * at.
 */
#ifndef POSTERN_CEDAR_VALUE_H
#define POSTERN_CEDAR_VALUE_H

#include "cedar/cedar.h"

/*
 * `weight` is value_weight() of it, saturating.
 */
struct cedar_set {
	const struct cedar_value *elements; /* ascending by value_order, none twice */
	uint32_t count;
	uint32_t weight;
	uint16_t depth; /* 1: holds neither sets nor records */
};

struct cedar_record {
	const struct cedar_member *members; /* ascending by name_order, no name twice */
	uint32_t count;
	uint32_t weight;
	uint16_t depth;
};

static inline struct cedar_value
value_boolean(bool boolean)
{
	return (struct cedar_value) { CEDAR_BOOL, .as.boolean = boolean };
}

static inline struct cedar_value
value_long(int64_t number)
{
	return (struct cedar_value) { CEDAR_LONG, .as.number = number };
}

static inline struct cedar_value
value_string(struct slice string)
{
	return (struct cedar_value) { CEDAR_STRING, .as.string = string };
}

static inline struct cedar_value
value_entity(const struct cedar_uid *uid)
{
	return (struct cedar_value) { CEDAR_ENTITY, .as.entity = uid };
}

static inline bool
uid_equal(const struct cedar_uid *a, const struct cedar_uid *b)
{
	return a == b || (slice_equal(a->id, b->id) && slice_equal(a->type, b->type));
}

/* Whether it is an action: the last component of its type is `Action`. */
bool uid_is_action(const struct cedar_uid *uid);
bool uid_type_is_action(struct slice type);

/* A total order over names, cheap rather than alphabetical: shorter first. */
int name_order(struct slice a, struct slice b);
/* A total order over values of all kinds; 0 exactly when they are equal. */
int value_order(struct cedar_value a, struct cedar_value b);

/*
 * What an operation over all of a value costs in steps: the number of values inside, itself
 * included; a long text counts as several.
 */
enum { VALUE_BYTES_A_STEP = 256 };
uint32_t value_weight(struct cedar_value value);

bool set_has(const struct cedar_set *set, struct cedar_value value);
/* NULL: there is none of this name. */
const struct cedar_value *record_find(const struct cedar_record *record, struct slice name);

enum value_fault { VALUE_OK, VALUE_NO_MEMORY, VALUE_TOO_LARGE, VALUE_TOO_DEEP, VALUE_NAME_TWICE };
/* As the public builders, but over arrays that they may reorder and keep. */
enum value_fault set_adopt(
    struct arena *arena, struct cedar_value *elements, size_t count, struct cedar_value *ret_value);
enum value_fault record_adopt(
    struct arena *arena, struct cedar_member *members, size_t count, struct cedar_value *ret_value);

/* For sort_elements(). */
int member_name_order(const void *a, const void *b);

#endif
