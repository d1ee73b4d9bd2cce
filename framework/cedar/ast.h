/*
 * What the parser makes and the evaluator reads: expressions and policies. Everything lives in
 * the arena of the policy set and does not change once the parser has let go of it.
 *
 * Chains of one operator (a && b && c, a + b - c, a * b) are one node with a list of operands, so
 * that their length is no nesting. The depth of every node is known and within CEDAR_MAX_DEPTH:
 * whoever walks the tree may recurse.
 */
#ifndef POSTERN_CEDAR_AST_H
#define POSTERN_CEDAR_AST_H

#include "cedar/cedar.h"
#include "cedar/pattern.h"

enum node_kind {
	NODE_LITERAL,
	NODE_VARIABLE,
	NODE_AND,
	NODE_OR,
	NODE_NOT,
	NODE_NEGATE,
	NODE_IF,
	NODE_COMPARE,
	NODE_ARITHMETIC,
	NODE_HAS,
	NODE_LIKE,
	NODE_IS,
	NODE_ATTRIBUTE,
	NODE_SET,
	NODE_RECORD,
	NODE_CALL
};

enum variable {
	VARIABLE_PRINCIPAL,
	VARIABLE_ACTION,
	VARIABLE_RESOURCE,
	VARIABLE_CONTEXT,
	VARIABLE_COUNT
};

enum comparison {
	COMPARE_EQUAL,
	COMPARE_UNEQUAL,
	COMPARE_LESS,
	COMPARE_AT_MOST,
	COMPARE_GREATER,
	COMPARE_AT_LEAST,
	COMPARE_IN
};

enum arithmetic { ARITHMETIC_ADD, ARITHMETIC_SUBTRACT, ARITHMETIC_MULTIPLY };

enum call {
#define METHOD(name, spelling, operands) CALL_##name,
#define EXTENSION_METHOD(name, spelling, operands) CALL_##name,
#define EXTENSION_FUNCTION(name, spelling, operands) CALL_##name,
#include "cedar/calls.def"
	CALL_COUNT,
	CALL_UNKNOWN = CALL_COUNT /* of a JSON value: fails when it is evaluated */
};

struct node;

/* An operand of a chain and the operator before it (of the first one it says nothing). */
struct term {
	enum arithmetic operator;
	const struct node *operand;
};

struct field {
	struct slice name;
	uint32_t offset; /* of the name in the text */
	const struct node *value;
};

struct node_list {
	const struct node **items;
	uint32_t count;
};

struct node {
	enum node_kind kind;
	uint16_t depth;  /* 1: no operands */
	uint32_t offset; /* in the text, for messages */
	/* Its value, when that depends on nothing and cannot fail; else NULL. */
	const struct cedar_value *constant;
	union {
		enum variable variable;
		struct node_list list;      /* NODE_AND, NODE_OR, NODE_SET */
		const struct node *operand; /* NODE_NOT, NODE_NEGATE */
		struct {
			const struct node *condition, *then, *otherwise;
		} branch;
		struct {
			enum comparison operator;
			const struct node *left, *right;
		} compare;
		struct {
			const struct term *terms;
			uint32_t count;
		} chain; /* NODE_ARITHMETIC */
		struct {
			const struct node *object;
			const struct slice *names; /* `x has a.b.c`: three */
			uint32_t count;
		} has;
		struct {
			const struct node *object;
			struct pattern pattern;
		} like;
		struct {
			const struct node *object;
			struct slice type;
			const struct node *in; /* NULL: plain `is` */
		} is;
		struct {
			const struct node *object;
			struct slice name;
		} attribute;
		struct {
			const struct field *fields; /* ascending by name_order */
			uint32_t count;
		} record;
		struct {
			enum call call;
			struct node_list operands; /* of a method the receiver first */
			struct slice unknown;      /* the name, of CALL_UNKNOWN */
		} call;
	} as;
};

/* One of `principal`, `action`, `resource` in the head of a policy. */
enum scope_kind { SCOPE_ANY, SCOPE_EQUAL, SCOPE_IN, SCOPE_IS, SCOPE_IS_IN };
struct scope {
	enum scope_kind kind;
	bool is_slot;      /* of a template: `?principal` or `?resource` instead of an entity */
	bool is_list;      /* `action in [..]` */
	uint32_t offset;   /* in the text, for messages: of what follows the variable */
	struct slice type; /* SCOPE_IS, SCOPE_IS_IN */
	const struct cedar_uid *entities; /* one; of a list any number; of a slot none */
	uint32_t count;
};

struct annotation {
	struct slice key, value;
	bool has_value;          /* else `@key` alone, which means @key("") */
	struct annotation *next; /* in the order of the text */
};

struct condition {
	bool is_unless;
	const struct node *body;
	const struct condition *next; /* in the order of the text */
};

struct policy {
	enum cedar_effect effect;
	struct slice id;
	struct slice place; /* "file:line" */
	/* What the offsets of scopes and nodes point into; data NULL: they mean nothing. */
	const char *file;
	struct slice text;
	uint32_t offset; /* of permit or forbid */
	const struct policy
	    *template; /* whose link this is; NULL: a policy or template of its own */
	const struct annotation *annotations;
	struct scope principal, action, resource;
	const struct condition *conditions;
};

#endif
