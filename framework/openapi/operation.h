/*
 * One operation of the contract (a method of a path): its parameters and its request body,
 * compiled.
 */
#ifndef POSTERN_OPENAPI_OPERATION_H
#define POSTERN_OPENAPI_OPERATION_H

#include <jansson.h>
#include <stdbool.h>

#include "core/compiler.h"
#include "http/request.h"
#include "openapi/contract.h"
#include "openapi/loader.h"
#include "openapi/schema.h"

enum parameter_place { PARAMETER_PATH, PARAMETER_QUERY, PARAMETER_HEADER };

struct parameter {
	const char *name;
	enum parameter_place place;
	bool is_required;
	const struct schema *schema; /* of type string */
};

struct operation {
	const struct parameter *parameters;
	size_t parameter_count;
	const struct schema *body; /* NULL: the operation has no body, and ignores one */
	bool is_body_required;
};

/*
 * Compiles an operation of `template`; `shared` are the path item's parameters (NULL: none).
 * Both must agree on what the template's {names} are. NULL when there was a fault.
 */
const struct operation *operation_compile(
    struct loader *loader, const char *template, const json_t *shared, const json_t *json) MUST_USE;

enum contract_verdict operation_check(
    const struct operation *operation, const struct request *req) MUST_USE;

#endif
