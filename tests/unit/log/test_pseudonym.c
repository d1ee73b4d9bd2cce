/* Pseudonyms: the same for the same value, remembered or not, and different for any other. */
#include "log/pseudonym.h"

#include "../core/rows.h"

#include <stdio.h>

static const char client[] = "client", actor[] = "actor";

static void
copy(struct pseudonyms *pseudonyms, const char *name, const char *value,
    char ret_text[PSEUDONYM_DIGITS + 1])
{
	struct slice text = pseudonym_make(pseudonyms, name, slice_from(value));

	assert_int_equal(text.len, PSEUDONYM_DIGITS);
	memcpy(ret_text, text.data, text.len);
	ret_text[text.len] = '\0';
}

static void
values_push_each_other_out_and_stay_the_same(void **state)
{
	static char first[500][PSEUDONYM_DIGITS + 1];
	struct arena arena;
	struct pseudonyms *pseudonyms;

	(void)state;
	arena_init(&arena, 16384, 65536);
	pseudonyms = pseudonyms_new(&arena, SLICE_OF("0123456789abcdef0123456789abcdef"));
	assert_non_null(pseudonyms);
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < COUNT_OF(first); i++) {
			char value[16], text[PSEUDONYM_DIGITS + 1];

			(void)snprintf(value, sizeof(value), "192.0.2.%zu", i);
			copy(pseudonyms, client, value, round == 0 ? first[i] : text);
			if (round > 0)
				assert_string_equal(text, first[i]);
			if (i > 0)
				assert_string_not_equal(first[i], first[i - 1]);
			copy(pseudonyms, actor, value, text);
			assert_string_not_equal(text, first[i]);
		}
	}
	pseudonyms_free(pseudonyms);
	arena_done(&arena);
}

static void
values_too_long_to_remember_have_one_too(void **state)
{
	char value[300], text[PSEUDONYM_DIGITS + 1], again[PSEUDONYM_DIGITS + 1];
	struct arena arena;
	struct pseudonyms *pseudonyms;

	(void)state;
	arena_init(&arena, 16384, 65536);
	pseudonyms = pseudonyms_new(&arena, SLICE_OF("0123456789abcdef0123456789abcdef"));
	for (size_t len = 60; len < sizeof(value) - 1; len += 20) {
		memset(value, 'a', len);
		value[len] = '\0';
		copy(pseudonyms, client, value, text);
		copy(pseudonyms, client, value, again);
		assert_string_equal(text, again);
		value[len - 1] = 'b';
		copy(pseudonyms, client, value, again);
		assert_string_not_equal(text, again);
	}
	pseudonyms_free(pseudonyms);
	arena_done(&arena);
}

static void
keys_differ(void **state)
{
	char text[PSEUDONYM_DIGITS + 1], again[PSEUDONYM_DIGITS + 1];
	struct arena arena;
	struct pseudonyms *one, *other;

	(void)state;
	arena_init(&arena, 16384, 65536);
	one = pseudonyms_new(&arena, SLICE_OF("0123456789abcdef0123456789abcdef"));
	other = pseudonyms_new(&arena, SLICE_OF("0123456789abcdef0123456789abcdeg"));
	copy(one, client, "x", text);
	copy(other, client, "x", again);
	assert_string_not_equal(text, again);
	pseudonyms_free(one);
	pseudonyms_free(other);
	pseudonyms_free(NULL);
	arena_done(&arena);
}

static void
without_memory_there_are_none(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena, 256, 256);
	assert_null(pseudonyms_new(&arena, SLICE_OF("key")));
	arena_done(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_push_each_other_out_and_stay_the_same),
		cmocka_unit_test(values_too_long_to_remember_have_one_too),
		cmocka_unit_test(keys_differ),
		cmocka_unit_test(without_memory_there_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
