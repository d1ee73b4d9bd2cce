/*
 * JSON schemas to declarations: namespaces and what they declare. What is wrong is complained about
 * and the rest is read all the same.
 */
#include "cedar/schema_json.h"

enum { MAX_SHOWN_NAME = 64 };

#define SHOWN(name) SLICE_ARGS(slice_first((name), MAX_SHOWN_NAME))

/* Declarations. Each gets the member that declares it. */

static bool
read_common(struct schema_json_reading *reading, const struct json_member *member,
    struct decl_namespace *namespace)
{
	struct decl_common *common = schema_json_alloc(reading, sizeof(*common));

	if (common == NULL || !schema_json_identifier(reading, member))
		return false;
	common->name.text = member->name;
	common->name.offset = member->name_offset;
	common->type = schema_json_annotated_type(reading, &member->value, &common->annotations);
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
static const struct schema_json_shape entity_shape = { "an entity type", true, 0, 5,
	{ "memberOfTypes", "shape", "tags", "enum", "annotations" } };

static bool
read_enum(const struct schema_json_reading *reading, const struct schema_json_members *members,
    struct decl_entity_body *body)
{
	const struct json_value *list = members->at[ENTITY_ENUM];

	for (int i = ENTITY_PARENTS; i <= ENTITY_TAGS; i++)
		if (members->at[i] != NULL)
			return schema_json_wrong(reading, members->at[i]->offset, NULL,
			    "an entity type with \"enum\" has nothing but annotations beside");
	if (list->kind != JSON_KIND_ARRAY)
		return schema_json_expected(reading, list, "a list of ids");
	if (list->count == 0)
		return schema_json_wrong(reading, list->offset, NULL, "the list of ids is empty");
	body->is_enum = true;
	for (uint32_t i = 0; i < list->count; i++) {
		const struct json_value *id = &list->as.elements[i];
		struct decl_name *name = schema_json_alloc(reading, sizeof(*name));

		if (name == NULL)
			return false;
		if (id->kind != JSON_KIND_STRING)
			return schema_json_expected(reading, id, "an id");
		name->text = id->as.string;
		name->offset = id->offset;
		decl_names_add(&body->ids, name);
	}
	return true;
}

static bool
read_entity_body(struct schema_json_reading *reading, const struct schema_json_members *members,
    struct decl_entity_body *body)
{
	if (members->at[ENTITY_ENUM] != NULL)
		return read_enum(reading, members, body);
	if (members->at[ENTITY_PARENTS] != NULL &&
	    !schema_json_paths(reading, members->at[ENTITY_PARENTS], &body->parents))
		return false;
	return schema_json_optional_type(reading, members->at[ENTITY_SHAPE], &body->shape) &&
	       schema_json_optional_type(reading, members->at[ENTITY_TAGS], &body->tags);
}

static bool
read_entity(struct schema_json_reading *reading, const struct json_member *member,
    struct decl_namespace *namespace)
{
	struct decl_entity *entity = schema_json_alloc(reading, sizeof(*entity));
	struct decl_entity_body *body = schema_json_alloc(reading, sizeof(*body));
	struct schema_json_members members;

	if (entity == NULL || body == NULL || !schema_json_identifier(reading, member) ||
	    !schema_json_open(reading, &member->value, &entity_shape, &members) ||
	    !schema_json_annotations(
		reading, members.at[ENTITY_ANNOTATIONS], &entity->annotations) ||
	    !read_entity_body(reading, &members, body))
		return false;
	entity->name.text = member->name;
	entity->name.offset = member->name_offset;
	entity->body = body;
	decl_names_add(&namespace->entities, &entity->name);
	return true;
}

enum action_member { ACTION_ATTRIBUTES, ACTION_APPLIES_TO, ACTION_PARENTS, ACTION_ANNOTATIONS };
static const struct schema_json_shape action_shape = { "an action", true, 0, 4,
	{ "attributes", "appliesTo", "memberOf", "annotations" } };

enum applies_member { APPLIES_RESOURCES, APPLIES_PRINCIPALS, APPLIES_CONTEXT };
static const struct schema_json_shape applies_shape = { "\"appliesTo\"", true,
	MEMBER_BIT(APPLIES_RESOURCES) | MEMBER_BIT(APPLIES_PRINCIPALS), 3,
	{ "resourceTypes", "principalTypes", "context" } };

enum reference_member { REFERENCE_ID, REFERENCE_TYPE };
static const struct schema_json_shape reference_shape = { "an action's parent", true,
	MEMBER_BIT(REFERENCE_ID), 2, { "id", "type" } };

/* Absent and null are the same. */
static bool
is_given(const struct json_value *value)
{
	return value != NULL && value->kind != JSON_KIND_NULL;
}

static bool
read_applies_to(struct schema_json_reading *reading, const struct json_value *value,
    struct decl_action_body *body)
{
	struct schema_json_members members;

	body->has_applies_to = is_given(value);
	if (!body->has_applies_to)
		return true;
	return schema_json_open(reading, value, &applies_shape, &members) &&
	       schema_json_paths(reading, members.at[APPLIES_PRINCIPALS], &body->principals) &&
	       schema_json_paths(reading, members.at[APPLIES_RESOURCES], &body->resources) &&
	       schema_json_optional_type(reading, members.at[APPLIES_CONTEXT], &body->context);
}

static bool
read_reference(const struct schema_json_reading *reading, const struct json_value *value,
    struct decl_names *references)
{
	struct decl_action_reference *reference = schema_json_alloc(reading, sizeof(*reference));
	struct schema_json_members members;

	if (reference == NULL || !schema_json_open(reading, value, &reference_shape, &members))
		return false;
	if (members.at[REFERENCE_ID]->kind != JSON_KIND_STRING)
		return schema_json_expected(
		    reading, members.at[REFERENCE_ID], "the id of an action");
	reference->name.text = members.at[REFERENCE_ID]->as.string;
	reference->name.offset = value->offset;
	if (is_given(members.at[REFERENCE_TYPE]) &&
	    !schema_json_path(
		reading, members.at[REFERENCE_TYPE], "the type of an action", &reference->type))
		return false;
	decl_names_add(references, &reference->name);
	return true;
}

static bool
read_action_parents(const struct schema_json_reading *reading, const struct json_value *value,
    struct decl_action_body *body)
{
	body->has_parents = is_given(value);
	if (!body->has_parents)
		return true;
	if (value->kind != JSON_KIND_ARRAY)
		return schema_json_expected(reading, value, "a list of actions");
	for (uint32_t i = 0; i < value->count; i++)
		if (!read_reference(reading, &value->as.elements[i], &body->parents))
			return false;
	return true;
}

static bool
read_action(struct schema_json_reading *reading, const struct json_member *member,
    struct decl_namespace *namespace)
{
	struct decl_action *action = schema_json_alloc(reading, sizeof(*action));
	struct decl_action_body *body = schema_json_alloc(reading, sizeof(*body));
	struct schema_json_members members;

	if (action == NULL || body == NULL ||
	    !schema_json_open(reading, &member->value, &action_shape, &members))
		return false;
	if (is_given(members.at[ACTION_ATTRIBUTES]))
		return schema_json_wrong(reading, members.at[ACTION_ATTRIBUTES]->offset, NULL,
		    "actions have no attributes");
	if (!schema_json_annotations(
		reading, members.at[ACTION_ANNOTATIONS], &action->annotations) ||
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

typedef bool read_declaration(struct schema_json_reading *reading, const struct json_member *member,
    struct decl_namespace *namespace);

/* All of one kind; what is wrong is complained about and the others are read all the same. */
static void
read_declarations(struct schema_json_reading *reading, const struct json_value *value,
    const char *what, read_declaration *read, struct decl_namespace *namespace)
{
	if (value == NULL)
		return;
	if (value->kind != JSON_KIND_OBJECT) {
		(void)schema_json_expected(reading, value, what);
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
static const struct schema_json_shape namespace_shape = { "a namespace", true,
	MEMBER_BIT(NAMESPACE_ENTITIES) | MEMBER_BIT(NAMESPACE_ACTIONS), 4,
	{ "commonTypes", "entityTypes", "actions", "annotations" } };

static bool
check_namespace_name(const struct schema_json_reading *reading, const struct json_member *member,
    const struct decl_namespace *namespace)
{
	if (member->name.len == 0 && namespace->annotations != NULL)
		return schema_json_wrong(
		    reading, member->name_offset, NULL, "the empty namespace has no annotations");
	if (member->name.len == 0 || decl_is_path(member->name))
		return true;
	complaint_add(&reading->fragment->source, member->name_offset,
	    "identifiers joined by ::, without spaces", "\"%.*s\" is no name of a namespace",
	    SHOWN(member->name));
	return false;
}

static void
read_namespace(struct schema_json_reading *reading, const struct json_member *member)
{
	struct decl_namespace *namespace = schema_json_alloc(reading, sizeof(*namespace));
	struct schema_json_members members;

	if (namespace == NULL ||
	    !schema_json_open(reading, &member->value, &namespace_shape, &members) ||
	    !schema_json_annotations(
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
schema_json_parse(struct decl_fragment *fragment, const struct json_value *value)
{
	struct schema_json_reading reading = {
		.fragment = fragment,
		.document = { .source = fragment->source },
	};
	size_t before = fragment->source.complaints->count;

	if (value->kind != JSON_KIND_OBJECT)
		return schema_json_expected(&reading, value, "an object of namespaces");
	for (uint32_t i = 0; i < value->count; i++)
		read_namespace(&reading, &value->as.members[i]);
	decl_fragment_finish(fragment);
	complaints_sort(fragment->source.complaints, before);
	return fragment->source.complaints->count == before;
}
