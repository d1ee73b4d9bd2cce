/* PID_FILE: who holds it, who may take it, and what becomes of it. */
#include "check.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "process/pidfile.h"

static char folder[256], path[300], other[300];

static int
set_up(void **state UNUSED)
{
	check_folder_make(folder);
	(void)snprintf(path, sizeof(path), "%s/pid", folder);
	(void)snprintf(other, sizeof(other), "%s/other", folder);
	return 0;
}

static int
tear_down(void **state UNUSED)
{
	(void)unlink(path);
	(void)rmdir(path);
	(void)unlink(other);
	assert_int_equal(rmdir(folder), 0);
	return 0;
}

static void
put(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static long
number_in(const char *name)
{
	char text[64] = "";
	FILE *file = fopen(name, "r");

	assert_non_null(file);
	if (fgets(text, sizeof(text), file) == NULL)
		text[0] = '\0';
	(void)fclose(file);
	return strtol(text, NULL, 10);
}

static struct pidfile
take(void)
{
	struct pidfile file = PIDFILE_NONE;
	pid_t holder = 7;

	assert_null(pidfile_open(&file, path, geteuid(), &holder));
	assert_int_equal(holder, 0);
	return file;
}

static void
a_new_file(void **state UNUSED)
{
	const mode_t mask = umask(077);
	struct pidfile file = take();
	struct stat status;
	pid_t pid = 0;

	(void)umask(mask);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, PIDFILE_MODE);
	assert_int_equal(number_in(path), getpid());
	assert_null(pidfile_ask(path, &pid));
	assert_int_equal(pid, getpid());
	pidfile_remove(&file);
	assert_int_equal(access(path, F_OK), -1);
	assert_string_equal(pidfile_ask(path, &pid), "there is no such file");
	pidfile_remove(&file); /* twice is once */
}

static const struct row {
	const char *name, *text;
} stale[] = {
	{ "an empty one", "" },
	{ "one that names a living process", "1\n" },
	{ "one with a longer number", "999999999\nand more\n" },
	{ "one with no number", "not a number" },
};

static void
what_nobody_holds_is_replaced(void **state UNUSED)
{
	for (size_t i = 0; i < COUNT_OF(stale); i++) {
		char expected[32];
		struct pidfile file;
		struct stat status;
		pid_t pid;

		put(path, stale[i].text);
		assert_non_null(pidfile_ask(path, &pid));
		file = take();
		assert_int_equal(number_in(path), getpid());
		assert_int_equal(stat(path, &status), 0);
		assert_int_equal(
		    status.st_size, snprintf(expected, sizeof(expected), "%ld\n", (long)getpid()));
		pidfile_remove(&file);
	}
}

static void
what_somebody_holds_is_refused_with_his_name(void **state UNUSED)
{
	struct pidfile file = take(), second = PIDFILE_NONE;
	pid_t holder = 0;

	assert_string_equal(
	    pidfile_open(&second, path, geteuid(), &holder), "is held by a running process");
	assert_int_equal(holder, getpid());
	assert_int_equal(second.fd, -1);
	assert_int_equal(number_in(path), getpid());
	pidfile_remove(&file);
}

/* What is at the path is neither followed, nor waited for, nor written. */
static void
what_is_no_file_of_ours(void **state UNUSED)
{
	struct pidfile file = PIDFILE_NONE;
	pid_t holder;

	put(other, "precious\n");
	assert_int_equal(symlink(other, path), 0);
	assert_string_equal(
	    pidfile_open(&file, path, geteuid(), &holder), "a symbolic link is in the way");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(link(other, path), 0);
	assert_string_equal(
	    pidfile_open(&file, path, geteuid(), &holder), "the file has other names");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_string_equal(pidfile_open(&file, path, geteuid(), &holder),
	    "something that is no file is in the way");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_non_null(pidfile_open(&file, path, geteuid(), &holder));
	assert_int_equal(number_in(other), 0);
	assert_int_equal(file.fd, -1);
}

static void
a_file_of_somebody_else(void **state UNUSED)
{
	struct pidfile file = PIDFILE_NONE;
	pid_t holder;

	if (geteuid() != 0)
		skip();
	put(path, "1\n");
	assert_int_equal(chown(path, 65534, 65534), 0);
	assert_string_equal(
	    pidfile_open(&file, path, 0, &holder), "the file belongs to somebody else");
	assert_null(pidfile_open(&file, path, 65534, &holder));
	pidfile_remove(&file);
}

/* A new binary is given the descriptor; the former manager sees that the file is no more its own. */
static void
it_is_passed_on(void **state UNUSED)
{
	struct pidfile file = take();
	int status, fd = pidfile_fd(&file);
	pid_t child, holder;

	fflush(NULL);
	if ((child = fork()) == 0) {
		struct pidfile heir = PIDFILE_NONE, stranger = PIDFILE_NONE;
		bool is_right = pidfile_open(&stranger, path, geteuid(), &holder) != NULL &&
				pidfile_adopt(&heir, path, fd) == NULL && pidfile_write(&heir);

		_exit(is_right ? 0 : 1);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(number_in(path), child);
	/* It failed in the end: the former one takes the file back. */
	assert_true(pidfile_write(&file));
	assert_int_equal(number_in(path), getpid());
	/* The next one serves. */
	put(path, "12345678\n");
	pidfile_remove(&file);
	assert_int_equal(number_in(path), 12345678);
}

static void
a_descriptor_that_will_not_do(void **state UNUSED)
{
	struct pidfile file = take(), second = PIDFILE_NONE;
	int fd = open(path, O_RDWR | O_CLOEXEC);

	assert_non_null(pidfile_adopt(&second, path, -1));
	assert_string_equal(pidfile_adopt(&second, path, fd), "is held by another process");
	close(fd);
	pidfile_remove(&file);
}

/* The lock lives with the descriptor: a child that forgot it keeps nobody out. */
static void
a_child_that_forgot_it(void **state UNUSED)
{
	struct pidfile file = take();
	int told[2], status;
	char byte;
	pid_t child, pid;

	assert_int_equal(pipe(told), 0);
	fflush(NULL);
	if ((child = fork()) == 0) {
		pidfile_forget(&file);
		close(told[1]);
		_exit(read(told[0], &byte, 1) == 0 ? 0 : 1);
	}
	assert_true(child > 0);
	/* As if the manager had been killed. */
	close(file.fd);
	while (pidfile_ask(path, &pid) == NULL) {
		/* It has not come to that yet. */
	}
	file = take();
	close(told[0]);
	close(told[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	pidfile_remove(&file);
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(a_new_file),
		CASE(what_nobody_holds_is_replaced),
		CASE(what_somebody_holds_is_refused_with_his_name),
		CASE(what_is_no_file_of_ours),
		CASE(a_file_of_somebody_else),
		CASE(it_is_passed_on),
		CASE(a_descriptor_that_will_not_do),
		CASE(a_child_that_forgot_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
