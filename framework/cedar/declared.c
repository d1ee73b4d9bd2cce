/* Names of a policy against the schema; see declared.h. */
#include "cedar/declared.h"

#include "cedar/nearest.h"
#include "cedar/value.h"
#include "cedar/walk.h"

enum { MAX_SHOWN = 64 }; /* bytes of a name */

static void
check_type(struct declared *declared, struct slice type, uint32_t offset)
{
	const struct cedar_schema *schema = declared->schema;
	struct nearest nearest;

	/* Which types of actions there are is nothing that the language asks. */
	if (uid_type_is_action(type) || schema_find_type(schema, type) != NULL)
		return;
	nearest_init(&nearest, declared->budget, type);
	for (uint32_t i = 0; i < schema->type_count; i++)
		nearest_offer(&nearest, schema->types[i]->name);
	findings_add(declared->findings, FINDING_ERROR, offset, nearest_hint(&nearest),
	    "the schema has no entity type %.*s", SLICE_ARGS(slice_first(type, MAX_SHOWN)));
}

static void
check_action(struct declared *declared, const struct cedar_uid *uid, uint32_t offset)
{
	const struct cedar_schema *schema = declared->schema;
	struct nearest nearest;

	if (schema_find_action(schema, uid) != NULL)
		return;
	nearest_init(&nearest, declared->budget, uid->id);
	for (uint32_t i = 0; i < schema->action_count; i++)
		if (slice_equal(schema->actions[i].uid.type, uid->type))
			nearest_offer(&nearest, schema->actions[i].uid.id);
	findings_add(declared->findings, FINDING_ERROR, offset, nearest_hint(&nearest),
	    "the schema has no action %.*s::\"%.*s\"",
	    SLICE_ARGS(slice_first(uid->type, MAX_SHOWN)),
	    SLICE_ARGS(slice_first(uid->id, MAX_SHOWN)));
}

static void
check_enum(struct declared *declared, const struct cedar_uid *uid, uint32_t offset)
{
	const struct schema_entity_type *type = schema_find_type(declared->schema, uid->type);
	struct nearest nearest;

	if (type == NULL || !type->is_enum || schema_has_id(type, uid->id))
		return;
	nearest_init(&nearest, declared->budget, uid->id);
	for (uint32_t i = 0; i < type->id_count; i++)
		nearest_offer(&nearest, type->ids[i]);
	findings_add(declared->findings, FINDING_ERROR, offset, nearest_hint(&nearest),
	    "%.*s is an enum without \"%.*s\"", SLICE_ARGS(slice_first(uid->type, MAX_SHOWN)),
	    SLICE_ARGS(slice_first(uid->id, MAX_SHOWN)));
}

static void
check_uid(struct declared *declared, const struct cedar_uid *uid, uint32_t offset)
{
	if (!budget_spend(declared->budget, 1))
		return;
	if (uid_is_action(uid)) {
		check_action(declared, uid, offset);
		return;
	}
	check_type(declared, uid->type, offset);
	check_enum(declared, uid, offset);
}

static void
check_value(struct declared *declared, const struct cedar_value *value, uint32_t offset)
{
	if (!budget_spend(declared->budget, 1))
		return;
	if (value->kind == CEDAR_ENTITY)
		check_uid(declared, value->as.entity, offset);
	else if (value->kind == CEDAR_SET)
		for (uint32_t i = 0; i < value->as.set->count; i++)
			check_value(declared, &value->as.set->elements[i], offset);
	else if (value->kind == CEDAR_RECORD)
		for (uint32_t i = 0; i < value->as.record->count; i++)
			check_value(declared, &value->as.record->members[i].value, offset);
}

static void
check_node(void *data, const struct node *node)
{
	struct declared *declared = data;

	(void)budget_spend(declared->budget, 1);
	if (node->kind == NODE_LITERAL)
		check_value(declared, node->constant, node->offset);
	else if (node->kind == NODE_IS)
		check_type(declared, node->as.is.type, node->offset);
	else if (node->kind == NODE_VARIABLE)
		declared->variables |= 1u << node->as.variable;
}

static void
check_scope(struct declared *declared, const struct scope *scope)
{
	if (scope->kind == SCOPE_IS || scope->kind == SCOPE_IS_IN)
		check_type(declared, scope->type, scope->offset);
	for (uint32_t i = 0; i < scope->count; i++)
		check_uid(declared, &scope->entities[i], scope->offset);
}

void
declared_check(struct declared *declared, const struct policy *policy)
{
	declared->variables = 0;
	check_scope(declared, &policy->principal);
	check_scope(declared, &policy->action);
	check_scope(declared, &policy->resource);
	for (const struct condition *condition = policy->conditions; condition != NULL;
	     condition = condition->next)
		walk_tree(condition->body, check_node, declared);
}

static void
check_slot(struct declared *declared, const struct scope *template, const struct scope *link)
{
	if (template->is_slot && link->count == 1)
		check_type(declared, link->entities[0].type, link->offset);
}

void
declared_check_link(struct declared *declared, const struct policy *link)
{
	check_slot(declared, &link->template->principal, &link->principal);
	check_slot(declared, &link->template->resource, &link->resource);
}
