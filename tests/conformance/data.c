/* Reading and comparing JSON. */
#include "data.h"

const struct json_value *
data_parse(struct arena *arena, struct slice text)
{
	struct cedar_complaints complaints;
	struct cedar_json_document document;

	if (!cedar_json_read(arena, "data", text, DATA_MAX_DEPTH, &complaints, &document))
		fail_msg("%s", cedar_complaint_text(arena, &complaints.items[0]));
	return document.root;
}

const struct json_value *
data_get(const struct json_value *object, const char *name)
{
	const struct json_value *member = json_find(object, name);

	if (member == NULL)
		fail_msg("a line has no \"%s\"", name);
	return member;
}

struct slice
data_text(const struct json_value *object, const char *name)
{
	const struct json_value *member = data_get(object, name);

	assert_int_equal(member->kind, JSON_KIND_STRING);
	return member->as.string;
}

static bool
objects_equal(const struct json_value *a, const struct json_value *b)
{
	for (uint32_t i = 0; i < a->count; i++) {
		uint32_t j = 0;

		while (j < b->count && !slice_equal(a->as.members[i].name, b->as.members[j].name))
			j++;
		if (j == b->count || !data_equal(&a->as.members[i].value, &b->as.members[j].value))
			return false;
	}
	return true;
}

bool
data_equal(const struct json_value *a, const struct json_value *b)
{
	if (a->kind != b->kind || a->count != b->count)
		return false;
	switch (a->kind) {
	case JSON_KIND_NULL:
		return true;
	case JSON_KIND_BOOL:
		return a->as.boolean == b->as.boolean;
	case JSON_KIND_INTEGER:
		return a->as.integer == b->as.integer;
	case JSON_KIND_NUMBER:
		return false;
	case JSON_KIND_STRING:
		return slice_equal(a->as.string, b->as.string);
	case JSON_KIND_ARRAY:
		for (uint32_t i = 0; i < a->count; i++)
			if (!data_equal(&a->as.elements[i], &b->as.elements[i]))
				return false;
		return true;
	case JSON_KIND_OBJECT:
		return objects_equal(a, b);
	}
	return false;
}
