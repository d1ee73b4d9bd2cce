/*
 * Files under Landlock: each row is one deed in a child of its own, bound to four folders (read,
 * write, store, and one that is not named) and a device. Run with as much of Landlock as this
 * kernel has, and with less, as older ones would.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../core/rows.h"
#include "sandbox/landlock.h"

#include <errno.h>

enum { MAX_PATH = 512, HANGS_S = 20, CANNOT_ENTER = 90 };

static char base[MAX_PATH]; /* .../read .../write .../store .../other, each with a file `old` */

static const char *
path_of(const char *name)
{
	static char path[2][2 * MAX_PATH];
	static unsigned turn;

	turn = !turn;
	(void)snprintf(path[turn], sizeof(path[turn]), "%s/%s", base, name);
	return name[0] == '/' ? name : path[turn];
}

/* --- deeds: 0, or errno ---------------------------------------------------------------------- */

typedef int deed(const char *what);

static int
opened(const char *what, int flags)
{
	const int fd = open(path_of(what), flags | O_CLOEXEC, 0600);

	if (fd < 0)
		return errno;
	(void)close(fd);
	return 0;
}

static int
reads(const char *what)
{
	return opened(what, O_RDONLY);
}

static int
writes(const char *what)
{
	return opened(what, O_WRONLY);
}

static int
makes(const char *what)
{
	return opened(what, O_WRONLY | O_CREAT | O_EXCL);
}

static int
empties(const char *what)
{
	return opened(what, O_WRONLY | O_TRUNC);
}

static int
cuts(const char *what)
{
	return truncate(path_of(what), 0) == 0 ? 0 : errno;
}

static int
removes(const char *what)
{
	return unlink(path_of(what)) == 0 ? 0 : errno;
}

static int
makes_folder(const char *what)
{
	return mkdir(path_of(what), 0700) == 0 ? 0 : errno;
}

static int
makes_link(const char *what)
{
	return symlink("/etc", path_of(what)) == 0 ? 0 : errno;
}

static int
makes_fifo(const char *what)
{
	return mkfifo(path_of(what), 0600) == 0 ? 0 : errno;
}

static int
renames_within(const char *what)
{
	return rename(path_of("write/old"), path_of(what)) == 0 ? 0 : errno;
}

static int
moves_out_of_store(const char *what)
{
	return rename(path_of("store/old"), path_of(what)) == 0 ? 0 : errno;
}

static int
runs(const char *what)
{
	char *const words[] = { NULL };

	(void)execve(path_of(what), words, words);
	return errno;
}

static int
looks_at(const char *what)
{
	struct stat status;

	return stat(path_of(what), &status) == 0 ? 0 : errno;
}

static int
connects(const char *what)
{
	const struct sockaddr_in name = {
		.sin_family = AF_INET,
		.sin_port = htons(1),
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)what;
	return connect(fd, (const struct sockaddr *)&name, sizeof(name)) == 0 ? 0 : errno;
}

static int
binds(const char *what)
{
	const struct sockaddr_in name = {
		.sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)what;
	return bind(fd, (const struct sockaddr *)&name, sizeof(name)) == 0 ? 0 : errno;
}

static int
signals_parent(const char *what)
{
	(void)what;
	return kill(getppid(), 0) == 0 ? 0 : errno;
}

/* --- the rows -------------------------------------------------------------------------------- */

static const struct row {
	const char *name;
	deed *deed;
	const char *what;
	int expected; /* errno; 0: done */
	int since;    /* the version of Landlock that knows */
	int older;    /* errno with an older one */
} rows[] = {
	{ "a file to read", reads, "read/old", 0, 1, 0 },
	{ "a folder to read", reads, "read", 0, 1, 0 },
	{ "writing what is to read", writes, "read/old", EACCES, 1, 0 },
	{ "emptying what is to read", cuts, "read/old", EACCES, 3, 0 },
	{ "a new file where there is to read", makes, "read/new", EACCES, 1, 0 },
	{ "removing what is to read", removes, "read/old", EACCES, 1, 0 },
	{ "running what is to read", runs, "read/old", EACCES, 1, 0 },

	{ "a file to write", writes, "write/old", 0, 1, 0 },
	{ "emptying it", empties, "write/old", 0, 1, 0 },
	{ "cutting it", cuts, "write/old", 0, 1, 0 },
	{ "a new file", makes, "write/new", 0, 1, 0 },
	{ "removing one", removes, "write/old", 0, 1, 0 },
	{ "a new folder", makes_folder, "write/folder", 0, 1, 0 },
	{ "a new name", renames_within, "write/renamed", 0, 1, 0 },
	{ "a link to elsewhere", makes_link, "write/link", EACCES, 1, 0 },
	{ "a FIFO", makes_fifo, "write/fifo", EACCES, 1, 0 },
	{ "a new name in a folder that is not named", renames_within, "other/renamed", EACCES, 1,
	    0 },

	{ "a store to read", reads, "store/old", 0, 1, 0 },
	{ "a store to write", writes, "store/old", 0, 1, 0 },
	{ "a journal beside it", makes, "store/old-journal", 0, 1, 0 },
	{ "a journal that is done with", removes, "store/old", 0, 1, 0 },
	{ "a store that shrinks", cuts, "store/old", 0, 1, 0 },
	{ "its folder", reads, "store", 0, 1, 0 },
	{ "a folder in a store", makes_folder, "store/folder", EACCES, 1, 0 },
	{ "a store that moves away", moves_out_of_store, "write/stolen", EXDEV, 1, 0 },

	{ "a folder that is not named", reads, "other", EACCES, 1, 0 },
	{ "a file in it", reads, "other/old", EACCES, 1, 0 },
	{ "writing it", writes, "other/old", EACCES, 1, 0 },
	{ "removing it", removes, "other/old", EACCES, 1, 0 },
	{ "a new file there", makes, "other/new", EACCES, 1, 0 },
	{ "a way around", reads, "read/../other/old", EACCES, 1, 0 },
	{ "a link out of a folder to read", reads, "read/out", EACCES, 1, 0 },
	{ "accounts", reads, "/etc/passwd", EACCES, 1, 0 },
	{ "the root", reads, "/", EACCES, 1, 0 },
	{ "what a process is doing", reads, "/proc/1/status", EACCES, 1, 0 },
	{ "one's own memory", reads, "/proc/self/mem", EACCES, 1, 0 },
	{ "that a file is there stays visible", looks_at, "/etc/passwd", 0, 1, 0 },

	{ "a device to read", reads, "/dev/null", 0, 1, 0 },
	{ "a device to write", writes, "/dev/null", 0, 1, 0 },
	{ "another device", reads, "/dev/zero", EACCES, 1, 0 },

	{ "a connection", connects, NULL, EACCES, 4, ECONNREFUSED },
	{ "an address of one's own", binds, NULL, EACCES, 4, 0 },
	{ "a signal to the parent", signals_parent, NULL, EPERM, 6, 0 },
};

/* --- a stage for each ------------------------------------------------------------------------ */

static void
file_make(const char *name)
{
	const int fd = open(path_of(name), O_WRONLY | O_CREAT | O_CLOEXEC, 0700);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "old", 3), 3);
	assert_int_equal(close(fd), 0);
}

static void
stage_up(void)
{
	static const char *const folders[] = { "read", "write", "store", "other" };
	const char *temporary = getenv("TMPDIR");
	char name[32];
	size_t i;

	(void)snprintf(base, sizeof(base), "%.200s/postern-sandbox-XXXXXX",
	    temporary == NULL || temporary[0] == '\0' ? "/tmp" : temporary);
	assert_non_null(mkdtemp(base));
	for (i = 0; i < COUNT_OF(folders); i++) {
		assert_int_equal(mkdir(path_of(folders[i]), 0700), 0);
		(void)snprintf(name, sizeof(name), "%s/old", folders[i]);
		file_make(name);
	}
	assert_int_equal(symlink("/etc/passwd", path_of("read/out")), 0);
}

static int
forget(
    const char *path, const struct stat *status UNUSED, int flag UNUSED, struct FTW *place UNUSED)
{
	return remove(path);
}

static void
stage_down(void)
{
	assert_int_equal(nftw(base, forget, 16, FTW_DEPTH | FTW_PHYS), 0);
}

static int
live(const struct row *row, int abi)
{
	static const struct landlock_network no_network;
	char read_path[MAX_PATH + 16], write_path[MAX_PATH + 16], store_path[MAX_PATH + 16];
	const struct sandbox_path paths[] = {
		{ read_path, SANDBOX_READ }, { write_path, SANDBOX_WRITE },
		{ store_path, SANDBOX_STORE }, { "/dev/null", SANDBOX_DEVICE },
		{ "/nowhere/at/all", SANDBOX_WRITE }, /* what is not there is passed over */
	};

	(void)alarm(HANGS_S);
	(void)snprintf(read_path, sizeof(read_path), "%s/read", base);
	(void)snprintf(write_path, sizeof(write_path), "%s/write", base);
	(void)snprintf(store_path, sizeof(store_path), "%s/store", base);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    landlock_enter(abi, paths, COUNT_OF(paths), &no_network) != NULL)
		return CANNOT_ENTER;
	return row->deed(row->what);
}

static int
outcome_with(const struct row *row, int abi)
{
	int status = 0;
	pid_t child;

	stage_up();
	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(live(row, abi));
	assert_int_equal(waitpid(child, &status, 0), child);
	stage_down();
	assert_true(WIFEXITED(status));
	assert_int_not_equal(WEXITSTATUS(status), CANNOT_ENTER);
	return WEXITSTATUS(status);
}

static void
file(void **state)
{
	const struct row *row = *state;
	const int newest = landlock_abi();
	int abi;

	if (newest == 0)
		skip();
	for (abi = 1; abi <= newest && abi <= SANDBOX_LANDLOCK_ABI; abi++) {
		const int expected = abi >= row->since ? row->expected : row->older;
		const int found = outcome_with(row, abi);

		if (found != expected)
			fail_msg("with version %d: %s instead of %s", abi, strerror(found),
			    strerror(expected));
	}
}

/* --- the rest -------------------------------------------------------------------------------- */

static void
without_landlock_nothing_is_bound(void **state UNUSED)
{
	const struct row reading = { .deed = reads, .what = "/etc/passwd" };

	assert_int_equal(outcome_with(&reading, 0), 0);
}

static int
connects_where_it_may(const char *what)
{
	static const struct landlock_network network = { .connects = true };

	if (landlock_enter(landlock_abi(), NULL, 0, &network) != NULL)
		return CANNOT_ENTER;
	if (binds(what) != (landlock_abi() >= 4 ? EACCES : 0))
		return 1;
	return connects(what);
}

static void
a_service_that_connects_may(void **state UNUSED)
{
	const struct row connecting = { .deed = connects_where_it_may };

	if (landlock_abi() == 0)
		skip();
	assert_int_equal(outcome_with(&connecting, 0), ECONNREFUSED);
}

static int
binds_without_promise(void)
{
	static const struct landlock_network no_network;
	const char *failed = landlock_enter(landlock_abi(), NULL, 0, &no_network);

	return failed != NULL && strcmp(failed, "landlock_restrict") == 0 ? 0 : 1;
}

/* no_new_privs is what makes it the right of everybody but root. */
static void
a_failure_is_told(void **state UNUSED)
{
	int status = 0;
	pid_t child;

	if (landlock_abi() == 0 || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
		skip();
	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0)
			_exit(2);
		_exit(binds_without_promise());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_landlock_nothing_is_bound),
		cmocka_unit_test(a_service_that_connects_may),
		cmocka_unit_test(a_failure_is_told),
	};

	return RUN_ROWS(rows, file) + cmocka_run_group_tests(tests, NULL, NULL);
}
