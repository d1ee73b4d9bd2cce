#include "gateway/fcgi_params.h"

static const struct slice content_length_name = SLICE("CONTENT_LENGTH");
enum { CONTENT_LENGTH_MAX_DIGITS = 10 };

void
fcgi_params_init(struct fcgi_params *params)
{
	*params = (struct fcgi_params) { .content_length = -1 };
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

bool
fcgi_pair_cut(struct slice *rest, struct slice *ret_name, struct slice *ret_value)
{
	size_t name_len = 0, value_len = 0, taken, lengths;

	if ((lengths = fcgi_length_decode(*rest, &name_len)) == 0)
		return false;
	if ((taken = fcgi_length_decode(slice_skip(*rest, lengths), &value_len)) == 0)
		return false;
	lengths += taken;
	if (name_len > rest->len - lengths || value_len > rest->len - lengths - name_len)
		return false;
	*ret_name = slice_make(rest->data + lengths, name_len);
	*ret_value = slice_make(rest->data + lengths + name_len, value_len);
	*rest = slice_skip(*rest, lengths + name_len + value_len);
	return true;
}

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

/* Both lengths are known: is there room for the pair? */
static enum fcgi_params_verdict
begin_pair(struct fcgi_params *params)
{
	/* Each length is below 2^31 and `bytes` at most the limit: the sum cannot overflow. */
	uint64_t bytes = (uint64_t)params->bytes + params->name_len + params->value_len;

	if (params->count == FCGI_PARAMS_MAX_COUNT || bytes > FCGI_PARAMS_MAX_BYTES)
		return FCGI_PARAMS_TOO_LARGE;
	if (params->name_len == 0)
		return FCGI_PARAMS_BAD;
	params->count++;
	params->bytes = (size_t)bytes;
	params->part = PARAMS_NAME;
	params->left = params->name_len;
	params->maybe_content_length = params->name_len == content_length_name.len;
	return FCGI_PARAMS_GOOD;
}

static void
end_pair(struct fcgi_params *params)
{
	params->part = PARAMS_NAME_LEN;
	if (!params->maybe_content_length)
		return;
	params->content_lengths++;
	params->content_length = -1;
	if (params->content_lengths == 1 && params->value_len > 0 &&
	    params->value_len <= CONTENT_LENGTH_MAX_DIGITS && params->number != UINT64_MAX)
		params->content_length = (int64_t)params->number;
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

/* The value of CONTENT_LENGTH, digit by digit; UINT64_MAX marks what is no number. */
static void
take_digits(struct fcgi_params *params, struct slice text)
{
	size_t i;

	if (params->value_len > CONTENT_LENGTH_MAX_DIGITS)
		return;
	for (i = 0; i < text.len && params->number != UINT64_MAX; i++) {
		if (text.data[i] >= '0' && text.data[i] <= '9')
			params->number = params->number * 10 + (uint64_t)(text.data[i] - '0');
		else
			params->number = UINT64_MAX;
	}
}

static enum fcgi_params_verdict
take_name(struct fcgi_params *params, struct slice *piece)
{
	struct slice text = slice_first(*piece, params->left);

	if (memchr(text.data, '\0', text.len) != NULL || memchr(text.data, '=', text.len) != NULL)
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

	if (memchr(text.data, '\0', text.len) != NULL)
		return FCGI_PARAMS_BAD;
	if (params->maybe_content_length)
		take_digits(params, text);
	*piece = slice_skip(*piece, text.len);
	params->left -= text.len;
	if (params->left == 0)
		end_pair(params);
	return FCGI_PARAMS_GOOD;
}

/* Each turn takes at least one byte of `piece`. */
enum fcgi_params_verdict
fcgi_params_feed(struct fcgi_params *params, struct slice piece)
{
	enum fcgi_params_verdict verdict = FCGI_PARAMS_GOOD;

	while (piece.len > 0 && verdict == FCGI_PARAMS_GOOD) {
		switch (params->part) {
		case PARAMS_NAME_LEN:
			if (take_length(params, &piece, &params->name_len))
				params->part = PARAMS_VALUE_LEN;
			break;
		case PARAMS_VALUE_LEN:
			if (take_length(params, &piece, &params->value_len))
				verdict = begin_pair(params);
			break;
		case PARAMS_NAME:
			verdict = take_name(params, &piece);
			break;
		case PARAMS_VALUE:
			verdict = take_value(params, &piece);
			break;
		}
	}
	return verdict;
}
