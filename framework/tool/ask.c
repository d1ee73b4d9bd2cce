/* Finds the socket, sends the question and waits for the end of the answer. */
#include "tool/ask.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "config/config.h"
#include "core/buffer.h"
#include "core/clock.h"
#include "process/listener.h"

enum { MAX_QUESTION = 1024, TYPE_BEGIN = 1, TYPE_PARAMS = 4, TYPE_STDIN = 5 };

/* --- the question ---------------------------------------------------------------------------- */

static void
put_record(struct buffer *out, char type, struct slice content)
{
	const char head[8] = { 1, type, 0, 1, (char)(content.len >> 8), (char)content.len, 0, 0 };

	buffer_append(out, head, sizeof(head));
	buffer_slice(out, content);
}

/* Both must be shorter than 128 bytes, whose length takes one. */
static void
put_param(struct buffer *params, const char *name, struct slice value)
{
	buffer_byte(params, (char)strlen(name));
	buffer_byte(params, (char)value.len);
	buffer_text(params, name);
	buffer_slice(params, value);
}

static void
put_question(struct buffer *out, const char *target)
{
	static const char begin[8] = { 0, 1, 0 };
	struct slice path = slice_from(target);
	struct slice query = slice_skip(path, slice_find(path, '?') + 1);
	char room[MAX_QUESTION];
	struct buffer params;

	buffer_init_fixed(&params, room, sizeof(room));
	put_param(&params, "GATEWAY_INTERFACE", SLICE_OF("CGI/1.1"));
	put_param(&params, "REQUEST_METHOD", SLICE_OF("GET"));
	put_param(&params, "REQUEST_URI", path);
	put_param(&params, "QUERY_STRING", query);
	put_param(&params, "HTTP_HOST", SLICE_OF("localhost"));
	put_record(out, TYPE_BEGIN, slice_make(begin, sizeof(begin)));
	put_record(out, TYPE_PARAMS, buffer_content(&params));
	put_record(out, TYPE_PARAMS, slice_make(NULL, 0));
	put_record(out, TYPE_STDIN, slice_make(NULL, 0));
}

/* --- the socket ------------------------------------------------------------------------------ */

/* NULL, or what is wrong with the address. */
static const char *
find_socket(struct arena *arena, const char *address, struct listener *ret_socket)
{
	struct config_faults *faults = arena_calloc(arena, 1, sizeof(*faults));
	struct listeners *listeners = arena_calloc(arena, 1, sizeof(*listeners));

	if (address[0] == '/')
		address = arena_printf(arena, "unix:%s", address);
	if (faults == NULL || listeners == NULL || address == NULL)
		return "out of memory";
	if (!listeners_parse(
		listeners, arena, "the address", address, "", (uid_t)-1, (gid_t)-1, faults))
		return faults->texts[0] != NULL ? faults->texts[0] : "it is no address";
	if (listeners->count == 0 || listeners->items[0].kind == LISTENER_INHERITED)
		return "a descriptor cannot be asked";
	*ret_socket = listeners->items[0];
	return NULL;
}

static bool
set_patience(int fd, int64_t left_us)
{
	const struct timeval patience = { .tv_sec = left_us / 1000000,
		.tv_usec = left_us % 1000000 };

	return left_us > 0 &&
	       setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) == 0 &&
	       setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) == 0;
}

static int
open_socket(const struct listener *listener)
{
	int error, fd = socket(listener->address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (set_patience(fd, ASK_PATIENCE_US) &&
	    connect(fd, &listener->address.any, listener->address_len) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

/* Up to the end of the connection, which was asked for. */
static const char *
receive(int fd, struct buffer *received)
{
	const int64_t end_us = clock_mono_us() + ASK_PATIENCE_US;
	char room[16384];
	ssize_t got;

	while ((got = recv(fd, room, sizeof(room), 0)) != 0) {
		if (got < 0 && errno != EINTR)
			return errno == EAGAIN ? "no answer in time" : strerror(errno);
		if (got > 0 && !buffer_append(received, room, (size_t)got))
			return "the answer is too long";
		if (!set_patience(fd, end_us - clock_mono_us()))
			return "no answer in time";
	}
	return NULL;
}

static const char *
exchange(int fd, struct arena *arena, const char *target, struct ask_answer *ret_answer)
{
	char room[MAX_QUESTION];
	struct buffer question, received;
	const char *failed;

	buffer_init_fixed(&question, room, sizeof(room));
	put_question(&question, target);
	if (buffer_failed(&question))
		return "the question is too long";
	if (send(fd, question.data, question.len, MSG_NOSIGNAL) != (ssize_t)question.len)
		return "the question could not be sent";
	buffer_init(&received, arena, 16384, ASK_MAX_ANSWER);
	if ((failed = receive(fd, &received)) != NULL)
		return failed;
	return ask_parse(arena, buffer_content(&received), ret_answer)
		   ? NULL
		   : "what answers is no FastCGI program";
}

const char *
ask(struct arena *arena, const char *address, const char *target, struct ask_answer *ret_answer)
{
	struct listener listener;
	const char *failed = find_socket(arena, address, &listener);
	int fd;

	if (failed != NULL)
		return failed;
	if ((fd = open_socket(&listener)) < 0)
		return strerror(errno);
	failed = exchange(fd, arena, target, ret_answer);
	close(fd);
	return failed;
}
