/*
 * Requests: lines of NAME=VALUE become parameters. Whatever they are, they are refused or become a
 * request whose parts lie inside the parameters and whose counts agree.
 */
#include <stdint.h>
#include <stdlib.h>

#include "http/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_LINES = 1024 };

/* Cuts `text` at its newlines; returns the number of lines. */
static size_t
split(char *text, char *lines[MAX_LINES + 1])
{
	size_t count = 0;

	while (text != NULL && count < MAX_LINES)
		lines[count++] = strsep(&text, "\n");
	lines[count] = NULL;
	return count;
}

static void
check_known(struct request *req, enum header_id id)
{
	struct slice list = request_header_list(req, id);
	size_t count = 0;

	for (size_t i = 0; i < req->header_count; i++)
		count += header_identify(req->headers[i].name) == id;
	if (count != req->known[id].count || (count > 0) != (req->known[id].first.data != NULL))
		abort();
	if ((count > 0) != (list.data != NULL) || list.len > REQUEST_MAX_PARAM_BYTES * 2)
		abort();
}

static void
check_request(struct request *req)
{
	unsigned count;

	if (req->header_count > REQUEST_MAX_PARAMS || req->known[HEADER_HOST].count > 1)
		abort();
	if (req->content_length < -1 || req->content_length > INT64_C(9999999999))
		abort();
	if ((req->path_fault == URI_OK) != (req->path.count > 0))
		abort();
	for (int id = 0; id < HEADER_ID_COUNT; id++)
		check_known(req, (enum header_id)id);
	(void)request_header(req, "X-Trace", &count);
	(void)uri_query_find(req->arena, req->query, SLICE_OF("q"));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *lines[MAX_LINES + 1];
	enum http_error error = HTTP_ERROR_COUNT;
	struct arena arena;
	struct request req = { .arena = &arena };
	struct params params;

	if (text == NULL)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	(void)split(text, lines);
	arena_init(&arena, REQUEST_ARENA_BLOCK, REQUEST_ARENA_SPARE);
	if (!params_split(&arena, lines, &params))
		abort();
	if (request_parse(&req, &params, &error))
		check_request(&req);
	else if (error != HTTP_ERROR_INVALID_REQUEST && error != HTTP_ERROR_HEADERS_TOO_LARGE)
		abort();
	arena_done(&arena);
	free(text);
	return 0;
}
