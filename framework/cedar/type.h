/*
 * The types of expressions. They are the schema's, but that a Bool may be known to be true or
 * false; so nothing is converted, and the type of an attribute is what the schema says.
 *
 *                    Bool
 *                   /    \            below each other, beside equality: records of the same
 *                True    False        attributes by theirs, sets by their elements
 *
 * There is no type above all others in strict validation: of two that are apart there is no
 * common one, and that is an error where one is needed.
 */
#ifndef POSTERN_CEDAR_TYPE_H
#define POSTERN_CEDAR_TYPE_H

#include "cedar/budget.h"
#include "cedar/schema.h"
#include "core/buffer.h"

static inline struct schema_type
type_bool(enum schema_truth truth)
{
	return (struct schema_type) { .kind = SCHEMA_BOOL, .depth = 1, .truth = truth };
}

static inline struct schema_type
type_plain(enum schema_type_kind kind)
{
	return (struct schema_type) { .kind = kind, .depth = 1 };
}

static inline struct schema_type
type_entity(const struct schema_entity_type *entity)
{
	return (struct schema_type) { .kind = SCHEMA_ENTITY, .depth = 1, .as.entity = entity };
}

static inline struct schema_type
type_record(const struct schema_record *record)
{
	return (struct schema_type) { .kind = SCHEMA_RECORD, .depth = 1, .as.record = record };
}

/* Of a value of one of the plain kinds or an extension type. */
struct schema_type type_of_kind(enum cedar_kind kind);

static inline bool
type_is_truth(struct schema_type type, enum schema_truth truth)
{
	return type.kind == SCHEMA_BOOL && type.truth == truth;
}

/* Why two types have no common one. */
enum type_clash {
	TYPE_JOINED = 0,
	TYPE_STOPPED, /* the budget is out */
	TYPE_KINDS,   /* Long and String */
	TYPE_ENTITIES,
	TYPE_ENTITY_RECORD,
	TYPE_ATTRIBUTES, /* the records have not the same attributes */
	TYPE_REQUIRED    /* an attribute is optional in one of them only */
};

/*
 * The least type that is above both. Recurses as deep as types nest, which is as deep as schema
 * and expression together may.
 */
enum type_clash type_join(struct budget *budget, struct schema_type a, struct schema_type b,
    struct schema_type *ret_type) MUST_USE;

/* Whether they are the same in all; false also when the budget is out. As deep as types nest. */
bool type_equal(struct budget *budget, struct schema_type a, struct schema_type b);
uint64_t type_hash(struct budget *budget, struct schema_type type);

/* Sets of types: what an operand may be. */
enum {
	EXPECT_BOOL = 1 << 0,
	EXPECT_LONG = 1 << 1,
	EXPECT_STRING = 1 << 2,
	EXPECT_SET = 1 << 3,
	EXPECT_ENTITY = 1 << 4,
	EXPECT_RECORD = 1 << 5,
	EXPECT_ENTITY_SET = 1 << 6,
	EXPECT_DECIMAL = 1 << 7,
	EXPECT_DATETIME = 1 << 8,
	EXPECT_DURATION = 1 << 9,
	EXPECT_IPADDR = 1 << 10,
	EXPECT_ORDERED = EXPECT_LONG | EXPECT_DATETIME | EXPECT_DURATION,
};
bool type_is_expected(struct schema_type type, unsigned expected);
/* What a value of this kind is expected as; of plain kinds and extension types. */
unsigned type_expectation(enum cedar_kind kind);

/* "Set<String>", "{name: String, age?: Long}"; what is long is cut with "..". */
void type_write(struct buffer *out, struct schema_type type);
/* "an entity or a record". */
void type_write_expected(struct buffer *out, unsigned expected);

#endif
