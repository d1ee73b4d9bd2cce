/*
 * Declarations to the text format, laid out as the official engine does it. Two things that JSON
 * can say have no text: a shape that is not written as a record, and a name that stands for a
 * common type and for an entity type in one namespace. Recursion is as deep as a type is written.
 */
#include "cedar/schema_decl.h"
#include "cedar/text_write.h"

enum { INDENT = 2, MAX_SHOWN_NAME = 64 };

static void
write_indent(struct buffer *out, unsigned indent)
{
	for (unsigned i = 0; i < indent; i++)
		buffer_byte(out, ' ');
}

/* Each on a line of its own. */
static void
write_annotations(struct buffer *out, const struct annotation *annotation, unsigned indent)
{
	for (; annotation != NULL; annotation = annotation->next) {
		write_indent(out, indent);
		buffer_byte(out, '@');
		buffer_slice(out, annotation->key);
		if (annotation->has_value) {
			buffer_byte(out, '(');
			cedar_text_write_string(out, annotation->value);
			buffer_byte(out, ')');
		}
		buffer_byte(out, '\n');
	}
}

static void write_type(struct buffer *out, const struct decl_type *type, unsigned indent);

static void
write_attribute(struct buffer *out, const struct decl_attribute *attribute, unsigned indent)
{
	write_annotations(out, attribute->annotations, indent);
	write_indent(out, indent);
	cedar_text_write_name(out, attribute->name.text);
	buffer_text(out, attribute->is_required ? ": " : "?: ");
	write_type(out, attribute->type, indent);
	buffer_text(out, attribute->name.next == NULL ? "\n" : ",\n");
}

static void
write_record(struct buffer *out, const struct decl_names *attributes, unsigned indent)
{
	buffer_byte(out, '{');
	for (const struct decl_name *name = attributes->first; name != NULL; name = name->next) {
		if (name == attributes->first)
			buffer_byte(out, '\n');
		write_attribute(out, (const struct decl_attribute *)name, indent + INDENT);
	}
	write_indent(out, indent);
	buffer_byte(out, '}');
}

static void
write_type(struct buffer *out, const struct decl_type *type, unsigned indent)
{
	switch (type->kind) {
	case DECL_BOOL:
		buffer_text(out, "__cedar::Bool");
		break;
	case DECL_LONG:
		buffer_text(out, "__cedar::Long");
		break;
	case DECL_STRING:
		buffer_text(out, "__cedar::String");
		break;
	case DECL_SET:
		buffer_text(out, "Set<");
		write_type(out, type->element, indent);
		buffer_byte(out, '>');
		break;
	case DECL_RECORD:
		write_record(out, &type->attributes, indent);
		break;
	case DECL_EXTENSION:
		buffer_text(out, "__cedar::");
		buffer_slice(out, type->name);
		break;
	case DECL_ENTITY:
	case DECL_COMMON:
	case DECL_ENTITY_OR_COMMON:
		buffer_slice(out, type->name);
		break;
	}
}

/* "[A, B]" */
static void
write_paths(struct buffer *out, const struct decl_names *names)
{
	for (const struct decl_name *name = names->first; name != NULL; name = name->next) {
		buffer_text(out, name == names->first ? "[" : ", ");
		buffer_slice(out, name->text);
	}
	buffer_byte(out, ']');
}

static void
write_common(struct buffer *out, const struct decl_name *name, unsigned indent)
{
	const struct decl_common *common = (const struct decl_common *)name;

	write_annotations(out, common->annotations, indent);
	write_indent(out, indent);
	buffer_text(out, "type ");
	buffer_slice(out, name->text);
	buffer_text(out, " = ");
	write_type(out, common->type, indent);
}

static void
write_enum(struct buffer *out, const struct decl_names *ids)
{
	buffer_text(out, " enum [");
	for (const struct decl_name *name = ids->first; name != NULL; name = name->next) {
		if (name != ids->first)
			buffer_text(out, ", ");
		cedar_text_write_string(out, name->text);
	}
	buffer_byte(out, ']');
}

static void
write_entity(struct buffer *out, const struct decl_name *name, unsigned indent)
{
	const struct decl_entity *entity = (const struct decl_entity *)name;
	const struct decl_entity_body *body = entity->body;

	write_annotations(out, entity->annotations, indent);
	write_indent(out, indent);
	buffer_text(out, "entity ");
	buffer_slice(out, name->text);
	if (body->is_enum)
		write_enum(out, &body->ids);
	if (body->parents.count > 0) {
		buffer_text(out, " in ");
		write_paths(out, &body->parents);
	}
	if (body->shape != NULL && body->shape->attributes.count > 0) {
		buffer_text(out, " = ");
		write_type(out, body->shape, indent);
	}
	if (body->tags != NULL) {
		buffer_text(out, " tags ");
		write_type(out, body->tags, 0);
	}
}

static void
write_parents(struct buffer *out, const struct decl_names *parents)
{
	buffer_text(out, " in [");
	for (const struct decl_name *name = parents->first; name != NULL; name = name->next) {
		struct slice type = ((const struct decl_action_reference *)name)->type;

		if (name != parents->first)
			buffer_text(out, ", ");
		buffer_slice(out, type.data == NULL ? SLICE_OF("Action") : type);
		buffer_text(out, "::");
		cedar_text_write_string(out, name->text);
	}
	buffer_byte(out, ']');
}

/* An action that applies to nothing has no appliesTo in text, whatever its context. */
static void
write_applies_to(struct buffer *out, const struct decl_action_body *body, unsigned indent)
{
	if (body->principals.count == 0 || body->resources.count == 0)
		return;
	buffer_text(out, " appliesTo {\n");
	write_indent(out, indent + INDENT);
	buffer_text(out, "principal: ");
	write_paths(out, &body->principals);
	buffer_text(out, ",\n");
	write_indent(out, indent + INDENT);
	buffer_text(out, "resource: ");
	write_paths(out, &body->resources);
	buffer_text(out, ",\n");
	write_indent(out, indent + INDENT);
	buffer_text(out, "context: ");
	if (body->context == NULL ||
	    (body->context->kind == DECL_RECORD && body->context->attributes.count == 0))
		buffer_text(out, "{}");
	else
		write_type(out, body->context, indent + INDENT);
	buffer_byte(out, '\n');
	write_indent(out, indent);
	buffer_byte(out, '}');
}

static void
write_action(struct buffer *out, const struct decl_name *name, unsigned indent)
{
	const struct decl_action *action = (const struct decl_action *)name;

	write_annotations(out, action->annotations, indent);
	write_indent(out, indent);
	buffer_text(out, "action ");
	cedar_text_write_string(out, name->text);
	if (action->body->parents.count > 0)
		write_parents(out, &action->body->parents);
	write_applies_to(out, action->body, indent);
}

typedef void write_declaration(struct buffer *out, const struct decl_name *name, unsigned indent);

/* `*is_first`: no blank line before. */
static void
write_declarations(struct buffer *out, const struct decl_names *names, write_declaration *write,
    unsigned indent, bool *is_first)
{
	for (const struct decl_name *name = names->first; name != NULL; name = name->next) {
		if (!*is_first)
			buffer_byte(out, '\n');
		*is_first = false;
		write(out, name, indent);
		buffer_text(out, ";\n");
	}
}

static void
write_namespace(struct buffer *out, const struct decl_namespace *namespace)
{
	bool is_named = namespace->name.text.len > 0, is_first = true;
	unsigned indent = is_named ? INDENT : 0;

	if (is_named) {
		write_annotations(out, namespace->annotations, 0);
		buffer_text(out, "namespace ");
		buffer_slice(out, namespace->name.text);
		buffer_text(out, " {\n");
	}
	write_declarations(out, &namespace->commons, write_common, indent, &is_first);
	write_declarations(out, &namespace->entities, write_entity, indent, &is_first);
	write_declarations(out, &namespace->actions, write_action, indent, &is_first);
	if (is_named)
		buffer_text(out, "}\n");
}

/* Both lists are sorted. */
static bool
check_collisions(const struct source *source, const struct decl_namespace *namespace)
{
	const struct decl_name *entity = namespace->entities.first;
	bool is_right = true;

	for (const struct decl_name *common = namespace->commons.first; common != NULL;
	     common = common->next) {
		while (entity != NULL && slice_compare(entity->text, common->text) < 0)
			entity = entity->next;
		if (entity == NULL || !slice_equal(entity->text, common->text))
			continue;
		complaint_add(source, common->offset, "rename one of the two",
		    "'%.*s' is a common type and an entity type, which text cannot tell apart",
		    SLICE_ARGS(slice_first(common->text, MAX_SHOWN_NAME)));
		is_right = false;
	}
	return is_right;
}

static bool
check_shapes(const struct source *source, const struct decl_namespace *namespace)
{
	bool is_right = true;

	for (const struct decl_name *name = namespace->entities.first; name != NULL;
	     name = name->next) {
		const struct decl_type *shape = ((const struct decl_entity *)name)->body->shape;

		if (shape == NULL || shape->kind == DECL_RECORD)
			continue;
		complaint_add(source, shape->offset, NULL,
		    "in text the shape of an entity type must be written as a record");
		is_right = false;
	}
	return is_right;
}

/* In the empty namespace the official engine does not mind collisions. */
static bool
check_fragment(const struct decl_fragment *fragment)
{
	bool is_right = true;

	for (const struct decl_name *name = fragment->namespaces.first; name != NULL;
	     name = name->next) {
		const struct decl_namespace *namespace = (const struct decl_namespace *)name;

		if (name->text.len > 0)
			is_right &= check_collisions(&fragment->source, namespace);
		is_right &= check_shapes(&fragment->source, namespace);
	}
	return is_right;
}

bool
schema_text_write(const struct decl_fragment *fragment, struct buffer *out)
{
	if (!check_fragment(fragment))
		return false;
	for (const struct decl_name *name = fragment->namespaces.first; name != NULL;
	     name = name->next) {
		if (name != fragment->namespaces.first)
			buffer_byte(out, '\n');
		write_namespace(out, (const struct decl_namespace *)name);
	}
	return true;
}
