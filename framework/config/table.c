/* The table. A new setting is one entry here and one member of struct config. */
#include "config/table.h"

#include <string.h>

#include "config/config.h"

static const struct setting_word environments[] = {
	{ "production", ENVIRONMENT_PRODUCTION },
	{ "staging", ENVIRONMENT_STAGING },
	{ "development", ENVIRONMENT_DEVELOPMENT },
	{ "test", ENVIRONMENT_TEST },
	{ NULL, 0 },
};

static const struct setting_word log_levels[] = {
	{ "debug", LEVEL_DEBUG },
	{ "info", LEVEL_INFO },
	{ "warning", LEVEL_WARNING },
	{ "error", LEVEL_ERROR },
	{ "critical", LEVEL_CRITICAL },
	{ NULL, 0 },
};

static const struct setting_word forbid_errors[] = {
	{ "deny", FORBID_ERROR_DENY },
	{ "skip", FORBID_ERROR_SKIP },
	{ NULL, 0 },
};

static const struct setting_word worker_modes[] = {
	{ "static", WORKER_MODE_STATIC },
	{ "dynamic", WORKER_MODE_DYNAMIC },
	{ "ondemand", WORKER_MODE_ONDEMAND },
	{ NULL, 0 },
};

static const struct setting_word schedulings[] = {
	{ "batch", SCHEDULING_BATCH },
	{ "inherited", SCHEDULING_INHERITED },
	{ NULL, 0 },
};

static const struct setting_word memory_measures[] = {
	{ "rss", MEMORY_MEASURE_RSS },
	{ "pss", MEMORY_MEASURE_PSS },
	{ NULL, 0 },
};

static const struct setting_word sandbox_modes[] = {
	{ "off", CONFIG_SANDBOX_OFF },
	{ "log", CONFIG_SANDBOX_LOG },
	{ "strict", CONFIG_SANDBOX_STRICT },
	{ NULL, 0 },
};

#define PLACE(member) .offset = offsetof(struct config, member)
#define NUMBERS(least, most) .type = SETTING_NUMBER, .minimum = (least), .maximum = (most)
#define INTEGERS(least, most) .type = SETTING_INTEGER, .lowest = (least), .highest = (most)
#define WORDS(list) .type = SETTING_WORD, .words = (list)

static const struct setting settings[] = {
	/* --- the service --- */
	{ .name = "SERVICE_NAME",
	    .type = SETTING_SERVICE_NAME,
	    .otherwise = "{service}",
	    PLACE(service_name),
	    .help = "name in logs and process titles" },
	{ .name = "ENV",
	    WORDS(environments),
	    .otherwise = "production",
	    PLACE(environment),
	    .help = "HTTPS is enforced and forwarded headers are read in the first two" },
	{ .name = "LOG_LEVEL",
	    WORDS(log_levels),
	    .otherwise = "info",
	    PLACE(log_level),
	    .help = "lines below this level are not written" },
	{ .name = "LOG_FILE",
	    .type = SETTING_FOLDER,
	    PLACE(log_file),
	    .help =
		"file that the log is appended to, opened anew on USR1; unset, standard output" },
	{ .name = "LOG_PSEUDONYM_KEY",
	    .type = SETTING_KEY,
	    .minimum = 32,
	    .maximum = 1024,
	    .is_secret = true,
	    PLACE(log_pseudonym_key),
	    .help = "key of the pseudonyms of clients and subjects in the log; without it they are "
		    "left "
		    "out in production, and made with a random key per start elsewhere" },

	/* --- sockets and processes --- */
	{ .name = "LISTEN",
	    .type = SETTING_LISTEN,
	    .elsewhere = "unix:/run/{service}/{service}.sock",
	    PLACE(listen),
	    .help =
		"where the front server connects: unix:PATH[?mode=0660&user=U&group=G], HOST:PORT, "
		"[IPV6]:PORT, fd:N or systemd[:NAME]; several are set apart by spaces. An "
		"inherited "
		"socket on descriptor 0, or from systemd, goes before the default" },
	{ .name = "LISTEN_ALLOWED_PEERS",
	    .type = SETTING_NETWORKS,
	    PLACE(listen_allowed_peers),
	    .help = "where connections to TCP sockets of LISTEN and STATUS_LISTEN may come from; "
		    "unset, this machine" },
	{ .name = "LISTEN_BACKLOG",
	    NUMBERS(1, 65535),
	    .otherwise = "1024",
	    PLACE(listen_backlog),
	    .help = "connections that may wait in a socket's queue; net.core.somaxconn of the "
		    "kernel is the most" },
	{ .name = "PID_FILE",
	    .type = SETTING_FOLDER,
	    PLACE(pid_file),
	    .help = "file that holds the manager's process id, and is locked for as long as it "
		    "lives; unset, none" },
	{ .name = "SERVICE_USER",
	    .type = SETTING_ACCOUNT,
	    PLACE(service_user),
	    .help = "user that a start as root drops to" },
	{ .name = "SERVICE_GROUP",
	    .type = SETTING_ACCOUNT,
	    PLACE(service_group),
	    .help = "group that a start as root drops to; the user's own when unset" },
	{ .name = "SERVICE_CHROOT",
	    .type = SETTING_FOLDER,
	    PLACE(service_chroot),
	    .help = "folder that becomes the root of the file system once the sockets are open; a "
		    "start as "
		    "root alone can do that" },
	{ .name = "SERVICE_DIRECTORY",
	    .type = SETTING_FOLDER,
	    PLACE(service_directory),
	    .help = "working directory, within SERVICE_CHROOT where that is given; unset, the one "
		    "that the "
		    "service was started in" },
	{ .name = "CORE_DUMPS",
	    .type = SETTING_SWITCH,
	    .otherwise = "off",
	    PLACE(core_dumps),
	    .help = "whether a process that crashes may leave its memory, with all that is in it, "
		    "in a "
		    "file, and may be traced by its own user" },
	{ .name = "OOM_SCORE_ADJ",
	    INTEGERS(-1000, 1000),
	    PLACE(oom_score_adj),
	    .help = "how much sooner (above 0) or later the kernel ends the service when memory is "
		    "out; "
		    "below what was inherited needs a start as root" },
	{ .name = "WORKER_OOM_SCORE_ADJ",
	    INTEGERS(-1000, 1000),
	    PLACE(worker_oom_score_adj),
	    .help =
		"the same of each worker, so that one of them ends and not the manager; unset, as "
		"the manager" },
	{ .name = "SANDBOX",
	    WORDS(sandbox_modes),
	    .otherwise = "strict",
	    .is_hardened = true,
	    PLACE(sandbox),
	    .help = "what workers and ledger may not do: strict ends a process that tries a system "
		    "call of "
		    "which it has no need and hides all files but its own; log lets it run and "
		    "tells its name; "
		    "off" },
	{ .name = "SANDBOX_READ_PATHS",
	    .type = SETTING_PATHS,
	    PLACE(sandbox_read_paths),
	    .help = "files and folders that workers may read beside the stores" },
	{ .name = "SANDBOX_WRITE_PATHS",
	    .type = SETTING_PATHS,
	    PLACE(sandbox_write_paths),
	    .help = "files and folders that workers may read, write, make and remove beside the "
		    "stores" },
	{ .name = "WEB_CONCURRENCY",
	    NUMBERS(1, 512),
	    .otherwise = "2",
	    PLACE(workers),
	    .help = "worker processes; with another WORKER_MODE than static, at most" },
	{ .name = "WORKER_MODE",
	    WORDS(worker_modes),
	    .otherwise = "static",
	    PLACE(worker_mode),
	    .help = "how the number of workers follows the load: static: it does not; dynamic: "
		    "some are always idle; ondemand: one for each connection that nobody takes" },
	{ .name = "WORKER_START",
	    NUMBERS(1, 512),
	    PLACE(worker_start),
	    .help = "dynamic: workers at the start; unset, in the middle between the fewest and "
		    "the most idle ones" },
	{ .name = "WORKER_MIN_SPARE",
	    NUMBERS(1, 512),
	    PLACE(worker_min_spare),
	    .help = "dynamic, and required there: idle workers that there are at least" },
	{ .name = "WORKER_MAX_SPARE",
	    NUMBERS(1, 512),
	    PLACE(worker_max_spare),
	    .help = "dynamic, and required there: idle workers that there are at most" },
	{ .name = "WORKER_IDLE_TIMEOUT",
	    NUMBERS(1, 86400),
	    .otherwise = "10",
	    PLACE(worker_idle_timeout_s),
	    .help = "ondemand: seconds after which an idle worker ends" },
	{ .name = "WORKER_SPAWN_RATE",
	    NUMBERS(1, 512),
	    .otherwise = "32",
	    PLACE(worker_spawn_rate),
	    .help = "dynamic and ondemand: workers that are started at once, at most" },
	{ .name = "WORKER_TIMEOUT",
	    .other_name = "GUNICORN_TIMEOUT",
	    NUMBERS(1, 3600),
	    .otherwise = "30",
	    PLACE(worker_timeout_s),
	    .help = "seconds one request, or a worker's start, may take before the worker's stack "
		    "is "
		    "logged and the worker replaced" },
	{ .name = "SLOW_REQUEST_TIMEOUT",
	    .type = SETTING_SECONDS,
	    .maximum = 3600,
	    .otherwise = "0",
	    PLACE(slow_request_ms),
	    .help = "seconds after which a request that is still being served has its stack "
		    "logged, "
		    "once, and goes on; 0 is never" },
	{ .name = "REQUEST_READ_TIMEOUT",
	    NUMBERS(1, 3600),
	    .otherwise = "10",
	    PLACE(request_read_timeout_s),
	    .help = "seconds within which a request must have arrived whole" },
	{ .name = "QUEUE_TIMEOUT",
	    .type = SETTING_SECONDS,
	    .maximum = 3600,
	    .otherwise = "0",
	    PLACE(queue_timeout_ms),
	    .help = "seconds after which a request that no worker has begun is answered 503; 0: "
		    "it waits as long as its front does" },
	{ .name = "KEEPALIVE_TIMEOUT",
	    NUMBERS(0, 86400),
	    .otherwise = "0",
	    PLACE(keepalive_timeout_s),
	    .help = "seconds after which a connection that is kept open and not used is closed; 0 "
		    "leaves "
		    "that to the front server, which alone can do it without losing a POST" },
	{ .name = "GRACEFUL_TIMEOUT",
	    NUMBERS(1, 3600),
	    .otherwise = "30",
	    PLACE(graceful_timeout_s),
	    .help = "seconds that a stop or reload lets requests finish" },
	{ .name = "UPGRADE_TIMEOUT",
	    NUMBERS(1, 3600),
	    .otherwise = "30",
	    PLACE(upgrade_timeout_s),
	    .help = "seconds within which a new program must be ready to take over" },
	{ .name = "WORKER_CPU_AFFINITY",
	    .type = SETTING_CORES,
	    .otherwise = "off",
	    PLACE(worker_cores),
	    .help = "cores that workers are bound to, one each in turn: those that the manager may "
		    "use, or a list of them" },
	{ .name = "WORKER_NICE",
	    INTEGERS(-20, 19),
	    PLACE(worker_nice),
	    .help = "nice value of each worker; below the manager's takes a start as root" },
	{ .name = "WORKER_SCHEDULING",
	    WORDS(schedulings),
	    .otherwise = "batch",
	    PLACE(worker_scheduling),
	    .help =
		"batch lets the front server finish what it does before a worker that wakes takes "
		"its core; inherited leaves the scheduler as the service was started with" },
	{ .name = "WORKER_MAX_REQUESTS",
	    NUMBERS(0, 1000000000),
	    .otherwise = "0",
	    PLACE(worker_max_requests),
	    .help = "requests that a worker answers before it is renewed; 0 is without end" },
	{ .name = "WORKER_MAX_REQUESTS_JITTER",
	    NUMBERS(0, 1000000000),
	    .otherwise = "0",
	    PLACE(worker_max_requests_jitter),
	    .help = "at most so many requests more, by chance for each worker" },
	{ .name = "WORKER_MAX_LIFETIME",
	    NUMBERS(0, 31536000),
	    .otherwise = "0",
	    PLACE(worker_max_lifetime_s),
	    .help = "seconds after which a worker is renewed; 0 is never" },
	{ .name = "WORKER_MEMORY_LIMIT",
	    .type = SETTING_SIZE,
	    .minimum = 0,
	    .maximum = INT64_MAX,
	    .otherwise = "0",
	    PLACE(worker_memory_limit),
	    .help = "bytes of memory above which a worker is renewed after its request; 0 is no "
		    "limit" },
	{ .name = "WORKER_MEMORY_MEASURE",
	    WORDS(memory_measures),
	    .otherwise = "rss",
	    PLACE(worker_memory_measure),
	    .help = "which memory: rss counts all that is resident, pss what is shared by its "
		    "part" },
	{ .name = "WORKER_MEMORY_HARD_LIMIT",
	    .type = SETTING_SIZE,
	    .minimum = 0,
	    .maximum = INT64_MAX,
	    .otherwise = "0",
	    PLACE(worker_memory_hard_limit),
	    .help = "bytes of data that a worker cannot have: what asks for more fails; 0 is no "
		    "limit" },
	{ .name = "GUNICORN_THREADS",
	    NUMBERS(1, 128),
	    .availability = SETTING_WITHOUT_EFFECT,
	    .otherwise = "2",
	    .help =
		"a worker here has no threads: it holds any number of connections and serves one "
		"request at a time; see WEB_CONCURRENCY" },
	{ .name = "GUNICORN_KEEPALIVE",
	    NUMBERS(1, 3600),
	    .availability = SETTING_WITHOUT_EFFECT,
	    .otherwise = "5",
	    .help = "the front server decides how long its connections stay open; see "
		    "KEEPALIVE_TIMEOUT" },

	/* --- the front server and the client --- */
	{ .name = "TRUSTED_PROXY_HOPS",
	    NUMBERS(0, 16),
	    .otherwise = "1",
	    PLACE(trusted_proxy_hops),
	    .help = "proxies whose X-Forwarded-For, -Proto, -Host and -Prefix count, from the "
		    "nearest; 0 "
		    "trusts none" },
	{ .name = "TRUSTED_PROXIES",
	    .type = SETTING_NETWORKS,
	    PLACE(trusted_proxies),
	    .help = "the addresses that forwarded headers are taken from; unset, the hops alone "
		    "count" },
	{ .name = "ALLOWED_HOSTS",
	    .type = SETTING_HOSTS,
	    PLACE(allowed_hosts),
	    .help =
		"hosts that requests may name, and that a redirect to HTTPS may go to; unset, any "
		"well-formed host will do and nothing is redirected" },
	{ .name = "MAX_CONTENT_LENGTH",
	    .type = SETTING_SIZE,
	    .minimum = 1,
	    .maximum = 1073741824,
	    .otherwise = "16384",
	    PLACE(max_content_length),
	    .help = "bytes of a request's body" },
	{ .name = "FRONTEND_URL",
	    .type = SETTING_ORIGINS,
	    .otherwise = "http://localhost:5173",
	    .is_development = true,
	    PLACE(frontend_origins),
	    .help = "origins whose scripts may call the service (CORS)" },

	/* --- tokens --- */
	{ .name = "JWT_PUBLIC_KEY",
	    .type = SETTING_PEM,
	    PLACE(jwt_public_key),
	    .help = "key that tokens are verified with; required unless every route is public" },
	{ .name = "JWT_JWKS_URI",
	    .type = SETTING_TEXT,
	    .availability = SETTING_NOT_OFFERED,
	    .help = "where the keys are fetched from" },
	{ .name = "JWT_AUDIENCE",
	    .type = SETTING_AUDIENCE,
	    .otherwise = "{service}",
	    PLACE(jwt_audience),
	    .help = "values of which a token's aud must hold one" },
	{ .name = "JWT_ISSUER",
	    .type = SETTING_TEXT,
	    PLACE(jwt_issuer),
	    .help = "value that a token's iss must have; unset, it is not checked" },
	{ .name = "JWT_ALGORITHMS",
	    .type = SETTING_ALGORITHMS,
	    .otherwise = "RS256",
	    PLACE(jwt_algorithms),
	    .help = "signature algorithms that are accepted" },
	{ .name = "JWT_LEEWAY",
	    NUMBERS(0, 60),
	    .otherwise = "0",
	    PLACE(jwt_leeway_s),
	    .help = "seconds by which the issuer's clock may differ" },
	{ .name = "JWT_CLAIM_NAMESPACE",
	    .type = SETTING_NAMESPACE,
	    .otherwise = "neosofia",
	    PLACE(jwt_claim_namespace),
	    .help = "prefix of the claims that policies see" },
	{ .name = "JWT_MAX_BYTES",
	    NUMBERS(512, 65536),
	    .otherwise = "8192",
	    PLACE(jwt_max_bytes),
	    .help = "bytes of an Authorization header's value" },
	{ .name = "JWT_SECOND_OPINION",
	    .type = SETTING_SWITCH,
	    .otherwise = "on",
	    PLACE(jwt_second_opinion),
	    .help = "whether libjwt must accept a token too" },

	/* --- policies --- */
	{ .name = "AUTHORIZATION_POLICIES_DIR",
	    .type = SETTING_TEXT,
	    .otherwise = "policies",
	    PLACE(policies_dir),
	    .help = "folder of the Cedar policies" },
	{ .name = "AUTHORIZATION_ON_FORBID_ERROR",
	    WORDS(forbid_errors),
	    .otherwise = "deny",
	    PLACE(on_forbid_error),
	    .help = "deny: a forbid policy whose evaluation fails denies; skip: Cedar's own rule" },
	{ .name = "AUTHORIZATION_POLICY_CACHE_TTL",
	    NUMBERS(0, 86400),
	    .otherwise = "60",
	    PLACE(policy_cache_ttl_s),
	    .help = "seconds between looks for changed policies; 0: every second" },

	/* --- limits and status --- */
	{ .name = "RATE_LIMIT_STORAGE_URI",
	    .other_name = "RATELIMIT_STORAGE_URI",
	    .type = SETTING_LIMITS_URI,
	    .is_secret = true,
	    .otherwise = "sqlite:///var/lib/{service}/limits.db",
	    PLACE(rate_limit_uri),
	    .help = "where the counters of the rate limits are kept: sqlite:// with an absolute "
		    "path, or "
		    "memory://. The redis schemes are not offered by this version" },
	{ .name = "RATE_LIMIT_TABLE_ENTRIES",
	    NUMBERS(1024, 4194304),
	    .otherwise = "65536",
	    PLACE(rate_limit_table_entries),
	    .help = "counters there is room for; with none left new clients are refused" },
	{ .name = "STATUS_LISTEN",
	    .type = SETTING_LISTEN,
	    PLACE(status_listen),
	    .help = "where /status, /metrics, /ping and /ready are answered, as LISTEN; unset, "
		    "nowhere" },
};

static const struct setting_misspelling misspellings[] = {
	{ "JWT_PUBLIC_KEY_PEM", "JWT_PUBLIC_KEY" },
};

const struct setting *
settings_get(size_t *ret_count)
{
	*ret_count = COUNT_OF(settings);
	return settings;
}

const struct setting *
setting_find(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(settings); i++) {
		const struct setting *setting = &settings[i];

		if (strcmp(setting->name, name) == 0 ||
		    (setting->other_name != NULL && strcmp(setting->other_name, name) == 0))
			return setting;
	}
	return NULL;
}

const struct setting_misspelling *
settings_misspellings(size_t *ret_count)
{
	*ret_count = COUNT_OF(misspellings);
	return misspellings;
}
