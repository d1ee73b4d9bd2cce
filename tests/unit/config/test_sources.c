/*
 * Where values come from: files beside variables, and secrets that have left the environment. The
 * tests of the latter change this process's own environment, so they name settings that no other
 * test here uses.
 */
#include "settings.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_PATH = 256 };

static char folder[MAX_PATH];

static int
folder_up(void **state)
{
	const char *base = getenv("TMPDIR");

	(void)state;
	(void)snprintf(folder, sizeof(folder), "%.200s/postern-config-XXXXXX",
	    base == NULL || base[0] == '\0' ? "/tmp" : base);
	return mkdtemp(folder) == NULL ? -1 : 0;
}

static int
folder_down(void **state)
{
	(void)state;
	return rmdir(folder);
}

static void
path_make(char ret_path[2 * MAX_PATH], const char *name)
{
	(void)snprintf(ret_path, 2 * MAX_PATH, "%s/%s", folder, name);
}

static void
file_write(const char *path, const char *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), (ssize_t)len);
	assert_int_equal(close(fd), 0);
}

/* JWT_ISSUER_FILE is a file with this content. */
static void
read_issuer(struct reading *reading, struct slice content)
{
	char path[2 * MAX_PATH], variable[3 * MAX_PATH];
	char *environment[] = { variable, NULL };

	path_make(path, "issuer");
	(void)snprintf(variable, sizeof(variable), "JWT_ISSUER_FILE=%s", path);
	file_write(path, content.data, content.len);
	reading_start(reading, &open_service, environment);
	assert_int_equal(unlink(path), 0);
}

struct row {
	const char *name;
	struct slice content;
	const char *issuer, *fault;
};

static const struct row rows[] = {
	{ "a line", SLICE("issuer\n"), "issuer", NULL },
	{ "no newline", SLICE("issuer"), "issuer", NULL },
	{ "an empty file is the default", SLICE(""), NULL, NULL },
	{ "a newline alone is the default", SLICE("\n"), NULL, NULL },
	{ "two newlines", SLICE("issuer\n\n"), NULL,
	    "JWT_ISSUER: holds control characters or is no UTF-8" },
	{ "a NUL", SLICE("iss\0uer"), NULL, "JWT_ISSUER: holds control characters or is no UTF-8" },
};

static void
file(void **state)
{
	const struct row *row = *state;
	struct reading reading;

	read_issuer(&reading, row->content);
	print_faults(&reading);
	assert_int_equal(reading.config == NULL, row->fault != NULL);
	if (row->fault != NULL)
		assert_true(has_fault(&reading, row->fault));
	else if (row->issuer == NULL)
		assert_null(reading.config->jwt_issuer);
	else
		assert_string_equal(reading.config->jwt_issuer, row->issuer);
	reading_end(&reading);
}

static void
a_file_may_have_64_kib_and_not_more(void **state)
{
	static char content[CONFIG_MAX_VALUE + 1];
	struct reading reading;

	(void)state;
	memset(content, 'a', sizeof(content));
	read_issuer(&reading, slice_make(content, CONFIG_MAX_VALUE));
	assert_non_null(reading.config);
	assert_int_equal(strlen(reading.config->jwt_issuer), CONFIG_MAX_VALUE);
	reading_end(&reading);
	read_issuer(&reading, slice_make(content, CONFIG_MAX_VALUE + 1));
	assert_true(has_fault(&reading, "JWT_ISSUER: the file of JWT_ISSUER_FILE is too large"));
	reading_end(&reading);
}

static void
a_variable_may_have_64_kib_and_not_more(void **state)
{
	static char variable[sizeof("JWT_ISSUER=") + CONFIG_MAX_VALUE + 1] = "JWT_ISSUER=";
	char *environment[] = { variable, NULL };
	struct reading reading;

	(void)state;
	memset(variable + strlen(variable), 'a', CONFIG_MAX_VALUE);
	reading_start(&reading, &open_service, environment);
	assert_non_null(reading.config);
	reading_end(&reading);
	variable[strlen(variable)] = 'a';
	reading_start(&reading, &open_service, environment);
	assert_true(has_fault(&reading, "JWT_ISSUER: longer than 65536 bytes"));
	reading_end(&reading);
}

static void
what_is_no_regular_file_is_a_fault(void **state)
{
	const char *missing[] = { "JWT_ISSUER_FILE=/nonexistent/file", NULL };
	const char *directory[] = { "JWT_ISSUER_FILE=/", NULL };
	const char *device[] = { "JWT_ISSUER_FILE=/dev/null", NULL };
	struct reading reading;

	(void)state;
	reading_of(&reading, &open_service, missing);
	assert_true(
	    has_fault(&reading, "JWT_ISSUER: the file of JWT_ISSUER_FILE cannot be opened"));
	reading_end(&reading);
	reading_of(&reading, &open_service, directory);
	assert_true(
	    has_fault(&reading, "JWT_ISSUER: the file of JWT_ISSUER_FILE is no regular file"));
	reading_end(&reading);
	reading_of(&reading, &open_service, device);
	assert_true(
	    has_fault(&reading, "JWT_ISSUER: the file of JWT_ISSUER_FILE is no regular file"));
	reading_end(&reading);
}

/* A FIFO without a writer would hold up whoever opens it to read. */
static void
a_fifo_does_not_block(void **state)
{
	char path[2 * MAX_PATH], variable[3 * MAX_PATH];
	char *environment[] = { variable, NULL };
	struct reading reading;

	(void)state;
	path_make(path, "fifo");
	(void)snprintf(variable, sizeof(variable), "JWT_ISSUER_FILE=%s", path);
	assert_int_equal(mkfifo(path, 0600), 0);
	reading_start(&reading, &open_service, environment);
	assert_int_equal(unlink(path), 0);
	assert_true(
	    has_fault(&reading, "JWT_ISSUER: the file of JWT_ISSUER_FILE is no regular file"));
	reading_end(&reading);
}

static void
a_setting_and_its_file_together_are_a_fault(void **state)
{
	const char *both[] = { "JWT_ISSUER=a", "JWT_ISSUER_FILE=/nonexistent", NULL };
	const char *empty[] = { "JWT_ISSUER=", "JWT_ISSUER_FILE=", NULL };
	const char *one[] = { "JWT_ISSUER=a", "JWT_ISSUER_FILE=", NULL };
	struct reading reading;

	(void)state;
	reading_of(&reading, &open_service, both);
	assert_int_equal(reading.faults.count, 1);
	assert_true(
	    has_fault(&reading, "JWT_ISSUER: given twice, as JWT_ISSUER and as JWT_ISSUER_FILE"));
	reading_end(&reading);
	reading_of(&reading, &open_service, empty);
	assert_null(reading.config->jwt_issuer);
	reading_end(&reading);
	reading_of(&reading, &open_service, one);
	assert_string_equal(reading.config->jwt_issuer, "a");
	reading_end(&reading);
}

static void
a_value_and_the_other_names_file_must_agree(void **state)
{
	const char *variables[] = { "WORKER_TIMEOUT=5", "GUNICORN_TIMEOUT_FILE=/nonexistent",
		NULL };
	struct reading reading;

	(void)state;
	reading_of(&reading, &open_service, variables);
	assert_true(has_fault(
	    &reading, "GUNICORN_TIMEOUT: the file of GUNICORN_TIMEOUT_FILE cannot be opened"));
	reading_end(&reading);
}

static void
the_first_of_two_entries_counts(void **state)
{
	const char *variables[] = { "JWT_ISSUER=first", "JWT_ISSUER=second", NULL };
	struct reading reading;

	(void)state;
	reading_of(&reading, &open_service, variables);
	assert_string_equal(reading.config->jwt_issuer, "first");
	reading_end(&reading);
}

/* --- secrets --------------------------------------------------------------------------------- */

#define KEY "0123456789abcdef0123456789abcdef"

static const struct postern_setting secret_settings[] = {
	{ .name = "NOTES_PASSWORD", .type = POSTERN_SETTING_TEXT, .is_secret = true },
	{ .name = "NOTES_TITLE", .type = POSTERN_SETTING_TEXT },
};

static const struct postern_service secret_service = {
	POSTERN_SERVICE_ABI,
	.name = "notes",
	.routes = &public_route,
	.route_count = 1,
	.settings = secret_settings,
	.setting_count = COUNT_OF(secret_settings),
};

/*
 * This process's environment is `variables` for a while. They are of the caller's stack and stay
 * readable, which shows what was overwritten.
 */
static char **
environment_swap(char **variables)
{
	char **before = environ;

	environ = variables;
	return before;
}

static void
secrets_leave_the_environment_and_are_read_again(void **state)
{
	char key[] = "LOG_PSEUDONYM_KEY=" KEY, again[] = "LOG_PSEUDONYM_KEY=again";
	char password[] = "NOTES_PASSWORD=secret", title[] = "NOTES_TITLE=open";
	char store[] = "RATELIMIT_STORAGE_URI=memory://";
	char *variables[] = { key, password, again, title, store, NULL };
	char **before = environment_swap(variables);
	struct reading reading;

	(void)state;
	config_wipe_secrets(&secret_service);
	assert_null(getenv("LOG_PSEUDONYM_KEY"));
	assert_null(getenv("NOTES_PASSWORD"));
	assert_null(getenv("RATELIMIT_STORAGE_URI"));
	assert_string_equal(getenv("NOTES_TITLE"), "open");
	assert_string_equal(key, "LOG_PSEUDONYM_KEY=");
	assert_string_equal(again, "LOG_PSEUDONYM_KEY=");
	assert_string_equal(store, "RATELIMIT_STORAGE_URI=");
	assert_memory_equal(password, "NOTES_PASSWORD=\0\0\0\0\0\0", sizeof(password));
	for (int i = 0; i < 2; i++) {
		reading_start(&reading, &secret_service, environ);
		assert_non_null(reading.config);
		assert_string_equal(reading.config->log_pseudonym_key, KEY);
		assert_string_equal(reading.config->extras[0].text, "secret");
		assert_string_equal(reading.config->extras[1].text, "open");
		assert_string_equal(reading.config->rate_limit_uri, "memory://");
		reading_end(&reading);
		config_wipe_secrets(&secret_service);
	}
	environ = before;
}

static void
what_is_no_setting_leaves_the_environment(void **state)
{
	char other[] = "AWS_SECRET_ACCESS_KEY=secret", odd[] = "odd", locale[] = "LC_ALL=C";
	char zone[] = "TZ=UTC", title[] = "NOTES_TITLE=open", file[] = "JWT_PUBLIC_KEY_FILE=/x";
	char later[] = "STATUS_LISTEN=x", spelling[] = "GUNICORN_TIMEOUT=3", path[] = "PATHS=/x";
	static char constant[] = "ADDED_LATER=secret";
	char *variables[] = { other, locale, odd, zone, title, constant, file, path, later,
		spelling, NULL };
	char *const left[] = { locale, zone, title, file, later, spelling };
	char **before = environment_swap(variables);

	(void)state;
	config_reduce_environment(&secret_service);
	for (size_t i = 0; i < COUNT_OF(left); i++)
		assert_ptr_equal(environ[i], left[i]);
	assert_null(environ[COUNT_OF(left)]);
	assert_memory_equal(other, (char[sizeof(other)]) { 0 }, sizeof(other));
	assert_memory_equal(odd, (char[sizeof(odd)]) { 0 }, sizeof(odd));
	assert_string_equal(title, "NOTES_TITLE=open");
	/* Not of the kernel's making, and maybe not to be written to. */
	assert_string_equal(constant, "ADDED_LATER=secret");
	environ = NULL;
	config_reduce_environment(&secret_service);
	assert_null(environ);
	environ = before;
}

static void
a_new_secret_replaces_the_kept_one(void **state)
{
	char first[] = "NOTES_PASSWORD=first", second[] = "NOTES_PASSWORD=the second one";
	char *with_first[] = { first, NULL }, *with_second[] = { second, NULL };
	char **before = environment_swap(with_first);
	struct reading reading;

	(void)state;
	config_wipe_secrets(&secret_service);
	environ = with_second;
	reading_start(&reading, &secret_service, environ);
	assert_string_equal(reading.config->extras[0].text, "the second one");
	reading_end(&reading);
	config_wipe_secrets(&secret_service);
	reading_start(&reading, &secret_service, environ);
	assert_string_equal(reading.config->extras[0].text, "the second one");
	reading_end(&reading);
	environ = before;
}

static void
kept_secrets_are_not_lent_to_another_environment(void **state)
{
	char password[] = "NOTES_PASSWORD=secret";
	char *variables[] = { password, NULL };
	const char *none[] = { NULL };
	char **before = environment_swap(variables);
	struct reading reading;

	(void)state;
	config_wipe_secrets(&secret_service);
	reading_of(&reading, &secret_service, none);
	assert_null(reading.config->extras[0].text);
	reading_end(&reading);
	environ = before;
}

/* Too long to be kept: after the wipe it must be a fault, not a setting that was never given. */
static void
a_secret_that_could_not_be_kept_is_a_fault(void **state)
{
	static char password[CONFIG_MAX_VALUE + 256] = "NOTES_PASSWORD=";
	char *variables[] = { password, NULL };
	char **before = environment_swap(variables);
	struct reading reading;

	(void)state;
	memset(password + strlen(password), 'a', CONFIG_MAX_VALUE + 200);
	config_wipe_secrets(&secret_service);
	reading_start(&reading, &secret_service, environ);
	assert_null(reading.config);
	assert_true(has_fault(&reading, "NOTES_PASSWORD: could not be kept in memory"));
	reading_end(&reading);
	environ = before;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_may_have_64_kib_and_not_more),
		cmocka_unit_test(a_variable_may_have_64_kib_and_not_more),
		cmocka_unit_test(what_is_no_regular_file_is_a_fault),
		cmocka_unit_test(a_fifo_does_not_block),
		cmocka_unit_test(a_setting_and_its_file_together_are_a_fault),
		cmocka_unit_test(a_value_and_the_other_names_file_must_agree),
		cmocka_unit_test(the_first_of_two_entries_counts),
		cmocka_unit_test(secrets_leave_the_environment_and_are_read_again),
		cmocka_unit_test(what_is_no_setting_leaves_the_environment),
		cmocka_unit_test(a_new_secret_replaces_the_kept_one),
		cmocka_unit_test(kept_secrets_are_not_lent_to_another_environment),
		cmocka_unit_test(a_secret_that_could_not_be_kept_is_a_fault),
	};
	int failures;

	if (folder_up(NULL) != 0)
		return 1;
	failures = RUN_ROWS(rows, file) + cmocka_run_group_tests(tests, NULL, NULL);
	return failures + (folder_down(NULL) != 0);
}
