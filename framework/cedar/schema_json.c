/*
 * Schema JSON to declarations. Every object has its table of members, and one that is not in it is
 * refused. The official engine reads a list for some of these objects too, as their values in the
 * order of the table; so is it here.
 */
#include "cedar/schema_decl.h"

#include <stdio.h>

enum { MAX_SHOWN_NAME = 64, MAX_MEMBERS = 8 };

#define SHOWN(name) SLICE_ARGS(slice_first((name), MAX_SHOWN_NAME))

struct json_reading {
	struct decl_fragment *fragment;
	struct cedar_json_document document; /* for complaints */
	unsigned depth;                      /* types within each other now */
};

/* What the members of one kind of object are called. */
struct shape {
	const char *what; /* "an action" */
	bool may_be_list;
	uint32_t required; /* bits by index */
	uint32_t count;
	const char *names[MAX_MEMBERS];
};

/* The members that are there, by index in the shape; NULL: not there. */
struct members {
	const struct cedar_json *at[MAX_MEMBERS];
};

static bool
wrong(const struct json_reading *reading, uint32_t offset, const char *hint, const char *message)
{
	complaint_add(&reading->fragment->source, offset, hint, "%s", message);
	return false;
}

static bool
expected(const struct json_reading *reading, const struct cedar_json *value, const char *what)
{
	return cedar_json_expected(&reading->document, value, what);
}

static void *
allocate(const struct json_reading *reading, size_t size)
{
	void *memory = arena_calloc(reading->fragment->source.arena, 1, size);

	if (memory == NULL)
		complaint_limit(&reading->fragment->source, 0, NULL, "out of memory");
	return memory;
}

/* Objects by their shape */

static const char *
list_names(const struct json_reading *reading, const struct shape *shape)
{
	const char *text = "there are";

	for (uint32_t i = 0; i < shape->count && text != NULL; i++)
		text = arena_printf(reading->fragment->source.arena, "%s%s \"%s\"", text,
		    i == 0 ? "" : ",", shape->names[i]);
	return text;
}

static bool
check_required(const struct json_reading *reading, const struct cedar_json *value,
    const struct shape *shape, const struct members *members)
{
	for (uint32_t i = 0; i < shape->count; i++)
		if ((shape->required >> i & 1) != 0 && members->at[i] == NULL) {
			complaint_add(&reading->fragment->source, value->offset, NULL,
			    "%s needs \"%s\"", shape->what, shape->names[i]);
			return false;
		}
	return true;
}

static bool
take_member(const struct json_reading *reading, const struct cedar_json_member *member,
    const struct shape *shape, struct members *members)
{
	for (uint32_t i = 0; i < shape->count; i++)
		if (slice_is(member->name, shape->names[i])) {
			members->at[i] = &member->value;
			return true;
		}
	complaint_add(&reading->fragment->source, member->name_offset, list_names(reading, shape),
	    "%s has no \"%.*s\"", shape->what, SHOWN(member->name));
	return false;
}

static bool
take_list(const struct json_reading *reading, const struct cedar_json *value,
    const struct shape *shape, struct members *members)
{
	if (value->count > shape->count)
		return wrong(reading, value->offset, NULL, "this list has too many elements");
	for (uint32_t i = 0; i < value->count; i++)
		members->at[i] = &value->as.elements[i];
	return check_required(reading, value, shape, members);
}

static bool
open_object(const struct json_reading *reading, const struct cedar_json *value,
    const struct shape *shape, struct members *ret_members)
{
	bool is_right = true;

	*ret_members = (struct members) { { NULL } };
	if (value->kind == CEDAR_JSON_ARRAY && shape->may_be_list)
		return take_list(reading, value, shape, ret_members);
	if (value->kind != CEDAR_JSON_OBJECT)
		return expected(reading, value, shape->what);
	for (uint32_t i = 0; i < value->count; i++)
		is_right &= take_member(reading, &value->as.members[i], shape, ret_members);
	return is_right && check_required(reading, value, shape, ret_members);
}

/* Names */

/* A name as the value of a member. */
static bool
read_path(const struct json_reading *reading, const struct cedar_json *value, const char *what,
    struct slice *ret_path)
{
	if (value->kind != CEDAR_JSON_STRING)
		return expected(reading, value, what);
	*ret_path = value->as.string;
	if (decl_is_path(*ret_path))
		return true;
	complaint_add(&reading->fragment->source, value->offset,
	    "identifiers joined by ::, without spaces", "\"%.*s\" is no name", SHOWN(*ret_path));
	return false;
}

static bool
read_paths(
    const struct json_reading *reading, const struct cedar_json *value, struct decl_names *names)
{
	if (value->kind != CEDAR_JSON_ARRAY)
		return expected(reading, value, "a list of entity types");
	for (uint32_t i = 0; i < value->count; i++) {
		const struct cedar_json *element = &value->as.elements[i];
		struct decl_name *name = allocate(reading, sizeof(*name));

		if (name == NULL ||
		    !read_path(reading, element, "the name of an entity type", &name->text))
			return false;
		name->offset = element->offset;
		decl_names_add(names, name);
	}
	return true;
}

/* The name of a member that declares a type. */
static bool
check_identifier(const struct json_reading *reading, const struct cedar_json_member *member)
{
	if (decl_is_identifier(member->name, false))
		return true;
	complaint_add(&reading->fragment->source, member->name_offset, NULL,
	    "\"%.*s\" is no identifier, or a reserved one", SHOWN(member->name));
	return false;
}

/* Annotations */

static bool
read_annotation(const struct json_reading *reading, const struct cedar_json_member *member,
    struct annotation *annotation)
{
	const struct cedar_json *value = &member->value;

	if (!decl_is_identifier(member->name, true)) {
		complaint_add(&reading->fragment->source, member->name_offset, NULL,
		    "\"%.*s\" is no identifier", SHOWN(member->name));
		return false;
	}
	if (value->kind != CEDAR_JSON_STRING && value->kind != CEDAR_JSON_NULL)
		return expected(reading, value, "a string or null");
	annotation->key = member->name;
	annotation->has_value = value->kind == CEDAR_JSON_STRING;
	annotation->value = annotation->has_value ? value->as.string : SLICE_OF("");
	return true;
}

/* `value` NULL: none. */
static bool
read_annotations(const struct json_reading *reading, const struct cedar_json *value,
    const struct annotation **ret_annotations)
{
	struct annotation *first = NULL, **last = &first;

	*ret_annotations = NULL;
	if (value == NULL)
		return true;
	if (value->kind != CEDAR_JSON_OBJECT)
		return expected(reading, value, "an object of annotations");
	if (value->count > CEDAR_MAX_ANNOTATIONS) {
		complaint_limit(&reading->fragment->source, value->offset, NULL,
		    "more than %d annotations", CEDAR_MAX_ANNOTATIONS);
		return false;
	}
	for (uint32_t i = 0; i < value->count; i++) {
		struct annotation *annotation = allocate(reading, sizeof(*annotation));

		if (annotation == NULL ||
		    !read_annotation(reading, &value->as.members[i], annotation))
			return false;
		*last = annotation;
		last = &annotation->next;
	}
	*ret_annotations = decl_annotations_sort(first);
	return true;
}

/* Types */

/* What a type has beside "type". The last two are an attribute's, or a common type's. */
enum type_member {
	TYPE_TYPE,
	TYPE_ELEMENT,
	TYPE_ATTRIBUTES,
	TYPE_ADDITIONAL,
	TYPE_NAME,
	TYPE_ANNOTATIONS,
	TYPE_REQUIRED,
};
#define TYPE_MEMBERS                                                                            \
	{                                                                                       \
		"type", "element", "attributes", "additionalAttributes", "name", "annotations", \
		    "required"                                                                  \
	}
#define BIT(member) (1u << (member))

static const struct shape type_shape = { "a type", false, BIT(TYPE_TYPE), TYPE_NAME + 1,
	TYPE_MEMBERS };
static const struct shape common_shape = { "a common type", false, BIT(TYPE_TYPE),
	TYPE_ANNOTATIONS + 1, TYPE_MEMBERS };
static const struct shape attribute_shape = { "an attribute", false, BIT(TYPE_TYPE),
	TYPE_REQUIRED + 1, TYPE_MEMBERS };

/* What "type" may say beside the name of a common type, and which members belong to it. */
static const struct {
	const char *name;
	enum decl_type_kind kind;
	uint32_t required, allowed;
} type_kinds[] = {
	{ "Boolean", DECL_BOOL, 0, 0 },
	{ "Long", DECL_LONG, 0, 0 },
	{ "String", DECL_STRING, 0, 0 },
	{ "Set", DECL_SET, BIT(TYPE_ELEMENT), BIT(TYPE_ELEMENT) },
	{ "Record", DECL_RECORD, BIT(TYPE_ATTRIBUTES),
	    BIT(TYPE_ATTRIBUTES) | BIT(TYPE_ADDITIONAL) },
	{ "Entity", DECL_ENTITY, BIT(TYPE_NAME), BIT(TYPE_NAME) },
	{ "EntityOrCommon", DECL_ENTITY_OR_COMMON, BIT(TYPE_NAME), BIT(TYPE_NAME) },
	{ "Extension", DECL_EXTENSION, BIT(TYPE_NAME), BIT(TYPE_NAME) },
};

static const struct decl_type *read_type(
    struct json_reading *reading, const struct cedar_json *value);
static const struct decl_type *read_open_type(
    struct json_reading *reading, const struct cedar_json *value, const struct members *members);

/* `value` NULL: false. */
static bool
read_flag(const struct json_reading *reading, const struct cedar_json *value, bool *ret_flag)
{
	if (value == NULL)
		return true;
	if (value->kind != CEDAR_JSON_BOOL)
		return expected(reading, value, "true or false");
	*ret_flag = value->as.boolean;
	return true;
}

static bool
read_attribute(struct json_reading *reading, const struct cedar_json_member *member,
    struct decl_names *attributes)
{
	struct decl_attribute *attribute = allocate(reading, sizeof(*attribute));
	struct members members;

	if (attribute == NULL || !open_object(reading, &member->value, &attribute_shape, &members))
		return false;
	attribute->name.text = member->name;
	attribute->name.offset = member->name_offset;
	attribute->is_required = true;
	if (!read_annotations(reading, members.at[TYPE_ANNOTATIONS], &attribute->annotations) ||
	    !read_flag(reading, members.at[TYPE_REQUIRED], &attribute->is_required))
		return false;
	attribute->type = read_open_type(reading, &member->value, &members);
	if (attribute->type == NULL)
		return false;
	decl_names_add(attributes, &attribute->name);
	return true;
}

static bool
read_attributes(
    struct json_reading *reading, const struct cedar_json *value, struct decl_names *attributes)
{
	bool is_right = true;

	if (value->kind != CEDAR_JSON_OBJECT)
		return expected(reading, value, "an object of attributes");
	for (uint32_t i = 0; i < value->count; i++)
		is_right &= read_attribute(reading, &value->as.members[i], attributes);
	decl_names_sort(attributes);
	return is_right;
}

/* The name of an entity type, common type or extension type. */
static bool
read_type_name(
    const struct json_reading *reading, const struct cedar_json *value, struct decl_type *type)
{
	if (!read_path(reading, value, "the name of a type", &type->name))
		return false;
	if (type->kind != DECL_EXTENSION)
		return true;
	if (decl_is_reserved(type->name))
		return wrong(reading, value->offset, NULL, "the name __cedar is reserved");
	return decl_is_identifier(type->name, false) ||
	       wrong(reading, value->offset, NULL, "an extension type has no namespace");
}

static bool
check_type_members(const struct json_reading *reading, const struct cedar_json *value,
    const struct members *members, uint32_t required, uint32_t allowed)
{
	for (uint32_t i = TYPE_ELEMENT; i <= TYPE_NAME; i++) {
		bool is_there = members->at[i] != NULL;

		if (is_there == ((required >> i & 1) != 0) ||
		    (is_there && (allowed >> i & 1) != 0) ||
		    (!is_there && (required >> i & 1) == 0))
			continue;
		complaint_add(&reading->fragment->source,
		    is_there ? members->at[i]->offset : value->offset, NULL,
		    is_there ? "\"%s\" does not belong to this type" : "this type needs \"%s\"",
		    type_shape.names[i]);
		return false;
	}
	return true;
}

/* A type whose kind is known and whose members are those of its kind. */
static bool
fill_type(struct json_reading *reading, const struct members *members, struct decl_type *type)
{
	switch (type->kind) {
	case DECL_SET:
		type->element = read_type(reading, members->at[TYPE_ELEMENT]);
		return type->element != NULL;
	case DECL_RECORD:
		return read_flag(reading, members->at[TYPE_ADDITIONAL], &type->is_open) &&
		       read_attributes(reading, members->at[TYPE_ATTRIBUTES], &type->attributes);
	case DECL_ENTITY:
	case DECL_ENTITY_OR_COMMON:
	case DECL_EXTENSION:
		return read_type_name(reading, members->at[TYPE_NAME], type);
	case DECL_COMMON:
		return read_type_name(reading, members->at[TYPE_TYPE], type);
	case DECL_BOOL:
	case DECL_LONG:
	case DECL_STRING:
		return true;
	}
	return false;
}

/* A type of a kind that its "type" tells. */
static bool
read_kind(struct json_reading *reading, const struct cedar_json *value,
    const struct members *members, struct decl_type *type)
{
	const struct cedar_json *kind = members->at[TYPE_TYPE];
	uint32_t required = 0, allowed = 0;

	if (kind->kind != CEDAR_JSON_STRING)
		return expected(reading, kind, "the kind of a type or the name of a common type");
	type->kind = DECL_COMMON;
	for (size_t i = 0; i < COUNT_OF(type_kinds); i++)
		if (slice_is(kind->as.string, type_kinds[i].name)) {
			type->kind = type_kinds[i].kind;
			required = type_kinds[i].required;
			allowed = type_kinds[i].allowed;
		}
	return check_type_members(reading, value, members, required, allowed) &&
	       fill_type(reading, members, type);
}

static const struct decl_type *
read_open_type(
    struct json_reading *reading, const struct cedar_json *value, const struct members *members)
{
	struct decl_type *type = allocate(reading, sizeof(*type));
	bool is_right;

	if (type == NULL)
		return NULL;
	type->offset = value->offset;
	if (reading->depth >= CEDAR_MAX_DEPTH) {
		complaint_limit(&reading->fragment->source, value->offset, NULL,
		    "types are nested more than %d deep", CEDAR_MAX_DEPTH);
		return NULL;
	}
	reading->depth++;
	is_right = read_kind(reading, value, members, type);
	reading->depth--;
	return is_right ? type : NULL;
}

static const struct decl_type *
read_type(struct json_reading *reading, const struct cedar_json *value)
{
	struct members members;

	return open_object(reading, value, &type_shape, &members)
		   ? read_open_type(reading, value, &members)
		   : NULL;
}

static bool
read_optional_type(
    struct json_reading *reading, const struct cedar_json *value, const struct decl_type **ret_type)
{
	if (value == NULL)
		return true;
	*ret_type = read_type(reading, value);
	return *ret_type != NULL;
}

/* Declarations. Each gets the member that declares it. */

static bool
read_common(struct json_reading *reading, const struct cedar_json_member *member,
    struct decl_namespace *namespace)
{
	struct decl_common *common = allocate(reading, sizeof(*common));
	struct members members;

	if (common == NULL || !check_identifier(reading, member) ||
	    !open_object(reading, &member->value, &common_shape, &members) ||
	    !read_annotations(reading, members.at[TYPE_ANNOTATIONS], &common->annotations))
		return false;
	common->name.text = member->name;
	common->name.offset = member->name_offset;
	common->type = read_open_type(reading, &member->value, &members);
	if (common->type == NULL)
		return false;
	decl_names_add(&namespace->commons, &common->name);
	return true;
}

enum entity_member {
	ENTITY_PARENTS,
	ENTITY_SHAPE,
	ENTITY_TAGS,
	ENTITY_ENUM,
	ENTITY_ANNOTATIONS,
};
static const struct shape entity_shape = { "an entity type", true, 0, 5,
	{ "memberOfTypes", "shape", "tags", "enum", "annotations" } };

static bool
read_enum(const struct json_reading *reading, const struct members *members,
    struct decl_entity_body *body)
{
	const struct cedar_json *list = members->at[ENTITY_ENUM];

	for (int i = ENTITY_PARENTS; i <= ENTITY_TAGS; i++)
		if (members->at[i] != NULL)
			return wrong(reading, members->at[i]->offset, NULL,
			    "an entity type with \"enum\" has nothing but annotations beside");
	if (list->kind != CEDAR_JSON_ARRAY)
		return expected(reading, list, "a list of ids");
	if (list->count == 0)
		return wrong(reading, list->offset, NULL, "the list of ids is empty");
	body->is_enum = true;
	for (uint32_t i = 0; i < list->count; i++) {
		const struct cedar_json *id = &list->as.elements[i];
		struct decl_name *name = allocate(reading, sizeof(*name));

		if (name == NULL)
			return false;
		if (id->kind != CEDAR_JSON_STRING)
			return expected(reading, id, "an id");
		name->text = id->as.string;
		name->offset = id->offset;
		decl_names_add(&body->ids, name);
	}
	return true;
}

static bool
read_entity_body(
    struct json_reading *reading, const struct members *members, struct decl_entity_body *body)
{
	if (members->at[ENTITY_ENUM] != NULL)
		return read_enum(reading, members, body);
	if (members->at[ENTITY_PARENTS] != NULL &&
	    !read_paths(reading, members->at[ENTITY_PARENTS], &body->parents))
		return false;
	return read_optional_type(reading, members->at[ENTITY_SHAPE], &body->shape) &&
	       read_optional_type(reading, members->at[ENTITY_TAGS], &body->tags);
}

static bool
read_entity(struct json_reading *reading, const struct cedar_json_member *member,
    struct decl_namespace *namespace)
{
	struct decl_entity *entity = allocate(reading, sizeof(*entity));
	struct decl_entity_body *body = allocate(reading, sizeof(*body));
	struct members members;

	if (entity == NULL || body == NULL || !check_identifier(reading, member) ||
	    !open_object(reading, &member->value, &entity_shape, &members) ||
	    !read_annotations(reading, members.at[ENTITY_ANNOTATIONS], &entity->annotations) ||
	    !read_entity_body(reading, &members, body))
		return false;
	entity->name.text = member->name;
	entity->name.offset = member->name_offset;
	entity->body = body;
	decl_names_add(&namespace->entities, &entity->name);
	return true;
}

enum action_member { ACTION_ATTRIBUTES, ACTION_APPLIES_TO, ACTION_PARENTS, ACTION_ANNOTATIONS };
static const struct shape action_shape = { "an action", true, 0, 4,
	{ "attributes", "appliesTo", "memberOf", "annotations" } };

enum applies_member { APPLIES_RESOURCES, APPLIES_PRINCIPALS, APPLIES_CONTEXT };
static const struct shape applies_shape = { "\"appliesTo\"", true,
	BIT(APPLIES_RESOURCES) | BIT(APPLIES_PRINCIPALS), 3,
	{ "resourceTypes", "principalTypes", "context" } };

enum reference_member { REFERENCE_ID, REFERENCE_TYPE };
static const struct shape reference_shape = { "an action's parent", true, BIT(REFERENCE_ID), 2,
	{ "id", "type" } };

/* Absent and null are the same. */
static bool
is_given(const struct cedar_json *value)
{
	return value != NULL && value->kind != CEDAR_JSON_NULL;
}

static bool
read_applies_to(
    struct json_reading *reading, const struct cedar_json *value, struct decl_action_body *body)
{
	struct members members;

	body->has_applies_to = is_given(value);
	if (!body->has_applies_to)
		return true;
	return open_object(reading, value, &applies_shape, &members) &&
	       read_paths(reading, members.at[APPLIES_PRINCIPALS], &body->principals) &&
	       read_paths(reading, members.at[APPLIES_RESOURCES], &body->resources) &&
	       read_optional_type(reading, members.at[APPLIES_CONTEXT], &body->context);
}

static bool
read_reference(const struct json_reading *reading, const struct cedar_json *value,
    struct decl_names *references)
{
	struct decl_action_reference *reference = allocate(reading, sizeof(*reference));
	struct members members;

	if (reference == NULL || !open_object(reading, value, &reference_shape, &members))
		return false;
	if (members.at[REFERENCE_ID]->kind != CEDAR_JSON_STRING)
		return expected(reading, members.at[REFERENCE_ID], "the id of an action");
	reference->name.text = members.at[REFERENCE_ID]->as.string;
	reference->name.offset = value->offset;
	if (is_given(members.at[REFERENCE_TYPE]) && !read_path(reading, members.at[REFERENCE_TYPE],
							"the type of an action", &reference->type))
		return false;
	decl_names_add(references, &reference->name);
	return true;
}

static bool
read_action_parents(const struct json_reading *reading, const struct cedar_json *value,
    struct decl_action_body *body)
{
	body->has_parents = is_given(value);
	if (!body->has_parents)
		return true;
	if (value->kind != CEDAR_JSON_ARRAY)
		return expected(reading, value, "a list of actions");
	for (uint32_t i = 0; i < value->count; i++)
		if (!read_reference(reading, &value->as.elements[i], &body->parents))
			return false;
	return true;
}

static bool
read_action(struct json_reading *reading, const struct cedar_json_member *member,
    struct decl_namespace *namespace)
{
	struct decl_action *action = allocate(reading, sizeof(*action));
	struct decl_action_body *body = allocate(reading, sizeof(*body));
	struct members members;

	if (action == NULL || body == NULL ||
	    !open_object(reading, &member->value, &action_shape, &members))
		return false;
	if (is_given(members.at[ACTION_ATTRIBUTES]))
		return wrong(reading, members.at[ACTION_ATTRIBUTES]->offset, NULL,
		    "actions have no attributes");
	if (!read_annotations(reading, members.at[ACTION_ANNOTATIONS], &action->annotations) ||
	    !read_applies_to(reading, members.at[ACTION_APPLIES_TO], body) ||
	    !read_action_parents(reading, members.at[ACTION_PARENTS], body))
		return false;
	action->name.text = member->name;
	action->name.offset = member->name_offset;
	action->body = body;
	decl_names_add(&namespace->actions, &action->name);
	return true;
}

/* Namespaces */

typedef bool read_declaration(struct json_reading *reading, const struct cedar_json_member *member,
    struct decl_namespace *namespace);

/* All of one kind; what is wrong is complained about and the others are read all the same. */
static void
read_declarations(struct json_reading *reading, const struct cedar_json *value, const char *what,
    read_declaration *read, struct decl_namespace *namespace)
{
	if (value == NULL)
		return;
	if (value->kind != CEDAR_JSON_OBJECT) {
		(void)expected(reading, value, what);
		return;
	}
	for (uint32_t i = 0; i < value->count; i++)
		(void)read(reading, &value->as.members[i], namespace);
}

enum namespace_member {
	NAMESPACE_COMMONS,
	NAMESPACE_ENTITIES,
	NAMESPACE_ACTIONS,
	NAMESPACE_ANNOTATIONS,
};
static const struct shape namespace_shape = { "a namespace", true,
	BIT(NAMESPACE_ENTITIES) | BIT(NAMESPACE_ACTIONS), 4,
	{ "commonTypes", "entityTypes", "actions", "annotations" } };

static bool
check_namespace_name(const struct json_reading *reading, const struct cedar_json_member *member,
    const struct decl_namespace *namespace)
{
	if (member->name.len == 0 && namespace->annotations != NULL)
		return wrong(
		    reading, member->name_offset, NULL, "the empty namespace has no annotations");
	if (member->name.len == 0 || decl_is_path(member->name))
		return true;
	complaint_add(&reading->fragment->source, member->name_offset,
	    "identifiers joined by ::, without spaces", "\"%.*s\" is no name of a namespace",
	    SHOWN(member->name));
	return false;
}

static void
read_namespace(struct json_reading *reading, const struct cedar_json_member *member)
{
	struct decl_namespace *namespace = allocate(reading, sizeof(*namespace));
	struct members members;

	if (namespace == NULL ||
	    !open_object(reading, &member->value, &namespace_shape, &members) ||
	    !read_annotations(
		reading, members.at[NAMESPACE_ANNOTATIONS], &namespace->annotations) ||
	    !check_namespace_name(reading, member, namespace))
		return;
	namespace->name.text = member->name;
	namespace->name.offset = member->name_offset;
	namespace->fragment = reading->fragment;
	read_declarations(reading, members.at[NAMESPACE_COMMONS], "an object of common types",
	    read_common, namespace);
	read_declarations(reading, members.at[NAMESPACE_ENTITIES], "an object of entity types",
	    read_entity, namespace);
	read_declarations(
	    reading, members.at[NAMESPACE_ACTIONS], "an object of actions", read_action, namespace);
	decl_names_add(&reading->fragment->namespaces, &namespace->name);
}

bool
schema_json_parse(struct decl_fragment *fragment, const struct cedar_json *value)
{
	struct json_reading reading = {
		.fragment = fragment,
		.document = { .source = fragment->source },
	};
	size_t before = fragment->source.complaints->count;

	if (value->kind != CEDAR_JSON_OBJECT)
		return expected(&reading, value, "an object of namespaces");
	for (uint32_t i = 0; i < value->count; i++)
		read_namespace(&reading, &value->as.members[i]);
	decl_fragment_finish(fragment);
	complaints_sort(fragment->source.complaints, before);
	return fragment->source.complaints->count == before;
}
