#include "gateway/fcgi_params.h"

static const struct slice content_length_name = SLICE("CONTENT_LENGTH");
enum { CONTENT_LENGTH_MAX_DIGITS = 10 };

void
fcgi_params_init(struct fcgi_params *params)
{
	memset(params, 0, offsetof(struct fcgi_params, pairs));
	params->content_length = -1;
}

bool
fcgi_params_at_end(const struct fcgi_params *params)
{
	return params->part == PARAMS_NAME_LEN && params->length_have == 0;
}

size_t
fcgi_length_decode(struct slice bytes, size_t *ret_length)
{
	const unsigned char *at = (const unsigned char *)bytes.data;

	if (bytes.len == 0)
		return 0;
	if ((at[0] & 0x80) == 0) {
		*ret_length = at[0];
		return 1;
	}
	if (bytes.len < 4)
		return 0;
	*ret_length =
	    (size_t)(at[0] & 0x7f) << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
	return 4;
}

/* Both lengths of a pair; how many bytes they took, 0: they are not all there. */
static size_t
decode_lengths(struct slice bytes, size_t *ret_name_len, size_t *ret_value_len)
{
	const unsigned char *at = (const unsigned char *)bytes.data;
	size_t name_taken, value_taken;

	/* Nearly all are short. */
	if (bytes.len >= 2 && ((at[0] | at[1]) & 0x80) == 0) {
		*ret_name_len = at[0];
		*ret_value_len = at[1];
		return 2;
	}
	name_taken = fcgi_length_decode(bytes, ret_name_len);
	value_taken = fcgi_length_decode(slice_skip(bytes, name_taken), ret_value_len);
	return name_taken == 0 || value_taken == 0 ? 0 : name_taken + value_taken;
}

/* Inline, as it is most of what is done with a parameter. */
static inline bool
cut(struct slice *rest, struct slice *ret_name, struct slice *ret_value)
{
	size_t name_len, value_len, lengths = decode_lengths(*rest, &name_len, &value_len);

	if (lengths == 0)
		return false;
	if (name_len > rest->len - lengths || value_len > rest->len - lengths - name_len)
		return false;
	*ret_name = slice_make(rest->data + lengths, name_len);
	*ret_value = slice_make(rest->data + lengths + name_len, value_len);
	*rest = slice_skip(*rest, lengths + name_len + value_len);
	return true;
}

bool
fcgi_pair_cut(struct slice *rest, struct slice *ret_name, struct slice *ret_value)
{
	return cut(rest, ret_name, ret_value);
}

/* Goes on with a number, digit by digit; UINT64_MAX: it is none. Ten digits are far from that. */
static uint64_t
add_digits(uint64_t number, struct slice text)
{
	for (size_t i = 0; i < text.len && number != UINT64_MAX; i++) {
		if (i >= CONTENT_LENGTH_MAX_DIGITS || text.data[i] < '0' || text.data[i] > '9')
			return UINT64_MAX;
		number = number * 10 + (uint64_t)(text.data[i] - '0');
	}
	return number;
}

/* Both lengths are known: is there room for the pair? */
static enum fcgi_params_verdict
begin_pair(struct fcgi_params *params, size_t name_len, size_t value_len)
{
	/* Each length is below 2^31 and `bytes` at most the limit: the sum cannot overflow. */
	uint64_t bytes = (uint64_t)params->bytes + name_len + value_len;

	if (params->count == FCGI_PARAMS_MAX_COUNT || bytes > FCGI_PARAMS_MAX_BYTES)
		return FCGI_PARAMS_TOO_LARGE;
	if (name_len == 0)
		return FCGI_PARAMS_BAD;
	params->count++;
	params->bytes = (size_t)bytes;
	return FCGI_PARAMS_GOOD;
}

/* Of a name, a value or both, as much as there is. */
static bool
has_nul(struct slice text)
{
	return memchr(text.data, '\0', text.len) != NULL;
}

/* Of a name. */
static bool
has_equals(struct slice text)
{
	return memchr(text.data, '=', text.len) != NULL;
}

/* CONTENT_LENGTH has come, with a value of `len` bytes; `number` UINT64_MAX: it is none. */
static void
note_content_length(struct fcgi_params *params, size_t len, uint64_t number)
{
	params->content_length = -1;
	if (++params->content_lengths == 1 && len > 0 && len <= CONTENT_LENGTH_MAX_DIGITS &&
	    number != UINT64_MAX)
		params->content_length = (int64_t)number;
}

/* --- a pair in one piece --------------------------------------------------------------------- */

/* A pair at the start of `piece`; false: it is not all there, and `piece` as it was. */
static bool
take_pair(struct fcgi_params *params, struct slice *piece, enum fcgi_params_verdict *ret_verdict)
{
	struct slice name, value;

	if (!cut(piece, &name, &value))
		return false;
	*ret_verdict = begin_pair(params, name.len, value.len);
	if (*ret_verdict != FCGI_PARAMS_GOOD)
		return true;
	params->pairs[params->count - 1] = (struct param) { name, value };
	/* The value lies behind the name. */
	if (has_nul(slice_make(name.data, name.len + value.len)) || has_equals(name))
		*ret_verdict = FCGI_PARAMS_BAD;
	else if (slice_equal(name, content_length_name))
		note_content_length(params, value.len, add_digits(0, value));
	return true;
}

/* --- a pair in several ----------------------------------------------------------------------- */

/* Takes bytes of a length field; true when it is whole. */
static bool
take_length(struct fcgi_params *params, struct slice *piece, size_t *ret_length)
{
	while (piece->len > 0) {
		params->length[params->length_have++] = (unsigned char)piece->data[0];
		*piece = slice_skip(*piece, 1);
		if (fcgi_length_decode(
			slice_make((const char *)params->length, params->length_have),
			ret_length) != 0) {
			params->length_have = 0;
			return true;
		}
	}
	return false;
}

static enum fcgi_params_verdict
begin_name(struct fcgi_params *params)
{
	params->part = PARAMS_NAME;
	params->left = params->name_len;
	params->maybe_content_length = params->name_len == content_length_name.len;
	return begin_pair(params, params->name_len, params->value_len);
}

static void
end_pair(struct fcgi_params *params)
{
	params->part = PARAMS_NAME_LEN;
	if (params->maybe_content_length)
		note_content_length(params, params->value_len, params->number);
}

static void
end_name(struct fcgi_params *params)
{
	params->part = PARAMS_VALUE;
	params->left = params->value_len;
	params->number = 0;
	if (params->left == 0)
		end_pair(params);
}

static enum fcgi_params_verdict
take_name(struct fcgi_params *params, struct slice *piece)
{
	struct slice text = slice_first(*piece, params->left);

	if (has_nul(text) || has_equals(text))
		return FCGI_PARAMS_BAD;
	if (params->maybe_content_length) {
		const char *expected = content_length_name.data + (params->name_len - params->left);

		params->maybe_content_length = memcmp(text.data, expected, text.len) == 0;
	}
	*piece = slice_skip(*piece, text.len);
	params->left -= text.len;
	if (params->left == 0)
		end_name(params);
	return FCGI_PARAMS_GOOD;
}

static enum fcgi_params_verdict
take_value(struct fcgi_params *params, struct slice *piece)
{
	struct slice text = slice_first(*piece, params->left);

	if (has_nul(text))
		return FCGI_PARAMS_BAD;
	if (params->maybe_content_length && params->value_len <= CONTENT_LENGTH_MAX_DIGITS)
		params->number = add_digits(params->number, text);
	*piece = slice_skip(*piece, text.len);
	params->left -= text.len;
	if (params->left == 0)
		end_pair(params);
	return FCGI_PARAMS_GOOD;
}

/* Takes at least one byte of `piece`, which is not empty. */
static enum fcgi_params_verdict
take_part(struct fcgi_params *params, struct slice *piece)
{
	params->is_split = true;
	switch (params->part) {
	case PARAMS_NAME_LEN:
		if (take_length(params, piece, &params->name_len))
			params->part = PARAMS_VALUE_LEN;
		break;
	case PARAMS_VALUE_LEN:
		if (take_length(params, piece, &params->value_len))
			return begin_name(params);
		break;
	case PARAMS_NAME:
		return take_name(params, piece);
	case PARAMS_VALUE:
		return take_value(params, piece);
	}
	return FCGI_PARAMS_GOOD;
}

enum fcgi_params_verdict
fcgi_params_feed(struct fcgi_params *params, struct slice piece)
{
	enum fcgi_params_verdict verdict = FCGI_PARAMS_GOOD;

	while (piece.len > 0 && verdict == FCGI_PARAMS_GOOD)
		if (!fcgi_params_at_end(params) || !take_pair(params, &piece, &verdict))
			verdict = take_part(params, &piece);
	return verdict;
}
