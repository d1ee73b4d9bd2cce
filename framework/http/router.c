/*
 * The router: finds the template of a path and the route of a method in a table that
 * router_compile.c has made at start. Invariant: at most one template matches any path, so order
 * decides nothing; and a parameter's value has only the characters that no later reader takes for
 * syntax.
 */
#include "http/router.h"

#include "core/ascii.h"
#include "http/router_table.h"

bool
router_is_value(struct slice text)
{
	if (text.len == 0 || text.len > URI_MAX_PARAM)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (!ascii_is_alnum(text.data[i]) &&
		    (text.data[i] == '\0' || strchr("._~@:-", text.data[i]) == NULL))
			return false;
	return true;
}

static bool
template_matches(const struct template *template, const struct uri_path *path)
{
	for (size_t i = 0; i < path->count; i++) {
		const struct template_segment *segment = &template->segments[i];

		if (segment->is_param ? !router_is_value(path->segments[i])
				      : !slice_equal(segment->text, path->segments[i]))
			return false;
	}
	return true;
}

/* Copies the parameters' values, so that each has its NUL. */
static bool
params_fill(const struct template *template, const struct uri_path *path, struct arena *arena,
    struct router_match *match)
{
	match->param_count = 0;
	for (size_t i = 0; i < path->count; i++) {
		struct slice value;

		if (!template->segments[i].is_param)
			continue;
		value = arena_dup_slice(arena, path->segments[i]);
		if (value.data == NULL)
			return false;
		match->params[match->param_count].name = template->segments[i].text.data;
		match->params[match->param_count++].value = value;
	}
	return true;
}

static bool
match_fill(const struct template *template, unsigned method, const struct uri_path *path,
    struct arena *arena, struct router_match *match)
{
	match->route = NULL;
	match->route_index = 0;
	for (size_t i = 0; i < ROUTER_METHODS; i++)
		if (method == 1u << i) {
			match->route = template->routes[i].route;
			match->route_index = template->routes[i].index;
		}
	match->allowed = template->allowed;
	match->allow = template->allow;
	match->template = template->text;
	match->any = template->any;
	return params_fill(template, path, arena, match);
}

bool
router_find(const struct router *router, unsigned method, const struct uri_path *path,
    struct arena *arena, struct router_match *ret_match)
{
	if (path->count == 0 || path->count > URI_MAX_SEGMENTS)
		return false;
	/* Sorted by number of segments: those of this length lie side by side. */
	for (size_t i = router->first[path->count]; i < router->first[path->count + 1]; i++)
		if (template_matches(&router->templates[i], path))
			return match_fill(&router->templates[i], method, path, arena, ret_match);
	return false;
}

const char *
router_template(const struct router *router, size_t route_index)
{
	return route_index < router->route_count ? router->route_paths[route_index] : NULL;
}
