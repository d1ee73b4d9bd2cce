#include "gateway/fcgi_check.h"

#include "gateway/fcgi_record.h"

/* How far into a request the scan has come. */
enum stage { STAGE_BEGIN, STAGE_PARAMS, STAGE_BODY, STAGE_END };

struct scan {
	const unsigned char *data;
	size_t len;
	size_t at; /* where the present record starts */
	enum stage stage;
	size_t body_len; /* content of STDIN seen so far */
	struct fcgi_check_result *result;
};

/* A record step that lets the scan go on says MORE. */
static const enum fcgi_check GO_ON = FCGI_CHECK_MORE;

/* The content of the present record as far as it has arrived. */
static struct slice
arrived_content(const struct scan *scan, const struct fcgi_record *record)
{
	const char *content = (const char *)scan->data + scan->at + FCGI_HEADER_LEN;
	size_t have = scan->len - scan->at - FCGI_HEADER_LEN;

	return slice_first(slice_make(content, have), record->content_len);
}

static bool
is_whole(const struct scan *scan, const struct fcgi_record *record)
{
	return scan->len - scan->at >= fcgi_record_len(record);
}

static enum fcgi_check
check_management(struct scan *scan, const struct fcgi_record *record)
{
	struct fcgi_check_result *result = scan->result;

	/*
	 * A management record in the middle of a request cannot be taken out of the socket;
	 * nobody sends one.
	 */
	if (scan->stage != STAGE_BEGIN || record->type < FCGI_GET_VALUES)
		return FCGI_CHECK_REFUSE;
	if (!is_whole(scan, record))
		return FCGI_CHECK_MORE;
	if (record->type != FCGI_GET_VALUES)
		fcgi_reply_unknown_type(&result->reply, record->type);
	else if (!fcgi_reply_values(&result->reply, arrived_content(scan, record)))
		return FCGI_CHECK_REFUSE;
	result->consumed = scan->at + fcgi_record_len(record);
	return FCGI_CHECK_MANAGEMENT;
}

static enum fcgi_check
check_begin(struct scan *scan, const struct fcgi_record *record)
{
	struct fcgi_check_result *result = scan->result;
	struct slice body;

	if (scan->stage != STAGE_BEGIN) {
		if (record->request_id == result->request_id)
			return FCGI_CHECK_REFUSE;
		fcgi_reply_end(&result->reply, record->request_id, FCGI_CANT_MPX_CONN);
		return FCGI_CHECK_MULTIPLEX;
	}
	body = arrived_content(scan, record);
	if (record->content_len != sizeof(FCGI_BeginRequestBody))
		return FCGI_CHECK_REFUSE;
	if (body.len < record->content_len)
		return FCGI_CHECK_MORE;
	result->request_id = record->request_id;
	result->keep = (body.data[2] & FCGI_KEEP_CONN) != 0;
	if (body.data[0] != 0 || body.data[1] != FCGI_RESPONDER) {
		fcgi_reply_end(&result->reply, record->request_id, FCGI_UNKNOWN_ROLE);
		return FCGI_CHECK_BAD_ROLE;
	}
	scan->stage = STAGE_PARAMS;
	return GO_ON;
}

static enum fcgi_check
check_params(struct scan *scan, const struct fcgi_record *record)
{
	if (scan->stage != STAGE_PARAMS)
		return FCGI_CHECK_REFUSE;
	if (record->content_len == 0) {
		if (!fcgi_params_at_end(&scan->result->params))
			return FCGI_CHECK_REFUSE;
		if (is_whole(scan, record)) {
			scan->stage = STAGE_BODY;
			scan->result->head_len = scan->at + fcgi_record_len(record);
			scan->result->content_length = scan->result->params.content_length;
		}
		return GO_ON;
	}
	switch (fcgi_params_feed(&scan->result->params, arrived_content(scan, record))) {
	case FCGI_PARAMS_GOOD:
		return GO_ON;
	case FCGI_PARAMS_TOO_LARGE:
		return FCGI_CHECK_TOO_LARGE;
	case FCGI_PARAMS_BAD:
		break;
	}
	return FCGI_CHECK_BAD_PARAM;
}

static enum fcgi_check
check_stdin(struct scan *scan, const struct fcgi_record *record)
{
	if (scan->stage != STAGE_BODY)
		return FCGI_CHECK_REFUSE;
	scan->body_len += arrived_content(scan, record).len;
	if (record->content_len == 0 && is_whole(scan, record))
		scan->stage = STAGE_END;
	return GO_ON;
}

static enum fcgi_check
check_abort(struct scan *scan, const struct fcgi_record *record)
{
	struct fcgi_check_result *result = scan->result;

	if (scan->stage == STAGE_BEGIN || record->content_len != 0)
		return FCGI_CHECK_REFUSE;
	if (!is_whole(scan, record))
		return FCGI_CHECK_MORE;
	fcgi_reply_end(&result->reply, result->request_id, FCGI_REQUEST_COMPLETE);
	result->consumed = scan->at + fcgi_record_len(record);
	return FCGI_CHECK_ABORTED;
}

static enum fcgi_check
check_record(struct scan *scan, const struct fcgi_record *record)
{
	if (record->request_id == FCGI_NULL_REQUEST_ID)
		return check_management(scan, record);
	if (record->type == FCGI_BEGIN_REQUEST)
		return check_begin(scan, record);
	if (record->request_id != scan->result->request_id)
		return FCGI_CHECK_REFUSE;
	switch (record->type) {
	case FCGI_PARAMS:
		return check_params(scan, record);
	case FCGI_STDIN:
		return check_stdin(scan, record);
	case FCGI_ABORT_REQUEST:
		return check_abort(scan, record);
	default:
		return FCGI_CHECK_REFUSE; /* FCGI_DATA too: a responder gets none */
	}
}

/* The head is whole and the body is not: is it one that is waited for? */
static bool
is_body_waited_for(const struct scan *scan)
{
	uint64_t wait_for = FCGI_CHECK_MAX_WAITED_BODY;

	if (scan->result->content_length > FCGI_CHECK_MAX_WAITED_BODY)
		return false;
	/*
	 * More than declared: let the payload guard find that out now, not after the read
	 * deadline.
	 */
	if (scan->result->content_length >= 0)
		wait_for = (uint64_t)scan->result->content_length;
	return scan->body_len <= wait_for && scan->len < FCGI_CHECK_WINDOW;
}

/* All that has arrived is legal. */
static enum fcgi_check
check_rest(struct scan *scan)
{
	if (scan->stage == STAGE_END && scan->at == scan->len)
		return FCGI_CHECK_REQUEST;
	if (scan->stage == STAGE_BODY && !is_body_waited_for(scan))
		return FCGI_CHECK_REQUEST;
	if (scan->len < FCGI_CHECK_WINDOW)
		return FCGI_CHECK_MORE;
	return scan->stage == STAGE_PARAMS ? FCGI_CHECK_TOO_LARGE : FCGI_CHECK_REFUSE;
}

/* Each turn moves on by a whole record, 8 bytes at least. */
static enum fcgi_check
check_records(struct scan *scan)
{
	struct fcgi_record record;
	enum fcgi_check verdict;

	while (scan->at < scan->len) {
		if (scan->data[scan->at] != FCGI_VERSION_1)
			return FCGI_CHECK_REFUSE;
		if (scan->len - scan->at < FCGI_HEADER_LEN)
			break;
		if (!fcgi_record_parse(scan->data + scan->at, &record))
			return FCGI_CHECK_REFUSE;
		if ((verdict = check_record(scan, &record)) != GO_ON)
			return verdict;
		if (!is_whole(scan, &record))
			break;
		scan->at += fcgi_record_len(&record);
		/* Of a body that is not waited for, fcgi_body.c checks the records. */
		if (scan->stage == STAGE_BODY && !is_body_waited_for(scan))
			break;
	}
	return check_rest(scan);
}

void
fcgi_check(const unsigned char *data, size_t len, struct fcgi_check_result *ret_result)
{
	struct scan scan = {
		.data = data,
		.len = len < FCGI_CHECK_WINDOW ? len : FCGI_CHECK_WINDOW,
		.result = ret_result,
	};

	fcgi_params_init(&ret_result->params);
	ret_result->request_id = 0;
	ret_result->keep = false;
	ret_result->content_length = -1;
	ret_result->head_len = 0;
	ret_result->consumed = 0;
	ret_result->reply.len = 0;
	ret_result->verdict = check_records(&scan);
	if (ret_result->verdict == FCGI_CHECK_TOO_LARGE)
		fcgi_reply_error(
		    &ret_result->reply, ret_result->request_id, HTTP_ERROR_HEADERS_TOO_LARGE);
	if (ret_result->verdict == FCGI_CHECK_BAD_PARAM)
		fcgi_reply_error(
		    &ret_result->reply, ret_result->request_id, HTTP_ERROR_INVALID_REQUEST);
}
