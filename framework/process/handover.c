/* Descriptors through a pair of sockets (unix(7), SCM_RIGHTS). */
#include "process/handover.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

union control {
	struct cmsghdr align;
	char room[CMSG_SPACE(sizeof(int) * HANDOVER_BATCH)];
};

bool
handover_open(struct handover *handover)
{
	int fds[2];

	*handover = (struct handover) { -1, -1 };
	/* Messages with borders: a batch is taken as it was given. */
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) != 0)
		return false;
	*handover = (struct handover) { .give_fd = fds[0], .take_fd = fds[1] };
	return true;
}

void
handover_close(struct handover *handover)
{
	if (handover->give_fd >= 0)
		close(handover->give_fd);
	if (handover->take_fd >= 0)
		close(handover->take_fd);
	*handover = (struct handover) { -1, -1 };
}

bool
handover_give(const struct handover *handover, const int *fds, size_t count)
{
	char byte = 0;
	struct iovec text = { .iov_base = &byte, .iov_len = 1 };
	union control control = { 0 };
	struct msghdr message = { .msg_iov = &text, .msg_iovlen = 1 };
	struct cmsghdr *header;
	ssize_t sent;

	message.msg_control = control.room;
	message.msg_controllen = CMSG_SPACE(sizeof(int) * count);
	header = CMSG_FIRSTHDR(&message);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int) * count);
	memcpy(CMSG_DATA(header), fds, sizeof(int) * count);
	do
		sent = sendmsg(handover->give_fd, &message, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent == 1;
}

size_t
handover_take(const struct handover *handover, int ret_fds[HANDOVER_BATCH])
{
	char byte;
	struct iovec text = { .iov_base = &byte, .iov_len = 1 };
	union control control = { 0 };
	struct msghdr message = { .msg_iov = &text, .msg_iovlen = 1 };
	struct cmsghdr *header;
	ssize_t got;
	size_t count;

	message.msg_control = control.room;
	message.msg_controllen = sizeof(control.room);
	do
		got = recvmsg(handover->take_fd, &message, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	header = got == 1 ? CMSG_FIRSTHDR(&message) : NULL;
	if (header == NULL || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
		return 0;
	count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	memcpy(ret_fds, CMSG_DATA(header), count * sizeof(int));
	return count;
}
