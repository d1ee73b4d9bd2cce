/*
 * Paths. A path is cut at its slashes first and decoded afterwards, once: so an encoded slash can
 * not make a segment, and what a decoded "%25" leaves is text. Whatever two programs could read in
 * two ways (dot segments, encoded separators, ill-formed UTF-8) is refused rather than repaired.
 */
#include "http/uri.h"

#include "core/utf8.h"
#include "http/percent.h"

/* What is wrong with a byte of a segment, however it was spelled. */
static enum uri_fault
byte_fault(unsigned char byte)
{
	if (byte == '/' || byte == '\\')
		return URI_AMBIGUOUS;
	return byte < 0x20 || byte == 0x7f ? URI_MALFORMED : URI_OK;
}

/*
 * Bytes that a path may hold only as escapes: the ends of a path in a request line (RFC 9112 §3).
 */
static bool
must_be_escaped(char byte)
{
	return byte == ' ' || byte == '?' || byte == '#';
}

/* Decodes one segment into `arena`. */
static enum uri_fault
segment_decode(struct arena *arena, struct slice raw, struct slice *ret_segment)
{
	char *text = arena_alloc(arena, raw.len + 1);
	enum uri_fault fault;
	size_t len = 0, i = 0;
	int byte;

	if (text == NULL)
		return URI_NO_MEMORY;
	while (i < raw.len) {
		if (raw.data[i] != '%') {
			text[len++] = raw.data[i++];
			continue;
		}
		byte = percent_decode(slice_skip(raw, i));
		if (byte < 0)
			return URI_MALFORMED;
		fault = byte_fault((unsigned char)byte);
		if (fault != URI_OK)
			return fault;
		text[len++] = (char)byte;
		i += PERCENT_LEN;
	}
	text[len] = '\0';
	*ret_segment = slice_make(text, len);
	return URI_OK;
}

/*
 * One segment, from raw bytes to a value. `is_encoded`: escapes count as such and are still to be
 * decoded.
 */
static enum uri_fault
segment_parse(struct arena *arena, struct slice raw, bool is_encoded, struct slice *ret_segment)
{
	bool has_escape = false, is_ascii = true;
	struct slice segment = raw;
	enum uri_fault fault;

	for (size_t i = 0; i < raw.len; i++) {
		fault = byte_fault((unsigned char)raw.data[i]);
		if (fault != URI_OK)
			return fault;
		if (is_encoded && must_be_escaped(raw.data[i]))
			return URI_MALFORMED;
		has_escape |= is_encoded && raw.data[i] == '%';
		is_ascii &= (unsigned char)raw.data[i] < 0x80;
	}
	if (has_escape) {
		fault = segment_decode(arena, raw, &segment);
		if (fault != URI_OK)
			return fault;
	}
	if ((has_escape || !is_ascii) && !utf8_is_valid(segment))
		return URI_MALFORMED;
	if (slice_equal(segment, SLICE_OF(".")) || slice_equal(segment, SLICE_OF("..")))
		return URI_AMBIGUOUS;
	*ret_segment = segment;
	return URI_OK;
}

static enum uri_fault
path_parse(struct arena *arena, struct slice raw, bool is_encoded, struct uri_path *ret_path)
{
	struct slice rest = slice_skip(raw, 1), part;
	enum uri_fault fault;
	size_t count = 0;

	ret_path->count = 0;
	if (raw.len > URI_MAX_PATH)
		return URI_TOO_LONG;
	if (raw.len == 0 || raw.data[0] != '/')
		return URI_MALFORMED;
	while (rest.data != NULL) {
		part = slice_cut(&rest, '/');
		if (count == URI_MAX_SEGMENTS)
			return URI_TOO_LONG;
		fault = segment_parse(arena, part, is_encoded, &ret_path->segments[count++]);
		if (fault != URI_OK)
			return fault;
	}
	ret_path->count = count;
	return URI_OK;
}

enum uri_fault
uri_path_parse(struct arena *arena, struct slice raw, struct uri_path *ret_path)
{
	return path_parse(arena, raw, true, ret_path);
}

enum uri_fault
uri_path_split(struct slice decoded, struct uri_path *ret_path)
{
	return path_parse(NULL, decoded, false, ret_path);
}
