#include "gateway/fcgi_body.h"

#include <errno.h>

#include "core/clock.h"
#include "gateway/fcgi_record.h"
#include "gateway/wait.h"

void
fcgi_body_init(struct fcgi_body *body, int fd, uint16_t request_id, struct slice ahead)
{
	*body = (struct fcgi_body) { .fd = fd, .ahead = ahead, .request_id = request_id };
}

/* The next bytes, in the terms of this file. */
static ssize_t
receive(struct fcgi_body *body, void *room, size_t size)
{
	struct slice piece = slice_first(body->ahead, size);
	ssize_t got;

	if (piece.len > 0) {
		memcpy(room, piece.data, piece.len);
		body->ahead = slice_skip(body->ahead, piece.len);
		return (ssize_t)piece.len;
	}
	got = receive_now(body->fd, room, size);
	if (got > 0)
		return got;
	if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return FCGI_BODY_AGAIN;
	body->broken = true;
	return FCGI_BODY_BROKEN;
}

/* Each stream ends once: nobody can send empty records for ever. */
static bool
is_expected(const struct fcgi_body *body, const struct fcgi_record *record)
{
	const bool has_head = body->extent == FCGI_BODY_AND_HEAD;

	if (record->request_id != body->request_id)
		return false;
	switch (record->type) {
	case FCGI_STDIN:
		return true;
	case FCGI_PARAMS:
		return has_head && !body->has_params;
	case FCGI_BEGIN_REQUEST:
		return has_head && !body->is_begun;
	default:
		return false;
	}
}

/* A record of the stream begins; anything else in its place breaks it (ABORT_REQUEST too). */
static bool
begin_record(struct fcgi_body *body)
{
	struct fcgi_record record;

	body->head_have = 0;
	if (!fcgi_record_parse(body->head, &record) || !is_expected(body, &record))
		return false;
	body->is_begun = true;
	body->has_params |= record.type == FCGI_PARAMS && record.content_len == 0;
	body->content_left = record.content_len;
	body->padding_left = record.padding_len;
	body->is_last = record.type == FCGI_STDIN && record.content_len == 0;
	return true;
}

/* 1: it has been read. */
static ssize_t
skip_padding(struct fcgi_body *body)
{
	unsigned char padding[UINT8_MAX];
	ssize_t got;

	while (body->padding_left > 0) {
		if ((got = receive(body, padding, body->padding_left)) < 0)
			return got;
		body->padding_left -= (size_t)got;
	}
	return 1;
}

/* Reads padding and the next header; 1: content is next or the end has come. */
static ssize_t
next_record(struct fcgi_body *body)
{
	ssize_t got;

	if (body->padding_left > 0 && (got = skip_padding(body)) < 0)
		return got;
	if (body->is_last) {
		body->at_end = true;
		return 1;
	}
	while (body->head_have < FCGI_HEADER_LEN) {
		got =
		    receive(body, body->head + body->head_have, FCGI_HEADER_LEN - body->head_have);
		if (got < 0)
			return got;
		body->head_have += (size_t)got;
	}
	if (begin_record(body))
		return 1;
	body->broken = true;
	return FCGI_BODY_BROKEN;
}

ssize_t
fcgi_body_read(struct fcgi_body *body, char *room, size_t size)
{
	ssize_t got;

	if (body->broken)
		return FCGI_BODY_BROKEN;
	if (body->extent == FCGI_BODY_AND_ALL)
		return receive(body, room, size);
	/* A few times in a row at most: a header, the padding of the last record, an empty one. */
	while (body->content_left == 0 && !body->at_end) {
		if ((got = next_record(body)) < 0)
			return got;
	}
	if (body->at_end || size == 0)
		return FCGI_BODY_END;
	got = receive(body, room, size < body->content_left ? size : body->content_left);
	if (got > 0)
		body->content_left -= (size_t)got;
	return got;
}

bool
fcgi_body_wait(const struct fcgi_body *body, int64_t deadline_us)
{
	/* poll alone would let a front go on for as long as its next bytes are always there. */
	return clock_mono_us() < deadline_us && wait_for(body->fd, POLLIN, deadline_us);
}
