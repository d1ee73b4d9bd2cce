/* Descriptors through a pair of sockets (unix(7), SCM_RIGHTS), each with a number. */
#include "process/log_renewal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

union control {
	struct cmsghdr align;
	char room[CMSG_SPACE(sizeof(int))];
};

bool
log_renewal_open(struct log_renewal *renewal)
{
	int fds[2];

	*renewal = (struct log_renewal) { .give_fd = -1, .take_fd = -1 };
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) != 0)
		return false;
	renewal->give_fd = fds[0];
	renewal->take_fd = fds[1];
	return true;
}

void
log_renewal_close(struct log_renewal *renewal)
{
	if (renewal->give_fd >= 0)
		close(renewal->give_fd);
	if (renewal->take_fd >= 0)
		close(renewal->take_fd);
	renewal->give_fd = renewal->take_fd = -1;
}

static bool
give_one(const struct log_renewal *renewal)
{
	uint32_t number = renewal->number;
	struct iovec text = { .iov_base = &number, .iov_len = sizeof(number) };
	union control control = { 0 };
	struct msghdr message = { .msg_iov = &text, .msg_iovlen = 1 };
	const int fd = STDOUT_FILENO;
	struct cmsghdr *header;
	ssize_t sent;

	message.msg_control = control.room;
	message.msg_controllen = sizeof(control.room);
	header = CMSG_FIRSTHDR(&message);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	do
		sent = sendmsg(renewal->give_fd, &message, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent == (ssize_t)sizeof(number);
}

/* The next copy of the queue and its number; -1: there is none. */
static int
take_one(const struct log_renewal *renewal, uint32_t *ret_number)
{
	struct iovec text = { .iov_base = ret_number, .iov_len = sizeof(*ret_number) };
	union control control = { 0 };
	struct msghdr message = { .msg_iov = &text, .msg_iovlen = 1 };
	struct cmsghdr *header;
	ssize_t got;
	int fd = -1;

	message.msg_control = control.room;
	message.msg_controllen = sizeof(control.room);
	do
		got = recvmsg(renewal->take_fd, &message, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	header = got == (ssize_t)sizeof(*ret_number) ? CMSG_FIRSTHDR(&message) : NULL;
	if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
	    header->cmsg_len == CMSG_LEN(sizeof(fd)))
		memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}

void
log_renewal_begin(struct log_renewal *renewal, unsigned workers)
{
	renewal->number++;
	renewal->left = workers;
	renewal->is_pending = true;
}

bool
log_renewal_give(struct log_renewal *renewal)
{
	bool has_given = false;

	for (; renewal->left > 0 && give_one(renewal); renewal->left--)
		has_given = true;
	return has_given;
}

void
log_renewal_finish(struct log_renewal *renewal)
{
	uint32_t number;
	int fd;

	while ((fd = take_one(renewal, &number)) >= 0)
		close(fd);
	renewal->left = 0;
	renewal->is_pending = false;
}

bool
log_renewal_take(const struct log_renewal *renewal, uint32_t number)
{
	uint32_t found = 0;
	bool is_taken = false;
	int fd;

	while (!is_taken && (fd = take_one(renewal, &found)) >= 0) {
		is_taken = found == number && dup3(fd, STDOUT_FILENO, O_CLOEXEC) >= 0;
		close(fd);
	}
	return is_taken;
}
