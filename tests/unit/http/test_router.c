/* Which route a path finds, and every mistake in a table that keeps a service from starting. */
#include "http/router.h"

#include <stdio.h>

#include "../core/rows.h"

static enum postern_status
handler(struct postern_request *req, struct postern_response *res)
{
	(void)req;
	(void)res;
	return POSTERN_OK;
}

static enum postern_status
load(struct postern_request *req, struct postern_entity *resource)
{
	(void)req;
	(void)resource;
	return POSTERN_OK;
}

#define PUBLIC(methods_, path_)                                                               \
	{                                                                                     \
		.methods = (methods_), .path = (path_), .handler = handler, .is_public = true \
	}

static const struct postern_route routes[] = {
	PUBLIC(POSTERN_GET, "/health"),
	{ .methods = POSTERN_GET,
	    .path = "/notes/{note_id}",
	    .handler = handler,
	    .action = "readNote",
	    .resource = "Note::{note_id}",
	    .load = load,
	    .limit = { "NOTE_RATE_LIMIT", "60 per minute" } },
	PUBLIC(POSTERN_DELETE, "/notes/{note_id}"),
	PUBLIC(POSTERN_PUT | POSTERN_PATCH, "/notes/{note_id}/parts/{part}"),
	PUBLIC(POSTERN_GET | POSTERN_HEAD, "/"),
	{ .methods = POSTERN_POST,
	    .path = "/notes",
	    .handler = handler,
	    .action = "create",
	    .resource = "My::Notes::all" },
	PUBLIC(POSTERN_GET, "/.well-known/a.b~c@d:e-f_g"),
};

enum { NONE = -1, NOT_ALLOWED = -2 };

struct find_row {
	const char *name;
	unsigned method;
	const char *path;
	int index;
	const char *allow;
	const char *params[4]; /* name, value, name, value */
};

static const struct find_row find_rows[] = {
	{ "a literal path", POSTERN_GET, "/health", 0, "GET, HEAD, OPTIONS", { NULL } },
	{ "HEAD finds GET", POSTERN_HEAD, "/health", 0, "GET, HEAD, OPTIONS", { NULL } },
	{ "a parameter", POSTERN_GET, "/notes/n1", 1, "GET, HEAD, DELETE, OPTIONS",
	    { "note_id", "n1" } },
	{ "two routes of one template", POSTERN_DELETE, "/notes/n1", 2,
	    "GET, HEAD, DELETE, OPTIONS", { "note_id", "n1" } },
	{ "two parameters", POSTERN_PATCH, "/notes/n1/parts/2", 3, "PUT, PATCH, OPTIONS",
	    { "note_id", "n1", "part", "2" } },
	{ "the root", POSTERN_GET, "/", 4, "GET, HEAD, OPTIONS", { NULL } },
	{ "a prefix of another template", POSTERN_POST, "/notes", 5, "POST, OPTIONS", { NULL } },
	{ "all characters of a literal", POSTERN_GET, "/.well-known/a.b~c@d:e-f_g", 6,
	    "GET, HEAD, OPTIONS", { NULL } },
	{ "an escape in a literal", POSTERN_GET, "/h%65alth", 0, "GET, HEAD, OPTIONS", { NULL } },
	{ "an escape in a parameter", POSTERN_GET, "/notes/%6E1", 1, "GET, HEAD, DELETE, OPTIONS",
	    { "note_id", "n1" } },
	{ "all characters of a parameter", POSTERN_GET, "/notes/aZ0.9_~@:-", 1,
	    "GET, HEAD, DELETE, OPTIONS", { "note_id", "aZ0.9_~@:-" } },

	{ "another method", POSTERN_POST, "/health", NOT_ALLOWED, "GET, HEAD, OPTIONS", { NULL } },
	{ "HEAD without GET", POSTERN_HEAD, "/notes", NOT_ALLOWED, "POST, OPTIONS", { NULL } },
	{ "OPTIONS is nobody's route", POSTERN_OPTIONS, "/notes/n1", NOT_ALLOWED,
	    "GET, HEAD, DELETE, OPTIONS", { "note_id", "n1" } },
	{ "a method of no route", 0, "/health", NOT_ALLOWED, "GET, HEAD, OPTIONS", { NULL } },

	{ "an unknown path", POSTERN_GET, "/unknown", NONE, NULL, { NULL } },
	{ "case counts", POSTERN_GET, "/Health", NONE, NULL, { NULL } },
	{ "a slash too many", POSTERN_GET, "/health/", NONE, NULL, { NULL } },
	{ "two slashes", POSTERN_GET, "//health", NONE, NULL, { NULL } },
	{ "an empty parameter", POSTERN_GET, "/notes/", NONE, NULL, { NULL } },
	{ "a segment too many", POSTERN_GET, "/notes/n1/x", NONE, NULL, { NULL } },
	{ "a segment count of nobody", POSTERN_GET, "/a/b/c/d/e/f/g", NONE, NULL, { NULL } },
	{ "a parameter with a space", POSTERN_GET, "/notes/a%20b", NONE, NULL, { NULL } },
	{ "a parameter with an encoded escape", POSTERN_GET, "/notes/%252e%252e", NONE, NULL,
	    { NULL } },
	{ "a parameter with a quote", POSTERN_GET, "/notes/a%22b", NONE, NULL, { NULL } },
	{ "a parameter with a semicolon", POSTERN_GET, "/notes/a;b", NONE, NULL, { NULL } },
	{ "a parameter beyond ASCII", POSTERN_GET, "/notes/%c3%a4", NONE, NULL, { NULL } },
	{ "the template itself", POSTERN_GET, "/notes/{note_id}", NONE, NULL, { NULL } },
};

static void
check_match(const struct router_match *match, const struct find_row *row)
{
	size_t count = 0;

	if (row->index == NOT_ALLOWED) {
		assert_null(match->route);
	} else {
		assert_ptr_equal(match->route, &routes[row->index]);
		assert_int_equal(match->route_index, row->index);
		assert_string_equal(match->template, routes[row->index].path);
	}
	assert_string_equal(match->allow, row->allow);
	assert_string_equal(match->any->path, match->template);
	for (; count < 2 && row->params[2 * count] != NULL; count++) {
		assert_string_equal(match->params[count].name, row->params[2 * count]);
		assert_string_equal(match->params[count].value.data, row->params[2 * count + 1]);
	}
	assert_int_equal(match->param_count, count);
}

static void
path_finds_route(void **state)
{
	static const struct postern_service service = { .routes = routes,
		.route_count = COUNT_OF(routes) };
	const struct find_row *row = *state;
	struct config_faults faults = { .count = 0 };
	struct router_match match = { .allow = "untouched" };
	struct router *router;
	struct uri_path path;
	struct arena arena;

	arena_init(&arena, 4096, 1024 * 1024);
	router = router_new(&arena, &service, &faults);
	assert_non_null(router);
	assert_int_equal(faults.count, 0);
	assert_int_equal(uri_path_parse(&arena, slice_from(row->path), &path), URI_OK);
	assert_int_equal(
	    router_find(router, row->method, &path, &arena, &match), row->index != NONE);
	if (row->index == NONE)
		assert_string_equal(match.allow, "untouched");
	else
		check_match(&match, row);
	arena_done(&arena);
}

struct fault_row {
	const char *name;
	struct postern_route routes[3]; /* up to one without anything */
	const char *fault;              /* NULL: none */
};

#define ONE(...)                    \
	{                           \
		{                   \
			__VA_ARGS__ \
		}                   \
	}
#define READ .methods = POSTERN_GET, .handler = handler

static const struct fault_row fault_rows[] = {
	{ "neither action nor public", ONE(READ, .path = "/a"),
	    "route GET /a: has neither an action nor is it public" },
	{ "both action and public",
	    ONE(READ, .path = "/a", .is_public = true, .action = "read", .resource = "A::b"),
	    "route GET /a: has an action and is public" },
	{ "an action with a newline", ONE(READ, .path = "/a", .action = "a\n", .resource = "A::b"),
	    "route GET /a: action has control characters or is no UTF-8" },
	{ "an action that is no UTF-8",
	    ONE(READ, .path = "/a", .action = "\xff", .resource = "A::b"),
	    "route GET /a: action has control characters or is no UTF-8" },
	{ "a public route with a resource",
	    ONE(READ, .path = "/a", .is_public = true, .resource = "A::b"),
	    "route GET /a: is public but has a resource, which nobody would decide about" },
	{ "load without resource", ONE(READ, .path = "/a", .is_public = true, .load = load),
	    "route GET /a: has load but no resource" },

	{ "no handler", ONE(.methods = POSTERN_GET, .path = "/a", .is_public = true),
	    "route GET /a: has no handler" },
	{ "no method", ONE(.path = "/a", .handler = handler, .is_public = true),
	    "route (no method) /a: has no method" },
	{ "an unknown method", { PUBLIC(1u << 7 | POSTERN_GET, "/a") },
	    "route GET /a: has an unknown method" },
	{ "OPTIONS", { PUBLIC(POSTERN_OPTIONS, "/a") },
	    "route OPTIONS /a: has OPTIONS, which the framework answers" },
	{ "HEAD without GET", { PUBLIC(POSTERN_HEAD | POSTERN_PUT, "/a") },
	    "route HEAD, PUT /a: has HEAD without GET" },

	{ "no path", ONE(READ, .is_public = true),
	    "route GET (no path): the path does not begin with a slash, or is too long" },
	{ "an empty path", { PUBLIC(POSTERN_GET, "") },
	    "route GET : the path does not begin with a slash, or is too long" },
	{ "a path without slash", { PUBLIC(POSTERN_GET, "a") },
	    "route GET a: the path does not begin with a slash, or is too long" },
#define SEGMENT_FAULT \
	": a segment of the path is neither {name} nor of the characters A-Za-z0-9._~@:-"
	{ "a final slash", { PUBLIC(POSTERN_GET, "/a/") }, "route GET /a/" SEGMENT_FAULT },
	{ "an empty segment", { PUBLIC(POSTERN_GET, "/a//b") }, "route GET /a//b" SEGMENT_FAULT },
	{ "a dot segment", { PUBLIC(POSTERN_GET, "/a/.") }, "route GET /a/." SEGMENT_FAULT },
	{ "a double dot", { PUBLIC(POSTERN_GET, "/../a") }, "route GET /../a" SEGMENT_FAULT },
	{ "a query", { PUBLIC(POSTERN_GET, "/a?b") }, "route GET /a?b" SEGMENT_FAULT },
	{ "a space", { PUBLIC(POSTERN_GET, "/a b") }, "route GET /a b" SEGMENT_FAULT },
	{ "a parameter without name", { PUBLIC(POSTERN_GET, "/{}") },
	    "route GET /{}" SEGMENT_FAULT },
	{ "a parameter with a digit first", { PUBLIC(POSTERN_GET, "/{1a}") },
	    "route GET /{1a}" SEGMENT_FAULT },
	{ "a parameter with a hyphen", { PUBLIC(POSTERN_GET, "/{a-b}") },
	    "route GET /{a-b}" SEGMENT_FAULT },
	{ "a parameter left open", { PUBLIC(POSTERN_GET, "/{a") }, "route GET /{a" SEGMENT_FAULT },
	{ "half a segment as parameter", { PUBLIC(POSTERN_GET, "/v{a}") },
	    "route GET /v{a}" SEGMENT_FAULT },
	{ "a parameter named twice", { PUBLIC(POSTERN_GET, "/{a}/{a}") },
	    "route GET /{a}/{a}: a parameter is named twice" },
	{ "eight parameters", { PUBLIC(POSTERN_GET, "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}") }, NULL },
	{ "nine parameters", { PUBLIC(POSTERN_GET, "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}") },
	    "route GET /{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}: too many parameters" },
#define SIXTEEN "/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a"
	{ "32 segments", { PUBLIC(POSTERN_GET, SIXTEEN SIXTEEN) }, NULL },
	{ "33 segments", { PUBLIC(POSTERN_GET, SIXTEEN SIXTEEN "/a") },
	    "route GET " SIXTEEN SIXTEEN "/a: the path has too many segments" },

	{ "the same route twice", { PUBLIC(POSTERN_GET, "/a"), PUBLIC(POSTERN_GET, "/a") },
	    "route GET /a: is there twice" },
	{ "one method twice",
	    { PUBLIC(POSTERN_PUT | POSTERN_DELETE, "/a"), PUBLIC(POSTERN_DELETE, "/a") },
	    "route DELETE /a: is there twice" },
	{ "a parameter beside a literal",
	    { PUBLIC(POSTERN_GET, "/a/{x}"), PUBLIC(POSTERN_GET, "/a/b") },
	    "route GET /a/b: matches the same paths as /a/{x}" },
	{ "a literal beside a parameter, for other methods",
	    { PUBLIC(POSTERN_GET, "/a/b"), PUBLIC(POSTERN_PUT, "/a/{x}") },
	    "route PUT /a/{x}: matches the same paths as /a/b" },
	{ "two names for one parameter",
	    { PUBLIC(POSTERN_GET, "/a/{x}"), PUBLIC(POSTERN_PUT, "/a/{y}") },
	    "route PUT /a/{y}: matches the same paths as /a/{x}" },
	{ "crossed parameters", { PUBLIC(POSTERN_GET, "/a/{x}"), PUBLIC(POSTERN_GET, "/{x}/b") },
	    "route GET /{x}/b: matches the same paths as /a/{x}" },
	{ "parameters behind different literals",
	    { PUBLIC(POSTERN_GET, "/a/{x}"), PUBLIC(POSTERN_GET, "/b/{x}") }, NULL },

#define RESOURCE(text) ONE(READ, .path = "/a/{id}", .action = "read", .resource = (text))
#define RESOURCE_FAULT(text) \
	"route GET /a/{id}: resource is neither Type::{parameter} nor Type::name: " text
	{ "a resource by parameter", RESOURCE("Note::{id}"), NULL },
	{ "a resource in a namespace", RESOURCE("A::B::Note::{id}"), NULL },
	{ "a resource by name", RESOURCE("Notes::all"), NULL },
	{ "a parameter that is not in the path", RESOURCE("Note::{other}"),
	    "route GET /a/{id}: resource names a parameter that the path has not: Note::{other}" },
	{ "an empty resource", RESOURCE(""), RESOURCE_FAULT("") },
	{ "a resource without type", RESOURCE("{id}"), RESOURCE_FAULT("{id}") },
	{ "a resource with an empty type", RESOURCE("::{id}"), RESOURCE_FAULT("::{id}") },
	{ "a resource without id", RESOURCE("Note::"), RESOURCE_FAULT("Note::") },
	{ "a resource with a quoted id", RESOURCE("Note::\"x\""), RESOURCE_FAULT("Note::\"x\"") },
	{ "a resource with one colon", RESOURCE("Note:{id}"), RESOURCE_FAULT("Note:{id}") },
	{ "a resource with three colons", RESOURCE("Note:::{id}"), RESOURCE_FAULT("Note:::{id}") },
	{ "a colon in the type", RESOURCE("A:B::{id}"), RESOURCE_FAULT("A:B::{id}") },
	{ "a colon at the end of the type", RESOURCE("A:::x"), RESOURCE_FAULT("A:::x") },
	{ "a type that is no identifier", RESOURCE("1Note::{id}"), RESOURCE_FAULT("1Note::{id}") },
	{ "a colon in the name", RESOURCE("Note::a:b"), RESOURCE_FAULT("Note::a:b") },

	{ "a limit without default",
	    ONE(READ, .path = "/a", .is_public = true, .limit = { "A_LIMIT", NULL }),
	    "route GET /a: has a limit without a default: A_LIMIT" },
	{ "a limit without setting",
	    ONE(READ, .path = "/a", .is_public = true, .limit = { NULL, "1 per day" }),
	    "route GET /a: has a limit without a setting: 1 per day" },
};

static void
table_has_fault(void **state)
{
	const struct fault_row *row = *state;
	struct postern_service service = { .routes = row->routes };
	struct config_faults faults = { .count = 0 };
	struct router *router;
	struct arena arena;

	while (service.route_count < COUNT_OF(row->routes) &&
	       (row->routes[service.route_count].methods != 0 ||
		   row->routes[service.route_count].path != NULL))
		service.route_count++;
	arena_init(&arena, 4096, 1024 * 1024);
	router = router_new(&arena, &service, &faults);
	assert_int_equal(faults.count, row->fault != NULL);
	assert_int_equal(router == NULL, row->fault != NULL);
	if (row->fault != NULL)
		assert_string_equal(faults.texts[0], row->fault);
	arena_done(&arena);
}

static void
all_faults_come_at_once(void **state)
{
	static const struct postern_route bad[] = {
		{ .path = "a",
		    .action = "x",
		    .is_public = true,
		    .load = load,
		    .limit = { "L", NULL } },
		{ .methods = POSTERN_GET, .path = "/{x", .resource = "R::{y}" },
	};
	static const struct postern_service service = { .routes = bad, .route_count = 2 };
	struct config_faults faults = { .count = 0 };
	struct arena arena;

	(void)state;
	arena_init(&arena, 4096, 1024 * 1024);
	assert_null(router_new(&arena, &service, &faults));
	assert_int_equal(faults.count, 6 + 3);
	arena_done(&arena);
}

static void
the_largest_table_compiles_and_one_more_does_not(void **state)
{
	static struct postern_route many[ROUTER_MAX_ROUTES + 1];
	static char paths[ROUTER_MAX_ROUTES + 1][32];
	struct postern_service service = { .routes = many, .route_count = ROUTER_MAX_ROUTES };
	struct config_faults faults = { .count = 0 };
	struct router_match match;
	struct router *router;
	struct uri_path path;
	struct arena arena;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(many); i++) {
		(void)snprintf(paths[i], sizeof(paths[i]), "%s/r%zu/{x}", i % 2 ? "/odd" : "", i);
		many[i] = (struct postern_route)PUBLIC(POSTERN_GET, paths[i]);
	}
	arena_init(&arena, 4096, 16 * 1024 * 1024);
	router = router_new(&arena, &service, &faults);
	assert_non_null(router);
	for (size_t i = 0; i < ROUTER_MAX_ROUTES; i++) {
		assert_string_equal(router_template(router, i), paths[i]);
		strcpy(strchr(paths[i], '{'), "7");
		assert_int_equal(uri_path_parse(&arena, slice_from(paths[i]), &path), URI_OK);
		assert_true(router_find(router, POSTERN_GET, &path, &arena, &match));
		assert_int_equal(match.route_index, i);
	}
	assert_null(router_template(router, ROUTER_MAX_ROUTES));
	service.route_count++;
	assert_null(router_new(&arena, &service, &faults));
	assert_string_equal(faults.texts[0], "routes: more than the router holds");
	arena_done(&arena);
}

static void
a_parameter_has_at_most_128_bytes(void **state)
{
	static const struct postern_route one[] = { PUBLIC(POSTERN_GET, "/{x}") };
	static const struct postern_service service = { .routes = one, .route_count = 1 };
	struct config_faults faults = { .count = 0 };
	struct router_match match;
	struct uri_path path = { .count = 1 };
	struct router *router;
	struct arena arena;
	char value[URI_MAX_PARAM + 1];

	(void)state;
	memset(value, 'a', sizeof(value));
	arena_init(&arena, 4096, 1024 * 1024);
	router = router_new(&arena, &service, &faults);
	assert_non_null(router);
	path.segments[0] = slice_make(value, URI_MAX_PARAM);
	assert_true(router_find(router, POSTERN_GET, &path, &arena, &match));
	path.segments[0].len++;
	assert_false(router_find(router, POSTERN_GET, &path, &arena, &match));
	path.segments[0] = slice_make("a\0b", 3);
	assert_false(router_find(router, POSTERN_GET, &path, &arena, &match));
	path.count = 0;
	assert_false(router_find(router, POSTERN_GET, &path, &arena, &match));
	path.count = URI_MAX_SEGMENTS + 1;
	assert_false(router_find(router, POSTERN_GET, &path, &arena, &match));
	arena_done(&arena);
}

static void
no_memory_finds_nothing_and_compiles_nothing(void **state)
{
	static const struct postern_route one[] = { PUBLIC(POSTERN_GET, "/{x}") };
	static const struct postern_service service = { .routes = one, .route_count = 1 };
	struct config_faults faults = { .count = 0 };
	struct router_match match;
	struct router *router;
	struct uri_path path = { .segments = { SLICE("a") }, .count = 1 };
	struct arena arena, full;

	(void)state;
	arena_init(&arena, 4096, 1024 * 1024);
	arena_init(&full, 16, 0);
	router = router_new(&arena, &service, &faults);
	assert_false(router_find(router, POSTERN_GET, &path, &full, &match));
	arena_done(&full);
	for (size_t ceiling = 64; ceiling < arena.used; ceiling += 64) {
		arena_init(&full, 256, ceiling);
		assert_null(router_new(&full, &service, &faults));
		arena_done(&full);
	}
	assert_true(faults.count > 0);
	arena_done(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_faults_come_at_once),
		cmocka_unit_test(the_largest_table_compiles_and_one_more_does_not),
		cmocka_unit_test(a_parameter_has_at_most_128_bytes),
		cmocka_unit_test(no_memory_finds_nothing_and_compiles_nothing),
	};
	int failures = RUN_ROWS(find_rows, path_finds_route);

	failures += RUN_ROWS(fault_rows, table_has_fault);
	return failures + cmocka_run_group_tests(tests, NULL, NULL);
}
