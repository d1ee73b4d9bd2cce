/*
 * libfcgi's opinion of the same bytes: requests made by chance, within what FastCGI 1.0 allows and libfcgi gets
 * right (docs/decisions/0001), say the same to it and to the gateway. The seed is printed; SEED chooses one.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <fcgiapp.h>

#include "ends.h"

enum {
	REQUESTS = 1500,
	PAIRS_MAX = 60,
	PAIRS_ROOM = 60 * 1024,
	BODY_MAX = 30000,
};

static uint32_t chance_state;

static size_t
chance(size_t below)
{
	chance_state = chance_state * 1664525 + 1013904223;
	return (chance_state >> 8) % below;
}

/* Names without '=', values without NUL; one in eight longer than a length of one byte tells. */
static void
make_text(char *room, size_t len)
{
	for (size_t i = 0; i < len; i++)
		room[i] = (char)('A' + (char)chance(50) + (chance(2) == 0 ? 0 : 5));
}

static size_t
make_pairs(char *room)
{
	static char name[1024], value[4096];
	size_t count = chance(PAIRS_MAX), len = 0;

	for (size_t i = 0; i < count; i++) {
		const size_t name_len = 1 + chance(chance(8) == 0 ? 500 : 40);
		const size_t value_len = chance(chance(8) == 0 ? 400 : 60);

		make_text(name, name_len);
		make_text(value, value_len);
		len += front_pair(room + len, name, name_len, value, value_len);
	}
	return len;
}

/* In records of any length; the padding is the sender's choice. */
static void
put_stream(uint8_t type, const char *bytes, size_t len, size_t step)
{
	while (len > 0) {
		size_t part = 1 + chance(step);

		if (part > len)
			part = len;
		front_padded(&front, type, 1, bytes, part, (uint8_t)chance(9));
		bytes += part;
		len -= part;
	}
	front_end(&front, type, 1);
}

static void
make_request(void)
{
	static char pairs[PAIRS_ROOM], body[BODY_MAX];
	size_t body_len = chance(3) == 0 ? chance(BODY_MAX) : 0;

	front.len = 0;
	for (size_t i = 0; i < body_len; i++)
		body[i] = (char)chance(256);
	front_begin(&front, 1, FCGI_RESPONDER, (uint8_t)chance(2));
	put_stream(FCGI_PARAMS, pairs, make_pairs(pairs), chance(2) == 0 ? 60000 : 200);
	put_stream(FCGI_STDIN, body, body_len, chance(2) == 0 ? 60000 : 3000);
}

static void
ask_libfcgi(FCGX_Request *request)
{
	int fd = memfd_create("request", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, front.bytes, front.len, 0), front.len);
	*request =
	    (FCGX_Request) { .ipcFd = fd, .listen_sock = -1, .keepConnection = 1, .detached = 1 };
	assert_int_equal(FCGX_Accept_r(request), 0);
}

static void
compare(struct ends *ends, FCGX_Request *other)
{
	static char body[FRONT_SIZE];
	ssize_t len = read_body(ends, 5000);
	int other_len = FCGX_GetStr(body, sizeof(body), other->in);
	size_t count = 0;

	/* The first is FCGI_ROLE, of libfcgi's own making. */
	for (char **said = other->envp + 1; *said != NULL; said++)
		assert_param(ends, count++, *said);
	assert_int_equal(ends->params.count, count);
	assert_int_equal(len, other_len);
	assert_memory_equal(text, body, (size_t)len);
}

static void
both_read_the_same(void **state)
{
	FCGX_Request other;
	struct ends ends;

	(void)state;
	for (int i = 0; i < REQUESTS; i++) {
		make_request();
		ask_libfcgi(&other);
		ends = connect_ends();
		write_front(&ends);
		assert_int_equal(receive(&ends), GATEWAY_REQUEST);
		compare(&ends, &other);
		FCGX_Free(&other, 1);
		if (finish(&ends, true) == GATEWAY_WAITING)
			gateway_connection_close(ends.connection);
		close_front(&ends);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(both_read_the_same) };
	const char *seed = getenv("SEED");

	chance_state = seed != NULL ? (uint32_t)strtoul(seed, NULL, 10) : (uint32_t)getpid();
	printf("seed %u\n", chance_state);
	(void)signal(SIGPIPE, SIG_IGN);
	assert_int_equal(FCGX_Init(), 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
