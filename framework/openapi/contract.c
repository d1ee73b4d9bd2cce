/*
 * The contract as a whole (openapi/contract.h): reads the OpenAPI text once, at start, and
 * holds it against the service's table of routes, both ways. What is compiled lives in the
 * generation's arena; of jansson nothing remains.
 */
#include "openapi/contract.h"

#include <jansson.h>
#include <string.h>

#include "openapi/loader.h"
#include "openapi/operation.h"
#include "openapi/scan.h"

static const struct {
	const char *member; /* of a Path Item Object */
	const char *name;
	unsigned method;
} methods[] = {
	{ "get", "GET", POSTERN_GET },
	{ "head", "HEAD", POSTERN_HEAD },
	{ "post", "POST", POSTERN_POST },
	{ "put", "PUT", POSTERN_PUT },
	{ "patch", "PATCH", POSTERN_PATCH },
	{ "delete", "DELETE", POSTERN_DELETE },
};

struct contract {
	size_t route_count;
	const struct operation *
	    *operations; /* [route][methods]; NULL: the service carries no contract */
};

static const struct operation **
slot(const struct contract *contract, size_t route, size_t method)
{
	return &contract->operations[route * COUNT_OF(methods) + method];
}

/* GET answers HEAD, and the framework OPTIONS: a contract may leave both out. */
static bool
answers(const struct postern_route *route, unsigned method)
{
	if (method == POSTERN_HEAD)
		return (route->methods & (POSTERN_HEAD | POSTERN_GET)) != 0;
	return (route->methods & method) != 0;
}

/*
 * Index of the route for a path and method; the number of routes when there is none. `method`
 * 0: any.
 */
static size_t
find_route(const struct postern_service *service, const char *path, unsigned method)
{
	size_t i;

	for (i = 0; i < service->route_count; i++)
		if (service->routes[i].path != NULL && strcmp(service->routes[i].path, path) == 0 &&
		    (method == 0 || answers(&service->routes[i], method)))
			break;
	return i;
}

static void
set_place(struct loader *loader, const char *method, const char *path)
{
	const char *place =
	    arena_printf(loader->arena, "%s%s%.200s", method, *method == '\0' ? "" : " ", path);

	loader->place = place != NULL ? place : "no memory";
}

static void
read_operation(struct loader *loader, struct contract *contract,
    const struct postern_service *service, const char *path, const json_t *item, size_t method)
{
	const json_t *json = json_object_get(item, methods[method].member);
	size_t route;

	if (json == NULL)
		return;
	set_place(loader, methods[method].name, path);
	route = find_route(service, path, methods[method].method);
	if (route == service->route_count) {
		loader_fault(loader, "the service has no such route");
		return;
	}
	*slot(contract, route, method) =
	    operation_compile(loader, path, json_object_get(item, "parameters"), json);
}

static void
read_path(struct loader *loader, struct contract *contract, const struct postern_service *service,
    const char *path, const json_t *item)
{
	static const char *const known[] = { "get", "head", "post", "put", "patch", "delete",
		"options", "parameters", "summary", "description", "servers", NULL };

	set_place(loader, "", path);
	if (!json_is_object(item)) {
		loader_fault(loader, "a path must be an object");
		return;
	}
	if (find_route(service, path, 0) == service->route_count) {
		loader_fault(loader, "the service has no such path");
		return;
	}
	loader_expect_members(loader, item, known);
	for (size_t i = 0; i < COUNT_OF(methods); i++)
		read_operation(loader, contract, service, path, item, i);
}

/* The other direction: every route is in the text. */
static void
expect_routes(struct loader *loader, const struct postern_service *service, const json_t *paths)
{
	for (size_t i = 0; i < service->route_count; i++) {
		const struct postern_route *route = &service->routes[i];
		const json_t *item = json_object_get(paths, route->path == NULL ? "" : route->path);

		set_place(loader, "", route->path == NULL ? "" : route->path);
		for (size_t m = 0; m < COUNT_OF(methods); m++) {
			if ((route->methods & methods[m].method) == 0 ||
			    json_object_get(item, methods[m].member) != NULL)
				continue;
			if (methods[m].method == POSTERN_HEAD &&
			    (route->methods & POSTERN_GET) != 0)
				continue;
			loader_fault(
			    loader, "the service's %s is not in the contract", methods[m].name);
		}
	}
}

static void
read_document(
    struct loader *loader, struct contract *contract, const struct postern_service *service)
{
	static const char *const known[] = { "openapi", "info", "servers", "paths", "components",
		"security", "tags", "externalDocs", "jsonSchemaDialect", NULL };
	const json_t *root = loader->root, *paths = json_object_get(root, "paths");
	const char *version = json_string_value(json_object_get(root, "openapi")), *path;
	json_t *object, *item;

	loader_expect_members(loader, root, known);
	if (version == NULL || strncmp(version, "3.1.", 4) != 0)
		loader_fault(loader, "\"openapi\" must be a version 3.1");
	if (!json_is_object(json_object_get(root, "info")))
		loader_fault(loader, "\"info\" must be an object");
	if (!json_is_object(paths)) {
		loader_fault(loader, "\"paths\" must be an object");
		return;
	}
	object = (json_t *)(uintptr_t)paths;
	json_object_foreach(object, path, item) read_path(loader, contract, service, path, item);
	expect_routes(loader, service, paths);
}

/* NULL, with a fault, for what is no bounded JSON object. */
static json_t *
parse_text(struct loader *loader, struct slice text)
{
	static const struct scan_limits limits = {
		.depth = CONTRACT_MAX_TEXT_DEPTH,
		.values = CONTRACT_MAX_TEXT_VALUES,
	};
	json_error_t error;
	json_t *root;

	if (text.len > CONTRACT_MAX_TEXT || !scan_is_bounded(text, &limits)) {
		loader_fault(loader, "larger or deeper than a contract may be");
		return NULL;
	}
	root = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, &error);
	if (root == NULL) {
		loader_fault(
		    loader, "line %d, column %d: %s", error.line, error.column, error.text);
		return NULL;
	}
	if (!json_is_object(root)) {
		loader_fault(loader, "no JSON object");
		json_decref(root);
		return NULL;
	}
	return root;
}

struct contract *
contract_new(
    struct arena *arena, const struct postern_service *service, struct config_faults *faults)
{
	struct loader loader = { .arena = arena, .faults = faults, .place = "text" };
	struct contract *contract = arena_calloc(arena, 1, sizeof(*contract));
	json_t *root;

	if (contract == NULL) {
		loader_fault(&loader, "no memory");
		return NULL;
	}
	if (service->contract == NULL)
		return contract;
	contract->route_count = service->route_count;
	contract->operations = arena_calloc(
	    arena, service->route_count * COUNT_OF(methods), sizeof(*contract->operations));
	if (contract->operations == NULL) {
		loader_fault(&loader, "no memory");
		return NULL;
	}
	root = parse_text(&loader, slice_from(service->contract));
	if (root == NULL)
		return NULL;
	loader.root = root;
	read_document(&loader, contract, service);
	json_decref(root);
	return loader.fault_count == 0 ? contract : NULL;
}

static const struct operation *
find_operation(const struct contract *contract, size_t route, unsigned method)
{
	for (size_t i = 0; i < COUNT_OF(methods); i++)
		if (methods[i].method == method && *slot(contract, route, i) != NULL)
			return *slot(contract, route, i);
	return method == POSTERN_HEAD ? find_operation(contract, route, POSTERN_GET) : NULL;
}

enum contract_verdict
contract_check(const struct contract *contract, const struct request *req)
{
	const struct operation *operation;

	if (contract->operations == NULL)
		return CONTRACT_KEPT;
	if (req->match == NULL || req->match->route == NULL ||
	    req->match->route_index >= contract->route_count)
		return CONTRACT_REFUSED;
	operation = find_operation(contract, req->match->route_index, req->method);
	return operation == NULL ? CONTRACT_REFUSED : operation_check(operation, req);
}
