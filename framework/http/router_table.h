/*
 * The compiled table of the router, between router_compile.c, which makes it, and router.c, which
 * reads it. Lives as long as the process and is not changed once made.
 */
#ifndef POSTERN_HTTP_ROUTER_TABLE_H
#define POSTERN_HTTP_ROUTER_TABLE_H

#include "http/router.h"

enum {
	ROUTER_METHODS = 7, /* POSTERN_GET to POSTERN_OPTIONS, one bit each */
	ROUTER_ALLOW_SIZE = sizeof("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"),
};

struct template_segment {
	struct slice text; /* the literal, or the parameter's name with a NUL behind it */
	bool is_param;
};

/* A path of the service with all its routes. */
struct template
{
	const char *text;
	const struct template_segment *segments;
	size_t segment_count;
	unsigned allowed;
	char allow[ROUTER_ALLOW_SIZE];
	struct {
		const struct postern_route *route; /* NULL: not allowed */
		size_t index;
	} routes[ROUTER_METHODS]; /* by bit number; HEAD's is GET's */
	const struct postern_route *any;
};

struct router {
	struct template *templates; /* by number of segments */
	size_t template_count;
	size_t first[URI_MAX_SEGMENTS + 2]; /* by number of segments: where such templates begin */
	const char **route_paths;           /* by index in the service's table */
	size_t route_count;
};

/* What a parameter's value may be, and therefore what a literal segment or resource may be. */
bool router_is_value(struct slice text);

#endif
