/*
 * What a request costs in system calls: a budget that needs no clock. A child serves connections
 * that already hold their requests; the test traces it and counts.
 */
#include "gateway/gateway.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/ptrace.h>

#include "core/clock.h"

#include "front.h"

enum { CONNECTIONS = 40 };

static struct front front;
static int fronts[CONNECTIONS], backs[CONNECTIONS];

static const struct row {
	const char *name;
	bool keep;
	size_t body_len;
	size_t calls; /* of one request */
} rows[] = {
	{ "a kept request: recv, send", true, 0, 2 },
	{ "a connection's only request: close as well", false, 0, 3 },
	{ "a body in one read with its head", true, 4000, 2 },
	{ "a body of 20 000 bytes: as cheap", true, 20000, 2 },
};

/* In the child. It serves `count` connections, and ends. */
static _Noreturn void
serve(size_t count)
{
	const int64_t deadline_us = clock_mono_us() + INT64_C(30) * 1000 * 1000;
	static char room[FRONT_SIZE];
	struct gateway_connection *connection;
	struct body_source body;
	struct params params;
	bool sent;

	(void)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	(void)raise(SIGSTOP);
	for (size_t i = 0; i < count; i++) {
		connection = gateway_connection_new(backs[i]);
		if (connection == NULL ||
		    gateway_receive(connection, deadline_us, &params, &body) != GATEWAY_REQUEST)
			_exit(1);
		while (body.read(body.context, room, sizeof(room)) > 0)
			continue;
		(void)gateway_finish(
		    connection, SLICE_OF("Status: 200 OK\r\n\r\nhello"), true, &sent);
		if (!sent)
			_exit(2);
	}
	_exit(0);
}

/* An allocator may ask for memory when it likes. */
static bool
is_counted(uint64_t number)
{
	return number != SYS_mmap && number != SYS_munmap && number != SYS_brk &&
	       number != SYS_madvise && number != SYS_mremap;
}

/* Counts until the child ends; SIZE_MAX: it cannot be traced here. */
static size_t
count_calls(pid_t child)
{
	struct ptrace_syscall_info info;
	size_t calls = 0;
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	if (!WIFSTOPPED(status) || ptrace(PTRACE_SETOPTIONS, child, NULL,
				       PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) != 0) {
		(void)kill(child, SIGKILL);
		(void)waitpid(child, &status, 0);
		return SIZE_MAX;
	}
	for (;;) {
		assert_int_equal(ptrace(PTRACE_SYSCALL, child, NULL, 0), 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		if (WIFEXITED(status))
			break;
		assert_true(WIFSTOPPED(status));
		assert_int_equal(WSTOPSIG(status), SIGTRAP | 0x80);
		assert_true(ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof(info), &info) > 0);
		if (info.op == PTRACE_SYSCALL_INFO_ENTRY && is_counted(info.entry.nr))
			calls++;
	}
	assert_int_equal(WEXITSTATUS(status), 0);
	return calls;
}

static size_t
calls_of(const struct row *row, size_t count)
{
	static char body[FRONT_SIZE / 2];
	size_t calls;
	pid_t child;

	front.len = 0;
	front_request(&front, 1, row->keep, body, row->body_len);
	for (size_t i = 0; i < count; i++) {
		int fds[2];

		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
		fronts[i] = fds[0];
		backs[i] = fds[1];
		assert_int_equal(send(fronts[i], front.bytes, front.len, MSG_DONTWAIT), front.len);
	}
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		serve(count);
	calls = count_calls(child);
	for (size_t i = 0; i < count; i++) {
		close(fronts[i]);
		close(backs[i]);
	}
	return calls;
}

/*
 * The difference between two counts is free of what happens once: the timer, the allocator, the
 * exit.
 */
static void
check_row(void **state)
{
	const struct row *row = *state;
	size_t few = calls_of(row, CONNECTIONS / 2), many = calls_of(row, CONNECTIONS);

	if (few == SIZE_MAX || many == SIZE_MAX) {
		print_message("tracing is not allowed here\n");
		skip();
	}
	assert_int_equal(many - few, row->calls * (CONNECTIONS / 2));
}

int
main(void)
{
	static struct CMUnitTest tests[COUNT_OF(rows)];

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		tests[i] = (struct CMUnitTest) { rows[i].name, check_row, NULL, NULL,
			(void *)(uintptr_t)&rows[i] };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
