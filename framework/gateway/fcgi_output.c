#include "gateway/fcgi_output.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "core/clock.h"
#include "gateway/fcgi_record.h"
#include "gateway/wait.h"

enum {
	SEND_GRACE_US = 1000 * 1000,       /* for a response that is ready after the deadline */
	RECORD_MAX = FCGI_MAX_LENGTH & ~7, /* the next header stays aligned */
	TAIL_LEN = FCGI_HEADER_LEN + sizeof(FCGI_EndRequestRecord),
	PARTS = 3, /* head, content, tail */
};

/* Where the system call stopped in the middle, the rest begins. */
static void
skip(struct msghdr *message, size_t sent)
{
	while (message->msg_iovlen > 0 && sent >= message->msg_iov->iov_len) {
		sent -= message->msg_iov->iov_len;
		message->msg_iov++;
		message->msg_iovlen--;
	}
	if (message->msg_iovlen == 0)
		return;
	message->msg_iov->iov_base = (char *)message->msg_iov->iov_base + sent;
	message->msg_iov->iov_len -= sent;
}

/* Bounded once and for all: a front that takes a byte at a time meets the end as well. */
static bool
wait_for_room(int fd, int64_t deadline_us, int64_t *end_us)
{
	if (*end_us == 0) {
		*end_us = clock_mono_us() + SEND_GRACE_US;
		if (*end_us < deadline_us)
			*end_us = deadline_us;
	} else if (clock_mono_us() >= *end_us) {
		return false;
	}
	return wait_for(fd, POLLOUT, *end_us);
}

static bool
send_parts(int fd, struct iovec *parts, size_t count, int64_t deadline_us, int64_t *end_us)
{
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = count };
	ssize_t sent;

	while (message.msg_iovlen > 0) {
		sent = sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (sent >= 0)
			skip(&message, (size_t)sent);
		else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			if (!wait_for_room(fd, deadline_us, end_us))
				return false;
		} else if (errno != EINTR) {
			return false;
		}
	}
	return true;
}

static struct iovec
part(const void *bytes, size_t len)
{
	return (struct iovec) { .iov_base = (void *)(uintptr_t)bytes, .iov_len = len };
}

bool
fcgi_output_send(int fd, uint16_t request_id, struct slice response, int64_t deadline_us)
{
	unsigned char head[FCGI_HEADER_LEN], tail[TAIL_LEN] = { 0 };
	struct iovec parts[PARTS];
	int64_t end_us = 0;
	bool is_last;

	fcgi_record_write(tail, FCGI_STDOUT, request_id, 0);
	fcgi_record_write(
	    tail + FCGI_HEADER_LEN, FCGI_END_REQUEST, request_id, sizeof(FCGI_EndRequestBody));
	do {
		struct slice content = slice_first(response, RECORD_MAX);

		response = slice_skip(response, content.len);
		is_last = response.len == 0;
		fcgi_record_write(head, FCGI_STDOUT, request_id, content.len);
		parts[0] = part(head, sizeof(head));
		parts[1] = part(content.data, content.len);
		parts[2] = part(tail, sizeof(tail));
		if (!send_parts(fd, parts, is_last ? PARTS : PARTS - 1, deadline_us, &end_us))
			return false;
	} while (!is_last);
	return true;
}
