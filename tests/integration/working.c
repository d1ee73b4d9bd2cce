/*
 * A service whose requests take as long as they say, and which keeps memory when it is told to; for the plays about
 * the number of workers and their renewal. Every answer says who gave it, and what was asked. /rests says how often the worker
 * has rested.
 */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <postern/postern.h>

static long
number_of(const struct postern_request *req, const char *name)
{
	return strtol(postern_path_param(req, name), NULL, 10);
}

static enum postern_status
works(struct postern_request *req, struct postern_response *res)
{
	(void)poll(NULL, 0, (int)number_of(req, "ms"));
	postern_json_integer(res, "pid", getpid());
	postern_json_string(res, "id", postern_path_param(req, "id"));
	return POSTERN_OK;
}

/* The pages are written, or they would not be there. */
static enum postern_status
leaks(struct postern_request *req, struct postern_response *res)
{
	const size_t size = (size_t)number_of(req, "kb") * 1024;
	char *kept = malloc(size);

	if (kept == NULL)
		return POSTERN_UNAVAILABLE;
	memset(kept, (int)size | 1, size);
	postern_json_integer(res, "pid", getpid());
	postern_json_boolean(res, "kept", kept[size / 2] != 0);
	return POSTERN_OK;
}

static long rest_count;

static void
rest(void *data)
{
	rest_count++;
	(void)data;
}

static enum postern_status
rests(struct postern_request *req, struct postern_response *res)
{
	(void)req;
	postern_json_integer(res, "rests", rest_count);
	return POSTERN_OK;
}

int
main(int argc, char **argv)
{
	static const struct postern_route routes[] = {
		{ .methods = POSTERN_GET | POSTERN_POST,
		    .path = "/work/{ms}/{id}",
		    .handler = works,
		    .is_public = true },
		{ .methods = POSTERN_POST,
		    .path = "/leak/{kb}",
		    .handler = leaks,
		    .is_public = true },
		{ .methods = POSTERN_GET, .path = "/rests", .handler = rests, .is_public = true },
		{ .methods = POSTERN_GET,
		    .path = "/health",
		    .handler = postern_health,
		    .is_public = true },
	};
	static const struct postern_service service = {
		POSTERN_SERVICE_ABI,
		.name = "working",
		.version = "1.0",
		.routes = routes,
		.route_count = POSTERN_COUNT(routes),
		.worker_rest = rest,
	};

	return postern_main(&service, argc, argv);
}
