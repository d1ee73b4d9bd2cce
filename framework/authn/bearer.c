/*
 * From header value to token. A comma list, a tab, two spaces or trailing words leave a byte that
 * no token has.
 */
#include "authn/bearer.h"

#include "core/swar.h"

/* Visible ASCII but the comma, by eights as far as that goes. */
static bool
is_token(struct slice text)
{
	size_t i = 0;

	for (; text.len - i >= SWAR_BYTES; i += SWAR_BYTES) {
		const uint64_t word = swar_load(text.data + i);

		if ((swar_any_below(word, 0x21) | swar_any_above(word, 0x7e) |
			swar_any_equal(word, ',')) != 0)
			return false;
	}
	for (; i < text.len; i++) {
		const unsigned char byte = (unsigned char)text.data[i];

		if (byte <= ' ' || byte >= 0x7f || byte == ',')
			return false;
	}
	return text.len > 0;
}

bool
bearer_parse(struct slice value, struct slice *ret_token)
{
	static const struct slice scheme = SLICE("Bearer ");
	struct slice token = slice_skip(value, scheme.len);

	if (!slice_equal_nocase(slice_first(value, scheme.len), scheme) || !is_token(token))
		return false;
	*ret_token = token;
	return true;
}
