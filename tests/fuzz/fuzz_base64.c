/*
 * Base64: what decodes also encodes to the very same text (one value, one spelling), and the
 * decoders write no more than they say they need.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base64.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * The standard form is base64url with two other characters and padding, once white space is gone.
 */
static void
check_standard(struct slice text)
{
	unsigned char *decoded = malloc(BASE64_DECODED_SIZE(text.len));
	char *again = malloc(BASE64_ENCODED_SIZE(BASE64_DECODED_SIZE(text.len)));
	size_t len, at = 0;

	if (decoded == NULL || again == NULL)
		abort();
	if (base64_decode(text, decoded, &len)) {
		(void)base64url_encode(decoded, len, again);
		for (size_t i = 0; i < text.len; i++) {
			char c = text.data[i] == '+'   ? '-'
				 : text.data[i] == '/' ? '_'
						       : text.data[i];

			if (c == '=' || strchr(" \t\r\n", c) != NULL)
				continue;
			if (again[at++] != c)
				abort();
		}
		if (again[at] != '\0')
			abort();
	}
	free(decoded);
	free(again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size };
	unsigned char *decoded = malloc(BASE64_DECODED_SIZE(size));
	char *again = malloc(BASE64_ENCODED_SIZE(BASE64_DECODED_SIZE(size)));
	size_t len;

	if (decoded == NULL || again == NULL)
		abort();
	if (base64url_decode(text, decoded, &len)) {
		size_t again_len = base64url_encode(decoded, len, again);

		if (!slice_equal(slice_make(again, again_len), text))
			abort();
	}
	free(decoded);
	free(again);
	check_standard(text);
	return 0;
}
