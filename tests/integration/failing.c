/*
 * A service whose handlers go wrong in every way that they can; test_handlers.py builds it and asks.
 * What a handler has put into a response before it failed bears a marker that must not come out.
 */
#include <stdlib.h>
#include <unistd.h>

#include <postern/postern.h>

static const char marker[] = "mArKeR";

static enum postern_status
says(const struct postern_request *req, struct postern_response *res, enum postern_status status)
{
	(void)req;
	postern_json_string(res, marker, marker);
	postern_set_header(res, "X-Half-Done", marker);
	return status;
}

#define SAYS(name, status)                                                                         \
	static enum postern_status name(struct postern_request *req, struct postern_response *res) \
	{                                                                                          \
		return says(req, res, (status));                                                   \
	}

SAYS(fails, POSTERN_FAILED)
SAYS(says_nonsense, (enum postern_status)99)
SAYS(is_unavailable, POSTERN_UNAVAILABLE)
SAYS(is_invalid, POSTERN_INVALID_REQUEST)
SAYS(is_missing, POSTERN_NOT_FOUND)
SAYS(is_forbidden, POSTERN_FORBIDDEN)
SAYS(created, POSTERN_CREATED)
SAYS(empty, POSTERN_NO_CONTENT)

static enum postern_status
leaves_open(struct postern_request *req, struct postern_response *res)
{
	postern_json_object_begin(res, "open");
	return says(req, res, POSTERN_OK);
}

static enum postern_status
closes_too_much(struct postern_request *req, struct postern_response *res)
{
	postern_json_object_end(res);
	return says(req, res, POSTERN_OK);
}

static enum postern_status
goes_deep(struct postern_request *req, struct postern_response *res)
{
	for (int i = 0; i < 100; i++)
		postern_json_array_begin(res, i == 0 ? "deep" : NULL);
	for (int i = 0; i < 100; i++)
		postern_json_array_end(res);
	return says(req, res, POSTERN_OK);
}

static enum postern_status
writes_no_text(struct postern_request *req, struct postern_response *res)
{
	postern_json_string(res, "text", "\xff\xfe");
	return says(req, res, POSTERN_OK);
}

static enum postern_status
breaks_a_line(struct postern_request *req, struct postern_response *res)
{
	postern_set_header(res, "X-Line", "a\r\nSet-Cookie: mArKeR");
	return says(req, res, POSTERN_OK);
}

static enum postern_status
sets_a_cookie(struct postern_request *req, struct postern_response *res)
{
	postern_set_header(res, "Set-Cookie", "mArKeR=1");
	return says(req, res, POSTERN_OK);
}

static enum postern_status
takes_all_memory(struct postern_request *req, struct postern_response *res)
{
	size_t taken = 0;

	while (postern_alloc(req, 64 * 1024) != NULL && taken < (size_t)1 << 30)
		taken += 64 * 1024;
	return says(req, res, taken < (size_t)1 << 30 ? POSTERN_FAILED : POSTERN_OK);
}

static enum postern_status
writes_without_end(struct postern_request *req, struct postern_response *res)
{
	postern_json_array_begin(res, "again");
	for (int i = 0; i < 2000000; i++)
		postern_json_string(res, NULL, "and again");
	postern_json_array_end(res);
	return says(req, res, POSTERN_OK);
}

static enum postern_status
says_a_name_twice(struct postern_request *req, struct postern_response *res)
{
	postern_json_string(res, marker, "one of them wins, and who reads it decides which");
	return says(req, res, POSTERN_OK);
}

/* --- handlers that take their worker with them --- */

static enum postern_status
aborts(struct postern_request *req, struct postern_response *res)
{
	says(req, res, POSTERN_OK);
	abort();
}

static enum postern_status
exits(struct postern_request *req, struct postern_response *res)
{
	says(req, res, POSTERN_OK);
	_exit(3);
}

static enum postern_status
hangs(struct postern_request *req, struct postern_response *res)
{
	while (pause() != 0)
		continue;
	return says(req, res, POSTERN_OK);
}

/* --- resources that cannot be described --- */

static enum postern_status
load_fails(struct postern_request *req, struct postern_entity *resource)
{
	postern_entity_string(resource, marker, postern_path_param(req, "what"));
	return POSTERN_FAILED;
}

static enum postern_status
load_is_unavailable(struct postern_request *req, struct postern_entity *resource)
{
	postern_entity_string(resource, marker, postern_path_param(req, "what"));
	return POSTERN_UNAVAILABLE;
}

static enum postern_status
load_says_it_twice(struct postern_request *req, struct postern_entity *resource)
{
	postern_entity_string(resource, marker, postern_path_param(req, "what"));
	postern_entity_string(resource, marker, postern_path_param(req, "what"));
	return POSTERN_OK;
}

#define ROUTE(at, what)                                                                    \
	{                                                                                  \
		.methods = POSTERN_GET, .path = "/" at, .handler = what, .is_public = true \
	}

#define GUARDED(at, how)                                                                        \
	{                                                                                       \
		.methods = POSTERN_GET | POSTERN_POST, .path = "/" at "/{what}",                \
		.handler = created, .action = "read", .resource = "Thing::{what}", .load = how, \
	}

static const struct postern_route routes[] = {
	ROUTE("fails", fails),
	ROUTE("nonsense", says_nonsense),
	ROUTE("unavailable", is_unavailable),
	ROUTE("invalid", is_invalid),
	ROUTE("missing", is_missing),
	ROUTE("forbidden", is_forbidden),
	ROUTE("created", created),
	ROUTE("empty", empty),
	ROUTE("open", leaves_open),
	ROUTE("closed", closes_too_much),
	ROUTE("deep", goes_deep),
	ROUTE("no-text", writes_no_text),
	ROUTE("line", breaks_a_line),
	ROUTE("cookie", sets_a_cookie),
	ROUTE("memory", takes_all_memory),
	ROUTE("endless", writes_without_end),
	ROUTE("twice", says_a_name_twice),
	ROUTE("aborts/{what}", aborts),
	ROUTE("exits/{what}", exits),
	ROUTE("hangs/{what}", hangs),
	GUARDED("load-fails", load_fails),
	GUARDED("load-is-unavailable", load_is_unavailable),
	GUARDED("load-says-it-twice", load_says_it_twice),
	ROUTE("health", postern_health),
};

int
main(int argc, char **argv)
{
	static const struct postern_service service = {
		POSTERN_SERVICE_ABI,
		.name = "failing",
		.version = "1.0",
		.routes = routes,
		.route_count = POSTERN_COUNT(routes),
	};

	return postern_main(&service, argc, argv);
}
