/* The log's file: which may be used, and how another one reaches a worker. */
#include "check.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "process/log_file.h"
#include "process/log_renewal.h"

static char folder[256], path[300], other[300];
static int own_output;

static int
set_up(void **state UNUSED)
{
	fflush(NULL);
	own_output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10);
	assert_true(own_output >= 0);
	check_folder_make(folder);
	(void)snprintf(path, sizeof(path), "%s/log", folder);
	(void)snprintf(other, sizeof(other), "%s/other", folder);
	return 0;
}

static int
tear_down(void **state UNUSED)
{
	fflush(NULL);
	assert_int_equal(dup2(own_output, STDOUT_FILENO), STDOUT_FILENO);
	close(own_output);
	(void)unlink(path);
	(void)rmdir(path);
	(void)unlink(other);
	assert_int_equal(rmdir(folder), 0);
	return 0;
}

static bool
writes_to(const char *name)
{
	struct stat file, output;

	return stat(name, &file) == 0 && fstat(STDOUT_FILENO, &output) == 0 &&
	       file.st_dev == output.st_dev && file.st_ino == output.st_ino;
}

/* --- the file ---------------------------------------------------------------------------------- */

static void
a_file_is_made_and_appended_to(void **state UNUSED)
{
	const mode_t mask = umask(077);
	struct stat status;

	assert_null(log_file_use(path));
	(void)umask(mask);
	assert_true(writes_to(path));
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, LOG_FILE_MODE);
	assert_int_equal(write(STDOUT_FILENO, "a\n", 2), 2);
	/* Again, and with another name for the old one. */
	assert_int_equal(rename(path, other), 0);
	assert_null(log_file_use(path));
	assert_true(writes_to(path));
	assert_int_equal(rename(other, path), 0);
	assert_null(log_file_use(path));
	assert_int_equal(write(STDOUT_FILENO, "b\n", 2), 2);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_size, 4);
}

static void
what_is_no_file_of_ours_changes_nothing(void **state UNUSED)
{
	assert_null(log_file_use(other));
	assert_int_equal(symlink(other, path), 0);
	assert_string_equal(log_file_use(path), "a symbolic link is in the way");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(link(other, path), 0);
	assert_string_equal(log_file_use(path), "has other names");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_non_null(log_file_use(path));
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_non_null(log_file_use(path));
	assert_true(writes_to(other));
}

static void
what_is_there_is_not_prepared(void **state UNUSED)
{
	struct stat status;
	int fd;

	log_file_prepare(path, geteuid(), getegid());
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, LOG_FILE_MODE);
	assert_int_equal(unlink(path), 0);
	fd = open(other, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(symlink(other, path), 0);
	log_file_prepare(path, 65534, 65534);
	assert_int_equal(stat(other, &status), 0);
	assert_int_equal(status.st_uid, geteuid());
}

/* --- its way to the workers ---------------------------------------------------------------------- */

static void
use(const char *name)
{
	assert_null(log_file_use(name));
}

static void
each_takes_one(void **state UNUSED)
{
	struct log_renewal renewal;

	assert_true(log_renewal_open(&renewal));
	use(other);
	log_renewal_begin(&renewal, 2);
	assert_true(renewal.is_pending);
	assert_true(log_renewal_give(&renewal));
	assert_false(log_renewal_give(&renewal));
	use(path);
	assert_true(log_renewal_take(&renewal, 1));
	assert_true(writes_to(other));
	use(path);
	assert_true(log_renewal_take(&renewal, 1));
	assert_true(writes_to(other));
	assert_false(log_renewal_take(&renewal, 1));
	log_renewal_finish(&renewal);
	assert_false(renewal.is_pending);
	log_renewal_close(&renewal);
}

/* A worker died before it took its copy, and there is a new file by now. */
static void
an_old_one_is_passed_over(void **state UNUSED)
{
	struct log_renewal renewal;

	assert_true(log_renewal_open(&renewal));
	use(other);
	log_renewal_begin(&renewal, 3);
	assert_true(log_renewal_give(&renewal));
	use(path);
	log_renewal_begin(&renewal, 1);
	assert_true(log_renewal_give(&renewal));
	use(other);
	assert_true(log_renewal_take(&renewal, 2));
	assert_true(writes_to(path));
	assert_false(log_renewal_take(&renewal, 2));
	log_renewal_close(&renewal);
}

static void
what_is_left_goes(void **state UNUSED)
{
	struct log_renewal renewal;

	assert_true(log_renewal_open(&renewal));
	use(other);
	log_renewal_begin(&renewal, 3);
	assert_true(log_renewal_give(&renewal));
	log_renewal_finish(&renewal);
	use(path);
	assert_false(log_renewal_take(&renewal, 1));
	assert_true(writes_to(path));
	log_renewal_close(&renewal);
}

/* More than a queue holds: the rest follows when there is room. */
static void
many_take_turns(void **state UNUSED)
{
	struct log_renewal renewal;
	unsigned taken = 0;

	assert_true(log_renewal_open(&renewal));
	use(other);
	log_renewal_begin(&renewal, 1024);
	assert_true(log_renewal_give(&renewal));
	assert_true(renewal.left > 0);
	while (taken < 1024) {
		assert_true(log_renewal_take(&renewal, 1));
		taken++;
		(void)log_renewal_give(&renewal);
	}
	assert_int_equal(renewal.left, 0);
	assert_false(log_renewal_take(&renewal, 1));
	log_renewal_close(&renewal);
	log_renewal_close(&renewal);
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(a_file_is_made_and_appended_to),
		CASE(what_is_no_file_of_ours_changes_nothing),
		CASE(what_is_there_is_not_prepared),
		CASE(each_takes_one),
		CASE(an_old_one_is_passed_over),
		CASE(what_is_left_goes),
		CASE(many_take_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
