/*
 * What each guard costs, in one process without sockets: a request to a guarded route goes down the line, and at each
 * guard it stands still while that guard is called many times over. tests/bench/run calls this; the token comes as
 * the argument, JWT_PUBLIC_KEY_FILE and AUTHORIZATION_POLICIES_DIR from the environment.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/clock.h"
#include "process/exchange.h"
#include "process/generation.h"

enum { ROUNDS = 20000, LIMIT_ENTRIES = 1024, LIMIT_WAIT_MS = 1000 };

static enum postern_status
document_load(struct postern_request *req, struct postern_entity *resource)
{
	(void)req;
	postern_entity_reference(resource, "owner", "Patient", "p1");
	postern_entity_string(resource, "clinic_id", "clinic-a");
	return POSTERN_OK;
}

static enum postern_status
document_read(struct postern_request *req, struct postern_response *res)
{
	postern_json_string(res, "document_id", postern_path_param(req, "document_id"));
	return POSTERN_OK;
}

static const struct postern_route routes[] = {
	{ .methods = POSTERN_GET,
	    .path = "/api/v1/documents/{document_id}",
	    .handler = document_read,
	    .action = "readDocument",
	    .resource = "Document::{document_id}",
	    .load = document_load,
	    .limit = { .setting = "DOCUMENT_READ_RATE_LIMIT", .otherwise = "1000000 per second" } },
};

static const struct postern_service service = {
	POSTERN_SERVICE_ABI,
	.name = "documents",
	.version = "0",
	.cedar_namespace = "demo",
	.routes = routes,
	.route_count = POSTERN_COUNT(routes),
};

static const struct {
	const char *name;
	guard_fn *guard;
} line[] = {
	{ "proxy", guard_proxy },
	{ "transport", guard_transport },
	{ "payload", guard_payload },
	{ "route", guard_route },
	{ "cors", guard_cors },
	{ "limit", guard_limit },
	{ "authn", guard_authn },
	{ "contract", guard_contract },
	{ "authz", guard_authz },
};

static ssize_t
no_body(void *context, char *room, size_t size)
{
	(void)context;
	(void)room;
	(void)size;
	return 0;
}

static const char *const said[] = { "REQUEST_METHOD=GET", "REQUEST_URI=/api/v1/documents/d1",
	"QUERY_STRING=", "CONTENT_LENGTH=", "SERVER_PROTOCOL=HTTP/1.1", "REMOTE_ADDR=192.0.2.7",
	"REQUEST_SCHEME=https", "HTTPS=on", "HTTP_HOST=localhost", "HTTP_X_FORWARDED_FOR=192.0.2.7",
	"HTTP_X_FORWARDED_PROTO=https", "HTTP_X_FORWARDED_HOST=localhost", "HTTP_USER_AGENT=bench",
	"HTTP_ACCEPT=*/*" };

/* What was said, the token and the NULL at the end. */
static char *texts[COUNT_OF(said) + 2];
static struct params params;

static bool
fill_params(struct arena *arena, const char *token)
{
	for (size_t i = 0; i < COUNT_OF(said); i++)
		if ((texts[i] = arena_dup(arena, said[i], strlen(said[i]))) == NULL)
			return false;
	texts[COUNT_OF(said)] = arena_printf(arena, "HTTP_AUTHORIZATION=Bearer %s", token);
	return texts[COUNT_OF(said)] != NULL && params_split(arena, texts, &params);
}

static void
print_cost(const char *name, int64_t began_us)
{
	printf("%-10s %8.3f\n", name, (double)(clock_mono_us() - began_us) / ROUNDS);
}

static bool
measure_guard(struct exchange *exchange, size_t at)
{
	struct request *req = &exchange->req.in;
	int64_t began = clock_mono_us();

	for (int i = 0; i < ROUNDS; i++) {
		struct arena_mark mark = arena_mark(req->arena);
		struct request before = *req;

		if (line[at].guard(&exchange->env, req, &exchange->res.out) != GUARD_PASSED) {
			fprintf(
			    stderr, "guards: %s does not let the request pass\n", line[at].name);
			return false;
		}
		if (i + 1 < ROUNDS) {
			*req = before;
			exchange->res.out.header_count = 0;
			arena_rollback(req->arena, mark);
		}
	}
	print_cost(line[at].name, began);
	return true;
}

static bool
measure_line(struct exchange *exchange)
{
	struct request *req = &exchange->req.in;
	struct router_match match;
	enum http_error error;

	memset(&exchange->req, 0, sizeof(exchange->req));
	req->arena = &exchange->arena;
	req->body_source.read = no_body;
	req->wall_us = clock_wall_us();
	req->log = exchange->env.log;
	response_init(&exchange->res.out, req->arena);
	if (!request_parse(req, &params, &error) ||
	    !router_find(exchange->env.router, req->method, &req->path, req->arena, &match))
		return false;
	req->match = &match;
	for (size_t i = 0; i < COUNT_OF(line); i++)
		if (!measure_guard(exchange, i))
			return false;
	arena_reset(req->arena);
	return true;
}

/* Everything from parameters to bytes and the access line. */
static void
measure_whole(struct exchange *exchange)
{
	int64_t began = clock_mono_us();

	for (int i = 0; i < ROUNDS; i++) {
		struct slice bytes = exchange_answer(
		    exchange, &params, (struct body_source) { no_body, NULL }, clock_mono_us());

		exchange_end(exchange, bytes.len > 0, clock_mono_us());
	}
	print_cost("whole", began);
}

int
main(int argc, char **argv)
{
	static _Atomic(int64_t) never_expires;
	static struct exchange exchange;
	struct generation *generation = generation_new(&service, 1);
	struct limit_store *limits;
	struct arena arena;
	uint32_t restored;
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	bool is_good;

	if (argc != 2 || generation == NULL || null < 0)
		return 64;
	setenv("ENV", "test", 1);
	setenv("RATE_LIMIT_STORAGE_URI", "memory://", 1);
	arena_init(&arena, 4096, 16 * 1024 * 1024);
	if (!fill_params(&arena, argv[1]) || !generation_read(generation, environ) ||
	    !generation_load(generation, null)) {
		generation_print_faults(generation);
		return 78;
	}
	if (limit_store_open_shared(&arena, SLICE_OF("memory://"), LIMIT_ENTRIES, LIMIT_WAIT_MS,
		clock_wall_us(), &limits, &restored) != LIMIT_STORE_OK)
		return 71;
	exchange_init(&exchange, generation, limits, &never_expires, NULL);
	is_good = measure_line(&exchange);
	if (is_good)
		measure_whole(&exchange);
	exchange_done(&exchange);
	limit_store_close(limits);
	generation_free(generation);
	arena_done(&arena);
	return is_good ? 0 : 1;
}
