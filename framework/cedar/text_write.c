/* Strings and names in Cedar text. */
#include "cedar/text_write.h"

#include "core/utf8.h"

/*
 * Characters that have no shape (Unicode's Default_Ignorable_Code_Point and Other, rounded to
 * blocks), or are white space that looks like another; ascending.
 */
static const struct {
	uint32_t first, last;
} unseen[] = {
	{ 0x7f, 0xa0 },
	{ 0xad, 0xad },
	{ 0x34f, 0x34f },
	{ 0x61c, 0x61c },
	{ 0x115f, 0x1160 },
	{ 0x1680, 0x1680 },
	{ 0x17b4, 0x17b5 },
	{ 0x180b, 0x180f },
	{ 0x2000, 0x200f },
	{ 0x2028, 0x202f },
	{ 0x205f, 0x206f },
	{ 0x3000, 0x3000 },
	{ 0x3164, 0x3164 },
	{ 0xe000, 0xf8ff },
	{ 0xfe00, 0xfe0f },
	{ 0xfeff, 0xfeff },
	{ 0xffa0, 0xffa0 },
	{ 0xfff0, 0xfffb },
	{ 0xfffe, 0xffff },
	{ 0x1bca0, 0x1bca3 },
	{ 0x1d173, 0x1d17a },
	{ 0xe0000, 0x10ffff },
};

bool
cedar_text_is_identifier(struct slice name)
{
	return slice_find(name, ':') == name.len && cedar_is_path(name);
}

static bool
is_seen(uint32_t code)
{
	size_t i = 0;

	while (i < COUNT_OF(unseen) && code > unseen[i].last)
		i++;
	return code >= 0x20 && (i == COUNT_OF(unseen) || code < unseen[i].first);
}

static void
write_escape(struct buffer *out, uint32_t code)
{
	static const char letters[] = "nrt0\"\\", meanings[] = "\n\r\t\0\"\\";
	const char *meaning = code > 0x7f ? NULL : memchr(meanings, (int)code, sizeof(letters) - 1);

	if (meaning != NULL)
		(void)buffer_append(out, (char[2]) { '\\', letters[meaning - meanings] }, 2);
	else
		(void)buffer_printf(out, "\\u{%x}", (unsigned)code);
}

static void
write_characters(struct buffer *out, struct slice string, bool is_pattern)
{
	while (string.len > 0 && !out->failed) {
		uint32_t code;
		size_t len = utf8_decode(string, &code);

		if (len == 0) {
			out->failed = true; /* all strings of the engine are UTF-8 */
			return;
		}
		if (is_pattern && code == '*')
			(void)buffer_text(out, "\\*");
		else if (is_seen(code) && code != '"' && code != '\\')
			(void)buffer_append(out, string.data, len);
		else
			write_escape(out, code);
		string = slice_skip(string, len);
	}
}

void
cedar_text_write_string(struct buffer *out, struct slice string)
{
	(void)buffer_byte(out, '"');
	write_characters(out, string, false);
	(void)buffer_byte(out, '"');
}

void
cedar_text_write_pattern(struct buffer *out, const struct pattern *pattern)
{
	(void)buffer_byte(out, '"');
	for (size_t i = 0; i < pattern->count; i++) {
		(void)buffer_text(out, i == 0 ? "" : "*");
		write_characters(out, pattern->parts[i], true);
	}
	(void)buffer_byte(out, '"');
}

void
cedar_text_write_name(struct buffer *out, struct slice name)
{
	if (cedar_text_is_identifier(name))
		(void)buffer_slice(out, name);
	else
		cedar_text_write_string(out, name);
}

void
cedar_text_write_uid(struct buffer *out, const struct cedar_uid *uid)
{
	(void)buffer_slice(out, uid->type);
	(void)buffer_text(out, "::");
	cedar_text_write_string(out, uid->id);
}
