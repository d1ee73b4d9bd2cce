/*
 * Looking things up in a request that was parsed: header fields by name, known fields as lists, the
 * spelling of methods. Pure reading, but for the list that joins repeated fields.
 */
#include "http/request.h"

#include <ctype.h>

#include "core/buffer.h"

/* `name` has as many bytes as the literal: the switch on the length has seen to that. */
#define IS(name, literal) (memcmp((name).data, (literal), sizeof(literal) - 1) == 0)

enum header_id
header_identify(struct slice name)
{
	switch (name.len) {
	case 4:
		return IS(name, "HOST") ? HEADER_HOST : HEADER_ID_COUNT;
	case 6:
		if (IS(name, "ORIGIN"))
			return HEADER_ORIGIN;
		return IS(name, "COOKIE") ? HEADER_COOKIE : HEADER_ID_COUNT;
	case 11:
		return IS(name, "TRACEPARENT") ? HEADER_TRACEPARENT : HEADER_ID_COUNT;
	case 13:
		return IS(name, "AUTHORIZATION") ? HEADER_AUTHORIZATION : HEADER_ID_COUNT;
	case 14:
		return IS(name, "X_ACTIVE_ACTOR") ? HEADER_X_ACTIVE_ACTOR : HEADER_ID_COUNT;
	case 15:
		return IS(name, "X_FORWARDED_FOR") ? HEADER_X_FORWARDED_FOR : HEADER_ID_COUNT;
	case 16:
		return IS(name, "X_FORWARDED_HOST") ? HEADER_X_FORWARDED_HOST : HEADER_ID_COUNT;
	case 17:
		return IS(name, "X_FORWARDED_PROTO") ? HEADER_X_FORWARDED_PROTO : HEADER_ID_COUNT;
	case 18:
		return IS(name, "X_FORWARDED_PREFIX") ? HEADER_X_FORWARDED_PREFIX : HEADER_ID_COUNT;
	case 29:
		return IS(name, "ACCESS_CONTROL_REQUEST_METHOD")
			   ? HEADER_ACCESS_CONTROL_REQUEST_METHOD
			   : HEADER_ID_COUNT;
	case 30:
		return IS(name, "ACCESS_CONTROL_REQUEST_HEADERS")
			   ? HEADER_ACCESS_CONTROL_REQUEST_HEADERS
			   : HEADER_ID_COUNT;
	default:
		return HEADER_ID_COUNT;
	}
}

/*
 * Whether CGI's "X_TRACE" is how "X-Trace" arrives. No underscore in the usual name: CGI cannot
 * tell it from a hyphen, so such a field would be another one in disguise.
 */
static bool
is_cgi_spelling(struct slice cgi, struct slice name)
{
	if (cgi.len != name.len)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		int byte = name.data[i] == '-' ? '_' : toupper((unsigned char)name.data[i]);

		if (name.data[i] == '_' || (unsigned char)cgi.data[i] != byte)
			return false;
	}
	return true;
}

struct slice
request_header(const struct request *req, const char *name, unsigned *ret_count)
{
	struct slice wanted = slice_from(name), first = { NULL, 0 };
	unsigned count = 0;

	if (slice_equal_nocase(wanted, SLICE_OF("Content-Type"))) {
		if (req->content_type.len > 0) {
			first = req->content_type;
			count = 1;
		}
	} else {
		for (size_t i = 0; i < req->header_count; i++)
			if (is_cgi_spelling(req->headers[i].name, wanted) && count++ == 0)
				first = req->headers[i].value;
	}
	if (ret_count != NULL)
		*ret_count = count;
	return first;
}

struct slice
request_header_list(struct request *req, enum header_id id)
{
	struct buffer list;
	unsigned joined = 0;

	if (req->known[id].count <= 1)
		return req->known[id].first;
	buffer_init(&list, req->arena, 256, REQUEST_MAX_PARAM_BYTES + 2 * REQUEST_MAX_PARAMS);
	for (size_t i = 0; i < req->header_count; i++) {
		if (header_identify(req->headers[i].name) != id)
			continue;
		if (joined++ > 0)
			buffer_text(&list, ", ");
		buffer_slice(&list, req->headers[i].value);
	}
	buffer_byte(&list, '\0');
	if (buffer_failed(&list))
		return slice_make(NULL, 0);
	return slice_first(buffer_content(&list), list.len - 1);
}

const char *
request_method_name(unsigned method)
{
	switch (method) {
	case POSTERN_GET:
		return "GET";
	case POSTERN_HEAD:
		return "HEAD";
	case POSTERN_POST:
		return "POST";
	case POSTERN_PUT:
		return "PUT";
	case POSTERN_PATCH:
		return "PATCH";
	case POSTERN_DELETE:
		return "DELETE";
	case POSTERN_OPTIONS:
		return "OPTIONS";
	default:
		return "OTHER";
	}
}
