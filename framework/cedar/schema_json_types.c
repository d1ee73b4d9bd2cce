/*
 * The parts that JSON schemas are made of: objects whose members are those of a table, names,
 * annotations, types. Recursion is as deep as types are nested, which is counted.
 */
#include "cedar/schema_json.h"

enum { MAX_SHOWN_NAME = 64 };

#define SHOWN(name) SLICE_ARGS(slice_first((name), MAX_SHOWN_NAME))

bool
schema_json_wrong(const struct schema_json_reading *reading, uint32_t offset, const char *hint,
    const char *message)
{
	complaint_add(&reading->fragment->source, offset, hint, "%s", message);
	return false;
}

bool
schema_json_expected(
    const struct schema_json_reading *reading, const struct json_value *value, const char *what)
{
	return cedar_json_expected(&reading->document, value, what);
}

void *
schema_json_alloc(const struct schema_json_reading *reading, size_t size)
{
	void *memory = arena_calloc(reading->fragment->source.arena, 1, size);

	if (memory == NULL)
		complaint_limit(&reading->fragment->source, 0, NULL, "out of memory");
	return memory;
}

/* Objects by their shape */

static const char *
list_names(const struct schema_json_reading *reading, const struct schema_json_shape *shape)
{
	const char *text = "there are";

	for (uint32_t i = 0; i < shape->count && text != NULL; i++)
		text = arena_printf(reading->fragment->source.arena, "%s%s \"%s\"", text,
		    i == 0 ? "" : ",", shape->names[i]);
	return text;
}

static bool
check_required(const struct schema_json_reading *reading, const struct json_value *value,
    const struct schema_json_shape *shape, const struct schema_json_members *members)
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
take_member(const struct schema_json_reading *reading, const struct json_member *member,
    const struct schema_json_shape *shape, struct schema_json_members *members)
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
take_list(const struct schema_json_reading *reading, const struct json_value *value,
    const struct schema_json_shape *shape, struct schema_json_members *members)
{
	if (value->count > shape->count)
		return schema_json_wrong(
		    reading, value->offset, NULL, "this list has too many elements");
	for (uint32_t i = 0; i < value->count; i++)
		members->at[i] = &value->as.elements[i];
	return check_required(reading, value, shape, members);
}

bool
schema_json_open(const struct schema_json_reading *reading, const struct json_value *value,
    const struct schema_json_shape *shape, struct schema_json_members *ret_members)
{
	bool is_right = true;

	*ret_members = (struct schema_json_members) { { NULL } };
	if (value->kind == JSON_KIND_ARRAY && shape->may_be_list)
		return take_list(reading, value, shape, ret_members);
	if (value->kind != JSON_KIND_OBJECT)
		return schema_json_expected(reading, value, shape->what);
	for (uint32_t i = 0; i < value->count; i++)
		is_right &= take_member(reading, &value->as.members[i], shape, ret_members);
	return is_right && check_required(reading, value, shape, ret_members);
}

/* Names */

/* A name as the value of a member. */
bool
schema_json_path(const struct schema_json_reading *reading, const struct json_value *value,
    const char *what, struct slice *ret_path)
{
	if (value->kind != JSON_KIND_STRING)
		return schema_json_expected(reading, value, what);
	*ret_path = value->as.string;
	if (decl_is_path(*ret_path))
		return true;
	complaint_add(&reading->fragment->source, value->offset,
	    "identifiers joined by ::, without spaces", "\"%.*s\" is no name", SHOWN(*ret_path));
	return false;
}

bool
schema_json_paths(const struct schema_json_reading *reading, const struct json_value *value,
    struct decl_names *names)
{
	if (value->kind != JSON_KIND_ARRAY)
		return schema_json_expected(reading, value, "a list of entity types");
	for (uint32_t i = 0; i < value->count; i++) {
		const struct json_value *element = &value->as.elements[i];
		struct decl_name *name = schema_json_alloc(reading, sizeof(*name));

		if (name == NULL ||
		    !schema_json_path(reading, element, "the name of an entity type", &name->text))
			return false;
		name->offset = element->offset;
		decl_names_add(names, name);
	}
	return true;
}

/* The name of a member that declares a type. */
bool
schema_json_identifier(const struct schema_json_reading *reading, const struct json_member *member)
{
	if (decl_is_identifier(member->name, false))
		return true;
	complaint_add(&reading->fragment->source, member->name_offset, NULL,
	    "\"%.*s\" is no identifier, or a reserved one", SHOWN(member->name));
	return false;
}

/* Annotations */

static bool
read_annotation(const struct schema_json_reading *reading, const struct json_member *member,
    struct annotation *annotation)
{
	const struct json_value *value = &member->value;

	if (!decl_is_identifier(member->name, true)) {
		complaint_add(&reading->fragment->source, member->name_offset, NULL,
		    "\"%.*s\" is no identifier", SHOWN(member->name));
		return false;
	}
	if (value->kind != JSON_KIND_STRING && value->kind != JSON_KIND_NULL)
		return schema_json_expected(reading, value, "a string or null");
	annotation->key = member->name;
	annotation->has_value = value->kind == JSON_KIND_STRING;
	annotation->value = annotation->has_value ? value->as.string : SLICE_OF("");
	return true;
}

/* `value` NULL: none. */
bool
schema_json_annotations(const struct schema_json_reading *reading, const struct json_value *value,
    const struct annotation **ret_annotations)
{
	struct annotation *first = NULL, **last = &first;

	*ret_annotations = NULL;
	if (value == NULL)
		return true;
	if (value->kind != JSON_KIND_OBJECT)
		return schema_json_expected(reading, value, "an object of annotations");
	if (value->count > CEDAR_MAX_ANNOTATIONS) {
		complaint_limit(&reading->fragment->source, value->offset, NULL,
		    "more than %d annotations", CEDAR_MAX_ANNOTATIONS);
		return false;
	}
	for (uint32_t i = 0; i < value->count; i++) {
		struct annotation *annotation = schema_json_alloc(reading, sizeof(*annotation));

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

static const struct schema_json_shape type_shape = { "a type", false, MEMBER_BIT(TYPE_TYPE),
	TYPE_NAME + 1, TYPE_MEMBERS };
static const struct schema_json_shape common_shape = { "a common type", false,
	MEMBER_BIT(TYPE_TYPE), TYPE_ANNOTATIONS + 1, TYPE_MEMBERS };
static const struct schema_json_shape attribute_shape = { "an attribute", false,
	MEMBER_BIT(TYPE_TYPE), TYPE_REQUIRED + 1, TYPE_MEMBERS };

/* What "type" may say beside the name of a common type, and which members belong to it. */
static const struct {
	const char *name;
	enum decl_type_kind kind;
	uint32_t required, allowed;
} type_kinds[] = {
	{ "Boolean", DECL_BOOL, 0, 0 },
	{ "Long", DECL_LONG, 0, 0 },
	{ "String", DECL_STRING, 0, 0 },
	{ "Set", DECL_SET, MEMBER_BIT(TYPE_ELEMENT), MEMBER_BIT(TYPE_ELEMENT) },
	{ "Record", DECL_RECORD, MEMBER_BIT(TYPE_ATTRIBUTES),
	    MEMBER_BIT(TYPE_ATTRIBUTES) | MEMBER_BIT(TYPE_ADDITIONAL) },
	{ "Entity", DECL_ENTITY, MEMBER_BIT(TYPE_NAME), MEMBER_BIT(TYPE_NAME) },
	{ "EntityOrCommon", DECL_ENTITY_OR_COMMON, MEMBER_BIT(TYPE_NAME), MEMBER_BIT(TYPE_NAME) },
	{ "Extension", DECL_EXTENSION, MEMBER_BIT(TYPE_NAME), MEMBER_BIT(TYPE_NAME) },
};

static const struct decl_type *read_type(
    struct schema_json_reading *reading, const struct json_value *value);
static const struct decl_type *read_open_type(struct schema_json_reading *reading,
    const struct json_value *value, const struct schema_json_members *members);

/* `value` NULL: false. */
static bool
read_flag(const struct schema_json_reading *reading, const struct json_value *value, bool *ret_flag)
{
	if (value == NULL)
		return true;
	if (value->kind != JSON_KIND_BOOL)
		return schema_json_expected(reading, value, "true or false");
	*ret_flag = value->as.boolean;
	return true;
}

static bool
read_attribute(struct schema_json_reading *reading, const struct json_member *member,
    struct decl_names *attributes)
{
	struct decl_attribute *attribute = schema_json_alloc(reading, sizeof(*attribute));
	struct schema_json_members members;

	if (attribute == NULL ||
	    !schema_json_open(reading, &member->value, &attribute_shape, &members))
		return false;
	attribute->name.text = member->name;
	attribute->name.offset = member->name_offset;
	attribute->is_required = true;
	if (!schema_json_annotations(
		reading, members.at[TYPE_ANNOTATIONS], &attribute->annotations) ||
	    !read_flag(reading, members.at[TYPE_REQUIRED], &attribute->is_required))
		return false;
	attribute->type = read_open_type(reading, &member->value, &members);
	if (attribute->type == NULL)
		return false;
	decl_names_add(attributes, &attribute->name);
	return true;
}

static bool
read_attributes(struct schema_json_reading *reading, const struct json_value *value,
    struct decl_names *attributes)
{
	bool is_right = true;

	if (value->kind != JSON_KIND_OBJECT)
		return schema_json_expected(reading, value, "an object of attributes");
	for (uint32_t i = 0; i < value->count; i++)
		is_right &= read_attribute(reading, &value->as.members[i], attributes);
	decl_names_sort(attributes);
	return is_right;
}

/* The name of an entity type, common type or extension type. */
static bool
read_type_name(const struct schema_json_reading *reading, const struct json_value *value,
    struct decl_type *type)
{
	if (!schema_json_path(reading, value, "the name of a type", &type->name))
		return false;
	if (type->kind != DECL_EXTENSION)
		return true;
	if (decl_is_reserved(type->name))
		return schema_json_wrong(
		    reading, value->offset, NULL, "the name __cedar is reserved");
	return decl_is_identifier(type->name, false) ||
	       schema_json_wrong(
		   reading, value->offset, NULL, "an extension type has no namespace");
}

static bool
check_type_members(const struct schema_json_reading *reading, const struct json_value *value,
    const struct schema_json_members *members, uint32_t required, uint32_t allowed)
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
fill_type(struct schema_json_reading *reading, const struct schema_json_members *members,
    struct decl_type *type)
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
read_kind(struct schema_json_reading *reading, const struct json_value *value,
    const struct schema_json_members *members, struct decl_type *type)
{
	const struct json_value *kind = members->at[TYPE_TYPE];
	uint32_t required = 0, allowed = 0;

	if (kind->kind != JSON_KIND_STRING)
		return schema_json_expected(
		    reading, kind, "the kind of a type or the name of a common type");
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
read_open_type(struct schema_json_reading *reading, const struct json_value *value,
    const struct schema_json_members *members)
{
	struct decl_type *type = schema_json_alloc(reading, sizeof(*type));
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
read_type(struct schema_json_reading *reading, const struct json_value *value)
{
	struct schema_json_members members;

	return schema_json_open(reading, value, &type_shape, &members)
		   ? read_open_type(reading, value, &members)
		   : NULL;
}

bool
schema_json_optional_type(struct schema_json_reading *reading, const struct json_value *value,
    const struct decl_type **ret_type)
{
	if (value == NULL)
		return true;
	*ret_type = read_type(reading, value);
	return *ret_type != NULL;
}

const struct decl_type *
schema_json_annotated_type(struct schema_json_reading *reading, const struct json_value *value,
    const struct annotation **ret_annotations)
{
	struct schema_json_members members;

	if (!schema_json_open(reading, value, &common_shape, &members) ||
	    !schema_json_annotations(reading, members.at[TYPE_ANNOTATIONS], ret_annotations))
		return NULL;
	return read_open_type(reading, value, &members);
}
