/* The check of FastCGI bytes: one row per way of being legal, incomplete or wrong. */
#include "gateway/fcgi_check.h"

#include <stdlib.h>

#include "front.h"

static struct front front;
static char body[FRONT_SIZE / 2];

/* --- what fronts send ------------------------------------------------------------------------ */

static void
nothing(struct front *f)
{
	(void)f;
}

static void
plain(struct front *f)
{
	front_request(f, 1, false, NULL, 0);
}

static void
kept(struct front *f)
{
	front_request(f, 65535, true, NULL, 0);
}

static void
unknown_flags(struct front *f)
{
	front_begin(f, 1, FCGI_RESPONDER, 0xfe);
	front_end(f, FCGI_PARAMS, 1);
	front_end(f, FCGI_STDIN, 1);
}

static void
short_body(struct front *f)
{
	front_request(f, 1, true, "hello", 5);
}

static void
waited_body(struct front *f)
{
	front_request(f, 1, true, body, FCGI_CHECK_MAX_WAITED_BODY);
}

static void
waited_body_missing(struct front *f)
{
	front_head(f, 1, true, "32768");
	front_record(f, FCGI_STDIN, 1, body, 32768);
}

static void
body_shorter_than_declared(struct front *f)
{
	front_head(f, 1, true, "6");
	front_stdin(f, 1, "hello", 5);
}

static void
body_longer_than_declared(struct front *f)
{
	front_head(f, 1, true, "4");
	front_record(f, FCGI_STDIN, 1, "hello", 5);
}

static void
long_body(struct front *f)
{
	front_head(f, 1, true, "32769");
}

static void
long_body_and_some_of_it(struct front *f)
{
	front_head(f, 1, true, "32769");
	front_record(f, FCGI_STDIN, 1, body, 20000);
}

static void
undeclared_body(struct front *f)
{
	front_head(f, 1, true, NULL);
	front_stdin(f, 1, body, FCGI_CHECK_MAX_WAITED_BODY);
}

static void
undeclared_body_missing(struct front *f)
{
	front_head(f, 1, true, NULL);
	front_record(f, FCGI_STDIN, 1, body, FCGI_CHECK_MAX_WAITED_BODY);
}

static void
undeclared_long_body(struct front *f)
{
	front_head(f, 1, true, NULL);
	front_record(f, FCGI_STDIN, 1, body, FCGI_CHECK_MAX_WAITED_BODY + 1);
}

static void
padding_between(struct front *f)
{
	front_begin(f, 1, FCGI_RESPONDER, 0);
	front_padded(f, FCGI_PARAMS, 1, "\1\1AB", 4, 4);
	front_end(f, FCGI_PARAMS, 1);
	front_padded(f, FCGI_STDIN, 1, "hello", 5, 255);
	front_end(f, FCGI_STDIN, 1);
}

/* libfcgi forgets each of these three. */
static void
padding_of_begin(struct front *f)
{
	front_padded(f, FCGI_BEGIN_REQUEST, 1, "\0\1\1\0\0\0\0", 8, 200);
	front_end(f, FCGI_PARAMS, 1);
	front_end(f, FCGI_STDIN, 1);
}

static void
padding_of_params_end(struct front *f)
{
	front_begin(f, 1, FCGI_RESPONDER, 0);
	front_padded(f, FCGI_PARAMS, 1, NULL, 0, 200);
	front_end(f, FCGI_STDIN, 1);
}

static void
padding_of_stdin_end(struct front *f)
{
	front_begin(f, 1, FCGI_RESPONDER, 0);
	front_end(f, FCGI_PARAMS, 1);
	front_padded(f, FCGI_STDIN, 1, NULL, 0, 8);
}

static void
pairs_across_records(struct front *f)
{
	front_begin(f, 1, FCGI_RESPONDER, 0);
	front_record(f, FCGI_PARAMS, 1, "\x0e", 1);
	front_record(f, FCGI_PARAMS, 1, "\x80\0", 2);
	front_record(f, FCGI_PARAMS, 1, "\0\5CONTENT_", 10);
	front_record(f, FCGI_PARAMS, 1, "LENGTH100", 9);
	front_record(f, FCGI_PARAMS, 1, "00\1\0A", 5);
	front_end(f, FCGI_PARAMS, 1);
	front_record(f, FCGI_STDIN, 1, body, 10000);
	front_end(f, FCGI_STDIN, 1);
}

static void
pair_cut_by_the_end(struct front *f)
{
	front_begin(f, 1, FCGI_RESPONDER, 0);
	front_record(f, FCGI_PARAMS, 1, "\1\2AB", 4);
	front_end(f, FCGI_PARAMS, 1);
}

static void
many_params(struct front *f, size_t count)
{
	front_begin(f, 1, FCGI_RESPONDER, 0);
	for (size_t i = 0; i < count; i++)
		front_record(f, FCGI_PARAMS, 1, "\1\1AB", 4);
	front_end(f, FCGI_PARAMS, 1);
	front_end(f, FCGI_STDIN, 1);
}

static void
params_256(struct front *f)
{
	many_params(f, 256);
}

static void
params_257(struct front *f)
{
	many_params(f, 257);
}

static void
params_300(struct front *f)
{
	many_params(f, 300);
}

static void
params_of_70_kib(struct front *f)
{
	static char room[FRONT_SIZE];
	size_t len = front_pair(room, "HTTP_X", 6, body, 70 * 1024);

	front_begin(f, 1, FCGI_RESPONDER, 0);
	front_record(f, FCGI_PARAMS, 1, room, FCGI_MAX_LENGTH);
	front_record(f, FCGI_PARAMS, 1, room + FCGI_MAX_LENGTH, len - FCGI_MAX_LENGTH);
	front_end(f, FCGI_PARAMS, 1);
	front_end(f, FCGI_STDIN, 1);
}

static void
params_of_64_kib(struct front *f)
{
	static char room[FRONT_SIZE];
	size_t len = front_pair(room, "HTTP_X", 6, body, 64 * 1024 - 6);

	front_begin(f, 1, FCGI_RESPONDER, 0);
	front_record(f, FCGI_PARAMS, 1, room, FCGI_MAX_LENGTH);
	front_record(f, FCGI_PARAMS, 1, room + FCGI_MAX_LENGTH, len - FCGI_MAX_LENGTH);
	front_end(f, FCGI_PARAMS, 1);
	front_end(f, FCGI_STDIN, 1);
}

static void
lengths_of_2_gib(struct front *f)
{
	front_begin(f, 1, FCGI_RESPONDER, 0);
	front_record(f, FCGI_PARAMS, 1, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
}

/* Few parameters, but in records whose padding fills the window. */
static void
window_of_padding(struct front *f)
{
	front_begin(f, 1, FCGI_RESPONDER, 0);
	for (size_t i = 0; f->len < FCGI_CHECK_WINDOW; i++)
		front_padded(f, FCGI_PARAMS, 1, i == 0 ? "\1" : i == 1 ? "\x7f" : "A", 1, 255);
}

static void
window_of_body_padding(struct front *f)
{
	front_head(f, 1, true, "30000");
	while (f->len < FCGI_CHECK_WINDOW)
		front_padded(f, FCGI_STDIN, 1, "x", 1, 255);
}

static void
name_with_equals(struct front *f)
{
	front_begin(f, 1, FCGI_RESPONDER, 0);
	front_param(f, 1, "HTTP_A=B", "x");
}

static void
value_with_nul(struct front *f)
{
	front_begin(f, 1, FCGI_RESPONDER, 0);
	front_record(f, FCGI_PARAMS, 1, "\1\3AB\0C", 6);
}

static void
garbage(struct front *f)
{
	front_bytes(f, "GET / HTTP/1.1\r\n\r\n", 18);
}

static void
first_byte_of_garbage(struct front *f)
{
	front_bytes(f, "G", 1);
}

static void
version_2(struct front *f)
{
	plain(f);
	f->bytes[0] = 2;
}

static void
version_2_inside(struct front *f)
{
	plain(f);
	f->bytes[16] = 2;
}

static void
begin_id_0(struct front *f)
{
	front_begin(f, 0, FCGI_RESPONDER, 0);
}

static void
begin_of_7_bytes(struct front *f)
{
	front_record(f, FCGI_BEGIN_REQUEST, 1, "\0\1\0\0\0\0", 7);
}

static void
begin_of_9_bytes(struct front *f)
{
	front_record(f, FCGI_BEGIN_REQUEST, 1, "\0\1\0\0\0\0\0\0", 9);
}

static void
no_begin(struct front *f)
{
	front_param(f, 1, "A", "B");
}

static void
authorizer(struct front *f)
{
	front_begin(f, 258, FCGI_AUTHORIZER, FCGI_KEEP_CONN);
}

static void
filter(struct front *f)
{
	front_begin(f, 1, FCGI_FILTER, 0);
}

static void
role_257(struct front *f)
{
	front_begin(f, 1, 0x0101, 0);
}

static void
multiplexed(struct front *f)
{
	front_begin(f, 1, FCGI_RESPONDER, FCGI_KEEP_CONN);
	front_begin(f, 515, FCGI_RESPONDER, FCGI_KEEP_CONN);
}

static void
pipelined(struct front *f)
{
	kept(f);
	front_begin(f, 515, FCGI_RESPONDER, FCGI_KEEP_CONN);
}

static void
pipelined_same_id(struct front *f)
{
	plain(f);
	plain(f);
}

static void
begun_twice(struct front *f)
{
	front_begin(f, 1, FCGI_RESPONDER, 0);
	front_begin(f, 1, FCGI_RESPONDER, 0);
}

static void
garbage_behind(struct front *f)
{
	plain(f);
	front_bytes(f, "\r\n", 2);
}

static void
part_of_a_header_behind(struct front *f)
{
	plain(f);
	front_bytes(f, "\1", 1);
}

static void
stdin_behind(struct front *f)
{
	plain(f);
	front_end(f, FCGI_STDIN, 1);
}

static void
params_of_another_id(struct front *f)
{
	front_begin(f, 1, FCGI_RESPONDER, 0);
	front_param(f, 2, "A", "B");
}

static void
params_behind_their_end(struct front *f)
{
	front_head(f, 1, false, NULL);
	front_param(f, 1, "A", "B");
}

static void
stdin_before_params_end(struct front *f)
{
	front_begin(f, 1, FCGI_RESPONDER, 0);
	front_record(f, FCGI_STDIN, 1, "x", 1);
}

static void
data_for_a_responder(struct front *f)
{
	front_head(f, 1, false, NULL);
	front_record(f, FCGI_DATA, 1, "x", 1);
}

static void
stdout_from_a_front(struct front *f)
{
	front_begin(f, 1, FCGI_RESPONDER, 0);
	front_record(f, FCGI_STDOUT, 1, "x", 1);
}

static void
unknown_type_of_a_request(struct front *f)
{
	front_begin(f, 1, FCGI_RESPONDER, 0);
	front_record(f, 42, 1, "x", 1);
}

static void
aborted_at_once(struct front *f)
{
	front_begin(f, 772, FCGI_RESPONDER, FCGI_KEEP_CONN);
	front_end(f, FCGI_ABORT_REQUEST, 772);
}

static void
aborted_when_whole(struct front *f)
{
	kept(f);
	front_padded(f, FCGI_ABORT_REQUEST, 65535, NULL, 0, 8);
}

static void
abort_with_content(struct front *f)
{
	kept(f);
	front_record(f, FCGI_ABORT_REQUEST, 65535, "x", 1);
}

static void
abort_of_nothing(struct front *f)
{
	front_end(f, FCGI_ABORT_REQUEST, 1);
}

static void
get_values(struct front *f)
{
	front_padded(
	    f, FCGI_GET_VALUES, 0, "\x0e\0FCGI_MAX_CONNS\x0f\0FCGI_MPXS_CONNS\1\0X", 36, 4);
}

/* Each repetition made libfcgi write 17 bytes more into an array of 64. */
static void
get_values_repeated(struct front *f)
{
	static char names[4096];
	size_t len = 0;

	while (len + 16 <= sizeof(names))
		len += front_pair(names + len, "FCGI_MAX_CONNS", 14, "", 0);
	front_record(f, FCGI_GET_VALUES, 0, names, len);
}

static void
get_values_of_nothing(struct front *f)
{
	front_end(f, FCGI_GET_VALUES, 0);
}

static void
get_values_cut(struct front *f)
{
	front_record(f, FCGI_GET_VALUES, 0, "\x0e\0FCGI_MAX", 10);
}

static void
get_values_without_value_len(struct front *f)
{
	front_record(f, FCGI_GET_VALUES, 0, "\x0e", 1);
}

static void
get_values_with_id(struct front *f)
{
	front_end(f, FCGI_GET_VALUES, 1);
}

static void
get_values_inside(struct front *f)
{
	front_begin(f, 1, FCGI_RESPONDER, 0);
	front_end(f, FCGI_GET_VALUES, 0);
}

static void
unknown_management(struct front *f)
{
	front_record(f, 200, 0, body, 65535);
}

static void
params_of_id_0(struct front *f)
{
	front_record(f, FCGI_PARAMS, 0, "\1\1AB", 4);
}

/* --- the table ------------------------------------------------------------------------------- */

#define END_REQUEST(id1, id0, status)    \
	SLICE("\1\3" id1 id0 "\0\10\0\0" \
	      "\0\0\0\0" status "\0\0\0")
#define NO_REPLY        \
	{               \
		NULL, 0 \
	}

struct row {
	const char *name;
	void (*send)(struct front *f);
	enum fcgi_check verdict;
	struct slice reply;
	int64_t content_length;
	bool keep;
};

static const struct row rows[] = {
	{ "nothing yet", nothing, FCGI_CHECK_MORE, NO_REPLY, -1, false },
	{ "a request", plain, FCGI_CHECK_REQUEST, NO_REPLY, -1, false },
	{ "a kept request with the highest id", kept, FCGI_CHECK_REQUEST, NO_REPLY, -1, true },
	{ "other flags say nothing", unknown_flags, FCGI_CHECK_REQUEST, NO_REPLY, -1, false },
	{ "a short body", short_body, FCGI_CHECK_REQUEST, NO_REPLY, 5, true },
	{ "the longest body that is waited for", waited_body, FCGI_CHECK_REQUEST, NO_REPLY, 32768,
	    true },
	{ "it without its end", waited_body_missing, FCGI_CHECK_MORE, NO_REPLY, 32768, true },
	{ "a body that ends early", body_shorter_than_declared, FCGI_CHECK_REQUEST, NO_REPLY, 6,
	    true },
	{ "a body above its length", body_longer_than_declared, FCGI_CHECK_REQUEST, NO_REPLY, 4,
	    true },
	{ "a long body is not waited for", long_body, FCGI_CHECK_REQUEST, NO_REPLY, 32769, true },
	{ "nor looked at", long_body_and_some_of_it, FCGI_CHECK_REQUEST, NO_REPLY, 32769, true },
	{ "an undeclared body", undeclared_body, FCGI_CHECK_REQUEST, NO_REPLY, -1, true },
	{ "it without its end", undeclared_body_missing, FCGI_CHECK_MORE, NO_REPLY, -1, true },
	{ "an undeclared long body", undeclared_long_body, FCGI_CHECK_REQUEST, NO_REPLY, -1, true },
	{ "padding of params and body", padding_between, FCGI_CHECK_REQUEST, NO_REPLY, -1, false },
	{ "padding of BEGIN_REQUEST", padding_of_begin, FCGI_CHECK_REQUEST, NO_REPLY, -1, true },
	{ "padding of the end of PARAMS", padding_of_params_end, FCGI_CHECK_REQUEST, NO_REPLY, -1,
	    false },
	{ "padding of the end of STDIN", padding_of_stdin_end, FCGI_CHECK_REQUEST, NO_REPLY, -1,
	    false },
	{ "pairs across records", pairs_across_records, FCGI_CHECK_REQUEST, NO_REPLY, 10000,
	    false },
	{ "256 parameters", params_256, FCGI_CHECK_REQUEST, NO_REPLY, -1, false },
	{ "64 KiB of parameters", params_of_64_kib, FCGI_CHECK_REQUEST, NO_REPLY, -1, false },
	{ "a long body in a full window", window_of_body_padding, FCGI_CHECK_REQUEST, NO_REPLY,
	    30000, true },
	{ "one byte behind may become an abort", part_of_a_header_behind, FCGI_CHECK_MORE, NO_REPLY,
	    -1, false },

	{ "a query of values", get_values, FCGI_CHECK_MANAGEMENT,
	    SLICE("\1\12\0\0\0\x26\0\0\x0e\4FCGI_MAX_CONNS1024\x0f\1FCGI_MPXS_CONNS0"), -1, false },
	{ "a query that repeats a name", get_values_repeated, FCGI_CHECK_MANAGEMENT,
	    SLICE("\1\12\0\0\0\x14\0\0\x0e\4FCGI_MAX_CONNS1024"), -1, false },
	{ "a query of nothing", get_values_of_nothing, FCGI_CHECK_MANAGEMENT,
	    SLICE("\1\12\0\0\0\0\0\0"), -1, false },
	{ "management of an unknown type", unknown_management, FCGI_CHECK_MANAGEMENT,
	    SLICE("\1\13\0\0\0\10\0\0\xc8\0\0\0\0\0\0\0"), -1, false },
	{ "a query cut short", get_values_cut, FCGI_CHECK_REFUSE, NO_REPLY, -1, false },
	{ "a query with half a pair", get_values_without_value_len, FCGI_CHECK_REFUSE, NO_REPLY, -1,
	    false },
	{ "a query with a request's id", get_values_with_id, FCGI_CHECK_REFUSE, NO_REPLY, -1,
	    false },
	{ "a query inside a request", get_values_inside, FCGI_CHECK_REFUSE, NO_REPLY, -1, false },
	{ "parameters without an id", params_of_id_0, FCGI_CHECK_REFUSE, NO_REPLY, -1, false },

	{ "aborted at once", aborted_at_once, FCGI_CHECK_ABORTED, END_REQUEST("\3", "\4", "\0"), -1,
	    true },
	{ "aborted when whole", aborted_when_whole, FCGI_CHECK_ABORTED,
	    END_REQUEST("\xff", "\xff", "\0"), -1, true },
	{ "an abort with content", abort_with_content, FCGI_CHECK_REFUSE, NO_REPLY, -1, true },
	{ "an abort of nothing", abort_of_nothing, FCGI_CHECK_REFUSE, NO_REPLY, -1, false },

	{ "an authorizer", authorizer, FCGI_CHECK_BAD_ROLE, END_REQUEST("\1", "\2", "\3"), -1,
	    true },
	{ "a filter", filter, FCGI_CHECK_BAD_ROLE, END_REQUEST("\0", "\1", "\3"), -1, false },
	{ "a role with a responder's low byte", role_257, FCGI_CHECK_BAD_ROLE,
	    END_REQUEST("\0", "\1", "\3"), -1, false },
	{ "two requests at once", multiplexed, FCGI_CHECK_MULTIPLEX, END_REQUEST("\2", "\3", "\1"),
	    -1, true },
	{ "the next before the answer", pipelined, FCGI_CHECK_MULTIPLEX,
	    END_REQUEST("\2", "\3", "\1"), -1, true },
	{ "the next of the same id", pipelined_same_id, FCGI_CHECK_REFUSE, NO_REPLY, -1, false },
	{ "begun twice", begun_twice, FCGI_CHECK_REFUSE, NO_REPLY, -1, false },

	{ "garbage", garbage, FCGI_CHECK_REFUSE, NO_REPLY, -1, false },
	{ "its first byte", first_byte_of_garbage, FCGI_CHECK_REFUSE, NO_REPLY, -1, false },
	{ "version 2", version_2, FCGI_CHECK_REFUSE, NO_REPLY, -1, false },
	{ "version 2 inside a request", version_2_inside, FCGI_CHECK_REFUSE, NO_REPLY, -1, false },
	{ "a request with id 0", begin_id_0, FCGI_CHECK_REFUSE, NO_REPLY, -1, false },
	{ "BEGIN_REQUEST of 7 bytes", begin_of_7_bytes, FCGI_CHECK_REFUSE, NO_REPLY, -1, false },
	{ "BEGIN_REQUEST of 9 bytes", begin_of_9_bytes, FCGI_CHECK_REFUSE, NO_REPLY, -1, false },
	{ "parameters of no request", no_begin, FCGI_CHECK_REFUSE, NO_REPLY, -1, false },
	{ "garbage behind a request", garbage_behind, FCGI_CHECK_REFUSE, NO_REPLY, -1, false },
	{ "a second end of STDIN", stdin_behind, FCGI_CHECK_REFUSE, NO_REPLY, -1, false },
	{ "parameters of another request", params_of_another_id, FCGI_CHECK_REFUSE, NO_REPLY, -1,
	    false },
	{ "parameters behind their end", params_behind_their_end, FCGI_CHECK_REFUSE, NO_REPLY, -1,
	    false },
	{ "STDIN before the end of PARAMS", stdin_before_params_end, FCGI_CHECK_REFUSE, NO_REPLY,
	    -1, false },
	{ "a pair cut by the end of PARAMS", pair_cut_by_the_end, FCGI_CHECK_REFUSE, NO_REPLY, -1,
	    false },
	{ "DATA for a responder", data_for_a_responder, FCGI_CHECK_REFUSE, NO_REPLY, -1, false },
	{ "STDOUT from a front", stdout_from_a_front, FCGI_CHECK_REFUSE, NO_REPLY, -1, false },
	{ "an unknown type", unknown_type_of_a_request, FCGI_CHECK_REFUSE, NO_REPLY, -1, false },
};

static void
check_row(void **state)
{
	static struct fcgi_check_result result;
	const struct row *row = *state;

	front.len = 0;
	row->send(&front);
	fcgi_check(front.bytes, front.len, &result);
	assert_int_equal(result.verdict, row->verdict);
	assert_int_equal(result.reply.len, row->reply.len);
	assert_memory_equal(
	    result.reply.data, row->reply.data == NULL ? "" : row->reply.data, row->reply.len);
	assert_int_equal(result.content_length, row->content_length);
	assert_int_equal(result.keep, row->keep);
	if (result.verdict == FCGI_CHECK_MANAGEMENT || result.verdict == FCGI_CHECK_ABORTED)
		assert_int_equal(result.consumed, front.len);
	else
		assert_int_equal(result.consumed, 0);
	if (result.verdict == FCGI_CHECK_REQUEST || result.verdict == FCGI_CHECK_REQUEST)
		assert_in_range(result.head_len, 24, front.len);
}

/* --- errors that are answered as HTTP --------------------------------------------------------- */

static const struct error_row {
	const char *name;
	void (*send)(struct front *f);
	enum fcgi_check verdict;
	const char *status;
} error_rows[] = {
	{ "257 parameters", params_257, FCGI_CHECK_TOO_LARGE, "Status: 431 " },
	{ "300 parameters", params_300, FCGI_CHECK_TOO_LARGE, "Status: 431 " },
	{ "70 KiB of parameters", params_of_70_kib, FCGI_CHECK_TOO_LARGE, "Status: 431 " },
	{ "lengths of 2 GiB", lengths_of_2_gib, FCGI_CHECK_TOO_LARGE, "Status: 431 " },
	{ "a window of padding", window_of_padding, FCGI_CHECK_TOO_LARGE, "Status: 431 " },
	{ "a name with '='", name_with_equals, FCGI_CHECK_BAD_PARAM, "Status: 400 " },
	{ "a value with NUL", value_with_nul, FCGI_CHECK_BAD_PARAM, "Status: 400 " },
};

static const char *const error_lines[] = {
	"Content-Type: application/json\r\n",
	"Content-Length: 27\r\n",
	"Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n",
	"Referrer-Policy: strict-origin-when-cross-origin\r\n",
	"X-Frame-Options: SAMEORIGIN\r\n",
	"X-Content-Type-Options: nosniff\r\n",
	"Permissions-Policy: browsing-topics=()\r\n",
	"Cache-Control: no-store\r\n",
	"\r\n\r\n{\"error\":\"invalid_request\"}",
};

static void
check_error_row(void **state)
{
	static struct fcgi_check_result result;
	static char text[FCGI_REPLY_SIZE + 1];
	const struct error_row *row = *state;
	size_t text_len;

	front.len = 0;
	row->send(&front);
	fcgi_check(front.bytes, front.len, &result);
	assert_int_equal(result.verdict, row->verdict);
	assert_in_range(result.reply.len, 100, FCGI_REPLY_SIZE);
	/* One STDOUT record, its end, END_REQUEST. */
	assert_memory_equal(result.reply.data, "\1\6\0\1", 4);
	text_len = (size_t)(result.reply.data[4] << 8 | result.reply.data[5]);
	assert_int_equal(result.reply.len, 8 + text_len + 8 + 16);
	assert_memory_equal(result.reply.data + 8 + text_len,
	    "\1\6\0\1\0\0\0\0\1\3\0\1\0\10\0\0\0\0\0\0\0\0\0\0", 24);
	memcpy(text, result.reply.data + 8, text_len);
	text[text_len] = '\0';
	assert_memory_equal(text, row->status, strlen(row->status));
	for (size_t i = 0; i < COUNT_OF(error_lines); i++)
		assert_non_null(strstr(text, error_lines[i]));
}

/* --- properties ------------------------------------------------------------------------------- */

/* However a legal request is cut, its beginning is never more and never less than a beginning. */
static void
every_beginning_is_incomplete(void **state)
{
	static struct fcgi_check_result result;

	(void)state;
	front.len = 0;
	padding_between(&front);
	for (size_t len = 0; len < front.len; len++) {
		fcgi_check(front.bytes, len, &result);
		assert_int_equal(result.verdict, FCGI_CHECK_MORE);
	}
	front.len = 0;
	get_values(&front);
	for (size_t len = 0; len < front.len; len++) {
		fcgi_check(front.bytes, len, &result);
		assert_int_equal(result.verdict, FCGI_CHECK_MORE);
	}
}

/* Too much is known before it has all arrived. */
static void
limits_are_early(void **state)
{
	static struct fcgi_check_result result;

	(void)state;
	front.len = 0;
	params_of_70_kib(&front);
	fcgi_check(front.bytes, 16 + 8 + 5, &result);
	assert_int_equal(result.verdict, FCGI_CHECK_TOO_LARGE);
}

/* What nginx 1.22 and lighttpd 1.4 really send, from the fuzzer's corpus. */
static void
real_requests_are_whole(void **state)
{
	static const char *const names[] = { "nginx-get", "nginx-get-bearer", "nginx-post",
		"lighttpd-get", "lighttpd-get-bearer", "lighttpd-post" };
	const char *srcdir = getenv("srcdir") != NULL ? getenv("srcdir") : ".";
	static struct fcgi_check_result result;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		char path[512];
		FILE *file;

		snprintf(
		    path, sizeof(path), "%s/tests/fuzz/corpus/fcgi_check/%s", srcdir, names[i]);
		file = fopen(path, "rb");
		assert_non_null(file);
		front.len = fread(front.bytes, 1, sizeof(front.bytes), file);
		fclose(file);
		fcgi_check(front.bytes, front.len, &result);
		assert_int_equal(result.verdict, FCGI_CHECK_REQUEST);
		assert_int_equal(result.keep, strncmp(names[i], "nginx", 5) == 0);
	}
}

int
main(void)
{
	static struct CMUnitTest tests[COUNT_OF(rows) + COUNT_OF(error_rows) + 3] = {
		cmocka_unit_test(every_beginning_is_incomplete),
		cmocka_unit_test(limits_are_early),
		cmocka_unit_test(real_requests_are_whole),
	};
	size_t count = 3;

	memset(body, 'b', sizeof(body));
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		tests[count++] = (struct CMUnitTest) { rows[i].name, check_row, NULL, NULL,
			(void *)(uintptr_t)&rows[i] };
	for (size_t i = 0; i < COUNT_OF(error_rows); i++)
		tests[count++] = (struct CMUnitTest) { error_rows[i].name, check_error_row, NULL,
			NULL, (void *)(uintptr_t)&error_rows[i] };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
