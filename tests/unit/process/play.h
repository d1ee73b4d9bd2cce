/*
 * A play: a process under test whose log comes through a pipe. Tests wait for lines of it, never
 * for time to pass; what does not come within PLAY_PATIENCE_MS fails the test.
 */
#ifndef TESTS_PROCESS_PLAY_H
#define TESTS_PROCESS_PLAY_H

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include "check.h"
#include "core/clock.h"

enum { PLAY_PATIENCE_MS = 30000, PLAY_MAX_LOG = 256 * 1024 };

struct play {
	pid_t pid;
	int log_fd;
	char log[PLAY_MAX_LOG];
	size_t log_len;  /* read so far */
	size_t log_seen; /* a wait goes on behind the line that the last one found */
};

/* In the child: standard output goes to the play. */
static inline bool
play_fork(struct play *play)
{
	int fds[2];

	memset(play, 0, sizeof(*play));
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	fflush(NULL);
	play->pid = fork();
	assert_true(play->pid >= 0);
	if (play->pid == 0) {
		if (dup2(fds[1], STDOUT_FILENO) < 0)
			_exit(99);
		close(fds[0]);
		close(fds[1]);
		return true;
	}
	close(fds[1]);
	play->log_fd = fds[0];
	return false;
}

static inline bool
play_read(struct play *play, int patience_ms)
{
	struct pollfd ready = { .fd = play->log_fd, .events = POLLIN };
	ssize_t got;

	if (poll(&ready, 1, patience_ms) <= 0)
		return false;
	assert_true(play->log_len < PLAY_MAX_LOG - 1);
	got = read(play->log_fd, play->log + play->log_len, PLAY_MAX_LOG - 1 - play->log_len);
	if (got > 0)
		play->log_len += (size_t)got;
	play->log[play->log_len] = '\0';
	return got > 0;
}

/*
 * The next line with both texts (`other` may be NULL) behind the one found before; the test fails
 * without it.
 */
static inline const char *
play_wait(struct play *play, const char *text, const char *other)
{
	const int64_t end_us = clock_mono_us() + (int64_t)PLAY_PATIENCE_MS * 1000;
	static char line[8192];
	char *at, *end;

	for (;;) {
		for (at = play->log + play->log_seen; (end = strchr(at, '\n')) != NULL;
		     at = end + 1) {
			assert_true((size_t)(end - at) < sizeof(line));
			memcpy(line, at, (size_t)(end - at));
			line[end - at] = '\0';
			play->log_seen = (size_t)(end + 1 - play->log);
			if (strstr(line, text) != NULL &&
			    (other == NULL || strstr(line, other) != NULL))
				return line;
		}
		if (clock_mono_us() > end_us || !play_read(play, PLAY_PATIENCE_MS)) {
			print_error("no line with %s in:\n%s\n", text, play->log);
			fail();
		}
	}
}

/* The number behind "name": in a line. */
static inline long
play_number(const char *line, const char *name)
{
	const char *at = strstr(line, name);

	assert_non_null(at);
	at = strchr(at, ':');
	assert_non_null(at);
	return strtol(at + 1, NULL, 10);
}

/*
 * Waits for the end of the process and of its log, which all its children hold open; returns the
 * exit status.
 */
static inline int
play_end(struct play *play)
{
	int status = 0;

	while (play_read(play, PLAY_PATIENCE_MS))
		;
	close(play->log_fd);
	assert_int_equal(waitpid(play->pid, &status, 0), play->pid);
	play->pid = 0;
	if (WIFSIGNALED(status))
		print_error("ended by signal %d, log:\n%s\n", WTERMSIG(status), play->log);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The `number`th place of a text in what was read so far; NULL: it is not there so often. */
static inline const char *
play_find(const struct play *play, const char *text, unsigned number)
{
	const char *at = play->log;

	for (; (at = strstr(at, text)) != NULL; at++)
		if (--number == 0)
			return at;
	return NULL;
}

/*
 * Waits until a text has come `number` times, in whatever order with others; the next play_wait
 * looks at all lines that it would have looked at without.
 */
static inline void
play_until(struct play *play, const char *text, unsigned number)
{
	const int64_t end_us = clock_mono_us() + (int64_t)PLAY_PATIENCE_MS * 1000;

	while (play_find(play, text, number) == NULL)
		if (clock_mono_us() > end_us || !play_read(play, PLAY_PATIENCE_MS)) {
			print_error("not %u times %s in:\n%s\n", number, text, play->log);
			fail();
		}
}

/* Forgets the log so far. A service that nobody listens to stands still when its pipe is full. */
static inline void
play_skip(struct play *play)
{
	do {
		play->log_len = play->log_seen = 0;
		play->log[0] = '\0';
	} while (play_read(play, 0));
}

static inline unsigned
play_count(const struct play *play, const char *text)
{
	const char *at = play->log;
	unsigned count = 0;

	while ((at = strstr(at, text)) != NULL) {
		count++;
		at++;
	}
	return count;
}

#endif
