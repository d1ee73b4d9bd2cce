/*
 * The list syntax of X-Forwarded-* (guard/forwarded.h), as werkzeug.http.parse_list_header
 * reads it: two readers of one header that count differently would let a client choose who it
 * is. Releases of werkzeug differ where a list is ill-formed (empty values, an open quote);
 * there the reading that trusts less was taken. Reads the list once and remembers the last
 * FORWARDED_MAX_HOPS pieces only, so that its cost is the header's length.
 */
#include "guard/forwarded.h"

/*
 * Length of the piece at the start of `rest`: up to a comma outside quotes, or all of it.
 * False: a quote stays open.
 */
static bool
measure_piece(struct slice rest, size_t *ret_len)
{
	bool is_quoted = false;
	size_t i;

	for (i = 0; i < rest.len; i++) {
		if (is_quoted && rest.data[i] == '\\' && i + 1 < rest.len)
			i++;
		else if (rest.data[i] == '"')
			is_quoted = !is_quoted;
		else if (rest.data[i] == ',' && !is_quoted)
			break;
	}
	*ret_len = i;
	return !is_quoted;
}

/* A copy without the backslashes that quote a byte; data NULL when memory is out. */
static struct slice
without_escapes(struct arena *arena, struct slice piece)
{
	char *text = arena_alloc(arena, piece.len + 1);
	bool is_quoted = false;
	size_t len = 0;

	if (text == NULL)
		return (struct slice) { NULL, 0 };
	for (size_t i = 0; i < piece.len; i++) {
		if (is_quoted && piece.data[i] == '\\' && i + 1 < piece.len)
			i++;
		else if (piece.data[i] == '"')
			is_quoted = !is_quoted;
		text[len++] = piece.data[i];
	}
	text[len] = '\0';
	return slice_make(text, len);
}

static struct slice
without_quotes(struct slice value)
{
	if (value.len >= 2 && value.data[0] == '"' && value.data[value.len - 1] == '"')
		return slice_make(value.data + 1, value.len - 2);
	return value;
}

enum forwarded
forwarded_find(struct arena *arena, struct slice list, unsigned hops, struct slice *ret_value)
{
	struct slice last[FORWARDED_MAX_HOPS], piece;
	size_t count = 0, len;

	if (hops == 0 || hops > FORWARDED_MAX_HOPS)
		return FORWARDED_NONE;
	/* A comma at the very end adds no empty value; one at the start or in between does. */
	while (list.len > 0) {
		if (!measure_piece(list, &len))
			return FORWARDED_NONE;
		last[count++ % FORWARDED_MAX_HOPS] = slice_first(list, len);
		list = slice_skip(list, len + 1);
	}
	if (count < hops)
		return FORWARDED_NONE;
	for (size_t i = count - hops; i < count; i++)
		if (slice_trim(last[i % FORWARDED_MAX_HOPS]).len == 0)
			return FORWARDED_NONE;

	piece = last[(count - hops) % FORWARDED_MAX_HOPS];
	if (slice_find(piece, '\\') < piece.len) {
		piece = without_escapes(arena, piece);
		if (piece.data == NULL)
			return FORWARDED_NO_MEMORY;
	}
	piece = without_quotes(slice_trim(piece));
	if (piece.len == 0)
		return FORWARDED_NONE;
	*ret_value = piece;
	return FORWARDED_VALUE;
}
