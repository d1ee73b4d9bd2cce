/* Questions to sock_diag(7), one socket each; the answers are there when send(2) returns. */
#include "process/queue.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>

enum { ANSWER_ROOM = 4096 };

void
queue_watch_init(struct queue_watch *ret_watch, const struct listeners *listeners)
{
	struct stat status;
	size_t i;

	memset(ret_watch, 0, sizeof(*ret_watch));
	ret_watch->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	ret_watch->count = listeners->count;
	for (i = 0; i < listeners->count; i++) {
		socklen_t size = sizeof(ret_watch->sockets[i].address);
		int fd = listeners->items[i].fd;

		if (getsockname(fd, &ret_watch->sockets[i].address.any, &size) != 0)
			ret_watch->sockets[i].address.any.sa_family = AF_UNSPEC;
		if (fstat(fd, &status) == 0)
			ret_watch->sockets[i].inode = status.st_ino;
	}
}

void
queue_watch_done(struct queue_watch *watch)
{
	if (watch->fd >= 0)
		close(watch->fd);
	watch->fd = -1;
}

/* Sends one request; returns the bytes of its answer, 0: there is none. */
static size_t
exchange(int fd, const void *body, size_t len, void *room, size_t size)
{
	struct {
		struct nlmsghdr head;
		union {
			struct unix_diag_req local;
			struct inet_diag_req_v2 inet;
		} body;
	} request = { .head = { .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST } };
	ssize_t got;

	/* What an earlier question may have left. */
	while (recv(fd, room, size, MSG_DONTWAIT) > 0)
		;
	memcpy(&request.body, body, len);
	request.head.nlmsg_len = (uint32_t)NLMSG_LENGTH(len);
	if (send(fd, &request, request.head.nlmsg_len, MSG_DONTWAIT) < 0)
		return 0;
	got = recv(fd, room, size, MSG_DONTWAIT);
	return got > 0 ? (size_t)got : 0;
}

/* The answer's message when it is one of at least `size` bytes; NULL: an error, or nothing. */
static const struct nlmsghdr *
message_of(const void *answer, size_t len, size_t size)
{
	const struct nlmsghdr *head = answer;

	if (len < NLMSG_LENGTH(size) || head->nlmsg_len > len ||
	    head->nlmsg_len < NLMSG_LENGTH(size) || head->nlmsg_type != SOCK_DIAG_BY_FAMILY)
		return NULL;
	return head;
}

static struct queue_length
ask_unix(int fd, ino_t inode)
{
	const struct unix_diag_req request = {
		.sdiag_family = AF_UNIX,
		.udiag_states = UINT32_MAX,
		.udiag_ino = (uint32_t)inode,
		.udiag_show = UDIAG_SHOW_RQLEN,
		.udiag_cookie = { UINT32_MAX, UINT32_MAX },
	};
	struct queue_length length = { 0 };
	union {
		struct nlmsghdr head;
		char room[ANSWER_ROOM];
	} answer;
	size_t len = exchange(fd, &request, sizeof(request), &answer, sizeof(answer));
	const struct nlmsghdr *head = message_of(&answer, len, sizeof(struct unix_diag_msg));
	struct unix_diag_rqlen queue;
	const char *at, *end;
	struct nlattr attribute;

	if (head == NULL)
		return length;
	at = answer.room + NLMSG_LENGTH(sizeof(struct unix_diag_msg));
	end = answer.room + head->nlmsg_len;
	while ((size_t)(end - at) >= sizeof(attribute)) {
		memcpy(&attribute, at, sizeof(attribute));
		if (attribute.nla_len < sizeof(attribute) ||
		    (size_t)(end - at) < (size_t)NLA_ALIGN(attribute.nla_len))
			break;
		if (attribute.nla_type == UNIX_DIAG_RQLEN &&
		    attribute.nla_len >= sizeof(attribute) + sizeof(queue)) {
			memcpy(&queue, at + sizeof(attribute), sizeof(queue));
			length =
			    (struct queue_length) { true, queue.udiag_rqueue, queue.udiag_wqueue };
		}
		at += NLA_ALIGN(attribute.nla_len);
	}
	return length;
}

static struct queue_length
ask_inet(int fd, const struct sockaddr *address)
{
	struct inet_diag_req_v2 request = {
		.sdiag_family = (uint8_t)address->sa_family,
		.sdiag_protocol = IPPROTO_TCP,
		.idiag_states = 1U << TCP_LISTEN,
		.id.idiag_cookie = { INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE },
	};
	union {
		struct nlmsghdr head;
		char room[ANSWER_ROOM];
	} answer;
	struct inet_diag_msg message;
	struct sockaddr_in6 v6;
	struct sockaddr_in v4;
	size_t len;

	if (address->sa_family == AF_INET6) {
		memcpy(&v6, address, sizeof(v6));
		request.id.idiag_sport = v6.sin6_port;
		memcpy(request.id.idiag_src, &v6.sin6_addr, sizeof(v6.sin6_addr));
	} else {
		memcpy(&v4, address, sizeof(v4));
		request.id.idiag_sport = v4.sin_port;
		memcpy(request.id.idiag_src, &v4.sin_addr, sizeof(v4.sin_addr));
	}
	len = exchange(fd, &request, sizeof(request), &answer, sizeof(answer));
	if (message_of(&answer, len, sizeof(message)) == NULL)
		return (struct queue_length) { 0 };
	memcpy(&message, answer.room + NLMSG_LENGTH(0), sizeof(message));
	if (message.idiag_state != TCP_LISTEN)
		return (struct queue_length) { 0 };
	return (struct queue_length) { true, message.idiag_rqueue, message.idiag_wqueue };
}

struct queue_length
queue_watch_ask(const struct queue_watch *watch, size_t index)
{
	if (watch->fd < 0 || index >= watch->count)
		return (struct queue_length) { 0 };
	switch (watch->sockets[index].address.any.sa_family) {
	case AF_UNIX:
		return ask_unix(watch->fd, watch->sockets[index].inode);
	case AF_INET:
	case AF_INET6:
		return ask_inet(watch->fd, &watch->sockets[index].address.any);
	default:
		return (struct queue_length) { 0 };
	}
}
