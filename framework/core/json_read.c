/*
 * Arrays and objects. Values that are not finished wait on one stack, `waiting`; where a container
 * ends, those that belong to it move into an array of their own and it becomes a value itself:
 *
 *     [1, {"a": 2     waiting:   [   1   {   "a": 2
 *                                ^-------' the container around it, in `count` until it ends
 *
 * So nesting costs places of an array, never the C stack. The first places are on the C stack all
 * the same: most texts need no others.
 */
#include "core/json_read.h"

#include "core/ascii.h"
#include "core/json_reader.h"
#include "core/sort.h"

enum {
	FEW_MEMBERS = 12, /* up to which names are compared each with each */
	FIRST_WAITING = 64,
	MAX_SHOWN_NAME = 64,
};

static void
skip_space(struct json_reader *reader)
{
	for (; reader->at < reader->end; reader->at++) {
		char byte = *reader->at;

		if (byte != ' ' && byte != '\t' && byte != '\n' && byte != '\r')
			return;
	}
}

static uint32_t
offset(const struct json_reader *reader)
{
	return (uint32_t)(reader->at - reader->start);
}

/* Values that hold no others */

static bool
read_word(struct json_reader *reader, struct json_value *value)
{
	static const struct {
		struct slice spelling;
		enum json_kind kind;
		bool boolean;
	} words[] = {
		{ SLICE("true"), JSON_KIND_BOOL, true },
		{ SLICE("false"), JSON_KIND_BOOL, false },
		{ SLICE("null"), JSON_KIND_NULL, false },
	};
	struct slice rest = slice_make(reader->at, (size_t)(reader->end - reader->at));

	for (size_t i = 0; i < COUNT_OF(words); i++) {
		if (!slice_starts(rest, words[i].spelling))
			continue;
		value->kind = words[i].kind;
		value->as.boolean = words[i].boolean;
		reader->at += words[i].spelling.len;
		return true;
	}
	return json_reader_expected(reader, "a JSON value");
}

static bool
read_scalar(struct json_reader *reader, struct json_value *value)
{
	char byte = json_reader_next(reader);

	if (byte == '"') {
		value->kind = JSON_KIND_STRING;
		return json_reader_string(reader, &value->as.string);
	}
	if (byte == '-' || ascii_is_digit(byte))
		return json_reader_number(reader, value);
	return read_word(reader, value);
}

/* The stack */

static struct json_value *
container_of(const struct json_reader *reader)
{
	return &reader->waiting[reader->innermost].value;
}

static bool
grow_waiting(struct json_reader *reader)
{
	size_t size = reader->size * 2;
	struct json_member *grown = arena_alloc(reader->arena, size * sizeof(*grown));

	if (grown == NULL)
		return json_reader_no_memory(reader);
	memcpy(grown, reader->waiting, reader->count * sizeof(*grown));
	reader->waiting = grown;
	reader->size = size;
	return true;
}

/* A place for the next value; what stands in it is for whoever reads that. */
static bool
add_waiting(struct json_reader *reader)
{
	const uint32_t max = reader->rules->max_elements;

	if (reader->depth > 0 && reader->count - reader->innermost > max)
		return json_reader_limit(reader, "more than %u elements", max);
	if (reader->count == reader->size && !grow_waiting(reader))
		return false;
	reader->count++;
	return true;
}

/* Names that are there twice */

static int
member_order(const void *a, const void *b)
{
	const struct json_member *x = *(const struct json_member *const *)a;
	const struct json_member *y = *(const struct json_member *const *)b;
	int order = slice_compare(x->name, y->name);

	return order != 0 ? order
			  : (x->name_offset > y->name_offset) - (x->name_offset < y->name_offset);
}

/* The second one of two members with the same name; NULL: there are none. */
static const struct json_member *
find_twin_of_few(const struct json_member *members, uint32_t count)
{
	for (uint32_t i = 1; i < count; i++)
		for (uint32_t j = 0; j < i; j++)
			if (slice_equal(members[i].name, members[j].name))
				return &members[i];
	return NULL;
}

/* The same among many: sorted, so that it costs n log n. */
static const struct json_member *
find_twin_of_many(
    const struct json_member *members, uint32_t count, const struct json_member **sorted)
{
	for (uint32_t i = 0; i < count; i++)
		sorted[i] = &members[i];
	SORT(sorted, count, member_order);
	for (uint32_t i = 1; i < count; i++)
		if (slice_equal(sorted[i - 1]->name, sorted[i]->name))
			return sorted[i];
	return NULL;
}

static bool
check_names(struct json_reader *reader, const struct json_member *members, uint32_t count)
{
	const struct json_member *twin, **room;
	struct arena_mark mark;

	if (count <= FEW_MEMBERS) {
		twin = find_twin_of_few(members, count);
	} else {
		mark = arena_mark(reader->arena);
		room = arena_alloc(reader->arena, count * sizeof(const struct json_member *));
		if (room == NULL)
			return json_reader_no_memory(reader);
		twin = find_twin_of_many(members, count, room);
		arena_rollback(reader->arena, mark);
	}
	if (twin == NULL)
		return true;
	return json_reader_wrong(reader, reader->start + twin->name_offset, NULL,
	    "the name \"%.*s\" stands in this object twice",
	    SLICE_ARGS(slice_first(twin->name, MAX_SHOWN_NAME)));
}

/* Containers */

/* name ":" */
static bool
read_name(struct json_reader *reader)
{
	struct json_member *member = &reader->waiting[reader->count - 1];

	skip_space(reader);
	member->name_offset = offset(reader);
	if (json_reader_next(reader) != '"')
		return json_reader_expected(reader, "a name in double quotes");
	if (!json_reader_string(reader, &member->name))
		return false;
	skip_space(reader);
	return json_reader_accept(reader, ':') ||
	       json_reader_expected(reader, "':' behind the name");
}

/* The next element or member: its place, and its name. */
static bool
begin_next(struct json_reader *reader)
{
	return add_waiting(reader) &&
	       (container_of(reader)->kind == JSON_KIND_ARRAY || read_name(reader));
}

static bool
finish_array(struct json_reader *reader, struct json_value *value, const struct json_member *first)
{
	struct json_value *elements = arena_alloc(reader->arena, value->count * sizeof(*elements));

	if (elements == NULL)
		return json_reader_no_memory(reader);
	for (uint32_t i = 0; i < value->count; i++)
		elements[i] = first[i].value;
	value->as.elements = elements;
	return true;
}

static bool
finish_object(struct json_reader *reader, struct json_value *value, const struct json_member *first)
{
	struct json_member *members = arena_alloc(reader->arena, value->count * sizeof(*members));

	if (members == NULL)
		return json_reader_no_memory(reader);
	memcpy(members, first, value->count * sizeof(*members));
	value->as.members = members;
	return check_names(reader, members, value->count);
}

/* The innermost container ends: it takes what waits for it. */
static bool
close_container(struct json_reader *reader)
{
	struct json_value *value = container_of(reader);
	const size_t around = value->count, first = reader->innermost + 1;

	value->end = offset(reader);
	value->count = (uint32_t)(reader->count - first);
	if (value->kind == JSON_KIND_ARRAY ? !finish_array(reader, value, reader->waiting + first)
					   : !finish_object(reader, value, reader->waiting + first))
		return false;
	reader->count = first;
	reader->innermost = around;
	reader->depth--;
	return true;
}

static bool
open_container(struct json_reader *reader, struct json_value *value)
{
	if (reader->depth == reader->rules->max_depth)
		return json_reader_limit(reader, "arrays and objects are nested more than %u deep",
		    reader->rules->max_depth);
	value->kind = *reader->at++ == '[' ? JSON_KIND_ARRAY : JSON_KIND_OBJECT;
	value->count = (uint32_t)reader->innermost;
	reader->innermost = reader->count - 1;
	reader->depth++;
	return true;
}

/*
 * The value whose place was made last, or the beginning of it. `*ret_is_open`: a first element
 * comes next.
 */
static bool
read_value(struct json_reader *reader, bool *ret_is_open)
{
	struct json_value *value = &reader->waiting[reader->count - 1].value;

	skip_space(reader);
	*ret_is_open = false;
	value->offset = offset(reader);
	value->count = 0;
	if (json_reader_next(reader) != '[' && json_reader_next(reader) != '{') {
		if (!read_scalar(reader, value))
			return false;
		value->end = offset(reader);
		return true;
	}
	if (!open_container(reader, value))
		return false;
	skip_space(reader);
	if (json_reader_accept(reader, value->kind == JSON_KIND_ARRAY ? ']' : '}'))
		return close_container(reader);
	*ret_is_open = true;
	return begin_next(reader);
}

/* Behind a value: what ends here, or the comma before the next one. */
static bool
read_behind(struct json_reader *reader)
{
	while (reader->depth > 0) {
		bool is_array = container_of(reader)->kind == JSON_KIND_ARRAY;

		skip_space(reader);
		if (json_reader_accept(reader, ','))
			return begin_next(reader);
		if (!json_reader_accept(reader, is_array ? ']' : '}'))
			return json_reader_expected(reader, is_array ? "',' or ']'" : "',' or '}'");
		if (!close_container(reader))
			return false;
	}
	return true;
}

static bool
read_text(struct json_reader *reader)
{
	bool is_open;

	if ((size_t)(reader->end - reader->start) > UINT32_MAX)
		return json_reader_limit(reader, "the text is larger than 4 GiB");
	if (!add_waiting(reader))
		return false;
	do {
		if (!read_value(reader, &is_open) || (!is_open && !read_behind(reader)))
			return false;
	} while (reader->depth > 0);
	skip_space(reader);
	return reader->at == reader->end || json_reader_expected(reader, "the end of the text");
}

bool
json_read(struct arena *arena, struct slice text, const struct json_rules *rules,
    struct json_fault *reterr_fault, const struct json_value **ret_root)
{
	UNINITIALIZED struct json_member first[FIRST_WAITING];
	const char *start = text.data == NULL ? "" : text.data;
	struct json_reader reader = {
		.arena = arena,
		.rules = rules,
		.fault = reterr_fault,
		.start = start,
		.at = start,
		.end = start + text.len,
		.waiting = first,
		.size = FIRST_WAITING,
	};
	struct json_value *root;

	if (!read_text(&reader))
		return false;
	root = arena_alloc(arena, sizeof(*root));
	if (root == NULL)
		return json_reader_no_memory(&reader);
	*root = reader.waiting[0].value;
	*ret_root = root;
	return true;
}

const struct json_value *
json_find_name(const struct json_value *object, struct slice name)
{
	if (object->kind != JSON_KIND_OBJECT)
		return NULL;
	for (uint32_t i = 0; i < object->count; i++)
		if (slice_equal(object->as.members[i].name, name))
			return &object->as.members[i].value;
	return NULL;
}
