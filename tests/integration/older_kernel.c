/*
 * Put before libc (LD_PRELOAD), this makes the kernel look older or broken, as OLDER_KERNEL says: a
 * number is the version of Landlock that it seems to have (0: none), "loose" one that binds nobody
 * though it says so, and "ledger" has the ledger do what it must not, at its look once a second.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The environment of a bound process is not what it was. */
static const char *order = "";

__attribute__((constructor)) static void
take_order(void)
{
	const char *given = getenv("OLDER_KERNEL");

	if (given != NULL && (order = strdup(given)) == NULL)
		abort();
}

long
syscall(long number, ...)
{
	static long (*real)(long, ...);
	long words[6];
	va_list list;

	va_start(list, number);
	for (int i = 0; i < 6; i++)
		words[i] = va_arg(list, long);
	va_end(list);
	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "syscall");
	if (number == SYS_landlock_create_ruleset && words[0] == 0 && order[0] >= '0' &&
	    order[0] <= '9') {
		errno = ENOSYS;
		return order[0] == '0' ? -1 : order[0] - '0';
	}
	if (number == SYS_landlock_restrict_self && strcmp(order, "loose") == 0)
		return 0;
	return real(number, words[0], words[1], words[2], words[3], words[4], words[5]);
}

int
poll(struct pollfd *fds, nfds_t count, int timeout)
{
	static int (*real)(struct pollfd *, nfds_t, int);

	if (timeout == 1000 && strcmp(order, "ledger") == 0)
		(void)socket(AF_INET, SOCK_STREAM, 0);
	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "poll");
	return real(fds, count, timeout);
}
