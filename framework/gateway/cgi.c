/*
 * One request as a CGI program (RFC 3875): parameters in the environment, the body on standard
 * input, the response to standard output. The descriptors belong to the front server too, so
 * their flags are left alone: poll(2) says when a call will not block.
 */
#include "gateway/gateway.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/wait.h"

enum { CGI_DRAIN_MAX = 16 * 1024 * 1024, CGI_DRAIN_STEP = 8192 }; /* bytes */

bool
gateway_is_listening(int fd)
{
	int is_listening = 0;
	socklen_t len = sizeof(is_listening);

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &len) == 0 &&
	       is_listening != 0;
}

bool
gateway_is_cgi(void)
{
	return slice_starts(slice_from(getenv("GATEWAY_INTERFACE")), SLICE_OF("CGI/")) &&
	       !gateway_is_listening(STDIN_FILENO);
}

/* Ends early, as a short body, when the front server closes before `length`. */
static ssize_t
read_body(void *context, char *room, size_t size)
{
	struct gateway_cgi_body *body = context;
	ssize_t got;

	if ((uint64_t)body->left < size)
		size = (size_t)body->left;
	if (size == 0)
		return 0;
	do {
		if (!wait_for(body->fd, POLLIN, body->deadline_us))
			return -1;
		got = read(body->fd, room, size);
	} while (got < 0 && (errno == EINTR || errno == EAGAIN));
	if (got > 0)
		body->left -= got;
	return got < 0 ? -1 : got;
}

void
gateway_cgi_body_init(struct gateway_cgi_body *body, int fd, int64_t length, int64_t deadline_us,
    struct body_source *ret_source)
{
	*body = (struct gateway_cgi_body) { fd, length < 0 ? 0 : length, deadline_us };
	*ret_source = (struct body_source) { read_body, body };
}

bool
gateway_cgi_send(int fd, struct slice response, int64_t deadline_us)
{
	ssize_t put;

	while (response.len > 0) {
		if (!wait_for(fd, POLLOUT, deadline_us))
			return false;
		/* A pipe that polls writable takes PIPE_BUF bytes at once; more could block. */
		put = write(fd, response.data, response.len < PIPE_BUF ? response.len : PIPE_BUF);
		if (put > 0)
			response = slice_skip(response, (size_t)put);
		else if (put < 0 && errno != EINTR && errno != EAGAIN)
			return false;
	}
	return true;
}

void
gateway_cgi_drain(int fd, int64_t left, int64_t deadline_us)
{
	int64_t room_left = CGI_DRAIN_MAX;
	char room[CGI_DRAIN_STEP];
	ssize_t got;

	/* Beyond the declared length only what is there already: a deadline that has passed does not wait. */
	while (room_left > 0 && wait_for(fd, POLLIN, left > 0 ? deadline_us : 0)) {
		got = read(fd, room, sizeof(room));
		if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
			return;
		if (got > 0) {
			room_left -= got;
			left -= got < left ? got : left;
		}
	}
}
