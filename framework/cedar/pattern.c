/*
 * Matching `like`: the first part must stand at the start, the last at the end, those between
 * where they are first found. Taking the first place is right, since the wildcards around swallow
 * anything: no backtracking, ever. Bytes may be compared in place of code points, since UTF-8
 * parts match only at code points.
 */
#include "cedar/pattern.h"

#include <string.h>

bool
pattern_matches(const struct pattern *pattern, struct slice s)
{
	struct slice first = pattern->parts[0];
	struct slice last = pattern->parts[pattern->count - 1];

	if (pattern->count == 1)
		return slice_equal(s, first);
	if (s.len < first.len + last.len || !slice_starts(s, first) ||
	    !slice_equal(slice_skip(s, s.len - last.len), last))
		return false;
	s = slice_first(slice_skip(s, first.len), s.len - first.len - last.len);
	for (size_t i = 1; i + 1 < pattern->count; i++) {
		struct slice part = pattern->parts[i];
		const char *found;

		if (part.len == 0)
			continue;
		found = s.len < part.len ? NULL : memmem(s.data, s.len, part.data, part.len);
		if (found == NULL)
			return false;
		s = slice_skip(s, (size_t)(found - s.data) + part.len);
	}
	return true;
}
