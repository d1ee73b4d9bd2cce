/* Loading a directory of policies: what is found, what is refused, and how a change shows. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "authz/directory.h"
#include "fixture.h"

#define ANY "permit (principal, action, resource);\n"

struct loading_row {
	const char *name;
	const char *files[4][2]; /* name, content */
	size_t policies;         /* 0: refused */
	const char *fault;
};

static const struct loading_row loading_rows[] = {
	{ "one file", { { "a.cedar", ANY } }, 1, NULL },
	{ "files in folders",
	    { { "a.cedar", ANY }, { "x/b.cedar", ANY ANY }, { "x/y/c.cedar", ANY } }, 4, NULL },
	{ "names that are not for us",
	    { { "a.cedar", ANY }, { "README.md", "?" }, { "b.cedar~", "?" }, { "cedar", "?" } }, 1,
	    NULL },
	{ "hidden names", { { "a.cedar", ANY }, { ".b.cedar", "?" }, { ".x/c.cedar", "?" } }, 1,
	    NULL },
	{ "an empty file beside another", { { "a.cedar", ANY }, { "b.cedar", "// nothing\n" } }, 1,
	    NULL },
	{ "nothing", { { NULL, NULL } }, 0, "AUTHORIZATION_POLICIES_DIR: holds no .cedar file" },
	{ "no policy in any file", { { "a.cedar", "// nothing" } }, 0, "holds no policy" },
	{ "a policy that is wrong",
	    { { "a.cedar", ANY }, { "x/b.cedar", ANY "permit (principal = 1);" } }, 0,
	    "x/b.cedar:2:19: expected ',' behind the scope of 'principal', found '='" },
	{ "a caret under the place", { { "b.cedar", "permit (x);" } }, 0,
	    "permit (x);\n          ^" },
	{ "a template, which nobody links",
	    { { "a.cedar", ANY },
		{ "b.cedar", "permit (principal == ?principal, action, resource);" } },
	    0, "b.cedar:1: this is a template, and nothing here links it" },
	{ "a schema alone", { { "documents.cedarschema", "" } }, 0, "holds no .cedar file" },
	{ "folders too deep", { { "a.cedar", ANY }, { "1/2/3/4/5/6/7/8/b.cedar", ANY } }, 0,
	    "1/2/3/4/5/6/7/8: lies too deep" },
	{ "a folder with the name of a file", { { "a.cedar", ANY }, { "b.cedar/c.cedar", ANY } }, 2,
	    NULL },
};

static void
loads_or_is_refused(void **state)
{
	const struct loading_row *row = *state;
	const struct authz *authz;
	struct fixture fixture;

	fixture_init(&fixture);
	for (size_t i = 0; i < COUNT_OF(row->files) && row->files[i][0] != NULL; i++)
		fixture_write(&fixture, row->files[i][0], row->files[i][1]);
	authz = authz_new(&fixture.arena, &fixture.config, &fixture.service, &fixture.faults);
	if (row->policies == 0) {
		assert_null(authz);
		if (!fixture_has_fault(&fixture, row->fault))
			fail_msg("%s", fixture.faults.texts[0]);
	} else {
		assert_int_equal(fixture.faults.count, 0);
		assert_non_null(authz);
		assert_int_equal(authz_policy_count(authz), row->policies);
	}
	fixture_done(&fixture);
}

static void
faults_of_all_files_come_at_once(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture);
	fixture_write(&fixture, "a.cedar", "permit;\npermit;\n");
	fixture_write(&fixture, "b.cedar", "forbid;\n");
	fixture.routes[0].resource = "Document";
	fixture.routes[1].resource = NULL;
	fixture.routes[2].resource = "if::{document_id}";
	fixture.routes[3].resource = "Action::x";
	fixture.routes[4].resource = "User::{}";
	assert_null(authz_new(&fixture.arena, &fixture.config, &fixture.service, &fixture.faults));
	assert_int_equal(fixture.faults.count, 8);
	assert_true(fixture_has_fault(&fixture, "a.cedar:1:7"));
	assert_true(fixture_has_fault(&fixture, "a.cedar:2:7"));
	assert_true(fixture_has_fault(&fixture, "b.cedar:1:7"));
	assert_true(fixture_has_fault(
	    &fixture, "route /documents/{document_id}: the resource is not of the form"));
	assert_true(fixture_has_fault(
	    &fixture, "route /documents/{document_id}/summary: an action needs a resource"));
	assert_true(fixture_has_fault(&fixture,
	    "route /documents/{document_id}: the resource's type is no Cedar entity type"));
	assert_true(fixture_has_fault(
	    &fixture, "route /documents: the resource's type is no Cedar entity type"));
	fixture_done(&fixture);
}

static void
more_errors_than_are_kept_are_mentioned(void **state)
{
	char text[30 * 8 + 1] = "";
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture);
	for (int i = 0; i < 30; i++)
		strcat(text, "permit;\n");
	fixture_write(&fixture, "a.cedar", text);
	assert_null(authz_new(&fixture.arena, &fixture.config, &fixture.service, &fixture.faults));
	assert_int_equal(fixture.faults.count, 21);
	assert_true(fixture_has_fault(&fixture, "a.cedar: has more errors than these"));
	fixture_done(&fixture);
}

static void
an_empty_action_or_namespace_is_a_fault(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture);
	fixture_write(&fixture, "a.cedar", ANY);
	fixture.routes[0].action = "";
	assert_null(authz_new(&fixture.arena, &fixture.config, &fixture.service, &fixture.faults));
	assert_true(fixture_has_fault(&fixture, "the action is empty"));
	fixture.service.cedar_namespace = "de mo";
	assert_null(authz_new(&fixture.arena, &fixture.config, &fixture.service, &fixture.faults));
	assert_true(fixture_has_fault(&fixture, "cedar_namespace is no Cedar name"));
	fixture_done(&fixture);
}

static void
what_cannot_be_read_is_a_fault(void **state)
{
	char path[512];
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture);
	fixture_write(&fixture, "a.cedar", ANY);
	(void)snprintf(path, sizeof(path), "%s/none", fixture.folder);
	fixture.config.policies_dir = path;
	assert_null(authz_new(&fixture.arena, &fixture.config, &fixture.service, &fixture.faults));
	assert_true(fixture_has_fault(&fixture, "AUTHORIZATION_POLICIES_DIR: cannot be read"));
	fixture.config.policies_dir = fixture.folder;
	/* a link that leads nowhere might have been the policy that forbids */
	(void)snprintf(path, sizeof(path), "%s/b.cedar", fixture.folder);
	assert_int_equal(symlink("nowhere", path), 0);
	assert_null(authz_new(&fixture.arena, &fixture.config, &fixture.service, &fixture.faults));
	assert_true(fixture_has_fault(&fixture, "b.cedar: cannot be read"));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_null(authz_new(&fixture.arena, &fixture.config, &fixture.service, &fixture.faults));
	assert_true(fixture_has_fault(&fixture, "b.cedar: is no ordinary file"));
	fixture_done(&fixture);
}

static void
symbolic_links_are_followed_but_not_in_circles(void **state)
{
	char path[512];
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture);
	fixture_write(&fixture, ".data/a.cedar", ANY);
	(void)snprintf(path, sizeof(path), "%s/a.cedar", fixture.folder);
	assert_int_equal(symlink(".data/a.cedar", path), 0);
	(void)snprintf(path, sizeof(path), "%s/more", fixture.folder);
	assert_int_equal(symlink(".data", path), 0);
	assert_int_equal(authz_policy_count(fixture_load(&fixture)), 2);
	(void)snprintf(path, sizeof(path), "%s/.data/back", fixture.folder);
	assert_int_equal(symlink("..", path), 0);
	assert_null(authz_new(&fixture.arena, &fixture.config, &fixture.service, &fixture.faults));
	assert_true(fixture_has_fault(&fixture, "a symbolic link leads back"));
	fixture_done(&fixture);
}

static void
sizes_and_counts_are_bounded(void **state)
{
	char *large = malloc(AUTHZ_MAX_FILE_BYTES + 2), name[64];
	struct fixture fixture;

	(void)state;
	assert_non_null(large);
	memset(large, '\n', AUTHZ_MAX_FILE_BYTES + 1);
	large[AUTHZ_MAX_FILE_BYTES + 1] = '\0';
	fixture_init(&fixture);
	fixture_write(&fixture, "a.cedar", ANY);
	fixture_write(&fixture, "b.cedar", large + 1);
	assert_int_equal(authz_policy_count(fixture_load(&fixture)), 1);
	fixture_write(&fixture, "b.cedar", large);
	assert_null(authz_new(&fixture.arena, &fixture.config, &fixture.service, &fixture.faults));
	assert_true(fixture_has_fault(&fixture, "b.cedar: is too large"));
	for (int i = 0; i < 17; i++) {
		(void)snprintf(name, sizeof(name), "large%02d.cedar", i);
		fixture_write(&fixture, name, large + 1);
	}
	assert_null(authz_new(&fixture.arena, &fixture.config, &fixture.service, &fixture.faults));
	assert_true(fixture_has_fault(&fixture, "too large altogether"));
	for (int i = 0; i < AUTHZ_MAX_FILES; i++) {
		(void)snprintf(name, sizeof(name), "many/%04d.cedar", i);
		fixture_write(&fixture, name, "");
	}
	assert_null(authz_new(&fixture.arena, &fixture.config, &fixture.service, &fixture.faults));
	assert_true(fixture_has_fault(&fixture, "holds too many files"));
	fixture_done(&fixture);
	free(large);
}

/* Root lends itself another effective user for the time of the test. */
static void
files_that_the_server_may_write_are_refused(void **state)
{
	struct fixture fixture;
	uid_t user = geteuid();
	char path[512];

	(void)state;
	fixture_init(&fixture);
	fixture_write(&fixture, "x/a.cedar", ANY);
	fixture.config.environment = ENVIRONMENT_PRODUCTION;
	if (user == 0) {
		assert_non_null(fixture_load(&fixture));
		(void)snprintf(path, sizeof(path), "%s/x/a.cedar", fixture.folder);
		assert_int_equal(chown(path, 65534, 65534), 0);
		assert_int_equal(chmod(fixture.folder, 0755), 0);
		assert_int_equal(seteuid(65534), 0);
		if (eaccess(fixture.folder, X_OK) != 0) {
			/* the temporary folder lies where nobody else may go */
			assert_int_equal(seteuid(user), 0);
			fixture_done(&fixture);
			skip();
		}
	}
	assert_null(authz_new(&fixture.arena, &fixture.config, &fixture.service, &fixture.faults));
	assert_true(
	    fixture_has_fault(&fixture, "x/a.cedar: must not be writable by the user who serves"));
	assert_int_equal(
	    fixture_has_fault(&fixture, "the folder must not be writable by the user who serves"),
	    user != 0);
	fixture.config.environment = ENVIRONMENT_STAGING;
	assert_null(authz_new(&fixture.arena, &fixture.config, &fixture.service, &fixture.faults));
	fixture.config.environment = ENVIRONMENT_DEVELOPMENT;
	assert_non_null(fixture_load(&fixture));
	assert_int_equal(seteuid(user), 0);
	fixture_done(&fixture);
}

static void
the_digest_tells_sets_apart(void **state)
{
	struct fixture fixture;
	char first[17];

	(void)state;
	fixture_init(&fixture);
	fixture_write(&fixture, "a.cedar", ANY);
	(void)snprintf(first, sizeof(first), "%s", authz_digest(fixture_load(&fixture)));
	assert_int_equal(strspn(first, "0123456789abcdef"), 16);
	assert_string_equal(authz_digest(fixture_load(&fixture)), first);
	fixture_write(&fixture, "b.cedar", "");
	assert_string_not_equal(authz_digest(fixture_load(&fixture)), first);
	fixture_write(&fixture, "a.cedar", "");
	fixture_write(&fixture, "b.cedar", ANY);
	assert_string_not_equal(authz_digest(fixture_load(&fixture)), first);
	fixture_done(&fixture);
}

static void
the_stamp_shows_a_change(void **state)
{
	struct fixture fixture;
	uint64_t stamp, next;
	char path[512];

	(void)state;
	fixture_init(&fixture);
	assert_int_not_equal(authz_directory_stamp(fixture.folder), 0);
	fixture_write(&fixture, "a.cedar", ANY);
	stamp = authz_directory_stamp(fixture.folder);
	assert_int_equal(authz_directory_stamp(fixture.folder), stamp);
	fixture_write(&fixture, "a.cedar", ANY " ");
	next = authz_directory_stamp(fixture.folder);
	assert_int_not_equal(next, stamp);
	(void)snprintf(path, sizeof(path), "%s/a.cedar", fixture.folder);
	assert_int_equal(
	    utimensat(AT_FDCWD, path, (struct timespec[2]) { { 0, 0 }, { 7, 0 } }, 0), 0);
	assert_int_not_equal(authz_directory_stamp(fixture.folder), next);
	(void)snprintf(path, sizeof(path), "%s/none", fixture.folder);
	assert_int_equal(authz_directory_stamp(path), 0);
	fixture_done(&fixture);
}

static void
memory_may_end_at_any_step(void **state)
{
	struct fixture fixture;
	bool done = false;

	(void)state;
	fixture_init(&fixture);
	fixture_write(
	    &fixture, "a.cedar", ANY "permit (principal, action, resource) when { 1 == 2 };");
	for (size_t ceiling = 0; !done; ceiling += 128) {
		struct arena arena;

		arena_init(&arena, 4096, ceiling);
		done =
		    authz_new(&arena, &fixture.config, &fixture.service, &fixture.faults) != NULL;
		arena_done(&arena);
		assert_true(ceiling < 65536);
		assert_true(done || fixture.faults.count > 0);
		fixture.faults.count = 0;
	}
	fixture_done(&fixture);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults_of_all_files_come_at_once),
		cmocka_unit_test(more_errors_than_are_kept_are_mentioned),
		cmocka_unit_test(an_empty_action_or_namespace_is_a_fault),
		cmocka_unit_test(what_cannot_be_read_is_a_fault),
		cmocka_unit_test(symbolic_links_are_followed_but_not_in_circles),
		cmocka_unit_test(sizes_and_counts_are_bounded),
		cmocka_unit_test(files_that_the_server_may_write_are_refused),
		cmocka_unit_test(the_digest_tells_sets_apart),
		cmocka_unit_test(the_stamp_shows_a_change),
		cmocka_unit_test(memory_may_end_at_any_step),
	};

	return RUN_ROWS(loading_rows, loads_or_is_refused) +
	       cmocka_run_group_tests_name("policies", tests, NULL, NULL);
}
