/*
 * One request and out. The command line is never looked at: a web server puts the client's query
 * there (RFC 3875 §4.4).
 */
#include "process/cgi.h"

#include <signal.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/clock.h"
#include "gateway/gateway.h"
#include "log/log.h"
#include "process/confine.h"
#include "process/current.h"
#include "process/exchange.h"
#include "process/startup.h"

extern char **environ;

enum {
	CGI_SEND_US = 30 * 1000 * 1000, /* for the answer to be taken */
	CGI_DRAIN_US = 5 * 1000 * 1000, /* for the rest of a body that was not asked for */
	CGI_STORE_ARENA = 16 * 1024 * 1024,
};

/* CONTENT_LENGTH, as far as it is one; request_parse says what is wrong with another. */
static int64_t
declared_length(void)
{
	uint64_t length = 0;

	(void)slice_to_u64(slice_from(getenv("CONTENT_LENGTH")), INT32_MAX, &length);
	return (int64_t)length;
}

/*
 * When there are no settings to answer by: the same error as everywhere, with the same header
 * fields.
 */
static int
answer_failure(const struct postern_service *service, enum http_error error)
{
	const struct config minimal = { .environment = ENVIRONMENT_PRODUCTION,
		.is_hardened = true };
	const struct guard_env env = { .service = service, .config = &minimal };
	const struct request req = { 0 };
	struct response res;
	struct arena arena;
	bool sent;

	arena_init(&arena, REQUEST_ARENA_BLOCK, REQUEST_ARENA_SPARE);
	response_init(&res, &arena);
	response_error(&res, error);
	guard_security_headers(&env, &req, &res);
	sent = gateway_cgi_send(
	    STDOUT_FILENO, response_bytes(&res, NULL), clock_mono_us() + CGI_SEND_US);
	gateway_cgi_drain(STDIN_FILENO, declared_length(), clock_mono_us() + CGI_DRAIN_US);
	arena_done(&arena);
	return sent ? EX_OK : EX_IOERR;
}

static int
answer(const struct generation *generation, struct limit_store *limits, void *worker_data)
{
	static const _Atomic(int64_t) never = 0;
	const int64_t started_us = clock_mono_us();
	const int64_t deadline_us =
	    started_us + (int64_t)generation->config->request_read_timeout_s * 1000000;
	struct gateway_cgi_body body;
	struct body_source source;
	struct exchange exchange;
	struct params params;
	struct slice response;
	bool sent;

	exchange_init(&exchange, generation, limits, &never, worker_data);
	if (!params_split(&exchange.arena, environ, &params)) {
		exchange_done(&exchange);
		return answer_failure(generation->service, HTTP_ERROR_INTERNAL);
	}
	gateway_cgi_body_init(&body, STDIN_FILENO, declared_length(), deadline_us, &source);
	response = exchange_answer(&exchange, &params, source, started_us);
	sent = gateway_cgi_send(STDOUT_FILENO, response, clock_mono_us() + CGI_SEND_US);
	exchange_end(&exchange, sent, clock_mono_us());
	gateway_cgi_drain(STDIN_FILENO, body.left, deadline_us);
	exchange_done(&exchange);
	return EX_OK;
}

static int
serve(const struct generation *generation, const struct sandbox *sandbox)
{
	const struct postern_service *service = generation->service;
	struct limit_store *limits = NULL;
	struct arena arena;
	void *data = NULL;
	int status;

	/* Whatever hangs, in a handler or on a disk: this ends it, as the manager would. */
	alarm(generation->config->worker_timeout_s);
	arena_init(&arena, 64 * 1024, CGI_STORE_ARENA);
	if (limit_store_open_direct(&arena, slice_from(generation->config->rate_limit_uri),
		&limits) != LIMIT_STORE_OK) {
		startup_log_failure(service, STDERR_FILENO, "store", NULL);
		status = answer_failure(service, HTTP_ERROR_SERVICE_UNAVAILABLE);
	} else if (service->worker_start != NULL && !service->worker_start(&data)) {
		startup_log_failure(service, STDERR_FILENO, "worker", NULL);
		status = answer_failure(service, HTTP_ERROR_SERVICE_UNAVAILABLE);
	} else if (!confine(sandbox, CONFINED_CGI, current_get(), NULL)) {
		startup_log_failure(service, STDERR_FILENO, "sandbox", NULL);
		status = answer_failure(service, HTTP_ERROR_INTERNAL);
	} else {
		status = answer(generation, limits, data);
		if (service->worker_stop != NULL)
			service->worker_stop(data);
	}
	if (limits != NULL)
		limit_store_close(limits);
	arena_done(&arena);
	return status;
}

int
cgi_run(const struct postern_service *service)
{
	struct startup startup;
	int status;

	(void)signal(SIGPIPE, SIG_IGN);
	if (startup_run(&startup, service, STARTUP_CGI, STDERR_FILENO)) {
		status = serve(startup.generation, startup.sandbox);
	} else {
		startup_log_failure(service, STDERR_FILENO, "settings", NULL);
		status = answer_failure(service, HTTP_ERROR_INTERNAL);
	}
	startup_done(&startup);
	return status;
}
