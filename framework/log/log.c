/*
 * The envelope of a line. All of it that does not change between two lines of one event is
 * written once, at the start (`heads`), and the date once a second (`stamp`), so that an access
 * line is a few copies and one write.
 *
 * Invariant: `text` of a line has a ceiling two bytes below its room. A field that does not fit
 * is taken back whole, so the closing brace and the newline always have their place.
 */
#include "log/log.h"

#include <errno.h>
#include <limits.h>
#include <sys/random.h>

#include "core/clock.h"
#include "log/pseudonym.h"
#include "log/sink.h"
#include "log/trace.h"

enum {
	END_LEN = 2,          /* "}\n" */
	CUSTOM_TYPE_MAX = 64, /* bytes of a service's event type that are shown */
	CUSTOM_MESSAGE_MAX =
	    400, /* and of its message: six times that, if all is escaped, still fits */
	RANDOM_KEY_SIZE = 32,
	US_PER_SECOND = 1000000,
};

/*
 * A pipe takes up to PIPE_BUF bytes whole or not at all, whoever else writes to it (POSIX write).
 */
_Static_assert(LOG_LINE_MAX <= PIPE_BUF, "lines of several processes could mix");
_Static_assert((int)LOG_PSEUDONYM_DIGITS == (int)PSEUDONYM_DIGITS, "one length of a pseudonym");

enum kind { WORD, NUMBER, TEMPLATE, PSEUDONYM };

struct field {
	const char *name;
	struct slice lead; /* the name between a comma and a colon */
	enum kind kind;
};

static const struct field fields[LOG_FIELD_COUNT] = {
#define FIELD(id, name, kind) [FIELD_##id] = { name, SLICE(",\"" name "\":"), kind },
#include "log/fields.def"
#undef FIELD
};

struct event {
	const char *type;
	enum config_log_level level;
	const char *message;
};

static const struct event events[LOG_EVENT_COUNT] = {
#define EVENT(id, type, level, message) [LOG_##id] = { type, LEVEL_##level, message },
#include "log/events.def"
#undef EVENT
};

static const char *const level_names[] = {
	[LEVEL_DEBUG] = "debug",
	[LEVEL_INFO] = "info",
	[LEVEL_WARNING] = "warning",
	[LEVEL_ERROR] = "error",
	[LEVEL_CRITICAL] = "critical",
};

#define STAMP_START "{\"timestamp\":\""
enum { STAMP_LEN = sizeof(STAMP_START "2026-11-23T14:28:29.") - 1, FRACTION_DIGITS = 6 };

struct log {
	struct sink sink;
	enum config_log_level level;
	struct slice service;
	struct slice heads[LOG_EVENT_COUNT]; /* what follows the time */
	struct pseudonyms *pseudonyms;       /* NULL: there is no key */
	struct trace_random random;
	int64_t stamp_s; /* the second that `stamp` says; -1: none yet */
	char stamp[STAMP_LEN];
	char *last_type; /* LOG_TYPE_SIZE bytes; NULL: nobody asks for it */
};

/* --- the envelope ---------------------------------------------------------------------------- */

static void
put_head(struct buffer *text, struct slice service, const struct event *event)
{
	(void)buffer_text(text, "Z\",\"level\":\"");
	(void)buffer_text(text, level_names[event->level]);
	(void)buffer_text(text, "\",\"message\":");
	(void)buffer_json_string(text, slice_first(slice_from(event->message), CUSTOM_MESSAGE_MAX));
	(void)buffer_text(text, ",\"event_type\":");
	(void)buffer_json_string(text, slice_first(slice_from(event->type), CUSTOM_TYPE_MAX));
	(void)buffer_text(text, ",\"service\":");
	(void)buffer_json_string(text, service);
}

static void
put_time(struct buffer *text, struct log *log, int64_t now_us)
{
	int64_t second = now_us / US_PER_SECOND;
	int64_t fraction = now_us % US_PER_SECOND;
	char digits[FRACTION_DIGITS];

	if (second != log->stamp_s) {
		char time[CLOCK_RFC3339_SIZE];

		clock_rfc3339(now_us, time);
		memcpy(log->stamp, STAMP_START, sizeof(STAMP_START) - 1);
		memcpy(log->stamp + sizeof(STAMP_START) - 1, time,
		    STAMP_LEN - (sizeof(STAMP_START) - 1));
		log->stamp_s = second;
	}
	for (int i = FRACTION_DIGITS - 1; i >= 0; i--) {
		digits[i] = (char)('0' + fraction % 10);
		fraction /= 10;
	}
	(void)buffer_append(text, log->stamp, STAMP_LEN);
	(void)buffer_append(text, digits, sizeof(digits));
}

/* --- life ------------------------------------------------------------------------------------ */

static bool
make_heads(struct log *log, struct arena *arena)
{
	for (size_t i = 0; i < LOG_EVENT_COUNT; i++) {
		struct buffer head;

		buffer_init(&head, arena, 192, LOG_LINE_MAX);
		put_head(&head, log->service, &events[i]);
		if (buffer_failed(&head))
			return false;
		log->heads[i] = buffer_content(&head);
	}
	return true;
}

/* Made once per process and kept over reloads, for pseudonyms are to last from start to stop. */
static struct slice
random_key(void)
{
	static char key[RANDOM_KEY_SIZE];
	static bool is_made;

	if (!is_made)
		is_made = getrandom(key, sizeof(key), 0) == (ssize_t)sizeof(key);
	return slice_make(key, is_made ? sizeof(key) : 0);
}

static struct slice
key_of(const struct config *config)
{
	if (config->log_pseudonym_key != NULL)
		return slice_make(config->log_pseudonym_key, config->log_pseudonym_key_len);
	if (config->environment == ENVIRONMENT_PRODUCTION)
		return slice_make(NULL, 0);
	return random_key();
}

struct log *
log_new(struct arena *arena, int fd, const struct config *config)
{
	struct log *log = arena_calloc(arena, 1, sizeof(*log));
	struct slice key = key_of(config);

	if (log == NULL)
		return NULL;
	log->sink.fd = fd;
	log->level = config->log_level;
	log->service = slice_from(config->service_name);
	log->stamp_s = -1;
	trace_random_seed(&log->random);
	if (!make_heads(log, arena))
		return NULL;
	if (key.len > 0) {
		log->pseudonyms = pseudonyms_new(arena, key);
		if (log->pseudonyms == NULL)
			return NULL;
	}
	return log;
}

void
log_after_fork(struct log *log)
{
	trace_random_seed(&log->random);
	/* What the parent lost the parent tells. */
	log->sink.dropped = log->sink.lost = 0;
	log->sink.is_torn = false;
}

struct log *
log_second_pen(const struct log *log, struct arena *arena)
{
	struct log *pen = log == NULL ? NULL : arena_calloc(arena, 1, sizeof(*pen));

	if (pen == NULL)
		return NULL;
	*pen = *log;
	pen->sink = (struct sink) { .fd = log->sink.fd };
	pen->pseudonyms = NULL;
	pen->stamp_s = -1;
	pen->last_type = NULL;
	return pen;
}

void
log_keep_type(struct log *log, char ret_type[LOG_TYPE_SIZE])
{
	if (log != NULL)
		log->last_type = ret_type;
}

uint64_t
log_lost(const struct log *log)
{
	return log == NULL ? 0 : log->sink.lost;
}

void
log_done(struct log *log)
{
	if (log == NULL)
		return;
	pseudonyms_free(log->pseudonyms);
	log->pseudonyms = NULL;
}

/* --- lines ----------------------------------------------------------------------------------- */

static void
line_init(struct log_line *line, struct log *log, int64_t wall_us)
{
	line->log = log;
	buffer_init_fixed(&line->text, line->room, sizeof(line->room) - END_LEN);
	put_time(&line->text, log, wall_us);
}

static void
keep_type(struct log *log, const struct event *event)
{
	const size_t len = strnlen(event->type, LOG_TYPE_SIZE - 1);

	if (event->level <= LEVEL_INFO)
		return;
	memcpy(log->last_type, event->type, len);
	log->last_type[len] = '\0';
}

/* Whether the event is to be logged; its type is kept whether or not, where somebody asks for it. */
static bool
takes(struct log *log, const struct event *event)
{
	if (log != NULL && log->last_type != NULL)
		keep_type(log, event);
	return log != NULL && event->level >= log->level;
}

static bool
begin(struct log_line *line, struct log *log, enum log_event event, int64_t wall_us)
{
	line_init(line, log, wall_us);
	(void)buffer_slice(&line->text, log->heads[event]);
	return true;
}

bool
log_begin(struct log_line *line, struct log *log, enum log_event event)
{
	return takes(log, &events[event]) && begin(line, log, event, clock_wall_us());
}

bool
log_begin_at(struct log_line *line, struct log *log, enum log_event event, int64_t wall_us)
{
	return takes(log, &events[event]) && begin(line, log, event, wall_us);
}

bool
log_begin_custom(struct log_line *line, struct log *log, enum config_log_level level,
    const char *type, const char *message)
{
	const struct event event = { type, level, message };

	if (!takes(log, &event))
		return false;
	line_init(line, log, clock_wall_us());
	put_head(&line->text, log->service, &event);
	return true;
}

/* Takes a field back that did not fit. */
static void
settle(struct buffer *text, size_t len_before)
{
	if (buffer_failed(text)) {
		text->len = len_before;
		text->failed = false;
	}
}

/*
 * A field given through the call of another kind is left out: it could carry what it must not. A
 * unit test looks for such calls in the sources.
 */
static void
put_string(struct log_line *line, enum log_field field, enum kind kind, struct slice value)
{
	size_t len_before = line->text.len;

	if (fields[field].kind != kind || value.len == 0)
		return;
	(void)buffer_slice(&line->text, fields[field].lead);
	(void)buffer_json_string(&line->text, value);
	settle(&line->text, len_before);
}

/* Hex digits need no escapes. */
void
log_trace(struct log_line *line, const struct log_trace *trace)
{
	size_t len_before = line->text.len;

	if (trace->trace_id[0] == '\0')
		return;
	(void)buffer_text(&line->text, ",\"trace_id\":\"");
	(void)buffer_append(&line->text, trace->trace_id, sizeof(trace->trace_id) - 1);
	(void)buffer_text(&line->text, "\",\"span_id\":\"");
	(void)buffer_append(&line->text, trace->span_id, sizeof(trace->span_id) - 1);
	(void)buffer_byte(&line->text, '"');
	settle(&line->text, len_before);
}

void
log_word(struct log_line *line, enum log_field field, const char *word)
{
	put_string(line, field, WORD, slice_from(word));
}

void
log_template(struct log_line *line, enum log_field field, struct slice text)
{
	put_string(line, field, TEMPLATE, text);
}

void
log_number(struct log_line *line, enum log_field field, int64_t number)
{
	size_t len_before = line->text.len;

	if (fields[field].kind != NUMBER)
		return;
	(void)buffer_slice(&line->text, fields[field].lead);
	(void)buffer_i64(&line->text, number);
	settle(&line->text, len_before);
}

void
log_pseudonym(struct log_line *line, enum log_field field, struct slice value)
{
	if (line->log->pseudonyms == NULL || value.len == 0 || fields[field].kind != PSEUDONYM)
		return;
	put_string(line, field, PSEUDONYM,
	    pseudonym_make(line->log->pseudonyms, fields[field].name, value));
}

/* There is always room for these two. */
static struct slice
line_close(struct log_line *line)
{
	memcpy(line->room + line->text.len, "}\n", END_LEN);
	return slice_make(line->room, line->text.len + END_LEN);
}

/*
 * Tells how many lines were lost, whatever the level: who reads the log must know that it has a
 * gap. Begins with a newline where a part of a lost line got out. False when this cannot be
 * written either.
 */
static bool
tell_dropped(struct log *log)
{
	uint64_t dropped = log->sink.dropped;
	char room[512];
	struct buffer text;

	buffer_init_fixed(&text, room, sizeof(room));
	if (log->sink.is_torn)
		(void)buffer_byte(&text, '\n');
	put_time(&text, log, clock_wall_us());
	(void)buffer_slice(&text, log->heads[LOG_LOG_LINES_DROPPED]);
	(void)buffer_slice(&text, fields[FIELD_COUNT].lead);
	(void)buffer_u64(&text, dropped);
	(void)buffer_text(&text, "}\n");
	if (sink_write(&log->sink, buffer_content(&text))) {
		log->sink.dropped = 0;
		return true;
	}
	/* This line is none that anybody misses. */
	log->sink.dropped = dropped;
	log->sink.lost--;
	return false;
}

void
log_end(struct log_line *line)
{
	struct log *log = line->log;
	int saved_errno = errno;

	if (log->sink.dropped > 0 && !tell_dropped(log))
		sink_lose(&log->sink);
	else
		(void)sink_write(&log->sink, line_close(line));
	errno = saved_errno;
}

void
log_plain(struct log *log, enum log_event event)
{
	UNINITIALIZED struct log_line line;

	if (log_begin(&line, log, event))
		log_end(&line);
}

/* --- traces ---------------------------------------------------------------------------------- */

void
log_trace_start(struct log *log, struct slice traceparent, struct log_trace *ret_trace)
{
	struct slice trace_id;

	if (trace_parent_parse(traceparent, &trace_id)) {
		memcpy(ret_trace->trace_id, trace_id.data, trace_id.len);
		ret_trace->trace_id[trace_id.len] = '\0';
	} else {
		trace_random_id(&log->random, sizeof(ret_trace->trace_id) - 1, ret_trace->trace_id);
	}
	trace_random_id(&log->random, sizeof(ret_trace->span_id) - 1, ret_trace->span_id);
}

const char *
log_event_type(enum log_event event)
{
	return events[event].type;
}
