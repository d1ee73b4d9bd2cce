/* What `postern status` makes of an answer: records to a body, and the body to a table. */
#include "tool/ask.h"

#include <stdio.h>

#include "../core/rows.h"
#include "tool/status.h"

/* --- records --------------------------------------------------------------------------------- */

#define OUT(len, padding) "\1\6\0\1\0" len padding "\0"
#define END "\1\3\0\1\0\10\0\0\0\0\0\0\0\0\0\0"
#define TEXT "Status: 200 OK\r\n\r\nbody" /* 22 bytes */

static const struct record_row {
	const char *name, *records;
	size_t len;
	int status; /* 0: it is no answer */
	const char *body;
} record_rows[] = {
#define ROW(name, records, status, body)                         \
	{                                                        \
		name, records, sizeof(records) - 1, status, body \
	}
	ROW("whole", OUT("\26", "\0") TEXT END, 200, "body"),
	ROW("padded", OUT("\26", "\2") TEXT "xx" END, 200, "body"),
	ROW("in pieces", OUT("\4", "\0") "Stat" OUT("\16", "\0") "us: 503\r\n\r\nabc" END, 503,
	    "abc"),
	ROW("errors beside it", "\1\7\0\1\0\1\0\0!" OUT("\26", "\0") TEXT END, 200, "body"),
	ROW("an empty body", OUT("\17", "\0") "Status: 204\r\n\r\n" END, 204, ""),
	ROW("nothing", "", 0, NULL),
	ROW("no end", OUT("\26", "\0") TEXT, 0, NULL),
	ROW("a cut record", "\1\6\0\1\0\377\0\0Status", 0, NULL),
	ROW("another version", "\2\6\0\1\0\26\0\0" TEXT END, 0, NULL),
	ROW("another request", "\1\6\0\2\0\26\0\0" TEXT END, 0, NULL),
	ROW("no status", OUT("\10", "\0") "A: b\r\n\r\n" END, 0, NULL),
	ROW("a status that is none", OUT("\16", "\0") "Status: 99\r\n\r\n" END, 0, NULL),
	ROW("no head", OUT("\4", "\0") "body" END, 0, NULL),
	ROW("HTTP", "HTTP/1.1 200 OK\r\n\r\n", 0, NULL),
#undef ROW
};

static void
check_records(void **state)
{
	const struct record_row *row = *state;
	struct ask_answer answer = { 0 };
	struct arena arena;
	bool is_answer;

	arena_init(&arena, 4096, 1024 * 1024);
	is_answer = ask_parse(&arena, slice_make(row->records, row->len), &answer);
	assert_int_equal(answer.status, row->status);
	assert_int_equal(is_answer, row->status != 0);
	if (is_answer)
		assert_true(slice_is(answer.body, row->body));
	arena_done(&arena);
}

/* --- the table ------------------------------------------------------------------------------- */

static const struct table_row {
	const char *name, *json;
	const char *has, *has_not; /* NULL: nothing */
} table_rows[] = {
	{ "an empty object", "{}", "not ready", NULL },
	{ "ready", "{\"service\":\"notes\",\"version\":\"1\",\"state\":\"serving\",\"ready\":true}",
	    "notes 1: serving, ready", "not ready" },
	{ "days", "{\"uptime_seconds\":93784}", "up 1 d 02:03:04", NULL },
	{ "counts above zero", "{\"deaths\":{\"signal\":2,\"exit\":0,\"timeout\":1}}",
	    "signal 2, timeout 1\n", "exit" },
	{ "no counts", "{\"deaths\":{\"signal\":0}}", "deaths        -\n", NULL },
	{ "a queue", "{\"queues\":[{\"waiting\":3,\"limit\":1024}]}", "3 of 1024 waiting", NULL },
	{ "a queue that nobody knows", "{\"queues\":[{}]}", "unknown", NULL },
	{ "a mean", "{\"routes\":[{\"route\":\"/a\",\"requests\":2,\"duration_us\":3002}]}",
	    "1.501\n", NULL },
	{ "no route", "{\"routes\":[{\"route\":\"\"}]}", "(no route)", NULL },
	{ "expired policies", "{\"policies\":{\"in_force\":false}}", "EXPIRED", NULL },
	{ "a worker", "{\"each_worker\":[{\"worker\":1,\"state\":\"busy\",\"busy_us\":1500000}]}",
	    "1.500", NULL },
	{ "nothing that steers a terminal", "{\"service\":\"a\\u001b[2Jb\\u009b\"}", "a?[2Jb??",
	    "\033" },
	{ "other types", "{\"workers\":[1],\"queues\":{\"a\":1},\"routes\":7,\"policies\":true}",
	    "workers       -\n", NULL },
};

static void
check_table(void **state)
{
	const struct table_row *row = *state;
	json_t *status = json_loads(row->json, 0, NULL);
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(status);
	assert_non_null(out);
	status_print(status, out);
	assert_int_equal(fclose(out), 0);
	if (strstr(text, row->has) == NULL ||
	    (row->has_not != NULL && strstr(text, row->has_not) != NULL))
		fail_msg("%s", text);
	free(text);
	json_decref(status);
}

int
main(void)
{
	return RUN_ROWS(record_rows, check_records) + RUN_ROWS(table_rows, check_table);
}
