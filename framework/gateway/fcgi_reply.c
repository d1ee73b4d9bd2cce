#include "gateway/fcgi_reply.h"

#include <stdbool.h>
#include <stdio.h>

#include "core/compiler.h"
#include "gateway/fcgi_params.h"
#include "gateway/fcgi_record.h"
#include "http/security_fields.h"

/*
 * What a front server may ask. Any number of connections and requests is taken, the kernel's
 * queues being the limit, so the numbers are a hint; what counts is that requests are not
 * multiplexed.
 */
static const struct variable {
	struct slice name, value;
} variables[] = {
	{ SLICE(FCGI_MAX_CONNS), SLICE("1024") },
	{ SLICE(FCGI_MAX_REQS), SLICE("1024") },
	{ SLICE(FCGI_MPXS_CONNS), SLICE("0") },
};

static void
add(struct fcgi_reply *reply, struct slice bytes)
{
	memcpy(reply->data + reply->len, bytes.data, bytes.len);
	reply->len += bytes.len;
}

static void
add_header(struct fcgi_reply *reply, uint8_t type, uint16_t request_id, size_t content_len)
{
	fcgi_record_write(reply->data + reply->len, type, request_id, content_len);
	reply->len += FCGI_HEADER_LEN;
}

static void
add_end(struct fcgi_reply *reply, uint16_t request_id, unsigned char status)
{
	const char body[8] = { 0, 0, 0, 0, (char)status, 0, 0, 0 };

	add_header(reply, FCGI_END_REQUEST, request_id, sizeof(body));
	add(reply, slice_make(body, sizeof(body)));
}

void
fcgi_reply_end(struct fcgi_reply *reply, uint16_t request_id, unsigned char status)
{
	reply->len = 0;
	add_end(reply, request_id, status);
}

void
fcgi_reply_unknown_type(struct fcgi_reply *reply, uint8_t type)
{
	const char body[8] = { (char)type, 0, 0, 0, 0, 0, 0, 0 };

	reply->len = 0;
	add_header(reply, FCGI_UNKNOWN_TYPE, FCGI_NULL_REQUEST_ID, sizeof(body));
	add(reply, slice_make(body, sizeof(body)));
}

bool
fcgi_reply_values(struct fcgi_reply *reply, struct slice content)
{
	bool asked[COUNT_OF(variables)] = { false };
	struct slice name, value;
	size_t i;

	while (content.len > 0) {
		if (!fcgi_pair_cut(&content, &name, &value))
			return false;
		for (i = 0; i < COUNT_OF(variables); i++)
			asked[i] |= slice_equal(name, variables[i].name);
	}
	reply->len = FCGI_HEADER_LEN;
	for (i = 0; i < COUNT_OF(variables); i++) {
		if (!asked[i])
			continue;
		reply->data[reply->len++] = (unsigned char)variables[i].name.len;
		reply->data[reply->len++] = (unsigned char)variables[i].value.len;
		add(reply, variables[i].name);
		add(reply, variables[i].value);
	}
	fcgi_record_write(reply->data, FCGI_GET_VALUES_RESULT, FCGI_NULL_REQUEST_ID,
	    reply->len - FCGI_HEADER_LEN);
	return true;
}

/*
 * The transport's security is not known here, so Strict-Transport-Security is left out; all
 * others are those of every response.
 */
void
fcgi_reply_error(struct fcgi_reply *reply, uint16_t request_id, enum http_error error)
{
	const char *body = http_error_body(error);
	char *text = (char *)reply->data + FCGI_HEADER_LEN;
	int len = snprintf(text, FCGI_REPLY_SIZE - FCGI_HEADER_LEN,
	    "Status: %s\r\n"
	    "Content-Type: application/json\r\n"
	    "Content-Length: %zu\r\n" SECURITY_FIELDS SECURITY_FIELDS_PRIVATE "\r\n%s",
	    http_status_line(http_error_status(error)), strlen(body), body);
	size_t room = FCGI_REPLY_SIZE - (size_t)4 * FCGI_HEADER_LEN - 1;

	/*
	 * All parts are our own constants; a text that did not fit would still be an answer, cut
	 * short.
	 */
	size_t text_len = len < 0 ? 0 : (size_t)len < room ? (size_t)len : room;

	fcgi_record_write(reply->data, FCGI_STDOUT, request_id, text_len);
	reply->len = FCGI_HEADER_LEN + text_len;
	add_header(reply, FCGI_STDOUT, request_id, 0);
	add_end(reply, request_id, FCGI_REQUEST_COMPLETE);
}
