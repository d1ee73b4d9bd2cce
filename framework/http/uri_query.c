/*
 * One parameter of a query string (application/x-www-form-urlencoded, WHATWG URL §5.1). There is
 * no table of all of them: a handler asks for the few names that it knows, and a name that came
 * twice has no value, since two programs would choose differently.
 */
#include "http/uri.h"

#include "core/utf8.h"
#include "http/percent.h"

/* Takes one byte off the front of `*rest`, decoded; -1 when its escape is none. */
static int
take_byte(struct slice *rest)
{
	int byte = (unsigned char)rest->data[0];

	if (byte != '%') {
		*rest = slice_skip(*rest, 1);
		return byte == '+' ? ' ' : byte;
	}
	byte = percent_decode(*rest);
	*rest = slice_skip(*rest, PERCENT_LEN);
	return byte;
}

/* Whether `raw` is a spelling of `name`. */
static bool
name_matches(struct slice raw, struct slice name)
{
	for (size_t i = 0; i < name.len; i++)
		if (raw.len == 0 || take_byte(&raw) != (unsigned char)name.data[i])
			return false;
	return raw.len == 0;
}

static struct slice
value_decode(struct arena *arena, struct slice raw)
{
	char *text = arena_alloc(arena, raw.len + 1);
	struct slice value = { text, 0 };
	int byte;

	if (text == NULL)
		return slice_make(NULL, 0);
	while (raw.len > 0) {
		byte = take_byte(&raw);
		if (byte <= 0)
			return slice_make(NULL, 0);
		text[value.len++] = (char)byte;
	}
	text[value.len] = '\0';
	return utf8_is_valid(value) ? value : slice_make(NULL, 0);
}

/* Takes pairs off `*rest` up to one of this name; its raw value, data NULL when there is none. */
static struct slice
next_of(struct slice *rest, struct slice name)
{
	while (rest->data != NULL) {
		struct slice pair = slice_cut(rest, '&');
		size_t equals = slice_find(pair, '=');

		if (pair.len > 0 && name_matches(slice_first(pair, equals), name))
			return slice_skip(pair, equals + 1);
	}
	return slice_make(NULL, 0);
}

bool
uri_query_has(struct slice query, struct slice name)
{
	return next_of(&query, name).data != NULL;
}

struct slice
uri_query_find(struct arena *arena, struct slice query, struct slice name)
{
	struct slice found = next_of(&query, name);

	if (found.data == NULL || next_of(&query, name).data != NULL)
		return slice_make(NULL, 0);
	return value_decode(arena, found);
}
