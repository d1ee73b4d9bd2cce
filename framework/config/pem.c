/*
 * Telling PEM from base64 of PEM: the former begins with five hyphens, which base64 does not
 * know.
 */
#include "config/pem.h"

#include "config/source.h"
#include "core/base64.h"

static bool
is_pem(struct slice text)
{
	return slice_starts(text, SLICE_OF("-----BEGIN ")) && source_is_text(text, true);
}

static struct slice
without_space_before(struct slice text)
{
	while (text.len > 0 && strchr(" \t\r\n", text.data[0]) != NULL)
		text = slice_skip(text, 1);
	return text;
}

enum value_result
pem_read(struct arena *arena, struct slice text, const char **ret_pem)
{
	unsigned char *decoded;
	size_t len;

	text = without_space_before(text);
	if (is_pem(text)) {
		*ret_pem = text.data; /* to the NUL at the end of the value */
		return VALUE_STORED;
	}
	decoded = arena_alloc(arena, BASE64_DECODED_SIZE(text.len) + 1);
	if (decoded == NULL)
		return VALUE_NO_MEMORY;
	if (!base64_decode(text, decoded, &len) || !is_pem(slice_make((const char *)decoded, len)))
		return VALUE_REFUSED;
	decoded[len] = '\0';
	*ret_pem = (const char *)decoded;
	return VALUE_STORED;
}
