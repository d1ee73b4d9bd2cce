/* The loop of the batch forms: lines in, answers out; and what each line may use is given back. */
#include "tool/cedar_batch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool/cedar.h"

enum {
	BATCH_READ = 64 * 1024,    /* bytes asked for at a time, at least */
	BATCH_FIRST_ANSWER = 1024, /* bytes of room; it grows */
	BATCH_BLOCK = 1024 * 1024, /* bytes that stay with the batch from line to line */
	BATCH_SMALL_ANSWER = 4096, /* bytes: what is always there to refuse in */
};

enum line_kind { LINE_END, LINE_FAILED, LINE_WHOLE, LINE_TOO_LONG };

/* Standard input as lines. `start` to `end` are read and not yet given out. */
struct lines {
	char *room;
	size_t size, start, end;
	size_t looked; /* before it there is no line feed */
	bool is_over, is_skipping;
};

/* Room for BATCH_READ more bytes. A line that is too long is dropped as it comes. */
static bool
make_room(struct lines *lines)
{
	size_t held = lines->end - lines->start, size = lines->size == 0 ? BATCH_READ : lines->size;
	char *room;

	if (held > CEDAR_BATCH_MAX_LINE)
		lines->is_skipping = true;
	if (lines->is_skipping)
		held = 0;
	else if (held > 0 && lines->start > 0)
		memmove(lines->room, lines->room + lines->start, held);
	lines->start = 0;
	lines->end = lines->looked = held;
	while (size - held < BATCH_READ)
		size *= 2;
	if (size == lines->size)
		return true;
	room = realloc(lines->room, size);
	if (room == NULL)
		return false;
	lines->room = room;
	lines->size = size;
	return true;
}

/* Reads once. Whoever asked the questions so far may be waiting for the answers. */
static bool
read_more(struct lines *lines, FILE *out)
{
	ssize_t got;

	if (!make_room(lines))
		return false;
	if (fflush(out) != 0)
		return false;
	do
		got = read(STDIN_FILENO, lines->room + lines->end, lines->size - lines->end);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return false;
	lines->end += (size_t)got;
	lines->is_over = got == 0;
	return true;
}

static enum line_kind
give_line(struct lines *lines, size_t len, size_t skip, struct slice *ret_line)
{
	bool is_too_long = lines->is_skipping || len > CEDAR_BATCH_MAX_LINE;

	*ret_line = slice_make(lines->room + lines->start, len);
	lines->start += len + skip;
	lines->looked = lines->start;
	lines->is_skipping = false;
	return is_too_long ? LINE_TOO_LONG : LINE_WHOLE;
}

static enum line_kind
next_line(struct lines *lines, FILE *out, struct slice *ret_line)
{
	for (;;) {
		struct slice fresh =
		    slice_make(lines->room + lines->looked, lines->end - lines->looked);
		size_t at = lines->room == NULL ? 0 : slice_find(fresh, '\n');

		if (at < fresh.len)
			return give_line(lines, lines->looked + at - lines->start, 1, ret_line);
		lines->looked = lines->end;
		if (lines->is_over && (lines->end > lines->start || lines->is_skipping))
			return give_line(lines, lines->end - lines->start, 0, ret_line);
		if (lines->is_over)
			return LINE_END;
		if (!read_more(lines, out))
			return LINE_FAILED;
	}
}

/* Reads the line as a question and has it answered. */
static void
answer_line(const struct cedar_batch_form *form, struct cedar_question *question,
    enum line_kind kind, struct slice line)
{
	question->document.source = source_of("line", line, question->arena, &question->complaints);
	if (kind == LINE_TOO_LONG) {
		complaint_limit(&question->document.source, 0, NULL,
		    "the line is longer than %d bytes", CEDAR_BATCH_MAX_LINE);
		form->refuse(question, CEDAR_REJECTED_LIMIT);
		return;
	}
	if (!cedar_json_read(question->arena, "line", line, CEDAR_BATCH_MAX_DEPTH,
		&question->complaints, &question->document)) {
		form->refuse(question, cedar_blame(line, &question->complaints.items[0]));
		return;
	}
	question->root = question->document.root;
	if (question->root->kind != JSON_KIND_OBJECT) {
		(void)cedar_json_expected(&question->document, question->root, "an object");
		form->refuse(question, CEDAR_REJECTED_REQUEST);
		return;
	}
	form->answer(question);
}

static void
put_answer(const struct cedar_batch_form *form, struct cedar_question *question, FILE *out)
{
	char room[BATCH_SMALL_ANSWER];

	if (buffer_failed(&question->answer)) {
		buffer_init_fixed(&question->answer, room, sizeof(room));
		(void)cedar_question_no_memory(question);
		form->refuse(question, CEDAR_REJECTED_LIMIT);
	}
	buffer_byte(&question->answer, '\n');
	(void)fwrite(question->answer.data, 1, question->answer.len, out);
}

enum tool_exit
cedar_batch(const struct cedar_batch_form *form, FILE *out, FILE *err)
{
	struct lines lines = { .room = NULL };
	struct cedar_question question;
	struct arena arena;
	enum line_kind kind;
	struct slice line;

	arena_init(&arena, BATCH_BLOCK, CEDAR_TOOL_MEMORY);
	while ((kind = next_line(&lines, out, &line)) == LINE_WHOLE || kind == LINE_TOO_LONG) {
		question.arena = &arena;
		question.complaints.count = 0;
		buffer_init(&question.answer, &arena, BATCH_FIRST_ANSWER, CEDAR_BATCH_MAX_ANSWER);
		answer_line(form, &question, kind, line);
		put_answer(form, &question, out);
		arena_reset(&arena);
		if (ferror(out) != 0)
			break;
	}
	if (kind == LINE_FAILED && ferror(out) == 0)
		fprintf(err, "postern: standard input could not be read: %s\n", strerror(errno));
	arena_done(&arena);
	free(lines.room);
	return kind == LINE_FAILED ? TOOL_FAILED : tool_finish(out, err);
}
