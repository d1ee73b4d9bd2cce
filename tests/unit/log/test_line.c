/*
 * Lines of the log: their form, their level, their limits, and what happens when they cannot be
 * written.
 */
#include "log/log.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/clock.h"

#include "../core/rows.h"

enum { READ_SIZE = 65536 };

static const char key[] = "0123456789abcdef0123456789abcdef";

static const struct config test_config = {
	.service_name = "notes",
	.environment = ENVIRONMENT_PRODUCTION,
	.log_level = LEVEL_INFO,
	.log_pseudonym_key = key,
	.log_pseudonym_key_len = sizeof(key) - 1,
};

/* A log that writes into a pipe, or another pair of descriptors. */
struct rig {
	struct arena arena;
	struct log *log;
	int reader, writer;
	char text[READ_SIZE + 1];
};

static void
rig_start_on(struct rig *rig, const struct config *config, int reader, int writer)
{
	rig->reader = reader;
	rig->writer = writer;
	arena_init(&rig->arena, 16384, 1 << 20);
	rig->log = log_new(&rig->arena, writer, config);
	assert_non_null(rig->log);
	/* 2026-11-23T14:28:29.123456Z */
	clock_wall_inject(INT64_C(1795444109123456));
}

static void
rig_start(struct rig *rig, const struct config *config)
{
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
	rig_start_on(rig, config, ends[0], ends[1]);
}

static void
rig_end(struct rig *rig)
{
	clock_wall_inject(-1);
	log_done(rig->log);
	arena_done(&rig->arena);
	if (rig->reader >= 0)
		assert_int_equal(close(rig->reader), 0);
	assert_int_equal(close(rig->writer), 0);
}

/* All that has been written since the last call. */
static const char *
rig_read(struct rig *rig)
{
	ssize_t len = read(rig->reader, rig->text, READ_SIZE);

	if (len < 0)
		assert_int_equal(errno, EAGAIN);
	rig->text[len < 0 ? 0 : len] = '\0';
	return rig->text;
}

#define TIME "{\"timestamp\":\"2026-11-23T14:28:29.123456Z\","
#define STARTED                                                          \
	TIME "\"level\":\"info\",\"message\":\"service "                 \
	     "started\",\"event_type\":\"service.startup\",\"service\":" \
	     "\"notes\""

/* --- form ------------------------------------------------------------------------------------ */

static void
a_plain_event_is_the_envelope(void **state)
{
	struct rig rig;

	(void)state;
	rig_start(&rig, &test_config);
	log_plain(rig.log, LOG_SERVICE_STARTUP);
	assert_string_equal(rig_read(&rig), STARTED "}\n");
	rig_end(&rig);
}

static void
fields_stand_in_the_order_of_the_calls(void **state)
{
	const struct log_trace trace = { "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7" };
	struct log_line line;
	struct rig rig;

	(void)state;
	rig_start(&rig, &test_config);
	assert_true(log_begin(&line, rig.log, LOG_SERVICE_STARTUP));
	log_trace(&line, &trace);
	log_word(&line, FIELD_METHOD, "GET");
	log_template(&line, FIELD_ROUTE, SLICE_OF("/notes/{note_id}"));
	log_number(&line, FIELD_STATUS, 200);
	log_number(&line, FIELD_SERVER_NUMBER, INT64_MIN);
	log_end(&line);
	assert_string_equal(rig_read(&rig), STARTED
	    ",\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\",\"span_id\":\"00f067aa0ba902b7\","
	    "\"method\":\"GET\",\"route\":\"/notes/{note_id}\",\"status\":200,"
	    "\"number\":-9223372036854775808}\n");
	rig_end(&rig);
}

static void
values_cannot_leave_their_string(void **state)
{
	struct log_line line;
	struct rig rig;

	(void)state;
	rig_start(&rig, &test_config);
	assert_true(log_begin(&line, rig.log, LOG_SERVICE_STARTUP));
	log_template(&line, FIELD_ROUTE, SLICE_OF("/a\"}\n{\"forged\":\"\xff"));
	log_end(&line);
	assert_string_equal(
	    rig_read(&rig), STARTED ",\"route\":\"/a\\\"}\\n{\\\"forged\\\":\\\"\xef\xbf\xbd\"}\n");
	rig_end(&rig);
}

static void
empty_values_leave_their_field_out(void **state)
{
	struct log_trace none = { "", "" };
	struct log_line line;
	struct rig rig;

	(void)state;
	rig_start(&rig, &test_config);
	assert_true(log_begin(&line, rig.log, LOG_SERVICE_STARTUP));
	log_trace(&line, &none);
	log_word(&line, FIELD_METHOD, NULL);
	log_word(&line, FIELD_REASON, "");
	log_template(&line, FIELD_ROUTE, slice_make(NULL, 0));
	log_pseudonym(&line, FIELD_CLIENT, SLICE_OF(""));
	log_end(&line);
	assert_string_equal(rig_read(&rig), STARTED "}\n");
	rig_end(&rig);
}

static void
a_field_of_another_kind_is_left_out(void **state)
{
	struct log_line line;
	struct rig rig;

	(void)state;
	rig_start(&rig, &test_config);
	assert_true(log_begin(&line, rig.log, LOG_SERVICE_STARTUP));
	log_word(&line, FIELD_CLIENT, "192.0.2.1");
	log_template(&line, FIELD_ACTOR, SLICE_OF("subject"));
	log_number(&line, FIELD_CLIENT, 1);
	log_pseudonym(&line, FIELD_ROUTE, SLICE_OF("x"));
	log_end(&line);
	assert_string_equal(rig_read(&rig), STARTED "}\n");
	rig_end(&rig);
}

static void
the_time_is_that_of_each_line(void **state)
{
	struct rig rig;

	(void)state;
	rig_start(&rig, &test_config);
	log_plain(rig.log, LOG_SERVICE_STARTUP);
	clock_wall_inject(clock_wall_us() + 1);
	log_plain(rig.log, LOG_SERVICE_STARTUP);
	clock_wall_inject(clock_wall_us() + 1000000);
	log_plain(rig.log, LOG_SERVICE_STARTUP);
	clock_wall_inject(0);
	log_plain(rig.log, LOG_SERVICE_STARTUP);
	(void)rig_read(&rig);
	assert_non_null(strstr(rig.text, "\"2026-11-23T14:28:29.123456Z\""));
	assert_non_null(strstr(rig.text, "\"2026-11-23T14:28:29.123457Z\""));
	assert_non_null(strstr(rig.text, "\"2026-11-23T14:28:30.123457Z\""));
	assert_non_null(strstr(rig.text, "\"1970-01-01T00:00:00.000000Z\""));
	rig_end(&rig);
}

static void
lines_below_the_level_are_not_begun(void **state)
{
	struct config config = test_config;
	struct log_line line;
	struct rig rig;

	(void)state;
	config.log_level = LEVEL_WARNING;
	rig_start(&rig, &config);
	assert_false(log_begin(&line, rig.log, LOG_SERVICE_STARTUP));
	assert_false(log_begin_custom(&line, rig.log, LEVEL_INFO, "a.b", "c"));
	assert_false(log_begin(&line, NULL, LOG_SERVICE_START_FAILED));
	assert_false(log_begin_custom(&line, NULL, LEVEL_CRITICAL, "a.b", "c"));
	log_plain(rig.log, LOG_SERVICE_STARTUP);
	log_plain(NULL, LOG_SERVICE_START_FAILED);
	assert_string_equal(rig_read(&rig), "");
	assert_true(log_begin(&line, rig.log, LOG_AUTHENTICATION_FAILED));
	rig_end(&rig);
}

static void
a_service_has_events_of_its_own(void **state)
{
	struct log_line line;
	struct rig rig;

	(void)state;
	rig_start(&rig, &test_config);
	assert_true(log_begin_custom(
	    &line, rig.log, LEVEL_ERROR, "store.unavailable", "store \"x\" is away"));
	log_number(&line, FIELD_SERVER_NUMBER, 5);
	log_end(&line);
	assert_string_equal(rig_read(&rig),
	    TIME "\"level\":\"error\",\"message\":\"store \\\"x\\\" is away\",\"event_type\":"
		 "\"store.unavailable\",\"service\":\"notes\",\"number\":5}\n");
	rig_end(&rig);
}

/* --- limits ---------------------------------------------------------------------------------- */

/*
 * A field of every length around the limit: the line stays whole, and the field is there whole or
 * not at all.
 */
static void
a_field_that_does_not_fit_is_left_out_whole(void **state)
{
	static char value[LOG_LINE_MAX];
	struct rig rig;

	(void)state;
	memset(value, '\n', sizeof(value)); /* two bytes each in the line */
	rig_start(&rig, &test_config);
	for (size_t len = 1900; len < 2100; len++) {
		struct log_line line;
		json_t *object;
		size_t line_len;

		assert_true(log_begin(&line, rig.log, LOG_SERVICE_STARTUP));
		log_template(&line, FIELD_ROUTE, slice_make(value, len));
		log_number(&line, FIELD_STATUS, 200);
		log_end(&line);
		line_len = strlen(rig_read(&rig));
		assert_true(line_len <= LOG_LINE_MAX);
		assert_int_equal(rig.text[line_len - 1], '\n');
		object = json_loads(rig.text, JSON_REJECT_DUPLICATES, NULL);
		assert_non_null(object);
		if (json_object_get(object, "route") != NULL)
			assert_int_equal(json_string_length(json_object_get(object, "route")), len);
		json_decref(object);
	}
	rig_end(&rig);
}

static void
a_long_custom_event_is_cut_and_still_a_line(void **state)
{
	static char text[5000];
	struct log_line line;
	struct rig rig;
	json_t *object;

	(void)state;
	memset(text, '\x01', sizeof(text) - 1); /* six bytes each in the line */
	rig_start(&rig, &test_config);
	assert_true(log_begin_custom(&line, rig.log, LEVEL_INFO, text, text));
	log_number(&line, FIELD_SERVER_NUMBER, 1);
	log_end(&line);
	object = json_loads(rig_read(&rig), JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(object);
	assert_non_null(json_object_get(object, "number"));
	json_decref(object);
	rig_end(&rig);
}

static void
without_memory_there_is_no_log(void **state)
{
	size_t ceiling = 0;
	struct log *log = NULL;

	(void)state;
	for (; log == NULL && ceiling < 65536; ceiling += 512) {
		struct arena arena;

		arena_init(&arena, 4096, ceiling);
		log = log_new(&arena, 1, &test_config);
		log_done(log);
		arena_done(&arena);
	}
	assert_non_null(log);
	assert_true(ceiling > 4096);
	log_done(NULL);
}

/* --- lines that are lost --------------------------------------------------------------------- */

#define DROPPED(count)                                                     \
	TIME "\"level\":\"warning\",\"message\":\"log lines could not be " \
	     "written\",\"event_type\":\"log.dropped\","                   \
	     "\"service\":\"notes\",\"count\":" count "}\n"

static void
fill_pipe(int fd)
{
	static const char filler[PIPE_BUF];

	while (write(fd, filler, sizeof(filler)) > 0)
		continue;
	while (write(fd, filler, 1) > 0)
		continue;
	assert_int_equal(errno, EAGAIN);
}

static void
empty_pipe(struct rig *rig)
{
	while (read(rig->reader, rig->text, READ_SIZE) > 0)
		continue;
}

static void
a_full_pipe_drops_lines_and_tells_so_once(void **state)
{
	struct rig rig;

	(void)state;
	rig_start(&rig, &test_config);
	fill_pipe(rig.writer);
	errno = 7;
	for (int i = 0; i < 3; i++)
		log_plain(rig.log, LOG_SERVICE_STARTUP);
	assert_int_equal(errno, 7);
	empty_pipe(&rig);
	log_plain(rig.log, LOG_SERVICE_STARTUP);
	log_plain(rig.log, LOG_SERVICE_STARTUP);
	assert_string_equal(rig_read(&rig), DROPPED("3") STARTED "}\n" STARTED "}\n");
	rig_end(&rig);
}

static void
a_second_pen_writes_the_same_and_owes_nothing(void **state)
{
	struct log_line first, second;
	struct arena arena;
	struct log *pen;
	struct rig rig;

	(void)state;
	rig_start(&rig, &test_config);
	arena_init(&arena, 4096, 4096);
	fill_pipe(rig.writer);
	log_plain(rig.log, LOG_SERVICE_STARTUP);
	pen = log_second_pen(rig.log, &arena);
	assert_non_null(pen);
	empty_pipe(&rig);
	/* In the middle of a line of the first one, and it does not tell what that has lost. */
	assert_true(log_begin(&first, rig.log, LOG_SERVICE_STARTUP));
	assert_true(log_begin(&second, pen, LOG_SERVICE_STARTUP));
	log_number(&second, FIELD_PID, 7);
	log_end(&second);
	assert_string_equal(rig_read(&rig), STARTED ",\"pid\":7}\n");
	log_end(&first);
	assert_string_equal(rig_read(&rig), DROPPED("1") STARTED "}\n");
	assert_int_equal(log_lost(pen), 0);
	assert_false(log_begin(&second, pen, LOG_AUTHENTICATION_SUCCEEDED)); /* below the level */
	/* Without a key, as a handler cannot make pseudonyms. */
	assert_true(log_begin(&second, pen, LOG_SERVICE_STARTUP));
	log_pseudonym(&second, FIELD_CLIENT, SLICE_OF("192.0.2.1"));
	log_end(&second);
	assert_string_equal(rig_read(&rig), STARTED "}\n");
	assert_null(log_second_pen(NULL, &arena));
	arena_done(&arena);
	rig_end(&rig);
}

static void
the_last_type_above_info_is_kept_for_who_asks(void **state)
{
	char type[LOG_TYPE_SIZE] = "";
	struct config config = test_config;
	struct log_line line;
	struct rig rig;

	(void)state;
	config.log_level = LEVEL_CRITICAL;
	rig_start(&rig, &config);
	log_plain(rig.log, LOG_WORKER_DIED); /* nobody asks yet */
	log_keep_type(rig.log, type);
	log_plain(rig.log, LOG_SERVICE_STARTUP);
	assert_string_equal(type, "");
	log_plain(rig.log, LOG_WORKER_DIED);
	assert_string_equal(type, "worker.died");
	assert_false(log_begin_custom(&line, rig.log, LEVEL_ERROR, "notes.store_gone", "x"));
	assert_string_equal(type, "notes.store_gone");
	assert_false(log_begin_custom(&line, rig.log, LEVEL_ERROR,
	    "notes.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "x"));
	assert_int_equal(strlen(type), LOG_TYPE_SIZE - 1);
	log_keep_type(rig.log, NULL);
	log_plain(rig.log, LOG_WORKER_DIED);
	assert_int_equal(strlen(type), LOG_TYPE_SIZE - 1);
	log_keep_type(NULL, type);
	rig_end(&rig);
}

static void
losses_are_told_whatever_the_level(void **state)
{
	struct config config = test_config;
	struct rig rig;

	(void)state;
	config.log_level = LEVEL_CRITICAL;
	rig_start(&rig, &config);
	fill_pipe(rig.writer);
	log_plain(rig.log, LOG_SERVICE_START_FAILED);
	empty_pipe(&rig);
	log_plain(rig.log, LOG_SERVICE_START_FAILED);
	assert_ptr_equal(strstr(rig_read(&rig), DROPPED("1")), rig.text);
	rig_end(&rig);
}

static void
a_child_does_not_tell_what_its_parent_lost(void **state)
{
	struct rig rig;

	(void)state;
	rig_start(&rig, &test_config);
	fill_pipe(rig.writer);
	log_plain(rig.log, LOG_SERVICE_STARTUP);
	empty_pipe(&rig);
	log_after_fork(rig.log);
	log_plain(rig.log, LOG_SERVICE_STARTUP);
	assert_string_equal(rig_read(&rig), STARTED "}\n");
	rig_end(&rig);
}

static void
a_reader_that_is_gone_costs_lines_and_no_more(void **state)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
	struct rig rig;

	(void)state;
	assert_int_equal(sigaction(SIGPIPE, &ignore, &before), 0);
	rig_start(&rig, &test_config);
	assert_int_equal(close(rig.reader), 0);
	rig.reader = -1;
	log_plain(rig.log, LOG_SERVICE_STARTUP);
	log_plain(rig.log, LOG_SERVICE_STARTUP);
	rig_end(&rig);
	assert_int_equal(sigaction(SIGPIPE, &before, NULL), 0);
}

/*
 * A stream socket that is nearly full takes the first bytes of a line. Whatever comes later must
 * begin on a line of its own. How much such a socket takes is the kernel's affair, so the test
 * goes by what came out.
 */
static void
a_torn_line_never_joins_the_next(void **state)
{
	static char all[1 << 20];
	struct rig rig;
	int ends[2], size = 1;
	size_t len = 0;
	ssize_t got;

	(void)state;
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
	assert_int_equal(setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)), 0);
	rig_start_on(&rig, &test_config, ends[0], ends[1]);
	for (int round = 0; round < 20; round++) {
		for (int i = 0; i < 100; i++)
			log_plain(rig.log, LOG_SERVICE_STARTUP);
		while ((got = read(rig.reader, all + len, sizeof(all) - 1 - len)) > 0)
			len += (size_t)got;
	}
	log_plain(rig.log, LOG_SERVICE_STARTUP);
	got = read(rig.reader, all + len, sizeof(all) - 1 - len);
	assert_true(got > 0);
	all[len + (size_t)got] = '\0';
	assert_non_null(strstr(all, "log.dropped"));
	for (const char *at = all; (at = strstr(at, "{\"timestamp\"")) != NULL; at++)
		assert_true(at == all || at[-1] == '\n');
	rig_end(&rig);
}

/* /dev/full says ENOSPC to every write. */
static void
a_full_disk_costs_lines_and_no_more(void **state)
{
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct rig rig;

	(void)state;
	if (fd < 0)
		skip();
	rig_start_on(&rig, &test_config, -1, fd);
	log_plain(rig.log, LOG_SERVICE_STARTUP);
	log_plain(rig.log, LOG_SERVICE_STARTUP);
	rig_end(&rig);
}

/* --- pseudonyms ------------------------------------------------------------------------------ */

static void
one_pseudonym(struct rig *rig, enum log_field field, struct slice value)
{
	struct log_line line;

	assert_true(log_begin(&line, rig->log, LOG_SERVICE_STARTUP));
	log_pseudonym(&line, field, value);
	log_end(&line);
	(void)rig_read(rig);
}

static void
a_pseudonym_is_keyed_by_key_and_field(void **state)
{
	struct rig rig;

	(void)state;
	rig_start(&rig, &test_config);
	/*
	 * printf 'client\000192.0.2.1' | openssl dgst -sha256 -hmac
	 * 0123456789abcdef0123456789abcdef
	 */
	one_pseudonym(&rig, FIELD_CLIENT, SLICE_OF("192.0.2.1"));
	assert_string_equal(rig.text, STARTED ",\"client\":\"b161491187c83b55\"}\n");
	one_pseudonym(&rig, FIELD_ACTOR, SLICE_OF("192.0.2.1"));
	assert_string_equal(rig.text, STARTED ",\"actor\":\"2c8df4531e0e7a56\"}\n");
	one_pseudonym(&rig, FIELD_CLIENT, SLICE_OF("192.0.2.1"));
	assert_string_equal(rig.text, STARTED ",\"client\":\"b161491187c83b55\"}\n");
	rig_end(&rig);
}

static void
production_without_a_key_has_no_pseudonyms(void **state)
{
	struct config config = test_config;
	struct rig rig;

	(void)state;
	config.log_pseudonym_key = NULL;
	rig_start(&rig, &config);
	one_pseudonym(&rig, FIELD_CLIENT, SLICE_OF("192.0.2.1"));
	assert_string_equal(rig.text, STARTED "}\n");
	rig_end(&rig);
}

static void
elsewhere_a_random_key_lasts_from_start_to_stop(void **state)
{
	struct config config = test_config;
	struct rig rig;
	char first[256];

	(void)state;
	config.log_pseudonym_key = NULL;
	config.environment = ENVIRONMENT_DEVELOPMENT;
	rig_start(&rig, &config);
	one_pseudonym(&rig, FIELD_CLIENT, SLICE_OF("192.0.2.1"));
	assert_non_null(strstr(rig.text, "\"client\":\""));
	memcpy(first, rig.text, sizeof(first));
	rig_end(&rig);
	rig_start(&rig, &config);
	one_pseudonym(&rig, FIELD_CLIENT, SLICE_OF("192.0.2.1"));
	assert_string_equal(rig.text, first);
	rig_end(&rig);
}

/* --- traces ---------------------------------------------------------------------------------- */

static void
a_trace_is_taken_over_with_a_span_of_its_own(void **state)
{
	struct slice parent = SLICE_OF("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
	struct log_trace first, second, fresh;
	struct rig rig;

	(void)state;
	rig_start(&rig, &test_config);
	log_trace_start(rig.log, parent, &first);
	log_trace_start(rig.log, parent, &second);
	log_trace_start(rig.log, slice_make(NULL, 0), &fresh);
	assert_string_equal(first.trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
	assert_string_equal(second.trace_id, first.trace_id);
	assert_string_not_equal(first.span_id, "00f067aa0ba902b7");
	assert_string_not_equal(first.span_id, second.span_id);
	assert_string_not_equal(fresh.trace_id, first.trace_id);
	assert_int_equal(strspn(fresh.trace_id, "0123456789abcdef"), 32);
	assert_int_equal(strspn(fresh.span_id, "0123456789abcdef"), 16);
	rig_end(&rig);
}

static void
a_fork_makes_ids_of_its_own(void **state)
{
	struct log_trace mine, childs;
	struct rig rig;
	int ends[2];
	pid_t child;

	(void)state;
	rig_start(&rig, &test_config);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		log_after_fork(rig.log);
		log_trace_start(rig.log, slice_make(NULL, 0), &childs);
		_exit(write(ends[1], &childs, sizeof(childs)) == (ssize_t)sizeof(childs) ? 0 : 1);
	}
	log_trace_start(rig.log, slice_make(NULL, 0), &mine);
	assert_int_equal(read(ends[0], &childs, sizeof(childs)), (ssize_t)sizeof(childs));
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_string_not_equal(mine.trace_id, childs.trace_id);
	assert_string_not_equal(mine.span_id, childs.span_id);
	(void)close(ends[0]);
	(void)close(ends[1]);
	rig_end(&rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_event_is_the_envelope),
		cmocka_unit_test(fields_stand_in_the_order_of_the_calls),
		cmocka_unit_test(values_cannot_leave_their_string),
		cmocka_unit_test(empty_values_leave_their_field_out),
		cmocka_unit_test(a_field_of_another_kind_is_left_out),
		cmocka_unit_test(the_time_is_that_of_each_line),
		cmocka_unit_test(lines_below_the_level_are_not_begun),
		cmocka_unit_test(a_service_has_events_of_its_own),
		cmocka_unit_test(a_field_that_does_not_fit_is_left_out_whole),
		cmocka_unit_test(a_long_custom_event_is_cut_and_still_a_line),
		cmocka_unit_test(without_memory_there_is_no_log),
		cmocka_unit_test(a_full_pipe_drops_lines_and_tells_so_once),
		cmocka_unit_test(losses_are_told_whatever_the_level),
		cmocka_unit_test(a_second_pen_writes_the_same_and_owes_nothing),
		cmocka_unit_test(the_last_type_above_info_is_kept_for_who_asks),
		cmocka_unit_test(a_child_does_not_tell_what_its_parent_lost),
		cmocka_unit_test(a_reader_that_is_gone_costs_lines_and_no_more),
		cmocka_unit_test(a_torn_line_never_joins_the_next),
		cmocka_unit_test(a_full_disk_costs_lines_and_no_more),
		cmocka_unit_test(a_pseudonym_is_keyed_by_key_and_field),
		cmocka_unit_test(production_without_a_key_has_no_pseudonyms),
		cmocka_unit_test(elsewhere_a_random_key_lasts_from_start_to_stop),
		cmocka_unit_test(a_trace_is_taken_over_with_a_span_of_its_own),
		cmocka_unit_test(a_fork_makes_ids_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
