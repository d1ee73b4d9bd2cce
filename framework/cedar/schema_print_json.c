/*
 * Declarations to the JSON format, as the official engine writes them: what is empty is left out
 * where it may be. Recursion is as deep as a type is written.
 */
#include "cedar/json_write.h"
#include "cedar/schema_decl.h"

static void write_type(struct buffer *out, const struct decl_type *type);

static void
write_string_member(struct buffer *out, const char *key, struct slice string)
{
	cedar_json_write_key(out, key);
	buffer_json_string(out, string);
}

/* ,"annotations":{..} unless there are none */
static void
write_annotations(struct buffer *out, const struct annotation *annotations, bool is_first)
{
	if (annotations == NULL)
		return;
	cedar_json_write_comma(out, is_first);
	cedar_json_write_key(out, "annotations");
	for (const struct annotation *each = annotations; each != NULL; each = each->next) {
		buffer_byte(out, each == annotations ? '{' : ',');
		cedar_json_write_name(out, each->key);
		if (each->has_value)
			buffer_json_string(out, each->value);
		else
			buffer_text(out, "null");
	}
	buffer_byte(out, '}');
}

static void
write_strings(struct buffer *out, const char *key, const struct decl_names *names)
{
	cedar_json_write_key(out, key);
	buffer_byte(out, '[');
	for (const struct decl_name *name = names->first; name != NULL; name = name->next) {
		cedar_json_write_comma(out, name == names->first);
		buffer_json_string(out, name->text);
	}
	buffer_byte(out, ']');
}

/* Types */

/* The members of a type, without the braces around them. */
static void write_type_members(struct buffer *out, const struct decl_type *type);

static void
write_attribute(struct buffer *out, const struct decl_attribute *attribute)
{
	cedar_json_write_name(out, attribute->name.text);
	buffer_byte(out, '{');
	write_type_members(out, attribute->type);
	write_annotations(out, attribute->annotations, false);
	if (!attribute->is_required)
		buffer_text(out, ",\"required\":false");
	buffer_byte(out, '}');
}

static void
write_record_members(struct buffer *out, const struct decl_type *type)
{
	buffer_text(out, "\"Record\",\"attributes\":{");
	for (const struct decl_name *name = type->attributes.first; name != NULL;
	     name = name->next) {
		cedar_json_write_comma(out, name == type->attributes.first);
		write_attribute(out, (const struct decl_attribute *)name);
	}
	buffer_byte(out, '}');
	if (type->is_open)
		buffer_text(out, ",\"additionalAttributes\":true");
}

static void
write_named_members(struct buffer *out, const char *kind, struct slice name)
{
	buffer_printf(out, "\"%s\",", kind);
	write_string_member(out, "name", name);
}

static void
write_type_members(struct buffer *out, const struct decl_type *type)
{
	cedar_json_write_key(out, "type");
	switch (type->kind) {
	case DECL_BOOL:
		buffer_text(out, "\"Boolean\"");
		break;
	case DECL_LONG:
		buffer_text(out, "\"Long\"");
		break;
	case DECL_STRING:
		buffer_text(out, "\"String\"");
		break;
	case DECL_SET:
		buffer_text(out, "\"Set\",\"element\":");
		write_type(out, type->element);
		break;
	case DECL_RECORD:
		write_record_members(out, type);
		break;
	case DECL_ENTITY:
		write_named_members(out, "Entity", type->name);
		break;
	case DECL_ENTITY_OR_COMMON:
		write_named_members(out, "EntityOrCommon", type->name);
		break;
	case DECL_EXTENSION:
		write_named_members(out, "Extension", type->name);
		break;
	case DECL_COMMON:
		buffer_json_string(out, type->name);
		break;
	}
}

static void
write_type(struct buffer *out, const struct decl_type *type)
{
	buffer_byte(out, '{');
	write_type_members(out, type);
	buffer_byte(out, '}');
}

static bool
is_empty_record(const struct decl_type *type)
{
	return type == NULL ||
	       (type->kind == DECL_RECORD && type->attributes.count == 0 && !type->is_open);
}

/* Declarations */

static void
write_common(struct buffer *out, const struct decl_name *name)
{
	const struct decl_common *common = (const struct decl_common *)name;

	buffer_byte(out, '{');
	write_type_members(out, common->type);
	write_annotations(out, common->annotations, false);
	buffer_byte(out, '}');
}

static void
write_entity(struct buffer *out, const struct decl_name *name)
{
	const struct decl_entity *entity = (const struct decl_entity *)name;
	const struct decl_entity_body *body = entity->body;
	bool is_first = true;

	buffer_byte(out, '{');
	if (body->is_enum) {
		write_strings(out, "enum", &body->ids);
		is_first = false;
	}
	if (body->parents.count > 0) {
		write_strings(out, "memberOfTypes", &body->parents);
		is_first = false;
	}
	if (!is_empty_record(body->shape)) {
		cedar_json_write_comma(out, is_first);
		cedar_json_write_key(out, "shape");
		write_type(out, body->shape);
		is_first = false;
	}
	if (body->tags != NULL) {
		cedar_json_write_comma(out, is_first);
		cedar_json_write_key(out, "tags");
		write_type(out, body->tags);
		is_first = false;
	}
	write_annotations(out, entity->annotations, is_first);
	buffer_byte(out, '}');
}

static void
write_applies_to(struct buffer *out, const struct decl_action_body *body)
{
	buffer_text(out, "\"appliesTo\":{");
	write_strings(out, "resourceTypes", &body->resources);
	buffer_byte(out, ',');
	write_strings(out, "principalTypes", &body->principals);
	if (!is_empty_record(body->context)) {
		buffer_text(out, ",\"context\":");
		write_type(out, body->context);
	}
	buffer_byte(out, '}');
}

static void
write_parents(struct buffer *out, const struct decl_names *parents)
{
	buffer_text(out, "\"memberOf\":[");
	for (const struct decl_name *name = parents->first; name != NULL; name = name->next) {
		struct slice type = ((const struct decl_action_reference *)name)->type;

		cedar_json_write_comma(out, name == parents->first);
		buffer_byte(out, '{');
		write_string_member(out, "id", name->text);
		if (type.data != NULL) {
			buffer_byte(out, ',');
			write_string_member(out, "type", type);
		}
		buffer_byte(out, '}');
	}
	buffer_byte(out, ']');
}

static void
write_action(struct buffer *out, const struct decl_name *name)
{
	const struct decl_action *action = (const struct decl_action *)name;
	const struct decl_action_body *body = action->body;

	buffer_byte(out, '{');
	if (body->has_applies_to)
		write_applies_to(out, body);
	if (body->has_parents) {
		cedar_json_write_comma(out, !body->has_applies_to);
		write_parents(out, &body->parents);
	}
	write_annotations(out, action->annotations, !body->has_applies_to && !body->has_parents);
	buffer_byte(out, '}');
}

typedef void write_declaration(struct buffer *out, const struct decl_name *name);

static void
write_declarations(
    struct buffer *out, const char *key, const struct decl_names *names, write_declaration *write)
{
	cedar_json_write_key(out, key);
	buffer_byte(out, '{');
	for (const struct decl_name *name = names->first; name != NULL; name = name->next) {
		cedar_json_write_comma(out, name == names->first);
		cedar_json_write_name(out, name->text);
		write(out, name);
	}
	buffer_byte(out, '}');
}

static void
write_namespace(struct buffer *out, const struct decl_namespace *namespace)
{
	buffer_byte(out, '{');
	if (namespace->commons.count > 0) {
		write_declarations(out, "commonTypes", &namespace->commons, write_common);
		buffer_byte(out, ',');
	}
	write_declarations(out, "entityTypes", &namespace->entities, write_entity);
	buffer_byte(out, ',');
	write_declarations(out, "actions", &namespace->actions, write_action);
	write_annotations(out, namespace->annotations, false);
	buffer_byte(out, '}');
}

void
schema_json_write(const struct decl_fragment *fragment, struct buffer *out)
{
	buffer_byte(out, '{');
	for (const struct decl_name *name = fragment->namespaces.first; name != NULL;
	     name = name->next) {
		cedar_json_write_comma(out, name == fragment->namespaces.first);
		cedar_json_write_name(out, name->text);
		write_namespace(out, (const struct decl_namespace *)name);
	}
	buffer_byte(out, '}');
}
