/*
 * What the parts that read the contract's text share: where faults go, the text's root for
 * $ref, and every bound.
 */
#ifndef POSTERN_OPENAPI_LOADER_H
#define POSTERN_OPENAPI_LOADER_H

#include <jansson.h>
#include <stdbool.h>

#include "config/config.h"
#include "core/arena.h"
#include "core/compiler.h"

enum {
	CONTRACT_MAX_TEXT = 1024 * 1024, /* bytes of the OpenAPI text */
	CONTRACT_MAX_TEXT_DEPTH = 64,
	CONTRACT_MAX_TEXT_VALUES = 262144,
	CONTRACT_MAX_DEPTH = 32,       /* of a schema, $ref included, and of a body */
	CONTRACT_MAX_SCHEMAS = 4096,   /* compiled, a $ref counting each time that it is used */
	CONTRACT_MAX_PROPERTIES = 256, /* of one object schema; entries of one enum or required */
	CONTRACT_MAX_PARAMETERS = 32,  /* of one operation */
	CONTRACT_MAX_REFERENCES = 8,   /* $ref that leads to $ref */
	CONTRACT_MAX_BODY_VALUES = 65536, /* in one request's JSON */
};

struct loader {
	struct arena *arena;
	struct config_faults *faults;
	const json_t *root;
	const char *place; /* "GET /notes/{note_id}": what a fault is about */
	size_t fault_count;
	size_t schema_count;
	const json_t *open[CONTRACT_MAX_DEPTH]; /* schemas around the one being compiled */
	unsigned depth;
};

/* Adds a fault at the present place. */
void loader_fault(struct loader *loader, const char *format, ...) PRINTF_LIKE(2, 3);

/*
 * The object that `json` is or refers to ({"$ref": "#/components/..."}, with no more than a
 * description beside it); NULL with a fault when it is none.
 */
const json_t *loader_resolve(struct loader *loader, const json_t *json) MUST_USE;

/*
 * Faults for every member of `object` that is neither in `known` (NULL at the end) nor an
 * extension (x-...).
 */
void loader_expect_members(struct loader *loader, const json_t *object, const char *const *known);

#endif
