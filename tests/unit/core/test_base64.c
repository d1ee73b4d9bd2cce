/* Base64: the vectors of RFC 4648 §10, and every other spelling of a value, which is refused. */
#include "core/base64.h"

#include "rows.h"

struct row {
	const char *name, *text, *data; /* NULL: refused */
};

static const struct row url_rows[] = {
	{ "nothing", "", "" },
	{ "one byte", "Zg", "f" },
	{ "two bytes", "Zm8", "fo" },
	{ "three bytes", "Zm9v", "foo" },
	{ "four bytes", "Zm9vYg", "foob" },
	{ "six bytes", "Zm9vYmFy", "foobar" },
	{ "the two characters of base64url", "-_-_", "\xfb\xff\xbf" },
	{ "a group of one digit", "Z", NULL },
	{ "a second group of one digit", "Zm9vY", NULL },
	{ "padding", "Zg==", NULL },
	{ "padding of one", "Zm8=", NULL },
	{ "spare bits of one byte", "Zh", NULL },
	{ "spare bits of two bytes", "Zm9", NULL },
	{ "plus", "+_-_", NULL },
	{ "slash", "-/-_", NULL },
	{ "a space", "Zm 8", NULL },
	{ "a newline at the end", "Zm9v\n", NULL },
	{ "a dot", "Zm9.", NULL },
	{ "a byte above ASCII", "Zm9\xf6", NULL },
	{ "the at sign, next to A", "Zm9@", NULL },
	{ "the bracket, next to Z", "Zm9[", NULL },
	{ "the backtick, next to a", "Zm9`", NULL },
	{ "the brace, next to z", "Zm9{", NULL },
};

static void
url_decode(void **state)
{
	const struct row *row = *state;
	unsigned char data[BASE64_DECODED_SIZE(32)];
	size_t len = 99;

	assert_int_equal(base64url_decode(slice_from(row->text), data, &len), row->data != NULL);
	if (row->data == NULL) {
		assert_int_equal(len, 99);
		return;
	}
	assert_int_equal(len, strlen(row->data));
	assert_memory_equal(data, row->data, len);
}

static const struct row standard_rows[] = {
	{ "nothing", "", "" },
	{ "one byte", "Zg==", "f" },
	{ "two bytes", "Zm8=", "fo" },
	{ "three bytes", "Zm9v", "foo" },
	{ "six bytes", "Zm9vYmFy", "foobar" },
	{ "the two characters of the standard", "+/+/", "\xfb\xff\xbf" },
	{ "white space between and around", " Zm9v\r\n\tYmFy\n", "foobar" },
	{ "white space in the padding", "Zg=\n=\n", "f" },
	{ "no padding", "Zg", NULL },
	{ "half the padding", "Zg=", NULL },
	{ "too much padding", "Zg===", NULL },
	{ "padding after a whole group", "Zm9v=", NULL },
	{ "padding alone", "====", NULL },
	{ "padding for a missing group", "Zm9vZ===", NULL },
	{ "digits behind the padding", "Zg==Zg==", NULL },
	{ "spare bits", "Zh==", NULL },
	{ "minus", "-/+/", NULL },
	{ "underscore", "+_+/", NULL },
	{ "a byte above ASCII", "Zm9\xf6", NULL },
};

static void
standard_decode(void **state)
{
	const struct row *row = *state;
	unsigned char data[BASE64_DECODED_SIZE(32)];
	size_t len = 99;

	assert_int_equal(base64_decode(slice_from(row->text), data, &len), row->data != NULL);
	if (row->data == NULL) {
		assert_int_equal(len, 99);
		return;
	}
	assert_int_equal(len, strlen(row->data));
	assert_memory_equal(data, row->data, len);
}

static void
what_is_encoded_decodes_to_itself(void **state)
{
	unsigned char data[200], again[BASE64_DECODED_SIZE(BASE64_ENCODED_SIZE(200))];
	char text[BASE64_ENCODED_SIZE(200)];

	(void)state;
	for (size_t len = 0; len < sizeof(data); len++) {
		size_t text_len, again_len;

		data[len] = (unsigned char)(len * 89 + 255);
		text_len = base64url_encode(data, len, text);
		assert_int_equal(strlen(text), text_len);
		assert_true(base64url_decode(slice_make(text, text_len), again, &again_len));
		assert_int_equal(again_len, len);
		assert_memory_equal(again, data, len);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(what_is_encoded_decodes_to_itself) };
	int failures = RUN_ROWS(url_rows, url_decode);

	failures += RUN_ROWS(standard_rows, standard_decode);
	return failures + cmocka_run_group_tests(tests, NULL, NULL);
}
