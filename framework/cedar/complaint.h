/* How the parts of the parser complain about a text: an offset in, a struct cedar_complaint out. */
#ifndef POSTERN_CEDAR_COMPLAINT_H
#define POSTERN_CEDAR_COMPLAINT_H

#include "cedar/cedar.h"
#include "core/compiler.h"

/* A text on its way through lexer and parser. */
struct source {
	const char *file;
	struct slice text; /* in `arena` */
	struct arena *arena;
	struct cedar_complaints *complaints;
	/* Where counting lines may begin for what lies behind: 0, or what was counted before. */
	size_t counted_to;
	unsigned counted_lines; /* newlines up to there */
};

static inline struct source
source_of(
    const char *file, struct slice text, struct arena *arena, struct cedar_complaints *complaints)
{
	return (struct source) {
		.file = file,
		.text = text,
		.arena = arena,
		.complaints = complaints,
	};
}

/*
 * Checks a text (CEDAR_MAX_TEXT, UTF-8) and copies it and the name of its file into
 * `source->arena`; false with a complaint.
 */
bool source_open(struct source *source, const char *file, struct slice text) MUST_USE;

/*
 * Adds a complaint about the byte at `offset`. `hint` is a constant text or lives in the arena;
 * NULL: none.
 */
void complaint_add(const struct source *source, size_t offset, const char *hint, const char *format,
    ...) PRINTF_LIKE(4, 5);

/* The same with `is_limit` set: a bound or memory is out. */
void complaint_limit(const struct source *source, size_t offset, const char *hint,
    const char *format, ...) PRINTF_LIKE(4, 5);

/* For "%.*s": a name that may be anything, cut to what a message has room for. */
#define COMPLAINT_NAME(name) SLICE_ARGS(complaint_cut(name))
/* Its first bytes, whole code points. */
struct slice complaint_cut(struct slice name);
/* What names and strings in a message may hold is not for a terminal: control characters to spaces. */
void complaint_make_printable(char *text);

/* Those behind the first `from` by file, line and column, as a reader of the texts meets them. */
void complaints_sort(struct cedar_complaints *complaints, size_t from);

/* The line (from 1) of `offset`, counted on from `*line` at `*from`, which both move on. */
unsigned line_count(struct slice text, size_t offset, size_t *from, unsigned *line);

#endif
