#include "gateway/fcgi_output.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "core/clock.h"
#include "gateway/fcgi_record.h"
#include "gateway/wait.h"

enum {
	SEND_GRACE_US = 1000 * 1000,       /* for a response that is ready after the deadline */
	RECORD_MAX = FCGI_MAX_LENGTH & ~7, /* the next header stays aligned */
	TAIL_LEN = FCGI_HEADER_LEN + sizeof(FCGI_EndRequestRecord),
	PARTS = 3,    /* head, content, tail */
	SHORT = 4096, /* bytes of a response that is sent from one place, framing included */
};

/*
 * A short response and its framing, side by side while they are sent: the kernel takes one piece
 * in less time than three, by more than the copy costs.
 */
static unsigned char gathered[SHORT];

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

static ssize_t
send_once(int fd, const struct msghdr *message)
{
	if (message->msg_iovlen == 1)
		return send(fd, message->msg_iov->iov_base, message->msg_iov->iov_len,
		    MSG_DONTWAIT | MSG_NOSIGNAL);
	return sendmsg(fd, message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static bool
send_parts(int fd, struct iovec *parts, size_t count, int64_t deadline_us, int64_t *end_us)
{
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = count };
	ssize_t sent;

	while (message.msg_iovlen > 0) {
		sent = send_once(fd, &message);
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

/* Makes one part of all where that is short. Returns how many there are. */
static size_t
gather(struct iovec *parts, size_t count)
{
	size_t len = 0;

	for (size_t i = 0; i < count; i++)
		len += parts[i].iov_len;
	if (len > sizeof(gathered))
		return count;
	len = 0;
	for (size_t i = 0; i < count; i++) {
		if (parts[i].iov_len > 0)
			memcpy(gathered + len, parts[i].iov_base, parts[i].iov_len);
		len += parts[i].iov_len;
	}
	parts[0] = part(gathered, len);
	return 1;
}

static bool
send_record(int fd, struct iovec parts[PARTS], bool is_last, int64_t deadline_us, int64_t *end_us)
{
	const size_t count = gather(parts, is_last ? PARTS : PARTS - 1);
	const size_t gathered_len = count == 1 ? parts[0].iov_len : 0;
	const bool is_sent = send_parts(fd, parts, count, deadline_us, end_us);

	explicit_bzero(gathered, gathered_len);
	return is_sent;
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
		if (!send_record(fd, parts, is_last, deadline_us, &end_us))
			return false;
	} while (!is_last);
	return true;
}
