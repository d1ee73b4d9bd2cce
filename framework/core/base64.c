/*
 * Base64 and base64url (RFC 4648 §4, §5). Tokens come through here before anything else is known
 * of them, so the decoder takes exactly what the encoder writes: one value, one spelling.
 */
#include "core/base64.h"

#include <stdint.h>

#define XX 255 /* and no value: those have no high bit */

/* Values of the base64url characters; the other alphabet differs in the last two alone. */
static const unsigned char values[256] = {
	/* clang-format off */
	XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
	XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
	XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, 62, XX, XX,
	52, 53, 54, 55, 56, 57, 58, 59, 60, 61, XX, XX, XX, XX, XX, XX,
	XX,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14,
	15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, XX, XX, XX, XX, 63,
	XX, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
	41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, XX, XX, XX, XX, XX,
	XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
	XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
	XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
	XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
	XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
	XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
	XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
	XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
	/* clang-format on */
};

static const char url_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* Collects six bits at a time and gives out eight. */
struct decoder {
	unsigned char *data;
	size_t len;
	size_t digits;
	uint32_t bits; /* the last bits taken; older ones are shifted out at the top */
};

static void
decoder_take(struct decoder *d, unsigned char value)
{
	d->bits = d->bits << 6 | value;
	d->digits++;
	if (d->digits % 4 == 0) {
		d->data[d->len++] = (unsigned char)(d->bits >> 16);
		d->data[d->len++] = (unsigned char)(d->bits >> 8);
		d->data[d->len++] = (unsigned char)d->bits;
	}
}

/* Gives out what is left of an unfinished group. The bits that fill it up must be zero. */
static bool
decoder_end(struct decoder *d)
{
	switch (d->digits % 4) {
	case 0:
		return true;
	case 2:
		d->data[d->len++] = (unsigned char)(d->bits >> 4);
		return (d->bits & 0x0f) == 0;
	case 3:
		d->data[d->len++] = (unsigned char)(d->bits >> 10);
		d->data[d->len++] = (unsigned char)(d->bits >> 2);
		return (d->bits & 0x03) == 0;
	default:
		return false;
	}
}

static unsigned char
url_value(char c)
{
	return values[(unsigned char)c];
}

/* Four characters, three bytes. */
static bool
url_group(const char *text, unsigned char *ret_data)
{
	const unsigned a = url_value(text[0]), b = url_value(text[1]), c = url_value(text[2]),
		       d = url_value(text[3]);

	ret_data[0] = (unsigned char)(a << 2 | b >> 4);
	ret_data[1] = (unsigned char)(b << 4 | c >> 2);
	ret_data[2] = (unsigned char)(c << 6 | d);
	return ((a | b | c | d) & 0x80) == 0;
}

static unsigned char
standard_value(char c)
{
	if (c == '+')
		return 62;
	if (c == '/')
		return 63;
	return c == '-' || c == '_' ? XX : url_value(c);
}

bool
base64url_decode(struct slice text, unsigned char *ret_data, size_t *ret_len)
{
	struct decoder d = { .data = ret_data };
	size_t i = 0;

	for (; text.len - i >= 4; i += 4, d.len += 3)
		if (!url_group(text.data + i, d.data + d.len))
			return false;
	for (; i < text.len; i++) {
		unsigned char value = url_value(text.data[i]);

		if (value == XX)
			return false;
		decoder_take(&d, value);
	}
	if (!decoder_end(&d))
		return false;
	*ret_len = d.len;
	return true;
}

size_t
base64url_encode(const void *data, size_t len, char *ret_text)
{
	const unsigned char *bytes = data;
	uint32_t bits = 0;
	unsigned waiting = 0; /* bits not yet written */
	size_t at = 0;

	for (size_t i = 0; i < len; i++) {
		bits = bits << 8 | bytes[i];
		for (waiting += 8; waiting >= 6; waiting -= 6)
			ret_text[at++] = url_alphabet[bits >> (waiting - 6) & 0x3f];
	}
	if (waiting > 0)
		ret_text[at++] = url_alphabet[bits << (6 - waiting) & 0x3f];
	ret_text[at] = '\0';
	return at;
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool
base64_decode(struct slice text, unsigned char *ret_data, size_t *ret_len)
{
	struct decoder d = { .data = ret_data };
	size_t padding = 0;

	for (size_t i = 0; i < text.len; i++) {
		unsigned char value = standard_value(text.data[i]);

		if (is_space(text.data[i]))
			continue;
		if (text.data[i] == '=') {
			padding++;
			continue;
		}
		if (value == XX || padding > 0)
			return false;
		decoder_take(&d, value);
	}
	if (padding != (4 - d.digits % 4) % 4 || !decoder_end(&d))
		return false;
	*ret_len = d.len;
	return true;
}
