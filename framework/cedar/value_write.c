/*
 * Values -> JSON, and values -> the language's own text. Recursion is as deep as the value, which
 * its builders hold within CEDAR_MAX_VALUE_DEPTH.
 */
#include "cedar/calls.h"
#include "cedar/entities_json.h"
#include "cedar/extension.h"
#include "cedar/json_write.h"
#include "core/sort.h"
#include "cedar/text_write.h"
#include "cedar/value.h"

static int
alphabet_order(const void *a, const void *b)
{
	return slice_compare((*(const struct cedar_member *const *)a)->name,
	    (*(const struct cedar_member *const *)b)->name);
}

/* The members in the order of the alphabet (a record has the short ones first). NULL: no memory. */
static const struct cedar_member *const *
members_to_write(struct buffer *out, const struct cedar_record *record)
{
	const struct cedar_member **members =
	    arena_alloc(out->arena, record->count * sizeof(const struct cedar_member *));

	if (members == NULL) {
		out->failed = true;
		return NULL;
	}
	for (uint32_t i = 0; i < record->count; i++)
		members[i] = &record->members[i];
	SORT(members, record->count, alphabet_order);
	return members;
}

/* The call that makes a value of an extension type again: its argument is a text. */
static const char *
constructor_name(enum cedar_kind kind)
{
	return call_traits(extension_constructor(kind))->name;
}

static bool
write_constructor_json(struct buffer *out, enum cedar_kind kind, struct slice argument)
{
	buffer_printf(out, "{\"__extn\":{\"fn\":\"%s\",\"arg\":", constructor_name(kind));
	buffer_json_string(out, argument);
	return buffer_text(out, "}}");
}

static bool
write_extension_json(struct buffer *out, struct cedar_value value)
{
	char room[EXTENSION_MAX_TEXT];
	size_t len = extension_text(value, room);

	if (len > 0)
		return write_constructor_json(out, value.kind, slice_make(room, len));
	/* a datetime that has no text: so far from another one */
	value.kind = CEDAR_DURATION;
	len = extension_text(value, room);
	buffer_text(out, "{\"__extn\":{\"fn\":\"offset\",\"args\":[");
	write_constructor_json(out, CEDAR_DATETIME, SLICE_OF("1970-01-01"));
	buffer_byte(out, ',');
	write_constructor_json(out, CEDAR_DURATION, slice_make(room, len));
	return buffer_text(out, "]}}");
}

/* A record that has such a member could be read back as something else. */
static bool
is_escape_name(struct slice name)
{
	return slice_is(name, "__entity") || slice_is(name, "__extn") || slice_is(name, "__expr");
}

static bool
write_set_json(struct buffer *out, const struct cedar_set *set)
{
	buffer_byte(out, '[');
	for (uint32_t i = 0; i < set->count; i++) {
		cedar_json_write_comma(out, i == 0);
		if (!value_json_write(out, set->elements[i]))
			return false;
	}
	return buffer_byte(out, ']');
}

/* `is_value`: else it holds attributes or tags, whose names are never taken for an escape. */
static bool
write_members(struct buffer *out, const struct cedar_record *record, bool is_value)
{
	const struct cedar_member *const *members = members_to_write(out, record);

	if (members == NULL)
		return false;
	buffer_byte(out, '{');
	for (uint32_t i = 0; i < record->count; i++) {
		if (is_value && is_escape_name(members[i]->name))
			return false;
		cedar_json_write_comma(out, i == 0);
		cedar_json_write_name(out, members[i]->name);
		if (!value_json_write(out, members[i]->value))
			return false;
	}
	return buffer_byte(out, '}');
}

bool
value_json_write_members(struct buffer *out, const struct cedar_record *record)
{
	return write_members(out, record, false);
}

bool
value_json_write(struct buffer *out, struct cedar_value value)
{
	switch (value.kind) {
	case CEDAR_BOOL:
		return buffer_text(out, value.as.boolean ? "true" : "false");
	case CEDAR_LONG:
		return buffer_i64(out, value.as.number);
	case CEDAR_STRING:
		return buffer_json_string(out, value.as.string);
	case CEDAR_ENTITY:
		cedar_json_write_entity(out, value.as.entity);
		return !buffer_failed(out);
	case CEDAR_SET:
		return write_set_json(out, value.as.set);
	case CEDAR_RECORD:
		return write_members(out, value.as.record, true);
	case CEDAR_DECIMAL:
	case CEDAR_DATETIME:
	case CEDAR_DURATION:
	case CEDAR_IPADDR:
		return write_extension_json(out, value);
	}
	return false;
}

static bool
write_extension_text(struct buffer *out, struct cedar_value value)
{
	char room[EXTENSION_MAX_TEXT];
	size_t len = extension_text(value, room);

	if (len > 0)
		return buffer_printf(
		    out, "%s(\"%.*s\")", constructor_name(value.kind), (int)len, room);
	value.kind = CEDAR_DURATION;
	len = extension_text(value, room);
	return buffer_printf(
	    out, "datetime(\"1970-01-01\").offset(duration(\"%.*s\"))", (int)len, room);
}

static bool
write_set_text(struct buffer *out, const struct cedar_set *set)
{
	buffer_byte(out, '[');
	for (uint32_t i = 0; i < set->count; i++) {
		if (i > 0)
			buffer_text(out, ", ");
		value_text_write(out, set->elements[i]);
	}
	return buffer_byte(out, ']');
}

static bool
write_record_text(struct buffer *out, const struct cedar_record *record)
{
	const struct cedar_member *const *members = members_to_write(out, record);

	if (members == NULL)
		return false;
	buffer_byte(out, '{');
	for (uint32_t i = 0; i < record->count; i++) {
		if (i > 0)
			buffer_text(out, ", ");
		cedar_text_write_name(out, members[i]->name);
		buffer_text(out, ": ");
		value_text_write(out, members[i]->value);
	}
	return buffer_byte(out, '}');
}

bool
value_text_write(struct buffer *out, struct cedar_value value)
{
	switch (value.kind) {
	case CEDAR_BOOL:
		return buffer_text(out, value.as.boolean ? "true" : "false");
	case CEDAR_LONG:
		return buffer_i64(out, value.as.number);
	case CEDAR_STRING:
		cedar_text_write_string(out, value.as.string);
		return !buffer_failed(out);
	case CEDAR_ENTITY:
		cedar_text_write_uid(out, value.as.entity);
		return !buffer_failed(out);
	case CEDAR_SET:
		return write_set_text(out, value.as.set);
	case CEDAR_RECORD:
		return write_record_text(out, value.as.record);
	case CEDAR_DECIMAL:
	case CEDAR_DATETIME:
	case CEDAR_DURATION:
	case CEDAR_IPADDR:
		return write_extension_text(out, value);
	}
	return false;
}
