/*
 * Counts brackets and separators outside strings (openapi/scan.h). jansson alone allows 2048
 * levels and any number of values, each some hundred bytes: a short body could take much memory
 * and the C stack with it.
 */
#include "openapi/scan.h"

/*
 * Index of the quote that ends the string whose opening quote stands at `start`; the length
 * when there is none.
 */
static size_t
string_end(struct slice json, size_t start)
{
	size_t i;

	for (i = start + 1; i < json.len && json.data[i] != '"'; i++)
		if (json.data[i] == '\\')
			i++;
	return i;
}

bool
scan_is_bounded(struct slice json, const struct scan_limits *limits)
{
	size_t depth = 0, values = 1;

	if (slice_find(json, '\0') < json.len)
		return false;
	for (size_t i = 0; i < json.len; i++) {
		switch (json.data[i]) {
		case '"':
			i = string_end(json, i);
			break;
		case '[':
		case '{':
			if (++depth > limits->depth)
				return false;
			values++;
			break;
		case ']':
		case '}':
			if (depth > 0)
				depth--;
			break;
		case ',':
		case ':':
			values++;
			break;
		}
		if (values > limits->values)
			return false;
	}
	return true;
}
