/*
 * Policies, keys and settings are read before the fork and need no path here. What stays are the
 * stores, which SQLite opens again and again, and what somebody named.
 */
#include "process/confine.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <postern/service.h>

#include "limits/uri.h"
#include "log/log.h"
#include "process/current.h"
#include "process/shared.h"

enum {
	MAX_NAMED = CONFIG_MAX_LIST, /* paths of one list of the service's table */
	MAX_PATHS = 2 + CONFIG_MAX_SETTINGS + 1 + 2 * CONFIG_MAX_LIST + 2 * MAX_NAMED,
	GATHER_ARENA =
	    1024 * 1024, /* of a store's folder PATH_MAX at most, for MAX_PATHS of them */
};

/* --- which paths ----------------------------------------------------------------------------- */

struct gathered {
	struct arena arena; /* the folders' names */
	struct sandbox_path items[MAX_PATHS];
	size_t count;
};

static void
add(struct gathered *paths, const char *path, enum sandbox_access access)
{
	if (paths->count < MAX_PATHS)
		paths->items[paths->count++] = (struct sandbox_path) { path, access };
}

/* Where the database really lies, or will: links are followed. NULL: nowhere that we can reach. */
static const char *
folder_of(struct arena *arena, const char *database)
{
	const char *slash = strrchr(database, '/');
	char *real = realpath(database, NULL), *parent, *folder = NULL;

	if (real != NULL) {
		*strrchr(real, '/') = '\0';
	} else if (slash != NULL) {
		parent =
		    arena_dup(arena, database, slash > database ? (size_t)(slash - database) : 1);
		real = parent != NULL ? realpath(parent, NULL) : NULL;
	}
	if (real != NULL)
		folder = arena_dup(arena, real, strlen(real));
	free(real);
	return folder;
}

static void
add_store(struct gathered *paths, const char *database)
{
	const char *folder = database != NULL ? folder_of(&paths->arena, database) : NULL;

	if (folder != NULL)
		add(paths, folder[0] != '\0' ? folder : "/", SANDBOX_STORE);
}

static void
add_counters(struct gathered *paths, const struct config *config)
{
	struct limit_uri uri;
	const char *path;

	if (limit_uri_parse(slice_from(config->rate_limit_uri), &uri) != LIMIT_STORE_OK ||
	    uri.kind != LIMIT_URI_SQLITE)
		return;
	path = arena_dup(&paths->arena, uri.path.data, uri.path.len);
	add_store(paths, path);
}

static void
add_list(struct gathered *paths, struct config_list list, enum sandbox_access access)
{
	size_t i;

	for (i = 0; i < list.count; i++)
		add(paths, list.items[i].data, access);
}

static void
add_named(struct gathered *paths, const char *const *list, size_t count, enum sandbox_access access)
{
	size_t i;

	for (i = 0; i < count && i < MAX_NAMED; i++)
		add(paths, list[i], access);
}

static void
gather_of_service(
    struct gathered *paths, const struct postern_service *service, const struct config *config)
{
	size_t i;

	for (i = 0; i < service->setting_count && i < CONFIG_MAX_SETTINGS; i++)
		if (service->settings[i].type == POSTERN_SETTING_SQLITE_URL)
			add_store(paths, config->extras[i].path);
	add_list(paths, config->sandbox_read_paths, SANDBOX_READ);
	add_list(paths, config->sandbox_write_paths, SANDBOX_WRITE);
	add_named(
	    paths, service->sandbox_read_paths, service->sandbox_read_path_count, SANDBOX_READ);
	add_named(
	    paths, service->sandbox_write_paths, service->sandbox_write_path_count, SANDBOX_WRITE);
}

static void
gather(struct gathered *paths, enum confined who, const struct postern_service *service,
    const struct config *config)
{
	paths->count = 0;
	arena_init(&paths->arena, 4096, GATHER_ARENA);
	/* SQLite asks for random bytes here, libraries throw away there. */
	add(paths, "/dev/urandom", SANDBOX_READ);
	add(paths, "/dev/null", SANDBOX_DEVICE);
	if (who == CONFINED_WORKER || who == CONFINED_CGI)
		gather_of_service(paths, service, config);
	if (who == CONFINED_LEDGER || who == CONFINED_CGI)
		add_counters(paths, config);
}

/* --- faults ---------------------------------------------------------------------------------- */

static bool
is_root_folder(const struct stat *status)
{
	struct stat root;

	return stat("/", &root) == 0 && root.st_dev == status->st_dev &&
	       root.st_ino == status->st_ino;
}

static void
check_list(struct generation *generation, const char *setting, struct config_list list)
{
	struct stat status;
	size_t i;

	for (i = 0; i < list.count; i++) {
		if (stat(list.items[i].data, &status) != 0)
			config_fault(&generation->faults, &generation->arena,
			    "%s: entry %zu is not there, or out of the service's reach", setting,
			    i + 1);
		else if (is_root_folder(&status))
			config_fault(&generation->faults, &generation->arena,
			    "%s: entry %zu is the root of the file system", setting, i + 1);
	}
}

/* A folder that holds all others leaves nothing to deny. */
static void
check_stores(struct generation *generation)
{
	struct gathered paths;
	struct stat status;
	size_t i;

	gather(&paths, CONFINED_CGI, generation->service, generation->config);
	for (i = 0; i < paths.count; i++)
		if (paths.items[i].access == SANDBOX_STORE &&
		    stat(paths.items[i].path, &status) == 0 && is_root_folder(&status))
			config_fault(&generation->faults, &generation->arena,
			    "SANDBOX: a store lies in the root of the file system");
	arena_done(&paths.arena);
}

void
confine_check_paths(struct generation *generation)
{
	const struct config *config = generation->config;

	if (config->sandbox == CONFIG_SANDBOX_OFF)
		return;
	check_list(generation, "SANDBOX_READ_PATHS", config->sandbox_read_paths);
	check_list(generation, "SANDBOX_WRITE_PATHS", config->sandbox_write_paths);
	check_stores(generation);
}

static void
check_named_paths(
    struct generation *generation, const char *member, const char *const *list, size_t count)
{
	size_t i;

	if (count > MAX_NAMED)
		config_fault(&generation->faults, &generation->arena,
		    "the service's table: %s has more than %d entries", member, MAX_NAMED);
	for (i = 0; i < count && i < MAX_NAMED; i++)
		if (list == NULL || list[i] == NULL || list[i][0] != '/' || list[i][1] == '\0')
			config_fault(&generation->faults, &generation->arena,
			    "the service's table: entry %zu of %s is no absolute path, or the "
			    "root",
			    i + 1, member);
}

static void
check_calls(struct generation *generation)
{
	const struct postern_service *service = generation->service;
	size_t i;

	if (service->sandbox_call_count > SANDBOX_MAX_CALLS)
		config_fault(&generation->faults, &generation->arena,
		    "the service's table: sandbox_calls has more than %d entries",
		    SANDBOX_MAX_CALLS);
	for (i = 0; i < service->sandbox_call_count && i < SANDBOX_MAX_CALLS; i++) {
		const char *name =
		    service->sandbox_calls != NULL ? service->sandbox_calls[i] : NULL;
		const char *refused = sandbox_refuse_call(name);

		if (refused != NULL)
			config_fault(&generation->faults, &generation->arena,
			    "the service's table: entry %zu of sandbox_calls %s", i + 1, refused);
	}
}

static void
check_service(struct generation *generation)
{
	const struct postern_service *service = generation->service;

	check_calls(generation);
	check_named_paths(generation, "sandbox_read_paths", service->sandbox_read_paths,
	    service->sandbox_read_path_count);
	check_named_paths(generation, "sandbox_write_paths", service->sandbox_write_paths,
	    service->sandbox_write_path_count);
}

static enum sandbox_role
role_of(enum confined who)
{
	static const enum sandbox_role roles[] = {
		[CONFINED_WORKER] = SANDBOX_WORKER,
		[CONFINED_LEDGER] = SANDBOX_LEDGER,
		[CONFINED_INSPECTOR] = SANDBOX_INSPECTOR,
		[CONFINED_CGI] = SANDBOX_WORKER,
	};

	return roles[who];
}

/* --- making and trying ----------------------------------------------------------------------- */

static void
try_role(const struct sandbox *sandbox, struct generation *generation, enum confined who)
{
	const enum sandbox_role role = role_of(who);
	struct gathered paths;
	const char *failed;

	gather(&paths, who, generation->service, generation->config);
	failed = sandbox_test(sandbox, role, paths.items, paths.count);
	arena_done(&paths.arena);
	if (failed != NULL)
		config_fault(&generation->faults, &generation->arena,
		    "SANDBOX: does not hold on this machine (%s: %s)", sandbox_role_name(role),
		    failed);
}

struct sandbox *
confine_prepare(struct arena *arena, struct generation *generation, enum confined who)
{
	const struct postern_service *service = generation->service;
	const struct config *config = generation->config;
	const struct sandbox_needs needs = {
		.calls = service->sandbox_calls,
		.call_count = service->sandbox_call_count,
		.reads = config->sandbox_read_paths.count + service->sandbox_read_path_count > 0,
		.writes = config->sandbox_write_paths.count + service->sandbox_write_path_count > 0,
	};
	struct sandbox *sandbox;

	check_service(generation);
	confine_check_paths(generation);
	if (generation->faults.count > 0)
		return NULL;
	sandbox = sandbox_new(arena, config->sandbox, &needs);
	if (sandbox == NULL) {
		config_fault(&generation->faults, &generation->arena, "SANDBOX: cannot be made");
		return NULL;
	}
	try_role(sandbox, generation, who);
	if (who != CONFINED_CGI) {
		try_role(sandbox, generation, CONFINED_LEDGER);
		if (config->status_listen != NULL)
			try_role(sandbox, generation, CONFINED_INSPECTOR);
	}
	return sandbox;
}

/* --- what is told ---------------------------------------------------------------------------- */

static void
log_state(struct log *log, enum log_event event, const struct sandbox *sandbox, const char *reason)
{
	UNINITIALIZED struct log_line line;

	if (!log_begin(&line, log, event))
		return;
	if (reason != NULL)
		log_word(&line, FIELD_REASON, reason);
	log_word(&line, FIELD_SANDBOX, sandbox_mode_name(sandbox_mode(sandbox)));
	log_number(&line, FIELD_LANDLOCK_ABI, sandbox_landlock_abi(sandbox));
	log_end(&line);
}

void
confine_log(const struct sandbox *sandbox, const struct generation *generation)
{
	const int abi = sandbox_landlock_abi(sandbox);

	switch (sandbox_mode(sandbox)) {
	case CONFIG_SANDBOX_OFF:
		if (generation->config->is_hardened)
			log_state(generation->log, LOG_SANDBOX_DEGRADED, sandbox, "off");
		return;
	case CONFIG_SANDBOX_LOG:
		log_state(generation->log, LOG_SANDBOX_DEGRADED, sandbox, "log");
		return;
	case CONFIG_SANDBOX_STRICT:
		log_state(generation->log, LOG_SANDBOX_IN_FORCE, sandbox, NULL);
		if (abi < SANDBOX_LANDLOCK_ABI)
			log_state(generation->log, LOG_SANDBOX_DEGRADED, sandbox,
			    abi == 0 ? "landlock_none" : "landlock_older");
		return;
	}
}

static void
log_failure(const struct current *current, enum sandbox_role role, const char *reason)
{
	UNINITIALIZED struct log_line line;

	if (!log_begin(&line, current->log, LOG_SANDBOX_FAILED))
		return;
	log_word(&line, FIELD_REASON, reason);
	log_word(&line, FIELD_ROLE, sandbox_role_name(role));
	log_number(&line, FIELD_PID, getpid());
	log_end(&line);
}

/* --- entering -------------------------------------------------------------------------------- */

static const char *
path_of_route(uint32_t index)
{
	const struct postern_service *service = current_get()->service;

	return index < service->route_count ? service->routes[index].path : NULL;
}

bool
confine(const struct sandbox *sandbox, enum confined who, const struct current *current,
    struct scoreboard_slot *line)
{
	static struct sandbox_entry entry; /* for as long as the process lives */
	struct gathered paths;
	const char *failed;

	if (sandbox_mode(sandbox) == CONFIG_SANDBOX_OFF)
		return true;
	/* The environment of a CGI request is the request. */
	if (who != CONFINED_CGI)
		config_reduce_environment(current->service);
	gather(&paths, who, current->service, current->config);
	entry = (struct sandbox_entry) {
		.role = role_of(who),
		.paths = paths.items,
		.path_count = paths.count,
		.log = current->log,
		.config = current->config,
		.log_fd = who == CONFINED_CGI ? STDERR_FILENO : STDOUT_FILENO,
		.route_path = path_of_route,
		.route = line != NULL ? &line->route : NULL,
		.ret_call = line != NULL ? &line->system_call : NULL,
	};
	failed = sandbox_enter(sandbox, &entry);
	entry.paths = NULL;
	arena_done(&paths.arena);
	if (failed != NULL)
		log_failure(current, entry.role, failed);
	return failed == NULL;
}
