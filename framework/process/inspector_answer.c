/* What the inspector answers. */
#include "process/inspector.h"

#include "core/clock.h"
#include "guard/guard.h"
#include "process/current.h"
#include "process/report.h"

static const char text_plain[] = "text/plain; charset=utf-8";
static const char text_metrics[] = "text/plain; version=0.0.4; charset=utf-8";
static const char text_open_metrics[] =
    "application/openmetrics-text; version=1.0.0; charset=utf-8";

enum { METRICS_FIRST = 64 * 1024 };

/* Whether the query has a parameter of this name, whatever its value. */
static bool
has_parameter(struct slice query, const char *name)
{
	while (query.data != NULL) {
		struct slice pair = slice_cut(&query, '&');

		if (slice_is(slice_first(pair, slice_find(pair, '=')), name))
			return true;
	}
	return false;
}

/* Whoever names OpenMetrics among what it accepts gets it, unless with a weight of zero. */
static bool
accepts_open_metrics(const struct request *req)
{
	const struct slice type = SLICE_OF("application/openmetrics-text");
	struct slice list = request_header(req, "Accept", NULL);

	while (list.data != NULL) {
		struct slice parameters = slice_trim(slice_cut(&list, ','));
		struct slice name = slice_trim(slice_cut(&parameters, ';'));
		bool is_refused = false;

		while (parameters.data != NULL) {
			struct slice parameter = slice_trim(slice_cut(&parameters, ';'));

			is_refused |= slice_is(parameter, "q=0") || slice_is(parameter, "q=0.0") ||
				      slice_is(parameter, "q=0.00") ||
				      slice_is(parameter, "q=0.000");
		}
		if (slice_equal_nocase(name, type) && !is_refused)
			return true;
	}
	return false;
}

static bool
take(const struct inspector *inspector, const struct request *req, struct inspection *ret)
{
	const struct current *current = inspector->current;
	size_t i;

	if (!inspection_take(ret, req->arena, current->service, current->config->service_name,
		inspector->shared, inspector->tally, clock_mono_us()))
		return false;
	ret->queue_count = inspector->queues.count;
	for (i = 0; i < ret->queue_count; i++)
		ret->queues[i] = queue_watch_ask(&inspector->queues, i);
	return true;
}

/* --- the four of them ------------------------------------------------------------------------ */

typedef void answer_fn(
    const struct inspection *inspection, const struct request *req, struct response *res);

static void
answer_status(const struct inspection *inspection, const struct request *req, struct response *res)
{
	report_json(inspection, has_parameter(req->query, "full"), res);
	res->has_body = true;
}

static void
answer_metrics(const struct inspection *inspection, const struct request *req, struct response *res)
{
	const bool is_open = accepts_open_metrics(req);
	struct buffer text;

	buffer_init(&text, req->arena, METRICS_FIRST, REPORT_METRICS_MAX);
	report_metrics(inspection, is_open, &text);
	if (buffer_failed(&text))
		response_error(res, HTTP_ERROR_INTERNAL);
	else
		response_text(
		    res, is_open ? text_open_metrics : text_metrics, buffer_content(&text));
	response_header(res, "Vary", SLICE_OF("Accept"));
}

static void
answer_ping(const struct inspection *inspection UNUSED, const struct request *req UNUSED,
    struct response *res)
{
	response_text(res, text_plain, SLICE_OF("pong\n"));
}

static void
answer_ready(
    const struct inspection *inspection, const struct request *req UNUSED, struct response *res)
{
	if (inspection->is_ready)
		response_text(res, text_plain, SLICE_OF("ready\n"));
	else
		response_error(res, HTTP_ERROR_SERVICE_UNAVAILABLE);
}

static const struct {
	const char *path;
	answer_fn *answer;
} answers[] = {
	{ "status", answer_status },
	{ "metrics", answer_metrics },
	{ "ping", answer_ping },
	{ "ready", answer_ready },
};

static answer_fn *
find_answer(const struct request *req)
{
	if (req->path_fault != URI_OK || req->path.count != 1)
		return NULL;
	for (size_t i = 0; i < COUNT_OF(answers); i++)
		if (slice_is(req->path.segments[0], answers[i].path))
			return answers[i].answer;
	return NULL;
}

static void
answer(const struct inspector *inspector, struct request *req, struct response *res)
{
	answer_fn *find = find_answer(req);
	struct inspection inspection;

	if (find == NULL) {
		response_error(res, HTTP_ERROR_NOT_FOUND);
	} else if (req->method != POSTERN_GET && req->method != POSTERN_HEAD) {
		response_error(res, HTTP_ERROR_METHOD_NOT_ALLOWED);
		response_header(res, "Allow", SLICE_OF("GET, HEAD"));
	} else if (!take(inspector, req, &inspection)) {
		response_error(res, HTTP_ERROR_INTERNAL);
	} else {
		find(&inspection, req, res);
	}
}

void
inspector_answer(const struct inspector *inspector, struct request *req, struct response *res)
{
	const struct guard_env env = { .config = inspector->current->config };

	res->is_head = req->method == POSTERN_HEAD;
	answer(inspector, req, res);
	response_header(res, "Cache-Control", SLICE_OF("no-store"));
	guard_security_headers(&env, req, res);
}
