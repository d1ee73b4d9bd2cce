/*
 * Routes compiled once into a table sorted for lookup by number of segments and literal segments
 * first: the cost of a lookup does not grow with path length, and no path can match two routes
 * (that is a fault at start).
 */
#ifndef POSTERN_HTTP_ROUTER_H
#define POSTERN_HTTP_ROUTER_H

#include <stdbool.h>

#include <postern/service.h>

#include "config/config.h"
#include "core/arena.h"
#include "core/compiler.h"
#include "http/uri.h"

enum { ROUTER_MAX_ROUTES = 512, ROUTER_MAX_PARAMS = 8 };

struct router;

/* One template with all routes that share it (GET and DELETE of the same path are two routes). */
struct router_match {
	const struct postern_route *route; /* for this method; NULL: method_not_allowed */
	size_t route_index;                /* in the service's table, when route is given */
	unsigned allowed;                  /* methods of the template, HEAD and OPTIONS included */
	const char *allow;                 /* the value of Allow: "GET, HEAD, OPTIONS" */
	const char *template;              /* "/notes/{note_id}": what the log may say */
	const struct postern_route *
	    any; /* some route of the template: asked for allows_plain_http, when `route` is NULL */
	struct {
		const char *name;
		struct slice value; /* decoded, NUL-terminated */
	} params[ROUTER_MAX_PARAMS];
	size_t param_count;
};

/*
 * Compiles the table. Faults, all at once: a route with neither action nor is_public or with both,
 * no handler, no method, OPTIONS, HEAD without GET, an ill-formed or doubled path, ambiguous
 * templates, a public route with a resource, a resource that is neither "Type::{parameter}" nor
 * "Type::name", `load` without resource, half a limit. NULL when there was one.
 */
struct router *router_new(struct arena *arena, const struct postern_service *service,
    struct config_faults *faults) MUST_USE;

/*
 * Finds the template of a path; false: there is none. A parameter value is not empty, at most
 * URI_MAX_PARAM bytes and of [A-Za-z0-9._~@:-] (which decoded dot segments have already left);
 * otherwise the path is not found. HEAD finds the GET route. `ret_match` means something
 * only on success; a lack of memory for the parameters counts as not found.
 */
bool router_find(const struct router *router, unsigned method, const struct uri_path *path,
    struct arena *arena, struct router_match *ret_match);

/* The path of a route as the service's table has it; NULL for an index outside it. */
const char *router_template(const struct router *router, size_t route_index);

#endif
