/*
 * Strict JSON by jansson. Depth is counted before jansson sees the text, for it would recurse
 * 2048 levels; the rest is jansson's own strictness with duplicates refused.
 */
#include "authn/json.h"

#include <stdbool.h>

/*
 * Counts brackets outside of strings. For text that is no JSON the count may be wrong, but up to
 * the first error it agrees with any parser's, and at the first error jansson stops.
 */
static bool
is_shallow(struct slice text)
{
	bool is_in_string = false;
	size_t depth = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];

		if (is_in_string) {
			if (c == '\\')
				i++;
			else if (c == '"')
				is_in_string = false;
		} else if (c == '"') {
			is_in_string = true;
		} else if (c == '{' || c == '[') {
			if (++depth > STRICT_JSON_MAX_DEPTH)
				return false;
		} else if ((c == '}' || c == ']') && depth > 0) {
			depth--;
		}
	}
	return true;
}

json_t *
strict_json_object(struct slice text)
{
	json_t *object;

	if (text.len == 0 || !is_shallow(text))
		return NULL;
	object = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(object))
		return object;
	json_decref(object);
	return NULL;
}

struct slice
strict_json_string(const json_t *string)
{
	return slice_make(json_string_value(string), json_string_length(string));
}
