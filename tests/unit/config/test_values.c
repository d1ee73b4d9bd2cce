/* Every setting's range and grammar: what is taken and what is refused, by which words. */
#include "settings.h"

struct row {
	const char *name;
	const char *variables[MAX_VARIABLES];
	const char *fault; /* NULL: accepted */
};

#define NUMBER_FAULT(name, range) name ": expected whole number, " range
#define SECONDS_FAULT "SLOW_REQUEST_TIMEOUT: expected seconds, 0 to 3600, at most 3 decimals"
#define NOT_OFFERED(name) name ": not offered by this version; leave it unset"
#define KEY32 "0123456789abcdef0123456789abcdef"
#define DYNAMIC "WORKER_MODE=dynamic", "WEB_CONCURRENCY=4"
#define HOSTS8 "a b c d e f g h "

static const struct row rows[] = {
	{ "nothing at all", { NULL }, NULL },
	{ "empty values are defaults", { "ENV=", "WEB_CONCURRENCY=", "JWT_PUBLIC_KEY=" }, NULL },
	{ "foreign names are none of ours", { "PATH=/bin", "postern_x=1", "=odd", "odd" }, NULL },

	{ "a service's name", { "SERVICE_NAME=my-notes-2" }, NULL },
	{ "a service's name in capitals", { "SERVICE_NAME=Notes" },
	    "SERVICE_NAME: expected 1 to 64 of a-z, 0-9 and hyphen" },
	{ "a service's name of 64",
	    { "SERVICE_NAME=aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd" },
	    NULL },
	{ "a service's name of 65",
	    { "SERVICE_NAME=aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddde" },
	    "SERVICE_NAME: expected 1 to 64 of a-z, 0-9 and hyphen" },
	{ "an environment", { "ENV=staging" }, NULL },
	{ "an environment in capitals", { "ENV=Production" },
	    "ENV: expected one of production, staging, development, test" },
	{ "an environment with a space", { "ENV=production " },
	    "ENV: expected one of production, staging, development, test" },
	{ "an unknown level", { "LOG_LEVEL=trace" },
	    "LOG_LEVEL: expected one of debug, info, warning, error, critical" },
	{ "a key of 32 bytes", { "LOG_PSEUDONYM_KEY=" KEY32 }, NULL },
	{ "a key of 31 bytes", { "LOG_PSEUDONYM_KEY=123456789abcdef0123456789abcdef" },
	    "LOG_PSEUDONYM_KEY: expected secret of 32 to 1024 bytes" },

	{ "one worker", { "WEB_CONCURRENCY=1" }, NULL },
	{ "no worker", { "WEB_CONCURRENCY=0" }, NUMBER_FAULT("WEB_CONCURRENCY", "1 to 512") },
	{ "512 workers", { "WEB_CONCURRENCY=512" }, NULL },
	{ "513 workers", { "WEB_CONCURRENCY=513" }, NUMBER_FAULT("WEB_CONCURRENCY", "1 to 512") },
	{ "a number with a sign", { "WEB_CONCURRENCY=+2" },
	    NUMBER_FAULT("WEB_CONCURRENCY", "1 to 512") },
	{ "a number with a space", { "WEB_CONCURRENCY= 2" },
	    NUMBER_FAULT("WEB_CONCURRENCY", "1 to 512") },
	{ "a number with a unit", { "WORKER_TIMEOUT=30s" },
	    NUMBER_FAULT("WORKER_TIMEOUT", "1 to 3600") },
	{ "a number that would wrap", { "WEB_CONCURRENCY=18446744073709551617" },
	    NUMBER_FAULT("WEB_CONCURRENCY", "1 to 512") },
	{ "a timeout of 0", { "WORKER_TIMEOUT=0" }, NUMBER_FAULT("WORKER_TIMEOUT", "1 to 3600") },
	{ "a slow request's time", { "SLOW_REQUEST_TIMEOUT=2" }, NULL },
	{ "a fraction of a second", { "SLOW_REQUEST_TIMEOUT=0.25" }, NULL },
	{ "a millisecond", { "SLOW_REQUEST_TIMEOUT=0.001" }, NULL },
	{ "the longest", { "SLOW_REQUEST_TIMEOUT=3600.000" }, NULL },
	{ "a millisecond too long", { "SLOW_REQUEST_TIMEOUT=3600.001" }, SECONDS_FAULT },
	{ "an hour and a second", { "SLOW_REQUEST_TIMEOUT=3601" }, SECONDS_FAULT },
	{ "four decimals", { "SLOW_REQUEST_TIMEOUT=0.2500" }, SECONDS_FAULT },
	{ "nothing before the point", { "SLOW_REQUEST_TIMEOUT=.5" }, SECONDS_FAULT },
	{ "nothing behind the point", { "SLOW_REQUEST_TIMEOUT=5." }, SECONDS_FAULT },
	{ "two points", { "SLOW_REQUEST_TIMEOUT=0.2.5" }, SECONDS_FAULT },
	{ "a comma", { "SLOW_REQUEST_TIMEOUT=0,5" }, SECONDS_FAULT },
	{ "seconds below zero", { "SLOW_REQUEST_TIMEOUT=-1" }, SECONDS_FAULT },
	{ "a sign behind the point", { "SLOW_REQUEST_TIMEOUT=0.-5" }, SECONDS_FAULT },
	{ "a read timeout of 0", { "REQUEST_READ_TIMEOUT=0" },
	    NUMBER_FAULT("REQUEST_READ_TIMEOUT", "1 to 3600") },
	{ "a graceful timeout of a day", { "GRACEFUL_TIMEOUT=86400" },
	    NUMBER_FAULT("GRACEFUL_TIMEOUT", "1 to 3600") },
	{ "a request that waits as long as it must", { "QUEUE_TIMEOUT=0" }, NULL },
	{ "one that waits for half a second", { "QUEUE_TIMEOUT=0.5" }, NULL },
	{ "one that waits for more than an hour", { "QUEUE_TIMEOUT=3600.001" },
	    "QUEUE_TIMEOUT: expected seconds, 0 to 3600, at most 3 decimals" },
	{ "gunicorn's name for the timeout", { "GUNICORN_TIMEOUT=60" }, NULL },
	{ "both names with one value", { "GUNICORN_TIMEOUT=60", "WORKER_TIMEOUT=60" }, NULL },
	{ "both names with two values", { "GUNICORN_TIMEOUT=60", "WORKER_TIMEOUT=61" },
	    "WORKER_TIMEOUT and GUNICORN_TIMEOUT: two different values" },
	{ "a fault under gunicorn's name", { "GUNICORN_TIMEOUT=0" },
	    NUMBER_FAULT("GUNICORN_TIMEOUT", "1 to 3600") },
	{ "gunicorn's threads", { "GUNICORN_THREADS=4", "GUNICORN_KEEPALIVE=5" }, NULL },
	{ "too many of gunicorn's threads", { "GUNICORN_THREADS=129" },
	    NUMBER_FAULT("GUNICORN_THREADS", "1 to 128") },
	{ "the largest body", { "MAX_CONTENT_LENGTH=1073741824" }, NULL },
	{ "a body one byte too large", { "MAX_CONTENT_LENGTH=1073741825" },
	    NUMBER_FAULT("MAX_CONTENT_LENGTH", "1 to 1073741824") },
	{ "no body", { "MAX_CONTENT_LENGTH=0" },
	    NUMBER_FAULT("MAX_CONTENT_LENGTH", "1 to 1073741824") },
	{ "no hops", { "TRUSTED_PROXY_HOPS=0" }, NULL },
	{ "17 hops", { "TRUSTED_PROXY_HOPS=17" }, NUMBER_FAULT("TRUSTED_PROXY_HOPS", "0 to 16") },
	{ "a leeway of 61 s", { "JWT_LEEWAY=61" }, NUMBER_FAULT("JWT_LEEWAY", "0 to 60") },
	{ "tokens of 511 bytes", { "JWT_MAX_BYTES=511" },
	    NUMBER_FAULT("JWT_MAX_BYTES", "512 to 65536") },
	{ "1023 counters", { "RATE_LIMIT_TABLE_ENTRIES=1023" },
	    NUMBER_FAULT("RATE_LIMIT_TABLE_ENTRIES", "1024 to 4194304") },
	{ "a look at the policies every time", { "AUTHORIZATION_POLICY_CACHE_TTL=0" }, NULL },

	{ "a user", { "SERVICE_USER=www-data", "SERVICE_GROUP=_g1" }, NULL },
	{ "a user that looks like an option", { "SERVICE_USER=-x" },
	    "SERVICE_USER: expected name of an account, at most 32 characters" },
	{ "a group with a colon", { "SERVICE_GROUP=a:b" },
	    "SERVICE_GROUP: expected name of an account, at most 32 characters" },
	{ "a chroot", { "SERVICE_CHROOT=/srv/jail", "SERVICE_DIRECTORY=/" }, NULL },
	{ "a chroot from somewhere", { "SERVICE_CHROOT=srv/jail" },
	    "SERVICE_CHROOT: expected absolute path" },
	{ "a working directory from somewhere", { "SERVICE_DIRECTORY=." },
	    "SERVICE_DIRECTORY: expected absolute path" },
	{ "core dumps", { "CORE_DUMPS=on" }, NULL },
	{ "some core dumps", { "CORE_DUMPS=yes" }, "CORE_DUMPS: expected on or off" },
	{ "the least and the largest score", { "OOM_SCORE_ADJ=-1000", "WORKER_OOM_SCORE_ADJ=1000" },
	    NULL },
#define SCORE_FAULT "OOM_SCORE_ADJ: expected whole number, -1000 to 1000"
	{ "a score of -1001", { "OOM_SCORE_ADJ=-1001" }, SCORE_FAULT },
	{ "a score of 1001", { "OOM_SCORE_ADJ=1001" }, SCORE_FAULT },
	{ "a score with a plus", { "OOM_SCORE_ADJ=+1" }, SCORE_FAULT },
	{ "a score of a minus alone", { "OOM_SCORE_ADJ=-" }, SCORE_FAULT },
	{ "a score with two signs", { "OOM_SCORE_ADJ=--1" }, SCORE_FAULT },
	{ "a score that would wrap", { "OOM_SCORE_ADJ=4294967296" }, SCORE_FAULT },
	{ "a sandbox", { "SANDBOX=log" }, NULL },
	{ "half a sandbox", { "SANDBOX=on" }, "SANDBOX: expected one of off, log, strict" },
	{ "paths",
	    { "SANDBOX_READ_PATHS=/etc/ssl:/usr/share/zoneinfo/", "SANDBOX_WRITE_PATHS=/a b" },
	    NULL },
#define PATHS_FAULT                                                                               \
	"SANDBOX_READ_PATHS: expected absolute paths but / itself, set apart by colons, at most " \
	"32"
	{ "a path from somewhere", { "SANDBOX_READ_PATHS=/etc/ssl:etc" }, PATHS_FAULT },
	{ "the path of everything", { "SANDBOX_READ_PATHS=/" }, PATHS_FAULT },
	{ "the path of everything, spelt oddly", { "SANDBOX_READ_PATHS=/etc:///" }, PATHS_FAULT },
	{ "colons alone", { "SANDBOX_READ_PATHS=::" }, PATHS_FAULT },
#define PATHS8 "/a:/b:/c:/d:/e:/f:/g:/h:"
	{ "32 paths", { "SANDBOX_READ_PATHS=" PATHS8 PATHS8 PATHS8 PATHS8 }, NULL },
	{ "33 paths", { "SANDBOX_READ_PATHS=" PATHS8 PATHS8 PATHS8 PATHS8 "/i" }, PATHS_FAULT },
	{ "two addresses to listen on", { "LISTEN=unix:/run/x.sock 127.0.0.1:9000" }, NULL },
	{ "the socket of systemd", { "LISTEN=127.0.0.1:9000 systemd" }, NULL },
	{ "peers", { "LISTEN_ALLOWED_PEERS=10.0.0.0/8 ::1" }, NULL },
	{ "peers by name", { "LISTEN_ALLOWED_PEERS=web.example" },
	    "LISTEN_ALLOWED_PEERS: expected addresses and CIDR ranges, at most 32" },
	{ "the longest queue", { "LISTEN_BACKLOG=65535" }, NULL },
	{ "no queue", { "LISTEN_BACKLOG=0" }, "LISTEN_BACKLOG: expected whole number, 1 to 65535" },
	{ "a file for the process id", { "PID_FILE=/run/x.pid" }, NULL },
	{ "one from somewhere", { "PID_FILE=x.pid" }, "PID_FILE: expected absolute path" },

	{ "networks", { "TRUSTED_PROXIES=10.0.0.0/8, ::1 fd00::/8,192.0.2.1" }, NULL },
	{ "a network with too many bits", { "TRUSTED_PROXIES=10.0.0.0/33" },
	    "TRUSTED_PROXIES: expected addresses and CIDR ranges, at most 32" },
	{ "an IPv6 network with too many bits", { "TRUSTED_PROXIES=::/129" },
	    "TRUSTED_PROXIES: expected addresses and CIDR ranges, at most 32" },
	{ "a network of half an address", { "TRUSTED_PROXIES=10.0/8" },
	    "TRUSTED_PROXIES: expected addresses and CIDR ranges, at most 32" },
	{ "a network without bits behind the slash", { "TRUSTED_PROXIES=10.0.0.0/" },
	    "TRUSTED_PROXIES: expected addresses and CIDR ranges, at most 32" },
	{ "a host where a network should be", { "TRUSTED_PROXIES=localhost" },
	    "TRUSTED_PROXIES: expected addresses and CIDR ranges, at most 32" },
	{ "only separators", { "TRUSTED_PROXIES=, ," },
	    "TRUSTED_PROXIES: expected addresses and CIDR ranges, at most 32" },

	{ "hosts", { "ALLOWED_HOSTS=a.example, B.Example 192.0.2.1 [::1] 2001:db8::1" }, NULL },
	{ "a host with a port", { "ALLOWED_HOSTS=a.example:443" },
	    "ALLOWED_HOSTS: expected hosts without port, at most 32" },
	{ "any host", { "ALLOWED_HOSTS=*" },
	    "ALLOWED_HOSTS: expected hosts without port, at most 32" },
	{ "a host with an empty label", { "ALLOWED_HOSTS=a..example" },
	    "ALLOWED_HOSTS: expected hosts without port, at most 32" },
	{ "a host that begins with a dot", { "ALLOWED_HOSTS=.example" },
	    "ALLOWED_HOSTS: expected hosts without port, at most 32" },
	{ "brackets around a name", { "ALLOWED_HOSTS=[example]" },
	    "ALLOWED_HOSTS: expected hosts without port, at most 32" },
	{ "32 hosts", { "ALLOWED_HOSTS=" HOSTS8 HOSTS8 HOSTS8 HOSTS8 }, NULL },
	{ "33 hosts", { "ALLOWED_HOSTS=" HOSTS8 HOSTS8 HOSTS8 HOSTS8 "z" },
	    "ALLOWED_HOSTS: expected hosts without port, at most 32" },

#define ORIGIN_FAULT                                                                            \
	"FRONTEND_URL: expected scheme://host[:port] without a path or the scheme's own port, " \
	"space-separated, at most 32"
	{ "origins", { "FRONTEND_URL=https://a.example http://localhost:5173 https://[::1]:8443" },
	    NULL },
	{ "any origin", { "FRONTEND_URL=*" }, ORIGIN_FAULT },
	{ "the null origin", { "FRONTEND_URL=null" }, ORIGIN_FAULT },
	{ "an origin with a slash at the end", { "FRONTEND_URL=https://a.example/" },
	    ORIGIN_FAULT },
	{ "an origin with a path", { "FRONTEND_URL=https://a.example/x" }, ORIGIN_FAULT },
	{ "an origin with a name in it", { "FRONTEND_URL=https://me@a.example" }, ORIGIN_FAULT },
	{ "an origin of another scheme", { "FRONTEND_URL=ftp://a.example" }, ORIGIN_FAULT },
	{ "an origin without a host", { "FRONTEND_URL=https://" }, ORIGIN_FAULT },
	{ "an origin with only a port", { "FRONTEND_URL=https://:1" }, ORIGIN_FAULT },
	{ "an origin with its scheme's own port", { "FRONTEND_URL=https://a.example:443" },
	    ORIGIN_FAULT },
	{ "the other scheme's port", { "FRONTEND_URL=http://a.example:443" }, NULL },
	{ "port 65536", { "FRONTEND_URL=http://a.example:65536" }, ORIGIN_FAULT },
	{ "port 0", { "FRONTEND_URL=http://a.example:0" }, ORIGIN_FAULT },
	{ "a port with a zero in front", { "FRONTEND_URL=http://a.example:08080" }, ORIGIN_FAULT },
	{ "a colon without a port", { "FRONTEND_URL=http://a.example:" }, ORIGIN_FAULT },
	{ "text behind an IPv6 address", { "FRONTEND_URL=http://[::1]x" }, ORIGIN_FAULT },
	{ "an open bracket", { "FRONTEND_URL=http://[::1" }, ORIGIN_FAULT },
	{ "origins set apart by a comma", { "FRONTEND_URL=http://a,http://b" }, ORIGIN_FAULT },

	{ "several audiences", { "JWT_AUDIENCE=notes, other service" }, NULL },
	{ "an empty audience", { "JWT_AUDIENCE=notes,,other" },
	    "JWT_AUDIENCE: expected comma-separated texts, at most 32" },
	{ "only commas", { "JWT_AUDIENCE=," },
	    "JWT_AUDIENCE: expected comma-separated texts, at most 32" },
	{ "all algorithms",
	    { "JWT_ALGORITHMS=RS256 RS384,RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA" },
	    NULL },
#define ALGORITHM_FAULT                                                                            \
	"JWT_ALGORITHMS: expected one or more of RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 " \
	"ES512 EdDSA"
	{ "no algorithm", { "JWT_ALGORITHMS=none" }, ALGORITHM_FAULT },
	{ "no algorithm beside one", { "JWT_ALGORITHMS=RS256 None" }, ALGORITHM_FAULT },
	{ "a symmetric algorithm", { "JWT_ALGORITHMS=HS256" }, ALGORITHM_FAULT },
	{ "an algorithm in lower case", { "JWT_ALGORITHMS=rs256" }, ALGORITHM_FAULT },
	{ "the second opinion off", { "JWT_SECOND_OPINION=off" }, NULL },
	{ "the second opinion false", { "JWT_SECOND_OPINION=false" },
	    "JWT_SECOND_OPINION: expected on or off" },
	{ "a namespace that is a URL", { "JWT_CLAIM_NAMESPACE=https://example.org/claims" }, NULL },
	{ "a namespace with a quote", { "JWT_CLAIM_NAMESPACE=a\"b" },
	    "JWT_CLAIM_NAMESPACE: expected 1 to 128 letters, digits and _ - . / :" },
	{ "a forbid error that is passed over", { "AUTHORIZATION_ON_FORBID_ERROR=skip" }, NULL },
	{ "a forbid error that permits", { "AUTHORIZATION_ON_FORBID_ERROR=permit" },
	    "AUTHORIZATION_ON_FORBID_ERROR: expected one of deny, skip" },

#define STORE_FAULT                                                                              \
	"RATE_LIMIT_STORAGE_URI: expected sqlite:///PATH or memory:// (redis is not offered by " \
	"this version)"
	{ "counters in memory", { "RATE_LIMIT_STORAGE_URI=memory://" }, NULL },
	{ "counters in a file", { "RATELIMIT_STORAGE_URI=sqlite:///tmp/x.db" }, NULL },
	{ "counters in redis", { "RATE_LIMIT_STORAGE_URI=redis://:password@host" }, STORE_FAULT },
	{ "counters in redis, under the other name", { "RATELIMIT_STORAGE_URI=redis://host" },
	    "RATELIMIT_STORAGE_URI: expected sqlite:///PATH or memory:// (redis is not offered by "
	    "this version)" },
	{ "counters in a relative file", { "RATE_LIMIT_STORAGE_URI=sqlite://x.db" }, STORE_FAULT },
	{ "counters in two stores",
	    { "RATE_LIMIT_STORAGE_URI=memory://", "RATELIMIT_STORAGE_URI=sqlite:///x" },
	    "RATE_LIMIT_STORAGE_URI and RATELIMIT_STORAGE_URI: two different values" },

	{ "a number of workers that follows nothing", { "WORKER_MODE=static" }, NULL },
	{ "a mode in capitals", { "WORKER_MODE=Dynamic" },
	    "WORKER_MODE: expected one of static, dynamic, ondemand" },
	{ "some workers always idle",
	    { "WORKER_MODE=dynamic", "WEB_CONCURRENCY=8", "WORKER_MIN_SPARE=2",
		"WORKER_MAX_SPARE=8", "WORKER_START=2", "WORKER_SPAWN_RATE=1" },
	    NULL },
	{ "as many idle as there may be", { DYNAMIC, "WORKER_MIN_SPARE=1", "WORKER_MAX_SPARE=4" },
	    NULL },
	{ "more idle than there may be", { DYNAMIC, "WORKER_MIN_SPARE=1", "WORKER_MAX_SPARE=5" },
	    "WORKER_MAX_SPARE: more than WEB_CONCURRENCY" },
	{ "a least above the most", { DYNAMIC, "WORKER_MIN_SPARE=3", "WORKER_MAX_SPARE=2" },
	    "WORKER_MIN_SPARE: more than WORKER_MAX_SPARE" },
	{ "no idle ones at all", { DYNAMIC, "WORKER_MIN_SPARE=0", "WORKER_MAX_SPARE=2" },
	    NUMBER_FAULT("WORKER_MIN_SPARE", "1 to 512") },
	{ "no least", { DYNAMIC, "WORKER_MAX_SPARE=2" },
	    "WORKER_MIN_SPARE: required with WORKER_MODE=dynamic" },
	{ "no most", { DYNAMIC, "WORKER_MIN_SPARE=2" },
	    "WORKER_MAX_SPARE: required with WORKER_MODE=dynamic" },
	{ "a start below the least",
	    { DYNAMIC, "WORKER_MIN_SPARE=2", "WORKER_MAX_SPARE=4", "WORKER_START=1" },
	    "WORKER_START: not between WORKER_MIN_SPARE and WORKER_MAX_SPARE" },
	{ "a start above the most",
	    { DYNAMIC, "WORKER_MIN_SPARE=1", "WORKER_MAX_SPARE=3", "WORKER_START=4" },
	    "WORKER_START: not between WORKER_MIN_SPARE and WORKER_MAX_SPARE" },
	{ "none that is idle for long",
	    { "WORKER_MODE=ondemand", "WORKER_IDLE_TIMEOUT=60", "WORKER_SPAWN_RATE=512" }, NULL },
	{ "no patience with idle ones", { "WORKER_MODE=ondemand", "WORKER_IDLE_TIMEOUT=0" },
	    NUMBER_FAULT("WORKER_IDLE_TIMEOUT", "1 to 86400") },
	{ "idle workers of a number that follows nothing", { "WORKER_MIN_SPARE=1" },
	    "WORKER_MIN_SPARE: belongs to WORKER_MODE=dynamic" },
	{ "idle workers on demand", { "WORKER_MODE=ondemand", "WORKER_MAX_SPARE=1" },
	    "WORKER_MAX_SPARE: belongs to WORKER_MODE=dynamic" },
	{ "patience of a number that follows nothing", { "WORKER_IDLE_TIMEOUT=60" },
	    "WORKER_IDLE_TIMEOUT: belongs to WORKER_MODE=ondemand" },
	{ "a rate of a number that follows nothing", { "WORKER_SPAWN_RATE=8" },
	    "WORKER_SPAWN_RATE: belongs to WORKER_MODE=dynamic or ondemand" },
	{ "no renewals",
	    { "WORKER_MAX_REQUESTS=0", "WORKER_MEMORY_LIMIT=0", "WORKER_MAX_REQUESTS_JITTER=0",
		"WORKER_MAX_LIFETIME=0", "WORKER_MEMORY_HARD_LIMIT=0" },
	    NULL },
	{ "renewals",
	    { "WORKER_MAX_REQUESTS=1000", "WORKER_MAX_REQUESTS_JITTER=100",
		"WORKER_MAX_LIFETIME=86400", "WORKER_MEMORY_LIMIT=1048576",
		"WORKER_MEMORY_MEASURE=pss", "WORKER_MEMORY_HARD_LIMIT=16777216" },
	    NULL },
	{ "jitter of nothing", { "WORKER_MAX_REQUESTS_JITTER=100" },
	    "WORKER_MAX_REQUESTS_JITTER: belongs to WORKER_MAX_REQUESTS" },
	{ "a life of more than a year", { "WORKER_MAX_LIFETIME=31536001" },
	    NUMBER_FAULT("WORKER_MAX_LIFETIME", "0 to 31536000") },
	{ "a limit that every worker is above", { "WORKER_MEMORY_LIMIT=1048575" },
	    "WORKER_MEMORY_LIMIT: expected 0, or 1048576 and more" },
	{ "a limit with a unit", { "WORKER_MEMORY_LIMIT=64M" },
	    NUMBER_FAULT("WORKER_MEMORY_LIMIT", "0 to 9223372036854775807") },
	{ "a limit that no worker starts under", { "WORKER_MEMORY_HARD_LIMIT=16777215" },
	    "WORKER_MEMORY_HARD_LIMIT: expected 0, or 16777216 and more" },
	{ "another measure", { "WORKER_MEMORY_MEASURE=vsz" },
	    "WORKER_MEMORY_MEASURE: expected one of rss, pss" },
	{ "no core in particular", { "WORKER_CPU_AFFINITY=off" }, NULL },
	{ "one core each", { "WORKER_CPU_AFFINITY=auto" }, NULL },
	{ "some cores", { "WORKER_CPU_AFFINITY=0,2-5,1023" }, NULL },
#define CORES_FAULT "WORKER_CPU_AFFINITY: expected off, auto, or cores like 0-3,6"
	{ "a core that no machine has", { "WORKER_CPU_AFFINITY=1024" }, CORES_FAULT },
	{ "cores downwards", { "WORKER_CPU_AFFINITY=3-1" }, CORES_FAULT },
	{ "cores without an end", { "WORKER_CPU_AFFINITY=0-" }, CORES_FAULT },
	{ "cores with a gap", { "WORKER_CPU_AFFINITY=0,,1" }, CORES_FAULT },
	{ "cores with blanks", { "WORKER_CPU_AFFINITY=0, 1" }, CORES_FAULT },
	{ "three ends", { "WORKER_CPU_AFFINITY=0-1-2" }, CORES_FAULT },
	{ "cores automatically", { "WORKER_CPU_AFFINITY=AUTO" }, CORES_FAULT },
	{ "the nicest", { "WORKER_NICE=19" }, NULL },
	{ "nicer than that", { "WORKER_NICE=20" },
	    "WORKER_NICE: expected whole number, -20 to 19" },
	{ "the least nice", { "WORKER_NICE=-20" }, NULL },
	{ "a patient worker", { "WORKER_SCHEDULING=batch" }, NULL },
	{ "as it was started", { "WORKER_SCHEDULING=inherited" }, NULL },
	{ "another scheduler", { "WORKER_SCHEDULING=fifo" },
	    "WORKER_SCHEDULING: expected one of batch, inherited" },
	{ "a status socket", { "STATUS_LISTEN=unix:/run/x.sock 127.0.0.1:9001" }, NULL },
	{ "a status socket of systemd", { "STATUS_LISTEN=systemd:status" }, NULL },
	{ "keys from elsewhere", { "JWT_JWKS_URI=https://a.example" },
	    NOT_OFFERED("JWT_JWKS_URI") },

	{ "the misspelled key", { "JWT_PUBLIC_KEY_PEM=x" },
	    "JWT_PUBLIC_KEY_PEM: no such setting; JWT_PUBLIC_KEY is meant" },
	{ "the misspelled key's file", { "JWT_PUBLIC_KEY_PEM_FILE=x" },
	    "JWT_PUBLIC_KEY_PEM: no such setting; JWT_PUBLIC_KEY is meant" },
	{ "an unknown name of ours", { "POSTERN_TURBO=1" }, "POSTERN_TURBO: no such setting" },
	{ "an unknown name of ours without a value", { "POSTERN_TURBO" },
	    "POSTERN_TURBO: no such setting" },
	{ "an unknown name in small letters", { "POSTERN_listen=1" },
	    "POSTERN_listen: no such setting" },
	{ "an unknown name with odd bytes", { "POSTERN_A\x1b[31m=1" },
	    "POSTERN_A...: no such setting" },

	{ "an escape sequence", { "JWT_ISSUER=a\x1b[31m" },
	    "JWT_ISSUER: holds control characters or is no UTF-8" },
	{ "a newline", { "JWT_ISSUER=a\nb" },
	    "JWT_ISSUER: holds control characters or is no UTF-8" },
	{ "delete", { "JWT_ISSUER=a\x7f" }, "JWT_ISSUER: holds control characters or is no UTF-8" },
	{ "bytes that are no UTF-8", { "JWT_ISSUER=a\xff" },
	    "JWT_ISSUER: holds control characters or is no UTF-8" },
	{ "letters of other scripts", { "JWT_ISSUER=\xc3\xa9" }, NULL },

#define PEM "-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----\n"
#define PEM64 "LS0tLS1CRUdJTiBQVUJMSUMgS0VZLS0tLS0KTUFBPQotLS0tLUVORCBQVUJMSUMgS0VZLS0tLS0K"
	{ "a key as PEM", { "JWT_PUBLIC_KEY=" PEM }, NULL },
	{ "a key as base64", { "JWT_PUBLIC_KEY=" PEM64 }, NULL },
	{ "a key as base64 in lines",
	    { "JWT_PUBLIC_KEY=LS0tLS1CRUdJTiBQVUJMSUMg\r\n S0VZLS0tLS0K" }, NULL },
	{ "a key that is neither", { "JWT_PUBLIC_KEY=hello" },
	    "JWT_PUBLIC_KEY: expected public key as PEM or base64 of PEM" },
	{ "base64 of something else", { "JWT_PUBLIC_KEY=aGVsbG8=" },
	    "JWT_PUBLIC_KEY: expected public key as PEM or base64 of PEM" },
	{ "base64 of a key with a NUL in it", { "JWT_PUBLIC_KEY=LS0tLS1CRUdJTiBQVUJMSUMgS0VZAA==" },
	    "JWT_PUBLIC_KEY: expected public key as PEM or base64 of PEM" },
};

static void
value(void **state)
{
	const struct row *row = *state;
	struct reading reading;

	reading_of(&reading, &open_service, row->variables);
	print_faults(&reading);
	assert_int_equal(reading.faults.count, row->fault == NULL ? 0 : 1);
	assert_int_equal(reading.config != NULL, row->fault == NULL);
	if (row->fault != NULL)
		assert_string_equal(reading.faults.texts[0], row->fault);
	reading_end(&reading);
}

/* --- what the values become ------------------------------------------------------------------ */

static void
seconds_become_milliseconds(void **state)
{
	static const struct {
		const char *variable;
		unsigned ms;
	} cases[] = {
		{ "SLOW_REQUEST_TIMEOUT=0", 0 },
		{ "SLOW_REQUEST_TIMEOUT=2", 2000 },
		{ "SLOW_REQUEST_TIMEOUT=0.5", 500 },
		{ "SLOW_REQUEST_TIMEOUT=1.05", 1050 },
		{ "SLOW_REQUEST_TIMEOUT=0.001", 1 },
		{ "SLOW_REQUEST_TIMEOUT=3600.000", 3600000 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const char *variables[] = { cases[i].variable, NULL };
		struct reading reading;

		reading_of(&reading, &open_service, variables);
		assert_non_null(reading.config);
		assert_int_equal(reading.config->slow_request_ms, cases[i].ms);
		reading_end(&reading);
	}
}

static void
defaults_are_those_of_the_table(void **state)
{
	const char *none[] = { NULL };
	struct reading reading;
	const struct config *config;

	(void)state;
	reading_of(&reading, &open_service, none);
	config = reading.config;
	assert_non_null(config);
	assert_string_equal(config->service_name, "notes");
	assert_int_equal(config->environment, ENVIRONMENT_PRODUCTION);
	assert_true(config->is_hardened);
	assert_int_equal(config->log_level, LEVEL_INFO);
	assert_null(config->log_pseudonym_key);
	assert_null(config->listen);
	assert_null(config->service_user);
	assert_int_equal(config->workers, 2);
	assert_int_equal(config->worker_timeout_s, 30);
	assert_int_equal(config->slow_request_ms, 0);
	assert_int_equal(config->queue_timeout_ms, 0);
	assert_int_equal(config->graceful_timeout_s, 30);
	assert_int_equal(config->request_read_timeout_s, 10);
	assert_int_equal(config->trusted_proxy_hops, 1);
	assert_int_equal(config->trusted_proxies.count, 0);
	assert_int_equal(config->allowed_hosts.count, 0);
	assert_int_equal(config->max_content_length, 16384);
	assert_int_equal(config->frontend_origins.count, 0);
	assert_null(config->jwt_public_key);
	assert_int_equal(config->jwt_audience.count, 1);
	assert_true(slice_is(config->jwt_audience.items[0], "notes"));
	assert_null(config->jwt_issuer);
	assert_int_equal(config->jwt_algorithms.count, 1);
	assert_true(slice_is(config->jwt_algorithms.items[0], "RS256"));
	assert_int_equal(config->jwt_leeway_s, 0);
	assert_string_equal(config->jwt_claim_namespace, "neosofia");
	assert_int_equal(config->jwt_max_bytes, 8192);
	assert_true(config->jwt_second_opinion);
	assert_string_equal(config->policies_dir, "policies");
	assert_int_equal(config->policy_cache_ttl_s, 60);
	assert_int_equal(config->on_forbid_error, FORBID_ERROR_DENY);
	assert_string_equal(config->rate_limit_uri, "sqlite:///var/lib/notes/limits.db");
	assert_int_equal(config->rate_limit_table_entries, 65536);
	assert_int_equal(config->sandbox, CONFIG_SANDBOX_STRICT);
	assert_int_equal(config->sandbox_read_paths.count, 0);
	assert_int_equal(config->sandbox_write_paths.count, 0);
	assert_false(config->core_dumps);
	assert_false(config->oom_score_adj.is_given);
	assert_null(config->service_chroot);
	assert_null(config->service_directory);
	reading_end(&reading);
}

static void
values_reach_their_places(void **state)
{
	const char *variables[] = { "ENV=test", "SERVICE_NAME=other", "MAX_CONTENT_LENGTH=5",
		"ALLOWED_HOSTS=B.Example,[::1]", "JWT_SECOND_OPINION=off",
		"AUTHORIZATION_ON_FORBID_ERROR=skip", ("LOG_PSEUDONYM_KEY=" KEY32),
		"GUNICORN_TIMEOUT=7" };
	struct reading reading;
	const struct config *config;

	(void)state;
	reading_of(&reading, &open_service, variables);
	config = reading.config;
	assert_non_null(config);
	assert_false(config->is_hardened);
	assert_string_equal(config->service_name, "other");
	assert_true(slice_is(config->jwt_audience.items[0], "other"));
	assert_string_equal(config->rate_limit_uri, "sqlite:///var/lib/other/limits.db");
	assert_int_equal(config->max_content_length, 5);
	assert_int_equal(config->allowed_hosts.count, 2);
	assert_true(slice_is(config->allowed_hosts.items[0], "b.example"));
	assert_true(slice_is(config->allowed_hosts.items[1], "::1"));
	assert_false(config->jwt_second_opinion);
	assert_int_equal(config->on_forbid_error, FORBID_ERROR_SKIP);
	assert_int_equal(config->log_pseudonym_key_len, 32);
	assert_string_equal(config->log_pseudonym_key, KEY32);
	assert_int_equal(config->worker_timeout_s, 7);
	assert_int_equal(
	    config->frontend_origins.count, 1); /* the default of development and test */
	assert_true(slice_is(config->frontend_origins.items[0], "http://localhost:5173"));
	reading_end(&reading);
}

static void
a_process_has_its_place(void **state)
{
	const char *variables[] = { "ENV=development", "SERVICE_CHROOT=/srv", "OOM_SCORE_ADJ=-500",
		"WORKER_OOM_SCORE_ADJ=0", "CORE_DUMPS=on", "SANDBOX_READ_PATHS=/etc/ssl//:/a b",
		"SANDBOX_WRITE_PATHS=/var/tmp/", NULL };
	struct reading reading;
	const struct config *config;

	(void)state;
	reading_of(&reading, &open_service, variables);
	config = reading.config;
	assert_non_null(config);
	assert_string_equal(config->service_chroot, "/srv");
	assert_true(config->oom_score_adj.is_given);
	assert_int_equal(config->oom_score_adj.value, -500);
	assert_true(config->worker_oom_score_adj.is_given);
	assert_int_equal(config->worker_oom_score_adj.value, 0);
	assert_true(config->core_dumps);
	assert_int_equal(config->sandbox, CONFIG_SANDBOX_OFF); /* the default counts elsewhere */
	assert_int_equal(config->sandbox_read_paths.count, 2);
	assert_string_equal(config->sandbox_read_paths.items[0].data, "/etc/ssl");
	assert_string_equal(config->sandbox_read_paths.items[1].data, "/a b");
	assert_string_equal(config->sandbox_write_paths.items[0].data, "/var/tmp");
	reading_end(&reading);
}

static void
seconds_are_kept_as_milliseconds(void **state)
{
	static const struct {
		const char *text;
		unsigned ms;
	} values[] = { { "QUEUE_TIMEOUT=2", 2000 }, { "QUEUE_TIMEOUT=0.5", 500 },
		{ "QUEUE_TIMEOUT=0.05", 50 }, { "QUEUE_TIMEOUT=12.007", 12007 } };
	struct reading reading;

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		const char *variables[] = { "ENV=development", values[i].text, NULL };

		reading_of(&reading, &open_service, variables);
		assert_non_null(reading.config);
		assert_int_equal(reading.config->queue_timeout_ms, values[i].ms);
		reading_end(&reading);
	}
}

static void
a_key_is_the_same_in_both_forms(void **state)
{
	const char *plain[] = { "JWT_PUBLIC_KEY=\n" PEM, NULL },
		   *base64[] = { "JWT_PUBLIC_KEY=" PEM64, NULL };
	struct reading reading;

	(void)state;
	reading_of(&reading, &open_service, plain);
	assert_string_equal(reading.config->jwt_public_key, PEM);
	reading_end(&reading);
	reading_of(&reading, &open_service, base64);
	assert_string_equal(reading.config->jwt_public_key, PEM);
	reading_end(&reading);
}

static void
cores_are_bits(void **state)
{
	const char *variables[] = { "WORKER_CPU_AFFINITY=0,2-4,70", NULL };
	struct reading reading;

	(void)state;
	reading_of(&reading, &open_service, variables);
	assert_non_null(reading.config);
	assert_int_equal(reading.config->worker_cores.kind, CORES_LIST);
	assert_int_equal(reading.config->worker_cores.set[0], 0x1d);
	assert_int_equal(reading.config->worker_cores.set[1], 1 << 6);
	assert_int_equal(reading.config->worker_cores.set[2], 0);
	reading_end(&reading);
}

/* php-fpm's formula. */
static void
the_start_is_in_the_middle(void **state)
{
	static const struct {
		const char *least, *most;
		unsigned start;
	} cases[] = {
		{ "WORKER_MIN_SPARE=1", "WORKER_MAX_SPARE=3", 2 },
		{ "WORKER_MIN_SPARE=5", "WORKER_MAX_SPARE=35", 20 },
		{ "WORKER_MIN_SPARE=2", "WORKER_MAX_SPARE=5", 3 },
		{ "WORKER_MIN_SPARE=4", "WORKER_MAX_SPARE=4", 4 },
	};
	struct reading reading;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const char *variables[] = { "WORKER_MODE=dynamic", "WEB_CONCURRENCY=50",
			cases[i].least, cases[i].most, NULL };

		reading_of(&reading, &open_service, variables);
		assert_non_null(reading.config);
		assert_int_equal(reading.config->worker_start, cases[i].start);
		assert_int_equal(reading.config->worker_spawn_rate, 32);
		reading_end(&reading);
	}
}

/* --- faults together ------------------------------------------------------------------------- */

static void
all_faults_come_in_one_go(void **state)
{
	const char *variables[] = { "ENV=prod", "WEB_CONCURRENCY=x", "POSTERN_X=1",
		"WORKER_MODE=none", NULL };
	struct reading reading;

	(void)state;
	reading_of(&reading, &open_service, variables);
	assert_null(reading.config);
	assert_int_equal(reading.faults.count, 4);
	assert_true(has_fault(&reading, "POSTERN_X: no such setting"));
	reading_end(&reading);
}

/* The marker would be in a fault that shows its setting's value. */
static void
no_fault_shows_a_value(void **state)
{
	const char *variables[] = { "ENV=MARKER", "PID_FILE=MARKER", "ALLOWED_HOSTS=MARKER/",
		"JWT_PUBLIC_KEY=MARKER", "RATE_LIMIT_STORAGE_URI=redis://MARKER",
		"RATELIMIT_STORAGE_URI=rediss://MARKER", "LISTEN_ALLOWED_PEERS=MARKER",
		"JWT_ISSUER_FILE=/MARKER" };
	struct reading reading;

	(void)state;
	reading_of(&reading, &open_service, variables);
	assert_int_equal(reading.faults.count, 7);
	for (size_t i = 0; i < reading.faults.count; i++)
		assert_null(strstr(reading.faults.texts[i], "MARKER"));
	reading_end(&reading);
}

static void
faults_above_the_maximum_are_counted(void **state)
{
	static char names[CONFIG_MAX_FAULTS + 10][32];
	char *environment[CONFIG_MAX_FAULTS + 11] = { NULL };
	struct reading reading;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		(void)snprintf(names[i], sizeof(names[i]), "POSTERN_X%zu=1", i);
		environment[i] = names[i];
	}
	reading_start(&reading, &open_service, environment);
	assert_null(reading.config);
	assert_int_equal(reading.faults.count, CONFIG_MAX_FAULTS + 10);
	assert_string_equal(
	    reading.faults.texts[CONFIG_MAX_FAULTS - 1], "POSTERN_X63: no such setting");
	reading_end(&reading);
}

static void
without_memory_there_is_no_config_and_no_crash(void **state)
{
	char *environment[] = { (char[]) { "ALLOWED_HOSTS=a.example b.example" },
		(char[]) { "JWT_PUBLIC_KEY=" PEM64 }, (char[]) { "JWT_ISSUER=x" }, NULL };
	bool is_read = false;

	(void)state;
	for (size_t ceiling = 0; ceiling < 16384 && !is_read; ceiling += 16) {
		struct reading reading = { 0 };

		arena_init(&reading.arena, 1024, ceiling);
		reading.config =
		    config_read(&reading.arena, &open_service, environment, &reading.faults);
		is_read = reading.config != NULL;
		assert_int_equal(is_read, reading.faults.count == 0);
		for (size_t i = 0; i < reading.faults.count; i++)
			assert_non_null(reading.faults.texts[i]);
		reading_end(&reading);
	}
	assert_true(is_read);
}

static void
environments_have_names(void **state)
{
	(void)state;
	assert_string_equal(config_environment_name(ENVIRONMENT_PRODUCTION), "production");
	assert_string_equal(config_environment_name(ENVIRONMENT_STAGING), "staging");
	assert_string_equal(config_environment_name(ENVIRONMENT_DEVELOPMENT), "development");
	assert_string_equal(config_environment_name(ENVIRONMENT_TEST), "test");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seconds_become_milliseconds),
		cmocka_unit_test(defaults_are_those_of_the_table),
		cmocka_unit_test(values_reach_their_places),
		cmocka_unit_test(a_process_has_its_place),
		cmocka_unit_test(seconds_are_kept_as_milliseconds),
		cmocka_unit_test(a_key_is_the_same_in_both_forms),
		cmocka_unit_test(cores_are_bits),
		cmocka_unit_test(the_start_is_in_the_middle),
		cmocka_unit_test(all_faults_come_in_one_go),
		cmocka_unit_test(no_fault_shows_a_value),
		cmocka_unit_test(faults_above_the_maximum_are_counted),
		cmocka_unit_test(without_memory_there_is_no_config_and_no_crash),
		cmocka_unit_test(environments_have_names),
	};

	return RUN_ROWS(rows, value) + cmocka_run_group_tests(tests, NULL, NULL);
}
