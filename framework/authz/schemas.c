/* Schemas of a service. See schemas.h. */
#include "authz/schemas.h"

#include "cedar/validator.h"

static bool
is_json_name(const char *name)
{
	const struct slice end = SLICE(".json");
	struct slice text = slice_from(name);

	return text.len > end.len && slice_equal(slice_skip(text, text.len - end.len), end);
}

bool
schemas_add(struct schema_builder *builder, struct arena *arena, const char *name,
    struct slice content, struct cedar_complaints *reterr_complaints)
{
	struct cedar_json_document *document;

	if (!is_json_name(name))
		return schema_builder_add_text(builder, name, content, reterr_complaints);
	document = arena_alloc(arena, sizeof(*document));
	if (document == NULL) {
		reterr_complaints->items[0] =
		    (struct cedar_complaint) { .file = name, .message = "out of memory" };
		reterr_complaints->count = 1;
		return false;
	}
	return cedar_json_read(
		   arena, name, content, CEDAR_MAX_JSON_DEPTH, reterr_complaints, document) &&
	       schema_builder_add_json(builder, document, document->root);
}

/* NULL: memory is out. */
static const char *const *
texts_of(struct arena *arena, const struct validator_finding *findings, size_t count)
{
	const char **texts = arena_calloc(arena, count, sizeof(*texts));

	for (size_t i = 0; texts != NULL && i < count; i++) {
		texts[i] = validator_finding_text(arena, &findings[i]);
		if (texts[i] == NULL)
			return NULL;
	}
	return texts;
}

const char *
schemas_check_policies(const struct cedar_policies *policies, const struct cedar_schema *schema,
    struct arena *arena, struct schemas_findings *ret_findings)
{
	struct validator_result result;

	switch (validator_check(policies, schema, VALIDATOR_NO_LEVEL, arena, &result)) {
	case VALIDATOR_NO_MEMORY:
		return "out of memory";
	case VALIDATOR_NO_STEPS:
		return "the policies are too many to be validated against the schema";
	case VALIDATOR_INVALID:
	case VALIDATOR_VALID:
		break;
	}
	*ret_findings = (struct schemas_findings) {
		.errors = texts_of(arena, result.errors, result.error_count),
		.warnings = texts_of(arena, result.warnings, result.warning_count),
		.error_count = result.error_count,
		.warning_count = result.warning_count,
	};
	return ret_findings->errors == NULL || ret_findings->warnings == NULL ? "out of memory"
									      : NULL;
}

static bool
applies_to(const struct schema_action *action, struct slice resource_type)
{
	for (uint32_t i = 0; i < action->resource_count; i++)
		if (slice_equal(action->resources[i]->name, resource_type))
			return true;
	return false;
}

const char *
schemas_check_route(
    const struct cedar_schema *schema, struct arena *arena, struct authz_route *route)
{
	const struct schema_action *action = schema_find_action(schema, &route->action);
	struct cedar_uid *groups;

	if (action == NULL)
		return "the schema declares no such action";
	if (!applies_to(action, route->resource_type))
		return "the schema's action does not apply to this type of resource";
	groups = arena_calloc(arena, action->ancestor_count, sizeof(*groups));
	if (groups == NULL)
		return "out of memory";
	for (uint32_t i = 0; i < action->ancestor_count; i++)
		groups[i] = schema->actions[action->ancestors[i]].uid;
	route->groups = groups;
	route->group_count = action->ancestor_count;
	return NULL;
}
