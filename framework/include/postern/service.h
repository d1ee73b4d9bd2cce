/*
 * A service is a table of routes and a few callbacks. postern_main() does the rest: arguments,
 * settings, policies, manager and workers, or one CGI request.
 *
 * All tables must stay valid and unchanged until postern_main returns: declare them `static
 * const`. Every string in them is checked at start; a fault is reported by name with all the
 * others and ends the process with 78.
 */
#ifndef POSTERN_SERVICE_H
#define POSTERN_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <postern/entity.h>
#include <postern/export.h>
#include <postern/request.h>
#include <postern/response.h>
#include <postern/status.h>

POSTERN_BEGIN

/* Methods, to be or-ed. A route with POSTERN_GET answers HEAD too; OPTIONS is the framework's. */
#define POSTERN_GET (1u << 0)
#define POSTERN_HEAD (1u << 1)
#define POSTERN_POST (1u << 2)
#define POSTERN_PUT (1u << 3)
#define POSTERN_PATCH (1u << 4)
#define POSTERN_DELETE (1u << 5)
#define POSTERN_OPTIONS (1u << 6)

/* Answers a request whose guards have all passed. */
typedef enum postern_status postern_handler(
    struct postern_request *req, struct postern_response *res);

/*
 * Describes the resource that the request names, before the policies are asked. POSTERN_OK: go on.
 * POSTERN_NOT_FOUND: 404, which only an authenticated principal gets to see. Anything else is its
 * own error. What it loads it may keep for the handler with postern_keep().
 */
typedef enum postern_status postern_load(
    struct postern_request *req, struct postern_entity *resource);

/* Between `load` and the handler of one request: keep a pointer (of postern_alloc), get it back. */
POSTERN_API void postern_keep(struct postern_request *req, void *data);
POSTERN_API void *postern_kept(const struct postern_request *req);

struct postern_limit {
	const char *setting; /* environment variable that holds the limit: "NOTE_READ_RATE_LIMIT" */
	const char *otherwise; /* where it is unset: "60 per minute". Both NULL: no limit */
};

struct postern_route {
	unsigned methods; /* POSTERN_GET | ... */
	const char *path; /* "/notes/{note_id}"; segments are literal or one {name} */
	postern_handler *handler;
	bool is_public;         /* no token, no policy. Either this or `action` must be given */
	bool allows_plain_http; /* answered without HTTPS also in production (health checks) */
	const char
	    *action; /* Cedar action id: "readNote" is <cedar_namespace>::Action::"readNote" */
	const char *
	    resource; /* Cedar resource: "Note::{note_id}", the parameter being the id; or "Notes::all" */
	postern_load *load; /* NULL: the resource has no attributes */
	struct postern_limit limit;
};

enum postern_setting_type {
	POSTERN_SETTING_TEXT,
	POSTERN_SETTING_INTEGER,
	POSTERN_SETTING_SQLITE_URL /* sqlite:///absolute/path */
};

/*
 * A setting of the service's own: an environment variable, checked at start like the framework's.
 */
struct postern_setting {
	const char *name;
	enum postern_setting_type type;
	const char *otherwise;    /* default in the form of the environment; NULL: none */
	int64_t minimum, maximum; /* of an integer */
	const char *help;         /* one line for --help-settings */
	bool is_secret;           /* wiped from the environment after reading; value never shown */
};

/*
 * A setting's value: as text, or NULL when unset without default; as a number for
 * POSTERN_SETTING_INTEGER.
 */
POSTERN_API const char *postern_setting(const char *name);
POSTERN_API int64_t postern_setting_integer(const char *name);
/* The path of a POSTERN_SETTING_SQLITE_URL ("/var/lib/x.db"); NULL when unset without default. */
POSTERN_API const char *postern_setting_path(const char *name);

/*
 * `documents seed ARGS`: runs with settings read and privileges dropped, without serving. Returns
 * the exit status.
 */
struct postern_command {
	const char *name;
	const char *help; /* one line */
	int (*run)(int argc, char **argv);
};

/*
 * Which shape of these structs a service was built with, so that 1.y may add fields behind the
 * present ones.
 */
struct postern_abi {
	size_t service_size, route_size, setting_size, command_size;
};
#define POSTERN_SERVICE_ABI                                                    \
	.abi = { sizeof(struct postern_service), sizeof(struct postern_route), \
		sizeof(struct postern_setting), sizeof(struct postern_command) }

struct postern_service {
	struct postern_abi abi; /* POSTERN_SERVICE_ABI */
	const char *name;       /* default of SERVICE_NAME: 1 to 64 of [a-z0-9-] */
	const char *version;    /* for --version */
	const char
	    *cedar_namespace; /* of principal, action and resource types: "demo"; NULL: none */
	const struct postern_route *routes;
	size_t route_count;
	const struct postern_setting *settings;
	size_t setting_count;
	const struct postern_command *commands;
	size_t command_count;
	/*
	 * OpenAPI 3.1 text that requests are checked against and that the routes must equal; NULL:
	 * none.
	 */
	const char *contract;
	/*
	 * Run at start and by --check, in the manager, before the fork: may look, must leave
	 * nothing open. False: do not start.
	 */
	bool (*check)(void);
	/*
	 * In each worker, after the fork: open the store. False ends the worker. `*ret_data` is
	 * postern_worker_data. It must leave no thread behind where there is a sandbox.
	 */
	bool (*worker_start)(void **ret_data);
	void (*worker_stop)(void *data);
	/*
	 * Around the handler of every route, for what all of them share. `before` answers by any
	 * status but POSTERN_OK.
	 */
	postern_handler *before;
	postern_handler *after;
	/*
	 * What a worker does beside the usual once worker_start has returned; with SANDBOX=strict it
	 * can do nothing else. System calls by name ("socket", "connect"), at most 64. Paths are
	 * absolute, of files or folders, at most 32 each; those that are not there are passed over.
	 * Stores of POSTERN_SETTING_SQLITE_URL need not be named.
	 */
	const char *const *sandbox_calls;
	size_t sandbox_call_count;
	const char *const *sandbox_read_paths;
	size_t sandbox_read_path_count;
	const char *const *sandbox_write_paths; /* and to make, rename and remove in them */
	size_t sandbox_write_path_count;
	/*
	 * In each worker, often: it has answered the requests that it knew of and asks for new ones,
	 * or is about to serve a connection that was not there before. What was kept open from one
	 * request to the next ends here. All requests between two of these calls had arrived, or
	 * begun to, at the first; so they may be answered from one snapshot of a store that is made
	 * after it, and nobody misses a change that he knew of when he asked. It must not wait: it is
	 * part of no request, and no WORKER_TIMEOUT ends it. `data` is worker_start's. Not called for
	 * a CGI request, which is the only one. NULL: nothing is kept.
	 */
	void (*worker_rest)(void *data);
};

/*
 * Runs the service until it is told to stop. Returns the exit status: 0, 64 (usage), 70, 71, 78
 * (settings).
 */
POSTERN_API int postern_main(const struct postern_service *service, int argc, char **argv);

/* A ready handler: {"status":"ok"}. */
POSTERN_API postern_handler postern_health;

POSTERN_END

#endif
