/*
 * Responses: the input is a program for a handler, one call per line, its first byte the call.
 * Whatever is called in whatever order, the bytes are one head and one body; the body of a success
 * is JSON without a name given twice that a foreign parser reads; and no header value has made a line
 * of its own.
 */
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>

#include "http/response.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* "s name value": the rest of a line is a name, a space and a value; no name at all is NULL. */
static void
take_call(struct postern_response *res, char *line)
{
	char *value = line[0] == '\0' ? line : line + 1;
	char *name = strsep(&value, " ");

	if (name[0] == '\0')
		name = NULL;
	switch (line[0]) {
	case 's':
		postern_json_string(res, name, value);
		break;
	case 'i':
		postern_json_integer(res, name, value == NULL ? 0 : strtol(value, NULL, 10));
		break;
	case 'b':
		postern_json_boolean(res, name, value != NULL);
		break;
	case 'n':
		postern_json_null(res, name);
		break;
	case '{':
		postern_json_object_begin(res, name);
		break;
	case '}':
		postern_json_object_end(res);
		break;
	case '[':
		postern_json_array_begin(res, name);
		break;
	case ']':
		postern_json_array_end(res);
		break;
	case 'h':
		postern_set_header(res, name, value);
		break;
	case 'v':
		response_vary(&res->out, name == NULL ? "Origin" : name);
		break;
	default:
		break;
	}
}

static void
check_body(struct slice body)
{
	json_t *value =
	    json_loadb(body.data, body.len, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);

	if (value == NULL || !json_is_object(value))
		abort();
	json_decref(value);
}

/* Every line of the head is one of ours; there is one Status, and it comes first. */
static void
check_head(struct slice head, const struct response *res)
{
	size_t lines = 0;

	if (!slice_starts(head, SLICE_OF("Status: ")))
		abort();
	for (size_t i = 0; i < head.len; i++)
		lines += head.data[i] == '\n';
	if (lines != res->header_count + 4 || memcmp(head.data + head.len - 4, "\r\n\r\n", 4) != 0)
		abort();
}

static void
check_bytes(struct response *res)
{
	struct slice bytes;
	size_t body_len;

	if (res->status == 0 && !res->failed)
		abort();
	bytes = response_bytes(res, &body_len);
	if (body_len > bytes.len)
		abort();
	check_head(slice_first(bytes, bytes.len - body_len), res);
	check_body(slice_skip(bytes, bytes.len - body_len));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *rest = text;
	struct postern_response res;
	struct arena arena;

	if (text == NULL)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	arena_init(&arena, 4096, 8 * 1024 * 1024);
	response_init(&res.out, &arena);
	response_json_begin(&res.out);
	while (rest != NULL)
		take_call(&res, strsep(&rest, "\n"));
	response_json_end(&res.out);
	res.out.status = 200;
	check_bytes(&res.out);
	arena_done(&arena);
	free(text);
	return 0;
}
