/*
 * The loop of the inspector: one poll for its end, its sockets and a few connections, each of
 * which has until its deadline to send one request.
 */
#include "process/inspector.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/clock.h"
#include "gateway/gateway.h"
#include "log/log.h"
#include "process/confine.h"
#include "process/current.h"
#include "process/peers.h"
#include "process/signals.h"

enum { EXIT_CANNOT_START = 70, GRACE_S = 1, MAX_FDS = 1 + LISTENER_MAX + INSPECTOR_CONNECTIONS };

struct guest {
	struct gateway_connection *gateway; /* NULL: nobody */
	int64_t end_us;
};

struct loop {
	struct inspector *inspector;
	int stop_fd;
	struct arena arena; /* of the request in hand */
	struct guest guests[INSPECTOR_CONNECTIONS];
	bool has_peers[LISTENER_MAX];
	struct peers peers;
};

/* --- one request ----------------------------------------------------------------------------- */

static struct slice
respond(struct loop *loop, const struct params *params, struct body_source body)
{
	struct request req = {
		.arena = &loop->arena,
		.body_source = body,
		.log = loop->inspector->current->log,
	};
	struct response res;
	enum http_error error;

	response_init(&res, &loop->arena);
	/* Whoever cannot ask asks for nothing that is here. */
	if (!request_parse(&req, params, &error))
		req.path_fault = URI_MALFORMED;
	inspector_answer(loop->inspector, &req, &res);
	return response_bytes(&res, NULL);
}

/* True when the connection stays for the rest of what its front sends. */
static bool
serve(struct loop *loop, struct gateway_connection *connection)
{
	enum gateway_state state;
	struct body_source body;
	struct params params;
	bool sent;

	state = gateway_receive(connection, clock_mono_us() + INSPECTOR_SEND_US, &params, &body);
	if (state == GATEWAY_REFUSED || state == GATEWAY_REFUSING)
		log_plain(loop->inspector->current->log, LOG_PROTOCOL_REFUSED);
	if (state == GATEWAY_REQUEST) {
		state = gateway_finish(connection, respond(loop, &params, body), false, &sent);
		arena_reset(&loop->arena);
	}
	return state == GATEWAY_WAITING || state == GATEWAY_REFUSING;
}

/* --- connections ----------------------------------------------------------------------------- */

static struct guest *
find_room(struct loop *loop)
{
	for (size_t i = 0; i < INSPECTOR_CONNECTIONS; i++)
		if (loop->guests[i].gateway == NULL)
			return &loop->guests[i];
	return NULL;
}

static void
turn_away(struct loop *loop, int fd)
{
	uint64_t count = peers_refused(&loop->peers, clock_mono_us());
	UNINITIALIZED struct log_line line;

	close(fd);
	if (count > 0 && log_begin(&line, loop->inspector->current->log, LOG_PEER_REFUSED)) {
		log_number(&line, FIELD_COUNT, (int64_t)count);
		log_end(&line);
	}
}

static void
accept_one(struct loop *loop, size_t index)
{
	struct guest *guest = find_room(loop);
	const struct listener *listener = &loop->inspector->listeners->items[index];
	struct sockaddr_storage peer = { .ss_family = AF_UNSPEC };
	socklen_t len = sizeof(peer);
	int fd = guest == NULL
		     ? -1
		     : accept4(listener->fd, (struct sockaddr *)&peer, &len, SOCK_CLOEXEC);

	if (fd < 0)
		return;
	if (loop->has_peers[index] && !peers_allow(&loop->peers, (const struct sockaddr *)&peer)) {
		turn_away(loop, fd);
		return;
	}
	guest->gateway = gateway_connection_new(fd);
	guest->end_us = clock_mono_us() + INSPECTOR_READ_US;
	if (guest->gateway != NULL && !serve(loop, guest->gateway))
		guest->gateway = NULL;
}

static void
close_overdue(struct loop *loop, int64_t now_us)
{
	for (size_t i = 0; i < INSPECTOR_CONNECTIONS; i++) {
		struct guest *guest = &loop->guests[i];

		if (guest->gateway == NULL || guest->end_us > now_us)
			continue;
		gateway_connection_close(guest->gateway);
		guest->gateway = NULL;
	}
}

static int
patience_ms(const struct loop *loop, int64_t now_us)
{
	int64_t end_us = 0;

	for (size_t i = 0; i < INSPECTOR_CONNECTIONS; i++) {
		const struct guest *guest = &loop->guests[i];

		if (guest->gateway != NULL && (end_us == 0 || guest->end_us < end_us))
			end_us = guest->end_us;
	}
	if (end_us == 0)
		return -1;
	return clock_left_ms_at(now_us, end_us);
}

/* --- the loop -------------------------------------------------------------------------------- */

static nfds_t
gather(struct loop *loop, struct pollfd *fds, struct guest **ret_guests)
{
	const struct listeners *listeners = loop->inspector->listeners;
	bool has_room = false;
	nfds_t count = 0;
	size_t i;

	for (i = 0; i < INSPECTOR_CONNECTIONS; i++)
		has_room |= loop->guests[i].gateway == NULL;
	fds[count++] = (struct pollfd) { .fd = loop->stop_fd, .events = POLLIN };
	/* Those who come while there is no room wait in the queue. */
	for (i = 0; i < listeners->count; i++)
		fds[count++] = (struct pollfd) {
			.fd = has_room ? listeners->items[i].fd : -1,
			.events = POLLIN,
		};
	for (i = 0; i < INSPECTOR_CONNECTIONS; i++) {
		if (loop->guests[i].gateway == NULL)
			continue;
		ret_guests[count] = &loop->guests[i];
		fds[count++] = (struct pollfd) {
			.fd = gateway_connection_fd(loop->guests[i].gateway),
			.events = POLLIN,
		};
	}
	return count;
}

/* False: it was told to end. */
static bool
turn(struct loop *loop)
{
	const size_t first_guest = 1 + loop->inspector->listeners->count;
	struct guest *guests[MAX_FDS] = { NULL };
	struct pollfd fds[MAX_FDS];
	nfds_t i, count = gather(loop, fds, guests);

	if (poll(fds, count, patience_ms(loop, clock_mono_us())) < 0)
		return !signals_child_is_told();
	if (fds[0].revents != 0)
		return false;
	for (i = first_guest; i < count; i++)
		if (fds[i].revents != 0 && !serve(loop, guests[i]->gateway))
			guests[i]->gateway = NULL;
	for (i = 1; i < first_guest; i++)
		if (fds[i].revents != 0)
			accept_one(loop, i - 1);
	close_overdue(loop, clock_mono_us());
	return true;
}

int
inspector_life(struct inspector *inspector, pid_t manager)
{
	struct loop loop = { .inspector = inspector };
	int stop_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	size_t i;

	if (stop_fd < 0 || !signals_child_told_by(SIGUSR2, stop_fd, GRACE_S))
		return EXIT_CANNOT_START;
	if (!signals_follow_parent(manager, SIGUSR2))
		(void)raise(SIGUSR2);
	log_after_fork(inspector->current->log);
	peers_init(&loop.peers, &inspector->current->config->listen_allowed_peers);
	for (i = 0; i < inspector->listeners->count; i++)
		loop.has_peers[i] = listener_has_peers(&inspector->listeners->items[i]);
	if (inspector->sandbox != NULL &&
	    !confine(inspector->sandbox, CONFINED_INSPECTOR, inspector->current, NULL))
		return EXIT_CANNOT_START;
	loop.stop_fd = stop_fd;
	arena_init(&loop.arena, 64 * 1024, INSPECTOR_ARENA);
	while (turn(&loop))
		;
	close_overdue(&loop, INT64_MAX);
	arena_done(&loop.arena);
	return EXIT_SUCCESS;
}
