/*
 * Events of the service's own. Nothing of a request can reach a log line through here: an event is a
 * constant of the program, and a field is a number or a constant word.
 */
#ifndef POSTERN_LOG_H
#define POSTERN_LOG_H

#include <stdint.h>

#include <postern/export.h>

POSTERN_BEGIN

struct postern_request;

enum postern_level {
	POSTERN_DEBUG,
	POSTERN_INFO,
	POSTERN_WARNING,
	POSTERN_ERROR,
	POSTERN_CRITICAL
};

/* Declare it `static const`. `type` is dotted lower case ("store.unavailable"), `message` a sentence; both literals. */
struct postern_event {
	const char *type;
	const char *message;
	enum postern_level level;
};

/* One line. `req` lends its trace id and may be NULL (at worker_start). Never fails towards the caller. */
POSTERN_API void postern_log(const struct postern_request *req, const struct postern_event *event);
/* The same with the field `number`: a count, a size or an error number, never an identifier. */
POSTERN_API void postern_log_number(
    const struct postern_request *req, const struct postern_event *event, int64_t number);

POSTERN_END

#endif
