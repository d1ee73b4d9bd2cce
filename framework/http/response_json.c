/*
 * The JSON body, written straight into the response's buffer while a handler speaks: there is no
 * tree. The open brackets, one flag for the comma and the names of the open objects are all the
 * state. Invariant: what is in the buffer is a prefix of one valid JSON text in which no object has
 * a name twice, or the response has failed and the text will never be sent.
 *
 * The names are a stack: those of an object lie behind those of the objects around it, and go when
 * it ends.
 */
#include "http/response.h"

#include "core/utf8.h"

static void
fail(struct response *res)
{
	res->failed = true;
}

static void
append_byte(struct response *res, char byte)
{
	if (!buffer_byte(&res->body, byte))
		fail(res);
}

static void
append_text(struct response *res, const char *text)
{
	if (!buffer_text(&res->body, text))
		fail(res);
}

/*
 * Text that is no UTF-8 fails the response: to replace a byte would change what the handler said.
 */
static void
append_string(struct response *res, struct slice text)
{
	if (!utf8_is_valid(text) || !buffer_json_string(&res->body, text))
		fail(res);
}

/* Whether the innermost object has a member of this name already. */
static bool
is_named(const struct response *res, struct slice name)
{
	struct response_name other;

	for (size_t i = res->names_before[res->depth - 1]; i < res->names.len; i += sizeof(other)) {
		memcpy(&other, res->names.data + i, sizeof(other));
		if (slice_equal(slice_make(res->body.data + other.at, other.len), name))
			return true;
	}
	return false;
}

/* A name has one spelling here, so two names are the same when their JSON texts are. */
static void
append_name(struct response *res, const char *name)
{
	const size_t at = res->body.len;
	struct response_name entry;

	append_string(res, slice_from(name));
	if (res->failed)
		return;
	entry = (struct response_name) { (uint32_t)at, (uint32_t)(res->body.len - at) };
	if (is_named(res, slice_make(res->body.data + at, entry.len)) ||
	    !buffer_append(&res->names, &entry, sizeof(entry)))
		fail(res);
	else
		append_byte(res, ':');
}

/* Everything before a value: the comma and the name. False: there is no place for a value here. */
static bool
value_begin(struct response *res, const char *name)
{
	if (res->failed)
		return false;
	if (res->depth == 0 || res->is_array[res->depth - 1] != (name == NULL)) {
		fail(res);
		return false;
	}
	if (res->needs_comma)
		append_byte(res, ',');
	if (name != NULL)
		append_name(res, name);
	res->needs_comma = true;
	return !res->failed;
}

static void
nest_begin(struct response *res, bool is_array)
{
	if (res->depth == RESPONSE_MAX_DEPTH) {
		fail(res);
		return;
	}
	append_byte(res, is_array ? '[' : '{');
	res->names_before[res->depth] = res->names.len;
	res->is_array[res->depth++] = is_array;
	res->needs_comma = false;
}

static void
nest_end(struct response *res, bool is_array)
{
	if (res->depth == 0 || res->is_array[res->depth - 1] != is_array) {
		fail(res);
		return;
	}
	append_byte(res, is_array ? ']' : '}');
	res->names.len = res->names_before[--res->depth];
	res->needs_comma = true;
}

void
response_json_begin(struct response *res)
{
	if (res->failed)
		return;
	if (res->depth > 0 || res->has_body)
		fail(res);
	else
		nest_begin(res, false);
}

void
response_json_end(struct response *res)
{
	if (res->failed)
		return;
	if (res->depth != 1) {
		fail(res);
		return;
	}
	nest_end(res, false);
	res->has_body = !res->failed;
}

void
response_json_string(struct response *res, const char *name, const char *value)
{
	if (!value_begin(res, name))
		return;
	if (value == NULL)
		append_text(res, "null");
	else
		append_string(res, slice_from(value));
}

void
response_json_integer(struct response *res, const char *name, int64_t value)
{
	if (value_begin(res, name) && !buffer_i64(&res->body, value))
		fail(res);
}

void
response_json_literal(struct response *res, const char *name, const char *literal)
{
	if (value_begin(res, name))
		append_text(res, literal);
}

void
response_json_nest(struct response *res, const char *name, bool is_array)
{
	if (value_begin(res, name))
		nest_begin(res, is_array);
}

/* The outermost object is the framework's to end. */
void
response_json_unnest(struct response *res, bool is_array)
{
	if (res->failed)
		return;
	if (res->depth < 2)
		fail(res);
	else
		nest_end(res, is_array);
}
