/*
 * A whole connection: the bytes come in two pieces, cut where the last
 * byte says, then the front hangs up. Every request that comes out is read and answered. Nothing
 * may crash, block or stay open.
 */
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/clock.h"
#include "gateway/gateway.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
expect(bool holds)
{
	if (!holds)
		abort();
}

static void
expect_params(const struct params *params)
{
	expect(params->count <= REQUEST_MAX_PARAMS);
	for (size_t i = 0; i < params->count; i++) {
		const struct param *param = &params->items[i];

		expect(param->name.len > 0 && strlen(param->value.data) == param->value.len);
		expect(memchr(param->name.data, '=', param->name.len) == NULL);
	}
}

/* Serves what is there. False: the connection is gone. */
static bool
serve(struct gateway_connection *connection)
{
	static char room[4096];
	struct body_source body;
	struct params params;
	bool sent;

	for (;;) {
		/* A deadline in the past: a body that is not there is not waited for. */
		switch (gateway_receive(connection, 0, &params, &body)) {
		case GATEWAY_REQUEST:
			break;
		case GATEWAY_WAITING:
		case GATEWAY_REFUSING:
			return true;
		case GATEWAY_CLOSED:
		case GATEWAY_REFUSED:
			return false;
		}
		expect_params(&params);
		while (body.read(body.context, room, sizeof(room)) > 0)
			continue;
		if (gateway_finish(connection, SLICE_OF("Status: 200 OK\r\n\r\n"), true, &sent) ==
		    GATEWAY_CLOSED)
			return false;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gateway_connection *connection;
	size_t cut = size == 0 ? 0 : data[size - 1] * size / 256;
	bool is_open;
	int fds[2];

	expect(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0);
	connection = gateway_connection_new(fds[1]);
	expect(connection != NULL);
	(void)send(fds[0], data, cut, MSG_NOSIGNAL | MSG_DONTWAIT);
	is_open = serve(connection);
	if (is_open) {
		(void)send(fds[0], data + cut, size - cut, MSG_NOSIGNAL | MSG_DONTWAIT);
		is_open = serve(connection);
	}
	expect(shutdown(fds[0], SHUT_WR) == 0 || !is_open);
	if (is_open)
		expect(!serve(connection));
	close(fds[0]);
	return 0;
}
