/*
 * From the parameters of FastCGI, or the environment of CGI, to a request: one pass, one
 * allocation. This is the first code that sees what a client sent. Invariant: nothing is repaired;
 * a request either has one meaning or is refused, and what is refused here never reaches a guard.
 */
#include "http/request.h"

enum {
	CONTENT_LENGTH_DIGITS = 10,
	HEADER_PREFIX = sizeof("HTTP_") - 1,
};
static const uint64_t CONTENT_LENGTH_MAX = UINT64_C(9999999999);

/* CGI variables (RFC 3875 §4.1, and REQUEST_URI, REQUEST_SCHEME, HTTPS by custom) by name. */
enum variable {
	VAR_NONE,
	VAR_METHOD,
	VAR_URI,
	VAR_QUERY,
	VAR_SCRIPT_NAME,
	VAR_PATH_INFO,
	VAR_PEER,
	VAR_HTTPS,
	VAR_SCHEME,
	VAR_CONTENT_TYPE,
	VAR_CONTENT_LENGTH,
	VAR_COUNT
};

/* What one pass over the parameters gathers. */
struct scan {
	struct slice vars[VAR_COUNT];
	struct header *headers;
	size_t header_count, kept, bytes;
	unsigned content_length_count;
};

/* `text` has as many bytes as the literal: the switch on the length has seen to that. */
#define IS(text, literal) (memcmp((text), (literal), sizeof(literal) - 1) == 0)

static enum variable
variable_find(struct slice name)
{
	switch (name.len) {
	case 5:
		return IS(name.data, "HTTPS") ? VAR_HTTPS : VAR_NONE;
	case 9:
		return IS(name.data, "PATH_INFO") ? VAR_PATH_INFO : VAR_NONE;
	case 11:
		if (IS(name.data, "REQUEST_URI"))
			return VAR_URI;
		if (IS(name.data, "REMOTE_ADDR"))
			return VAR_PEER;
		return IS(name.data, "SCRIPT_NAME") ? VAR_SCRIPT_NAME : VAR_NONE;
	case 12:
		if (IS(name.data, "QUERY_STRING"))
			return VAR_QUERY;
		return IS(name.data, "CONTENT_TYPE") ? VAR_CONTENT_TYPE : VAR_NONE;
	case 14:
		if (IS(name.data, "REQUEST_METHOD"))
			return VAR_METHOD;
		if (IS(name.data, "REQUEST_SCHEME"))
			return VAR_SCHEME;
		return IS(name.data, "CONTENT_LENGTH") ? VAR_CONTENT_LENGTH : VAR_NONE;
	default:
		return VAR_NONE;
	}
}

static bool
scan_header(struct request *req, struct scan *scan, struct slice name, struct slice value)
{
	enum header_id id = header_identify(name);

	if (id != HEADER_ID_COUNT && req->known[id].count++ == 0)
		req->known[id].first = value;
	scan->headers[scan->header_count++] = (struct header) { name, value };
	return id != HEADER_HOST || req->known[id].count == 1;
}

static bool
scan_variable(struct scan *scan, enum variable variable, struct slice value)
{
	scan->vars[variable] = value;
	return variable != VAR_CONTENT_LENGTH || ++scan->content_length_count == 1;
}

static bool
scan_param(struct request *req, struct scan *scan, const struct param *param,
    enum http_error *reterr_error)
{
	const struct slice name = param->name, value = param->value;
	const bool is_header = name.len > HEADER_PREFIX && IS(name.data, "HTTP_");
	enum variable variable = is_header ? VAR_NONE : variable_find(name);

	if (!is_header && variable == VAR_NONE)
		return true;
	scan->bytes += name.len + value.len;
	if (++scan->kept > REQUEST_MAX_PARAMS || scan->bytes > REQUEST_MAX_PARAM_BYTES) {
		*reterr_error = HTTP_ERROR_HEADERS_TOO_LARGE;
		return false;
	}
	*reterr_error = HTTP_ERROR_INVALID_REQUEST;
	if (is_header)
		return scan_header(req, scan, slice_skip(name, HEADER_PREFIX), value);
	return scan_variable(scan, variable, value);
}

/* Methods are spelled exactly (RFC 9110 §9.1). */
static unsigned
method_find(struct slice name)
{
	switch (name.len) {
	case 3:
		if (IS(name.data, "GET"))
			return POSTERN_GET;
		return IS(name.data, "PUT") ? POSTERN_PUT : 0;
	case 4:
		if (IS(name.data, "HEAD"))
			return POSTERN_HEAD;
		return IS(name.data, "POST") ? POSTERN_POST : 0;
	case 5:
		return IS(name.data, "PATCH") ? POSTERN_PATCH : 0;
	case 6:
		return IS(name.data, "DELETE") ? POSTERN_DELETE : 0;
	case 7:
		return IS(name.data, "OPTIONS") ? POSTERN_OPTIONS : 0;
	default:
		return 0;
	}
}

/* Front servers send CONTENT_LENGTH empty when the client declared none. */
static bool
content_length_parse(struct slice text, int64_t *ret_length)
{
	uint64_t length;

	*ret_length = -1;
	if (text.len == 0)
		return true;
	if (text.len > CONTENT_LENGTH_DIGITS || !slice_to_u64(text, CONTENT_LENGTH_MAX, &length))
		return false;
	*ret_length = (int64_t)length;
	return true;
}

/*
 * Takes "http://authority" off an absolute target (RFC 9112 §3.2.2), which names the same host as
 * Host: the front server may have chosen by one and we by the other.
 */
static enum uri_fault
strip_origin(const struct request *req, struct slice *target)
{
	static const struct slice schemes[] = { SLICE("http://"), SLICE("https://") };
	struct slice rest = { NULL, 0 }, authority, host = req->known[HEADER_HOST].first;
	size_t end;

	for (size_t i = 0; i < COUNT_OF(schemes); i++)
		if (slice_equal_nocase(slice_first(*target, schemes[i].len), schemes[i]))
			rest = slice_skip(*target, schemes[i].len);
	if (rest.data == NULL)
		return URI_MALFORMED;
	for (end = 0; end < rest.len && rest.data[end] != '/' && rest.data[end] != '?';)
		end++;
	authority = slice_first(rest, end);
	if (!uri_is_authority(authority))
		return URI_MALFORMED;
	if (host.data != NULL && !slice_equal_nocase(authority, host))
		return URI_AMBIGUOUS;
	*target = slice_skip(rest, end);
	return URI_OK;
}

/*
 * A query is kept raw, but what no client may send in one (RFC 3986 §3.4) is refused with the
 * path.
 */
static bool
query_is_sane(struct slice query)
{
	for (size_t i = 0; i < query.len; i++)
		if ((unsigned char)query.data[i] <= ' ' || query.data[i] == 0x7f ||
		    query.data[i] == '#')
			return false;
	return true;
}

/* Below a mount point the service's own paths begin behind SCRIPT_NAME. */
static struct slice
strip_mount(struct slice path, struct slice script_name, struct slice path_info)
{
	if (script_name.len > 0 && script_name.data[script_name.len - 1] == '/')
		script_name.len--;
	if (path_info.len == 0 || script_name.len == 0 || script_name.len >= path.len)
		return path;
	if (!slice_starts(path, script_name) || path.data[script_name.len] != '/')
		return path;
	return slice_skip(path, script_name.len);
}

/* Path and query from the target that the client sent. */
static enum uri_fault
target_parse(struct request *req, const struct scan *scan)
{
	struct slice target = scan->vars[VAR_URI], path;
	enum uri_fault fault;
	size_t question;

	if (target.data[0] != '/') {
		fault = strip_origin(req, &target);
		if (fault != URI_OK)
			return fault;
	}
	question = slice_find(target, '?');
	path = slice_first(target, question);
	if (question < target.len)
		req->query = slice_skip(target, question + 1);
	if (path.len == 0)
		path = SLICE_OF("/");
	req->raw_path = strip_mount(path, scan->vars[VAR_SCRIPT_NAME], scan->vars[VAR_PATH_INFO]);
	if (!query_is_sane(req->query))
		return URI_MALFORMED;
	return uri_path_parse(req->arena, req->raw_path, &req->path);
}

/* The same without REQUEST_URI. With PATH_INFO, SCRIPT_NAME before it is a mount point and goes. */
static enum uri_fault
decoded_path_parse(struct request *req, const struct scan *scan)
{
	struct slice path_info = scan->vars[VAR_PATH_INFO];

	req->query = scan->vars[VAR_QUERY];
	req->raw_path = path_info.len > 0 ? path_info : scan->vars[VAR_SCRIPT_NAME];
	if (!query_is_sane(req->query))
		return URI_MALFORMED;
	return uri_path_split(req->raw_path, &req->path);
}

/* From what was gathered to what the guards read. */
static bool
request_fill(struct request *req, const struct scan *scan)
{
	const struct slice *vars = scan->vars;

	if (vars[VAR_METHOD].len == 0)
		return false;
	if (!content_length_parse(vars[VAR_CONTENT_LENGTH], &req->content_length))
		return false;
	req->peer = vars[VAR_PEER];
	req->content_type = vars[VAR_CONTENT_TYPE];
	req->peer_is_https = slice_equal_nocase(vars[VAR_HTTPS], SLICE_OF("on")) ||
			     slice_is(vars[VAR_HTTPS], "1") ||
			     slice_equal_nocase(vars[VAR_SCHEME], SLICE_OF("https"));
	req->headers = scan->headers;
	req->header_count = scan->header_count;
	req->path_fault =
	    vars[VAR_URI].len > 0 ? target_parse(req, scan) : decoded_path_parse(req, scan);
	return true;
}

/* All of them may be header fields; more than that are too many. What is not needed would be wiped all the same. */
static size_t
room_for(const struct params *params)
{
	if (params->count == 0)
		return 1;
	return params->count < REQUEST_MAX_PARAMS ? params->count : REQUEST_MAX_PARAMS;
}

bool
request_parse(struct request *req, const struct params *params, enum http_error *reterr_error)
{
	enum http_error error = HTTP_ERROR_INVALID_REQUEST;
	struct scan scan = { 0 };
	bool is_legal = true;

	scan.headers = arena_alloc(req->arena, room_for(params) * sizeof(*scan.headers));
	if (scan.headers == NULL) {
		*reterr_error = HTTP_ERROR_INTERNAL;
		return false;
	}
	for (size_t i = 0; i < params->count && is_legal; i++)
		is_legal = scan_param(req, &scan, &params->items[i], &error);
	/* A refusal needs the method too: the answer to HEAD has no body. */
	req->method = method_find(scan.vars[VAR_METHOD]);
	if (is_legal && request_fill(req, &scan))
		return true;
	*reterr_error = is_legal ? HTTP_ERROR_INVALID_REQUEST : error;
	return false;
}
