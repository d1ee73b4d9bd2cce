/*
 * What a start finds wrong with what was asked of the sandbox, and which files are in reach of whom
 * once it is entered.
 */
#include "check.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <postern/service.h>

#include "../core/rows.h"
#include "process/confine.h"
#include "process/current.h"
#include "process/generation.h"
#include "sandbox/landlock.h"

static const struct postern_route route = {
	.methods = POSTERN_GET, .path = "/a", .handler = postern_health, .is_public = true
};
static const struct postern_setting settings[] = {
	{ .name = "STORE", .type = POSTERN_SETTING_SQLITE_URL },
	{ .name = "TITLE", .type = POSTERN_SETTING_TEXT },
};

#define SERVICE(...)                                                                            \
	{                                                                                       \
		POSTERN_SERVICE_ABI, .name = "svc", .routes = &route, .route_count = 1,         \
				     .settings = settings, .setting_count = COUNT_OF(settings), \
				     __VA_ARGS__                                                \
	}
#define PLAIN SERVICE(.version = "1")
#define CALLS(...)                                              \
	.sandbox_calls = (const char *const[]) { __VA_ARGS__ }, \
	.sandbox_call_count = COUNT_OF(((const char *[]) { __VA_ARGS__ }))
#define READS(...)                                                   \
	.sandbox_read_paths = (const char *const[]) { __VA_ARGS__ }, \
	.sandbox_read_path_count = COUNT_OF(((const char *[]) { __VA_ARGS__ }))

#define EIGHT "read", "read", "read", "read", "read", "read", "read", "read"
static const char *const many[] = { EIGHT, EIGHT, EIGHT, EIGHT, EIGHT, EIGHT, EIGHT, EIGHT,
	"read" };

enum { MAX_VARIABLES = 6, ROOM = 256 };

static const struct row {
	const char *name;
	struct postern_service service;
	const char *variables[MAX_VARIABLES];
	const char *fault; /* NULL: none */
} rows[] = {
	{ "nothing", PLAIN, { NULL }, NULL },
	{ "off", PLAIN, { "SANDBOX=off" }, NULL },
	{ "log", PLAIN, { "SANDBOX=log" }, NULL },
	{ "calls", SERVICE(CALLS("socket", "connect", "clone")), { NULL }, NULL },
	{ "a call that is none", SERVICE(CALLS("socket", "sockets")), { NULL },
	    "the service's table: entry 2 of sandbox_calls is no system call" },
	{ "a call without a name", SERVICE(CALLS(NULL)), { NULL },
	    "the service's table: entry 1 of sandbox_calls is no system call" },
	{ "a call that nobody gets", SERVICE(CALLS("ptrace")), { NULL },
	    "the service's table: entry 1 of sandbox_calls is never let through" },
	{ "a fault of the author's is told without a sandbox, too", SERVICE(CALLS("bpf")),
	    { "SANDBOX=off" },
	    "the service's table: entry 1 of sandbox_calls is never let through" },
	{ "65 calls", SERVICE(.sandbox_calls = many, .sandbox_call_count = 65), { NULL },
	    "the service's table: sandbox_calls has more than 64 entries" },
	{ "a number of calls without any", SERVICE(.sandbox_call_count = 1), { NULL },
	    "the service's table: entry 1 of sandbox_calls is no system call" },
	{ "paths of the author's", SERVICE(READS("/etc/ssl", "/nowhere/at/all")), { NULL }, NULL },
	{ "a path from somewhere", SERVICE(READS("/etc/ssl", "etc")), { NULL },
	    "the service's table: entry 2 of sandbox_read_paths is no absolute path, or the root" },
	{ "the root", SERVICE(READS("/")), { NULL },
	    "the service's table: entry 1 of sandbox_read_paths is no absolute path, or the root" },
	{ "a path without a name", SERVICE(READS(NULL)), { NULL },
	    "the service's table: entry 1 of sandbox_read_paths is no absolute path, or the root" },
	{ "paths of the operator's", PLAIN,
	    { "SANDBOX_READ_PATHS=/etc:/proc/version", "SANDBOX_WRITE_PATHS=/tmp" }, NULL },
	{ "one that is not there", PLAIN, { "SANDBOX_READ_PATHS=/etc:/nowhere" },
	    "SANDBOX_READ_PATHS: entry 2 is not there, or out of the service's reach" },
	{ "one to write that is not there", PLAIN, { "SANDBOX_WRITE_PATHS=/nowhere" },
	    "SANDBOX_WRITE_PATHS: entry 1 is not there, or out of the service's reach" },
	{ "one that is not there and not needed", PLAIN,
	    { "SANDBOX=off", "SANDBOX_READ_PATHS=/nowhere" }, NULL },
	{ "the root by another name", PLAIN, { "SANDBOX_WRITE_PATHS=/proc/.." },
	    "SANDBOX_WRITE_PATHS: entry 1 is the root of the file system" },
	{ "a store in the root", PLAIN, { "STORE=sqlite:///store.db" },
	    "SANDBOX: a store lies in the root of the file system" },
	{ "counters in the root", PLAIN, { "RATE_LIMIT_STORAGE_URI=sqlite:///limits.db" },
	    "SANDBOX: a store lies in the root of the file system" },
	{ "a store that is not there yet", PLAIN, { "STORE=sqlite:///nowhere/store.db" }, NULL },
};

/* A generation that has read these variables and nothing else; production, but for them. */
static struct generation *
read_generation(const struct postern_service *service, const char *const *variables)
{
	char *environment[MAX_VARIABLES + 1] = { NULL };
	struct generation *generation = generation_new(service, 1);
	size_t i;

	for (i = 0; i < MAX_VARIABLES && variables[i] != NULL; i++)
		memcpy(&environment[i], &variables[i], sizeof(environment[i]));
	assert_non_null(generation);
	if (!generation_read(generation, environment))
		fail_msg("%s", generation->faults.texts[0]);
	return generation;
}

static void
fault(void **state)
{
	const struct row *row = *state;
	struct generation *generation = read_generation(&row->service, row->variables);
	struct arena arena;
	struct sandbox *sandbox;

	arena_init(&arena, 4096, 256 * 1024);
	sandbox = confine_prepare(&arena, generation, CONFINED_WORKER);
	if (row->fault == NULL) {
		if (generation->faults.count != 0)
			fail_msg("%s", generation->faults.texts[0]);
		assert_non_null(sandbox);
	} else {
		assert_int_equal(generation->faults.count, 1);
		assert_string_equal(generation->faults.texts[0], row->fault);
		assert_null(sandbox);
	}
	generation_free(generation);
	arena_done(&arena);
}

/* --- who reaches what ------------------------------------------------------------------------ */

static char folder[256];

static const char *
in_folder(const char *name)
{
	static char path[4][2 * ROOM];
	static unsigned turn;

	turn = (turn + 1) % COUNT_OF(path);
	(void)snprintf(path[turn], sizeof(path[turn]), "%s%s", folder, name);
	return path[turn];
}

static const char *const files[] = { "/store/a.db", "/limits/b.db", "/named/c", "/other/d" };

static int
make_files(void **state UNUSED)
{
	static const char *const folders[] = { "/store", "/limits", "/named", "/other" };
	size_t i;

	check_folder_make(folder);
	for (i = 0; i < COUNT_OF(folders); i++)
		if (mkdir(in_folder(folders[i]), 0700) != 0 ||
		    close(open(in_folder(files[i]), O_CREAT | O_WRONLY | O_CLOEXEC, 0600)) != 0)
			return -1;
	/* A database that lies elsewhere than its name. */
	return symlink(in_folder("/store/a.db"), in_folder("/a-link.db"));
}

static int
remove_files(void **state UNUSED)
{
	static const char *const folders[] = { "/store", "/limits", "/named", "/other", "" };
	size_t i;

	for (i = 0; i < COUNT_OF(files); i++)
		(void)unlink(in_folder(files[i]));
	(void)unlink(in_folder("/a-link.db"));
	for (i = 0; i < COUNT_OF(folders); i++)
		if (rmdir(in_folder(folders[i])) != 0)
			return -1;
	return 0;
}

static bool
can_write(const char *name)
{
	const int fd = open(in_folder(name), O_RDWR | O_CLOEXEC);

	if (fd >= 0)
		(void)close(fd);
	return fd >= 0;
}

/* One bit for each file that can be written, one more for what can only be read. */
static int
reach(enum confined who, const struct postern_service *service, const char *const *variables)
{
	struct generation *generation = read_generation(service, variables);
	const struct current current = { service, generation->config, NULL };
	int reached = 0;
	struct sandbox *sandbox;
	struct arena arena;
	size_t i;

	arena_init(&arena, 4096, 256 * 1024);
	sandbox = confine_prepare(&arena, generation, CONFINED_WORKER);
	current_set(&current);
	if (sandbox == NULL || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    !confine(sandbox, who, &current, NULL))
		return 255;
	for (i = 0; i < COUNT_OF(files); i++)
		reached |= (int)can_write(files[i]) << i;
	return reached | (int)(open("/etc/hostname", O_RDONLY | O_CLOEXEC) >= 0) << i;
}

static int
reach_in_child(enum confined who)
{
	const struct postern_service service = PLAIN;
	static char store[3 * ROOM], counters[3 * ROOM], named[3 * ROOM];
	const char *const variables[MAX_VARIABLES] = { store, counters, named, "LOG_LEVEL=info" };
	int status = 0;
	pid_t child;

	(void)snprintf(store, sizeof(store), "STORE=sqlite://%s", in_folder("/a-link.db"));
	(void)snprintf(counters, sizeof(counters), "RATE_LIMIT_STORAGE_URI=sqlite://%s",
	    in_folder("/limits/b.db"));
	(void)snprintf(named, sizeof(named), "SANDBOX_WRITE_PATHS=%s", in_folder("/named/c"));
	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(reach(who, &service, variables));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
each_reaches_its_own_files_and_no_other(void **state UNUSED)
{
	if (landlock_abi() == 0)
		skip();
	assert_int_equal(reach_in_child(CONFINED_WORKER), 1 | 4);
	assert_int_equal(reach_in_child(CONFINED_LEDGER), 2);
	assert_int_equal(reach_in_child(CONFINED_CGI), 1 | 2 | 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    each_reaches_its_own_files_and_no_other, make_files, remove_files),
	};

	return RUN_ROWS(rows, fault) + cmocka_run_group_tests(tests, NULL, NULL);
}
