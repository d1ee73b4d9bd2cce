/* <postern/cedar.h>: schemas, and policies against them. */
#include "cedar/api.h"

#include <stdlib.h>

#include "cedar/schema_read.h"
#include "cedar/validator.h"

static const struct cedar_schema *
read_schema(struct arena *arena, const char *file, struct slice text,
    enum postern_cedar_format format, struct cedar_complaints *complaints)
{
	struct cedar_json_document document;

	if (format == POSTERN_CEDAR_FORMAT_CEDAR)
		return schema_read_text(arena, file, text, complaints);
	if (!cedar_json_read(arena, file, text, CEDAR_MAX_JSON_DEPTH, complaints, &document))
		return NULL;
	return schema_read_json(&document, document.root);
}

static void
take_warnings(struct postern_cedar_problems *problems, const struct cedar_complaints *warnings)
{
	for (size_t i = 0; i < warnings->count && i < CEDAR_MAX_ERRORS; i++)
		problems_add(
		    problems, POSTERN_CEDAR_WARNING, &warnings->items[i], slice_make(NULL, 0));
}

struct postern_cedar_schema *
postern_cedar_schema_parse(const char *file, struct postern_cedar_text text,
    enum postern_cedar_format format, struct postern_cedar_problems *problems)
{
	struct postern_cedar_schema *schema = calloc(1, sizeof(*schema));
	struct cedar_complaints complaints = { .count = 0 };

	problems_clear(problems);
	if (schema == NULL) {
		(void)problems_say(problems, "out of memory", true);
		return NULL;
	}
	arena_init(&schema->arena, API_BLOCK, API_MEMORY);
	schema->schema =
	    read_schema(&schema->arena, file, slice_of_text(text), format, &complaints);
	if (schema->schema != NULL) {
		take_warnings(problems, schema->schema->warnings);
		return schema;
	}
	(void)problems_take(problems, &complaints);
	postern_cedar_schema_free(schema);
	return NULL;
}

void
postern_cedar_schema_free(struct postern_cedar_schema *schema)
{
	if (schema == NULL)
		return;
	arena_done(&schema->arena);
	free(schema);
}

static void
take_findings(struct postern_cedar_problems *problems, const struct validator_result *result)
{
	for (size_t i = 0; i < result->error_count; i++)
		problems_add(problems, POSTERN_CEDAR_ERROR, &result->errors[i].complaint,
		    result->errors[i].policy);
	for (size_t i = 0; i < result->warning_count; i++)
		problems_add(problems, POSTERN_CEDAR_WARNING, &result->warnings[i].complaint,
		    result->warnings[i].policy);
}

enum postern_cedar_validity
postern_cedar_validate(const struct postern_cedar_policies *policies,
    const struct postern_cedar_schema *schema, int level, struct postern_cedar_problems *problems)
{
	enum postern_cedar_validity validity = POSTERN_CEDAR_UNKNOWN;
	struct validator_result result;
	struct arena arena;

	problems_clear(problems);
	arena_init(&arena, API_BLOCK, API_MEMORY);
	switch (validator_check(policies->set, schema->schema,
	    level < 0 ? VALIDATOR_NO_LEVEL : level, &arena, &result)) {
	case VALIDATOR_NO_MEMORY:
		(void)problems_say(problems, "out of memory", true);
		break;
	case VALIDATOR_NO_STEPS:
		(void)problems_say(
		    problems, "the policies and the schema are too large to be checked", true);
		break;
	case VALIDATOR_INVALID:
		validity = POSTERN_CEDAR_INVALID;
		take_findings(problems, &result);
		break;
	case VALIDATOR_VALID:
		validity = POSTERN_CEDAR_VALID;
		take_findings(problems, &result);
		break;
	}
	arena_done(&arena);
	return validity;
}
