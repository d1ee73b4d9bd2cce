/*
 * JSON Schema as far as a contract may use it, compiled once into a small immutable tree that
 * carries no JSON library. Known: type, enum and const (of scalars), minLength, maxLength,
 * pattern, minimum, maximum, format int32 and int64, items, minItems, maxItems, properties,
 * required, additionalProperties, local $ref, and the annotations. Any other keyword is a
 * fault.
 */
#ifndef POSTERN_OPENAPI_SCHEMA_H
#define POSTERN_OPENAPI_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>

#include "core/arena.h"
#include "core/compiler.h"
#include "core/slice.h"
#include "openapi/loader.h"
#include "openapi/number.h"
#include "openapi/pattern.h"

enum {
	SCHEMA_TYPE_NULL = 1 << 0,
	SCHEMA_TYPE_BOOLEAN = 1 << 1,
	SCHEMA_TYPE_INTEGER = 1 << 2,
	SCHEMA_TYPE_NUMBER = 1 << 3,
	SCHEMA_TYPE_STRING = 1 << 4,
	SCHEMA_TYPE_ARRAY = 1 << 5,
	SCHEMA_TYPE_OBJECT = 1 << 6,
};

/* An entry of enum. Integers and reals are numbers, compared by value. */
struct schema_value {
	unsigned type; /* one SCHEMA_TYPE_ bit; NUMBER for integers too */
	struct slice text;
	struct number number;
	bool boolean;
};

struct schema;

struct schema_property {
	struct slice name;
	const struct schema *schema;
};

struct schema {
	unsigned types; /* 0: any */
	const struct schema_value *values;
	size_t value_count; /* 0: no enum */

	uint64_t min_length, max_length; /* code points */
	const struct pattern *pattern;

	bool has_minimum, has_maximum;
	struct number minimum, maximum;

	uint64_t min_items, max_items;
	const struct schema *items;

	const struct schema_property *properties; /* in byte order of names */
	size_t property_count;
	const struct slice *required;
	size_t required_count;
	bool is_closed;                  /* additionalProperties: false */
	const struct schema *additional; /* the schema of all other members */
};

/* Compiles `json` into the loader's arena; NULL when there was a fault. */
const struct schema *schema_compile(struct loader *loader, const json_t *json) MUST_USE;

/* Whether a text, as a parameter brings it, is a string that the schema accepts. */
bool schema_check_text(const struct schema *schema, struct arena *arena, struct slice text);
/* Whether a parsed value is accepted. Recursion ends with the schema's own depth. */
bool schema_check(const struct schema *schema, struct arena *arena, const json_t *json);

#endif
