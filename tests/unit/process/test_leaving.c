/* postern_main from outside: how workers go, at a stop and at a reload, and what of it a front sees. */
#include "stage.h"

/*
 * --- stop and reload ---------------------------------------------------------------------------
 */

static void
term_lets_the_request_in_hand_finish(void **state)
{
	struct stage *stage = *state;
	const char *answer;
	int fd;

	serve(stage, NULL);
	fd = front_connect(stage);
	front_ask(fd, "/gate", true);
	play_wait(&stage->play, "gate.reached", NULL);
	assert_int_equal(kill(stage->play.pid, SIGTERM), 0);
	play_wait(&stage->play, "service.stopping", NULL);
	open_gate(gate);
	assert_non_null(answer = front_hear(fd));
	assert_non_null(strstr(answer, "\"passed\":true"));
	assert_true(is_closed(fd));
	close(fd);
	assert_int_equal(play_end(&stage->play), 0);
	assert_int_equal(play_count(&stage->play, "worker.died"), 0);
}

/* A kept connection is served on, by another process and with the new settings. */
static void
assert_new_on(int fd, long old_pid)
{
	const char *answer;

	front_ask(fd, "/who", true);
	assert_non_null(answer = front_hear(fd));
	assert_non_null(strstr(answer, "good evening"));
	assert_int_not_equal(play_number(answer, "\"pid\""), old_pid);
	close(fd);
}

static void
a_reload_reads_files_anew_and_loses_nothing(void **state)
{
	struct stage *stage = *state;
	const char *answer;
	long before, after;
	int kept, waiting;

	serve(stage, NULL);
	kept = front_connect(stage);
	front_ask(kept, "/who", true);
	assert_non_null(answer = front_hear(kept));
	before = play_number(answer, "\"pid\"");
	waiting = front_connect(stage);
	front_ask(waiting, "/gate", true);
	play_wait(&stage->play, "gate.reached", NULL);

	write_file(stage->greeting, "", "good evening");
	assert_int_equal(kill(stage->play.pid, SIGHUP), 0);
	play_wait(&stage->play, "worker.stopped", NULL); /* the old one that had nothing to do */
	assert_non_null(answer = front_exchange(stage, "/who"));
	assert_non_null(strstr(answer, "good evening"));
	after = play_number(answer, "\"pid\"");
	assert_int_not_equal(before, after);

	/* The other one may hold connections that were asked on: the reload is not complete. */
	assert_int_equal(play_count(&stage->play, "service.reloaded"), 0);
	open_gate(gate); /* it finishes what it has */
	assert_non_null(answer = front_hear(waiting));
	assert_non_null(strstr(answer, "\"passed\":true"));
	play_until(&stage->play, "service.reloaded", 1);
	play_until(&stage->play, "worker.stopped", 2);
	/* What the old ones held is the new ones' now: the front notices nothing. */
	assert_new_on(kept, before);
	assert_new_on(waiting, before);
	end(stage);
	assert_int_equal(play_count(&stage->play, "worker.died"), 0);
}

/* What arrives on a kept connection in the moment of a reload is answered, not cut off. */
/* Whenever in a reload a front asks on a kept connection, it is answered there. */
static void
kept_connections_survive_reloads(void **state)
{
	enum { KEPT = 40 /* and as many lines in the log's pipe */, RELOADS = 3 };
	struct stage *stage = *state;
	int fds[KEPT], reloads, i;

	serve(stage, NULL);
	for (i = 0; i < KEPT; i++) {
		fds[i] = front_connect(stage);
		front_ask(fds[i], "/who", true);
		assert_non_null(front_hear(fds[i]));
	}
	for (reloads = 0; reloads < RELOADS; reloads++) {
		play_skip(&stage->play);
		assert_int_equal(kill(stage->play.pid, SIGHUP), 0);
		for (i = 0; i < KEPT; i++) {
			front_ask(fds[i], "/health", true);
			assert_non_null(front_hear(fds[i]));
		}
		play_until(&stage->play, "service.reloaded", 1);
		play_until(&stage->play, "worker.stopped", 2);
		assert_int_equal(play_count(&stage->play, "worker.died"), 0);
	}
	for (i = 0; i < KEPT; i++) {
		front_ask(fds[i], "/health", false);
		assert_non_null(front_hear(fds[i]));
		assert_true(is_closed(fds[i]));
		close(fds[i]);
	}
	end(stage);
}

/* Of one worker less the others get what it held. */
static void
kept_connections_survive_one_worker_less(void **state)
{
	enum { KEPT = 20 };
	struct stage *stage = *state;
	int fds[KEPT], i;

	serve(stage, NULL);
	for (i = 0; i < KEPT; i++) {
		fds[i] = front_connect(stage);
		front_ask(fds[i], "/who", true);
		assert_non_null(front_hear(fds[i]));
	}
	assert_int_equal(kill(stage->play.pid, SIGTTOU), 0);
	play_until(&stage->play, "worker.stopped", 1);
	for (i = 0; i < KEPT; i++) {
		front_ask(fds[i], "/who", true);
		assert_non_null(front_hear(fds[i]));
		close(fds[i]);
	}
	end(stage);
}

/*
 * At a stop nobody is there to get it: what a front sends before it can know that the service ends
 * is answered. A machine that is busy with something else for WORKER_LINGER_US gets another chance.
 */
static void
a_request_on_its_way_survives_a_stop(void **state)
{
	struct stage *stage = *state;
	const char *answer = NULL;
	int kept, attempts;

	for (attempts = 0; answer == NULL && attempts < 5; attempts++) {
		serve(stage, NULL);
		kept = front_connect(stage);
		front_ask(kept, "/health", true);
		assert_non_null(front_hear(kept));
		assert_int_equal(kill(stage->play.pid, SIGTERM), 0);
		/* The one that holds nothing ends first; the other one was told as well. */
		play_wait(&stage->play, "worker.stopped", NULL);
		(void)front_try(kept, "/health", true);
		answer = front_hear(kept);
		assert_true(is_closed(kept));
		close(kept);
		assert_int_equal(play_end(&stage->play), 0);
	}
	assert_non_null(answer);
}

static void
a_reload_with_faults_is_refused(void **state)
{
	struct stage *stage = *state;
	char listen_file[300], text[400];
	const char *const changes[] = { "LISTEN", "-", "LISTEN_FILE", listen_file, NULL };

	(void)snprintf(listen_file, sizeof(listen_file), "%.200s/listen", stage->folder);
	(void)snprintf(text, sizeof(text), "unix:%s", stage->socket);
	write_file(listen_file, "", text);
	PERFORM(stage, changes);
	play_wait(&stage->play, "service.startup", NULL);
	write_file(listen_file, "", "127.0.0.1:1");
	write_file(stage->policies, "bad.cedar", "forbid(principal");
	assert_int_equal(kill(stage->play.pid, SIGHUP), 0);
	play_wait(&stage->play, "LISTEN: only a restart", NULL);
	play_wait(&stage->play, "bad.cedar", NULL);
	play_wait(&stage->play, "service.reload_refused", NULL);
	assert_non_null(front_exchange(stage, "/who"));
	end(stage);
	assert_int_equal(play_count(&stage->play, "worker.started"), 2);
}

/*
 * --- the queue ---------------------------------------------------------------------------------
 */

/* One worker, and what the kernel queued for it while it was busy. */
static const char *const one_worker[] = { "WEB_CONCURRENCY", "1", NULL };

/* The only worker is in a handler until `fds` are opened. */
static int
occupy(struct stage *stage, const char *path)
{
	int fd = front_connect(stage);

	front_ask(fd, path, false);
	play_wait(&stage->play, "gate.reached", NULL);
	return fd;
}

struct eventfd {
	long id, count; /* id -1: none, or its kernel (before 5.2) gives them no numbers */
};

static struct eventfd
look_at_eventfd(long pid, int fd)
{
	struct eventfd found = { -1, 0 };
	char path[64], line[128];
	FILE *info;

	(void)snprintf(path, sizeof(path), "/proc/%ld/fdinfo/%d", pid, fd);
	if ((info = fopen(path, "r")) == NULL)
		return found;
	while (fgets(line, sizeof(line), info) != NULL) {
		if (strncmp(line, "eventfd-count:", 14) == 0)
			found.count = strtol(line + 14, NULL, 16);
		if (strncmp(line, "eventfd-id:", 11) == 0)
			found.id = strtol(line + 11, NULL, 10);
	}
	fclose(info);
	return found;
}

static bool
has_eventfd(long pid, long id)
{
	int fd;

	for (fd = 3; fd < 256; fd++)
		if (look_at_eventfd(pid, fd).id == id)
			return true;
	return false;
}

/* By its stop counter, the one eventfd that is its own: those that the manager has, too, are read late at times. */
static bool
was_told(const struct stage *stage, long pid)
{
	int fd;

	for (fd = 3; fd < 256; fd++) {
		const struct eventfd found = look_at_eventfd(pid, fd);

		if (found.count > 0 && (found.id < 0 || !has_eventfd(stage->play.pid, found.id)))
			return true;
	}
	return false;
}

/* Of the `number`th worker that was started. */
static long
worker_pid(const struct stage *stage, unsigned number)
{
	return play_number(play_find(&stage->play, "worker.started", number), "\"pid\"");
}

/* Until the manager has told a busy worker to stop, which shows nowhere else. */
static void
wait_until_told(const struct stage *stage, long pid)
{
	const int64_t end_us = clock_mono_us() + (int64_t)PLAY_PATIENCE_MS * 1000;

	while (!was_told(stage, pid)) {
		assert_true(clock_mono_us() < end_us);
		(void)poll(NULL, 0, 1);
	}
}

static void
assert_passed(int fd, const char *greeting)
{
	const char *answer = front_hear(fd);

	assert_non_null(answer);
	assert_non_null(strstr(answer, greeting));
	close(fd);
}

/* The kernel has told all of them that they are connected. */
static void
a_stop_answers_all_who_are_in_the_queue(void **state)
{
	enum { IN_QUEUE = 100 /* more than a worker takes in one turn */ };
	struct stage *stage = *state;
	int fds[IN_QUEUE], busy, silent, i;

	serve(stage, one_worker);
	busy = occupy(stage, "/gate");
	silent = front_connect(stage); /* and sends nothing: nobody waits for it */
	for (i = 0; i < IN_QUEUE; i++) {
		fds[i] = front_connect(stage);
		front_ask(fds[i], "/who", false);
	}
	assert_int_equal(kill(stage->play.pid, SIGTERM), 0);
	play_wait(&stage->play, "service.stopping", NULL);
	open_gate(gate);
	assert_passed(busy, "hello");
	for (i = 0; i < IN_QUEUE; i++)
		assert_passed(fds[i], "hello");
	assert_true(is_closed(silent));
	close(silent);
	assert_int_equal(play_end(&stage->play), 0);
	assert_int_equal(play_count(&stage->play, "worker.died"), 0);
}

/* Nobody is answered by old settings whom a new worker can answer, however long that takes. */
static void
a_reload_leaves_the_queue_to_the_new_worker(void **state)
{
	struct stage *stage = *state;
	struct pollfd waits = { .events = POLLIN };
	int old, new;
	long pid;

	serve(stage, one_worker);
	old = occupy(stage, "/gate");
	pid = worker_pid(stage, 1);
	assert_false(was_told(stage, pid));
	write_file(stage->greeting, "", "good evening");
	assert_int_equal(kill(stage->play.pid, SIGHUP), 0);
	new = occupy(stage, "/back-gate");
	wait_until_told(stage, pid);
	waits.fd = front_connect(stage);
	front_ask(waits.fd, "/who", false);

	open_gate(gate);
	assert_passed(old, "hello"); /* it had begun before */
	play_wait(&stage->play, "service.reloaded", NULL);
	play_until(&stage->play, "worker.stopped", 1);
	assert_int_equal(poll(&waits, 1, 0), 0);

	open_gate(back_gate);
	assert_passed(new, "good evening");
	assert_passed(waits.fd, "good evening");
	end(stage);
}

/* The new worker is told to stop with the old one's connection still in the queue between them. */
static void
a_stop_answers_who_was_handed_over(void **state)
{
	struct stage *stage = *state;
	struct pollfd kept = { .events = POLLIN };
	int old, new;

	serve(stage, one_worker);
	kept.fd = front_connect(stage);
	front_ask(kept.fd, "/health", true);
	assert_non_null(front_hear(kept.fd));
	old = occupy(stage, "/gate");
	write_file(stage->greeting, "", "good evening");
	assert_int_equal(kill(stage->play.pid, SIGHUP), 0);
	new = occupy(stage, "/back-gate");
	wait_until_told(stage, worker_pid(stage, 1));
	front_ask(kept.fd, "/who", true);
	open_gate(gate);
	assert_passed(old, "hello");
	play_until(&stage->play, "worker.stopped", 1);
	assert_int_equal(poll(&kept, 1, 0), 0);

	assert_int_equal(kill(stage->play.pid, SIGTERM), 0);
	wait_until_told(stage, worker_pid(stage, 2));
	open_gate(back_gate);
	assert_passed(new, "good evening");
	assert_passed(kept.fd, "good evening");
	assert_int_equal(play_end(&stage->play), 0);
	assert_int_equal(play_count(&stage->play, "worker.died"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_STAGE(term_lets_the_request_in_hand_finish),
		ON_STAGE(a_reload_reads_files_anew_and_loses_nothing),
		ON_STAGE(kept_connections_survive_reloads),
		ON_STAGE(kept_connections_survive_one_worker_less),
		ON_STAGE(a_request_on_its_way_survives_a_stop),
		ON_STAGE(a_reload_with_faults_is_refused),
		ON_STAGE(a_stop_answers_all_who_are_in_the_queue),
		ON_STAGE(a_reload_leaves_the_queue_to_the_new_worker),
		ON_STAGE(a_stop_answers_who_was_handed_over),
	};

	return cmocka_run_group_tests(tests, make_key, drop_key);
}
