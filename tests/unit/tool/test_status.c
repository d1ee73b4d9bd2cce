/* What `postern status` makes of an answer: records to a body, and the body to a table. */
#include "tool/ask.h"

#include <stdio.h>

#include "../core/rows.h"
#include "tool/status.h"
#include "tool/top_view.h"

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

/* --- top ------------------------------------------------------------------------------------- */

#define WORKER(number, state, requests, busy, route)                       \
	"{\"worker\":" #number ",\"pid\":10" #number ",\"state\":\"" state \
	"\",\"requests\":" #requests ",\"busy_us\":" #busy ",\"route\":\"" route "\"}"
#define WORKERS(one, other, third)                                         \
	"{\"service\":\"notes\",\"ready\":true,\"routes\":[{\"route\":\"/" \
	"a\",\"method\":\"GET\"}],"                                        \
	"\"each_worker\":[" one "," other "," third "]}"

static const char before_json[] = WORKERS(
    WORKER(1, "idle", 10, 0, ""), WORKER(2, "busy", 10, 7, "/a"), WORKER(3, "idle", 90, 0, ""));
static const char now_json[] = WORKERS(WORKER(1, "idle", 15, 0, ""),
    WORKER(2, "busy", 30, 1500000, "/a"), WORKER(3, "idle", 5, 0, ""));

/* Keys, then the screen: pieces that come in this order. */
static const struct top_row {
	const char *name, *keys;
	unsigned lines, columns;
	const char *pieces[4];
	const char *has_not;
} top_rows[] = {
	{ "busiest first", "", 0, 0, { "  10.0 ", "   2.5 ", "   0.0 " }, "\033" },
	{ "a new worker has no rate below zero", "", 0, 0,
	    { "     3      103 idle            0.0" }, "-" },
	{ "reversed", "r", 0, 0, { "   0.0 ", "   2.5 ", "  10.0 " }, NULL },
	{ "by the column before", "<", 0, 0, { "*STATE", "busy", "idle", "idle" }, NULL },
	{ "by the next columns", ">>s", 0, 0, { "*BUSY S", "     2 ", "     1 ", "     3 " },
	    NULL },
	{ "around the end", "<<<<", 0, 0, { "*ROUTE" }, NULL },
	{ "routes", "t", 0, 0, { "*REQ/S", "/a" }, "PID" },
	{ "and back", "tw", 0, 0, { "PID" }, "METHOD" },
	{ "a filter", "/busy\r", 0, 0, { "only \"busy\"", "     2 " }, "     1 " },
	{ "a filter in hand", "/bqs", 0, 0, { "filter: bqs_" }, "idle " },
	{ "a filter mended", "/bx\177usy\n", 0, 0, { "only \"busy\"" }, NULL },
	{ "a filter given up", "/zzz\033", 0, 0, { "q quit", "     1 " }, NULL },
	{ "a filter taken away", "/zzz\r\033", 0, 0, { "q quit", "     1 " }, NULL },
	{ "a filter without an end", "/0123456789012345678901234567890123456789\r", 0, 0,
	    { "only \"0123456789012345678901234567890\"" }, NULL },
	{ "keys that mean nothing", "xyz\001\377", 0, 0, { "     1 " }, NULL },
	{ "a low screen", "", 5, 0, { "WORKER" }, "idle  " },
	{ "a narrow one", "", 0, 20, { "notes: , ready, up 0\n" }, "REQUESTS" },
};

static char *
screen(const struct top_view *view, bool clears)
{
	json_t *before = json_loads(before_json, 0, NULL), *now = json_loads(now_json, 0, NULL);
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(before);
	assert_non_null(now);
	assert_non_null(out);
	assert_true(top_view_draw(view, now, before, 2000000, clears, out));
	assert_int_equal(fclose(out), 0);
	json_decref(before);
	json_decref(now);
	return text;
}

static void
check_top(void **state)
{
	const struct top_row *row = *state;
	struct top_view view;
	const char *at;
	char *text;

	top_view_init(&view);
	for (const char *key = row->keys; *key != '\0'; key++)
		assert_true(top_view_key(&view, (unsigned char)*key));
	view.lines = row->lines;
	view.columns = row->columns;
	text = screen(&view, false);
	at = text;
	for (size_t i = 0; i < COUNT_OF(row->pieces) && row->pieces[i] != NULL; i++) {
		at = strstr(at, row->pieces[i]);
		if (at == NULL)
			fail_msg("no %s in\n%s", row->pieces[i], text);
		at++;
	}
	if (row->has_not != NULL && strstr(text, row->has_not) != NULL)
		fail_msg("%s", text);
	free(text);
}

static void
test_a_screen_is_never_larger_than_it_is(void **state)
{
	struct top_view view;
	unsigned lines, columns;

	(void)state;
	top_view_init(&view);
	for (lines = 1; lines < 12; lines++)
		for (columns = 1; columns < 130; columns += 7) {
			char *text, *rest, *line;
			unsigned count = 0;

			view.lines = lines;
			view.columns = columns;
			text = rest = screen(&view, false);
			while ((line = strsep(&rest, "\n")) != NULL) {
				assert_true(strlen(line) <= columns);
				count += rest != NULL;
			}
			assert_true(count <= lines);
			free(text);
		}
}

static void
test_q_quits_unless_it_is_typed(void **state)
{
	struct top_view view;

	(void)state;
	top_view_init(&view);
	assert_true(top_view_key(&view, '/'));
	assert_true(top_view_key(&view, 'q'));
	assert_true(top_view_key(&view, '\r'));
	assert_false(top_view_key(&view, 'q'));
}

static void
test_a_moved_cursor_clears_what_was_there(void **state)
{
	struct top_view view;
	char *text;

	(void)state;
	top_view_init(&view);
	text = screen(&view, true);
	assert_non_null(strstr(text, "\033[K\n"));
	assert_string_equal(text + strlen(text) - 6, "\033[K\033[J");
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_screen_is_never_larger_than_it_is),
		cmocka_unit_test(test_q_quits_unless_it_is_typed),
		cmocka_unit_test(test_a_moved_cursor_clears_what_was_there),
	};

	return RUN_ROWS(record_rows, check_records) + RUN_ROWS(table_rows, check_table) +
	       RUN_ROWS(top_rows, check_top) + cmocka_run_group_tests(tests, NULL, NULL);
}
