/*
 * A service whose POST has an effect that can be counted: one line in the file "records" of the working directory for
 * each; for test_no_request_lost.py. Every answer says who gave it, and what was asked.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <postern/postern.h>

static int records = -1;

static bool
opens(void **ret_data)
{
	records = open("records", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	*ret_data = NULL;
	return records >= 0;
}

static enum postern_status
answers(struct postern_request *req, struct postern_response *res)
{
	postern_json_integer(res, "pid", getpid());
	postern_json_string(res, "id", postern_path_param(req, "id"));
	return POSTERN_OK;
}

/* One write: lines of several workers do not mix. */
static enum postern_status
counts(struct postern_request *req, struct postern_response *res)
{
	char line[128];
	int len = snprintf(line, sizeof(line), "%s\n", postern_path_param(req, "id"));

	if (len <= 0 || len >= (int)sizeof(line) || write(records, line, (size_t)len) != len)
		return POSTERN_FAILED;
	return answers(req, res);
}

int
main(int argc, char **argv)
{
	static const struct postern_route routes[] = {
		{ .methods = POSTERN_GET,
		    .path = "/records/{id}",
		    .handler = answers,
		    .is_public = true },
		{ .methods = POSTERN_POST,
		    .path = "/records/{id}",
		    .handler = counts,
		    .is_public = true },
	};
	static const struct postern_service service = {
		POSTERN_SERVICE_ABI,
		.name = "counting",
		.version = "1.0",
		.routes = routes,
		.route_count = POSTERN_COUNT(routes),
		.worker_start = opens,
	};

	return postern_main(&service, argc, argv);
}
