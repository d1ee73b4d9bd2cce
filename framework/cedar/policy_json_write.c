/*
 * The tree -> policies, templates and links in JSON, as the official engine writes what it read as
 * text.
 */
#include "cedar/policy_json.h"

#include "cedar/json_write.h"
#include "cedar/policies.h"
#include "cedar/policy_json_writer.h"

/* "entity":{..} or "slot":"?principal" */
static void
write_entity_or_slot(struct buffer *out, const char *variable, const struct scope *scope)
{
	if (scope->is_slot) {
		(void)buffer_printf(out, "\"slot\":\"?%s\"", variable);
		return;
	}
	cedar_json_write_key(out, "entity");
	cedar_json_write_uid(out, scope->entities);
}

/* A list of one is written as its one entity, which means the same. */
static void
write_entities(struct buffer *out, const char *variable, const struct scope *scope)
{
	if (!scope->is_list || scope->count == 1) {
		write_entity_or_slot(out, variable, scope);
		return;
	}
	(void)buffer_text(out, "\"entities\":[");
	for (uint32_t i = 0; i < scope->count; i++) {
		cedar_json_write_comma(out, i == 0);
		cedar_json_write_uid(out, &scope->entities[i]);
	}
	(void)buffer_byte(out, ']');
}

static void
write_scope(struct buffer *out, const char *variable, const struct scope *scope)
{
	cedar_json_write_key(out, variable);
	switch (scope->kind) {
	case SCOPE_ANY:
		(void)buffer_text(out, "{\"op\":\"All\"");
		break;
	case SCOPE_EQUAL:
		(void)buffer_text(out, "{\"op\":\"==\",");
		write_entity_or_slot(out, variable, scope);
		break;
	case SCOPE_IN:
		(void)buffer_text(out, "{\"op\":\"in\",");
		write_entities(out, variable, scope);
		break;
	case SCOPE_IS:
	case SCOPE_IS_IN:
		(void)buffer_text(out, "{\"op\":\"is\",\"entity_type\":");
		(void)buffer_json_string(out, scope->type);
		if (scope->kind == SCOPE_IS)
			break;
		(void)buffer_text(out, ",\"in\":{");
		write_entity_or_slot(out, variable, scope);
		(void)buffer_byte(out, '}');
		break;
	}
	(void)buffer_text(out, "},");
}

static void
write_conditions(struct buffer *out, const struct condition *condition)
{
	(void)buffer_text(out, "\"conditions\":[");
	for (bool is_first = true; condition != NULL; condition = condition->next) {
		cedar_json_write_comma(out, is_first);
		(void)buffer_printf(
		    out, "{\"kind\":\"%s\",\"body\":", condition->is_unless ? "unless" : "when");
		policy_writer_expression(out, condition->body);
		(void)buffer_byte(out, '}');
		is_first = false;
	}
	(void)buffer_byte(out, ']');
}

static void
write_annotations(struct buffer *out, const struct annotation *annotation)
{
	if (annotation == NULL)
		return;
	(void)buffer_text(out, ",\"annotations\":{");
	for (bool is_first = true; annotation != NULL; annotation = annotation->next) {
		cedar_json_write_comma(out, is_first);
		cedar_json_write_name(out, annotation->key);
		if (annotation->has_value)
			(void)buffer_json_string(out, annotation->value);
		else
			(void)buffer_text(out, "null");
		is_first = false;
	}
	(void)buffer_byte(out, '}');
}

static void
write_policy(struct buffer *out, const struct policy *policy)
{
	(void)buffer_text(out, "{\"effect\":");
	(void)buffer_text(out, policy->effect == CEDAR_PERMIT ? "\"permit\"," : "\"forbid\",");
	write_scope(out, "principal", &policy->principal);
	write_scope(out, "action", &policy->action);
	write_scope(out, "resource", &policy->resource);
	write_conditions(out, policy->conditions);
	write_annotations(out, policy->annotations);
	(void)buffer_byte(out, '}');
}

bool
policy_json_write(struct buffer *out, const struct policy *policy)
{
	write_policy(out, policy);
	return !buffer_failed(out);
}

/* {"ID":{..}, ..} of those that are no links. */
static void
write_policies(struct buffer *out, struct policy *const *policies, uint32_t count)
{
	bool is_first = true;

	(void)buffer_byte(out, '{');
	for (uint32_t i = 0; i < count; i++) {
		if (policies[i]->template != NULL)
			continue;
		cedar_json_write_comma(out, is_first);
		cedar_json_write_name(out, policies[i]->id);
		write_policy(out, policies[i]);
		is_first = false;
	}
	(void)buffer_byte(out, '}');
}

static void
write_link(struct buffer *out, const struct policy *link)
{
	(void)buffer_text(out, "{\"templateId\":");
	(void)buffer_json_string(out, link->template->id);
	(void)buffer_text(out, ",\"newId\":");
	(void)buffer_json_string(out, link->id);
	(void)buffer_text(out, ",\"values\":{");
	if (link->template->principal.is_slot) {
		cedar_json_write_key(out, "?principal");
		cedar_json_write_entity(out, link->principal.entities);
	}
	if (link->template->resource.is_slot) {
		cedar_json_write_comma(out, !link->template->principal.is_slot);
		cedar_json_write_key(out, "?resource");
		cedar_json_write_entity(out, link->resource.entities);
	}
	(void)buffer_text(out, "}}");
}

static void
write_links(struct buffer *out, const struct cedar_policies *policies)
{
	bool is_first = true;

	(void)buffer_byte(out, '[');
	for (uint32_t i = 0; i < policies->count; i++) {
		if (policies->items[i]->template == NULL)
			continue;
		cedar_json_write_comma(out, is_first);
		write_link(out, policies->items[i]);
		is_first = false;
	}
	(void)buffer_byte(out, ']');
}

bool
policy_json_write_set(struct buffer *out, const struct cedar_policies *policies)
{
	(void)buffer_text(out, "{\"templates\":");
	write_policies(out, policies->templates, policies->template_count);
	(void)buffer_text(out, ",\"staticPolicies\":");
	write_policies(out, policies->items, policies->count);
	(void)buffer_text(out, ",\"templateLinks\":");
	write_links(out, policies);
	(void)buffer_byte(out, '}');
	return !buffer_failed(out);
}
