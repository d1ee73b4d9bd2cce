/*
 * What several guards say in the same way: a refusal, an event about the request in hand, and
 * what a callback's status means as an error. Nothing here decides.
 */
#ifndef POSTERN_GUARD_ANSWER_H
#define POSTERN_GUARD_ANSWER_H

#include <stdbool.h>

#include "guard/guard.h"

/* Puts the error into the response; always GUARD_REFUSED, so that a guard can return it. */
enum guard_verdict guard_refuse(struct response *res, enum http_error error);
/* And says when to try again: at least a second from now. */
enum guard_verdict guard_refuse_for_now(
    struct response *res, enum http_error error, uint32_t retry_after_s);

/*
 * log_begin with what every event of a request carries: its trace, the method and the route's
 * template.
 */
bool guard_log_begin(struct log_line *line, const struct guard_env *env, const struct request *req,
    enum log_event event) MUST_USE;
/* These fields alone. */
void guard_log_request(struct log_line *line, const struct request *req);
/* A whole line: the event, why, and who called (a pseudonym). */
void guard_log_reason(const struct guard_env *env, const struct request *req, enum log_event event,
    const char *reason);

/*
 * The error behind a callback's status; a success, or a value that is no status, is
 * HTTP_ERROR_INTERNAL.
 */
enum http_error guard_status_error(enum postern_status status);

#endif
