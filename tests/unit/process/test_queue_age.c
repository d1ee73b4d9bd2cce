/* How long an accepted connection has waited, by samples of its queue; and when they are taken. */
#include "../core/rows.h"
#include "check.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "core/clock.h"
#include "process/queue_age.h"
#include "process/queue_sampler.h"

enum { NOW_US = 10 * 1000 * 1000 };

/* The worker that asks sits in slot 0, and has counted the connection already. */
static const struct age_row {
	const char *name;
	struct {
		int64_t at_us;
		uint64_t arrived;
	} samples[4];
	struct {
		enum worker_state state;
		uint64_t accepted;
	} slots[3];
	int64_t expected_us;
} age_rows[] = {
	{ "without samples nothing is known", { { 0, 0 } }, { { WORKER_IDLE, 5 } }, 0 },
	{ "one that a sample knew was there", { { 4000000, 5 } }, { { WORKER_IDLE, 5 } }, 6000000 },
	{ "one that it did not know may have come since", { { 4000000, 5 } },
	    { { WORKER_IDLE, 6 } }, 0 },
	{ "the oldest sample that knew it counts",
	    { { 1000000, 3 }, { 2000000, 7 }, { 3000000, 9 } }, { { WORKER_IDLE, 6 } }, 8000000 },
	{ "all workers' connections are counted", { { 4000000, 5 } },
	    { { WORKER_IDLE, 3 }, { WORKER_BUSY, 3 } }, 0 },
	{ "a busy worker has counted", { { 4000000, 6 } },
	    { { WORKER_IDLE, 3 }, { WORKER_BUSY, 3 } }, 6000000 },
	{ "an idle one may have accepted a connection more", { { 4000000, 6 } },
	    { { WORKER_IDLE, 3 }, { WORKER_IDLE, 3 } }, 0 },
	{ "which a queue that was longer allows for", { { 4000000, 7 } },
	    { { WORKER_IDLE, 3 }, { WORKER_IDLE, 3 } }, 6000000 },
	{ "one that drains, too", { { 4000000, 6 } },
	    { { WORKER_IDLE, 3 }, { WORKER_DRAINING, 3 } }, 0 },
	{ "one that starts has accepted none", { { 4000000, 6 } },
	    { { WORKER_IDLE, 6 }, { WORKER_STARTING, 0 } }, 6000000 },
	{ "what a dead one accepted stays counted", { { 4000000, 6 } },
	    { { WORKER_IDLE, 3 }, { WORKER_EMPTY, 3 } }, 6000000 },
	{ "each of several idle ones may have one", { { 4000000, 7 } },
	    { { WORKER_IDLE, 3 }, { WORKER_IDLE, 1 }, { WORKER_IDLE, 2 } }, 0 },
};

static void
check_age(void **state)
{
	const struct age_row *row = *state;
	struct shared *shared = shared_new();
	unsigned i;

	assert_non_null(shared);
	atomic_store(&shared->slot_limit, COUNT_OF(row->slots));
	for (i = 0; i < COUNT_OF(row->samples) && row->samples[i].at_us != 0; i++)
		queue_age_note(shared, 1, row->samples[i].arrived, row->samples[i].at_us);
	for (i = 0; i < COUNT_OF(row->slots); i++) {
		atomic_store(&shared->slots[i].state, row->slots[i].state);
		counter_set(&shared->accepted[i].sockets[1], row->slots[i].accepted);
	}
	assert_int_equal(queue_age_of(shared, 0, 1, NOW_US), row->expected_us);
	assert_int_equal(queue_age_of(shared, 0, 0, NOW_US), 0); /* another socket's queue */
	queue_age_forget_all(shared);
	assert_int_equal(queue_age_of(shared, 0, 1, NOW_US), 0);
	shared_free(shared);
}

static void
samples_come_round(void **state UNUSED)
{
	struct shared *shared = shared_new();
	unsigned i;

	assert_non_null(shared);
	atomic_store(&shared->slot_limit, 1);
	queue_age_count(shared, 0, 0);
	for (i = 1; i <= 3 * SHARED_QUEUE_SAMPLES; i++)
		queue_age_note(shared, 0, 100, (int64_t)i * 1000);
	assert_int_equal(queue_age_of(shared, 0, 0, (int64_t)3 * SHARED_QUEUE_SAMPLES * 1000),
	    (SHARED_QUEUE_SAMPLES - 1) * 1000);
	shared_free(shared);
}

/*
 * A queue of people with tickets, served by workers that count late, forget to, and die: whatever
 * happens, nobody is believed to have come before he did.
 */
static void
nobody_is_taken_for_older_than_he_is(void **state UNUSED)
{
	enum { STEPS = 200000, ROOM = 4096, WORKERS = 4 };
	static int64_t came_us[ROOM];
	struct shared *shared = shared_new();
	uint64_t arrived = 0, taken = 0;
	bool is_in_hand[WORKERS] = { false };
	int64_t in_hand_us[WORKERS] = { 0 };
	uint32_t random = 12345;
	int64_t now_us = 1, known = 0;

	assert_non_null(shared);
	atomic_store(&shared->slot_limit, WORKERS);
	for (unsigned i = 0; i < WORKERS; i++)
		atomic_store(&shared->slots[i].state, WORKER_IDLE);
	for (unsigned step = 0; step < STEPS; step++) {
		const unsigned who = (random = random * 1664525 + 1013904223) >> 30;
		const unsigned what = (random = random * 1664525 + 1013904223) >> 28;

		now_us += 10;
		if (what < 6 && arrived - taken < ROOM - 1)
			came_us[arrived++ % ROOM] = now_us;
		else if (what < 8)
			queue_age_note(
			    shared, 0, queue_age_accepted(shared, 0) + (arrived - taken), now_us);
		else if (what < 11 && !is_in_hand[who] && taken < arrived) {
			is_in_hand[who] = true;
			in_hand_us[who] = came_us[taken++ % ROOM];
			atomic_store(&shared->slots[who].state, WORKER_IDLE);
		} else if (what < 15 && is_in_hand[who]) {
			int64_t age_us;

			queue_age_count(shared, who, 0);
			age_us = queue_age_of(shared, who, 0, now_us);
			assert_true(age_us <= now_us - in_hand_us[who]);
			known += age_us > 0;
			is_in_hand[who] = false;
			atomic_store(&shared->slots[who].state, WORKER_BUSY);
		} else if (what == 15 && step % 64 == 0) {
			/* It dies, with one in hand or not; the next one sits down in its place. */
			is_in_hand[who] = false;
			queue_age_forget_all(shared);
			atomic_store(&shared->slots[who].state, WORKER_EMPTY);
		}
	}
	assert_true(known > STEPS / 100); /* and of many something is known */
	shared_free(shared);
}

/*
 * --- the manager's clock -----------------------------------------------------------------------
 */

struct sampled {
	struct shared *shared;
	struct listeners listeners;
	struct queue_sampler sampler;
	char folder[256];
	int clients[2];
};

static void
sampled_begin(struct sampled *sampled)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*sampled = (struct sampled) { .shared = shared_new() };
	check_folder_make(sampled->folder);
	assert_true(
	    snprintf(address.sun_path, sizeof(address.sun_path), "%s/s", sampled->folder) > 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 8), 0);
	sampled->listeners.count = 1;
	sampled->listeners.items[0].fd = fd;
	for (unsigned i = 0; i < COUNT_OF(sampled->clients); i++) {
		sampled->clients[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		assert_int_equal(
		    connect(sampled->clients[i], (struct sockaddr *)&address, sizeof(address)), 0);
	}
	atomic_store(&sampled->shared->slot_limit, 1);
	queue_sampler_init(&sampled->sampler, sampled->shared, &sampled->listeners);
}

static void
sampled_end(struct sampled *sampled)
{
	char path[300];

	queue_sampler_done(&sampled->sampler);
	for (unsigned i = 0; i < COUNT_OF(sampled->clients); i++)
		close(sampled->clients[i]);
	close(sampled->listeners.items[0].fd);
	assert_true(snprintf(path, sizeof(path), "%s/s", sampled->folder) > 0);
	unlink(path);
	rmdir(sampled->folder);
	shared_free(sampled->shared);
}

static void
take(struct sampled *sampled)
{
	int fd = accept(sampled->listeners.items[0].fd, NULL, NULL);

	assert_true(fd >= 0);
	close(fd);
	queue_age_count(sampled->shared, 0, 0);
}

static void
nothing_is_asked_while_nobody_wants_to_know(void **state UNUSED)
{
	struct sampled sampled;

	sampled_begin(&sampled);
	assert_int_equal(queue_sampler_turn(&sampled.sampler, 0, 1000), 0);
	assert_int_equal(sampled.sampler.watch.fd, -1);
	sampled_end(&sampled);
}

static void
those_in_the_queue_grow_old_and_are_forgotten_with_it(void **state UNUSED)
{
	struct sampled sampled;
	int64_t began_us = clock_mono_us(), due_us;

	sampled_begin(&sampled);
	due_us = queue_sampler_turn(&sampled.sampler, 3200000, began_us);
	assert_int_equal(due_us, began_us + 100000); /* a 32nd of the patience */
	assert_int_equal(queue_sampler_turn(&sampled.sampler, 3200000, began_us + 5), due_us);
	if (!queue_watch_ask(&sampled.sampler.watch, 0).is_known) {
		sampled_end(&sampled);
		skip(); /* a kernel without sock_diag */
	}
	take(&sampled);
	assert_true(queue_age_of(sampled.shared, 0, 0, clock_mono_us() + 5000000) >= 5000000);
	/* Once the kernel does not answer: nobody is younger for that. */
	queue_watch_done(&sampled.sampler.watch);
	sampled.sampler.watch.fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	due_us = queue_sampler_turn(&sampled.sampler, 3200000, due_us);
	assert_int_equal(atomic_load(&sampled.shared->queues[0].has_any), 1);
	queue_watch_done(&sampled.sampler.watch);
	take(&sampled);
	assert_true(queue_age_of(sampled.shared, 0, 0, clock_mono_us() + 5000000) >= 5000000);
	/* A third one would not have been there. */
	queue_age_count(sampled.shared, 0, 0);
	assert_int_equal(queue_age_of(sampled.shared, 0, 0, clock_mono_us() + 5000000), 0);
	due_us = queue_sampler_turn(&sampled.sampler, 3200000, due_us);
	assert_int_equal(atomic_load(&sampled.shared->queues[0].has_any), 0);
	/* The setting was taken back by a reload. */
	assert_int_equal(queue_sampler_turn(&sampled.sampler, 0, due_us), 0);
	sampled_end(&sampled);
}

int
main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(samples_come_round),
		cmocka_unit_test(nobody_is_taken_for_older_than_he_is),
		cmocka_unit_test(nothing_is_asked_while_nobody_wants_to_know),
		cmocka_unit_test(those_in_the_queue_grow_old_and_are_forgotten_with_it),
	};

	return RUN_ROWS(age_rows, check_age) + cmocka_run_group_tests(others, NULL, NULL);
}
