/*
 * The operation compiler (openapi/operation.h): Parameter and Request Body Objects of OpenAPI
 * 3.1 (§4.8.12, §4.8.13), in the one form that a service here can have: string parameters in
 * path, query or header, and one JSON body.
 */
#include "openapi/operation.h"

#include <string.h>

static bool
read_place(struct loader *loader, const json_t *json, enum parameter_place *ret_place)
{
	static const char *const names[] = {
		[PARAMETER_PATH] = "path",
		[PARAMETER_QUERY] = "query",
		[PARAMETER_HEADER] = "header",
	};
	const char *text = json_string_value(json);

	for (size_t i = 0; text != NULL && i < COUNT_OF(names); i++) {
		if (strcmp(text, names[i]) == 0) {
			*ret_place = (enum parameter_place)i;
			return true;
		}
	}
	loader_fault(loader, "a parameter's \"in\" must be path, query or header");
	return false;
}

static bool
read_flag(struct loader *loader, const json_t *object, const char *name)
{
	const json_t *flag = json_object_get(object, name);

	if (flag != NULL && !json_is_boolean(flag))
		loader_fault(loader, "\"%s\" must be true or false", name);
	return json_is_true(flag);
}

static bool
read_parameter(struct loader *loader, const json_t *json, struct parameter *ret_parameter)
{
	static const char *const known[] = { "name", "in", "required", "schema", "description",
		"example", "examples", "deprecated", NULL };
	size_t fault_count = loader->fault_count;
	const char *name;

	json = loader_resolve(loader, json);
	if (json == NULL)
		return false;
	loader_expect_members(loader, json, known);
	name = json_string_value(json_object_get(json, "name"));
	if (name == NULL || *name == '\0') {
		loader_fault(loader, "a parameter has no name");
		return false;
	}
	ret_parameter->name = arena_dup(loader->arena, name, strlen(name));
	if (ret_parameter->name == NULL) {
		loader_fault(loader, "no memory");
		return false;
	}
	if (!read_place(loader, json_object_get(json, "in"), &ret_parameter->place))
		return false;
	ret_parameter->is_required = read_flag(loader, json, "required");
	if (ret_parameter->place == PARAMETER_PATH && !ret_parameter->is_required)
		loader_fault(loader, "the path parameter %s must say \"required\": true", name);
	ret_parameter->schema = schema_compile(loader, json_object_get(json, "schema"));
	if (ret_parameter->schema != NULL && ret_parameter->schema->types != SCHEMA_TYPE_STRING)
		loader_fault(loader, "the schema of parameter %s must have the type string", name);
	return loader->fault_count == fault_count;
}

/*
 * What RFC 9110 and OpenAPI leave to the protocol: such parameters "SHALL be ignored"
 * (§4.8.12.1).
 */
static bool
is_protocol_header(const struct parameter *parameter)
{
	return parameter->place == PARAMETER_HEADER &&
	       (strcasecmp(parameter->name, "Accept") == 0 ||
		   strcasecmp(parameter->name, "Content-Type") == 0 ||
		   strcasecmp(parameter->name, "Authorization") == 0);
}

static struct parameter *
find_parameter(struct parameter *list, size_t count, const struct parameter *parameter)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].place == parameter->place && strcmp(list[i].name, parameter->name) == 0)
			return &list[i];
	return NULL;
}

/*
 * Adds the parameters of one list. One named before is replaced if it stood in the path item,
 * and a fault if in the same list.
 */
static void
read_parameters(struct loader *loader, const json_t *json, struct parameter *list, size_t *count)
{
	size_t inherited = *count;

	if (json == NULL)
		return;
	if (!json_is_array(json)) {
		loader_fault(loader, "\"parameters\" must be an array");
		return;
	}
	for (size_t i = 0; i < json_array_size(json); i++) {
		struct parameter parameter = { .name = NULL }, *former;

		if (!read_parameter(loader, json_array_get(json, i), &parameter) ||
		    is_protocol_header(&parameter))
			continue;
		former = find_parameter(list, *count, &parameter);
		if (former != NULL && former < list + inherited) {
			*former = parameter;
		} else if (former != NULL) {
			loader_fault(loader, "parameter %s is given twice", parameter.name);
		} else if (*count == CONTRACT_MAX_PARAMETERS) {
			loader_fault(loader, "more than %d parameters", CONTRACT_MAX_PARAMETERS);
			return;
		} else {
			list[(*count)++] = parameter;
		}
	}
}

/* Whether a template has the segment {name}. */
static bool
template_has(const char *template, struct slice name)
{
	struct slice rest, segment;

	for (rest = slice_from(template); rest.data != NULL;) {
		segment = slice_cut(&rest, '/');
		if (segment.len == name.len + 2 && segment.data[0] == '{' &&
		    slice_equal(slice_make(segment.data + 1, name.len), name))
			return true;
	}
	return false;
}

/* Every {name} has a parameter, and every path parameter a {name}. */
static void
check_template(struct loader *loader, const char *template, struct parameter *list, size_t count)
{
	struct slice rest, segment;

	for (size_t i = 0; i < count; i++)
		if (list[i].place == PARAMETER_PATH &&
		    !template_has(template, slice_from(list[i].name)))
			loader_fault(loader, "the path has no {%s}", list[i].name);
	for (rest = slice_from(template); rest.data != NULL;) {
		bool is_found = false;

		segment = slice_cut(&rest, '/');
		if (segment.len < 2 || segment.data[0] != '{')
			continue;
		segment = slice_make(segment.data + 1, segment.len - 2);
		for (size_t i = 0; i < count && !is_found; i++)
			is_found = list[i].place == PARAMETER_PATH &&
				   slice_equal(slice_from(list[i].name), segment);
		if (!is_found)
			loader_fault(loader, "{%.*s} has no parameter", SLICE_ARGS(segment));
	}
}

static void
read_body(struct loader *loader, const json_t *json, struct operation *operation)
{
	static const char *const known[] = { "description", "content", "required", NULL };
	static const char *const known_media[] = { "schema", "example", "examples", NULL };
	const json_t *content, *media;

	json = loader_resolve(loader, json);
	if (json == NULL)
		return;
	loader_expect_members(loader, json, known);
	operation->is_body_required = read_flag(loader, json, "required");
	content = json_object_get(json, "content");
	media = json_object_get(content, "application/json");
	if (!json_is_object(media) || json_object_size(content) != 1) {
		loader_fault(
		    loader, "a request body must have application/json as its only content");
		return;
	}
	loader_expect_members(loader, media, known_media);
	operation->body = schema_compile(loader, json_object_get(media, "schema"));
}

const struct operation *
operation_compile(
    struct loader *loader, const char *template, const json_t *shared, const json_t *json)
{
	static const char *const known[] = { "tags", "summary", "description", "externalDocs",
		"operationId", "parameters", "requestBody", "responses", "deprecated", "security",
		"servers", NULL };
	size_t fault_count = loader->fault_count, count = 0;
	struct operation *operation = arena_calloc(loader->arena, 1, sizeof(*operation));
	struct parameter *list =
	    arena_calloc(loader->arena, CONTRACT_MAX_PARAMETERS, sizeof(*list));

	if (operation == NULL || list == NULL) {
		loader_fault(loader, "no memory");
		return NULL;
	}
	if (!json_is_object(json)) {
		loader_fault(loader, "the operation must be an object");
		return NULL;
	}
	loader_expect_members(loader, json, known);
	if (!json_is_object(json_object_get(json, "responses")))
		loader_fault(loader, "\"responses\" must be an object");
	read_parameters(loader, shared, list, &count);
	read_parameters(loader, json_object_get(json, "parameters"), list, &count);
	check_template(loader, template, list, count);
	if (json_object_get(json, "requestBody") != NULL)
		read_body(loader, json_object_get(json, "requestBody"), operation);
	operation->parameters = list;
	operation->parameter_count = count;
	return loader->fault_count == fault_count ? operation : NULL;
}
