/*
 * Of a line that is no JSON, or holds a member twice: which part of the question is to blame? The
 * member of the line in which the reader stopped.
 */
#include "tool/cedar_batch.h"

/* Where a column, counted in code points from 1, begins. */
static size_t
offset_of(struct slice line, unsigned column)
{
	size_t at = 0;

	for (unsigned seen = 1; at < line.len; at++)
		if (((unsigned char)line.data[at] & 0xc0) != 0x80 && seen++ == column)
			break;
	return at;
}

/* Behind the string that begins at `at`. */
static size_t
skip_string(struct slice line, size_t at)
{
	for (at++; at < line.len && line.data[at] != '"'; at++)
		at += line.data[at] == '\\';
	return at + 1;
}

/* The last name of a member of the line itself that begins before `end`; empty: there is none. */
static struct slice
member_before(struct slice line, size_t end)
{
	struct slice name = SLICE(""), string = SLICE("");
	unsigned depth = 0;

	for (size_t at = 0; at < end && at < line.len;) {
		char byte = line.data[at];
		size_t next = byte == '"' ? skip_string(line, at) : at + 1;

		if (byte == '"' && next <= line.len)
			string = slice_make(line.data + at + 1, next - at - 2);
		else if (byte == ':' && depth == 1)
			name = string;
		depth += byte == '{' || byte == '[';
		depth -= (byte == '}' || byte == ']') && depth > 0;
		at = next;
	}
	return name;
}

enum cedar_rejection
cedar_blame(struct slice line, const struct cedar_complaint *complaint)
{
	static const struct {
		const char *name;
		enum cedar_rejection why;
	} members[] = {
		{ "policies", CEDAR_REJECTED_POLICIES },
		{ "schema", CEDAR_REJECTED_SCHEMA },
		{ "entities", CEDAR_REJECTED_ENTITIES },
		{ "entitiesText", CEDAR_REJECTED_ENTITIES },
		{ "context", CEDAR_REJECTED_CONTEXT },
		{ "contextText", CEDAR_REJECTED_CONTEXT },
	};
	struct slice name = member_before(line, offset_of(line, complaint->column));

	for (size_t i = 0; i < COUNT_OF(members); i++)
		if (slice_is(name, members[i].name))
			return members[i].why;
	return CEDAR_REJECTED_REQUEST;
}
