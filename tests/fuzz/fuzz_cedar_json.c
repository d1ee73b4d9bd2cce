/*
 * Cedar's JSON reader: whatever the bytes, it ends; what it refuses it complains about once, with
 * a place; what it takes a foreign parser takes too (but for U+0000 in names, which that one
 * refuses, and numbers beyond its range), and every value stands inside the one around it.
 */
#include <jansson.h>
#include <stdlib.h>

#include "cedar/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_DEPTH = 64 };

static void
check_inside(const struct cedar_json *outer, const struct cedar_json *inner)
{
	if (inner->offset <= outer->offset || inner->end >= outer->end ||
	    inner->end <= inner->offset)
		abort();
}

/* As deep as MAX_DEPTH. Whether the foreign parser is to take this too. */
static bool
check_value(const struct cedar_json *value)
{
	bool is_common = value->kind != CEDAR_JSON_NUMBER;

	if (value->kind == CEDAR_JSON_ARRAY) {
		for (uint32_t i = 0; i < value->count; i++) {
			check_inside(value, &value->as.elements[i]);
			is_common &= check_value(&value->as.elements[i]);
		}
	} else if (value->kind == CEDAR_JSON_OBJECT) {
		for (uint32_t i = 0; i < value->count; i++) {
			const struct cedar_json_member *member = &value->as.members[i];

			check_inside(value, &member->value);
			if (member->name_offset >= member->value.offset)
				abort();
			is_common &= check_value(&member->value);
			is_common &= slice_find(member->name, '\0') == member->name.len;
		}
	}
	return is_common;
}

static void
check_taken(const struct cedar_json_document *document, struct slice text)
{
	json_t *foreign;

	if (!check_value(document->root))
		return;
	foreign = json_loadb(
	    text.data, text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);
	if (foreign == NULL)
		abort();
	json_decref(foreign);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_make((const char *)data, size);
	struct cedar_complaints complaints;
	struct cedar_json_document document;
	struct arena arena;

	arena_init(&arena, 16 * 1024, 64 * 1024 * 1024);
	if (cedar_json_read(&arena, "fuzz", text, MAX_DEPTH, &complaints, &document)) {
		if (complaints.count != 0)
			abort();
		check_taken(&document, text);
	} else if (complaints.count != 1 || complaints.items[0].line == 0 ||
		   complaints.items[0].column == 0) {
		abort();
	}
	arena_done(&arena);
	return 0;
}
