/*
 * The settings of a service: one table (config/table.c) of name, type, default, range and help.
 * They come from the environment, `NAME` or `NAME_FILE` (the content of that file, a trailing
 * newline dropped; read anew on reload), and nowhere else. All faults are collected and reported
 * by name, never by value.
 *
 * An empty value means the default. Unknown POSTERN_* names and names listed as misspellings are
 * faults. A setting whose feature is not part of this version is refused when it is given.
 *
 * A struct config lives in the arena it was read into (a generation) and is not changed
 * afterwards.
 */
#ifndef POSTERN_CONFIG_CONFIG_H
#define POSTERN_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "core/arena.h"
#include "core/compiler.h"
#include "core/slice.h"

struct postern_service;

enum config_environment {
	ENVIRONMENT_PRODUCTION,
	ENVIRONMENT_STAGING,
	ENVIRONMENT_DEVELOPMENT,
	ENVIRONMENT_TEST
};
enum config_log_level { LEVEL_DEBUG, LEVEL_INFO, LEVEL_WARNING, LEVEL_ERROR, LEVEL_CRITICAL };
enum config_forbid_error { FORBID_ERROR_DENY, FORBID_ERROR_SKIP };
enum config_worker_mode { WORKER_MODE_STATIC = 0, WORKER_MODE_DYNAMIC, WORKER_MODE_ONDEMAND };
/* SCHEDULING_INHERITED: as whoever started the manager had it. */
enum config_scheduling { SCHEDULING_BATCH = 0, SCHEDULING_INHERITED };
enum config_memory_measure { MEMORY_MEASURE_RSS = 0, MEMORY_MEASURE_PSS };
enum config_sandbox { CONFIG_SANDBOX_OFF = 0, CONFIG_SANDBOX_LOG, CONFIG_SANDBOX_STRICT };

enum {
	CONFIG_MAX_FAULTS = 64,
	CONFIG_MAX_LIST = 32,     /* entries of a list setting */
	CONFIG_MAX_VALUE = 65536, /* bytes of one value */
	CONFIG_MAX_CORES = 1024,  /* as many as cpu_set_t of libc knows */
	CONFIG_MAX_SETTINGS = 48, /* that a service may have of its own */
};

struct config_list {
	const struct slice *items;
	size_t count;
};

/* A number that may be negative, and need not be given. */
struct config_integer {
	bool is_given;
	int value;
};

/* Cores of the machine. */
struct config_cores {
	enum { CORES_OFF = 0, CORES_AUTO, CORES_LIST } kind;
	uint64_t set[CONFIG_MAX_CORES / 64]; /* of a list, bit by number */
};

/* A value of the service's own settings (struct postern_setting), in the service's order. */
struct config_extra {
	const char *text; /* NULL: unset and without default */
	int64_t integer;
	const char *path; /* of an SQLite URL */
};

struct config {
	const char *service_name;
	enum config_environment environment;
	bool is_hardened; /* production or staging: HTTPS enforced, forwarded headers read */
	enum config_log_level log_level;
	/* NULL: random per start outside production; in production the fields are left out. */
	const char *log_pseudonym_key;
	size_t log_pseudonym_key_len;

	const char *status_listen; /* the same grammar; NULL: none */
	const char *listen; /* as given; process/ knows its grammar and default. NULL: not given */
	const char *log_file;                     /* NULL: standard output */
	const char *pid_file;                     /* NULL: none */
	struct config_list listen_allowed_peers;  /* CIDR; empty: loopback */
	unsigned listen_backlog;                  /* of each socket */
	const char *service_user, *service_group; /* what a root start drops to; NULL: not given */
	const char *service_chroot;               /* NULL: the root of the file system stays */
	const char *service_directory; /* within the chroot; NULL: where we were started */
	bool core_dumps;
	struct config_integer oom_score_adj, worker_oom_score_adj;
	enum config_sandbox sandbox;
	struct config_list sandbox_read_paths, sandbox_write_paths; /* NUL-terminated */
	unsigned workers; /* WEB_CONCURRENCY; where their number changes, the most of them */
	enum config_worker_mode worker_mode;
	/* 0 in other modes than dynamic. */
	unsigned worker_start, worker_min_spare, worker_max_spare;
	unsigned worker_idle_timeout_s;   /* ondemand */
	unsigned worker_spawn_rate;       /* dynamic and ondemand: workers started at once */
	struct config_cores worker_cores; /* WORKER_CPU_AFFINITY */
	struct config_integer worker_nice;
	enum config_scheduling worker_scheduling;
	unsigned worker_max_requests;        /* 0: without end */
	unsigned worker_max_requests_jitter; /* so many more at most, by chance */
	unsigned worker_max_lifetime_s;      /* 0: without end */
	uint64_t worker_memory_limit;        /* bytes, above which it is renewed; 0: none */
	uint64_t worker_memory_hard_limit;   /* bytes, that it cannot have; 0: none */
	enum config_memory_measure worker_memory_measure;
	unsigned worker_timeout_s;
	unsigned slow_request_ms; /* 0: no request is slow */
	unsigned graceful_timeout_s;
	unsigned upgrade_timeout_s;
	unsigned keepalive_timeout_s;    /* 0: idle connections are the front's to close */
	unsigned request_read_timeout_s; /* a request must have arrived whole within it */
	unsigned queue_timeout_ms;       /* QUEUE_TIMEOUT; 0: none */

	unsigned trusted_proxy_hops;
	struct config_list trusted_proxies; /* addresses, CIDR; empty: the hops alone count */
	struct config_list allowed_hosts;   /* lower case, without port and brackets */
	uint64_t max_content_length;        /* bytes */
	struct config_list frontend_origins;

	const char *jwt_public_key; /* PEM text (base64 already undone) */
	struct config_list jwt_audience;
	const char *jwt_issuer; /* NULL: not checked */
	struct config_list jwt_algorithms;
	unsigned jwt_leeway_s;
	const char *jwt_claim_namespace;
	unsigned jwt_max_bytes;  /* JWT_MAX_BYTES, of the Authorization value */
	bool jwt_second_opinion; /* JWT_SECOND_OPINION on|off */

	const char *policies_dir;
	unsigned policy_cache_ttl_s;
	enum config_forbid_error on_forbid_error;

	const char *rate_limit_uri;        /* as given or defaulted; limits/ knows its grammar */
	unsigned rate_limit_table_entries; /* RATE_LIMIT_TABLE_ENTRIES */
	const char **route_limits; /* per route of the service: the limit text in force, or NULL */

	struct config_extra *extras; /* per setting of the service */
};

/* Faults are texts for the operator: the setting's name and what is expected of it. */
struct config_faults {
	const char *texts[CONFIG_MAX_FAULTS];
	size_t count; /* may exceed CONFIG_MAX_FAULTS; the rest is only counted */
};

/* Adds a fault; `format` must not be given a setting's value. The text lives in `arena`. */
void config_fault(struct config_faults *faults, struct arena *arena, const char *format, ...)
    PRINTF_LIKE(3, 4);

/*
 * Reads all settings, the framework's, the routes' limits and the service's own, from
 * `environment` (NAME=VALUE, NULL at the end). Returns NULL when there was any fault. Does not
 * change the environment.
 */
const struct config *config_read(struct arena *arena, const struct postern_service *service,
    char *const *environment, struct config_faults *reterr_faults);

/*
 * Overwrites the values of secret settings in environ and removes them, so that no program
 * started from here inherits them. They are kept in this process's memory: config_read finds them
 * again where it is given `environ` itself.
 */
void config_wipe_secrets(const struct postern_service *service);

/*
 * Overwrites and removes every variable that is no setting, but for a few that libc looks at (TZ,
 * LANG, LC_*, PATH, HOME, TMPDIR, SQLITE_TMPDIR): what was meant for somebody else cannot be read
 * out of this process.
 */
void config_reduce_environment(const struct postern_service *service);

/* --help-settings: the table as text of at most 100 columns. */
void config_print_help(FILE *out, const struct postern_service *service);

/* The names of all settings that were given (never values), for the event settings.accepted. */
struct config_list config_given_names(
    struct arena *arena, const struct postern_service *service, char *const *environment);

const char *config_environment_name(enum config_environment environment);
const char *config_worker_mode_name(enum config_worker_mode mode);

#endif
