/* The rules of tokens for the one JSON reader. */
#include "authn/json.h"

#include "core/utf8.h"

const struct json_value *
strict_json_object(struct slice text, struct arena *arena)
{
	static const struct json_rules rules = {
		.max_depth = STRICT_JSON_MAX_DEPTH,
		.max_elements = STRICT_JSON_MAX_ELEMENTS,
		.refuses_nul = true,
		.whole_is_integer = true,
	};
	const struct arena_mark mark = arena_mark(arena);
	const struct json_value *value;

	if (utf8_is_valid(text) && json_read(arena, text, &rules, NULL, &value) &&
	    value->kind == JSON_KIND_OBJECT)
		return value;
	arena_rollback(arena, mark);
	return NULL;
}
