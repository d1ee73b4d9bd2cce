/* Connections from one worker to another: what was given is taken, whole and in order, or stays. */
#include "check.h"

#include <fcntl.h>
#include <sys/socket.h>

#include "process/handover.h"
#include "process/held.h"

static struct handover handover;

static int
set_up(void **state UNUSED)
{
	assert_true(handover_open(&handover));
	return 0;
}

static int
tear_down(void **state UNUSED)
{
	handover_close(&handover);
	return 0;
}

/* A connection whose front has sent `text`; the front's end is returned. */
static int
connect_with(const char *text, int *ret_fd)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	assert_int_equal(write(fds[0], text, strlen(text)), strlen(text));
	*ret_fd = fds[1];
	return fds[0];
}

static void
nothing_is_taken_where_nothing_was_given(void **state UNUSED)
{
	int fds[HANDOVER_BATCH];

	assert_int_equal(handover_take(&handover, fds), 0);
}

/* The giver closes its own, and neither the front nor a byte of it is lost. */
static void
a_connection_goes_on(void **state UNUSED)
{
	int given, taken[HANDOVER_BATCH], front = connect_with("request", &given);
	char room[16];

	assert_true(handover_give(&handover, &given, 1));
	close(given);
	assert_int_equal(handover_take(&handover, taken), 1);
	assert_int_equal(fcntl(taken[0], F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	assert_int_equal(read(taken[0], room, sizeof(room)), 7);
	assert_int_equal(write(taken[0], "answer", 6), 6);
	assert_int_equal(read(front, room, sizeof(room)), 6);
	close(taken[0]);
	assert_int_equal(read(front, room, sizeof(room)), 0);
	close(front);
}

static void
batches_keep_their_borders(void **state UNUSED)
{
	static const size_t sizes[] = { 3, HANDOVER_BATCH, 1 };
	int given[HANDOVER_BATCH], taken[HANDOVER_BATCH], fronts[HANDOVER_BATCH];
	size_t i, k;

	for (i = 0; i < COUNT_OF(sizes); i++) {
		for (k = 0; k < sizes[i]; k++)
			fronts[k] = connect_with("x", &given[k]);
		assert_true(handover_give(&handover, given, sizes[i]));
		for (k = 0; k < sizes[i]; k++) {
			close(given[k]);
			close(fronts[k]);
		}
	}
	for (i = 0; i < COUNT_OF(sizes); i++) {
		assert_int_equal(handover_take(&handover, taken), sizes[i]);
		for (k = 0; k < sizes[i]; k++)
			close(taken[k]);
	}
	assert_int_equal(handover_take(&handover, taken), 0);
}

/* All that one worker can hold fits; what does not is told of, and stays the giver's. */
static void
the_queue_has_an_end(void **state UNUSED)
{
	int fds[HANDOVER_BATCH], given[2], taken[HANDOVER_BATCH];
	size_t i, count = 0, back = 0;

	assert_int_equal(pipe2(given, O_CLOEXEC), 0);
	for (i = 0; i < HANDOVER_BATCH; i++)
		fds[i] = given[0];
	while (count < 100000 && handover_give(&handover, fds, HANDOVER_BATCH))
		count++;
	assert_in_range(count, HELD_MAX / HANDOVER_BATCH, 99999);
	assert_int_not_equal(fcntl(given[0], F_GETFD), -1);
	while (handover_take(&handover, taken) == HANDOVER_BATCH) {
		for (i = 0; i < HANDOVER_BATCH; i++)
			close(taken[i]);
		back++;
	}
	assert_int_equal(back, count);
	close(given[0]);
	close(given[1]);
}

static void
closed_it_takes_and_gives_nothing(void **state UNUSED)
{
	struct handover closed;
	int given, taken[HANDOVER_BATCH], front = connect_with("", &given);

	assert_true(handover_open(&closed));
	handover_close(&closed);
	handover_close(&closed);
	assert_false(handover_give(&closed, &given, 1));
	assert_int_equal(handover_take(&closed, taken), 0);
	close(given);
	close(front);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    nothing_is_taken_where_nothing_was_given, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_connection_goes_on, set_up, tear_down),
		cmocka_unit_test_setup_teardown(batches_keep_their_borders, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_queue_has_an_end, set_up, tear_down),
		cmocka_unit_test(closed_it_takes_and_gives_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
