/* What is wrong with a JSON text, for the people who wrote it; nothing is put together for nobody. */
#include <stdarg.h>
#include <stdio.h>

#include "core/json_reader.h"

static void fill(const struct json_reader *reader, const char *at, const char *hint, bool is_limit,
    const char *format, va_list values) PRINTF_LIKE(5, 0);

static void
fill(const struct json_reader *reader, const char *at, const char *hint, bool is_limit,
    const char *format, va_list values)
{
	struct json_fault *fault = reader->fault;

	if (fault == NULL)
		return;
	fault->offset = (size_t)(at - reader->start);
	fault->hint = hint;
	fault->is_limit = is_limit;
	(void)vsnprintf(fault->message, sizeof(fault->message), format, values);
}

bool
json_reader_wrong(
    const struct json_reader *reader, const char *at, const char *hint, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	fill(reader, at, hint, false, format, values);
	va_end(values);
	return false;
}

bool
json_reader_limit(const struct json_reader *reader, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	fill(reader, reader->at, NULL, true, format, values);
	va_end(values);
	return false;
}

bool
json_reader_no_memory(const struct json_reader *reader)
{
	return json_reader_limit(reader, "out of memory");
}

/* What people write by habit, and what JSON has for it. */
static const char *
hint_for(const struct json_reader *reader)
{
	struct slice rest = slice_make(reader->at, (size_t)(reader->end - reader->at));

	if (slice_starts(rest, SLICE_OF("\xef\xbb\xbf")))
		return "save the file without a byte order mark";
	switch (json_reader_next(reader)) {
	case '\'':
		return "JSON strings are in double quotes";
	case '/':
	case '#':
		return "JSON has no comments";
	case 'T':
	case 'F':
	case 'N':
		return "the words are true, false and null";
	default:
		return NULL;
	}
}

bool
json_reader_expected(const struct json_reader *reader, const char *what)
{
	if (reader->fault == NULL)
		return false;
	return json_reader_wrong(reader, reader->at, hint_for(reader), "expected %s%s", what,
	    reader->at == reader->end ? ", found the end of the text" : "");
}
