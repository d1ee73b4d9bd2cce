/*
 * Loading all that workers share and that a reload swaps. Every part is tried, so that all faults
 * come in one go.
 */
#include "process/generation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <postern/service.h>

#include "authn/authn.h"
#include "authz/authz.h"
#include "http/router.h"
#include "limits/limits.h"
#include "log/log.h"
#include "openapi/contract.h"
#include "process/resources.h"

struct generation *
generation_new(const struct postern_service *service, uint32_t number)
{
	struct generation *generation = calloc(1, sizeof(*generation));

	if (generation == NULL)
		return NULL;
	arena_init_wiping(&generation->arena, GENERATION_ARENA_BLOCK, GENERATION_ARENA_CEILING);
	generation->service = service;
	generation->number = number;
	return generation;
}

void
generation_free(struct generation *generation)
{
	if (generation == NULL)
		return;
	if (generation->authn != NULL)
		authn_free(generation->authn);
	if (generation->log != NULL)
		log_done(generation->log);
	arena_done(&generation->arena);
	free(generation);
}

static bool
is_word_of(const char *fault, struct slice name)
{
	size_t len;

	for (; *fault != '\0'; fault += len > 0 ? len : 1) {
		len = strspn(fault, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
				    "abcdefghijklmnopqrstuvwxyz");
		if (slice_equal(slice_make(fault, len), name))
			return true;
	}
	return false;
}

/*
 * Whether `fault` speaks of the variable: its name, or that without _FILE (of which there are
 * settings, too), stands there as a word.
 */
static bool
is_blamed(const char *fault, struct slice name)
{
	const struct slice suffix = SLICE("_FILE");

	if (is_word_of(fault, name))
		return true;
	if (name.len <= suffix.len || !slice_equal(slice_skip(name, name.len - suffix.len), suffix))
		return false;
	return is_word_of(fault, slice_first(name, name.len - suffix.len));
}

static bool
is_blamed_by_any(const struct config_faults *faults, struct slice name)
{
	size_t i;

	for (i = 0; i < faults->count && i < CONFIG_MAX_FAULTS; i++)
		if (faults->texts[i] != NULL && is_blamed(faults->texts[i], name))
			return true;
	return false;
}

/* `environment` without the variables that the faults speak of; NULL: no memory. */
static char **
without_blamed(struct generation *generation, char *const *environment)
{
	size_t i, count = 0, kept = 0;
	char **good;

	while (environment[count] != NULL)
		count++;
	good = arena_calloc(&generation->arena, count + 1, sizeof(*good));
	for (i = 0; good != NULL && i < count; i++) {
		struct slice rest = slice_from(environment[i]);

		if (!is_blamed_by_any(&generation->faults, slice_cut(&rest, '=')))
			good[kept++] = environment[i];
	}
	return good;
}

/*
 * Settings to find the other faults by: key, policies and sockets cannot be looked at without
 * any. What was faulty is left at its default, and a key is not asked for. It is never served
 * with: the faults stay.
 */
static const struct config *
read_what_is_good(struct generation *generation, char *const *environment)
{
	struct config_faults ignored = { .count = 0 };
	struct postern_service service = *generation->service;
	struct postern_route *routes;
	char **good = without_blamed(generation, environment);
	size_t i;

	routes = arena_calloc(&generation->arena, service.route_count + 1, sizeof(*routes));
	if (good == NULL || routes == NULL)
		return NULL;
	for (i = 0; i < service.route_count; i++) {
		routes[i] = service.routes[i];
		routes[i].is_public = true;
	}
	service.routes = routes;
	return config_read(&generation->arena, &service, good, &ignored);
}

bool
generation_read(struct generation *generation, char *const *environment)
{
	struct config_faults *faults = &generation->faults;

	generation->config =
	    config_read(&generation->arena, generation->service, environment, faults);
	if (generation->config == NULL && faults->count > 0)
		generation->config = read_what_is_good(generation, environment);
	generation->router = router_new(&generation->arena, generation->service, faults);
	generation->contract = contract_new(&generation->arena, generation->service, faults);
	return faults->count == 0 && generation->config != NULL && generation->router != NULL &&
	       generation->contract != NULL;
}

static void
parse_route_limits(struct generation *generation)
{
	const struct postern_service *service = generation->service;
	struct config_faults *faults = &generation->faults;
	size_t i;

	generation->route_limits =
	    arena_calloc(&generation->arena, service->route_count + 1, sizeof(struct limit));
	if (generation->route_limits == NULL) {
		config_fault(faults, &generation->arena, "routes: out of memory");
		return;
	}
	for (i = 0; i < service->route_count; i++) {
		const char *text = generation->config->route_limits[i];

		if (text != NULL && !limit_parse(slice_from(text), &generation->route_limits[i]))
			config_fault(faults, &generation->arena,
			    "%s: expected a limit like \"60 per minute\"",
			    service->routes[i].limit.setting);
	}
}

static void
check_limit_uri(struct generation *generation)
{
	enum limit_store_error error =
	    limit_uri_check(slice_from(generation->config->rate_limit_uri));

	if (error != LIMIT_STORE_OK)
		config_fault(&generation->faults, &generation->arena, "RATE_LIMIT_STORAGE_URI: %s",
		    limit_store_error_text(error));
}

/* A service of public routes alone needs neither a key nor policies. */
static bool
has_guarded_route(const struct postern_service *service)
{
	for (size_t i = 0; i < service->route_count; i++)
		if (!service->routes[i].is_public)
			return true;
	return false;
}

/* Who calls and what they may do: the key and the policies. */
static bool
load_decisions(struct generation *generation)
{
	const struct config *config = generation->config;

	generation->authn = authn_new(&generation->arena, config, &generation->faults);
	/* Before the reading: what changes meanwhile is seen at the next look. */
	generation->policies_stamp = authz_directory_stamp(config->policies_dir);
	generation->authz =
	    authz_new(&generation->arena, config, generation->service, &generation->faults);
	return generation->authn != NULL && generation->authz != NULL;
}

bool
generation_load(struct generation *generation, int log_fd)
{
	struct config_faults *faults = &generation->faults;
	const struct config *config = generation->config;
	struct arena *arena = &generation->arena;
	bool can_decide;

	parse_route_limits(generation);
	check_limit_uri(generation);
	can_decide = !has_guarded_route(generation->service) || load_decisions(generation);
	resources_check(arena, config, faults);
	generation->log = log_new(arena, log_fd, config);
	if (generation->log == NULL)
		config_fault(faults, arena, "log: out of memory");
	return faults->count == 0 && can_decide;
}

static bool
is_same_text(const char *a, const char *b)
{
	return (a == NULL) == (b == NULL) && (a == NULL || strcmp(a, b) == 0);
}

static bool
is_same_integer(struct config_integer a, struct config_integer b)
{
	return a.is_given == b.is_given && a.value == b.value;
}

static bool
is_same_list(struct config_list a, struct config_list b)
{
	size_t i;

	for (i = 0; i < a.count && i < b.count && slice_equal(a.items[i], b.items[i]); i++)
		;
	return i == a.count && i == b.count;
}

void
generation_compare(const struct generation *before, struct generation *after)
{
	const struct config *old = before->config, *new = after->config;
	const struct {
		const char *name;
		bool is_same;
	} fixed[] = {
		{ "ENV", old->environment == new->environment },
		{ "LISTEN", is_same_text(old->listen, new->listen) },
		{ "STATUS_LISTEN", is_same_text(old->status_listen, new->status_listen) },
		{ "LISTEN_BACKLOG", old->listen_backlog == new->listen_backlog },
		{ "LOG_FILE", is_same_text(old->log_file, new->log_file) },
		{ "PID_FILE", is_same_text(old->pid_file, new->pid_file) },
		{ "SERVICE_USER", is_same_text(old->service_user, new->service_user) },
		{ "SERVICE_GROUP", is_same_text(old->service_group, new->service_group) },
		{ "SERVICE_CHROOT", is_same_text(old->service_chroot, new->service_chroot) },
		{ "SERVICE_DIRECTORY",
		    is_same_text(old->service_directory, new->service_directory) },
		{ "CORE_DUMPS", old->core_dumps == new->core_dumps },
		{ "OOM_SCORE_ADJ", is_same_integer(old->oom_score_adj, new->oom_score_adj) },
		{ "WORKER_OOM_SCORE_ADJ",
		    is_same_integer(old->worker_oom_score_adj, new->worker_oom_score_adj) },
		{ "SANDBOX", old->sandbox == new->sandbox },
		{ "SANDBOX_READ_PATHS",
		    is_same_list(old->sandbox_read_paths, new->sandbox_read_paths) },
		{ "SANDBOX_WRITE_PATHS",
		    is_same_list(old->sandbox_write_paths, new->sandbox_write_paths) },
		{ "RATE_LIMIT_STORAGE_URI",
		    is_same_text(old->rate_limit_uri, new->rate_limit_uri) },
		{ "RATE_LIMIT_TABLE_ENTRIES",
		    old->rate_limit_table_entries == new->rate_limit_table_entries },
	};
	size_t i;

	for (i = 0; i < COUNT_OF(fixed); i++)
		if (!fixed[i].is_same)
			config_fault(&after->faults, &after->arena,
			    "%s: only a restart can change it", fixed[i].name);
}

void
generation_date_key(const struct generation *before, struct generation *next, int64_t now_us)
{
	const char *key = next->config->jwt_public_key;

	next->key_changed_us = key != NULL ? now_us : 0;
	if (before != NULL && key != NULL && is_same_text(before->config->jwt_public_key, key))
		next->key_changed_us = before->key_changed_us;
}

bool
generation_is_stale(const struct generation *generation)
{
	uint64_t stamp;

	if (generation->authz == NULL)
		return false; /* it decides nothing */
	stamp = authz_directory_stamp(generation->config->policies_dir);
	return stamp == 0 || stamp != generation->policies_stamp;
}

void
generation_print_warnings(const struct generation *generation)
{
	size_t i, count = generation->authz == NULL ? 0 : authz_warning_count(generation->authz);

	for (i = 0; i < count; i++)
		fprintf(stderr, "%s: warning: %s\n", generation->service->name,
		    authz_warning(generation->authz, i));
}

void
generation_print_faults(const struct generation *generation)
{
	const struct config_faults *faults = &generation->faults;
	size_t i, shown = faults->count < CONFIG_MAX_FAULTS ? faults->count : CONFIG_MAX_FAULTS;

	for (i = 0; i < shown; i++)
		fprintf(stderr, "%s: %s\n", generation->service->name,
		    faults->texts[i] != NULL ? faults->texts[i] : "out of memory");
	if (faults->count > shown)
		fprintf(stderr, "%s: %zu more faults\n", generation->service->name,
		    faults->count - shown);
	if (faults->count == 0)
		fprintf(stderr, "%s: out of memory\n", generation->service->name);
}
