/*
 * What the routes ask: `.action` and `.resource` of each, checked and taken apart once, at start.
 */
#include "authz/generation.h"

struct slice
authz_qualify(const struct authz *authz, struct arena *arena, struct slice type)
{
	size_t len = authz->prefix.len + type.len;
	char *name = arena_alloc(arena, len + 1);

	if (name == NULL)
		return slice_make(NULL, 0);
	if (authz->prefix.len > 0)
		memcpy(name, authz->prefix.data, authz->prefix.len);
	if (type.len > 0)
		memcpy(name + authz->prefix.len, type.data, type.len);
	name[len] = '\0';
	return slice_make(name, len);
}

/* Where the last "::" begins; text.len when there is none. */
static size_t
last_separator(struct slice text)
{
	for (size_t at = text.len; at >= 2; at--)
		if (text.data[at - 1] == ':' && text.data[at - 2] == ':')
			return at - 2;
	return text.len;
}

/* "Document::{document_id}" or "Notes::all" */
static bool
split_resource(struct slice text, struct slice *ret_type, struct authz_route *route)
{
	size_t at = last_separator(text);
	struct slice id = slice_skip(text, at + 2);

	if (at == text.len || at == 0 || id.len == 0)
		return false;
	*ret_type = slice_first(text, at);
	if (id.data[0] != '{') {
		route->resource_id = id;
		return true;
	}
	if (id.len < 3 || id.data[id.len - 1] != '}')
		return false;
	route->parameter = slice_make(id.data + 1, id.len - 2);
	return true;
}

static bool
is_action_type(struct slice type)
{
	return slice_is(
	    slice_skip(type, last_separator(type) == type.len ? 0 : last_separator(type) + 2),
	    "Action");
}

/* NULL, or what is wrong. */
static const char *
read_route(struct arena *arena, const struct authz *authz, const struct postern_route *route,
    struct authz_route *ret_route)
{
	struct slice type;

	*ret_route = (struct authz_route) { .route = route };
	if (*route->action == '\0')
		return "the action is empty";
	if (route->resource == NULL)
		return "an action needs a resource to ask the policies about";
	if (!split_resource(slice_from(route->resource), &type, ret_route))
		return "the resource is not of the form Type::{parameter} or Type::id";
	ret_route->resource_type = authz_qualify(authz, arena, type);
	ret_route->action.type = authz_qualify(authz, arena, SLICE_OF("Action"));
	ret_route->action.id = slice_from(route->action);
	if (ret_route->resource_type.data == NULL || ret_route->action.type.data == NULL)
		return "out of memory";
	if (!cedar_is_path(ret_route->resource_type) || is_action_type(type))
		return "the resource's type is no Cedar entity type";
	return NULL;
}

bool
authz_routes_read(struct arena *arena, struct authz *authz, const struct postern_service *service,
    struct config_faults *faults)
{
	struct authz_route *routes = arena_calloc(arena, service->route_count, sizeof(*routes));
	bool ok = routes != NULL;

	if (routes == NULL)
		config_fault(faults, arena, "routes: out of memory");
	for (size_t i = 0; routes != NULL && i < service->route_count; i++) {
		const struct postern_route *route = &service->routes[i];
		const char *fault;

		if (route->action == NULL)
			continue;
		fault = read_route(arena, authz, route, &routes[authz->route_count++]);
		if (fault != NULL) {
			config_fault(faults, arena, "route %s: %s",
			    route->path == NULL ? "?" : route->path, fault);
			ok = false;
		}
	}
	authz->routes = routes;
	return ok;
}
