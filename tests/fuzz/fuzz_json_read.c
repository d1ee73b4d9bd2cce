/*
 * The JSON reader, by the rules of policies and by those of tokens: whatever the bytes, it ends;
 * every value stands inside the one around it; and a foreign parser takes the same texts, as the
 * same values. By the rules of policies it takes more: U+0000 in names and integers of any length.
 */
#include <jansson.h>
#include <stdlib.h>

#include "core/json_read.h"
#include "core/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_DEPTH = 64, MAX_ELEMENTS = 65536 };

static void
check(bool holds)
{
	if (!holds)
		abort();
}

static void
check_inside(const struct json_value *outer, const struct json_value *inner)
{
	check(
	    inner->offset > outer->offset && inner->end < outer->end && inner->end > inner->offset);
}

/* As deep as MAX_DEPTH. Whether the foreign parser is to take this too. */
static bool
is_common(const struct json_value *value, struct slice text)
{
	struct slice spelling =
	    slice_first(slice_skip(text, value->offset), value->end - value->offset);
	bool is = value->kind != JSON_KIND_NUMBER || slice_is(spelling, "-0") ||
		  slice_find(spelling, '.') < spelling.len ||
		  slice_find(spelling, 'e') < spelling.len ||
		  slice_find(spelling, 'E') < spelling.len;

	if (value->kind == JSON_KIND_ARRAY)
		for (uint32_t i = 0; i < value->count; i++) {
			check_inside(value, &value->as.elements[i]);
			is &= is_common(&value->as.elements[i], text);
		}
	else if (value->kind == JSON_KIND_OBJECT)
		for (uint32_t i = 0; i < value->count; i++) {
			const struct json_member *member = &value->as.members[i];

			check_inside(value, &member->value);
			check(member->name_offset < member->value.offset);
			is &= is_common(&member->value, text);
			is &= slice_find(member->name, '\0') == member->name.len;
		}
	return is;
}

static void
compare(const struct json_value *value, json_t *foreign)
{
	switch (value->kind) {
	case JSON_KIND_NULL:
		check(json_is_null(foreign));
		break;
	case JSON_KIND_BOOL:
		check(value->as.boolean ? json_is_true(foreign) : json_is_false(foreign));
		break;
	case JSON_KIND_INTEGER:
		check(json_is_integer(foreign) && json_integer_value(foreign) == value->as.integer);
		break;
	case JSON_KIND_NUMBER: /* of what is whole -0 alone */
		check(json_number_value(foreign) == value->as.number);
		break;
	case JSON_KIND_STRING:
		check(slice_equal(value->as.string,
		    slice_make(json_string_value(foreign), json_string_length(foreign))));
		break;
	case JSON_KIND_ARRAY:
		check(json_array_size(foreign) == value->count);
		for (uint32_t i = 0; i < value->count; i++)
			compare(&value->as.elements[i], json_array_get(foreign, i));
		break;
	case JSON_KIND_OBJECT: {
		void *place = json_object_iter(foreign);

		for (uint32_t i = 0; i < value->count; i++) {
			const struct json_member *member = &value->as.members[i];

			check(slice_is(member->name, json_object_iter_key(place)));
			compare(&member->value, json_object_iter_value(place));
			place = json_object_iter_next(foreign, place);
		}
		check(place == NULL);
		break;
	}
	}
}

static void
check_taken(const struct json_value *root, struct slice text, size_t flags)
{
	json_t *foreign;

	if (!is_common(root, text))
		return;
	foreign =
	    json_loadb(text.data, text.len, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES | flags, NULL);
	check(foreign != NULL);
	compare(root, foreign);
	json_decref(foreign);
}

static void
check_refused(const struct json_fault *fault, struct slice text, size_t flags)
{
	json_t *foreign;

	check(fault->offset <= text.len && fault->message[0] != '\0');
	if (fault->is_limit || slice_find(text, '\0') < text.len)
		return; /* the foreign parser loses a NUL byte behind a number or a word */
	foreign =
	    json_loadb(text.data, text.len, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES | flags, NULL);
	check(foreign == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct slice text = slice_make((const char *)data, size);

	if (!utf8_is_valid(text))
		return 0;
	for (int is_token = 0; is_token < 2; is_token++) {
		const struct json_rules rules = {
			.max_depth = MAX_DEPTH,
			.max_elements = MAX_ELEMENTS,
			.refuses_nul = is_token,
			.whole_is_integer = is_token,
		};
		const size_t flags = is_token ? 0 : JSON_ALLOW_NUL;
		const struct json_value *root;
		struct json_fault fault;
		struct arena arena;

		arena_init(&arena, 16 * 1024, 64 * 1024 * 1024);
		if (json_read(&arena, text, &rules, &fault, &root))
			check_taken(root, text, flags);
		else
			check_refused(&fault, text, flags);
		arena_done(&arena);
	}
	return 0;
}
