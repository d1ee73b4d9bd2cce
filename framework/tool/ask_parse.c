/* From FastCGI records (FastCGI 1.0 §3.3) to the status and body of a CGI response (RFC 3875 §6). */
#include "tool/ask.h"

#include "core/buffer.h"

enum { HEADER_LEN = 8, TYPE_END = 3, TYPE_OUT = 6, FIRST_STATUS = 100, LAST_STATUS = 599 };

static bool
join_output(struct slice received, struct buffer *output)
{
	const unsigned char *head;
	size_t content_len, len;

	while (received.len >= HEADER_LEN) {
		head = (const unsigned char *)received.data;
		content_len = (size_t)head[4] << 8 | head[5];
		len = HEADER_LEN + content_len + head[6];
		if (head[0] != 1 || head[2] != 0 || head[3] != 1 || len > received.len)
			return false;
		if (head[1] == TYPE_END)
			return !buffer_failed(output);
		if (head[1] == TYPE_OUT)
			buffer_append(output, received.data + HEADER_LEN, content_len);
		received = slice_skip(received, len);
	}
	return false;
}

/* The value of Status in a head without its empty line; 0: there is none that can be. */
static int
status_of(struct slice head)
{
	uint64_t status;

	while (head.data != NULL) {
		struct slice line = slice_cut(&head, '\n');
		struct slice name = slice_cut(&line, ':');

		if (!slice_equal_nocase(name, SLICE_OF("Status")))
			continue;
		line = slice_first(slice_trim(line), 3);
		if (slice_to_u64(line, LAST_STATUS, &status) && status >= FIRST_STATUS)
			return (int)status;
	}
	return 0;
}

/* Where the empty line ends; 0: there is none. */
static size_t
find_body(struct slice response)
{
	for (size_t i = 0; i + 4 <= response.len; i++)
		if (memcmp(response.data + i, "\r\n\r\n", 4) == 0)
			return i + 4;
	return 0;
}

bool
ask_parse(struct arena *arena, struct slice received, struct ask_answer *ret_answer)
{
	struct ask_answer answer;
	struct buffer output;
	struct slice response;
	size_t body_at;

	buffer_init(&output, arena, 4096, ASK_MAX_ANSWER);
	if (!join_output(received, &output))
		return false;
	response = buffer_content(&output);
	body_at = find_body(response);
	if (body_at == 0)
		return false;
	answer.status = status_of(slice_first(response, body_at));
	answer.body = slice_skip(response, body_at);
	if (answer.status == 0)
		return false;
	*ret_answer = answer;
	return true;
}
