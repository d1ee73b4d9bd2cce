/*
 * The small parts of a start: shapes of older services, the command line, the copy of the
 * environment.
 */
#include "../core/rows.h"
#include "check.h"

#include <postern/log.h>

#include "config/config.h"
#include "log/log.h"
#include "process/abi.h"
#include "process/arguments.h"
#include "process/current.h"
#include "process/environment.h"

static int
command(int argc UNUSED, char **argv UNUSED)
{
	return 0;
}

static const struct postern_command commands[] = { { "seed", "fill the store", command } };
static const struct postern_setting settings[] = {
	{ .name = "ONE", .type = POSTERN_SETTING_TEXT },
	{ .name = "TWO", .type = POSTERN_SETTING_INTEGER },
	{ .name = "THREE", .type = POSTERN_SETTING_SQLITE_URL },
};
static const struct postern_route routes[] = {
	{ .methods = POSTERN_GET, .path = "/a", .is_public = true },
	{ .methods = POSTERN_GET, .path = "/b", .is_public = true },
};
static const struct postern_service service = {
	POSTERN_SERVICE_ABI,
	.name = "svc",
	.version = "1",
	.routes = routes,
	.route_count = COUNT_OF(routes),
	.settings = settings,
	.setting_count = COUNT_OF(settings),
	.commands = commands,
	.command_count = COUNT_OF(commands),
};

/*
 * --- arguments ---------------------------------------------------------------------------------
 */

static const struct argument_row {
	const char *name;
	const char *argv[4];
	enum arguments_task task;
} argument_rows[] = {
	{ "nothing: serve", { "svc" }, ARGUMENTS_SERVE },
	{ "not even a name: serve", { NULL }, ARGUMENTS_SERVE },
	{ "help", { "svc", "--help" }, ARGUMENTS_HELP },
	{ "version", { "svc", "--version" }, ARGUMENTS_VERSION },
	{ "settings", { "svc", "--help-settings" }, ARGUMENTS_HELP_SETTINGS },
	{ "check", { "svc", "--check" }, ARGUMENTS_CHECK },
	{ "a command", { "svc", "seed" }, ARGUMENTS_COMMAND },
	{ "a command with arguments", { "svc", "seed", "--help" }, ARGUMENTS_COMMAND },
	{ "an unknown word", { "svc", "serve" }, ARGUMENTS_USAGE },
	{ "an unknown option", { "svc", "--hepl" }, ARGUMENTS_USAGE },
	{ "an empty word", { "svc", "" }, ARGUMENTS_USAGE },
	{ "an option too many", { "svc", "--check", "--version" }, ARGUMENTS_USAGE },
};

static void
check_arguments(void **state)
{
	const struct argument_row *row = *state;
	const struct postern_command *found = NULL;
	char *argv[5] = { NULL };
	int argc = 0;

	while (argc < 4 && row->argv[argc] != NULL) {
		argv[argc] = (char *)(uintptr_t)row->argv[argc];
		argc++;
	}
	assert_int_equal(arguments_parse(&service, argc, argv, &found), row->task);
	if (row->task == ARGUMENTS_COMMAND)
		assert_ptr_equal(found, &commands[0]);
	else
		assert_null(found);
}

static void
usage_names_options_and_commands(void **state UNUSED)
{
	char text[2048] = "";
	FILE *out = fmemopen(text, sizeof(text), "w");

	assert_non_null(out);
	arguments_print_usage(out, &service);
	fclose(out);
	assert_non_null(strstr(text, "usage: svc"));
	assert_non_null(strstr(text, "--check"));
	assert_non_null(strstr(text, "seed"));
	assert_non_null(strstr(text, "fill the store"));
}

/*
 * --- abi ---------------------------------------------------------------------------------------
 */

static struct arena arena;

static int
set_up(void **state UNUSED)
{
	arena_init(&arena, 4096, 65536);
	return 0;
}

static int
tear_down(void **state UNUSED)
{
	arena_done(&arena);
	return 0;
}

static void
the_shapes_of_1_0_never_change(void **state UNUSED)
{
	/* On a 64-bit machine. A new member goes behind these, and these numbers stay. */
	if (sizeof(void *) != 8)
		skip();
	assert_int_equal(abi_oldest.service_size, 152);
	assert_int_equal(abi_oldest.route_size, 72);
	assert_int_equal(abi_oldest.setting_size, 56);
	assert_int_equal(abi_oldest.command_size, 24);
}

static void
a_service_of_today_is_taken_as_it_is(void **state UNUSED)
{
	const char *text = NULL;

	assert_ptr_equal(abi_adopt(&arena, &service, &abi_oldest, &text), &service);
	assert_null(text);
}

/* The shapes of a service that knows neither `after`, nor limits, nor secrets. */
struct old_route {
	char bytes[offsetof(struct postern_route, limit)];
} __attribute__((aligned(8)));
struct old_setting {
	char bytes[offsetof(struct postern_setting, is_secret)];
} __attribute__((aligned(8)));

static void
an_older_service_is_widened(void **state UNUSED)
{
	struct old_route old_routes[2];
	struct old_setting old_settings[3];
	struct postern_service old = service;
	struct postern_abi oldest;
	const struct postern_service *adopted;
	const char *text = NULL;
	size_t i;

	for (i = 0; i < 2; i++)
		memcpy(&old_routes[i], &routes[i], sizeof(old_routes[i]));
	for (i = 0; i < 3; i++)
		memcpy(&old_settings[i], &settings[i], sizeof(old_settings[i]));
	old.routes = (const struct postern_route *)(const void *)old_routes;
	old.settings = (const struct postern_setting *)(const void *)old_settings;
	old.after = postern_health; /* rubbish behind the end of the old shape */
	old.sandbox_call_count = 1;
	old.abi.service_size = offsetof(struct postern_service, after);
	old.abi.route_size = sizeof(struct old_route);
	old.abi.setting_size = sizeof(struct old_setting);
	oldest = old.abi;

	adopted = abi_adopt(&arena, &old, &oldest, &text);
	assert_non_null(adopted);
	assert_ptr_not_equal(adopted, &old);
	assert_string_equal(adopted->name, "svc");
	assert_null(adopted->after);
	assert_int_equal(adopted->sandbox_call_count, 0);
	assert_string_equal(adopted->routes[1].path, "/b");
	assert_null(adopted->routes[1].limit.setting);
	assert_string_equal(adopted->settings[2].name, "THREE");
	assert_false(adopted->settings[2].is_secret);
	assert_string_equal(adopted->commands[0].name, "seed");
	assert_int_equal(adopted->abi.route_size, sizeof(struct postern_route));
}

static void
a_newer_service_is_refused(void **state UNUSED)
{
	struct postern_service newer = service;
	const char *text = NULL;

	newer.abi.service_size += 8;
	assert_null(abi_adopt(&arena, &newer, &abi_oldest, &text));
	assert_non_null(strstr(text, "newer"));
	newer.abi = service.abi;
	newer.abi.route_size += 8;
	assert_null(abi_adopt(&arena, &newer, &abi_oldest, &text));
}

static void
a_service_without_shapes_is_refused(void **state UNUSED)
{
	struct postern_service none = service;
	const char *text = NULL;

	none.abi = (struct postern_abi) { 0 };
	assert_null(abi_adopt(&arena, &none, &abi_oldest, &text));
	assert_non_null(strstr(text, "POSTERN_SERVICE_ABI"));
}

static void
adopting_needs_memory(void **state UNUSED)
{
	struct postern_service old = service;
	struct postern_abi oldest = abi_oldest;
	const char *text = NULL;
	struct arena small;

	old.abi.command_size = oldest.command_size = 16;
	arena_init(&small, 64, 64);
	assert_null(abi_adopt(&small, &old, &oldest, &text));
	assert_string_equal(text, "out of memory");
	arena_done(&small);
}

/*
 * --- environment and settings ------------------------------------------------------------------
 */

static void
the_copy_of_the_environment_stands_alone(void **state UNUSED)
{
	char first[] = "A=1", second[] = "B=";
	char *variables[] = { first, second, NULL };
	struct environment copy;

	assert_true(environment_copy(&copy, variables));
	first[2] = '9';
	assert_string_equal(copy.variables[0], "A=1");
	assert_string_equal(copy.variables[1], "B=");
	assert_null(copy.variables[2]);
	environment_done(&copy);
	environment_done(&copy);
	assert_null(copy.variables);
}

static void
an_environment_beyond_all_measure_is_refused(void **state UNUSED)
{
	char *big = malloc(ENVIRONMENT_CEILING + 1);
	char *variables[] = { big, NULL };
	struct environment copy;

	assert_non_null(big);
	memset(big, 'x', ENVIRONMENT_CEILING);
	big[ENVIRONMENT_CEILING] = '\0';
	assert_false(environment_copy(&copy, variables));
	environment_done(&copy);
	free(big);
}

static void
settings_are_found_by_name(void **state UNUSED)
{
	struct config_extra extras[] = { { .text = "x" }, { .text = "5", .integer = 5 },
		{ .text = "sqlite:////v/x.db", .path = "/v/x.db" } };
	const struct config config = { .extras = extras };
	const struct current current = { .service = &service, .config = &config }, none = { 0 };

	assert_null(postern_setting("ONE"));
	current_set(&current);
	assert_string_equal(postern_setting("ONE"), "x");
	assert_int_equal(postern_setting_integer("TWO"), 5);
	assert_string_equal(postern_setting_path("THREE"), "/v/x.db");
	assert_null(postern_setting("FOUR"));
	assert_null(postern_setting(NULL));
	assert_int_equal(postern_setting_integer("FOUR"), 0);
	assert_null(postern_setting_path("FOUR"));
	current_set(&none);
	assert_null(postern_setting("ONE"));
}

/*
 * --- postern_log -------------------------------------------------------------------------------
 */

static void
events_of_a_service_are_lines(void **state UNUSED)
{
	static const struct postern_event event = { "store.full", "the store is full",
		POSTERN_ERROR };
	static const struct postern_event quiet = { "store.look", "looked", POSTERN_DEBUG };
	const struct config config = { .service_name = "svc", .log_level = LEVEL_INFO };
	struct current current = { .service = &service, .config = &config }, none = { 0 };
	char text[1024];
	ssize_t len;
	int fds[2];

	postern_log(NULL, &event); /* before postern_main: nothing happens */
	assert_int_equal(pipe(fds), 0);
	current.log = log_new(&arena, fds[1], &config);
	assert_non_null(current.log);
	current_set(&current);
	postern_log(NULL, &quiet);
	postern_log(NULL, NULL);
	postern_log_number(NULL, &event, 42);
	len = read(fds[0], text, sizeof(text) - 1);
	assert_true(len > 0);
	text[len] = '\0';
	assert_non_null(strstr(text, "\"event_type\":\"store.full\""));
	assert_non_null(strstr(text, "\"level\":\"error\""));
	assert_non_null(strstr(text, "\"number\":42"));
	assert_ptr_equal(strchr(text, '\n'), text + len - 1);
	postern_log(NULL, &event);
	assert_true(read(fds[0], text, sizeof(text)) > 0);
	current_set(&none);
	log_done(current.log);
	close(fds[0]);
	close(fds[1]);
}

int
main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(usage_names_options_and_commands),
		cmocka_unit_test_setup_teardown(the_shapes_of_1_0_never_change, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_service_of_today_is_taken_as_it_is, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_older_service_is_widened, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_newer_service_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_service_without_shapes_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(adopting_needs_memory, set_up, tear_down),
		cmocka_unit_test(the_copy_of_the_environment_stands_alone),
		cmocka_unit_test(an_environment_beyond_all_measure_is_refused),
		cmocka_unit_test(settings_are_found_by_name),
		cmocka_unit_test_setup_teardown(events_of_a_service_are_lines, set_up, tear_down),
	};

	return RUN_ROWS(argument_rows, check_arguments) +
	       cmocka_run_group_tests(others, NULL, NULL);
}
