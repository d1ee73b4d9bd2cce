/* The Authorization value: `Bearer`, one space, a token (SECURITY-REQUIREMENTS 1.1, 1.2). */
#include "authn/bearer.h"

#include "../core/rows.h"

struct row {
	const char *name;
	struct slice value;
	const char *token; /* NULL: refused */
};

static const struct row rows[] = {
	{ "plain token", SLICE("Bearer a.b.c"), "a.b.c" },
	{ "scheme ignores case", SLICE("bEaReR a.b.c"), "a.b.c" }, /* RFC 9110 §11.1 */
	{ "nothing", SLICE(""), NULL },
	{ "scheme alone", SLICE("Bearer"), NULL },
	{ "empty_token", SLICE("Bearer "), NULL },
	{ "two_spaces", SLICE("Bearer  a.b.c"), NULL },
	{ "tab", SLICE("Bearer\ta.b.c"), NULL },
	{ "a tab behind the space", SLICE("Bearer \ta.b.c"), NULL },
	{ "trailing_words", SLICE("Bearer a.b.c d"), NULL },
	{ "trailing space", SLICE("Bearer a.b.c "), NULL },
	{ "leading space", SLICE(" Bearer a.b.c"), NULL },
	{ "comma_list", SLICE("Bearer a.b.c,Bearer d.e.f"), NULL },
	{ "comma_list with a space", SLICE("Bearer a.b.c, Bearer d.e.f"), NULL },
	{ "another scheme", SLICE("Basic dXNlcjpwYXNz"), NULL },
	{ "another scheme of the same length", SLICE("Digest a.b.c"), NULL },
	{ "scheme without a space", SLICE("Bearera.b.c"), NULL },
	{ "no scheme", SLICE("a.b.c"), NULL },
	{ "nul_byte", SLICE("Bearer a.b\0.c"), NULL },
	{ "nul_byte at the end", SLICE("Bearer a.b.c\0"), NULL },
	{ "newline", SLICE("Bearer a.b.c\n"), NULL },
	{ "DEL", SLICE("Bearer a.b\x7f.c"), NULL },
	{ "a byte above ASCII", SLICE("Bearer a.b\xc3\xa4.c"), NULL },
	{ "a long token", SLICE("Bearer aaaaaaaaaaaaaaaa.bbbbbbbb.cccccccc!~"),
	    "aaaaaaaaaaaaaaaa.bbbbbbbb.cccccccc!~" },
	{ "a comma far behind", SLICE("Bearer aaaaaaaaaaaaaaaa.bbbb,bbbb.cccccccc"), NULL },
	{ "a comma at its end", SLICE("Bearer aaaaaaaaaaaaaaaa.bbbbbbbb.ccccccccc,"), NULL },
	{ "a space far behind", SLICE("Bearer aaaaaaaaaaaaaaaa.bbbb bbbb.cccccccc"), NULL },
	{ "DEL far behind",
	    SLICE("Bearer aaaaaaaaaaaaaaaa.bbbb\x7f"
		  "bbbb.cccccccc"),
	    NULL },
};

static void
parse(void **state)
{
	const struct row *row = *state;
	struct slice token = SLICE("untouched");

	assert_int_equal(bearer_parse(row->value, &token), row->token != NULL);
	assert_true(slice_is(token, row->token == NULL ? "untouched" : row->token));
}

int
main(void)
{
	return RUN_ROWS(rows, parse);
}
