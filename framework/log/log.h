/*
 * The log: one JSON object a line on one descriptor, each written whole with a single write(2).
 *
 * A line is made by log_begin, typed calls and log_end. There is no call that takes free text: a
 * value is a number, a constant word, a template (text of the program's author or operator) or a
 * keyed pseudonym. Lines above LOG_LINE_MAX lose their extra fields, never their end. A write
 * that fails or would block counts as dropped; the count is told by log.dropped once writing
 * works again. No call here can fail towards its caller, change errno or, once SIGPIPE is
 * ignored, end the process.
 *
 *     UNINITIALIZED struct log_line line; // or all 4 KiB of it are zeroed first
 *     if (log_begin(&line, log, LOG_HTTP_ACCESS)) {
 *             log_trace(&line, &req->trace);
 *             log_word(&line, FIELD_METHOD, "GET");
 *             log_number(&line, FIELD_STATUS, 200);
 *             log_end(&line);
 *     }
 */
#ifndef POSTERN_LOG_LOG_H
#define POSTERN_LOG_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "core/buffer.h"
#include "core/compiler.h"
#include "core/slice.h"

enum log_event {
#define EVENT(id, type, level, message) LOG_##id,
#include "log/events.def"
#undef EVENT
	LOG_EVENT_COUNT
};

enum log_field {
#define FIELD(id, name, kind) FIELD_##id,
#include "log/fields.def"
#undef FIELD
	LOG_FIELD_COUNT
};

/* The limit is PIPE_BUF: a pipe with several writers takes such a line whole or not at all. */
enum { LOG_LINE_MAX = 4096, LOG_PSEUDONYM_DIGITS = 16 };

struct log;

/* A request's place in a distributed trace (W3C Trace Context); all lower-case hex with NUL. */
struct log_trace {
	char trace_id[33];
	char span_id[17];
};

struct log_line {
	struct log *log;
	struct buffer text;
	char room[LOG_LINE_MAX];
};

/*
 * Makes a log on `fd` (normally 1) in `arena`; NULL when memory is out. Takes name, level and
 * pseudonym key from `config`, which must outlive it. With no key: production has no pseudonyms,
 * elsewhere a random one is made.
 */
struct log *log_new(struct arena *arena, int fd, const struct config *config) MUST_USE;
/*
 * After a fork, before the child's first line: its own random state for ids, its own count of
 * lost lines.
 */
void log_after_fork(struct log *log);
/*
 * The same log for who must not use what may be half done there: a signal handler. Shares all that
 * never changes with `log`, which must outlive it, and has no pseudonyms. NULL: no memory, or no log.
 */
struct log *log_second_pen(const struct log *log, struct arena *arena) MUST_USE;
/*
 * From now on the type of the last event that was no information is kept in `ret_type`, whether or
 * not the level lets it into the log; NULL: no more. For a parent that asks what a child said last.
 */
enum { LOG_TYPE_SIZE = 64 };
void log_keep_type(struct log *log, char ret_type[LOG_TYPE_SIZE]);
/* How many lines of this process were lost since it began. */
uint64_t log_lost(const struct log *log);
/* Frees the OpenSSL state that the arena does not know of. */
void log_done(struct log *log);

/* False when the event's level is below the configured one, or `log` is NULL: skip the rest. */
bool log_begin(struct log_line *line, struct log *log, enum log_event event) MUST_USE;
/* The same for what happened a moment ago, at `wall_us`: who has read the clock need not do so again. */
bool log_begin_at(
    struct log_line *line, struct log *log, enum log_event event, int64_t wall_us) MUST_USE;
/* The same for an event of the service's own; `type` and `message` are constants. */
bool log_begin_custom(struct log_line *line, struct log *log, enum config_log_level level,
    const char *type, const char *message) MUST_USE;
/*
 * Fields stand in the order of the calls, this one first. An empty value leaves its field out,
 * and so does a call that is not the one of the field's kind in fields.def.
 */
void log_trace(struct log_line *line, const struct log_trace *trace);
void log_word(struct log_line *line, enum log_field field, const char *word);
void log_template(struct log_line *line, enum log_field field, struct slice text);
void log_number(struct log_line *line, enum log_field field, int64_t number);
/*
 * The first 16 hex digits of HMAC-SHA-256 under the key over the field's name, a NUL and `value`;
 * left out when there is no key or `value` is empty. The last pseudonym of each field is
 * remembered.
 */
void log_pseudonym(struct log_line *line, enum log_field field, struct slice value);
void log_end(struct log_line *line);

/* An event without fields. */
void log_plain(struct log *log, enum log_event event);

/*
 * Fills a trace: from a `traceparent` header that matches its grammar (version 00, ids not all
 * zero), with a fresh span id; else fresh random ids. Makes no system call after the first.
 */
void log_trace_start(struct log *log, struct slice traceparent, struct log_trace *ret_trace);

const char *log_event_type(enum log_event event);

#endif
