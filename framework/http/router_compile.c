/*
 * From a service's table of routes to the router's. Runs once, at start, and is where a mistake in
 * the table is found: every fault of every route is reported in one go, and with one there is no
 * router. Invariant: two templates of a router never match the same path.
 */
#include "http/router_table.h"

#include <ctype.h>
#include <stdlib.h>

#include "core/ascii.h"
#include "core/buffer.h"
#include "core/utf8.h"
#include "http/request.h"

enum {
	MAX_NAME = 64,      /* bytes of a parameter's name */
	MAX_TEMPLATE = 512, /* bytes of a path */
	ALL_METHODS = POSTERN_GET | POSTERN_HEAD | POSTERN_POST | POSTERN_PUT | POSTERN_PATCH |
		      POSTERN_DELETE | POSTERN_OPTIONS,
};

/* What the steps of one compilation share. */
struct compiler {
	struct arena *arena;
	struct config_faults *faults;
	struct router *router;
	bool is_faulty;
	/* The route at hand, and how faults name it: "GET, HEAD". */
	const struct postern_route *route;
	char methods[ROUTER_ALLOW_SIZE];
};

/* The methods of a mask in the one order that Allow has. */
static void
methods_print(unsigned methods, char ret_text[ROUTER_ALLOW_SIZE])
{
	struct buffer text;

	buffer_init_fixed(&text, ret_text, ROUTER_ALLOW_SIZE);
	for (size_t i = 0; i < ROUTER_METHODS; i++) {
		if ((methods & 1u << i) == 0)
			continue;
		if (text.len > 0)
			buffer_text(&text, ", ");
		buffer_text(&text, request_method_name(1u << i));
	}
	buffer_byte(&text, '\0');
}

/* A fault of the route at hand; what it names are the author's constants. */
static void
route_fault(struct compiler *compiler, const char *text, const char *detail)
{
	const char *path = compiler->route->path;

	compiler->is_faulty = true;
	config_fault(compiler->faults, compiler->arena, "route %s %s: %s%s",
	    compiler->methods[0] == '\0' ? "(no method)" : compiler->methods,
	    path == NULL ? "(no path)" : path, text, detail);
}

/* A fault of the table as a whole. */
static void
table_fault(struct compiler *compiler, const char *text)
{
	compiler->is_faulty = true;
	config_fault(compiler->faults, compiler->arena, "routes: %s", text);
}

static bool
is_identifier(struct slice text)
{
	if (text.len == 0 || text.len > MAX_NAME || ascii_is_digit(text.data[0]))
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (!ascii_is_alnum(text.data[i]) && text.data[i] != '_')
			return false;
	return true;
}

/* Text that can be an id in a policy and in a log line. That it is not empty, authz sees to. */
static bool
is_plain(const char *text)
{
	for (const char *at = text; *at != '\0'; at++)
		if (iscntrl((unsigned char)*at))
			return false;
	return utf8_is_valid(slice_from(text));
}

/* The name inside "{name}"; data NULL when `text` is none. */
static struct slice
braced_name(struct slice text)
{
	struct slice name = { NULL, 0 };

	if (text.len > 2 && text.data[0] == '{' && text.data[text.len - 1] == '}')
		name = slice_make(text.data + 1, text.len - 2);
	return is_identifier(name) ? name : slice_make(NULL, 0);
}

static bool
has_param(const struct template *template, struct slice name)
{
	for (size_t i = 0; i < template->segment_count; i++)
		if (template->segments[i].is_param && slice_equal(template->segments[i].text, name))
			return true;
	return false;
}

static size_t
param_count(const struct template *template)
{
	size_t count = 0;

	for (size_t i = 0; i < template->segment_count; i++)
		count += template->segments[i].is_param;
	return count;
}

/* Checks one segment of a path and takes it up; NULL, or what is wrong with it. */
static const char *
segment_compile(struct compiler *compiler, const struct template *template, struct slice text,
    struct template_segment *ret_segment)
{
	struct slice name = braced_name(text);

	if (name.data != NULL) {
		if (has_param(template, name))
			return "a parameter is named twice";
		if (param_count(template) == ROUTER_MAX_PARAMS)
			return "too many parameters";
		*ret_segment =
		    (struct template_segment) { arena_dup_slice(compiler->arena, name), true };
		return ret_segment->text.data == NULL ? "out of memory" : NULL;
	}
	if (slice_is(text, ".") || slice_is(text, "..") || !router_is_value(text))
		return "a segment of the path is neither {name} nor of the characters "
		       "A-Za-z0-9._~@:-";
	*ret_segment = (struct template_segment) { text, false };
	return NULL;
}

/* NULL, or what is wrong with the path. The root alone has an empty segment. */
static const char *
path_compile(struct compiler *compiler, const char *path, struct template *ret_template)
{
	struct template_segment *segments;
	struct slice rest = slice_from(path);
	const char *wrong = NULL;

	if (rest.len == 0 || rest.len > MAX_TEMPLATE || rest.data[0] != '/')
		return "the path does not begin with a slash, or is too long";
	segments = arena_calloc(compiler->arena, URI_MAX_SEGMENTS, sizeof(*segments));
	if (segments == NULL)
		return "out of memory";
	*ret_template = (struct template) { .text = path, .segments = segments };
	if (rest.len == 1) {
		segments[ret_template->segment_count++].text = SLICE_OF("");
		return NULL;
	}
	for (rest = slice_skip(rest, 1); rest.data != NULL && wrong == NULL;) {
		struct slice text = slice_cut(&rest, '/');

		if (ret_template->segment_count == URI_MAX_SEGMENTS)
			return "the path has too many segments";
		wrong = segment_compile(
		    compiler, ret_template, text, &segments[ret_template->segment_count]);
		ret_template->segment_count++;
	}
	return wrong;
}

/* Index behind the last "::" of a resource; 0 when there is none. */
static size_t
resource_id_start(struct slice resource)
{
	for (size_t i = resource.len; i >= 2; i--)
		if (resource.data[i - 1] == ':' && resource.data[i - 2] == ':')
			return i;
	return 0;
}

/* "A::B": identifiers between double colons. */
static bool
is_type_path(struct slice text)
{
	for (;;) {
		size_t colon = slice_find(text, ':');

		if (!is_identifier(slice_first(text, colon)))
			return false;
		if (colon == text.len)
			return true;
		text = slice_skip(text, colon + 1);
		if (text.len == 0 || text.data[0] != ':')
			return false;
		text = slice_skip(text, 1);
	}
}

static void
resource_check(struct compiler *compiler, const struct template *template)
{
	struct slice resource = slice_from(compiler->route->resource), id, name;
	size_t start = resource_id_start(resource);

	id = slice_skip(resource, start);
	name = braced_name(id);
	if (start == 0 || !is_type_path(slice_first(resource, start - 2)) ||
	    (name.data == NULL && (!router_is_value(id) || slice_find(id, ':') < id.len)))
		route_fault(compiler, "resource is neither Type::{parameter} nor Type::name: ",
		    compiler->route->resource);
	else if (name.data != NULL && template != NULL && !has_param(template, name))
		route_fault(compiler, "resource names a parameter that the path has not: ",
		    compiler->route->resource);
}

/* Who may call: exactly one of `is_public` and `action`. (What an action asks, authz checks.) */
static void
access_check(struct compiler *compiler, const struct template *template)
{
	const struct postern_route *route = compiler->route;

	if (route->is_public && route->action != NULL)
		route_fault(compiler, "has an action and is public", "");
	if (!route->is_public && route->action == NULL)
		route_fault(compiler, "has neither an action nor is it public", "");
	if (route->action != NULL && !is_plain(route->action))
		route_fault(compiler, "action has control characters or is no UTF-8", "");
	if (route->is_public && route->action == NULL && route->resource != NULL)
		route_fault(
		    compiler, "is public but has a resource, which nobody would decide about", "");
	if (route->load != NULL && route->resource == NULL)
		route_fault(compiler, "has load but no resource", "");
	if (route->resource != NULL)
		resource_check(compiler, template);
}

static void
methods_check(struct compiler *compiler)
{
	unsigned methods = compiler->route->methods;

	if (methods == 0)
		route_fault(compiler, "has no method", "");
	if ((methods & ~(unsigned)ALL_METHODS) != 0)
		route_fault(compiler, "has an unknown method", "");
	if ((methods & POSTERN_OPTIONS) != 0)
		route_fault(compiler, "has OPTIONS, which the framework answers", "");
	if ((methods & POSTERN_HEAD) != 0 && (methods & POSTERN_GET) == 0)
		route_fault(compiler, "has HEAD without GET", "");
}

static void
limit_check(struct compiler *compiler)
{
	const struct postern_limit *limit = &compiler->route->limit;

	if (limit->setting != NULL && limit->otherwise == NULL)
		route_fault(compiler, "has a limit without a default: ", limit->setting);
	if (limit->setting == NULL && limit->otherwise != NULL)
		route_fault(compiler, "has a limit without a setting: ", limit->otherwise);
}

/*
 * Whether some path matches both. A literal that a parameter could not be does not exist
 * (router_is_value).
 */
static bool
overlaps(const struct template *a, const struct template *b)
{
	if (a->segment_count != b->segment_count)
		return false;
	for (size_t i = 0; i < a->segment_count; i++)
		if (!a->segments[i].is_param && !b->segments[i].is_param &&
		    !slice_equal(a->segments[i].text, b->segments[i].text))
			return false;
	return true;
}

/*
 * The router's template of this path, made if there is none; NULL when another one matches the
 * same paths.
 */
static struct template *
template_take(struct compiler *compiler, const struct template *template)
{
	struct router *router = compiler->router;

	for (size_t i = 0; i < router->template_count; i++) {
		struct template *other = &router->templates[i];

		if (strcmp(other->text, template->text) == 0)
			return other;
		if (overlaps(other, template)) {
			route_fault(compiler, "matches the same paths as ", other->text);
			return NULL;
		}
	}
	router->templates[router->template_count] = *template;
	return &router->templates[router->template_count++];
}

static void
route_add(struct compiler *compiler, const struct template *compiled, size_t index)
{
	struct template *template = template_take(compiler, compiled);
	unsigned methods = compiler->route->methods;

	if (template == NULL)
		return;
	if ((methods & POSTERN_GET) != 0)
		methods |= POSTERN_HEAD;
	if ((template->allowed & methods) != 0) {
		route_fault(compiler, "is there twice", "");
		return;
	}
	for (size_t i = 0; i < ROUTER_METHODS; i++)
		if ((methods & 1u << i) != 0) {
			template->routes[i].route = compiler->route;
			template->routes[i].index = index;
		}
	template->allowed |= methods;
	if (template->any == NULL)
		template->any = compiler->route;
}

static void
route_compile(struct compiler *compiler, const struct postern_route *route, size_t index)
{
	struct template template = { 0 };
	const char *wrong;

	compiler->route = route;
	methods_print(route->methods, compiler->methods);
	wrong = path_compile(compiler, route->path, &template);
	if (wrong != NULL)
		route_fault(compiler, wrong, "");
	if (route->handler == NULL)
		route_fault(compiler, "has no handler", "");
	methods_check(compiler);
	access_check(compiler, wrong == NULL ? &template : NULL);
	limit_check(compiler);
	compiler->router->route_paths[index] = route->path;
	if (wrong == NULL)
		route_add(compiler, &template, index);
}

static int
by_segment_count(const void *left, const void *right)
{
	const struct template *a = left, *b = right;

	return (a->segment_count > b->segment_count) - (a->segment_count < b->segment_count);
}

/* Puts the templates in order and says where each number of segments begins. */
static void
table_finish(struct router *router)
{
	qsort(router->templates, router->template_count, sizeof(*router->templates),
	    by_segment_count);
	for (size_t i = 0; i < router->template_count; i++) {
		struct template *template = &router->templates[i];

		template->allowed |= POSTERN_OPTIONS;
		methods_print(template->allowed, template->allow);
		router->first[template->segment_count + 1] = i + 1;
	}
	for (size_t count = 1; count < COUNT_OF(router->first); count++)
		if (router->first[count] < router->first[count - 1])
			router->first[count] = router->first[count - 1];
}

static struct router *
table_new(struct arena *arena, size_t route_count)
{
	struct router *router = arena_calloc(arena, 1, sizeof(*router));

	if (router == NULL)
		return NULL;
	router->templates = arena_calloc(arena, route_count, sizeof(*router->templates));
	router->route_paths = arena_calloc(arena, route_count, sizeof(*router->route_paths));
	router->route_count = route_count;
	return router->templates == NULL || router->route_paths == NULL ? NULL : router;
}

struct router *
router_new(struct arena *arena, const struct postern_service *service, struct config_faults *faults)
{
	struct compiler compiler = { .arena = arena, .faults = faults };

	if (service->route_count > ROUTER_MAX_ROUTES) {
		table_fault(&compiler, "more than the router holds");
		return NULL;
	}
	compiler.router = table_new(arena, service->route_count);
	if (compiler.router == NULL) {
		table_fault(&compiler, "out of memory");
		return NULL;
	}
	for (size_t i = 0; i < service->route_count; i++)
		route_compile(&compiler, &service->routes[i], i);
	if (compiler.is_faulty)
		return NULL;
	table_finish(compiler.router);
	return compiler.router;
}
