/*
 * Complaints: where (file, line, column in code points), what, and what would help. They are for
 * the people who write policies; what a line of the text holds is shown to them as it is, but for
 * control characters.
 */
#include "cedar/complaint.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/buffer.h"
#include "core/utf8.h"

enum {
	MAX_NAME = 64,     /* bytes of a name in a message */
	MAX_MESSAGE = 256, /* bytes; longer ones are cut, names in them are capped before */
	MAX_SHOWN_LINE =
	    120, /* bytes of a source line; of a longer one its neighbourhood is shown */
	MAX_TEXT = 2048,
};

unsigned
line_count(struct slice text, size_t offset, size_t *from, unsigned *line)
{
	for (; *from < offset && *from < text.len; (*from)++)
		*line += text.data[*from] == '\n';
	return *line;
}

static bool
starts_code_point(char byte)
{
	return ((unsigned char)byte & 0xc0) != 0x80;
}

/* The line around `offset`, and its column. */
static struct slice
line_around(struct slice text, size_t offset, unsigned *ret_column)
{
	size_t start = offset, end = offset;

	*ret_column = 1;
	while (start > 0 && text.data[start - 1] != '\n')
		start--;
	for (size_t at = start; at < offset; at++)
		*ret_column += starts_code_point(text.data[at]);
	while (end < text.len && text.data[end] != '\n')
		end++;
	if (end > start && text.data[end - 1] == '\r' && end - 1 >= offset)
		end--;
	return slice_make(text.data + start, end - start);
}

/* A text may hold anything; nobody's terminal shall obey it. */
static char
printable(char byte)
{
	return (unsigned char)byte < 0x20 || byte == 0x7f ? ' ' : byte;
}

struct slice
complaint_cut(struct slice name)
{
	size_t len = MAX_NAME;

	if (name.len <= MAX_NAME)
		return name;
	while (len > 0 && !starts_code_point(name.data[len]))
		len--;
	return slice_first(name, len);
}

void
complaint_make_printable(char *text)
{
	for (; *text != '\0'; text++)
		*text = printable(*text);
}

static void add(const struct source *source, size_t offset, const char *hint, bool is_limit,
    const char *format, va_list args) PRINTF_LIKE(5, 0);

static void
add(const struct source *source, size_t offset, const char *hint, bool is_limit, const char *format,
    va_list args)
{
	struct cedar_complaints *complaints = source->complaints;
	struct cedar_complaint *complaint;
	char message[MAX_MESSAGE];
	bool goes_on = offset >= source->counted_to;
	size_t from = goes_on ? source->counted_to : 0;
	unsigned line = goes_on ? source->counted_lines + 1 : 1;

	if (complaints->count++ >= CEDAR_MAX_ERRORS)
		return;
	if (offset > source->text.len)
		offset = source->text.len;
	complaint = &complaints->items[complaints->count - 1];
	*complaint = (struct cedar_complaint) {
		.file = source->file,
		.hint = hint,
		.is_limit = is_limit,
	};
	complaint->line = line_count(source->text, offset, &from, &line);
	if (source->text.data != NULL)
		complaint->source = line_around(source->text, offset, &complaint->column);
	else
		complaint->column = 1;
	(void)vsnprintf(message, sizeof(message), format, args);
	complaint_make_printable(message);
	complaint->message = arena_dup(source->arena, message, strlen(message));
	if (complaint->message == NULL) {
		complaint->message = "out of memory";
		complaint->is_limit = true;
	}
}

void
complaint_add(const struct source *source, size_t offset, const char *hint, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(source, offset, hint, false, format, args);
	va_end(args);
}

void
complaint_limit(
    const struct source *source, size_t offset, const char *hint, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(source, offset, hint, true, format, args);
	va_end(args);
}

bool
source_open(struct source *source, const char *file, struct slice text)
{
	struct slice rest;
	uint32_t code;
	size_t len;

	source->file = arena_dup(source->arena, file, strlen(file));
	source->text = slice_make(NULL, 0);
	if (source->file == NULL) {
		source->file = "";
		complaint_limit(source, 0, NULL, "out of memory");
		return false;
	}
	if (text.len > CEDAR_MAX_TEXT) {
		complaint_limit(
		    source, 0, NULL, "the text is larger than %d bytes", CEDAR_MAX_TEXT);
		return false;
	}
	source->text = arena_dup_slice(source->arena, text);
	if (source->text.data == NULL) {
		complaint_limit(source, 0, NULL, "out of memory");
		return false;
	}
	if (utf8_is_valid(source->text))
		return true;
	for (rest = source->text; (len = utf8_decode(rest, &code)) > 0;)
		rest = slice_skip(rest, len);
	complaint_add(source, source->text.len - rest.len, NULL, "this is not UTF-8");
	return false;
}

/* The part of a line that is shown: `column` counts code points within it from 1 afterwards. */
static struct slice
shown_part(struct slice line, unsigned *column)
{
	size_t start = 0, at = 0, len;

	if (line.len <= MAX_SHOWN_LINE)
		return line;
	for (unsigned left = *column; left > 1 && at < line.len; left--)
		do
			at++;
		while (at < line.len && !starts_code_point(line.data[at]));
	if (at > MAX_SHOWN_LINE / 2)
		start = at - MAX_SHOWN_LINE / 2;
	while (start > 0 && !starts_code_point(line.data[start]))
		start--;
	*column = 1;
	for (size_t i = start; i < at; i++)
		*column += starts_code_point(line.data[i]);
	for (len = MAX_SHOWN_LINE; start + len < line.len; len--)
		if (starts_code_point(line.data[start + len]))
			break;
	return slice_first(slice_skip(line, start), len);
}

static bool
stands_before(const struct cedar_complaint *a, const struct cedar_complaint *b)
{
	int order = strcmp(a->file, b->file);

	if (order != 0)
		return order < 0;
	return a->line != b->line ? a->line < b->line : a->column < b->column;
}

/* By insertion: there are few, and equal ones keep their order. */
void
complaints_sort(struct cedar_complaints *complaints, size_t from)
{
	size_t count = complaints->count < CEDAR_MAX_ERRORS ? complaints->count : CEDAR_MAX_ERRORS;

	for (size_t i = from + 1; i < count; i++) {
		struct cedar_complaint moved = complaints->items[i];
		size_t at = i;

		for (; at > from && stands_before(&moved, &complaints->items[at - 1]); at--)
			complaints->items[at] = complaints->items[at - 1];
		complaints->items[at] = moved;
	}
}

const char *
cedar_complaint_text(struct arena *arena, const struct cedar_complaint *complaint)
{
	unsigned column = complaint->column;
	struct slice line = shown_part(complaint->source, &column);
	struct buffer text;
	char room[MAX_TEXT];

	buffer_init_fixed(&text, room, sizeof(room));
	buffer_printf(&text, "%.512s:%u:%u: %s\n  ", complaint->file, complaint->line,
	    complaint->column, complaint->message);
	for (size_t i = 0; i < line.len; i++)
		buffer_byte(&text, printable(line.data[i]));
	buffer_printf(&text, "\n  %*s^", (int)column - 1, "");
	if (complaint->hint != NULL)
		buffer_printf(&text, " %s", complaint->hint);
	buffer_byte(&text, '\0');
	if (buffer_failed(&text))
		return complaint->message;
	return arena_dup(arena, room, text.len - 1);
}
