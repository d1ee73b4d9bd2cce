/*
 * Shared words of the guards (guard/answer.h). A guard that refuses goes through here, so that
 * a refusal always holds one of the constant errors and every event of a request has the same
 * fields.
 */
#include "guard/answer.h"

enum guard_verdict
guard_refuse(struct response *res, enum http_error error)
{
	response_error(res, error);
	return GUARD_REFUSED;
}

enum guard_verdict
guard_refuse_for_now(struct response *res, enum http_error error, uint32_t retry_after_s)
{
	char text[sizeof("4294967295")];
	struct buffer seconds;

	buffer_init_fixed(&seconds, text, sizeof(text));
	buffer_u64(&seconds, retry_after_s > 0 ? retry_after_s : 1);
	response_header(res, "Retry-After", buffer_content(&seconds));
	return guard_refuse(res, error);
}

bool
guard_log_begin(struct log_line *line, const struct guard_env *env, const struct request *req,
    enum log_event event)
{
	if (!log_begin(line, env->log, event))
		return false;
	guard_log_request(line, req);
	return true;
}

void
guard_log_request(struct log_line *line, const struct request *req)
{
	log_trace(line, &req->trace);
	log_word(line, FIELD_METHOD, request_method_name(req->method));
	if (req->match != NULL)
		log_template(line, FIELD_ROUTE, slice_from(req->match->template));
}

void
guard_log_reason(const struct guard_env *env, const struct request *req, enum log_event event,
    const char *reason)
{
	UNINITIALIZED struct log_line line;

	if (!guard_log_begin(&line, env, req, event))
		return;
	log_word(&line, FIELD_REASON, reason);
	log_pseudonym(&line, FIELD_CLIENT, req->client);
	log_end(&line);
}

enum http_error
guard_status_error(enum postern_status status)
{
	switch (status) {
	case POSTERN_INVALID_REQUEST:
		return HTTP_ERROR_INVALID_REQUEST;
	case POSTERN_FORBIDDEN:
		return HTTP_ERROR_FORBIDDEN;
	case POSTERN_NOT_FOUND:
		return HTTP_ERROR_NOT_FOUND;
	case POSTERN_UNAVAILABLE:
		return HTTP_ERROR_SERVICE_UNAVAILABLE;
	case POSTERN_FAILED:
	case POSTERN_OK:
	case POSTERN_CREATED:
	case POSTERN_NO_CONTENT:
		break;
	}
	return HTTP_ERROR_INTERNAL;
}
