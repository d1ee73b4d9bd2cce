/* A request against a schema: its action, who may be principal and resource, its context. */
#include "cedar/complaint.h"
#include "cedar/conformance.h"
#include "cedar/entities_json.h"
#include "cedar/value.h"

static bool
is_among(const struct schema_entity_type *type, const struct schema_entity_type *const *types,
    uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (types[i] == type)
			return true;
	return false;
}

/* `types`: those that the action takes in this `role`. */
static const char *
check_role(struct arena *arena, const struct cedar_schema *schema, const char *role,
    const struct cedar_uid *uid, const struct schema_action *action,
    const struct schema_entity_type *const *types, uint32_t count)
{
	const struct schema_entity_type *type = schema_find_type(schema, uid->type);
	const char *message;

	if (type == NULL || type->is_action)
		return conformance_message(arena, "%s: the schema declares no entity type %.*s",
		    role, COMPLAINT_NAME(uid->type));
	message = conformance_uid(arena, schema, uid);
	if (message != NULL)
		return conformance_message(arena, "%s: %s", role, message);
	if (!is_among(type, types, count))
		return conformance_message(arena,
		    "%s: the action \"%.*s\" does not apply to the type %.*s", role,
		    COMPLAINT_NAME(action->uid.id), COMPLAINT_NAME(uid->type));
	return NULL;
}

const char *
request_check_roles(
    struct arena *arena, const struct cedar_schema *schema, const struct cedar_request *request)
{
	const struct schema_action *action = schema_find_action(schema, &request->action);
	const char *message;

	if (action == NULL)
		return conformance_message(arena,
		    "action: the schema declares no action %.*s::\"%.*s\"",
		    COMPLAINT_NAME(request->action.type), COMPLAINT_NAME(request->action.id));
	message = check_role(arena, schema, "principal", &request->principal, action,
	    action->principals, action->principal_count);
	if (message != NULL)
		return message;
	return check_role(arena, schema, "resource", &request->resource, action, action->resources,
	    action->resource_count);
}

const char *
request_check_context(
    struct arena *arena, const struct cedar_schema *schema, const struct cedar_request *request)
{
	const struct schema_action *action = schema_find_action(schema, &request->action);
	const char *message;

	if (action == NULL)
		return "context: the schema does not declare the action";
	if (request->context.kind != CEDAR_RECORD)
		return "context: expected a record";
	message = conformance_record(arena, schema, request->context.as.record, action->context);
	return message == NULL ? NULL : conformance_message(arena, "context: %s", message);
}

const char *
request_check(
    struct arena *arena, const struct cedar_schema *schema, const struct cedar_request *request)
{
	const char *message = request_check_roles(arena, schema, request);

	return message != NULL ? message : request_check_context(arena, schema, request);
}
