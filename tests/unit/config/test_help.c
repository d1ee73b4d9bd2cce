/* --help-settings and the list of given names: all settings are there, and no value of a secret. */
#include "settings.h"

#include "config/table.h"

static const struct postern_setting settings[] = {
	{ .name = "NOTES_SIZE",
	    .type = POSTERN_SETTING_INTEGER,
	    .otherwise = "10",
	    .minimum = 1,
	    .maximum = 100,
	    .help = "notes a page" },
	{ .name = "NOTES_PASSWORD",
	    .type = POSTERN_SETTING_TEXT,
	    .otherwise = "hidden default",
	    .help = "of the store",
	    .is_secret = true },
	{ .name = "NOTES_URL_OF_A_VERY_LONG_NAME_THAT_NEEDS_TWO_LINES",
	    .type = POSTERN_SETTING_SQLITE_URL },
};

static const struct postern_route routes[] = {
	{ .methods = POSTERN_GET,
	    .path = "/notes",
	    .is_public = true,
	    .limit = { "NOTES_RATE_LIMIT", "60 per minute" } },
	{ .methods = POSTERN_GET,
	    .path = "/other",
	    .is_public = true,
	    .limit = { "NOTES_RATE_LIMIT", "60 per minute" } },
	{ .methods = POSTERN_GET, .path = "/free", .is_public = true },
};

static const struct postern_service service = {
	POSTERN_SERVICE_ABI,
	.name = "notes",
	.routes = routes,
	.route_count = COUNT_OF(routes),
	.settings = settings,
	.setting_count = COUNT_OF(settings),
};

static char *
help_text(void)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	config_print_help(out, &service);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void
lines_have_at_most_100_columns(void **state)
{
	char *text = help_text();

	(void)state;
	for (struct slice rest = slice_from(text); rest.data != NULL;) {
		struct slice line = slice_cut(&rest, '\n');

		assert_true(line.len <= 100);
		assert_true(line.len == 0 || line.data[line.len - 1] != ' ');
	}
	free(text);
}

static void
every_setting_is_in_it(void **state)
{
	char *text = help_text();
	size_t count;
	const struct setting *table = settings_get(&count);

	(void)state;
	assert_true(count > 40);
	for (size_t i = 0; i < count; i++) {
		assert_non_null(strstr(text, table[i].name));
		assert_non_null(table[i].help);
	}
	assert_non_null(strstr(text, "\nNOTES_SIZE "));
	assert_non_null(strstr(text, "\nNOTES_RATE_LIMIT "));
	free(text);
}

static void
rows_tell_range_default_and_help(void **state)
{
	char *text = help_text();

	(void)state;
	assert_non_null(
	    strstr(text, "\nWEB_CONCURRENCY                 whole number, 1 to 512            2\n"
			 "    worker processes; with another WORKER_MODE than static, at most\n"));
	assert_non_null(strstr(text, "\n    not offered by this version: where the keys are"));
	assert_non_null(strstr(text, "sqlite:///var/lib/notes/limits.db"));
	assert_non_null(strstr(text, "unix:/run/notes/notes.sock"));
	assert_non_null(strstr(text, "(or GUNICORN_TIMEOUT) seconds"));
	assert_non_null(strstr(text, "whole number, -1000 to 1000"));
	assert_non_null(strstr(text, "strict (production and staging)"));
	assert_non_null(strstr(text, "requests of one client to /notes\n"));
	assert_null(strstr(text, "/other"));
	assert_null(strstr(text, "{service}"));
	assert_null(strstr(text, "hidden default"));
	free(text);
}

static void
tables_are_sound(void **state)
{
	size_t count;
	const struct setting *table = settings_get(&count);

	(void)state;
	assert_string_equal(table[0].name, "SERVICE_NAME");
	assert_string_equal(table[1].name, "ENV");
	for (size_t i = 0; i < count; i++) {
		assert_ptr_equal(setting_find(table[i].name), &table[i]);
		if (table[i].other_name != NULL)
			assert_ptr_equal(setting_find(table[i].other_name), &table[i]);
		assert_true(table[i].minimum <= table[i].maximum);
		assert_int_equal(table[i].type == SETTING_WORD, table[i].words != NULL);
		/* Only what is offered has a place; SERVICE_NAME's is at offset 0. */
		if (i > 0)
			assert_int_equal(
			    table[i].availability == SETTING_OFFERED, table[i].offset != 0);
	}
	assert_null(setting_find("NONE"));
}

static void
given_names_have_no_values(void **state)
{
	char *environment[] = { (char[]) { "ENV=test" }, (char[]) { "JWT_PUBLIC_KEY_FILE=/x" },
		(char[]) { "LOG_LEVEL=" }, (char[]) { "RATELIMIT_STORAGE_URI=memory://" },
		(char[]) { "NOTES_PASSWORD=x" }, (char[]) { "NOTES_RATE_LIMIT=1/day" },
		(char[]) { "PATH=/bin" }, NULL };
	static const char *const expected[] = { "ENV", "JWT_PUBLIC_KEY_FILE",
		"RATELIMIT_STORAGE_URI", "NOTES_PASSWORD", "NOTES_RATE_LIMIT" };
	struct arena arena;
	struct config_list names;

	(void)state;
	arena_init(&arena, 4096, 65536);
	names = config_given_names(&arena, &service, environment);
	assert_int_equal(names.count, COUNT_OF(expected));
	for (size_t i = 0; i < names.count; i++)
		assert_true(slice_is(names.items[i], expected[i]));
	arena_done(&arena);
	arena_init(&arena, 256, 256);
	assert_int_equal(config_given_names(&arena, &service, environment).count, 0);
	arena_done(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_have_at_most_100_columns),
		cmocka_unit_test(every_setting_is_in_it),
		cmocka_unit_test(rows_tell_range_default_and_help),
		cmocka_unit_test(tables_are_sound),
		cmocka_unit_test(given_names_have_no_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
