/*
 * What the manager's plan does when it is asked: the only place that knows the manager and the
 * parts which speak HTTP, and keeps them apart.
 */
#include "process/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

#include "authz/authz.h"
#include "config/config.h"
#include "core/clock.h"
#include "limits/limits.h"
#include "log/log.h"
#include "process/burial.h"
#include "process/confine.h"
#include "process/current.h"
#include "process/inspector.h"
#include "process/ledger.h"
#include "process/log_file.h"
#include "process/manager.h"
#include "process/oom.h"
#include "process/program.h"
#include "process/queue_sampler.h"
#include "process/resources.h"
#include "process/shared.h"
#include "process/startup.h"
#include "process/tally.h"
#include "process/title.h"
#include "process/worker.h"

enum {
	STORE_ARENA_CEILING = 16 * 1024 * 1024, /* the counters themselves are in shared memory */
	STORE_WAIT_MS = 10 * 1000,              /* for a former ledger that is still saving */
	/*
	 * A worker's connections, an eventfd for each slot of two generations, and room for the
	 * service's own.
	 */
	DESCRIPTORS_WANTED = 4096,
};

struct server {
	struct startup startup;
	struct arena store_arena;
	struct limit_store *store;
	struct shared *shared;
	struct tally tally;
	struct death death; /* of the worker that could not start */
	struct queue_sampler sampler;
	const struct program *program; /* ours */
};

/* --- what is logged at the start ------------------------------------------------------------- */

static struct slice
join_names(struct arena *arena, struct config_list names)
{
	struct buffer text;
	size_t i;

	buffer_init(&text, arena, 512, 8192);
	for (i = 0; i < names.count; i++) {
		if (i > 0)
			buffer_byte(&text, ' ');
		buffer_slice(&text, names.items[i]);
	}
	return buffer_failed(&text) ? (struct slice) { NULL, 0 } : buffer_content(&text);
}

static void
log_settings(struct generation *generation, char *const *environment)
{
	const struct config *config = generation->config;
	UNINITIALIZED struct log_line line;

	if (!log_begin(&line, generation->log, LOG_SETTINGS_ACCEPTED))
		return;
	log_word(&line, FIELD_ENVIRONMENT, config_environment_name(config->environment));
	log_template(&line, FIELD_SETTINGS,
	    join_names(&generation->arena,
		config_given_names(&generation->arena, generation->service, environment)));
	log_end(&line);
}

static void
log_policies(const struct generation *generation)
{
	UNINITIALIZED struct log_line line;

	if (generation->authz == NULL || !log_begin(&line, generation->log, LOG_POLICIES_LOADED))
		return;
	log_template(&line, FIELD_POLICY_DIGEST, slice_from(authz_digest(generation->authz)));
	log_number(&line, FIELD_POLICY_COUNT, (int64_t)authz_policy_count(generation->authz));
	log_end(&line);
	generation_print_warnings(generation);
	if (authz_warning_count(generation->authz) == 0 ||
	    !log_begin(&line, generation->log, LOG_POLICIES_DOUBTED))
		return;
	log_template(&line, FIELD_POLICY_DIGEST, slice_from(authz_digest(generation->authz)));
	log_number(&line, FIELD_COUNT, (int64_t)authz_warning_count(generation->authz));
	log_end(&line);
}

static void
tell_key(struct server *server, const struct generation *generation)
{
	atomic_store(&server->shared->manager.key_changed_us, generation->key_changed_us);
}

static void
tell_policies(struct server *server, const struct generation *generation)
{
	const struct authz *authz = generation->authz;

	shared_tell_policies(server->shared, generation->number,
	    authz == NULL ? NULL : authz_digest(authz),
	    authz == NULL ? 0 : authz_policy_count(authz), clock_mono_us());
}

static void
log_restored(const struct generation *generation, uint32_t count)
{
	UNINITIALIZED struct log_line line;

	if (!log_begin(&line, generation->log, LOG_RATE_LIMIT_RESTORED))
		return;
	log_number(&line, FIELD_ENTRIES, count);
	log_end(&line);
}

static void
log_backlog(const struct server *server)
{
	const unsigned limit = server->startup.backlog_limit;
	const struct generation *generation = server->startup.generation;
	UNINITIALIZED struct log_line line;

	if (limit == 0 || limit >= generation->config->listen_backlog ||
	    !log_begin(&line, generation->log, LOG_BACKLOG_CAPPED))
		return;
	log_number(&line, FIELD_COUNT, limit);
	log_end(&line);
}

/*
 * --- the manager's plan ------------------------------------------------------------------------
 */

static void
on_start(void *context, const struct generation *current)
{
	const struct server *server = context;
	UNINITIALIZED struct log_line line;

	if (!log_begin(&line, current->log, LOG_SERVICE_STARTUP))
		return;
	if (current->service->version != NULL)
		log_template(&line, FIELD_VERSION, slice_from(current->service->version));
	log_word(&line, FIELD_ENVIRONMENT, config_environment_name(current->config->environment));
	log_number(&line, FIELD_WORKERS, atomic_load(&server->shared->manager.wanted));
	log_number(&line, FIELD_PID, getpid());
	log_end(&line);
}

/* What is the manager's alone. */
static void
leave_manager(struct server *server)
{
	environment_done(&server->startup.environment);
	queue_sampler_done(&server->sampler);
	pidfile_forget(&server->startup.pidfile);
	notify_close(&server->startup.notify);
}

static int
work(void *context, const struct crew_seat *seat)
{
	struct server *server = context;
	const struct generation *generation = seat->generation;
	const struct current current = { generation->service, generation->config, generation->log };

	leave_manager(server);
	title_set_worker(generation->config->service_name, seat->slot + 1);
	listeners_close(&server->startup.status_listeners);
	oom_events_close(&server->startup.oom_events);
	limit_store_after_fork_worker(server->store);
	current_set(&current);
	if (!oom_adjust_worker(generation->config) ||
	    !resources_take(generation->config, seat->core))
		return WORKER_EXIT_CANNOT_START;
	return worker_run(seat, &server->startup.listeners, server->store, server->startup.sandbox,
	    &server->tally);
}

static int
keep_ledger(void *context, pid_t manager)
{
	struct server *server = context;

	leave_manager(server);
	title_set(current_get()->config->service_name, "ledger");
	listeners_close(&server->startup.listeners);
	listeners_close(&server->startup.status_listeners);
	oom_events_close(&server->startup.oom_events);
	return ledger_life(server->store, current_get(), server->startup.sandbox, manager);
}

static int
inspect(void *context, pid_t manager)
{
	struct server *server = context;
	struct inspector inspector = {
		.current = current_get(),
		.shared = server->shared,
		.tally = &server->tally,
		.sandbox = server->startup.sandbox,
		.listeners = &server->startup.status_listeners,
	};
	int status;

	leave_manager(server);
	title_set(current_get()->config->service_name, "inspector");
	if (!shared_seal(server->shared) || !tally_seal(&server->tally))
		return EX_OSERR;
	queue_watch_init(&inspector.queues, &server->startup.listeners);
	listeners_close(&server->startup.listeners);
	oom_events_close(&server->startup.oom_events);
	status = inspector_life(&inspector, manager);
	queue_watch_done(&inspector.queues);
	return status;
}

static struct generation *
reload(void *context, const struct generation *current)
{
	struct server *server = context;
	const struct current before = *current_get();
	struct generation *next = generation_new(server->startup.service, current->number + 1);
	bool is_valid;

	if (next == NULL)
		return NULL;
	is_valid = generation_read(next, server->startup.environment.variables);
	if (next->config != NULL) {
		generation_compare(current, next);
		is_valid = generation_load(next, STDOUT_FILENO) && is_valid;
		is_valid = startup_ask_service(next) && is_valid;
		is_valid = startup_check_peers(&server->startup, next) && is_valid;
		confine_check_paths(next);
	}
	/* The manager's own view changes when the new workers accept, not before. */
	current_set(&before);
	if (is_valid && next->faults.count == 0) {
		generation_date_key(current, next, clock_mono_us());
		log_settings(next, server->startup.environment.variables);
		log_policies(next);
		tell_policies(server, next);
		return next;
	}
	generation_print_faults(next);
	generation_free(next);
	return NULL;
}

static bool
reopen_log(void *context, const struct generation *current)
{
	struct server *server = context;
	struct shared_manager *shown = &server->shared->manager;

	if (current->config->log_file == NULL)
		return false;
	if (log_file_use(current->config->log_file) != NULL) {
		counter_add(&shown->log_not_reopened, 1);
		log_plain(current->log, LOG_LOG_NOT_REOPENED);
		return false;
	}
	counter_add(&shown->log_reopened, 1);
	log_plain(current->log, LOG_LOG_REOPENED);
	return true;
}

static void
on_renewed(void *context, const struct generation *generation)
{
	const struct current current = { generation->service, generation->config, generation->log };

	current_set(&current);
	tell_key(context, generation);
	title_set(generation->config->service_name, "manager");
}

static int64_t
watch_queues(void *context, const struct generation *current, int64_t now_us)
{
	struct server *server = context;

	const int64_t patience_us =
	    current == NULL ? 0 : (int64_t)current->config->queue_timeout_ms * 1000;

	return queue_sampler_turn(&server->sampler, patience_us, now_us);
}

static void
stop_listening(void *context)
{
	struct server *server = context;

	listeners_unlink(&server->startup.listeners);
	listeners_close(&server->startup.listeners);
}

static void
own_names(void *context, bool are_ours)
{
	struct server *server = context;

	listeners_own(&server->startup.listeners, are_ours);
	listeners_own(&server->startup.status_listeners, are_ours);
	if (!are_ours)
		pidfile_forget(&server->startup.pidfile);
	else if (!pidfile_write(&server->startup.pidfile))
		fprintf(stderr, "%s: warning: PID_FILE cannot be written\n",
		    server->startup.service->name);
}

static void
list_sockets(struct inheritance *in, const struct listeners *listeners)
{
	size_t i;

	for (i = 0; i < listeners->count; i++)
		in->sockets[in->socket_count++] = listeners->items[i].fd;
}

static pid_t
replace(void *context, int link_fd, struct handover handover)
{
	struct server *server = context;
	struct inheritance in = {
		.predecessor = getpid(),
		.chroot = inheritance_mark(current_get()->config->service_chroot),
		.link_fd = link_fd,
		.handover = handover,
		.pidfile_fd = pidfile_fd(&server->startup.pidfile),
	};
	int kept[INHERITANCE_SOCKETS + 6];
	char text[INHERITANCE_TEXT];
	size_t count = 0;

	limit_store_lend(server->store, &in.table_fd, &in.lock_fd);
	list_sockets(&in, &server->startup.listeners);
	list_sockets(&in, &server->startup.status_listeners);
	for (; count < in.socket_count; count++)
		kept[count] = in.sockets[count];
	kept[count++] = link_fd;
	kept[count++] = handover.give_fd;
	kept[count++] = handover.take_fd;
	kept[count++] = in.table_fd;
	if (in.lock_fd >= 0)
		kept[count++] = in.lock_fd;
	if (in.pidfile_fd >= 0)
		kept[count++] = in.pidfile_fd;
	if (!inheritance_write(&in, text, sizeof(text)))
		return -1;
	return program_start(
	    server->program, server->startup.environment.variables, text, kept, count);
}

/*
 * --- life --------------------------------------------------------------------------------------
 */

static void
raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= DESCRIPTORS_WANTED)
		return;
	limit.rlim_cur = limit.rlim_max < DESCRIPTORS_WANTED ? limit.rlim_max : DESCRIPTORS_WANTED;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

/* The counters that our predecessor's workers go on counting in. */
static const char *
inherit_store(struct server *server)
{
	const struct config *config = server->startup.generation->config;
	struct inheritance *in = &server->startup.inheritance;
	enum limit_store_error error;

	error = limit_store_open_inherited(&server->store_arena, slice_from(config->rate_limit_uri),
	    config->rate_limit_table_entries, in->table_fd, in->lock_fd, &server->store);
	if (error != LIMIT_STORE_OK)
		return limit_store_error_text(error);
	in->table_fd = in->lock_fd = -1;
	return NULL;
}

/* NULL, or what is wrong with the store. */
static const char *
open_store(struct server *server)
{
	struct generation *generation = server->startup.generation;
	const struct config *config = generation->config;
	enum limit_store_error error;
	uint32_t restored = 0;

	if (server->startup.inheritance.predecessor != 0)
		return inherit_store(server);
	error = limit_store_open_shared(&server->store_arena, slice_from(config->rate_limit_uri),
	    config->rate_limit_table_entries, STORE_WAIT_MS, clock_wall_us(), &server->store,
	    &restored);
	if (error != LIMIT_STORE_OK)
		return limit_store_error_text(error);
	if (limit_store_has_ledger(server->store))
		log_restored(generation, restored);
	return NULL;
}

static int
manage(struct server *server)
{
	const struct manager_plan plan = {
		.shared = server->shared,
		.first = server->startup.generation,
		.oom_events = &server->startup.oom_events,
		.ret_death = &server->death,
		.context = server,
		.work = work,
		.ledger = limit_store_has_ledger(server->store) ? keep_ledger : NULL,
		.notify = &server->startup.notify,
		.inspector = server->startup.status_listeners.count > 0 ? inspect : NULL,
		.listeners = &server->startup.listeners,
		.reload = reload,
		.reopen_log = reopen_log,
		.is_stale = generation_is_stale,
		.free_generation = generation_free,
		.stop_listening = stop_listening,
		.on_start = on_start,
		.on_renewed = on_renewed,
		.watch_queues = watch_queues,
		.replace = replace,
		.own_names = own_names,
		.inheritance = server->startup.inheritance.predecessor != 0
				   ? &server->startup.inheritance
				   : NULL,
	};
	const struct current nothing = { 0 };
	int status;

	title_take();
	title_set(plan.first->config->service_name, "manager");
	log_settings(plan.first, server->startup.environment.variables);
	log_policies(plan.first);
	tell_policies(server, plan.first);
	generation_date_key(NULL, server->startup.generation, clock_mono_us());
	tell_key(server, plan.first);
	atomic_store(&server->shared->manager.has_log_file, plan.first->config->log_file != NULL);
	log_backlog(server);
	confine_log(server->startup.sandbox, plan.first);
	queue_sampler_init(&server->sampler, server->shared, &server->startup.listeners);
	status = manager_run(&plan);
	queue_sampler_done(&server->sampler);
	/* The manager has freed the last generation, whichever that was. */
	server->startup.generation = NULL;
	current_set(&nothing);
	return status;
}

static void
tell_no_worker(const struct server *server, int status)
{
	const struct postern_service *service = server->startup.service;
	char end[BURIAL_TEXT_SIZE] = "the system has no resources left";

	if (status == MANAGER_EXIT_CANNOT_START)
		burial_describe(&server->death, end);
	fprintf(stderr, "%s: no worker could start: %s\n", service->name, end);
	startup_log_failure(service, STDOUT_FILENO, "workers",
	    status == MANAGER_EXIT_CANNOT_START ? &server->death : NULL);
}

int
server_run(const struct postern_service *service, char *const *arguments)
{
	static struct program program; /* a path is long */
	struct server server = { .program = &program };
	const char *failed;
	int status = EX_CONFIG;

	/* First: nothing has changed the working directory yet. */
	program_find(&program, arguments, getenv("PATH"));
	arena_init(&server.store_arena, 64 * 1024, STORE_ARENA_CEILING);
	raise_descriptor_limit();
	if (!startup_run(&server.startup, service, STARTUP_SERVE, STDOUT_FILENO)) {
		startup_report(&server.startup, STDOUT_FILENO);
	} else if ((failed = open_store(&server)) != NULL) {
		fprintf(stderr, "%s: RATE_LIMIT_STORAGE_URI: %s\n", service->name, failed);
		startup_log_failure(service, STDOUT_FILENO, "store", NULL);
	} else if ((server.shared = shared_new()) == NULL ||
		   !tally_init(&server.tally, service->route_count)) {
		fprintf(stderr, "%s: no shared memory\n", service->name);
		startup_log_failure(service, STDOUT_FILENO, "memory", NULL);
		status = EX_OSERR;
	} else {
		status = manage(&server);
		if (status != 0)
			tell_no_worker(&server, status);
	}
	if (server.store != NULL)
		limit_store_close(server.store);
	tally_done(&server.tally);
	shared_free(server.shared);
	startup_done(&server.startup);
	arena_done(&server.store_arena);
	return status;
}
