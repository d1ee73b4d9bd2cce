/*
 * One request as a value: what the front server said, taken apart once, and beside it what the
 * guards find out. No sockets: the body comes through a small vtable of the gateway's.
 *
 * Everything lives in req->arena or in the gateway's parameter memory, both until the request
 * ends. Text from parameters is NUL-terminated behind its slice.
 */
#ifndef POSTERN_HTTP_REQUEST_H
#define POSTERN_HTTP_REQUEST_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <postern/service.h>

#include "core/arena.h"
#include "core/slice.h"
#include "http/error.h"
#include "http/param.h"
#include "http/uri.h"
#include "log/log.h"

struct principal;
struct router_match;

enum {
	REQUEST_MAX_PARAMS = 256, /* FastCGI or CGI parameters (SECURITY-REQUIREMENTS 6.7) */
	REQUEST_MAX_PARAM_BYTES = 64 * 1024, /* names and values together */
	REQUEST_ARENA_BLOCK = 32 * 1024,
	/*
	 * Ceiling of a request's arena beyond MAX_CONTENT_LENGTH: a response of RESPONSE_MAX_BODY,
	 * what its growth leaves behind (as much again), its copy with the head, and 1 MiB for the
	 * rest.
	 */
	REQUEST_ARENA_SPARE = 4 * 1024 * 1024,
};

/* Header fields that the framework itself reads, found once while the parameters are read. */
enum header_id {
	HEADER_HOST,
	HEADER_AUTHORIZATION,
	HEADER_ORIGIN,
	HEADER_X_FORWARDED_FOR,
	HEADER_X_FORWARDED_PROTO,
	HEADER_X_FORWARDED_HOST,
	HEADER_X_FORWARDED_PREFIX,
	HEADER_X_ACTIVE_ACTOR,
	HEADER_TRACEPARENT,
	HEADER_COOKIE,
	HEADER_ACCESS_CONTROL_REQUEST_METHOD,
	HEADER_ACCESS_CONTROL_REQUEST_HEADERS,
	HEADER_ID_COUNT
};

/*
 * A header field as CGI spells it: HTTP_X_FORWARDED_FOR is "X_FORWARDED_FOR" here (RFC 3875
 * §4.1.18).
 */
struct header {
	struct slice name, value;
};

/*
 * Where the body comes from. `read` returns bytes (>0), 0 at its end, -1 when it broke off or its
 * time was up.
 */
struct body_source {
	ssize_t (*read)(void *context, char *room, size_t size);
	void *context;
};

struct request {
	struct arena *arena;

	/* Said by the front server. */
	unsigned method;       /* one POSTERN_ bit; 0: a method that no route can have */
	struct slice raw_path; /* as the client spelled it; never logged */
	struct slice query;    /* behind the "?"; data NULL: none */
	struct slice peer;     /* REMOTE_ADDR; empty on a unix peer */
	struct slice content_type;
	int64_t content_length;       /* bytes; -1: not declared */
	bool peer_is_https;           /* HTTPS=on, or REQUEST_SCHEME=https */
	const struct header *headers; /* in order of arrival, repetitions included */
	size_t header_count;
	struct {
		struct slice first; /* the first value; data NULL: absent */
		unsigned count;
	} known[HEADER_ID_COUNT];
	struct body_source body_source;
	enum uri_fault path_fault;

	/* Found out on the way; in the order of the guards. */
	const struct router_match *match;  /* NULL: no route */
	struct slice client;               /* resolved address as text; falls back to the peer's */
	bool is_https;                     /* resolved scheme */
	struct slice host;                 /* resolved authority; data NULL: none */
	struct slice prefix;               /* of X-Forwarded-Prefix; empty: none */
	struct slice body;                 /* whole; one NUL behind it */
	const struct principal *principal; /* NULL until authenticated */
	struct slice active_actor;         /* X-Active-Actor, once checked */

	struct log_trace trace;
	int64_t started_us; /* clock_mono_us at the first byte */
	int64_t ended_us;   /* and when the answer was sent */
	int64_t wall_us;    /* clock_wall_us, read once per request */
	void *worker_data;  /* the service's */
	void *kept;         /* postern_keep */
	struct log *log;

	struct uri_path
	    path; /* filled when path_fault is URI_OK; last, as its segments need no zeroes */
};

/* The public type is this one. */
struct postern_request {
	struct request in;
};

/*
 * Fills everything "said by the front server" from its parameters and parses the path. `req->arena`
 * must be set and the rest zeroed, but the segments of `path`. The path is
 * REQUEST_URI's; without one it is SCRIPT_NAME + PATH_INFO, already decoded by the front. Below a
 * mount point (SCRIPT_NAME is a prefix of the path and PATH_INFO is not empty) SCRIPT_NAME is cut
 * off. Params are only read, and must live as long as the request.
 *
 * HTTP_* and the CGI variables that are read here count towards the limits; others are skipped. A
 * CGI variable that comes again replaces the one before (an operator's `fastcgi_param` behind an
 * `include`), but not CONTENT_LENGTH.
 *
 * Returns false with the error to answer: repeated Host or CONTENT_LENGTH, a length that is not 1
 * to 10 digits, too many or too large parameters, no REQUEST_METHOD. A repeated Authorization is
 * no failure here: its count says so, and the authn guard answers 401. A path fault is none
 * either: the route guard answers it.
 */
bool request_parse(struct request *req, const struct params *params, enum http_error *reterr_error);

/* Which known field CGI's spelling ("X_FORWARDED_FOR") is; HEADER_ID_COUNT: none. */
enum header_id header_identify(struct slice name);
/*
 * A header field by its usual name ("X-Trace"), any case: its first value, data NULL when absent;
 * *ret_count (may be NULL) how often it came. Content-Type is found too, though CGI has it outside
 * the header.
 */
struct slice request_header(const struct request *req, const char *name, unsigned *ret_count);
/*
 * All values of a known field in one list, joined by ", "; data NULL when absent or memory is out.
 */
struct slice request_header_list(struct request *req, enum header_id id);

/* "GET"...; "OTHER" for a method that is none of ours. Never the client's own spelling. */
const char *request_method_name(unsigned method);

#endif
