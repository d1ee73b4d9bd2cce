/* What a service adds: its own settings, the limits of its routes, and the faults of its author. */
#include "settings.h"

#include "config/limit.h"

/* --- the text of a limit --------------------------------------------------------------------- */

struct limit_row {
	const char *name, *text;
	bool is_sound;
};

static const struct limit_row limit_rows[] = {
	{ "per minute", "60 per minute", true },
	{ "a slash", "60/minute", true },
	{ "a slash between blanks", "60 / minute", true },
	{ "several minutes", "10 per 5 minutes", true },
	{ "several minutes with a slash", "10/5 minutes", true },
	{ "any case", "1 PER Day", true },
	{ "plural", "1 per hours", true },
	{ "a million", "1000000 per second", true },
	{ "more than a million", "1000001 per second", false },
	{ "none", "0 per minute", false },
	{ "no minutes", "1 per 0 minutes", false },
	{ "too many seconds", "1 per 99999999 seconds", false },
	{ "a sign", "-1 per minute", false },
	{ "no number", "per minute", false },
	{ "no unit", "1 per", false },
	{ "a number for a unit", "1 per 5", false },
	{ "another unit", "1 per month", false },
	{ "another word", "1 each minute", false },
	{ "two limits", "1 per minute; 5 per hour", false },
	{ "text behind it", "1 per minute please", false },
	{ "empty", "", false },
};

static void
limit(void **state)
{
	const struct limit_row *row = *state;

	assert_int_equal(limit_is_sound(slice_from(row->text)), row->is_sound);
}

/* --- the service's own settings -------------------------------------------------------------- */

static const struct postern_setting settings[] = {
	{ .name = "NOTES_DATABASE_URL",
	    .type = POSTERN_SETTING_SQLITE_URL,
	    .otherwise = "sqlite:///var/lib/notes/notes.db",
	    .help = "the store" },
	{ .name = "NOTES_SIZE",
	    .type = POSTERN_SETTING_INTEGER,
	    .otherwise = "10",
	    .minimum = 1,
	    .maximum = 100,
	    .help = "notes a page" },
	{ .name = "NOTES_OFFSET", .type = POSTERN_SETTING_INTEGER, .minimum = -5, .maximum = 5 },
	{ .name = "NOTES_TITLE", .type = POSTERN_SETTING_TEXT },
};

static const struct postern_route routes[] = {
	{ .methods = POSTERN_GET,
	    .path = "/notes",
	    .is_public = true,
	    .limit = { "NOTES_READ_RATE_LIMIT", "60 per minute" } },
	{ .methods = POSTERN_GET,
	    .path = "/notes/{id}",
	    .is_public = true,
	    .limit = { "NOTES_READ_RATE_LIMIT", "60 per minute" } },
	{ .methods = POSTERN_GET,
	    .path = "/fixed",
	    .is_public = true,
	    .limit = { NULL, "5 per hour" } },
	{ .methods = POSTERN_GET, .path = "/free", .is_public = true },
	{ .methods = POSTERN_GET,
	    .path = "/unset",
	    .is_public = true,
	    .limit = { "NOTES_RARE_LIMIT", NULL } },
};

static const struct postern_service service = {
	POSTERN_SERVICE_ABI,
	.name = "notes",
	.routes = routes,
	.route_count = COUNT_OF(routes),
	.settings = settings,
	.setting_count = COUNT_OF(settings),
};

struct row {
	const char *name;
	const char *variables[MAX_VARIABLES];
	const char *fault;
};

#define SIZE_FAULT "NOTES_SIZE: expected whole number, 1 to 100"
#define OFFSET_FAULT "NOTES_OFFSET: expected whole number, -5 to 5"
#define URL_FAULT "NOTES_DATABASE_URL: expected sqlite:///PATH"

static const struct row rows[] = {
	{ "defaults", { NULL }, NULL },
	{ "all of them", { "NOTES_SIZE=1", "NOTES_TITLE=x", "NOTES_READ_RATE_LIMIT=1/day" }, NULL },
	{ "a number that is too large", { "NOTES_SIZE=101" }, SIZE_FAULT },
	{ "a number that is too small", { "NOTES_SIZE=0" }, SIZE_FAULT },
	{ "a sign where all is positive", { "NOTES_SIZE=-5" }, SIZE_FAULT },
	{ "a number beyond 64 bits", { "NOTES_SIZE=9223372036854775808" }, SIZE_FAULT },
	{ "a negative number", { "NOTES_OFFSET=-5" }, NULL },
	{ "a negative number that is too small", { "NOTES_OFFSET=-6" }, OFFSET_FAULT },
	{ "a sign alone", { "NOTES_OFFSET=-" }, OFFSET_FAULT },
	{ "two signs", { "NOTES_OFFSET=--1" }, OFFSET_FAULT },
	{ "an absolute path", { "NOTES_DATABASE_URL=sqlite:///srv/x.db" }, NULL },
	{ "an absolute path as SQLAlchemy has it", { "NOTES_DATABASE_URL=sqlite:////srv/x.db" },
	    NULL },
	{ "a relative path", { "NOTES_DATABASE_URL=sqlite://srv/x.db" }, URL_FAULT },
	{ "a store in memory", { "NOTES_DATABASE_URL=sqlite://" }, URL_FAULT },
	{ "a folder", { "NOTES_DATABASE_URL=sqlite:///srv/" }, URL_FAULT },
	{ "the root", { "NOTES_DATABASE_URL=sqlite:///" }, URL_FAULT },
	{ "five slashes", { "NOTES_DATABASE_URL=sqlite://///srv" }, URL_FAULT },
	{ "a query", { "NOTES_DATABASE_URL=sqlite:///srv/x.db?mode=memory" }, URL_FAULT },
	{ "another database", { "NOTES_DATABASE_URL=postgresql://h/x" }, URL_FAULT },
	{ "a control character", { "NOTES_TITLE=a\tb" },
	    "NOTES_TITLE: holds control characters or is no UTF-8" },
	{ "a limit that is none, told once for both routes", { "NOTES_READ_RATE_LIMIT=often" },
	    "NOTES_READ_RATE_LIMIT: expected N per second, minute, hour or day, N from 1 to "
	    "1000000" },
};

static void
value(void **state)
{
	const struct row *row = *state;
	struct reading reading;

	reading_of(&reading, &service, row->variables);
	print_faults(&reading);
	assert_int_equal(reading.faults.count, row->fault == NULL ? 0 : 1);
	assert_int_equal(reading.config != NULL, row->fault == NULL);
	if (row->fault != NULL)
		assert_string_equal(reading.faults.texts[0], row->fault);
	reading_end(&reading);
}

static void
values_stand_in_the_services_order(void **state)
{
	const char *variables[] = { "NOTES_DATABASE_URL=sqlite:////srv/x.db", "NOTES_OFFSET=-3",
		"NOTES_READ_RATE_LIMIT=7 per hour", NULL };
	struct reading reading;
	const struct config *config;

	(void)state;
	reading_of(&reading, &service, variables);
	config = reading.config;
	assert_string_equal(config->extras[0].path, "/srv/x.db");
	assert_string_equal(config->extras[0].text, "sqlite:////srv/x.db");
	assert_int_equal(config->extras[1].integer, 10);
	assert_string_equal(config->extras[1].text, "10");
	assert_int_equal(config->extras[2].integer, -3);
	assert_null(config->extras[3].text);
	assert_string_equal(config->route_limits[0], "7 per hour");
	assert_string_equal(config->route_limits[1], "7 per hour");
	assert_string_equal(config->route_limits[2], "5 per hour");
	assert_null(config->route_limits[3]);
	assert_null(config->route_limits[4]);
	reading_end(&reading);
}

static void
names_of_the_service_may_begin_as_ours_do(void **state)
{
	static const struct postern_setting ours = { .name = "POSTERN_DEMO",
		.type = POSTERN_SETTING_TEXT };
	const char *variables[] = { "POSTERN_DEMO=1", "POSTERN_LIMIT=1/day",
		"POSTERN_DEMO_FILE=", NULL };
	const char *unknown[] = { "POSTERN_DEM=1", "POSTERN_DEMO_FILE_FILE=/x", NULL };
	struct postern_route route = public_route;
	struct postern_service demo = open_service;
	struct reading reading;

	(void)state;
	route.limit = (struct postern_limit) { "POSTERN_LIMIT", "1/day" };
	demo.routes = &route;
	demo.settings = &ours;
	demo.setting_count = 1;
	reading_of(&reading, &demo, variables);
	print_faults(&reading);
	assert_non_null(reading.config);
	reading_end(&reading);
	reading_of(&reading, &demo, unknown);
	assert_true(has_fault(&reading, "POSTERN_DEM: no such setting"));
	assert_true(has_fault(&reading, "POSTERN_DEMO_FILE_FILE: no such setting"));
	reading_end(&reading);
}

/* --- faults of the author -------------------------------------------------------------------- */

struct author_row {
	const char *name;
	struct postern_setting settings[2];
	struct postern_limit limits[2];
	const char *fault;
};

#define NAME_FAULT                                                                               \
	"the service's table: a setting's name must be 1 to 64 of A-Z, 0-9 and underscore, and " \
	"must not "                                                                              \
	"end in _FILE"

static const struct author_row author_rows[] = {
	{ "a name in lower case", { { .name = "notes" } }, { { NULL, NULL } }, NAME_FAULT },
	{ "a name that begins with a digit", { { .name = "1NOTES" } }, { { NULL, NULL } },
	    NAME_FAULT },
	{ "a name that begins with an underscore", { { .name = "_NOTES" } }, { { NULL, NULL } },
	    NAME_FAULT },
	{ "a name that ends in _FILE", { { .name = "NOTES_FILE" } }, { { NULL, NULL } },
	    NAME_FAULT },
	{ "a limit with an empty name", { { .name = "A" } }, { { "", "1/day" } }, NAME_FAULT },
	{ "a name of the framework", { { .name = "ENV" } }, { { NULL, NULL } },
	    "ENV: the service's table has a setting of the framework's name" },
	{ "a limit of the framework's other name", { { .name = "A" } },
	    { { "GUNICORN_TIMEOUT", "1/day" } },
	    "GUNICORN_TIMEOUT: the service's table has a setting of the framework's name" },
	{ "one name twice", { { .name = "A" }, { .name = "A" } }, { { NULL, NULL } },
	    "A: twice in the service's table" },
	{ "one name as setting and as limit", { { .name = "A" } }, { { "A", "1/day" } },
	    "A: in the service's table as a setting and as a limit" },
	{ "a default that is out of range",
	    { { .name = "A", .type = POSTERN_SETTING_INTEGER, .otherwise = "5", .maximum = 4 } },
	    { { NULL, NULL } },
	    "A: the service's default is wrong; expected whole number, 0 to 4" },
	{ "a type that is none",
	    { { .name = "A", .type = (enum postern_setting_type)7, .otherwise = "x" } },
	    { { NULL, NULL } }, "A: the service's default is wrong; expected something else" },
	{ "a limit whose default is none", { { .name = "A" } }, { { "B", "often" } },
	    "B: the service's default is wrong; expected N per second, minute, hour or day, N from "
	    "1 to "
	    "1000000" },
	{ "a fixed limit that is none", { { .name = "A" } }, { { NULL, "often" } },
	    "the limit of a route: the service's default is wrong; expected N per second, minute, "
	    "hour or "
	    "day, N from 1 to 1000000" },
	{ "two defaults for one limit", { { .name = "A" } }, { { "B", "1/day" }, { "B", "2/day" } },
	    "B: two routes give it different defaults" },
};

static void
author(void **state)
{
	const struct author_row *row = *state;
	const char *none[] = { NULL };
	struct postern_route two[2] = { public_route, public_route };
	struct postern_service wrong = open_service;
	struct reading reading;

	two[0].limit = row->limits[0];
	two[1].limit = row->limits[1];
	wrong.routes = two;
	wrong.route_count = 2;
	wrong.settings = row->settings;
	wrong.setting_count = row->settings[1].name == NULL ? 1 : 2;
	reading_of(&reading, &wrong, none);
	print_faults(&reading);
	assert_null(reading.config);
	assert_int_equal(reading.faults.count, 1);
	assert_string_equal(reading.faults.texts[0], row->fault);
	reading_end(&reading);
}

static void
a_service_may_have_48_settings(void **state)
{
	static char names[CONFIG_MAX_SETTINGS + 1][8];
	static struct postern_setting many[CONFIG_MAX_SETTINGS + 1];
	const char *none[] = { NULL };
	struct postern_service big = open_service;
	struct reading reading;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(many); i++) {
		(void)snprintf(names[i], sizeof(names[i]), "N%zu", i);
		many[i].name = names[i];
	}
	big.settings = many;
	big.setting_count = CONFIG_MAX_SETTINGS;
	reading_of(&reading, &big, none);
	assert_non_null(reading.config);
	reading_end(&reading);
	big.setting_count++;
	reading_of(&reading, &big, none);
	assert_true(has_fault(&reading, "the service's table: more than 48 settings"));
	reading_end(&reading);
}

/* --- the key --------------------------------------------------------------------------------- */

static void
a_key_is_required_where_a_route_is_not_public(void **state)
{
	const char *none[] = { NULL }, *wrong[] = { "JWT_PUBLIC_KEY=x", NULL };
	struct postern_route route = public_route;
	struct postern_service guarded = open_service;
	struct reading reading;

	(void)state;
	route.is_public = false;
	guarded.routes = &route;
	reading_of(&reading, &guarded, none);
	assert_int_equal(reading.faults.count, 1);
	assert_true(has_fault(
	    &reading, "JWT_PUBLIC_KEY: required, for there are routes that are not public"));
	reading_end(&reading);
	reading_of(&reading, &guarded, wrong);
	assert_int_equal(reading.faults.count, 1);
	reading_end(&reading);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_stand_in_the_services_order),
		cmocka_unit_test(names_of_the_service_may_begin_as_ours_do),
		cmocka_unit_test(a_service_may_have_48_settings),
		cmocka_unit_test(a_key_is_required_where_a_route_is_not_public),
	};
	int failures = RUN_ROWS(limit_rows, limit);

	failures += RUN_ROWS(rows, value);
	failures += RUN_ROWS(author_rows, author);
	return failures + cmocka_run_group_tests(tests, NULL, NULL);
}
