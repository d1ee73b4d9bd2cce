/* The inside of core/json_read.h: what the files of the reader share. Nobody else includes this. */
#ifndef POSTERN_CORE_JSON_READER_H
#define POSTERN_CORE_JSON_READER_H

#include "core/json_read.h"

struct json_reader {
	struct arena *arena;
	const struct json_rules *rules;
	struct json_fault *fault;     /* NULL: nobody wants to know */
	const char *start, *at, *end; /* of the text, and how far it is read */
	/* The stack of json_read.c. */
	struct json_member *waiting;
	size_t count, size;
	size_t innermost; /* the container that is being read, if `depth` is not 0 */
	unsigned depth;
};

/* The next byte; 0 at the end (a raw U+0000 is wrong wherever this is asked). */
static inline char
json_reader_next(const struct json_reader *reader)
{
	return reader->at < reader->end ? *reader->at : '\0';
}

static inline bool
json_reader_accept(struct json_reader *reader, char byte)
{
	if (reader->at == reader->end || *reader->at != byte)
		return false;
	reader->at++;
	return true;
}

/* --- faults: all return false, to return at once. json_fault.c */

/* What stands at `at` is wrong. */
bool json_reader_wrong(const struct json_reader *reader, const char *at, const char *hint,
    const char *format, ...) PRINTF_LIKE(4, 5);
/* A bound is reached where the reader is. */
bool json_reader_limit(const struct json_reader *reader, const char *format, ...) PRINTF_LIKE(2, 3);
bool json_reader_no_memory(const struct json_reader *reader);
/* Something else comes next. */
bool json_reader_expected(const struct json_reader *reader, const char *what);

/* --- values that hold no others */

/* The reader stands at the opening quote. json_string.c */
bool json_reader_string(struct json_reader *reader, struct slice *ret_string) MUST_USE;
/* The reader stands at a minus or a digit. json_number.c */
bool json_reader_number(struct json_reader *reader, struct json_value *value) MUST_USE;

#endif
