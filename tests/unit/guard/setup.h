/*
 * What the tests of the guards share: one request made from FastCGI parameters, an environment
 * for the guard, a response, and a real log on an anonymous file that can be read back.
 */
#ifndef POSTERN_TESTS_GUARD_SETUP_H
#define POSTERN_TESTS_GUARD_SETUP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "guard/guard.h"

enum { SETUP_MAX_PARAMS = 24, SETUP_LOG_SIZE = 65536 };

struct setup {
	struct arena arena;
	struct config config;
	struct postern_service service;
	struct guard_env env;
	struct postern_request req;
	struct postern_response res;
	struct router_match match; /* setup_route */
	struct limit limits[4];    /* of the routes; none at first */
	int log_fd;
	char log_text[SETUP_LOG_SIZE];
};

/* A production environment with one trusted hop, 100 bytes of body and no lists. */
void setup_begin(struct setup *setup);
void setup_end(struct setup *setup);

/*
 * Parses NAME=VALUE parameters, NULL at the end, on top of a GET of / on api.example from
 * 192.0.2.1; "!NAME=" takes one of these away.
 */
void setup_request(struct setup *setup, const char *const *params);
/* The match of a template with this one route; `route` NULL: of another method. */
void setup_route(
    struct setup *setup, const struct postern_route *route, const struct postern_route *any);
/*
 * A body that arrives in pieces of at most `step` bytes; -1 follows the last when it is to
 * break off.
 */
void setup_body(struct setup *setup, const char *body, size_t len, size_t step, bool breaks);

/* A header field of the response, or NULL. */
const char *setup_header(struct setup *setup, const char *name);
/* All log lines so far. */
const char *setup_log(struct setup *setup);
/* Lists of slices from texts that are separated by spaces; NULL: empty. */
struct config_list setup_list(struct setup *setup, const char *text);

/* The request was refused with this error, and with nothing else. */
void expect_refused(const struct setup *setup, enum guard_verdict verdict, enum http_error error);
/* The log has one line of this event, with this reason. */
void expect_logged(struct setup *setup, const char *event, const char *reason);

#endif
