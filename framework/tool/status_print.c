/*
 * The table of `postern status`. Texts come from the service: what could steer a terminal is
 * printed as a question mark.
 */
#include "tool/status.h"

#include <stdbool.h>

enum { TEXT_WIDTH = 100, ROUTE_WIDTH = 44 };

static json_int_t
number(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

void
status_put_text(FILE *out, const char *text, int width)
{
	int len = 0;

	for (; text != NULL && *text != '\0' && len < TEXT_WIDTH; text++, len++)
		fputc((unsigned char)*text < ' ' || *text == 0x7f || (unsigned char)*text >= 0x80
			  ? '?'
			  : *text,
		    out);
	for (; len < width; len++)
		fputc(' ', out);
}

static void
put_member(FILE *out, const json_t *object, const char *name, int width)
{
	status_put_text(out, json_string_value(json_object_get(object, name)), width);
}

void
status_put_duration(FILE *out, json_int_t seconds)
{
	if (seconds >= 86400)
		fprintf(out, "%" JSON_INTEGER_FORMAT " d ", seconds / 86400);
	fprintf(out, "%02d:%02d:%02d", (int)(seconds / 3600 % 24), (int)(seconds / 60 % 60),
	    (int)(seconds % 60));
}

/* All counts of an object, or those above 0: "a 1, b 2". */
static void
put_counts(FILE *out, const char *title, json_t *counts, bool with_zero)
{
	const char *name, *before = "";
	json_t *value;

	fprintf(out, "%-14s", title);
	json_object_foreach(counts, name, value)
	{
		if (!json_is_integer(value) || (!with_zero && json_integer_value(value) == 0))
			continue;
		fputs(before, out);
		status_put_text(out, name, 0);
		fprintf(out, " %" JSON_INTEGER_FORMAT, json_integer_value(value));
		before = ", ";
	}
	fputs(before[0] == '\0' ? "-\n" : "\n", out);
}

static void
put_head(FILE *out, const json_t *status)
{
	const json_t *policies = json_object_get(status, "policies");
	const json_t *key = json_object_get(status, "key");

	put_member(out, status, "service", 0);
	fputc(' ', out);
	put_member(out, status, "version", 0);
	fputs(": ", out);
	put_member(out, status, "state", 0);
	fputs(json_is_true(json_object_get(status, "ready")) ? ", ready" : ", not ready", out);
	fputs(", up ", out);
	status_put_duration(out, number(status, "uptime_seconds"));
	fprintf(out, ", generation %" JSON_INTEGER_FORMAT ", pid %" JSON_INTEGER_FORMAT "\n\n",
	    number(status, "generation"), number(status, "pid"));
	if (key != NULL) {
		fputs("key           the same for ", out);
		status_put_duration(out, number(key, "age_seconds"));
		fputc('\n', out);
	}
	if (policies == NULL)
		return;
	fprintf(out, "policies      %" JSON_INTEGER_FORMAT ", digest ", number(policies, "count"));
	put_member(out, policies, "digest", 0);
	fputs(", read ", out);
	status_put_duration(out, number(policies, "age_seconds"));
	fputs(json_is_true(json_object_get(policies, "in_force")) ? " ago\n" : " ago, EXPIRED\n",
	    out);
}

static void
put_queues(FILE *out, const json_t *queues)
{
	json_t *queue;
	size_t i;

	json_array_foreach(queues, i, queue)
	{
		fprintf(out, "queue %-8zu", i + 1);
		if (json_object_get(queue, "waiting") == NULL)
			fputs("unknown\n", out);
		else
			fprintf(out,
			    "%" JSON_INTEGER_FORMAT " of %" JSON_INTEGER_FORMAT " waiting\n",
			    number(queue, "waiting"), number(queue, "limit"));
	}
}

static void
put_sums(FILE *out, const json_t *status)
{
	put_counts(out, "workers", json_object_get(status, "workers"), true);
	fprintf(out,
	    "connections   accepted %" JSON_INTEGER_FORMAT ", open %" JSON_INTEGER_FORMAT
	    ", refused %" JSON_INTEGER_FORMAT ", turned away %" JSON_INTEGER_FORMAT "\n",
	    number(status, "accepted_connections"), number(status, "open_connections"),
	    number(status, "protocol_refusals"), number(status, "peer_refusals"));
	put_queues(out, json_object_get(status, "queues"));
	put_counts(out, "requests", json_object_get(status, "requests"), true);
	put_counts(out, "refused by", json_object_get(status, "refused_by_guard"), false);
	put_counts(out, "answered by", json_object_get(status, "answered_by_guard"), false);
	put_counts(out, "rate limit", json_object_get(status, "rate_limit"), false);
	put_counts(out, "tokens", json_object_get(status, "authentication"), false);
	put_counts(out, "decisions", json_object_get(status, "authorization"), false);
	fprintf(out, "policy errors %" JSON_INTEGER_FORMAT "\n", number(status, "policy_errors"));
	put_counts(out, "deaths", json_object_get(status, "deaths"), false);
	put_counts(out, "reloads", json_object_get(status, "reloads"), true);
	fprintf(
	    out, "lost lines    %" JSON_INTEGER_FORMAT "\n", number(status, "log_lines_dropped"));
}

static void
put_route(FILE *out, const json_t *route)
{
	const json_int_t count = number(route, "requests");
	const json_int_t mean_us = count > 0 ? number(route, "duration_us") / count : 0;
	const char *path = json_string_value(json_object_get(route, "route"));

	status_put_text(out, path == NULL || path[0] == '\0' ? "(no route)" : path, ROUTE_WIDTH);
	fputc(' ', out);
	put_member(out, route, "method", 8);
	fprintf(out,
	    " %10" JSON_INTEGER_FORMAT " %9" JSON_INTEGER_FORMAT " %7" JSON_INTEGER_FORMAT
	    " %8" JSON_INTEGER_FORMAT " %7" JSON_INTEGER_FORMAT " %8" JSON_INTEGER_FORMAT ".%03d\n",
	    count, number(route, "2xx"), number(route, "3xx"), number(route, "4xx"),
	    number(route, "5xx"), mean_us / 1000, (int)(mean_us % 1000));
}

static void
put_worker(FILE *out, const json_t *worker)
{
	const json_int_t busy_us = number(worker, "busy_us");

	fprintf(out, "%6" JSON_INTEGER_FORMAT " %8" JSON_INTEGER_FORMAT "  ",
	    number(worker, "worker"), number(worker, "pid"));
	put_member(out, worker, "state", 9);
	fprintf(out,
	    " %10" JSON_INTEGER_FORMAT " %12" JSON_INTEGER_FORMAT " %7" JSON_INTEGER_FORMAT
	    ".%03d ",
	    number(worker, "requests"), number(worker, "connections"), busy_us / 1000000,
	    (int)(busy_us / 1000 % 1000));
	put_member(out, worker, "route", 0);
	fputc('\n', out);
}

void
status_print(const json_t *status, FILE *out)
{
	const json_t *workers = json_object_get(status, "each_worker");
	json_t *item;
	size_t i;

	put_head(out, status);
	put_sums(out, status);
	fprintf(out, "\n%-*s %-8s %10s %9s %7s %8s %7s %12s\n", ROUTE_WIDTH, "ROUTE", "METHOD",
	    "REQUESTS", "2XX", "3XX", "4XX", "5XX", "MEAN MS");
	json_array_foreach(json_object_get(status, "routes"), i, item) put_route(out, item);
	if (workers == NULL)
		return;
	fprintf(out, "\n%6s %8s  %-9s %10s %12s %11s %s\n", "WORKER", "PID", "STATE", "REQUESTS",
	    "CONNECTIONS", "BUSY S", "ROUTE");
	json_array_foreach(workers, i, item) put_worker(out, item);
}
