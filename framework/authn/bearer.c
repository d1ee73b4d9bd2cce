/*
 * From header value to token. A comma list, a tab, two spaces or trailing words leave a byte that
 * no token has.
 */
#include "authn/bearer.h"

bool
bearer_parse(struct slice value, struct slice *ret_token)
{
	static const struct slice scheme = SLICE("Bearer ");
	struct slice token = slice_skip(value, scheme.len);

	if (!slice_equal_nocase(slice_first(value, scheme.len), scheme) || token.len == 0)
		return false;
	for (size_t i = 0; i < token.len; i++) {
		unsigned char byte = (unsigned char)token.data[i];

		if (byte <= ' ' || byte >= 0x7f || byte == ',')
			return false;
	}
	*ret_token = token;
	return true;
}
