/*
 * postern_log: events of the service's own, on the log of the request or, without one, of the
 * process.
 */
#include <postern/log.h>

#include "http/request.h"
#include "log/log.h"
#include "process/current.h"

static enum config_log_level
level_of(const struct postern_event *event)
{
	switch (event->level) {
	case POSTERN_DEBUG:
		return LEVEL_DEBUG;
	case POSTERN_INFO:
		return LEVEL_INFO;
	case POSTERN_WARNING:
		return LEVEL_WARNING;
	case POSTERN_ERROR:
		return LEVEL_ERROR;
	case POSTERN_CRITICAL:
		return LEVEL_CRITICAL;
	}
	return LEVEL_ERROR;
}

static bool
begin(struct log_line *line, const struct postern_request *req, const struct postern_event *event)
{
	struct log *log = req != NULL ? req->in.log : current_get()->log;

	if (event == NULL ||
	    !log_begin_custom(line, log, level_of(event), event->type, event->message))
		return false;
	if (req != NULL)
		log_trace(line, &req->in.trace);
	return true;
}

void
postern_log(const struct postern_request *req, const struct postern_event *event)
{
	UNINITIALIZED struct log_line line;

	if (begin(&line, req, event))
		log_end(&line);
}

void
postern_log_number(
    const struct postern_request *req, const struct postern_event *event, int64_t number)
{
	UNINITIALIZED struct log_line line;

	if (!begin(&line, req, event))
		return;
	log_number(&line, FIELD_SERVER_NUMBER, number);
	log_end(&line);
}
