/*
 * The storage URI, in the form that flask-limiter's users know (limits 3.x, "Storage URI"). A
 * scheme that the Python service understands and this version does not is told apart from a
 * mistake.
 */
#include "limits/uri.h"

static const struct slice not_offered[] = {
	SLICE("redis://"),
	SLICE("rediss://"),
	SLICE("redis+unix://"),
	SLICE("redis+sentinel://"),
	SLICE("redis+cluster://"),
};

/*
 * Absolute, a file's and not a folder's, and without what SQLAlchemy or SQLite would read as a
 * query or an escape.
 */
static bool
path_is_plain(struct slice path)
{
	if (path.len < 2 || path.len > LIMIT_URI_MAX_PATH || path.data[0] != '/' ||
	    path.data[path.len - 1] == '/')
		return false;
	for (size_t i = 0; i < path.len; i++)
		if ((unsigned char)path.data[i] < ' ' || strchr("?#%\177", path.data[i]) != NULL)
			return false;
	return true;
}

enum limit_store_error
limit_uri_parse(struct slice text, struct limit_uri *ret_uri)
{
	const struct slice sqlite = SLICE("sqlite://");
	struct slice path = slice_skip(text, sqlite.len);

	if (slice_is(text, "memory://")) {
		*ret_uri = (struct limit_uri) { .kind = LIMIT_URI_MEMORY };
		return LIMIT_STORE_OK;
	}
	if (slice_starts(text, sqlite) && path_is_plain(path)) {
		*ret_uri = (struct limit_uri) { .kind = LIMIT_URI_SQLITE, .path = path };
		return LIMIT_STORE_OK;
	}
	for (size_t i = 0; i < COUNT_OF(not_offered); i++)
		if (slice_starts(text, not_offered[i]))
			return LIMIT_STORE_NOT_OFFERED;
	return LIMIT_STORE_BAD_URI;
}

enum limit_store_error
limit_uri_check(struct slice text)
{
	struct limit_uri uri;

	return limit_uri_parse(text, &uri);
}
